"""Photos of shelves in a folder, with the truth beside them; each photo depends on the seed and its number alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from shoplib.base import seeds
from shoplib.config.stages import SimulatedPhotos
from shoplib.simulate.shelf import camera, scene, shelf, truth
from shoplib.simulate.shelf.truth import Truth
from shoplib.store import files

TRUTH = "truth"
README = "SIMULATED.txt"
NOTE = "Simulated data: these shelves were drawn by a program, nothing in this folder is real.\n"


@dataclass(frozen=True)
class Photo:
    """One photo as JPEG, its key, and what stands on it."""

    photo_id: str
    content: bytes
    truth: Truth


def photo(number: int, gap_share: float, seed: int) -> Photo:
    """Return the ``number``-th photo of a seed, counted from 1; the same arguments give the same bytes."""

    def stream(of: str) -> np.random.Generator:
        return seeds.stream(seed, "simulate", "shelf", str(number), of)

    planned = shelf.shelf(stream("layout"), stream("gaps"), gap_share)
    taken_by = camera.camera(stream("camera"))
    drawn = scene.scene(planned, scene.furniture(stream("furniture")), stream("scene"))
    shot = camera.taken(drawn, taken_by, stream("grain"))
    name = f"shelf_{number:05d}"
    return Photo(name, camera.jpeg(shot, taken_by.quality), truth.truth(name, planned, taken_by.matrix()))


def write(settings: SimulatedPhotos, seed: int, folder: Path) -> Truth:
    """Write the photos a scenario asks for and ``truth/*.parquet`` into ``folder`` and return the truth.

    One photo is in memory at a time. Raises ``StoreError`` if the folder cannot be written.
    """
    parts = []
    for number in range(1, settings.photos + 1):
        made = photo(number, settings.gap_share, seed)
        files.write_bytes(folder / f"{made.photo_id}.jpg", made.content)
        parts.append(made.truth)
    whole = truth.together(parts)
    for name in truth.COLUMNS:
        files.write_arrow(folder / TRUTH / f"{name}.parquet", pa.Table.from_pandas(getattr(whole, name)))
    files.write_text(folder / README, NOTE)
    return whole
