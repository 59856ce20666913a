"""The exact packages of ``requirements.lock``, read without resolving anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from shoplib.errors import ConfigError

LOCK = "requirements.lock"


@dataclass(frozen=True)
class Pin:
    """One line of the lock: a package, its exact version, and on which machines it is wanted."""

    name: str
    version: str
    marker: str = ""

    @property
    def line(self) -> str:
        """The line as pip reads it."""
        return f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")

    def wanted_here(self) -> bool:
        """Return whether this Python on this system wants the package."""
        return not self.marker or Marker(self.marker).evaluate()


def pins(root: Path) -> tuple[Pin, ...]:
    """Return every line of ``requirements.lock`` in its order, names in their canonical form.

    A package has two lines where its version depends on the Python. Raises ``ConfigError`` if the file is missing
    or a line is not ``name==version``.
    """
    path = root / LOCK
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise ConfigError("The list of exact packages is not there", where=str(path),
                          next_step="take the file from the project again, or run  make lock") from None  # fmt: skip
    written = [(at, line.partition("#")[0].strip()) for at, line in enumerate(lines, 1)]
    return tuple(_pin(line, at) for at, line in written if line)


def _pin(line: str, at: int) -> Pin:
    wanted, _, marker = line.partition(";")
    name, equal, version = wanted.partition("==")
    if not (equal and name.strip() and version.strip()):
        raise ConfigError("A line of the lock does not name one version", where=f"{LOCK} line {at}", found=line,
                          wanted="name==version", next_step="run  make lock")  # fmt: skip
    return Pin(canonicalize_name(name.strip()), version.strip(), marker.strip())
