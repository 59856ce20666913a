"""What each model would have said on earlier days: forecasts from starts a week apart, set beside what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from shoplib.forecasting.series import EVERYWHERE, LEAST_DAYS, WEEK, coming, lag_scale, opened, ready, together
from shoplib.forecasting.weekly import Model

FEW_STARTS = 4
"""Fewest starts for which a long horizon is kept; with fewer, shorter horizons are tried first."""
ERRORS = ["start", "business_date", "step", "location_id", "model", "expected", "actual", "scale"]


@dataclass(frozen=True)
class Plan:
    """How far ahead is forecast, and from which earlier days that is tried."""

    history_days: int
    asked_days: int
    horizon_days: int
    """Days forecast; 0 if the history is too short for any."""
    starts: tuple[pd.Timestamp, ...]
    """Last days known to each trial, oldest first; none if nothing can be tried."""

    @property
    def kind(self) -> Literal["none", "untested", "shortened", "as asked"]:
        """How much of what was asked the history allows."""
        if not self.horizon_days:
            return "none"
        if not self.starts:
            return "untested"
        return "as asked" if self.horizon_days == self.asked_days else "shortened"


def plan(series: pd.DataFrame, horizon_days: int, windows: int) -> Plan:
    """Return the horizon and the starts of the trials.

    The last ``windows`` × ``horizon_days`` days are forecast, from starts a week apart, each knowing two weeks or
    more. Where the history does not allow four starts, the horizon shrinks by whole weeks, to one week at
    least: nothing is forecast farther ahead than it could be tried. Below three weeks there is no trial and one week
    is forecast; below two weeks, nothing.
    """
    days = len(series)
    if days < LEAST_DAYS or not ready(series):
        return Plan(days, horizon_days, 0, ())
    spare = days - LEAST_DAYS
    least = min(WEEK, horizon_days)
    if spare < least:
        return Plan(days, horizon_days, least, ())
    for_four = (spare - (FEW_STARTS - 1) * WEEK) // WEEK * WEEK
    horizon = min(horizon_days, max(for_four, least))
    count = min((spare - horizon) // WEEK, (windows - 1) * horizon // WEEK) + 1
    ends = [days - horizon - WEEK * back for back in range(count)]
    return Plan(days, horizon_days, horizon, tuple(series.index[end - 1] for end in reversed(ends)))


def run(series: pd.DataFrame, models: list[Model], trial: Plan) -> pd.DataFrame:
    """Return one row for each start, model, place and coming day that was expected open or was open.

    Columns: start, business_date, step (days ahead, from 1), location_id (``*`` is the sum of the places), model,
    expected (NaN where taken as closed), actual (NaN where closed) and scale (mean absolute weekly change of the
    history known at the start). A trial sees no day after its start.
    """
    parts = []
    for start in trial.starts:
        train = series.loc[:start]
        places = ready(train)
        if not places:
            continue
        days = coming(train, trial.horizon_days)
        scale = lag_scale(train[places])
        scale[EVERYWHERE] = lag_scale(together(train).to_frame())[EVERYWHERE]
        actual = _with_sum(series.reindex(days))
        for model in models:
            expected = _with_sum(forecast(train[places], model, days))
            parts.append(_rows(start, model.name, expected, actual, scale))
    if not parts:
        return pd.DataFrame(columns=ERRORS)
    return pd.concat(parts, ignore_index=True)[ERRORS]


def forecast(train: pd.DataFrame, model: Model, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Return what a model expects of each place on ``days``, NaN where the place is taken as closed."""
    return model.fit(train).predict(days).where(opened(train, days))


def _with_sum(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{EVERYWHERE: together(table)})


def _rows(
    start: pd.Timestamp, model: str, expected: pd.DataFrame, actual: pd.DataFrame, scale: pd.Series
) -> pd.DataFrame:
    long = expected.melt(ignore_index=False, var_name="location_id", value_name="expected").reset_index()
    real = actual[expected.columns].melt(value_name="actual")["actual"]
    long["actual"] = real.to_numpy()
    long["start"], long["model"] = start, model
    long["step"] = (long["business_date"] - start).dt.days.astype("int64")
    long["scale"] = long["location_id"].map(scale)
    return long[long["expected"].notna() | long["actual"].notna()]
