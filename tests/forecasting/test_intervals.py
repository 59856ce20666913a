"""Bands: by hand, and that they hold what they say on days drawn from a known law."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.forecasting import backtest, intervals, series, weekly
from shoplib.forecasting.series import EVERYWHERE


def as_errors(place: str, scaled: list[float], scale: float = 2.0, start: str = "2024-05-01") -> pd.DataFrame:
    """Return errors of steps 1, 2 … whose scaled errors are known; 100 is expected."""
    steps = np.arange(1, len(scaled) + 1)
    first = pd.Timestamp(start)
    return pd.DataFrame(
        {
            "start": first,
            "business_date": first + pd.to_timedelta(steps, unit="D"),
            "step": steps,
            "location_id": place,
            "model": "m",
            "expected": 100.0,
            "actual": 100.0 + scale * np.asarray(scaled),
            "scale": scale,
        }
    )


def test_steps_fall_into_bands():
    steps = pd.Series([1, 7, 8, 14, 15, 28, 29, 400])
    assert intervals.step_band(steps).tolist() == [0, 0, 1, 1, 2, 2, 2, 2]


def test_bounds_by_hand_leave_a_tenth_on_each_side():
    rng = np.random.default_rng(1)
    errors = pd.concat(
        [as_errors("A", list(rng.permutation(np.arange(-5.0, 6.0))), start=f"2024-0{m}-01") for m in range(1, 10)]
    )
    errors["step"] = 3
    limits = intervals.bounds(errors)
    assert limits["together"].tolist() == [False] * 3
    # 99 errors, −5 nine times … 5 nine times: the 10th smallest and the 90th
    assert limits[["low", "high"]].drop_duplicates().to_numpy().tolist() == [[-4, 4]]


def test_too_few_errors_make_no_band():
    errors = as_errors("A", [1.0] * 19)
    assert intervals.bounds(errors).empty
    band = intervals.around(errors, intervals.bounds(errors))
    assert band.isna().all().all()
    assert intervals.coverage(errors).empty
    assert intervals.coverage(errors.iloc[:0]).empty


def test_bands_are_never_negative_and_hold_what_is_expected():
    limits = pd.DataFrame({"together": [False], "band": [0], "low": [-90.0], "high": [-1.0]})
    rows = as_errors("A", [0.0, 0.0])
    band = intervals.around(rows, limits)
    assert band["low"].tolist() == [0, 0]
    assert band["high"].tolist() == [100, 100]


def test_all_places_together_have_errors_of_their_own():
    errors = pd.concat([as_errors("A", [3.0, -3.0] * 40), as_errors(EVERYWHERE, [1.0, -1.0] * 40)])
    limits = intervals.bounds(errors).groupby("together")["high"].max()
    assert limits.to_dict() == {False: 3, True: 1}


def test_the_band_of_a_sum_comes_from_sums_by_hand():
    parts = []
    for number, off in enumerate([0.10, -0.05, 0.20, -0.30]):
        errors = as_errors(EVERYWHERE, [0.0] * 10, start=f"2024-0{number + 1}-01")
        errors["actual"] = 100 * (1 + off)
        parts.append(errors)
    both = pd.concat(parts)
    assert intervals.of_sum(both, 1_000.0) == intervals.Range(1_000.0, pytest.approx(700), pytest.approx(1_300), 4)
    assert intervals.of_sum(pd.concat(parts[:3]), 1_000.0) == intervals.Range(1_000.0, None, None, 3)
    assert intervals.of_sum(both.iloc[:0], 5.0) == intervals.Range(5.0, None, None, 0)


def test_trials_that_share_days_count_once():
    starts = pd.date_range("2024-01-01", periods=13, freq="7D")
    both = pd.concat([as_errors(EVERYWHERE, [0.0] * 28, start=str(day.date())) for day in starts])
    both["actual"] = 100 * (1 + 0.01 * ((both["start"] - starts[0]).dt.days // 7 + 1))
    found = intervals.of_sum(both, 1_000.0)
    assert found.trials == 4
    # 4 of 5 is all of 4, so the largest of all 13: 13%; 13 trials would have said the 12th
    assert found.high == pytest.approx(1_130)


def test_the_band_of_a_sum_is_no_narrower_than_daily_errors_make_it():
    starts = pd.date_range("2024-01-01", periods=6, freq="28D")
    even = [10.0, -10.0] * 14
    both = pd.concat([as_errors(EVERYWHERE, even, scale=1.0, start=str(day.date())) for day in starts])
    # sums were never off, yet days by 10%, with no day like the next: 1.28 × 10% / √28
    assert intervals.of_sum(both, 1_000.0).high == pytest.approx(1_000 * (1 + 0.12816 / np.sqrt(28)))
    runs = both.assign(actual=np.tile(np.repeat([110.0, 90.0], 14), 6))
    alike = (26 - 1) / 27  # of 27 neighbours in a trial one has the other sign
    wanted = 0.12816 * np.sqrt((1 + alike) / (1 - alike) / 28)
    assert intervals.of_sum(runs, 1_000.0).high == pytest.approx(1_000 * (1 + wanted))


def test_a_day_closed_by_surprise_counts_as_nothing_in_the_sum():
    parts = [as_errors(EVERYWHERE, [0.0] * 10, start=f"2024-0{month}-01") for month in range(1, 5)]
    parts[0].loc[0, "actual"] = np.nan
    found = intervals.of_sum(pd.concat(parts), 1_000.0)
    assert (found.low, found.high) == (pytest.approx(900), pytest.approx(1_100))


def test_a_sum_of_nothing_has_no_band():
    errors = as_errors(EVERYWHERE, [0.0] * 10).assign(expected=0.0, actual=0.0)
    assert intervals.of_sum(errors, 0.0) == intervals.Range(0.0, None, None, 0)


def test_a_band_knows_only_errors_made_before_it(random_daily):
    table = series.takings(random_daily(150))
    trial = backtest.plan(table, 28, 3)
    errors = backtest.run(table, [weekly.WeekdayMean()], trial)
    start = trial.starts[-1]
    known = intervals.bounds(errors[errors["business_date"] <= start])
    changed = errors.copy()
    changed.loc[changed["business_date"] > start, "actual"] = 10**9
    pd.testing.assert_frame_equal(known, intervals.bounds(changed[changed["business_date"] <= start]))


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_the_band_holds_about_four_days_of_five(random_daily, seed: int) -> None:
    daily = random_daily(280, places=4, seed=seed)
    table = series.takings(daily)
    known, later = table.iloc[:-28], table.iloc[-28:]
    errors = backtest.run(known, [weekly.WeekdayMean()], backtest.plan(known, 28, 5))
    places = intervals.coverage(errors)
    assert places.drop(EVERYWHERE).mean() == pytest.approx(0.8, abs=0.08)
    assert places[EVERYWHERE] == pytest.approx(0.8, abs=0.2)
    expected = backtest.forecast(known, weekly.WeekdayMean(), later.index)
    rows = expected.melt(ignore_index=False, var_name="location_id", value_name="expected").reset_index()
    rows["step"] = (rows["business_date"] - known.index[-1]).dt.days
    rows["scale"] = rows["location_id"].map(series.lag_scale(known))
    band = intervals.around(rows, intervals.bounds(errors))
    held = later.melt(value_name="actual")["actual"].between(band["low"], band["high"])
    assert held.mean() == pytest.approx(0.8, abs=0.15)


def test_the_band_of_the_sum_holds_about_four_sums_of_five(random_daily):
    held = []
    for seed in range(60):
        table = series.takings(random_daily(154, places=2, seed=seed))
        known, later = table.iloc[:-28], table.iloc[-28:]
        errors = backtest.run(known, [weekly.WeekdayMean()], backtest.plan(known, 28, 3))
        expected = backtest.forecast(known, weekly.WeekdayMean(), later.index)
        found = intervals.of_sum(errors, float(expected.to_numpy().sum()))
        held.append(found.low <= float(later.to_numpy().sum()) <= found.high)
    assert 0.72 <= np.mean(held) <= 0.98
