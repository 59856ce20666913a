"""What is known of each series at an origin, and what a cheap forecast would have got wrong before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shoplib.forecasting.accuracy import ratio
from shoplib.forecasting.bands import cheap
from shoplib.forecasting.bands.cheap import USUAL_WEEKS, by_week, mean_known
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel, Whole

Bounds = Mapping[int, tuple[Floats, Floats]]
"""Lower and upper bounds by level, each (series, horizon)."""

CONTINUOUS, COUNT, SPARSE = 0, 1, 2
"""Groups of series that share errors: steady amounts, low counts, and many days of nothing among larger ones."""
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
SAMPLE = 500
"""Series from which the effects of known columns are learnt; of more, every n-th."""


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
        self._plains: dict[tuple[int, int], tuple[Lesson, Floats]] = {}
        self._effects: dict[tuple[int, int], Floats | None] = {}
        self._standins: dict[tuple[int, int, int], Lesson] = {}

    def ground(self, end: int) -> Ground:
        """Return what was known after ``end`` days."""
        if end not in self._grounds:
            self._grounds[end] = _ground(self.panel.y, end)
        return self._grounds[end]

    def recent(self, end: int, days: int) -> Floats:
        """Return the last known ``days`` days before ``end``, (series, days), NaN where not known."""
        part = self.panel.y[:, max(end - days, 0) : end]
        return np.pad(part, ((0, 0), (days - part.shape[1], 0)), constant_values=np.nan)

    def standin(self, start: int, horizon: int, until: int) -> Lesson:
        """Return the cheap forecast after ``start`` days beside what came by day ``until``, as it was known then."""
        key = (start, horizon, until)
        if key not in self._standins:
            lesson, columns = self._plain(start, horizon)
            effect = self._effect(until, horizon)
            mean = lesson.mean if effect is None else cheap.moved(lesson.mean, columns, effect, self._amounts(until))
            known = np.arange(start, start + horizon) < until
            self._standins[key] = Lesson(lesson.ground, mean, np.where(known, lesson.actual, np.nan))
        return self._standins[key]

    def standins(self, end: int, horizon: int) -> list[Lesson]:
        """Return stand-in lessons of the year before ``end``, a horizon apart, the newest first.

        Where the history is shorter than a horizon and two weeks, one lesson is made from its second half.
        """
        return [self.standin(start, horizon, end) for start in _starts(end, horizon)]

    def _plain(self, start: int, horizon: int) -> tuple[Lesson, Floats]:
        if (start, horizon) not in self._plains:
            mean = cheap.usual(self.panel.y, start, horizon)
            came = self.panel.y[:, start : start + horizon]
            actual = np.pad(came, ((0, 0), (0, horizon - came.shape[1])), constant_values=np.nan)
            columns = cheap.signs(self.panel, start, horizon)
            self._plains[start, horizon] = Lesson(self.ground(start), mean, actual), columns
        return self._plains[start, horizon]

    def _effect(self, end: int, horizon: int) -> Floats | None:
        """Return what the columns known ahead did to steady amounts in the year before ``end``, if that can be told."""
        if (end, horizon) not in self._effects:
            rows = np.flatnonzero(self._amounts(end))
            rows = rows[:: -(-len(rows) // SAMPLE) or 1]
            parts = [(start, *self._plain(start, horizon)) for start in _starts(end, horizon)]
            effect = None
            if len(rows) and parts:
                came = [
                    np.where(np.arange(start, start + horizon) < end, lesson.actual[rows], np.nan)
                    for start, lesson, _ in parts
                ]
                effect = cheap.effects(
                    np.stack([lesson.mean[rows] for _, lesson, _ in parts]),
                    np.stack(came),
                    np.stack([columns[rows] for _, _, columns in parts]),
                )
            self._effects[end, horizon] = effect
        return self._effects[end, horizon]

    def _amounts(self, end: int) -> Flags:
        return np.equal(self.ground(end).group, CONTINUOUS)


def _starts(end: int, horizon: int) -> list[int]:
    """Return the origins of the stand-ins before ``end``, the newest first."""
    starts = [end - horizon * back for back in range(1, STANDINS + 1)]
    starts = [start for start in starts if start >= 2 * WEEK]
    if not starts and end >= 2 * WEEK:
        starts = [end - min(end // 2, end - WEEK)]
    return starts


def _ground(y: Floats, end: int) -> Ground:
    grid = by_week(y, end, WEEKS + USUAL_WEEKS)
    known = ~np.isnan(grid)
    sums = np.cumsum(np.pad(np.where(known, grid, 0.0), ((0, 0), (1, 0), (0, 0))), axis=1)
    counts = np.cumsum(np.pad(known, ((0, 0), (1, 0), (0, 0))), axis=1)
    expected = ratio(sums[:, USUAL_WEEKS:-1] - sums[:, :WEEKS], counts[:, USUAL_WEEKS:-1] - counts[:, :WEEKS])
    days = grid[:, USUAL_WEEKS:]
    miss = np.abs(days - expected)
    long, short = mean_known(miss, axis=(1, 2)), mean_known(miss[:, -RECENT_WEEKS:], axis=(1, 2))
    short = np.where(np.isnan(short), long, np.maximum(short, LEAST_RECENT * long))
    level = mean_known(days, axis=(1, 2))
    zeros = mean_known(np.where(np.isnan(days), np.nan, days == 0), axis=(1, 2))
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
