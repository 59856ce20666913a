"""Each model beside a naive twin or a case with a known answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.forecasting import series, weekly


def naive_mean(column: pd.Series, day: pd.Timestamp, weeks: int) -> float:
    """Return the mean of the last same weekdays with a value, one by one."""
    found: list[float] = []
    for known, value in reversed(list(column.items())):
        if known.weekday() == day.weekday() and not np.isnan(value) and len(found) < weeks:
            found.append(value)
    return float(np.mean(found)) if found else np.nan


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60), st.sampled_from([1, 4]), st.integers(1, 20))
def test_weekday_mean_is_its_naive_twin(seed: int, days: int, weeks: int, ahead: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 100, (days, 2)).astype(float)
    values[rng.random((days, 2)) < 0.3] = np.nan
    index = pd.date_range("2024-01-03", periods=days, name="business_date")
    train = pd.DataFrame(values, index=index, columns=["A", "B"])
    coming = series.coming(train, ahead)
    made = weekly.WeekdayMean(weeks).fit(train).predict(coming)
    for place in train:
        twin = [naive_mean(train[place], day, weeks) for day in coming]
        np.testing.assert_allclose(made[place], twin)


@pytest.mark.parametrize("model", weekly.candidates(), ids=lambda model: model.name)
def test_a_constant_series_stays_constant(model, as_daily):
    train = series.takings(as_daily({"A": [500.0] * 40, "zero": [0.0] * 40}))
    made = model.fit(train).predict(series.coming(train, 10))
    np.testing.assert_allclose(made["A"], 500)
    np.testing.assert_allclose(made["zero"], 0)


@pytest.mark.parametrize("model", weekly.candidates(), ids=lambda model: model.name)
def test_a_weekly_pattern_is_repeated(model, as_daily):
    pattern = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0]
    train = series.takings(as_daily({"A": pattern * 10}))
    made = model.fit(train).predict(series.coming(train, 9))
    np.testing.assert_allclose(made["A"], pattern + pattern[:2], rtol=0.02)


@pytest.mark.parametrize("kind", ["ets", "theta"])
def test_smoothing_knows_only_the_days_a_place_trades_on(kind, as_daily):
    week = [100.0, 200.0, 300.0, None, None, None, None]
    train = series.takings(as_daily({"A": week * 12}))
    made = weekly.Smoothing(kind).fit(train).predict(series.coming(train, 7))
    assert sorted(made.index[made["A"].notna()].weekday) == [0, 1, 2]
    np.testing.assert_allclose(made["A"].dropna().sort_index(key=lambda days: days.weekday), [100, 200, 300], rtol=0.02)


@pytest.mark.parametrize("kind", ["ets", "theta"])
@pytest.mark.parametrize("week", [1, 2, 7])
def test_smoothing_bears_odd_series(kind, week, as_daily):
    rng = np.random.default_rng(week)
    values = [float(rng.integers(0, 2_000)) if at % 7 < week and rng.random() > 0.1 else None for at in range(90)]
    values[0] = 3.0
    train = series.takings(as_daily({"A": values, "rare": [9.0, *([None] * 83), *([0.0] * 6)]}))
    made = weekly.Smoothing(kind).fit(train).predict(series.coming(train, 14))
    assert (made["A"].dropna() >= 0).all()
    assert made["A"].notna().sum() == 2 * week
    assert np.isfinite(made["rare"].dropna()).all()


@pytest.mark.parametrize("kind", ["ets", "theta"])
def test_smoothing_leaves_short_histories_to_the_weekday_mean(kind, random_daily):
    train = series.takings(random_daily(27))
    days = series.coming(train, 7)
    made, plain = (model.fit(train).predict(days) for model in (weekly.Smoothing(kind), weekly.WeekdayMean()))
    pd.testing.assert_frame_equal(made, plain)


def test_single_closed_days_are_filled_for_smoothing_only(as_daily):
    values = [100.0 + at % 7 for at in range(70)]
    values[30] = None
    train = series.takings(as_daily({"A": values}))
    made = weekly.Smoothing("ets").fit(train).predict(series.coming(train, 7))
    np.testing.assert_allclose(made["A"], [100, 101, 102, 103, 104, 105, 106], rtol=0.02)
    assert np.isnan(train["A"].iloc[30])
