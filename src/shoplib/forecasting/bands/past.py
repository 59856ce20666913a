"""What is known of each series at an origin, and what a cheap forecast would have got wrong before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplib.forecasting.accuracy import ratio
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel, Whole

Bounds = Mapping[int, tuple[Floats, Floats]]
"""Lower and upper bounds by level, each (series, horizon)."""

CONTINUOUS, COUNT, SPARSE = 0, 1, 2
"""Groups of series that share errors: steady amounts, low counts, and many days of nothing among larger ones."""
USUAL_WEEKS = 4
"""Same weekdays that the cheap forecast averages."""
WEEKS = 26
"""Weeks before an origin that tell how much a series varies."""
RECENT_WEEKS = 8
LEAST_RECENT = 0.25
"""Share of the half year's error below which the recent weeks' is not taken at its word."""
COUNT_BELOW = 10.0
"""Mean of a day below which whole numbers are treated as counts."""
SPARSE_FROM = 0.2
"""Share of open days without a sale from which a series is sparse."""
STANDINS = 13
"""Origins in the history at which the cheap forecast is tried: a year of windows of 28 days."""
LEAST_MEAN = 0.05


@dataclass(frozen=True)
class Ground:
    """What is known of each series at an origin, arrays over series.

    ``scale`` is the usual absolute error of a one-day forecast by the mean of four same weekdays: the geometric mean
    of the last 8 and the last 26 weeks. ``level`` is the mean of an open day of those 26 weeks. ``excess`` and ``room``
    are sums whose ratio q gives the dispersion of a negative binomial, variance = mean + φ mean²: φ = q / (1 − q / 4),
    for the mean of four days varies itself.
    """

    end: int
    scale: Floats
    level: Floats
    excess: Floats
    room: Floats
    whole: Flags
    group: Whole


@dataclass(frozen=True)
class Lesson:
    """A forecast made at an origin and what came, (series, horizon); NaN on closed days and where not known."""

    ground: Ground
    mean: Floats
    actual: Floats


class Past:
    """The history of a panel as it was at earlier days; answers are kept while this object lives."""

    def __init__(self, panel: Panel) -> None:
        """Look back on ``panel``."""
        self.panel = panel
        self._grounds: dict[int, Ground] = {}
        self._standins: dict[tuple[int, int], Lesson] = {}

    def ground(self, end: int) -> Ground:
        """Return what was known after ``end`` days."""
        if end not in self._grounds:
            self._grounds[end] = _ground(self.panel.y, end)
        return self._grounds[end]

    def recent(self, end: int, days: int) -> Floats:
        """Return the last known ``days`` days before ``end``, (series, days), NaN where not known."""
        part = self.panel.y[:, max(end - days, 0) : end]
        return np.pad(part, ((0, 0), (days - part.shape[1], 0)), constant_values=np.nan)

    def standin(self, end: int, horizon: int, until: int) -> Lesson:
        """Return the weekday mean's forecast after ``end`` days beside what came by day ``until``."""
        if (end, horizon) not in self._standins:
            mean = usual(self.panel.y, end, horizon)
            came = self.panel.y[:, end : end + horizon]
            actual = np.pad(came, ((0, 0), (0, horizon - came.shape[1])), constant_values=np.nan)
            self._standins[end, horizon] = Lesson(self.ground(end), mean, actual)
        lesson = self._standins[end, horizon]
        if until >= end + horizon:
            return lesson
        known = np.arange(end, end + horizon) < until
        return Lesson(lesson.ground, lesson.mean, np.where(known, lesson.actual, np.nan))

    def standins(self, end: int, horizon: int) -> list[Lesson]:
        """Return stand-in lessons of the year before ``end``, a horizon apart, the newest first.

        Where the history is shorter than a horizon and two weeks, one lesson is made from its second half.
        """
        starts = [end - horizon * back for back in range(1, STANDINS + 1)]
        starts = [start for start in starts if start >= 2 * WEEK]
        if not starts and end >= 2 * WEEK:
            starts = [end - min(end // 2, end - WEEK)]
        return [self.standin(start, horizon, end) for start in starts]


def usual(y: Floats, end: int, horizon: int) -> Floats:
    """Return the mean of the last four same weekdays, (series, horizon); of eight weeks' days where there is none."""
    grid = _weeks(y, end, USUAL_WEEKS)
    mean = _mean(grid, axis=1)
    whole = _mean(_weeks(y, end, RECENT_WEEKS), axis=(1, 2))
    week = np.where(np.isnan(mean), whole[:, None], mean)
    return np.tile(week, (1, -(-horizon // WEEK)))[:, :horizon]


def _ground(y: Floats, end: int) -> Ground:
    grid = _weeks(y, end, WEEKS + USUAL_WEEKS)
    known = ~np.isnan(grid)
    sums = np.cumsum(np.pad(np.where(known, grid, 0.0), ((0, 0), (1, 0), (0, 0))), axis=1)
    counts = np.cumsum(np.pad(known, ((0, 0), (1, 0), (0, 0))), axis=1)
    expected = ratio(sums[:, USUAL_WEEKS:-1] - sums[:, :WEEKS], counts[:, USUAL_WEEKS:-1] - counts[:, :WEEKS])
    days = grid[:, USUAL_WEEKS:]
    miss = np.abs(days - expected)
    long, short = _mean(miss, axis=(1, 2)), _mean(miss[:, -RECENT_WEEKS:], axis=(1, 2))
    short = np.where(np.isnan(short), long, np.maximum(short, LEAST_RECENT * long))
    level = _mean(days, axis=(1, 2))
    zeros = _mean(np.where(np.isnan(days), np.nan, days == 0), axis=(1, 2))
    whole = np.all(np.isnan(grid) | (grid == np.round(grid)), axis=(1, 2))
    low = whole & (level < COUNT_BELOW)
    sparse = ~low & (zeros >= SPARSE_FROM)
    both = ~np.isnan(miss)
    around = 1 + 1 / USUAL_WEEKS
    least = np.maximum(np.where(both, expected, 0.0), LEAST_MEAN)
    return Ground(
        end=end,
        scale=np.sqrt(long * short),
        level=level,
        excess=np.where(both, miss**2 - around * least, 0.0).sum(axis=(1, 2)),
        room=np.where(both, around * (least**2 - least / USUAL_WEEKS), 0.0).sum(axis=(1, 2)),
        whole=whole,
        group=np.select([low, sparse], [COUNT, SPARSE], CONTINUOUS).astype(np.int64),
    )


def _weeks(y: Floats, end: int, weeks: int) -> Floats:
    """Return the last ``weeks`` weeks before ``end`` as (series, weeks, 7), NaN before the first day."""
    part = y[:, max(end - weeks * WEEK, 0) : end]
    padded = np.pad(part, ((0, 0), (weeks * WEEK - part.shape[1], 0)), constant_values=np.nan)
    return padded.reshape(len(y), weeks, WEEK)


def _mean(grid: npt.NDArray[np.float64], axis: int | tuple[int, ...]) -> Floats:
    """Return the mean over ``axis`` of what is known, NaN where nothing is."""
    known = ~np.isnan(grid)
    return ratio(np.where(known, grid, 0.0).sum(axis=axis), known.sum(axis=axis))
