"""A cheap forecast, to be tried at many origins: the weekday mean, moved by what is known ahead and by last year.

How far each known column moves a day is learnt over all series at once: the logarithm of sold over the weekday mean is
regressed on how the column differs from its own weekday mean, and on what the same days did a year before.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shoplib.forecasting.accuracy import ratio
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel

USUAL_WEEKS = 4
"""Same weekdays that are averaged."""
FALLBACK_WEEKS = 8
YEAR = 52 * WEEK
AROUND = 7
"""Days on each side that are averaged a year before."""
RIDGE = 0.01
"""Share of a column's own sum of squares that holds its effect back."""
MOST_MOVED = 1.0
"""Largest move, as a logarithm."""


def usual(y: Floats, end: int, horizon: int) -> Floats:
    """Return the mean of the last four same weekdays, (series, horizon); of eight weeks' days where there is none."""
    whole = mean_known(by_week(y, end, FALLBACK_WEEKS), axis=(1, 2))
    week = mean_known(by_week(y, end, USUAL_WEEKS), axis=1)
    week = np.where(np.isnan(week), whole[:, None], week)
    return np.tile(week, (1, -(-horizon // WEEK)))[:, :horizon]


def signs(panel: Panel, end: int, horizon: int) -> Floats:
    """Return what may move the days after ``end``: (series, horizon, columns), 0 where nothing is known."""
    days = slice(end, end + horizon)
    found = []
    for grid in panel.known.values():
        here = grid[:, days]
        there = np.pad(here, ((0, 0), (0, horizon - here.shape[1])), constant_values=np.nan)
        found.append(there - usual(grid, end, horizon))
    first = end - YEAR
    if first >= USUAL_WEEKS * WEEK:
        known = ~np.isnan(panel.y[:, :end])
        sums = np.cumsum(np.pad(np.where(known, panel.y[:, :end], 0.0), ((0, 0), (1, 0))), axis=1)
        counts = np.cumsum(np.pad(known, ((0, 0), (1, 0))), axis=1)
        at = first + np.arange(horizon)
        low, high = np.minimum(at - AROUND, end), np.minimum(at + AROUND + 1, end)
        then = ratio(sums[:, high] - sums[:, low], counts[:, high] - counts[:, low])
        before = first - USUAL_WEEKS * WEEK
        base = ratio(sums[:, first] - sums[:, before], counts[:, first] - counts[:, before])[:, None]
        both = (then > 0) & (base > 0)
        found.append(np.where(both, np.log(np.where(both, then, 1.0) / np.where(both, base, 1.0)), 0.0))
    else:
        found.append(np.zeros((len(panel.y), horizon)))
    return np.nan_to_num(np.stack(found, axis=2))


def effects(mean: Floats, actual: Floats, moved: Floats) -> Floats:
    """Return the effect of each column of ``moved`` on log(actual / mean), by ridge regression without a constant."""
    usable = (mean > 0) & (actual > 0)
    answer = np.log(actual[usable] / mean[usable])
    columns = moved[usable]
    size = np.maximum((columns**2).sum(axis=0), 1e-12)
    inner = columns.T @ columns + np.diag(RIDGE * size + 1e-9)
    return np.asarray(np.linalg.solve(inner, columns.T @ answer), dtype=np.float64)


def moved(mean: Floats, columns: Floats, effect: Floats, rows: Flags) -> Floats:
    """Return ``mean`` moved by its columns in ``rows``."""
    step = np.clip(columns @ effect, -MOST_MOVED, MOST_MOVED)
    return np.where(rows[:, None], mean * np.exp(step), mean)


def by_week(y: Floats, end: int, weeks: int) -> Floats:
    """Return the last ``weeks`` weeks before ``end`` as (series, weeks, 7), NaN before the first day."""
    part = y[:, max(end - weeks * WEEK, 0) : end]
    padded = np.pad(part, ((0, 0), (weeks * WEEK - part.shape[1], 0)), constant_values=np.nan)
    return padded.reshape(len(y), weeks, WEEK)


def mean_known(grid: npt.NDArray[np.float64], axis: int | tuple[int, ...]) -> Floats:
    """Return the mean over ``axis`` of what is known, NaN where nothing is."""
    known = ~np.isnan(grid)
    return ratio(np.where(known, grid, 0.0).sum(axis=axis), known.sum(axis=axis))
