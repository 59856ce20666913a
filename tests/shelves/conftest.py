"""Drawn shelves, read once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplib.config.stages import SimulatedPhotos
from shoplib.shelves.survey import Survey, survey
from shoplib.simulate.shelf import photos
from shoplib.simulate.shelf.truth import Truth

Surveyed = tuple[Path, Survey, Truth]
SEEDS = (101, 102, 103, 104)


@pytest.fixture(scope="session")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> list[Surveyed]:
    """Folder, what was seen and what was planted, for each of four seeds."""
    made = []
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp(f"photos{seed}")
        planted = photos.write(SimulatedPhotos(kind="simulated", photos=5, gap_share=0.15), seed, folder)
        made.append((folder, survey(folder), planted))
    return made
