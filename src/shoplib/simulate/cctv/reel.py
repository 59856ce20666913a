"""A long clip made from a few composed minutes, so that hours of footage are there in minutes."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from shoplib.base.seeds import stream
from shoplib.config.cameras import SimulatedFootage
from shoplib.simulate.cctv import film, recorder, truth
from shoplib.simulate.cctv.truth import Footage

PART_S = 60
VISITS_A_MINUTE = 10


def reel(
    settings: SimulatedFootage, timezone: str, seed: int, folder: Path, *, minutes: int = 3, busy_share: float = 0.3,
    progress: Callable[[float], None] | None = None,
) -> Footage:  # fmt: skip
    """Write one clip of ``settings.seconds`` (rounded up to whole minutes) with its truth, and return it.

    ``minutes`` minutes with people are composed and one without; they are joined in an order drawn from the seed, so
    that in ``busy_share`` of all minutes somebody comes. The light always burns, and no time is written on the picture,
    for it would repeat itself. Raises ``StoreError`` if the folder cannot be written.
    """
    total = math.ceil(settings.seconds / PART_S)
    rng = stream(seed, "simulate", "cctv", "reel")
    filled = rng.permutation(np.arange(total) < round(busy_share * total))
    which = np.where(filled, np.cumsum(filled) - 1, 0) % minutes
    usual = settings.model_dump() | {
        "seconds": PART_S, "days": 1, "times": settings.times[:1], "stamp": False,
        "lights_on": None, "lights_off": None, "lights_spread_s": 0,
    }  # fmt: skip
    visits = min(VISITS_A_MINUTE, settings.most(PART_S))
    full = usual | {"visits": visits, "people": min(settings.people, visits)}
    bare = usual | {"visits": 0, "people": 0, "together_share": 0}
    with tempfile.TemporaryDirectory() as name:
        made = list[Footage]()
        for number, given in enumerate([*[full] * minutes, bare]):
            some = SimulatedFootage.model_validate(given)
            made += film.film(some, timezone, seed + number, Path(name) / str(number))
            if progress:
                progress((number + 1) / (minutes + 1))
        chosen = [made[at] if busy else made[-1] for busy, at in zip(filled, which.tolist(), strict=True)]
        return joined(chosen, folder)


def joined(parts: Sequence[Footage], folder: Path) -> Footage:
    """Write parts as one clip, named as the first, and its truth, and return it."""
    path = folder / parts[0].path.name
    recorder.join([part.path for part in parts], path)
    whole = truth.joined(parts, parts[0].name, path)
    truth.write([whole], folder)
    return whole
