"""The scenario a command is asked for, what its latest run saw, and where what people say of it is kept."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shoplib.cli.command import scenario_file

if TYPE_CHECKING:
    import pandas as pd

    from shoplib.config.cameras import Cameras
    from shoplib.config.models import Scenario

TABLES = ("sightings", "footage_clips", "footage_visits")


@dataclass(frozen=True)
class Place:
    """A scenario with cameras, its folders, and the tables of footage of its latest run by name."""

    scenario: Scenario
    cameras: Cameras
    file: Path
    root: Path
    home: Path
    private: Path
    tables: dict[str, pd.DataFrame]

    @property
    def stays(self) -> pd.DataFrame:
        """The table ``footage_visits``."""
        return self.tables["footage_visits"]


def place_of(asked: argparse.Namespace, purpose: str) -> Place:
    """Return the place that ``scenario`` and ``outputs`` of the arguments name.

    ``ConfigError`` if the scenario has no cameras, ``StoreError`` if there is no run for the ``purpose``, such as
    ``to correct``.
    """
    from shoplib.config.load import load
    from shoplib.errors import ConfigError, StoreError
    from shoplib.pipeline.job import project_root
    from shoplib.pipeline.record import LATEST
    from shoplib.store import files, places

    root = project_root(Path.cwd())
    file = scenario_file(asked.scenario, root)
    scenario = load(file)
    if scenario.cameras is None:
        raise ConfigError("This scenario has no cameras", where=file.name, wanted="a section  cameras",
                          next_step="name a scenario with footage")  # fmt: skip
    home = (Path(asked.outputs).absolute() if asked.outputs else root / "outputs") / scenario.name
    where = home / LATEST / "tables"
    if not all((where / f"{name}.parquet").is_file() for name in TABLES):
        raise StoreError(f"There is no finished run {purpose}", where=str(where), found="no sightings",
                         next_step=f"python run_all.py {file.stem}")  # fmt: skip
    tables = {name: files.read_table(where / f"{name}.parquet", name) for name in TABLES}
    simulated = scenario.cameras.footage.kind == "simulated"
    private = places.private(root, home, scenario.name, simulated=simulated)
    return Place(scenario, scenario.cameras, file, root, home, private, tables)
