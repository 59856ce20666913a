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


def test_the_highest_rows_are_those_that_a_paired_test_cannot_tell_from_the_top() -> None:
    rng = np.random.default_rng(3)
    values = np.vstack([rng.poisson(rate, 60) for rate in (2, 9.8, 10, 4, 0)]).astype(float)
    top = int(values.mean(axis=1).argmax())
    raw = {row: stats.ttest_rel(values[top], values[row]).pvalue for row in range(5) if row != top}
    ordered = sorted(raw, key=raw.__getitem__)
    corrected = np.maximum.accumulate([raw[row] * (4 - rank) for rank, row in enumerate(ordered)])
    near = [row for row, chance in zip(ordered, corrected, strict=True) if min(chance, 1) >= 0.05]
    assert rhythm.peaks(values) == sorted([top, *near]) == [1, 2]


def test_peaks_need_fourteen_days_and_something_sold() -> None:
    assert rhythm.peaks(np.ones((24, 13))) is None
    assert rhythm.peaks(np.zeros((24, 14))) == []
    assert rhythm.peaks(np.ones((3, 14))) == [0, 1, 2]
    assert rhythm.peaks(np.array([[3.0] * 14, [2.0] * 14])) == [0]


def test_levels_say_when_they_cannot_know(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts(10, 3))
    open_days = np.array([20, 20, 20, 20, 2, 0])
    sold = np.array([40.0, 60.0, 8.0, 40.0, 4.0, 3.0])
    told = ["usual", "busy", "idle", "usual", "not known", "outside hours"]
    assert rhythm.levels(sold, open_days, scope, 14).tolist() == told
    assert set(rhythm.levels(sold / 2, open_days, scope, 14)[:5]) == {"not known"}
    assert rhythm.levels(np.zeros(3), np.zeros(3, dtype="int64"), scope, 14).tolist() == ["outside hours"] * 3


def test_stretches_join_hours_that_follow_one_another() -> None:
    assert rhythm.stretches(np.array([], dtype="int64")) == ""
    assert rhythm.stretches(np.array([8, 9, 12])) == "8:00 to 10:00, 12:00 to 13:00"


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
