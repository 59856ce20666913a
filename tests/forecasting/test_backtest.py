"""Trials: how many, from where, and that none sees what came later."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting import backtest, series, weekly
from shoplib.forecasting.series import EVERYWHERE

SIMPLE = [weekly.WeekdayMean(1), weekly.WeekdayMean(4)]


@pytest.mark.parametrize(
    ("days", "kind", "horizon", "starts"),
    [
        (0, "none", 0, 0),
        (1, "none", 0, 0),
        (13, "none", 0, 0),
        (14, "untested", 7, 0),
        (20, "untested", 7, 0),
        (21, "shortened", 7, 1),
        (28, "shortened", 7, 2),
        (42, "shortened", 7, 4),
        (49, "shortened", 14, 4),
        (56, "shortened", 21, 4),
        (63, "as asked", 28, 4),
        (91, "as asked", 28, 8),
        (366, "as asked", 28, 13),
    ],
)
def test_the_plan_shrinks_with_the_history(random_daily, days, kind, horizon, starts):
    daily = random_daily(366, places=1)
    table = series.takings(daily.iloc[:days])
    trial = backtest.plan(table, 28, 4)
    assert (trial.kind, trial.horizon_days, len(trial.starts)) == (kind, horizon, starts)
    if starts:
        assert trial.starts[-1] == table.index[-1] - pd.Timedelta(days=horizon)
        assert (trial.starts[0] - table.index[0]).days + 1 >= series.LEAST_DAYS
        assert {(b - a).days for a, b in zip(trial.starts, trial.starts[1:], strict=False)} <= {7}


@pytest.mark.parametrize(("horizon", "windows"), [(1, 1), (3, 2), (28, 1), (10, 3), (365, 52)])
def test_any_asked_horizon_is_kept_or_shortened(random_daily, horizon, windows):
    table = series.takings(random_daily(120, places=1))
    trial = backtest.plan(table, horizon, windows)
    assert 0 < trial.horizon_days <= horizon
    assert trial.starts
    errors = backtest.run(table, SIMPLE, trial)
    assert errors["business_date"].max() == table.index[-1]
    assert errors["step"].between(1, trial.horizon_days).all()


def test_a_trial_is_what_the_model_says_on_the_cut_history(random_daily):
    table = series.takings(random_daily(120, closed=2))
    trial = backtest.plan(table, 14, 2)
    errors = backtest.run(table, weekly.candidates(), trial)
    assert len(errors) == len(trial.starts) * 4 * (3 + 1) * 12
    for (start, name), rows in errors.groupby(["start", "model"]):
        train = table.loc[:start]
        model = next(model for model in weekly.candidates() if model.name == name)
        alone = backtest.forecast(train, model, series.coming(train, 14))
        for place in table:
            said = rows[rows["location_id"] == place].set_index("business_date")
            np.testing.assert_allclose(said["expected"], alone[place].dropna())
            np.testing.assert_array_equal(said["actual"], table.loc[said.index, place])
            assert said["scale"].iloc[0] == pytest.approx(series.lag_scale(train)[place])
        everywhere = rows[rows["location_id"] == EVERYWHERE].set_index("business_date")
        np.testing.assert_allclose(everywhere["expected"], alone.sum(axis=1, min_count=1).dropna())


def test_no_trial_sees_a_later_day(random_daily):
    table = series.takings(random_daily(150))
    trial = backtest.plan(table, 28, 3)
    errors = backtest.run(table, weekly.candidates(), trial)
    for start in (trial.starts[0], trial.starts[-1]):
        changed = table.copy()
        changed.loc[start + pd.Timedelta(days=1) :] = 10**9
        again = backtest.run(changed, weekly.candidates(), trial)
        columns = ["business_date", "location_id", "model", "expected", "scale"]
        before = errors.loc[errors["start"] <= start, columns].reset_index(drop=True)
        after = again.loc[again["start"] <= start, columns].reset_index(drop=True)
        pd.testing.assert_frame_equal(before, after)


def test_a_day_closed_by_surprise_is_in_the_sum_and_not_scored(as_daily):
    values: list[float | None] = [100.0] * 70
    values[66] = None
    table = series.takings(as_daily({"A": values, "B": [10.0] * 70}))
    errors = backtest.run(table, [weekly.WeekdayMean(4)], backtest.plan(table, 7, 1))
    day = errors[errors["business_date"] == table.index[66]].set_index("location_id")
    assert np.isnan(day.loc["A", "actual"])
    assert day.loc["A", "expected"] == 100
    assert day.loc[EVERYWHERE, ["expected", "actual"]].tolist() == [110, 10]
