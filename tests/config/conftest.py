"""A folder with a scenario and a mapping that are valid as they stand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shoplib.config.load import load
from shoplib.config.models import Scenario
from shoplib.errors import ConfigError

MAPPING = "rows: line\nfields:\n  timestamp: When\n  product_id: What\n  unit_price: Price\n"
SCENARIO = """name: corner
ingest:
  sources:
    - {kind: csv, name: till, path: till.csv, mapping: m.yaml}
"""


class Folder:
    """Settings files of one test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("m.yaml", MAPPING)
        self.write("corner.yaml", SCENARIO)

    def write(self, name: str, text: str) -> Path:
        """Write a file and return its path."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def more(self, text: str) -> Path:
        """Write the valid scenario with more lines, which start at line 5."""
        return self.write("corner.yaml", SCENARIO + text)

    def load(self, *overrides: str, name: str = "corner.yaml") -> Scenario:
        """Return the scenario."""
        return load(self.path / name, overrides)

    def refusal(self, *overrides: str, name: str = "corner.yaml") -> str:
        """Return the message of the refusal, the folder written as ``<here>``."""
        with pytest.raises(ConfigError) as caught:
            self.load(*overrides, name=name)
        return str(caught.value).replace(str(self.path), "<here>")

    def problems(self, *overrides: str, name: str = "corner.yaml") -> list[str]:
        """Return the lines that name what is wrong with a scenario."""
        head, *lines, last = self.refusal(*overrides, name=name).splitlines()
        count = f"({len(lines)} problem{'s' * (len(lines) != 1)})"
        assert head == f"<here>/{name} is not a valid scenario {count}"
        assert last == "  next    mend these and run the same command again; nothing was started"
        return [line.removeprefix("  ") for line in lines]


@pytest.fixture
def folder(tmp_path) -> Folder:
    """Return a folder with ``corner.yaml`` and ``m.yaml``."""
    return Folder(tmp_path)


@pytest.fixture(scope="session")
def new_folder() -> Callable[[Path], Folder]:
    """Return what makes such a folder."""
    return Folder
