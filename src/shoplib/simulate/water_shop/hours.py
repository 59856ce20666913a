"""When the door opened and closed on each day: about the usual time, never to the minute."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate.draws import Ints

OPENING_SPREAD_S, CLOSING_SPREAD_S = 360, 480
MOST_OFF_S = 1_200
LAST_SECOND = 86_399


@dataclass(frozen=True)
class Hours:
    """Seconds after midnight by the true clock, one entry a day."""

    opened: Ints
    closed: Ints


def hours(opens: dt.time, closes: dt.time, days: int, seed: int) -> Hours:
    """Return opening and closing of each day, within 20 minutes and a quarter of the usual hours; never overnight."""
    rng = seeds.stream(seed, "simulate", "water_shop", "hours")
    first, last = (time.hour * 3600 + time.minute * 60 for time in (opens, closes))
    most = min(MOST_OFF_S, (last - first) // 4)
    early = np.clip(np.rint(rng.normal(0, OPENING_SPREAD_S, days)), -most, most).astype(np.int64)
    late = np.clip(np.rint(rng.normal(0, CLOSING_SPREAD_S, days)), -most, most).astype(np.int64)
    return Hours(np.maximum(first + early, 0), np.minimum(last + late, LAST_SECOND))
