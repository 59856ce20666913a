"""What a stage reads: declared tables and folders, its sources, the chapters before it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from shoplib.base import words
from shoplib.errors import StoreError, UndeclaredError
from shoplib.notebook.order import Ordered
from shoplib.store import files, patterns


class Inputs(Ordered):
    """The part of a run that reads; what was not declared is refused."""

    def read(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a table this stage declared among its needs, all of it or some columns; see ``files.read_table``."""
        return files.read_table(self._input(name), name, columns)

    def read_columns(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, pd.DataFrame]:
        """Return table name → the columns asked for of it."""
        return {name: self.read(name, columns) for name, columns in wanted.items()}

    def read_all(self, *names: str) -> list[pd.DataFrame]:
        """Return several declared tables in the order asked for."""
        return [self.read(name) for name in names]

    def read_if_given(self, name: str) -> pd.DataFrame | None:
        """Return an optional table this stage declared, or ``None`` where the scenario has none."""
        return self.read(name) if self.has(name) else None

    def has(self, name: str) -> bool:
        """Return whether an optional need is given in this scenario."""
        return name in self._order["inputs"]

    def earlier(self, name: str) -> pd.DataFrame:
        """Return the table ``name`` as this stage gave it in earlier runs, with ``said_on``, the last day then known.

        Oldest first; what was written under another declaration is left out.
        """
        parts = []
        for path in map(Path, self._order["remembered"]):
            with contextlib.suppress(StoreError):
                parts.append(files.read_table(path, name).assign(said_on=pd.Timestamp(path.stem)))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def folder(self, name: str) -> Path:
        """Return a folder of files this stage declared among its needs."""
        return self._input(name)

    def sources(self) -> dict[str, list[Path]]:
        """Return source name → files in order of name, for files of the scenario and for simulated ones alike.

        A simulated source whose name has stars may have no file.
        """
        found = {name: [Path(path) for path in paths] for name, paths in self._order["sources"].items()}
        for source in self.config.ingest.sources:
            if source.kind == "simulated":
                path = self.folder("raw") / source.file
                found[source.name] = patterns.matching(path) if patterns.is_pattern(path.name) else [path]
        return found

    def footage(self) -> list[Path]:
        """Return the scenario's own video files in the order named; none if the footage is simulated."""
        return [Path(path) for path in self._order["footage"]]

    @property
    def private(self) -> Path:
        """Folder of what is kept of people on footage from run to run; on no page and in no result."""
        if not self._order["private"]:
            raise UndeclaredError(
                f"Stage {self.stage} did not declare that it reads footage", where="pipeline/stages.py",
                next_step="set reads_footage=True",
            )  # fmt: skip
        return Path(self._order["private"])

    def chapters(self) -> dict[str, Path]:
        """Return stage → folder of its finished result, in the order of the chain."""
        return {name: Path(path) for name, path in self._order["chapters"].items()}

    @property
    def run_code(self) -> str:
        """The code that stands in the page's footer."""
        return str(self._order["run_code"])

    @property
    def parts_of_page(self) -> dict[str, Any]:
        """Stage → whether its chapter is a finding or method."""
        return dict(self._order["parts_of_page"])

    @property
    def notebooks(self) -> Path:
        """Folder of the notebooks as they are written today."""
        return Path(self._order["notebooks"])

    def _input(self, name: str) -> Path:
        inputs = self._order["inputs"]
        if name not in inputs:
            near = words.nearest(name, inputs)
            raise UndeclaredError(
                f'Stage {self.stage} did not declare that it needs "{name}"', where="pipeline/stages.py",
                found=words.listed(inputs) or "no needs",
                next_step=f'did you mean "{near}"?' if near else f'add "{name}" to its needs',
            )  # fmt: skip
        return Path(inputs[name])
