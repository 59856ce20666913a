"""The report on hours against loops over receipts, and its sentences in full."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.base import listing
from shoplib.sales import opening
from shoplib.sales.views import hours

Make = Callable[..., Any]
Facts = dict[str, pd.DataFrame]


def sold(world: Facts) -> list[dict[str, Any]]:
    table = world["transactions"]
    done = (table["transaction_status"] == "completed") & table["local_hour"].notna()
    return table[done].to_dict("records")


def clocked(make_facts: Make, times: dict[int, int], days: int = 28, **shape: Any) -> Facts:
    """A world of one place with so many sales at each hour of every day, each of £10."""
    each = sum(times.values())
    world: Facts = make_facts(each * days, days, places=1, statuses=(1.0, 0.0, 0.0, 0.0), **shape)
    table = world["transactions"]
    table["business_date"] = np.repeat(pd.date_range("2024-10-03", periods=days), each)
    table["local_hour"] = np.tile(np.repeat(list(times), list(times.values())), days)
    table["total_amount_minor"] = 1_000
    return world


def test_hours_equal_a_loop_in_the_order_of_the_business_day(make_facts: Make, scoped: Make) -> None:
    world = make_facts(900, 40)
    table, rows = hours.view(scoped(world)).listing("hours").frame, sold(world)
    assert table.columns[:5].tolist() == [
        "local_hour", "transactions", "gross_sales_minor", "average_transaction_minor", "share",
    ]  # fmt: skip
    assert table["local_hour"].tolist() == [11, 12, 13, 18, 19, 20, 23, 0]
    days = len({row["business_date"] for row in rows})
    for row in table.itertuples():
        mine = [int(one["total_amount_minor"]) for one in rows if one["local_hour"] == row.local_hour]
        assert (row.transactions, row.gross_sales_minor) == (len(mine), sum(mine))
        assert row.average_transaction_minor == int(np.floor(sum(mine) / len(mine) + 0.5))
        assert row.share == pytest.approx(sum(mine) / sum(int(one["total_amount_minor"]) for one in rows))
        assert row.transactions_per_day == pytest.approx(len(mine) / days)
        assert row.low_minor < sum(mine) / len(mine) < row.high_minor


def test_weekday_hours_equal_a_loop_and_know_an_open_hour_without_a_sale(make_facts: Make, scoped: Make) -> None:
    world = make_facts(900, 40, closed_weekday=6)
    table, rows = hours.view(scoped(world)).listing("weekday_hours").frame, sold(world)
    days = Counter(day.weekday() for day in {row["business_date"] for row in rows})
    assert set(table["weekday"]) == set(days) == set(range(6))
    for row in table.itertuples():
        mine = [
            int(one["total_amount_minor"]) for one in rows
            if one["local_hour"] == row.local_hour and one["business_date"].weekday() == row.weekday
        ]  # fmt: skip
        assert (row.days, row.transactions, row.gross_sales_minor) == (days[row.weekday], len(mine), sum(mine))
        assert row.transactions_per_day == pytest.approx(len(mine) / days[row.weekday])
        assert row.gross_per_day_minor == int(np.floor(sum(mine) / days[row.weekday] + 0.5))
    assert table.loc[table["local_hour"] == 15, "transactions"].tolist() == [0] * 6
    assert 5 not in set(table["local_hour"])


def test_opening_hours_equal_a_loop(make_facts: Make, scoped: Make) -> None:
    world = make_facts(700, 40)
    world["locations"]["closes_minute"] = pd.array([1_380, 1_500, None], "Int64")
    table, rows = hours.view(scoped(world)).listing("opening_hours").frame, sold(world)
    by_day: dict[tuple[str, Any], list[int]] = defaultdict(list)
    for row in rows:  # 0:00 is the end of the business day before
        by_day[row["location_id"], row["business_date"]].append(row["local_hour"] + 24 * (row["local_hour"] < 4))
    for row in table.itertuples():
        days = [at for (place, day), at in by_day.items() if (place, day.weekday()) == (row.location_id, row.weekday)]
        middle = (len(days) - 1) // 2
        assert row.days == len(days)
        assert row.first_hour == sorted(min(at) for at in days)[middle] % 24
        assert row.last_hour == sorted(max(at) for at in days)[middle] % 24
        late = {"L0": (23, 24), "L1": (), "L2": None}[row.location_id]
        if late is None:
            assert pd.isna(row.outside_transactions)
            assert (row.opens, row.closes) == ("10:00", None)
        else:
            assert row.outside_transactions == sum(hour in late for at in days for hour in at)
            assert row.outside_share == pytest.approx(row.outside_transactions / sum(map(len, days)))
    assert table.loc[table["location_id"] == "L1", "closes"].eq("01:00").all()


def test_a_round_the_clock_place_has_nothing_outside(make_facts: Make, scoped: Make) -> None:
    world = make_facts(300, 30)
    world["locations"][["opens_minute", "closes_minute"]] = [0, 1_440]
    view = hours.view(scoped(world))
    assert view.listing("opening_hours").frame["outside_transactions"].sum() == 0
    assert "No sale was made outside the stated opening hours." in view.findings


def test_levels_are_against_the_usual_open_hour(make_facts: Make, scoped: Make) -> None:
    world = clocked(make_facts, {10: 1, 11: 6, 12: 9, 13: 6, 14: 6, 15: 1})
    world["locations"][["opens_minute", "closes_minute"]] = [600, 960]
    view = hours.view(scoped(world))
    assert view.listing("hours").frame["level"].tolist() == ["idle", "usual", "busy", "usual", "usual", "idle"]
    assert view.findings == (
        "The busiest hour is 12:00 to 13:00, with 9.0 sales a day; takings peak then too.",
        "Open but idle: 10:00 to 11:00, 15:00 to 16:00, with less than 25% of the sales of a usual open hour.",
        "No sale was made outside the stated opening hours.",
    )
    lenient = hours.view(scoped(world, idle_share=0.1))
    assert lenient.findings[1] == "No open hour is idle: none has less than 10% of the sales of a usual one."


def test_an_open_hour_without_any_sale_is_idle_and_a_closed_one_is_not(make_facts: Make, scoped: Make) -> None:
    world = clocked(make_facts, {11: 6, 12: 6, 14: 6})
    world["locations"][["opens_minute", "closes_minute"]] = pd.array([None, None], "Int64")
    view = hours.view(scoped(world))
    assert "Open but idle: 13:00 to 14:00, with less than 25% of the sales of a usual open hour." in view.findings
    places = view.listing("hours_by_location").frame
    assert places.loc[0, ["idle_hours", "idle"]].tolist() == [1, "13:00 to 14:00"]


def test_few_days_or_few_sales_are_not_judged(make_facts: Make, scoped: Make) -> None:
    days = hours.view(scoped(clocked(make_facts, {10: 1, 11: 9}, days=13)))
    assert set(days.listing("hours").frame["level"]) == {"not known"}
    assert days.findings[0] == "130 sales on 13 days are too few to say which hours are busy."
    sales = hours.view(scoped(clocked(make_facts, {10: 1, 11: 1, 12: 1}, days=20)))
    assert set(sales.listing("hours").frame["level"]) == {"not known"}
    assert sales.listing("hours_by_location").frame["idle_hours"].isna().all()
    one = hours.view(scoped(clocked(make_facts, {10: 1}, days=1)))
    assert one.findings[0] == "1 sale on 1 day is too few to say which hours are busy."


def test_takings_may_peak_in_another_hour_than_sales(make_facts: Make, scoped: Make) -> None:
    world = clocked(make_facts, {12: 9, 13: 6, 19: 5})
    table = world["transactions"]
    table.loc[table["local_hour"] == 19, "total_amount_minor"] = 4_000
    table["total_amount_minor"] += np.random.default_rng(1).integers(0, 50, len(table))
    view = hours.view(scoped(world))
    assert view.findings[0] == (
        "The busiest hour is 12:00 to 13:00, with 9.0 sales a day; takings peak at 19:00 to 20:00 (£201 a day)."
    )
    assert view.findings[1].startswith("A sale is worth most at 19:00 to 20:00 (£40.2")
    places = view.listing("hours_by_location").frame
    assert places.loc[0, ["busiest_hour", "takings_hour"]].tolist() == [12, 19]


def test_hours_that_chance_cannot_tell_apart_are_named_together(make_facts: Make, scoped: Make) -> None:
    view = hours.view(scoped(clocked(make_facts, {11: 2, 12: 7, 13: 7, 20: 7, 22: 1})))
    assert view.findings[0] == (
        "The busiest hours are 12:00 to 14:00 and 20:00 to 21:00, with up to 7.0 sales each a day; takings peak then "
        "too."
    )
    same = hours.view(scoped(clocked(make_facts, {11: 5, 12: 5})))
    assert same.findings[0] == "No hour is busier than the others beyond chance."


def test_places_are_measured_by_their_own_hours(make_facts: Make, scoped: Make) -> None:
    world = make_facts(4_000, 56, places=2, statuses=(1.0, 0.0, 0.0, 0.0))
    world["locations"][["opens_minute", "closes_minute"]] = pd.array([None, None], "Int64")
    table = world["transactions"]
    late = (table["location_id"] == "L1").to_numpy()
    table["local_hour"] = np.where(late, np.resize([20, 21, 21, 22], 4_000), np.resize([8, 9, 9, 10], 4_000))
    places = hours.view(scoped(world)).listing("hours_by_location").frame
    assert places["busiest_hour"].tolist() == [9, 21]
    for row in places.itertuples():
        mine = [one for one in sold(world) if one["location_id"] == row.location_id]
        top = [one for one in mine if one["local_hour"] == row.busiest_hour]
        days = len({one["business_date"] for one in mine})
        assert row.busiest_per_day == pytest.approx(len(top) / days)
        assert row.takings_per_day_minor == round(sum(int(one["total_amount_minor"]) for one in top) / days)


def test_sales_outside_stated_hours_are_told_with_their_place(make_facts: Make, scoped: Make) -> None:
    world = make_facts(600, 60)
    world["locations"]["closes_minute"] = pd.array([1_380, 1_500, 1_500], "Int64")
    rows = [row for row in sold(world) if row["location_id"] == "L0" and row["local_hour"] in (23, 0)]
    assert (
        f"{len(rows)} sales were made outside the stated opening hours, {len(rows)} of them at Harbour Bar."
        in hours.view(scoped(world)).findings
    )


def test_sales_without_a_known_hour_are_counted_in_one_sentence(make_facts: Make, scoped: Make) -> None:
    world = make_facts(600, 60, statuses=(1.0, 0.0, 0.0, 0.0))
    world["transactions"]["local_hour"] = world["transactions"]["local_hour"].astype("Int64")
    world["transactions"].loc[::100, "local_hour"] = pd.NA
    assert hours.view(scoped(world)).findings[-1] == "6 sales without a known hour are left out."
    none = hours.view(scoped(make_facts(hours=False)))
    assert none.findings == ("The hour of sale is not known.",)
    assert all(one.frame.empty for one in none.listings)


@pytest.mark.parametrize(
    ("world", "sentence"),
    [
        ({"count": 0, "days": 1}, "No transactions were taken in, so there is nothing to tell."),
        ({"count": 30, "statuses": (0.0, 0.5, 0.3, 0.2)}, "There was no completed sale in the days shown."),
    ],
)
def test_nothing_sold_has_no_hours(world: dict[str, Any], sentence: str, make_facts: Make, scoped: Make) -> None:
    view = hours.view(scoped(make_facts(**world)))
    assert view.findings == (sentence,)
    for one in view.listings:
        assert listing.shown(one, "en_GB").empty


def test_places_that_nobody_named_and_totals_below_zero_are_borne(make_facts: Make, scoped: Make) -> None:
    world = make_facts()
    world["locations"] = world["locations"].iloc[:0]
    world["transactions"]["total_amount_minor"] *= -1
    view = hours.view(scoped(world))
    assert set(view.listing("opening_hours").frame["location_name"]) == {"L0", "L1", "L2"}
    assert view.listing("hours").frame["share"].isna().all()
    for one in view.listings:
        listing.shown(one, "en_GB")


def test_only_the_days_asked_for_are_counted(make_facts: Make, scoped: Make) -> None:
    world = make_facts(900, 60)
    start, end = dt.date(2024, 10, 20), dt.date(2024, 11, 3)
    rows = [row for row in sold(world) if start <= row["business_date"].date() <= end]
    view = hours.view(scoped(world, start, end))
    for name in ("hours", "weekday_hours", "hours_by_location"):
        assert view.listing(name).frame["transactions"].sum() == len(rows)


def test_stated_closing_before_opening_is_past_midnight(make_facts: Make, scoped: Make) -> None:
    world = make_facts(100, 20)
    world["locations"][["opens_minute", "closes_minute"]] = [1_080, 120]
    opens, closes = opening.stated_minutes(scoped(world), ["L0", "elsewhere"])
    np.testing.assert_array_equal(opens, [1_080, np.nan])
    np.testing.assert_array_equal(closes, [1_560, np.nan])
