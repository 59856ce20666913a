"""Weak days: what is usual, what is weak, what cannot be judged."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.alerts.takings import alerts, weak_days
from shoplib.config.models import Shop

START = pd.Timestamp("2024-01-01")


def naive(amounts: list[int | None], table: pd.DataFrame, drop: float, look_back: int) -> list[int]:
    found = []
    for row in table[table["location_id"] == "L1"].to_dict("records"):
        day = (row["business_date"] - START).days
        if day < len(amounts) - look_back:
            continue
        if row["direction"] == "no sale":
            if all(day >= 7 * week and amounts[day - 7 * week] for week in range(1, 5)):
                found.append(day)
        elif row["direction"] == "below" and row["found_minor"] <= (1 - drop) * row["usual_minor"]:
            found.append(day)
    return found


@settings(max_examples=60, deadline=None)
@given(
    amounts=st.lists(st.none() | st.sampled_from([10, 90, 100, 110, 300]), min_size=40, max_size=80).filter(
        lambda a: a[0] is not None and a[-1] is not None
    ),
    steady=st.integers(30, 60),
    drop=st.sampled_from([0.1, 0.25, 0.5]),
    look_back=st.integers(1, 60),
)
def test_weak_days_are_those_of_a_plain_loop(daily, odd, amounts, steady, drop, look_back):
    amounts = [*[100] * steady, *amounts]
    takings = daily({"L1": amounts})
    table = odd(takings)
    weak = weak_days(takings, table, drop, look_back)
    assert (weak["business_date"] - START).dt.days.tolist() == naive(amounts, table, drop, look_back)


def test_small_drops_and_far_days_need_nobody(daily, odd):
    takings = daily({"L1": [*[10_000] * 60, 4_000, *[10_000] * 20, 7_500, 10_000]})
    table = odd(takings)
    assert len(table) == 4  # the place and all together
    assert weak_days(takings, table, 0.35, 14).empty
    assert weak_days(takings, table, 0.2, 14)["found_minor"].tolist() == [7_500]
    assert weak_days(takings, table, 0.35, 60)["found_minor"].tolist() == [4_000]


def test_a_weak_day_and_a_day_without_a_sale_are_told(daily, odd, table):
    takings = daily({"L1": [10_000] * 41 + [4_000], "L2": [20_000] * 40 + [None, 20_000]})
    places = table("locations", [{"location_id": "L1", "location_name": "High Street"},
                                 {"location_id": "L2", "location_name": "Station"}])  # fmt: skip
    found = alerts(takings, odd(takings), places, Shop(), 0.35, 14)
    assert found["sentence"].tolist() == [
        "High Street took £40 on Sun 11 Feb 2024, 60% below its usual £100.",
        "Station has no sale on Sat 10 Feb 2024; usual is £200.",
    ]
    assert found["alert_id"].tolist() == ["takings_low:L1:2024-02-11", "no_sale:L2:2024-02-10"]
    assert found["severity"].tolist() == ["warning", "urgent"]
    assert found["money_minor"].tolist() == [6_000, 20_000]


def test_a_day_without_a_sale_anywhere_is_one_alert(daily, odd, table):
    takings = daily({"L1": [10_000] * 40 + [None, 10_000], "L2": [20_000] * 40 + [None, 20_000]})
    found = alerts(takings, odd(takings), table("locations", []), Shop(), 0.35, 14)
    assert found["sentence"].tolist() == [
        "No place has a sale on Sat 10 Feb 2024; usual is £300 together. Was it a day off?"
    ]
    assert found["alert_id"].tolist() == ["no_sale:all:2024-02-10"]
    assert found["severity"].tolist() == ["warning"]
    assert found["money_minor"].tolist() == [30_000]


def test_a_weekday_that_is_always_closed_is_no_alert(daily, odd):
    takings = daily({"L1": [*[100, 100, 100, 100, 100, 100, None] * 8, 100]})
    assert weak_days(takings, odd(takings), 0.35, 14).empty


def test_too_short_a_past_is_not_judged(daily, odd):
    takings = daily({"L1": [100] * 27 + [1]})
    assert weak_days(takings, odd(takings), 0.35, 14).empty


def test_no_sales_at_all(daily, odd, table):
    assert alerts(daily({}), odd(daily({})), table("locations", []), Shop(), 0.35, 14).empty
