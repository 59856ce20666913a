"""The sections of the scenario that a stage may see."""

from __future__ import annotations

from typing import Any

from shoplib.base import words
from shoplib.config.models import Scenario
from shoplib.errors import UndeclaredError


class Settings:
    """The declared sections of the scenario; asking for another one is an error that says what to declare."""

    def __init__(self, scenario: Scenario, sections: tuple[str, ...], stage: str) -> None:
        self._scenario, self._sections, self._stage = scenario, sections, stage

    def __getattr__(self, name: str) -> Any:
        """Return a section, or ``seed``."""
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("seed", "shop", *self._sections):
            return getattr(self._scenario, name)
        raise UndeclaredError(
            f'Stage {self._stage} did not declare the section "{name}"', where="pipeline/stages.py",
            found=words.listed(("seed", "shop", *self._sections)),
            next_step=f'add "{name}" to its sections, so that a change of it re-runs the stage',
        )  # fmt: skip
