"""The last days against the same weekdays before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from shoplib.base.calendar import Period
from shoplib.sales import metrics
from shoplib.sales.overview import overview, span

Make = Callable[..., Any]


@pytest.fixture
def daily_of(make_facts: Make, derived: Make) -> Make:
    return lambda days, count=800: derived(make_facts(count, days))["sales_daily"]


def test_periods_match_weekdays_and_reach_the_last_day(daily_of: Make) -> None:
    daily = daily_of(60)
    view = overview(daily, 28)
    known = span(daily)
    assert known is not None
    assert view.period == Period(known.end - dt.timedelta(days=27), known.end)
    assert view.before == view.period.before()
    assert view.whole


def test_values_equal_sums_over_the_days(daily_of: Make) -> None:
    daily = daily_of(60)
    view = overview(daily, 28)
    dates = daily["business_date"]
    now = daily[dates > dates.max() - pd.Timedelta(days=28)]
    was = daily[(dates <= dates.max() - pd.Timedelta(days=28)) & (dates > dates.max() - pd.Timedelta(days=56))]
    assert view.now["gross_sales"] == now["gross_sales_minor"].sum()
    assert view.was["gross_sales"] == was["gross_sales_minor"].sum()
    share = view.change_share("gross_sales")
    assert share == pytest.approx(now["gross_sales_minor"].sum() / was["gross_sales_minor"].sum() - 1)


def test_a_short_history_is_not_compared(daily_of: Make) -> None:
    view = overview(daily_of(40), 28)
    assert view.whole
    assert view.before is None
    assert set(view.was.values()) == {None}
    assert view.change_share("gross_sales") is None


def test_a_period_longer_than_the_data_is_cut_and_marked(daily_of: Make) -> None:
    daily = daily_of(10)
    view = overview(daily, 28)
    assert view.period == span(daily)
    assert not view.whole
    assert view.before is None


def test_an_end_beyond_the_data_is_marked(daily_of: Make) -> None:
    daily = daily_of(60)
    view = overview(daily, 28, end=dt.date(2025, 6, 1))
    assert not view.whole
    assert view.before is None


def test_an_end_inside_the_data_is_kept(daily_of: Make) -> None:
    view = overview(daily_of(90), 28, end=dt.date(2024, 12, 1))
    assert view.period == Period(dt.date(2024, 11, 4), dt.date(2024, 12, 1))


def test_no_data_gives_no_period(daily_of: Make) -> None:
    view = overview(daily_of(1, count=0))
    assert view.period is None
    assert set(view.now.values()) == {None}


def test_table_has_one_row_a_metric(daily_of: Make) -> None:
    table = overview(daily_of(60), 28).table()
    assert table["metric"].tolist() == [m.name for m in metrics.METRICS]
    assert type(table["value"].iloc[0]) is int


def test_changes_are_shares_of_the_size_of_what_it_was(daily_from: Make) -> None:
    """More was refunded than taken before, and now something is left: that is up, not down."""
    daily = daily_from([10_000.0] * 28 + [10_000.0] * 28)
    daily["refunds"] = 1
    daily["net_sales_minor"] = [-100] * 28 + [100] * 28
    assert overview(daily).change_share("net_sales") == 2.0


def test_a_change_from_nothing_cannot_be_told(daily_from: Make) -> None:
    view = overview(daily_from([0.0] * 28 + [10_000.0] * 28))
    assert view.was["gross_sales"] == 0
    assert view.change_share("gross_sales") is None
    assert view.change_share("average_transaction") is None
