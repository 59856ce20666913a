"""Baselines: means of the last open days and the same weekday a week before; all series at once, by numpy."""

from __future__ import annotations

import numpy as np

from shoplib.forecasting.models.interface import Crew, Said
from shoplib.forecasting.panel import WEEK, Floats, Panel, Whole

ROLLING_DAYS = 28


class RollingMean:
    """The mean of the last known open days."""

    name = "rolling_mean"
    label = "Rolling mean"

    def __init__(self, days: int = ROLLING_DAYS) -> None:
        self.days = days
        self.told = f"mean of the last {days} open days"

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return the same mean for every coming day; NaN where a series was never seen."""
        level = last_mean(panel.y, self.days)
        return Said(np.repeat(level[:, None], horizon, axis=1))


class WeekdayMean:
    """The mean of the last same weekdays that were open."""

    name = "weekday_mean"
    label = "Weekday mean"

    def __init__(self, weeks: int = 4) -> None:
        self.weeks = weeks
        self.told = f"mean of the last {weeks} same weekdays"

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return each weekday's mean; on weekdays never seen the mean of the open days; NaN without any."""
        return Said(_by_weekday(panel, horizon, self.weeks))


class SeasonalNaive:
    """The same weekday a week before."""

    name = "seasonal_naive"
    label = "Same as last week"
    told = "the last same weekday that was open"

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return the last known value of each weekday; on weekdays never seen the mean of the open days."""
        return Said(_by_weekday(panel, horizon, 1))


def last_mean(y: Floats, days: int) -> Floats:
    """Return the mean of each row's last ``days`` known values, of fewer where there are fewer, NaN without any."""
    known = ~np.isnan(y)
    back = known[:, ::-1].cumsum(axis=1, dtype=np.int32)[:, ::-1]  # 1 is the latest known day
    taken = known & (back <= days)
    count = taken.sum(axis=1)
    total = np.where(taken, y, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def weekday_means(panel: Panel, weeks: int) -> Floats:
    """Return the mean of the last ``weeks`` known same weekdays, (series, 7) from Monday; NaN where never seen."""
    weekday = _weekdays(panel)[: panel.history]
    return np.stack([last_mean(panel.y[:, weekday == day], weeks) for day in range(WEEK)], axis=1)


def _by_weekday(panel: Panel, horizon: int, weeks: int) -> Floats:
    means = weekday_means(panel, weeks)
    means = np.where(np.isnan(means), last_mean(panel.y, ROLLING_DAYS)[:, None], means)
    first = _weekdays(panel)[0] + panel.history if len(panel.days) else 0
    return means[:, (first + np.arange(horizon)) % WEEK]


def _weekdays(panel: Panel) -> Whole:
    return panel.days.weekday.to_numpy().astype(np.int64)
