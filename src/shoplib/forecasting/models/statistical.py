"""Exponential smoothing, theta, MSTL and ARIMA by statsforecast: one fit a series, done by the crew.

What a closed day is to them was measured on stores with weekly closing days and public holidays: to smoothing,
theta and ARIMA a 0 in a week of seven days (the level follows promotions less); to MSTL a day that is not there, in a
week of as many days as the series trades on.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shoplib.forecasting.crews import parts
from shoplib.forecasting.models.interface import LEVELS, Crew, Said
from shoplib.forecasting.panel import CALENDAR_DAYS, WEEK, Flags, Floats, Panel, Whole

LEAST_WEEKS = 4
"""Known days below which nothing is smoothed, in weeks of trading days."""
LEAST_VALUES = 12
"""Known days below which nothing is smoothed, however few the series trades on."""
LONG_CLOSED = 2 * WEEK
"""Days in a row from which on a closed time is taken as unknown, not as days without sales."""
YEAR = 365
LAST_DAYS = {"arima": 400, "theta": 546}
"""Last days these are fitted to: their cost grows with them, their accuracy hardly."""
BARE = ("theta",)
"""Models whose own bands are not given: they held 98 of 100 days where 80 were asked for."""
LOESS_STEP = 7
"""Days between the points at which MSTL's slow curves are computed; the days between lie on a line."""
SERIES_A_PART = 16
Answer = tuple[Floats, dict[int, tuple[Floats, Floats]]]


@dataclass(frozen=True)
class Task:
    """One series to fit: values without gaps, days in a week of them, and the coming days it answers for."""

    values: Floats
    week: int
    ahead: Whole
    """Positions of those days among the coming ones."""
    horizon: int


class _Local:
    """A model of one series at a time."""

    name: str
    label: str
    told: str
    trading_days_only: ClassVar[bool] = False

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return the expectation and, where the model has any, its bands; NaN for series of less than four weeks."""
        found = [_task(panel, row, horizon, self.trading_days_only) for row in range(len(panel.ids))]
        rows = [row for row, task in enumerate(found) if task is not None]
        pieces = parts([task for task in found if task is not None], SERIES_A_PART)
        answers = [answer for part in crew.map(fit, [self.name] * len(pieces), pieces) for answer in part]
        mean = np.full((len(panel.ids), horizon), np.nan)
        bands = {level: (mean.copy(), mean.copy()) for level in LEVELS}
        for row, (expected, ranges) in zip(rows, answers, strict=True):
            mean[row] = expected
            for level, (low, high) in ranges.items():
                bands[level][0][row], bands[level][1][row] = low, high
        return Said(mean, bands if any(ranges for _, ranges in answers) else {})


class Ets(_Local):
    """Exponential smoothing with an additive error, no trend and an additive week (Hyndman et al. 2008, ETS(A,N,A))."""

    name = "ets"
    label = "Exponential smoothing"
    told = "level and week, both following what is new"


class Theta(_Local):
    """The dynamic optimised theta method (Fiorucci et al. 2016)."""

    name = "theta"
    label = "Theta"
    told = "level, slight trend and week"


class Mstl(_Local):
    """Weekly and, from two years on, yearly pattern taken out by loess; the rest smoothed (Bandara et al. 2021)."""

    name = "mstl"
    label = "MSTL"
    told = "week and year taken out, the rest smoothed"
    trading_days_only = True


class Arima(_Local):
    """Seasonal ARIMA of the orders a stepwise search finds (Hyndman and Khandakar 2008), by approximation."""

    name = "arima"
    label = "ARIMA"
    told = f"its own past days and errors, last {LAST_DAYS['arima']} days"


def fit(name: str, tasks: Sequence[Task]) -> list[Answer]:
    """Return for each series the expectation and the bands over all coming days, 0 on days that are not traded on."""
    return [_fitted(name, task) for task in tasks]


def _fitted(name: str, task: Task) -> Answer:
    steps = len(task.ahead)
    if not steps or np.ptp(task.values) == 0:
        level = np.full(steps, task.values[-1])
        flat = _spread(level, task)
        return flat, {} if name in BARE else dict.fromkeys(LEVELS, (flat, flat))
    try:
        with warnings.catch_warnings():  # of a search that came near its best only; the back-test tells its worth
            warnings.simplefilter("ignore")
            levels = None if name in BARE else list(LEVELS)
            said = _model(name, task).forecast(task.values[-LAST_DAYS.get(name, 0) :], steps, level=levels)
    except (ValueError, ZeroDivisionError, np.linalg.LinAlgError):
        return np.full(task.horizon, np.nan), {}
    bands = {
        each: (_spread(said[f"lo-{each}"], task), _spread(said[f"hi-{each}"], task))
        for each in LEVELS
        if f"lo-{each}" in said
    }
    return _spread(said["mean"], task), bands


def _model(name: str, task: Task) -> Any:
    from statsforecast import models  # two seconds to import

    week = task.week
    if name == "ets":
        return models.AutoETS(season_length=week, model="ANA" if week > 1 else "ANN")
    if name == "theta":
        return models.DynamicOptimizedTheta(season_length=week, decomposition_type="additive")
    if name == "arima":
        return models.AutoARIMA(season_length=week, approximation=True)
    year = round(YEAR * week / WEEK)
    seasons = [length for length in (week, year) if length > 1 and len(task.values) >= 2 * length]
    level = models.AutoETS(model="ANN")
    coarse = {"trend_jump": LOESS_STEP, "low_pass_jump": LOESS_STEP}
    return models.MSTL(season_length=seasons, trend_forecaster=level, stl_kwargs=coarse) if seasons else level


def _spread(values: Floats, task: Task) -> Floats:
    whole = np.zeros(task.horizon)
    whole[task.ahead] = values
    return whole


def _task(panel: Panel, row: int, horizon: int, trading_days_only: bool) -> Task | None:
    """Return a series as its models take it, from its first known day on; ``None`` if it is too short."""
    first, end = int(panel.starts[row]), panel.history
    weekday = panel.days.weekday.to_numpy()[: end + horizon]
    y, closed = panel.y[row, first:], panel.closed[row, first:end]
    week = _trading_weekdays(closed, weekday[first:end])
    if (~np.isnan(y)).sum() < max(LEAST_WEEKS * len(week), LEAST_VALUES):
        return None
    if trading_days_only:
        kept = np.isin(weekday[first:end], week)
        values = _filled(y, weekday[first:end])[kept]
        return Task(values, len(week), np.flatnonzero(np.isin(weekday[end:], week)), horizon)
    shut = closed & np.isnan(y) & ~_long(closed)
    return Task(_filled(np.where(shut, 0.0, y), weekday[first:end]), WEEK, np.arange(horizon), horizon)


def _trading_weekdays(closed: Flags, weekday: Whole) -> Whole:
    """Return the weekdays without those on which the series was closed throughout the last eight weeks."""
    recent = ~closed[-CALENDAR_DAYS:]
    traded = np.unique(weekday[-CALENDAR_DAYS:][recent])
    return traded if len(traded) else np.arange(WEEK)


def _long(closed: Flags) -> Flags:
    """Return which days lie in a closed time of two weeks or more."""
    edges = np.flatnonzero(np.diff(np.r_[False, closed, False].astype(np.int8)))
    long = np.zeros(len(closed), dtype=bool)
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        long[begin:end] = end - begin >= LONG_CLOSED
    return long


def _filled(y: Floats, weekday: Whole) -> Floats:
    """Return the days with gaps filled by the last known same weekday before, else the first after, else the mean."""
    filled = y.copy()
    for day in range(WEEK):
        places = np.flatnonzero(weekday == day)
        values = y[places]
        known = ~np.isnan(values)
        if not known.any():
            filled[places] = np.nanmean(y)
            continue
        latest = np.maximum.accumulate(np.where(known, np.arange(len(values)), -1))
        filled[places] = values[np.where(latest < 0, known.argmax(), latest)]
    return filled
