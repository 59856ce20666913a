"""Whether live errors are still those of the back-test, with a chance of a false alarm that is kept.

Errors are watched day by day by cumulative sums (Page, Biometrika 41, 1954) of their size and of either sign, scaled by
the back-test. What is far follows from the back-test itself: its errors are drawn again in blocks of a week (Künsch,
Annals of Statistics 17, 1989), a back-test to scale by and a month to watch in each draw, so that the few days behind
the scale are reckoned with. All series and sums are drawn together, and the farthest of them in a draw counts (Westfall
and Young 1993): the chance of any false alarm within a month, over all of them, stays below ``false_alarms``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplib.forecasting.panel import Floats, Whole

MONTH = 28
BLOCK = 7
DRAWS = 499
FALSE_ALARMS = 0.05
FEWEST_DAYS = 4 * BLOCK
SLACK = 0.25  # standard deviations a day that a sum gives back: half the shift it is quickest to find
MOST = 3.0  # standard deviations a day counts at most
WIDER = 3.5  # limits are wider by so many in the number of weeks drawn from, for those weeks are few (see the tests)
SUMS = ("errors grew", "too much was said", "too little was said")
AT_ONCE = 32  # series


@dataclass(frozen=True)
class Watched:
    """The watch of each series (rows): ``distance`` by day and sum over its limit, 1 or more is an alarm.

    ``sums`` are those of :data:`SUMS`; NaN where a series cannot be watched: fewer than four weeks of the back-test, no
    day yet. ``limit`` is what the farthest of all stays below with chance 1 − ``false_alarms``.
    """

    distance: Floats
    limit: float

    @property
    def farthest(self) -> Floats:
        """The largest distance of each series and sum so far, (series, sums); NaN where nothing is watched."""
        seen = np.where(np.isfinite(self.distance), self.distance, -np.inf).max(axis=1, initial=-np.inf)
        return np.where(np.isfinite(seen), seen, np.nan)

    @property
    def alarm(self) -> bool:
        """Whether any sum of any series passed its limit."""
        return bool((np.nan_to_num(self.farthest) >= 1).any())


def watch(past: Floats, live: Floats, *, false_alarms: float = FALSE_ALARMS, seed: int = 0) -> Watched:
    """Return how far live errors drifted from those of the back-test.

    ``past`` and ``live`` are errors (said − was) by series and day in order of time, NaN where nothing was scored; of
    ``live`` the first 28 days are watched. Without anything to compare with there is no alarm.
    """
    rows, days = past.shape[0], min(live.shape[1], MONTH)
    live = live[:, :days]
    distance = np.full((rows, days, len(SUMS)), np.nan)
    filled = _filled(past)
    enough = (np.isfinite(past).sum(axis=1) >= FEWEST_DAYS) & (np.nanmax(np.abs(filled), axis=1, initial=0) > 0)
    if not enough.any() or not np.isfinite(live[enough]).any():
        return Watched(distance, np.nan)
    known = filled[enough]
    found = _sums(_scaled(known, live[enough]))
    drawn = _drawn(known, np.random.default_rng(seed))
    own = np.maximum(np.quantile(drawn, 1 - false_alarms, axis=1), 1e-9)
    most = (drawn / own[:, None, :]).max(axis=(0, 2))
    few = 1 + WIDER * BLOCK / np.isfinite(past[enough]).sum(axis=1)
    limit = max(float(np.quantile(most, 1 - false_alarms, method="higher")), 1.0)
    distance[enough] = found / (own[:, None, :] * limit * few[:, None, None])
    distance[enough] = np.where(np.isfinite(live[enough])[:, :, None], distance[enough], np.nan)
    return Watched(distance, limit)


def _filled(past: Floats) -> Floats:
    """Return errors without NaN: those of the same series a week before or after, else 0."""
    filled = past.copy()
    for step in (BLOCK, -BLOCK):
        for _ in range(max(past.shape[1] // BLOCK, 1)):
            moved = np.full_like(filled, np.nan)
            if step > 0:
                moved[:, step:] = filled[:, :-step]
            else:
                moved[:, :step] = filled[:, -step:]
            filled = np.where(np.isnan(filled), moved, filled)
            if not np.isnan(filled).any():
                return filled
    return np.nan_to_num(filled)


def _scaled(past: Floats, live: Floats) -> Floats:
    """Return live errors in standard deviations of those of the back-test: their size and both signs, last axis."""
    signed = (live - past.mean(axis=-1, keepdims=True)) / _spread(past)
    size = np.abs(past)
    grown = (np.abs(live) - size.mean(axis=-1, keepdims=True)) / _spread(size)
    clipped: Floats = np.clip(np.stack([grown, signed, -signed], axis=-1), -MOST, MOST)
    return clipped


def _spread(values: Floats) -> Floats:
    spread = values.std(axis=-1, keepdims=True)
    found: Floats = np.where(spread > 0, spread, np.maximum(np.abs(values).max(axis=-1, keepdims=True), 1e-9))
    return found


def _sums(scaled: Floats) -> Floats:
    """Return the one-sided cumulative sums along the last axis but one; NaN changes nothing."""
    walk = np.cumsum(np.nan_to_num(scaled) - SLACK, axis=-2)
    lowest = np.minimum(np.minimum.accumulate(walk, axis=-2), 0.0)
    found: Floats = walk - lowest
    return found


def _drawn(past: Floats, rng: np.random.Generator) -> Floats:
    """Return the farthest of each sum within a month without drift, (series, draws, sums)."""
    days = past.shape[1]
    reference, month = (_blocks(rng, days, length) for length in (days, MONTH))
    parts = []
    for at in range(0, len(past), AT_ONCE):
        some = past[at : at + AT_ONCE]
        parts.append(_sums(_scaled(some[:, reference], some[:, month])).max(axis=-2))
    return np.concatenate(parts)


def _blocks(rng: np.random.Generator, days: int, length: int) -> Whole:
    """Return days drawn in blocks of a week that wrap round, (draws, length)."""
    count = -(-length // BLOCK)
    starts = rng.integers(0, days, (DRAWS, count, 1))
    drawn: npt.NDArray[np.int64] = (starts + np.arange(BLOCK)).reshape(DRAWS, -1)[:, :length] % days
    return drawn
