"""The light going on and off: lasting changes of brightness, told from shadows, flashes, clouds and dawn."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
WINDOW_S, LEAST_S = 60, 5
"""A change is one between the middle brightness of so long before and after; at the ends of footage, of the least."""
HALF = 0.5
"""With the light off a picture is at most this share as bright as with it on; a cloud takes less."""
HOLE_S = 10.0
"""What happens in a longer hole of the footage has no known moment."""


class Change(NamedTuple):
    """The light going on or off."""

    at_s: float
    up: bool
    seen: bool
    """False if it happened while nothing was filmed; then ``at_s`` is when filming goes on."""


def changes(at_s: Floats, level: Floats, least: float) -> list[Change]:
    """Return the lasting changes of brightness by ``least`` or more, in order.

    ``at_s`` are seconds in rising order, about one apart, ``level`` shares of full white. What lasts less than half a
    minute counts for nothing, at the ends of footage less than five seconds; nor does what takes minutes.
    """
    found: list[Change] = []
    holes = np.flatnonzero(np.diff(at_s) > HOLE_S) + 1
    before = np.nan
    for times, levels in zip(np.split(at_s, holes), np.split(level, holes), strict=True):
        if len(times):
            after = float(np.median(levels[:WINDOW_S]))
            if _is_change(before, after, least):
                found.append(Change(float(times[0]), after > before, False))
            grid = np.arange(times[0], times[-1] + 0.5)
            found += _steps(grid, np.interp(grid, times, levels), least)
            before = float(np.median(levels[-WINDOW_S:]))
    return found


def _is_change(before: float, after: float, least: float) -> bool:
    return bool(abs(after - before) >= least and min(before, after) <= HALF * max(before, after))


def _steps(at_s: Floats, level: Floats, least: float) -> list[Change]:
    """Return the changes inside footage without a hole; one sample a second."""
    past = pd.Series(level).rolling(WINDOW_S, min_periods=LEAST_S).median().shift(1).to_numpy()
    future = pd.Series(level[::-1]).rolling(WINDOW_S, min_periods=LEAST_S).median().to_numpy()[::-1]
    with np.errstate(invalid="ignore"):
        by = future - past
        lasting = (np.abs(by) >= least) & (np.minimum(past, future) <= HALF * np.maximum(past, future))
    sign = np.where(lasting, np.sign(by), 0)
    edges = np.flatnonzero(np.diff(sign)) + 1
    found = []
    for run in np.split(np.arange(len(level)), edges):
        if len(run) and sign[run[0]]:
            most = run[np.argmax(np.abs(by[run]))]
            middle = (past[most] + future[most]) / 2
            place = _parted(level, max(0, run[0] - LEAST_S), run[-1] + LEAST_S, middle, sign[most])
            if LEAST_S <= place <= len(level) - LEAST_S:
                found.append(Change(float(at_s[place]), bool(sign[most] > 0), True))
    return found


def _parted(level: Floats, begin: int, end: int, middle: float, sign: float) -> int:
    """Return the place in a window that best parts samples on one side of ``middle`` from those on the other."""
    side = np.sign(level[begin:end] - middle) * sign
    worth = np.concatenate([[0], np.cumsum(-side)]) + side.sum() - np.concatenate([[0], np.cumsum(side)])
    return begin + min(int(np.argmax(worth)), len(side) - 1)
