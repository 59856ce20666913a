"""The models, all behind one interface: ``fit`` takes a frame of series, ``predict`` gives one for coming days.

No model knows about closing days in the future; :func:`shoplib.forecasting.series.opened` takes them out after it.
"""

from __future__ import annotations

import warnings
from typing import Protocol

import numpy as np
import pandas as pd

from shoplib.forecasting.series import WEEK, trading_weekdays

LEAST_TO_SMOOTH = 28
"""Days of history below which a smoothing model is not tried and the weekday mean stands in for it."""
LEAST_THETA_WEEK = 4
"""Trading days a week below which theta knows no week (its test for seasons needs four)."""


class Model(Protocol):
    """What a forecasting model is."""

    name: str
    """Word in tables."""
    label: str
    """Words a reader sees."""
    told: str
    """What it does, in a few words."""

    def fit(self, train: pd.DataFrame) -> Model:
        """Learn from a frame of series (days × places, NaN where closed) and return the model itself."""
        ...

    def predict(self, days: pd.DatetimeIndex) -> pd.DataFrame:
        """Return expected takings of ``days``, which follow the history: same columns, never below 0."""
        ...


class WeekdayMean:
    """The mean of the last same weekdays that were open."""

    def __init__(self, weeks: int = 4) -> None:
        self.weeks = weeks
        self.name = "weekday_mean" if weeks > 1 else "seasonal_naive"
        self.label = "Weekday mean" if weeks > 1 else "Same as last week"
        self.told = f"mean of the last {weeks} same weekdays" if weeks > 1 else "the same weekday a week before"
        self._means = pd.DataFrame()

    def fit(self, train: pd.DataFrame) -> WeekdayMean:
        """Learn one mean for each weekday and place; NaN where a place never traded on it."""
        weekday = pd.Index(pd.DatetimeIndex(train.index).weekday)
        back = train.notna()[::-1].groupby(weekday[::-1]).cumsum()[::-1]  # 1 is the latest open one
        self._means = train.where(back <= self.weeks).groupby(weekday).mean().reindex(range(WEEK))
        return self

    def predict(self, days: pd.DatetimeIndex) -> pd.DataFrame:
        """Return the mean of each day's weekday."""
        table = self._means.loc[days.weekday].clip(lower=0)
        table.index = days
        return table


class Smoothing:
    """Exponential smoothing with a weekly pattern, place by place.

    ``ets`` has an additive error, no trend and an additive week (Hyndman et al. 2008, ETS(A,N,A)); ``theta`` is
    the dynamic optimised theta method (Fiorucci et al. 2016). A week has as many days as the place trades on. Single
    closed days are filled from the week before, for the model only. Where a history is shorter than four weeks
    or does not vary, and for theta where a place trades on two or three days a week, the weekday mean stands in.
    """

    def __init__(self, kind: str) -> None:
        self.name = kind
        self.label = {"ets": "Exponential smoothing", "theta": "Theta"}[kind]
        self.told = {
            "ets": "level and week, both following what is new",
            "theta": "level, slight trend and week",
        }[kind]
        self._train = pd.DataFrame()

    def fit(self, train: pd.DataFrame) -> Smoothing:
        """Keep the history; what is learnt follows the days asked for."""
        self._train = train
        return self

    def predict(self, days: pd.DatetimeIndex) -> pd.DataFrame:
        """Return expected takings of ``days``."""
        table = WeekdayMean().fit(self._train).predict(days)
        trading = trading_weekdays(self._train)
        for place in self._train.columns:
            week = trading.index[trading[place]]
            known = _filled(self._train[place], week)
            ahead = days.weekday.isin(week)
            if self.name == "theta" and 1 < len(week) < LEAST_THETA_WEEK:
                continue
            short = len(known) * WEEK < LEAST_TO_SMOOTH * len(week)
            if short or not ahead.any() or not np.isfinite(known).all() or np.ptp(known) == 0:
                continue
            values = self._ahead(known, len(week), int(ahead.sum()))
            if np.isfinite(values).all():
                table.loc[ahead, place] = values
        return table.clip(lower=0)

    def _ahead(self, known: np.ndarray, season: int, steps: int) -> np.ndarray:
        with warnings.catch_warnings():  # its progress bar misses a widget that nobody would see
            warnings.filterwarnings("ignore", message="IProgress not found")
            from statsforecast.models import AutoETS, DynamicOptimizedTheta  # two seconds to import

        model = (
            DynamicOptimizedTheta(season_length=season)
            if self.name == "theta"
            else AutoETS(season_length=season, model="ANA" if season > 1 else "ANN")
        )
        return np.asarray(model.forecast(known, steps)["mean"], dtype="float64")


def _filled(column: pd.Series, week: pd.Index) -> np.ndarray:
    """Return a place's days on its trading weekdays from its first on, gaps filled by the nearest same weekday."""
    column = column.loc[column.first_valid_index() :]
    weekday = pd.Index(pd.DatetimeIndex(column.index).weekday)
    kept = column[weekday.isin(week)]
    by_weekday = pd.Index(pd.DatetimeIndex(kept.index).weekday)
    full = kept.groupby(by_weekday).ffill()
    return full.groupby(by_weekday).bfill().to_numpy(dtype="float64")


def candidates() -> list[Model]:
    """Return the models that are tried, simplest first; the second is the one to beat."""
    return [WeekdayMean(1), WeekdayMean(4), Smoothing("ets"), Smoothing("theta")]


BASELINE = "weekday_mean"
"""A model that does not beat this one is not used."""
