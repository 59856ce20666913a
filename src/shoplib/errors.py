"""Every error this library raises on purpose, and how its message is laid out.

    ShopError                   anything a person can act on
    ├── ConfigError             a scenario or an override is not valid
    ├── ContractError           a table is not what its declaration says
    ├── SourceError             an input file cannot be taken
    │   └── MappingError        a mapping does not fit its file
    ├── StoreError              bytes could not be written or read back whole
    ├── UndeclaredError         a notebook used something its stage did not declare
    ├── BusyError               another run holds the same outputs
    └── StageError              a notebook did not end well
        ├── StageFailed         a cell raised
        ├── StageTimedOut       a cell ran over its time
        ├── KernelDied          the kernel went away
        └── StageStopped        a person pressed Ctrl-C

Each message answers five questions: what happened, where, what was found, what was wanted, what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence


class ShopError(Exception):
    """An error with a message a shop owner or an analyst can act on.

    >>> print(ShopError("The file is empty", where="sales.csv", wanted="a header", next_step="export again"))
    The file is empty
      where   sales.csv
      wanted  a header
      next    export again
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        found: str = "",
        wanted: str = "",
        next_step: str = "",
        details: Sequence[str] = (),
    ) -> None:
        self.what, self.where, self.found = what, where, found
        self.wanted, self.next_step, self.details = wanted, next_step, tuple(details)
        super().__init__(self._message())

    def _message(self) -> str:
        lines = [_indented(self.what, 2), *(f"  {_indented(line, 4)}" for line in self.details)]
        rows = (
            ("where", self.where),
            ("found", self.found),
            ("wanted", self.wanted),
            ("next", self.next_step),
        )
        lines += [f"  {name:<7} {_indented(text, 10)}" for name, text in rows if text]
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error cross a process boundary whole."""
        return _rebuild, (
            type(self),
            self.what,
            {"where": self.where, "found": self.found, "wanted": self.wanted,
             "next_step": self.next_step, "details": self.details},
        )  # fmt: skip


def _indented(text: str, by: int) -> str:
    """Return a text whose further lines stand under its first one."""
    first, *more = text.splitlines() or [""]
    return "\n".join([first, *(f"{' ' * by}{line}".rstrip() for line in more)])


def _rebuild(kind: type[ShopError], what: str, parts: dict[str, object]) -> ShopError:
    return kind(what, **parts)  # type: ignore[arg-type]  # the parts are this class's own keywords


class ConfigError(ShopError):
    """A scenario file or an override is not valid; every problem is in ``details``."""


class ContractError(ShopError):
    """A table is not what its declaration in ``contracts.tables`` says."""


class SourceError(ShopError):
    """An input file is missing, empty, or cannot be read."""


class MappingError(SourceError):
    """A mapping file does not fit the file it is meant for."""


class StoreError(ShopError):
    """Bytes could not be written, or were not whole when read back."""


class UndeclaredError(ShopError):
    """A notebook read, wrote or asked for something its stage did not declare."""


class BusyError(ShopError):
    """Another run is at work on the same outputs."""


class StageError(ShopError):
    """A notebook did not end well; ``status`` is the word written into the record."""

    status = "failed"


class StageFailed(StageError):
    """A cell raised an exception."""


class StageTimedOut(StageError):
    """A cell ran longer than ``run.cell_timeout_s``."""

    status = "timed out"


class KernelDied(StageError):
    """The kernel process ended while a cell was running."""

    status = "kernel died"


class StageStopped(StageError):
    """The run was interrupted by a person."""

    status = "stopped"
