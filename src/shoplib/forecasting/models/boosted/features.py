"""What a tree is told of a coming day: all of it known at the origin, amounts as multiples of the recent level.

A row belongs to a series, an origin (so many days known) and a day ahead. Nothing at or after the origin is read but
the calendar, closing and the columns known ahead; ``tests/forecasting/models/test_features.py`` shuffles the future.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.forecasting import holiday_distance
from shoplib.forecasting.panel import WEEK, Floats, Panel, Whole

YEAR = 364
"""Days back to the same weekday a year before."""
LEVEL_DAYS = 56
MEANS = (7, 14, 28, 112, YEAR)
SAME_WEEKDAYS = 8
ALIKE_WEEKS = 26
LONGEST_RUN = 60
SERIES = "series"
"""Static column that numbers the series."""


@dataclass(frozen=True)
class Rows:
    """Features of the shape (series, origins, horizon, columns), ``float32``, NaN where nothing is known.

    ``level`` is the recent mean of each series at each origin, (series, origins), NaN where nothing was sold yet.
    """

    table: npt.NDArray[np.float32]
    names: tuple[str, ...]
    categories: tuple[str, ...]
    level: Floats


def at(panel: Panel, origins: Whole, horizon: int, *, of_year: bool = True, closing: bool = True) -> Rows:
    """Return the rows of every series at every origin for each of the ``horizon`` days after it.

    ``panel`` reaches over the days of the last origin (:meth:`shoplib.forecasting.panel.Panel.until`). ``of_year`` adds
    the day of the year and of the month, ``closing`` the closed days around.
    """
    past = _Past(panel.y)
    targets = origins[:, None] + np.arange(horizon)
    shape = (len(panel.ids), len(origins), horizon)
    level = past.level(origins)
    found = {
        **_levels(past, origins, level),
        **_weeks(past, targets, horizon, level),
        **_year(past, origins, targets, horizon, level),
        **_calendar(panel, targets, of_year=of_year),
        **(_closing(panel, targets) if closing else {}),
    }
    for name, grid in panel.known.items():
        found |= _known(panel.y, grid, name, targets, horizon, level)
    for name in panel.static.columns:
        found[f"of:{name}"] = _coded(panel.static[name])[:, None, None]
    words = [name for name in panel.static.columns if not pd.api.types.is_numeric_dtype(panel.static[name])]
    apart = [f"of:{name}" for name in panel.static.columns if name in words or name == SERIES]
    values = np.empty((*shape, len(found)), dtype=np.float32)
    for place, column in enumerate(found.values()):
        values[..., place] = column
    return Rows(values, tuple(found), ("weekday", *apart), level)


class _Past:
    """Sums over spans of days by cumulation, with room in front for spans that begin before the data."""

    def __init__(self, y: Floats) -> None:
        self.front = YEAR * 2 + LEVEL_DAYS
        self.y = np.hstack([np.full((len(y), self.front), np.nan), y])
        known = ~np.isnan(self.y)
        zero = np.zeros((len(y), 1))
        self.sums = np.hstack([zero, np.cumsum(np.where(known, self.y, 0.0), axis=1)])
        self.counts = np.hstack([zero, np.cumsum(known, axis=1)])
        self.sales = np.hstack([zero, np.cumsum(known & (self.y > 0), axis=1)])

    def place(self, day: Whole) -> Whole:
        """Return the column of a day, days long before the data as the first."""
        return np.maximum(day + self.front, 0)

    def value(self, day: Whole) -> Floats:
        """Return what was sold on days, NaN before the data."""
        return self.y[:, self.place(day)]

    def mean(self, end: Whole, length: int) -> Floats:
        """Return the mean of the ``length`` days before ``end``, NaN where none is known."""
        high, low = self.place(end), self.place(end - length)
        count = self.counts[:, high] - self.counts[:, low]
        return np.where(count > 0, (self.sums[:, high] - self.sums[:, low]) / np.maximum(count, 1), np.nan)

    def sold(self, end: Whole, length: int) -> Floats:
        """Return the share of the known days before ``end`` on which something was sold."""
        high, low = self.place(end), self.place(end - length)
        count = self.counts[:, high] - self.counts[:, low]
        return np.where(count > 0, (self.sales[:, high] - self.sales[:, low]) / np.maximum(count, 1), np.nan)

    def level(self, origins: Whole) -> Floats:
        """Return the mean of the last 56 days, of the last year or of all days where that is nothing, or NaN."""
        found = self.mean(origins, LEVEL_DAYS)
        for length in (YEAR, self.front + int(origins.max(initial=0))):
            found = np.where(found > 0, found, self.mean(origins, length))
        return np.where(found > 0, found, np.nan)


def _levels(past: _Past, origins: Whole, level: Floats) -> dict[str, Floats]:
    found = {f"mean_{days}": (past.mean(origins, days) / level)[:, :, None] for days in MEANS}
    found["sold_28"] = past.sold(origins, 28)[:, :, None]
    found["level"] = np.log(level)[:, :, None]
    return found


def _weeks(past: _Past, targets: Whole, horizon: int, level: Floats) -> dict[str, Floats]:
    """Return the last same weekdays before the origin and their means."""
    back = _back(horizon, WEEK)
    same = np.stack([past.value(targets - back - WEEK * week) for week in range(SAME_WEEKDAYS)], axis=-1)
    scaled = same / level[:, :, None, None]
    return {
        "weekday_1": scaled[..., 0],
        "weekday_2": scaled[..., 1],
        "weekday_mean_4": _mean(scaled[..., :4]),
        "weekday_mean_8": _mean(scaled),
        "ahead": np.arange(1.0, horizon + 1)[None, None, :],
    }


def _year(past: _Past, origins: Whole, targets: Whole, horizon: int, level: Floats) -> dict[str, Floats]:
    """Return the same day and week a year before, and how that week stood to the weeks before its own origin."""
    then = targets - _back(horizon, YEAR)
    week = past.mean(np.minimum(then + 4, origins[:, None]), WEEK)
    stood = past.mean(origins - YEAR, 28)
    moved = past.mean(origins, 28) / level
    growth = np.where(stood[:, :, None] > 0, week / np.where(stood > 0, stood, 1.0)[:, :, None], np.nan)
    return {
        "year_day": past.value(then) / level[:, :, None],
        "year_week": week / level[:, :, None],
        "year_growth": growth * moved[:, :, None],
    }


def _calendar(panel: Panel, targets: Whole, *, of_year: bool) -> dict[str, Floats]:
    days = panel.days
    found = {"weekday": days.weekday.to_numpy(dtype=np.float64)[targets][None]}
    if of_year:
        found["day_of_year"] = days.dayofyear.to_numpy(dtype=np.float64)[targets][None]
        found["day_of_month"] = days.day.to_numpy(dtype=np.float64)[targets][None]
    if panel.country:
        near = holiday_distance.near(days, panel.country)
        for place, name in enumerate(("holiday", "to_holiday", "since_holiday")):
            found[name] = near[targets, place][None]
    return found


def _closing(panel: Panel, targets: Whole) -> dict[str, Floats]:
    """Return whether the days around are closed and how many closed days came just before."""
    closed = panel.closed.astype(np.float64)
    return {
        "closed_before": _shifted(closed, targets, -1),
        "closed_after": _shifted(closed, targets, 1),
        "closed_in_two": _shifted(closed, targets, 2),
        "closed_run": np.where(_shifted(closed, targets, -1) > 0, _shifted(_run(closed), targets, -1) + 1, 0.0),
    }


def _known(y: Floats, grid: Floats, name: str, targets: Whole, horizon: int, level: Floats) -> dict[str, Floats]:
    """Return a column known ahead on the day and around it, and the mean of the same weekdays when it was the same."""
    back = _back(horizon, WEEK)
    total = np.zeros((len(y), *targets.shape))
    count = np.zeros_like(total)
    now = grid[:, targets]
    for week in range(ALIKE_WEEKS):
        day = targets - back - WEEK * week
        there = np.maximum(day, 0)
        sold = y[:, np.minimum(there, y.shape[1] - 1)]
        alike = (grid[:, there] == now) & ~np.isnan(sold) & (day >= 0)[None]
        total += np.where(alike, sold, 0.0)
        count += alike
    usual = np.where(count > 0, total / np.maximum(count, 1), np.nan) / level[:, :, None]
    return {
        f"now:{name}": now,
        f"before:{name}": _shifted(grid, targets, -1),
        f"after:{name}": _shifted(grid, targets, 1),
        f"week_before:{name}": _shifted(grid, targets, -WEEK),
        f"usual:{name}": usual,
        f"run:{name}": _run(grid)[:, targets],
    }


def _back(horizon: int, period: int) -> Whole:
    """Return for each day ahead the days back to the newest day a whole number of periods before it that is known."""
    return ((np.arange(horizon) // period + 1) * period).astype(np.int64)


def _shifted(grid: Floats, targets: Whole, days: int) -> Floats:
    return grid[:, np.clip(targets + days, 0, grid.shape[1] - 1)]


def _run(grid: Floats) -> Floats:
    """Return for how many days before each day its value has been the same, at most 60."""
    changed = np.ones(grid.shape, dtype=bool)
    changed[:, 1:] = grid[:, 1:] != grid[:, :-1]
    column = np.arange(grid.shape[1])
    since = np.maximum.accumulate(np.where(changed, column, 0), axis=1)
    return np.minimum(column - since, LONGEST_RUN).astype(np.float64)


def _coded(column: pd.Series) -> Floats:
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    codes = column.astype("category").cat.codes.to_numpy(dtype=np.float64)
    return np.where(codes < 0, np.nan, codes)


def _mean(values: Floats) -> Floats:
    """Return the mean along the last axis without NaN, NaN where there is nothing else."""
    known = ~np.isnan(values)
    count = known.sum(axis=-1)
    return np.where(count > 0, np.where(known, values, 0.0).sum(axis=-1) / np.maximum(count, 1), np.nan)
