"""What a stage is told before it starts: its folder, its inputs and promises, its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shoplib.config.models import Scenario
from shoplib.notebook.settings import Settings
from shoplib.store import files

ORDER = ".order.json"


class Ordered:
    """A stage in its own folder, with the order that lies there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._order: dict[str, Any] = files.read_json(folder / ORDER)
        self.stage: str = self._order["stage"]
        self.name: str = self._order["scenario"]["name"]
        self.config = Settings(
            Scenario.model_validate(self._order["scenario"]), tuple(self._order["sections"]), self.stage
        )
