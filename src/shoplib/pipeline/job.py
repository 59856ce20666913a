"""One scenario about to run: its settings, its graph, its finished results, and whether each is still true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from shoplib.config.load import load
from shoplib.config.models import Scenario
from shoplib.errors import ConfigError
from shoplib.pipeline import graph, keys
from shoplib.pipeline.results import Results
from shoplib.pipeline.stages import STAGES, Stage


def project_root(start: Path) -> Path:
    """Return the project's top folder: the nearest one above ``start`` with ``run_all.py`` and ``params/``."""
    for folder in (start, *start.parents):
        if (folder / "run_all.py").is_file() and (folder / "params").is_dir():
            return folder
    raise ConfigError(
        "This is not inside the workbook", where=str(start), wanted="a folder with run_all.py and params/",
        next_step="change to the project's folder and run the same command",
    )  # fmt: skip


@dataclass(frozen=True)
class Job:
    """A scenario, where it is kept, and the stages it can have."""

    root: Path
    scenario_file: Path
    scenario: Scenario
    overrides: tuple[str, ...]
    outputs: Path
    notebooks: Path
    all_stages: tuple[Stage, ...]

    @property
    def home(self) -> Path:
        """``outputs/<scenario>``."""
        return self.outputs / self.scenario.name

    @cached_property
    def graph(self) -> graph.Graph:
        """The stages this scenario wants."""
        return graph.build(self.scenario, self.all_stages)

    @property
    def results(self) -> Results:
        """The finished stages."""
        return Results(self.home)

    @cached_property
    def _fixed(self) -> dict[str, dict[str, Any]]:
        return {}

    def fixed(self, stage: Stage) -> dict[str, Any]:
        """Return what a stage depends on apart from other stages; read once for a job."""
        if stage.name not in self._fixed:
            self._fixed[stage.name] = keys.fixed_parts(
                stage, self.graph, self.scenario, self.root, self.notebooks, self.home
            )
        return self._fixed[stage.name]

    def parts(self, stage: Stage) -> dict[str, Any] | None:
        """Return everything a stage depends on, or ``None`` while an input is missing."""
        inputs = keys.input_parts(stage, self.graph, self.results)
        return None if inputs is None else {**self.fixed(stage), **inputs}

    def is_true(self, stage: Stage) -> bool:
        """Return whether the result in force is whole and belongs to today's code, settings and inputs."""
        parts = self.parts(stage)
        if parts is None:
            return False
        key = keys.key_of(parts)
        return self.results.current(stage.name) == key and self.results.whole(stage.name, key)

    @property
    def run_code(self) -> str:
        """The code of the results in force."""
        return keys.run_code({stage.name: self.results.current(stage.name) for stage in self.graph.stages})


def prepare(
    scenario_file: Path,
    overrides: Sequence[str] = (),
    *,
    root: Path,
    outputs: Path | None = None,
    notebooks: Path | None = None,
    stages: tuple[Stage, ...] = STAGES,
) -> Job:
    """Return the job of a scenario file; everything that can be refused is refused here, before anything runs.

    Raises ``ConfigError`` or ``SourceError`` for a wrong setting, a missing source file or an impossible graph.
    """
    scenario = load(scenario_file, tuple(overrides))
    job = Job(root, scenario_file, scenario, tuple(overrides), (outputs or root / "outputs").absolute(),
              notebooks or root / "notebooks", stages)  # fmt: skip
    keys.source_paths(scenario, root)
    keys.footage_paths(scenario, root)
    for stage in job.graph.stages:
        job.fixed(stage)
    return job
