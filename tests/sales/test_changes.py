"""The change in takings taken apart: every way adds up, and equals a loop."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from math import floor
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.sales import changes
from shoplib.sales.view import Scope

Make = Callable[..., Any]
Row = tuple[int, int, int]


def naive(before: dict[str, Row], recent: dict[str, Row]) -> tuple[Fraction, Fraction, Fraction]:
    """Return the parts of days, of sales a day and of the average sale as exact fractions."""
    days, rate, size = Fraction(0), Fraction(0), Fraction(0)
    for place in sorted({*before, *recent}):
        d0, n0, g0 = before.get(place, (0, 0, 0))
        d1, n1, g1 = recent.get(place, (0, 0, 0))
        if n0 == 0 or n1 == 0:
            days += g1 - g0
            continue
        middle_of_size = (Fraction(g0, n0) + Fraction(g1, n1)) / 2
        size += (Fraction(g1, n1) - Fraction(g0, n0)) * Fraction(n0 + n1, 2)
        days += (d1 - d0) * (Fraction(n0, d0) + Fraction(n1, d1)) / 2 * middle_of_size
        rate += (Fraction(n1, d1) - Fraction(n0, d0)) * Fraction(d0 + d1, 2) * middle_of_size
    return days, rate, size


def frame(rows: dict[str, Row]) -> pd.DataFrame:
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["days", "transactions", "gross"], dtype="int64")
    return table.sort_index()


PLACE = st.tuples(st.integers(1, 40), st.integers(1, 5_000), st.integers(0, 10**8))
PLACES = st.dictionaries(st.sampled_from("abcd"), PLACE, max_size=4)


@given(before=PLACES, recent=PLACES)
def test_the_factors_equal_a_loop_and_add_up(before: dict[str, Row], recent: dict[str, Row]) -> None:
    rows = changes.by_factor(frame(before), frame(recent))
    found = [minor for *_, minor in rows]
    total = sum(row[2] for row in recent.values()) - sum(row[2] for row in before.values())
    days, rate, size = naive(before, recent)
    assert days + rate + size == total
    assert sum(found) == total
    assert found[0] == floor(days + Fraction(1, 2))
    assert found[2] == floor(size + Fraction(1, 2))
    assert abs(found[1] - rate) <= 1


def test_factors_by_hand() -> None:
    """From 10 days × 10 sales × 1.00 to 9 days × 12 sales × 1.50."""
    rows = changes.by_factor(frame({"a": (10, 100, 10_000)}), frame({"a": (9, 108, 16_200)}))
    assert [(reason, minor) for _, reason, _, _, minor in rows] == [
        (changes.DAYS, -1_375), (changes.RATE, 2_375), (changes.SIZE, 5_200),
    ]  # fmt: skip


def test_a_new_place_and_a_closed_one_changed_by_their_days() -> None:
    rows = changes.by_factor(frame({"old": (5, 10, 700)}), frame({"new": (2, 4, 900)}))
    assert [minor for *_, minor in rows] == [200, 0, 0]


WORLDS: dict[str, dict[str, Any]] = {
    "a chain": {"count": 600, "places": 9, "products": 30},
    "one place": {"count": 300, "places": 1, "products": 1},
    "no hours": {"count": 100, "hours": False},
    "few sales": {"count": 25},
}


@pytest.mark.parametrize("world", WORLDS)
def test_every_split_adds_up_to_the_change_in_takings(world: str, make_facts: Make, scoped: Make) -> None:
    facts = make_facts(**WORLDS[world])
    sales = facts["transactions"]
    sales["local_hour"] = sales["local_hour"].astype("Int64").where(sales.index % 7 > 0)
    scope: Scope = scoped(facts)
    table = changes.changes(scope)
    done = sales[sales["transaction_status"] == "completed"]
    now, was = (
        done[(done["business_date"] >= str(p.start)) & (done["business_date"] <= str(p.end))][
            "total_amount_minor"
        ].sum()
        for p in (scope.window.recent, scope.window.before)
        if p is not None
    )
    assert list(table.columns) == changes.COLUMNS
    assert set(table.groupby("split")["change_minor"].sum()) == {now - was}
    told = table.dropna(subset=["before_minor"])
    assert (told["recent_minor"] - told["before_minor"] == told["change_minor"]).all()
    assert table["of_before_share"].tolist() == (table["change_minor"] / was).tolist()
    splits = [changes.HOW, changes.WHERE, changes.WHAT, changes.WHEN]
    if world == "one place":
        splits = [changes.HOW, changes.WHEN]
    if world == "no hours":
        splits = splits[:3]
    assert list(dict.fromkeys(table["split"])) == splits


def test_places_categories_and_parts_of_the_day_equal_a_loop(make_facts: Make, scoped: Make, line_rows: Make) -> None:
    facts = make_facts(500, places=4, products=12)
    scope: Scope = scoped(facts)
    names = dict(zip(facts["locations"]["location_id"], facts["locations"]["location_name"], strict=True))
    category = dict(zip(facts["products"]["product_id"], facts["products"]["product_category"], strict=True))
    wanted: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])

    def at(sale: dict[str, Any]) -> int | None:
        day = sale["business_date"].date()
        periods = (scope.window.before, scope.window.recent)
        found = [i for i, period in enumerate(periods) if period is not None and period.start <= day <= period.end]
        return found[0] if found and sale["transaction_status"] == "completed" else None

    for sale in facts["transactions"].to_dict("records"):
        if (which := at(sale)) is not None:
            wanted[(changes.WHERE, names[sale["location_id"]])][which] += sale["total_amount_minor"]
            hour = sale["local_hour"] if sale["local_hour"] >= 5 else sale["local_hour"] + 24
            part = next(name for name, first, end in changes.PARTS_OF_DAY if first <= hour < end)
            wanted[(changes.WHEN, part)][which] += sale["total_amount_minor"]
    for line in line_rows(facts):
        if (which := at(line["receipt"])) is not None:
            wanted[(changes.WHAT, category[line["product_id"]] or "No category")][which] += line["net_minor"]
    table = changes.changes(scope)
    told = table[table["before_minor"].notna()]
    found = {
        (row["split"], row["reason"]): [row["before_minor"], row["recent_minor"]] for row in told.to_dict("records")
    }
    assert found == dict(wanted)


def test_the_largest_five_are_named_and_the_others_stand_together(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(900, places=9)
    table = changes.changes(scoped(facts))
    where = table[table["split"] == changes.WHERE]
    assert len(where) == changes.MOST + 1
    assert where["reason"].tolist()[-1] == changes.OTHER_PLACES
    sizes = where["change_minor"].abs().tolist()[: changes.MOST]
    assert sizes == sorted(sizes, reverse=True)
    six = changes.changes(scoped(make_facts(900, places=6)))
    assert changes.OTHER_PLACES not in six["reason"].tolist()


@pytest.mark.parametrize(
    "shape", [{"count": 0, "days": 1}, {"count": 40, "days": 40}, {"count": 90, "statuses": (0.0, 1.0, 0.0, 0.0)}]
)
def test_nothing_to_compare_has_no_rows(shape: dict[str, Any], make_facts: Make, scoped: Make) -> None:
    table = changes.changes(scoped(make_facts(**shape)))
    assert table.empty
    assert list(table.columns) == changes.COLUMNS


def test_from_nothing_the_share_is_not_known(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(200)
    sales = facts["transactions"]
    early = sales["business_date"] < sales["business_date"].max() - pd.Timedelta(days=27)
    sales["transaction_status"] = ["void" if is_early else "completed" for is_early in early]
    table = changes.changes(scoped(facts))
    assert table["of_before_share"].isna().all()
    assert table["change_minor"].iloc[0] == sales.loc[~early, "total_amount_minor"].sum()


def test_a_change_is_beyond_chance_only_where_days_agree(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(600)
    assert changes.beyond_chance(scoped(facts)) is False
    sales = facts["transactions"]
    late = sales["business_date"] > sales["business_date"].max() - pd.Timedelta(days=28)
    sales.loc[late, "total_amount_minor"] *= 3
    assert changes.beyond_chance(scoped(facts)) is True
    assert changes.beyond_chance(scoped(make_facts(30, 20))) is None
    few = scoped(facts, start=dt.date(2024, 11, 27), end=dt.date(2024, 11, 28))
    assert few.window.before is not None
    assert changes.beyond_chance(few) is None
