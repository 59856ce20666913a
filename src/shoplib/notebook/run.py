"""One stage at work: it reads, shows, writes what it promised, and finishes."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from shoplib.base import words
from shoplib.errors import ShopError, UndeclaredError
from shoplib.notebook.inputs import Inputs
from shoplib.notebook.tables import Tables
from shoplib.store import files

FINISHED, NUMBERS = ".finished.json", "numbers.json"


def start(stage: str, scenario: str, run_dir: str = "", overrides: str = "") -> Run:
    """Return the run of a stage.

    The chain passes ``run_dir``. Left empty, as when a person opens the notebook, the stages before this
    one are made first and the notebook works in ``outputs/<scenario>/.byhand/``. ``overrides`` are
    ``key=value`` pairs joined by ``;``.
    """
    if not run_dir:
        # The runner is asked for by name: what a notebook shows must not depend on how it is run.
        run_dir = importlib.import_module("shoplib.pipeline.byhand").prepare(stage, scenario, overrides)
    run = Run(Path(run_dir))
    if run.stage != stage:
        raise UndeclaredError("The notebook starts as another stage", where=f'notebook.start("{stage}", …)',
                              found=stage, wanted=run.stage)  # fmt: skip
    run.apply_memory_limit()
    return run


class Run(Inputs, Tables):
    """One stage at work in its own folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._written: dict[str, dict[str, Any]] = {}

    # ── out ───────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, name: str, frame: pd.DataFrame) -> None:
        """Write a promised table; it is checked against its declaration first."""
        self._promised(name, "gives")
        rows = files.write_table(self._folder / "tables" / f"{name}.parquet", name, frame)
        self._written[name] = {"rows": rows, "kind": "table"}

    def write_all(self, frames: Mapping[str, pd.DataFrame]) -> None:
        """Write several promised tables."""
        for name, frame in frames.items():
            self.write(name, frame)

    def out(self, name: str) -> Path:
        """Return a new promised folder to put files in."""
        self._promised(name, "folders")
        place = self._folder / "files" / name
        place.mkdir(parents=True, exist_ok=True)
        self._written[name] = {"rows": None, "kind": "folder"}
        return place

    def _promised(self, name: str, kind: str) -> None:
        if name not in self._order[kind]:
            raise UndeclaredError(
                f'Stage {self.stage} did not promise "{name}"', where="pipeline/stages.py",
                found=words.listed(self._order[kind]) or "no promises",
                next_step=f'add "{name}" to its {kind}',
            )  # fmt: skip

    # ── end ───────────────────────────────────────────────────────────────────────────────────────────────

    def finish(self) -> None:
        """Check that everything promised is there and hand the result over.

        Raises ``UndeclaredError`` that names each promised table or folder that is missing or empty.
        """
        missing = [name for name in self._order["gives"] if name not in self._written]
        for name in self._order["folders"]:
            place = self._folder / "files" / name
            if not place.is_dir() or not any(place.rglob("*")):
                missing.append(name)
        if missing:
            raise UndeclaredError(
                f"{self.stage} promised more than it wrote", found=words.listed(self._written) or "nothing",
                wanted=words.listed(missing), next_step="write these before run.finish()",
            )  # fmt: skip
        files.write_json(self._folder / NUMBERS, self._numbers)
        files.write_json(self._folder / FINISHED, {"outputs": self._written, "said": self._said})

    def apply_memory_limit(self) -> None:
        """Hold this process to ``run.memory_limit_mb``, where the system can; Python then raises ``MemoryError``."""
        limit = self._order["limit_mb"]
        if limit is None:
            return
        try:
            import resource
        except ImportError as error:
            raise ShopError("This system cannot limit a notebook's memory", where="run.memory_limit_mb",
                            next_step="leave the setting out") from error  # fmt: skip
        resource.setrlimit(resource.RLIMIT_DATA, (limit << 20, limit << 20))
