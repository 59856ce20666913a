"""Weekdays, hours and best days against loops and known calendars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from shoplib.sales import rhythm

Make = Callable[..., Any]


def test_weekday_interval_is_that_of_a_t_test(daily_from: Make) -> None:
    rng = np.random.default_rng(2)
    takings: list[float | None] = rng.integers(1_000, 9_000, 60).astype(float).tolist()
    takings[6::7] = [None] * len(takings[6::7])
    table = rhythm.weekday_pattern(daily_from(takings))
    assert table["weekday"].tolist() == list(range(7))
    for weekday in range(6):
        own = takings[weekday::7]
        interval = stats.ttest_1samp(own, 0).confidence_interval(0.95)
        row = table.iloc[weekday]
        assert row["days"] == len(own)
        assert row["mean_minor"] == pytest.approx(np.mean(own))
        assert (row["low_minor"], row["high_minor"]) == pytest.approx((interval.low, interval.high))
    assert table.loc[6, "days"] == 0
    assert table.loc[6, ["mean_minor", "low_minor", "high_minor"]].isna().all()


def test_one_day_has_a_mean_and_no_interval(daily_from: Make) -> None:
    table = rhythm.weekday_pattern(daily_from([500.0]))
    assert table.loc[0, "mean_minor"] == 500
    assert np.isnan(table.loc[0, "low_minor"])


def test_hours_equal_a_loop_and_run_past_midnight(make_facts: Make, derived: Make) -> None:
    hourly = derived(make_facts(900, 40))["sales_hourly"]
    table = rhythm.hourly_pattern(hourly, first_hour=4)
    assert table["local_hour"].drop_duplicates().tolist() == [*range(11, 24), 0]
    for row in table.itertuples():
        own = hourly[(hourly["weekday"] == row.weekday) & (hourly["local_hour"] == row.local_hour)]
        assert row.transactions_per_day == pytest.approx(sum(r.transactions / r.days for r in own.itertuples()))
        assert row.gross_sales_per_day_minor == pytest.approx(
            sum(r.gross_sales_minor / r.days for r in own.itertuples())
        )
    assert table.loc[table["local_hour"] == 15, "transactions_per_day"].eq(0).all()


def test_no_known_hour_gives_no_rows(make_facts: Make, derived: Make) -> None:
    assert rhythm.hourly_pattern(derived(make_facts(hours=False))["sales_hourly"]).empty


def test_best_days_are_named_by_their_holidays(daily_from: Make) -> None:
    takings = [100.0] * 366
    for day, value in ((0, 400.0), (359, 900.0), (358, 700.0), (91, 500.0)):  # 1 Jan, 25 Dec, 24 Dec, 1 Apr 2024
        takings[day] = value
    best = rhythm.best_days(daily_from(takings), 4, "Europe/London")
    assert best["gross_sales_minor"].tolist() == [900, 700, 500, 400]
    assert best["holiday"].tolist() == ["Christmas Day", None, "Easter Monday", "New Year's Day"]
    assert best["eve_of"].tolist() == ["Boxing Day", "Christmas Day", None, None]
    assert best["above_usual_share"].tolist() == [8.0, 6.0, 4.0, 3.0]
    assert best["weekday"].tolist() == [2, 1, 0, 0]


def test_holidays_follow_the_country(daily_from: Make) -> None:
    takings = [100.0] * 366
    takings[304] = 900.0  # 31 Oct 2024
    assert rhythm.best_days(daily_from(takings), 1, "Asia/Kolkata")["holiday"].tolist() == ["Diwali"]
    assert rhythm.best_days(daily_from(takings), 1, "Europe/London")["holiday"].tolist() == [None]
    assert rhythm.best_days(daily_from(takings), 1, "Etc/UTC")["holiday"].tolist() == [None]
    assert rhythm.best_days(daily_from(takings), 1)["holiday"].tolist() == [None]


def test_a_single_day_has_nothing_usual_to_be_above(daily_from: Make) -> None:
    best = rhythm.best_days(daily_from([500.0]), 5, "Europe/London")
    assert len(best) == 1
    assert best["above_usual_share"].isna().all()
    assert rhythm.best_days(daily_from([]), 5, "Europe/London").empty


def test_equal_days_are_in_order_of_date(daily_from: Make) -> None:
    best = rhythm.best_days(daily_from([5.0, 5.0, 5.0]), 2)
    assert best["business_date"].tolist() == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02")]
