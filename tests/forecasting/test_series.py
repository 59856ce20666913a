"""Closed days are missing; weekly closing days are known from the last eight weeks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting import series


def test_closed_days_are_missing_and_not_zero(as_daily):
    table = series.takings(as_daily({"A": [100, None, 0, 50], "B": [None, None, 7, None]}))
    assert list(table.columns) == ["A", "B"]
    assert len(table) == 4
    np.testing.assert_array_equal(table["A"], [100, np.nan, 0, 50])
    np.testing.assert_array_equal(series.together(table), [100, np.nan, 7, 50])


def test_order_of_rows_does_not_matter(random_daily):
    daily = random_daily(60)
    pd.testing.assert_frame_equal(series.takings(daily), series.takings(daily.sample(frac=1, random_state=3)))


def test_no_rows_give_no_days():
    table = series.takings(pd.DataFrame(columns=["business_date", "location_id", "gross_sales_minor"]))
    assert table.empty
    assert series.ready(table) == []


def test_weekly_closing_days_stay_closed(random_daily):
    table = series.takings(random_daily(70, closed=6))
    days = series.coming(table, 14)
    opened = series.opened(table, days)
    assert list(days[~opened["L0"]].weekday) == [6, 6]


def test_a_weekday_given_up_nine_weeks_ago_is_closed(as_daily):
    every = [100.0] * 140
    given_up = [None if at % 7 == 6 and at >= 70 else 100.0 for at in range(140)]
    lately = [None if at % 7 == 6 and at >= 91 else 100.0 for at in range(140)]
    weekdays = series.trading_weekdays(series.takings(as_daily({"A": every, "B": given_up, "C": lately})))
    assert weekdays.loc[6].to_dict() == {"A": True, "B": False, "C": True}


def test_places_too_new_or_silent_are_not_ready(as_daily):
    new: list[float | None] = [None] * 47 + [5.0] * 13
    just: list[float | None] = [None] * 46 + [5.0] * 14
    silent: list[float | None] = [5.0] * 32 + [None] * 28
    resting: list[float | None] = [5.0] * 33 + [None] * 27
    table = series.takings(as_daily({"A": [5.0] * 60, "B": new, "C": just, "D": silent, "E": resting}))
    assert series.ready(table) == ["A", "C", "E"]


def test_the_scale_is_the_mean_weekly_change_by_hand(as_daily):
    table = series.takings(as_daily({"A": [10, 20, 30, 40, 50, 60, 70, 13, None, 27]}))
    assert series.lag_scale(table)["A"] == pytest.approx((3 + 3) / 2)
