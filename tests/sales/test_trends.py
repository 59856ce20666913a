"""Days, weeks and months against naive loops; trends against planted ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.sales import trends

Make = Callable[..., Any]


def test_closed_days_are_missing_and_means_go_over_open_days(daily_from: Make) -> None:
    takings: list[float | None] = [100, 200, None, 400, 500, 0, 700, 800, *[None] * 8, 900]
    table = trends.trend(daily_from(takings), 90)
    assert table["business_date"].tolist() == list(pd.date_range("2024-01-01", periods=17))
    for i, row in enumerate(table.itertuples()):
        value = takings[i]
        assert row.open == bool(value)
        assert row.gross_sales_minor == value if value else np.isnan(row.gross_sales_minor)
        window = [v for v in takings[max(0, i - 6) : i + 1] if v]
        if i < 6 or not window:
            assert np.isnan(row.gross_sales_mean_minor)
        else:
            assert row.gross_sales_mean_minor == pytest.approx(sum(window) / len(window))


def test_the_mean_of_a_cut_trend_uses_the_days_before_it(daily_from: Make) -> None:
    daily = daily_from([float(v) for v in range(1, 31)])
    table = trends.trend(daily, 5)
    assert len(table) == 5
    assert table["gross_sales_mean_minor"].tolist() == [23.0, 24.0, 25.0, 26.0, 27.0]
    assert trends.trend(daily, 5, end=dt.date(2024, 1, 10))["gross_sales_minor"].tolist() == [6, 7, 8, 9, 10]


def test_weeks_are_counted_back_from_the_last_day(daily_from: Make) -> None:
    table = trends.weekly(daily_from([1, *[10] * 7, *[None] * 3, 5, 5, 5, 5]))
    assert table["week_start"].tolist() == [pd.Timestamp("2024-01-02"), pd.Timestamp("2024-01-09")]
    assert table["week_end"].tolist() == [pd.Timestamp("2024-01-08"), pd.Timestamp("2024-01-15")]
    assert table["gross_sales_minor"].tolist() == [70, 20]
    assert table["trading_days"].tolist() == [7, 4]
    assert trends.weekly(daily_from([1.0] * 6)).empty


def test_months_equal_a_loop_and_mark_partial_ones(make_facts: Make, derived: Make) -> None:
    daily = derived(make_facts(700, 100, closed_weekday=6))["sales_daily"]
    table = trends.monthly(daily)
    for row in table.itertuples():
        own = daily[
            (daily["business_date"].dt.year == row.month.year) & (daily["business_date"].dt.month == row.month.month)
        ]
        assert row.gross_sales_minor == own["gross_sales_minor"].sum()
        assert row.trading_days == own.loc[own["transactions"] > 0, "business_date"].nunique()
    assert table["partial"].tolist() == [True, False, False, True]


def test_a_month_without_sales_is_missing(daily_from: Make) -> None:
    table = trends.monthly(daily_from([10.0, *[None] * 70, 10.0]))
    assert table["gross_sales_minor"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(("slope", "word"), [(200, "rising"), (-200, "falling"), (0, "no clear trend")])
def test_planted_trends_are_found(slope: int, word: str, daily_from: Make) -> None:
    rng = np.random.default_rng(3)
    days = np.arange(91)
    takings = (100_000 + slope * days + rng.normal(0, 4_000, 91)).tolist()
    verdict = trends.trend_verdict(daily_from(takings))
    assert verdict.word == word
    assert verdict.weeks == 13
    assert verdict.low_minor is not None and verdict.high_minor is not None
    assert verdict.low_minor <= slope * 49 <= verdict.high_minor


def test_the_slope_is_the_median_of_all_pairs(daily_from: Make) -> None:
    rng = np.random.default_rng(5)
    daily = daily_from(rng.integers(1_000, 9_000, 70).astype(float).tolist())
    weeks = trends.weekly(daily)["gross_sales_minor"].tolist()
    slopes = [(weeks[j] - weeks[i]) / (j - i) for i, j in combinations(range(10), 2)]
    assert trends.trend_verdict(daily).slope_minor == pytest.approx(float(np.median(slopes)))


def test_one_odd_week_does_not_make_a_trend(daily_from: Make) -> None:
    takings = [1_000.0 + (day % 5) for day in range(91)]
    takings[-3:] = [90_000.0] * 3
    assert trends.trend_verdict(daily_from(takings)).word == "no clear trend"


def test_false_alarms_are_about_one_in_twenty(daily_from: Make) -> None:
    rng = np.random.default_rng(11)
    flat = [trends.trend_verdict(daily_from(rng.normal(1e5, 2e4, 91).tolist())).word for _ in range(120)]
    assert sum(word != "no clear trend" for word in flat) / 120 < 0.12


def test_short_histories_are_said_so(daily_from: Make) -> None:
    assert trends.trend_verdict(daily_from([100.0] * 41)) == trends.Verdict("too short to say", 5)
    assert trends.trend_verdict(daily_from([])).weeks == 0


def test_closed_weeks_are_left_out_of_a_trend(daily_from: Make) -> None:
    takings: list[float | None] = [*[1000.0 + i for i in range(42)], *[None] * 14, *[1056.0 + i for i in range(35)]]
    verdict = trends.trend_verdict(daily_from(takings))
    assert verdict.weeks == 11
    assert verdict.slope_minor == pytest.approx(49)


def test_no_rows_give_no_rows(daily_from: Make) -> None:
    nothing = daily_from([])
    for table in (trends.trend(nothing), trends.weekly(nothing), trends.monthly(nothing), trends.days(nothing)):
        assert table.empty
