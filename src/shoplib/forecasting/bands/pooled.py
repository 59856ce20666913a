"""Bands from errors that were made, each measured by how much its series varies, pooled over series and days.

Conformal prediction (Vovk et al. 2005) on signed errors, a tail at a time (Romano et al. 2019), within groups of
series (Mondrian; Vovk et al. 2003). Errors of the model itself count most. A few windows are a small sample of
times, so errors of a cheap forecast over the year before join them, brought to the model's size, and the model's own
are brought half-way to what the year says of how hard those windows were.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shoplib.forecasting.accuracy import ratio, tails
from shoplib.forecasting.bands.past import CONTINUOUS, COUNT, SPARSE, Bounds, Ground, Lesson, Past
from shoplib.forecasting.panel import Flags, Floats

STANDIN_SHARE = 0.3
"""Weight of the cheap forecast's errors beside the model's own, where it has many; half where it has 200."""
TOWARDS_YEAR = 0.5
"""How far the model's errors are brought to the size they would have had over the year, as an exponent."""
UNEVEN = 1.05
"""Factor on every band: months differ in how hard they are, and a band right for the average month covers too few days
over hard and easy ones together (the share covered is concave in the width). Measured on panels of shops."""
YEAR_WITHIN = 2.0
"""Factor by which the windows may have been harder or easier than the year."""
GROWS = 0.5
"""Exponent of the error's growth with what is expected, within a series."""
FLOOR = 0.05
"""Share of a series' mean added to what is expected, so that small days keep some width."""
FEWEST = 20
"""Errors without which there is no band."""
ENOUGH = 200
"""Errors from which a group of series stands alone."""
MOST = 200_000
"""Errors beyond which every n-th is taken."""
STEP_BANDS = (7, 14, 28)
"""Last day ahead of each band of steps that share a size of error; what lies beyond is in the last."""
STEP_TRUST = 500
"""Errors at which a step band's own size counts half."""


def bands(past: Past, ground: Ground, own: Sequence[Lesson], mean: Floats, levels: Sequence[int]) -> Bounds:
    """Return bounds around ``mean`` (series, horizon) by level, from the ``own`` lessons of a model before ``ground``.

    NaN where there are too few errors to tell or nothing is expected. Bounds are neither cut at 0 nor at closed days.
    """
    horizon = mean.shape[1]
    standins = past.standins(ground.end, horizon)
    width = sized(ground, mean)
    growth = _growth(own, horizon) if own else np.ones(horizon)
    found = {level: (np.full(mean.shape, np.nan), np.full(mean.shape, np.nan)) for level in levels}
    everyone = np.ones(len(mean), dtype=bool)
    for group in (CONTINUOUS, COUNT, SPARSE):
        rows = ground.group == group
        if not rows.any():
            continue
        errors, weight = _errors(past, ground.end, own, standins, rows, growth)
        if len(errors) < ENOUGH:
            errors, weight = _errors(past, ground.end, own, standins, everyone, growth)
        if len(errors) < FEWEST:
            continue
        order = np.argsort(errors, kind="stable")
        errors, weight = errors[order], weight[order]
        for level in levels:
            for side, share in enumerate(tails(level)):
                found[level][side][rows] = (mean + weighted_quantile(errors, weight, share) * width * growth * UNEVEN)[
                    rows
                ]
    return found


def sized(ground: Ground, mean: Floats) -> Floats:
    """Return by how much each forecast is usually off, (series, horizon): scale × √(expected / its mean).

    A series without a history is as variable, for its size, as the middle one of the panel.
    """
    some = ~np.isnan(mean) & (mean > 0)
    centre = np.where(some, mean, 0.0).sum(axis=1) / np.maximum(some.sum(axis=1), 1)
    scale = ground.scale
    missing = np.isnan(scale)
    if missing.any():
        told = ~missing & (ground.level > 0)
        share = float(np.median(scale[told] / ground.level[told])) if told.any() else np.nan
        scale = np.where(missing, share * centre, scale)
    centre = np.where(centre > 0, centre, 1.0)[:, None]
    return scale[:, None] * ((np.maximum(mean, 0.0) + FLOOR * centre) / ((1 + FLOOR) * centre)) ** GROWS


def weighted_quantile(ordered: Floats, weight: Floats, share: float) -> float:
    """Return the quantile of ``ordered`` values with a finite sample's allowance: n + 1, n as the weights count."""
    count = weight.sum() ** 2 / (weight**2).sum()
    outer = max(share, 1 - share)
    outer = min(outer * (count + 1) / count, 1.0)
    heap = np.cumsum(weight) / weight.sum()
    last = len(ordered) - 1
    if share >= 0.5:
        return float(ordered[min(int(np.searchsorted(heap, outer - 1e-12)), last)])
    below = heap - weight / weight.sum()
    return float(ordered[max(int(np.searchsorted(below, 1 - outer + 1e-12, side="right")) - 1, 0)])


def _scaled(lesson: Lesson, rows: Flags, growth: Floats) -> Floats:
    """Return the errors of a lesson divided by their usual size, those that are known and can be divided."""
    share = ratio((lesson.actual - lesson.mean)[rows], (sized(lesson.ground, lesson.mean) * growth)[rows])
    return np.asarray(share[~np.isnan(share)], dtype=np.float64)


def _errors(
    past: Past, end: int, own: Sequence[Lesson], standins: Sequence[Lesson], rows: Flags, growth: Floats
) -> tuple[Floats, Floats]:
    """Return the pool of scaled errors of some series, and how much each counts."""
    flat = np.ones(len(growth))
    mine = [_scaled(lesson, rows, growth) for lesson in own]
    year = np.concatenate([_scaled(lesson, rows, flat) for lesson in standins]) if standins else np.zeros(0)
    ours = np.concatenate(mine) if mine else np.zeros(0)
    if not len(ours):
        return _thinned(year, np.ones(len(year)))
    starts = [lesson.ground.end for lesson in own]
    horizon = len(growth)
    same = np.concatenate([_scaled(past.standin(start, horizon, end), rows, flat) for start in starts])
    size, usual, there = _size(ours), _size(year), _size(same)
    if len(year) < FEWEST or not (size > 0 and usual > 0 and there > 0):
        return _thinned(ours, np.ones(len(ours)))
    harder = float(np.clip(usual / there, 1 / YEAR_WITHIN, YEAR_WITHIN)) ** TOWARDS_YEAR
    pool = np.concatenate([ours * harder, year * (size / there)])
    standing = max(STANDIN_SHARE, ENOUGH / (ENOUGH + len(ours)))
    share = standing / (1 - standing) * len(ours) / len(year)
    return _thinned(pool, np.concatenate([np.ones(len(ours)), np.full(len(year), share)]))


def _size(errors: Floats) -> float:
    return float(np.abs(errors).mean()) if len(errors) else 0.0


def _thinned(errors: Floats, weight: Floats) -> tuple[Floats, Floats]:
    step = -(-len(errors) // MOST) or 1
    return errors[::step], weight[::step]


def _growth(own: Sequence[Lesson], horizon: int) -> Floats:
    """Return how much larger errors are at each day ahead than on the whole, from the model's own lessons."""
    band = np.minimum(np.searchsorted(STEP_BANDS, np.arange(1, horizon + 1)), len(STEP_BANDS) - 1)
    total, count = np.zeros(len(STEP_BANDS)), np.zeros(len(STEP_BANDS))
    for lesson in own:
        width = sized(lesson.ground, lesson.mean)
        miss = np.abs(lesson.actual - lesson.mean)
        usable = ~np.isnan(miss) & (width > 0)
        scaled = np.where(usable, miss, 0.0) / np.where(usable, width, 1.0)
        total += np.bincount(band, weights=scaled.sum(axis=0), minlength=len(STEP_BANDS))
        count += np.bincount(band, weights=usable.sum(axis=0), minlength=len(STEP_BANDS))
    if not total.sum() > 0:
        return np.ones(horizon)
    overall = total.sum() / count.sum()
    trust = count / (count + STEP_TRUST)
    size = trust * total / np.maximum(count, 1) / overall + (1 - trust)
    return np.asarray(size[band], dtype=np.float64)
