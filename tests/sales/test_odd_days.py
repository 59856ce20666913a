"""Days that stood out: one table for the page and the report, days somebody expects kept apart, offers named."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from shoplib.alerts import takings
from shoplib.config.models import ExpectedDay, Sales, Shop
from shoplib.sales import odd_days, tables
from shoplib.sales.view import Scope, scope_of
from shoplib.sales.views import daily

ODD = dt.date(2024, 11, 13)


@pytest.fixture
def facts(make_facts):
    """Return a world in which one day took three times as much as others."""
    world = make_facts(3_000, 90)
    sales, lines = world["transactions"], world["transaction_items"]
    day = pd.to_datetime(sales["business_date"]).dt.date == ODD
    assert day.any()
    keys = set(sales.loc[day, "transaction_id"])
    amounts = [name for name in sales if name.endswith("_minor")]
    sales.loc[day, amounts] = sales.loc[day, amounts] * 3
    lines.loc[lines["transaction_id"].isin(keys), ["line_total_minor"]] *= 3
    return world


def scope(facts, *expected: ExpectedDay) -> Scope:
    return scope_of(facts, Shop(), Sales(expected_days=expected))


def _weak(odd: pd.DataFrame, days: pd.DataFrame) -> set[pd.Timestamp]:
    """Return the days that need a person, had each odd day of the first place brought nothing."""
    rows = odd[odd["business_date"] == pd.Timestamp(ODD)].assign(location_id="L0", direction="below", found_minor=0)
    return set(takings.weak_days(days, rows, 0.3, 3_650)["business_date"])


def reason(table: pd.DataFrame) -> str:
    rows = table[(table["location_id"] == "*") & (table["business_date"] == pd.Timestamp(ODD))]
    assert len(rows) == 1
    return str(rows["reason"].iloc[0])


def test_the_table_and_the_report_on_days_tell_the_same(facts):
    one = scope(facts)
    assert odd_days.odd(one) is tables.derive(one)["sales_anomalies"]
    notes = daily.view(one).listing("daily").frame.set_index("business_date")["note"]
    assert notes[pd.Timestamp(ODD)] == f"above usual: {reason(odd_days.odd(one))}"


def test_a_day_somebody_expects_is_told_so_and_is_no_alert(facts):
    expected = ExpectedDay(day=ODD, note="street fair")
    before, after = odd_days.odd(scope(facts)), odd_days.odd(scope(facts, expected))
    assert not reason(before).startswith("expected")
    assert reason(after).startswith("expected: street fair")
    days = scope(facts).daily
    assert _weak(before, days) - _weak(after, days) == {pd.Timestamp(ODD)}


def test_an_expected_day_does_not_enter_what_is_usual(facts):
    expected = ExpectedDay(day=ODD, note="street fair")
    free, marked = odd_days.judged(scope(facts)), odd_days.judged(scope(facts, expected))
    week_later = pd.Timestamp(ODD) + pd.Timedelta(days=7)
    assert marked.usual_minor()[week_later] <= free.usual_minor()[week_later]


def test_an_offer_that_begins_is_named(facts):
    offer = {
        "promotion_name": ["Spring week"], "location_id": [None],
        "starts": [pd.Timestamp(ODD)], "ends": [pd.Timestamp(ODD) + pd.Timedelta(days=3)],
    }  # fmt: skip
    told = reason(odd_days.odd(scope(facts | {"promotions": pd.DataFrame(offer)})))
    assert "offer: Spring week" in told
