"""What pytask asks about a stage: the digest of each output, and which result is in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shoplib.base import digest
from shoplib.pipeline import remembered
from shoplib.pipeline.results import Results


@dataclass
class OutputNode:
    """One output of a stage. Its state is its content, so an equal result stops the ripple."""

    home: str
    stage: str
    output: str
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name pytask prints."""
        return f"{self.stage}::{self.output}"

    @name.setter
    def name(self, value: str) -> None:
        """Refuse nothing: pytask sets the name it was given."""

    @property
    def signature(self) -> str:
        """Name pytask joins giver and taker by."""
        return self.name

    def state(self) -> str | None:
        """Return the digest of the output, ``None`` while there is no whole result."""
        return Results(Path(self.home)).output(self.stage, self.output)

    def load(self, is_product: bool = False) -> str:
        """Return the node's name; stages find their inputs themselves."""
        return self.name

    def save(self, value: Any) -> None:
        """Refuse to be written: only a sealed result changes an output."""
        raise TypeError(f"{self.name} is written by its stage")


@dataclass
class ResultNode(OutputNode):
    """Which result of a stage is in force: its state is the key."""

    output: str = "(result)"

    def state(self) -> str | None:
        """Return the key in force, if that result is whole."""
        results = Results(Path(self.home))
        key = results.current(self.stage)
        return key if key and results.whole(self.stage, key) else None


@dataclass
class SaidNode(OutputNode):
    """What a stage said in earlier runs. Its state is a digest of it; see :mod:`shoplib.pipeline.remembered`."""

    output: str = "(said)"
    table: str = ""
    giver: str = ""
    dated_by: str = ""

    def state(self) -> str | None:
        """Return the digest of what was said before the last day of the data."""
        return digest.of_value(remembered.parts(Results(Path(self.home)), self.table, self.giver, self.dated_by))


@dataclass
class OrderNode(OutputNode):
    """What a stage is told to do. Its state is a digest of what in the order decides the result."""

    output: str = "(order)"
    order: dict[str, Any] = field(default_factory=dict)
    lasting: str = ""

    def state(self) -> str | None:
        """Return the digest of the order's lasting part."""
        return self.lasting

    def load(self, is_product: bool = False) -> Any:
        """Return the order itself."""
        return self.order
