"""Weak days: what is usual, what is weak, what cannot be judged."""

from __future__ import annotations

import statistics

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.alerts.takings import alerts, weak_days
from shoplib.config.models import Shop


def naive(amounts: list[int | None], drop: float, look_back: int) -> list[int]:
    found = []
    for day in range(max(0, len(amounts) - look_back), len(amounts)):
        past = [amounts[day - 7 * week] if day >= 7 * week else None for week in range(1, 9)]
        known = [amount for amount in past if amount is not None]
        if len(known) < 4:
            continue
        now = amounts[day]
        if now is None:
            if None not in past[:4]:
                found.append(day)
        elif now <= (1 - drop) * statistics.median(known):
            found.append(day)
    return found


@settings(max_examples=60)
@given(
    amounts=st.lists(st.none() | st.integers(1, 1000), min_size=30, max_size=80).filter(
        lambda a: a[0] is not None and a[-1] is not None
    ),
    drop=st.sampled_from([0.1, 0.25, 0.5]),
    look_back=st.integers(1, 60),
)
def test_weak_days_are_those_of_a_plain_loop(daily, amounts, drop, look_back):
    weak = weak_days(daily({"L1": amounts}), drop, look_back)
    days = (weak["business_date"] - pd.Timestamp("2024-01-01")).dt.days.tolist()
    assert days == naive(amounts, drop, look_back)


def test_a_weak_day_and_a_day_without_a_sale_are_told(daily, table):
    takings = daily({"L1": [10_000] * 41 + [4_000], "L2": [20_000] * 40 + [None, 20_000]})
    places = table("locations", [{"location_id": "L1", "location_name": "High Street"},
                                 {"location_id": "L2", "location_name": "Station"}])  # fmt: skip
    found = alerts(takings, places, Shop(), 0.35, 14)
    assert found["sentence"].tolist() == [
        "High Street took £40 on Sun 11 Feb 2024, 60% below its usual £100.",
        "Station has no sale on Sat 10 Feb 2024; usual is £200.",
    ]
    assert found["alert_id"].tolist() == ["takings_low:L1:2024-02-11", "no_sale:L2:2024-02-10"]
    assert found["severity"].tolist() == ["warning", "urgent"]
    assert found["money_minor"].tolist() == [6_000, 20_000]


def test_a_day_without_a_sale_anywhere_is_one_alert(daily, table):
    takings = daily({"L1": [10_000] * 40 + [None, 10_000], "L2": [20_000] * 40 + [None, 20_000]})
    found = alerts(takings, table("locations", []), Shop(), 0.35, 14)
    assert found["sentence"].tolist() == [
        "No place has a sale on Sat 10 Feb 2024; usual is £300 together. Was it a day off?"
    ]
    assert found["alert_id"].tolist() == ["no_sale:all:2024-02-10"]
    assert found["severity"].tolist() == ["warning"]
    assert found["money_minor"].tolist() == [30_000]


def test_a_weekday_that_is_always_closed_is_no_alert(daily):
    week = [100, 100, 100, 100, 100, 100, None]
    assert weak_days(daily({"L1": [*week * 8, 100]}), 0.35, 14).empty


def test_too_short_a_past_is_not_judged(daily):
    assert weak_days(daily({"L1": [100] * 27 + [1]}), 0.35, 14).empty


def test_no_sales_at_all(daily, table):
    assert alerts(daily({}), table("locations", []), Shop(), 0.35, 14).empty
