"""The declared sales tables against naive loops, and against the declarations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.contracts import check
from shoplib.sales import tables

Make = Callable[..., Any]

WORLDS: dict[str, dict[str, Any]] = {
    "a chain": {},
    "one transaction": {"count": 1, "days": 1, "places": 1, "products": 1},
    "no completed sale": {"count": 30, "statuses": (0.0, 0.5, 0.3, 0.2)},
    "nothing at all": {"count": 0, "days": 1},
    "no hours": {"hours": False},
}


@pytest.mark.parametrize("world", WORLDS)
def test_tables_keep_their_declarations(world: str, make_facts: Make, derived: Make) -> None:
    for name, table in derived(make_facts(**WORLDS[world])).items():
        assert check.checked(name, table).num_rows == len(table)


@pytest.mark.parametrize("world", WORLDS)
def test_hourly_equals_a_loop(world: str, make_facts: Make, derived: Make) -> None:
    facts = make_facts(**WORLDS[world])
    count: dict[tuple[str, int, int], int] = defaultdict(int)
    takings: dict[tuple[str, int, int], int] = defaultdict(int)
    days: dict[tuple[str, int], set[Any]] = defaultdict(set)
    for sale in facts["transactions"].itertuples():
        if sale.transaction_status == "completed" and not pd.isna(sale.local_hour):
            weekday = sale.business_date.weekday()
            count[(sale.location_id, weekday, sale.local_hour)] += 1
            takings[(sale.location_id, weekday, sale.local_hour)] += sale.total_amount_minor
            days[(sale.location_id, weekday)].add(sale.business_date)
    hourly = derived(facts)["sales_hourly"]
    found = {(r.location_id, r.weekday, r.local_hour): r for r in hourly.itertuples()}
    assert list(found) == sorted(count)
    for key, row in found.items():
        assert (row.transactions, row.gross_sales_minor) == (count[key], takings[key])
        assert row.days == len(days[key[:2]])


@pytest.mark.parametrize("world", WORLDS)
def test_products_equal_a_loop(world: str, make_facts: Make, derived: Make) -> None:
    facts = make_facts(**WORLDS[world])
    status = dict(zip(facts["transactions"].transaction_id, facts["transactions"].transaction_status, strict=True))
    receipts: dict[str, set[str]] = defaultdict(set)
    units: dict[str, float] = defaultdict(float)
    worth: dict[str, int] = defaultdict(int)
    for line in facts["transaction_items"].itertuples():
        if status[line.transaction_id] == "completed":
            receipts[line.product_id].add(line.transaction_id)
            units[line.product_id] += line.quantity
            worth[line.product_id] += line.line_total_minor
    table = derived(facts)["sales_products"]
    assert table["product_id"].tolist() == sorted(worth, key=lambda p: (-worth[p], p))
    for row in table.itertuples():
        assert row.transactions == len(receipts[row.product_id])
        assert (row.units, row.line_sales_minor) == (units[row.product_id], worth[row.product_id])


def test_locations_list_also_places_without_a_sale(facts: dict[str, pd.DataFrame], derived: Make) -> None:
    quiet = pd.DataFrame(
        {"location_id": ["L9"], "location_name": ["New Pub"], "location_type": ["pub"], "city": ["Ely"]}
    )
    facts["locations"] = pd.concat([facts["locations"], quiet])
    found = derived(facts)
    table, daily = found["sales_locations"], found["sales_daily"]
    assert table["location_id"].iloc[-1] == "L9"
    assert table.iloc[-1][["trading_days", "transactions", "gross_sales_minor"]].tolist() == [0, 0, 0]
    assert table["gross_sales_minor"].sum() == daily["gross_sales_minor"].sum()
    for row in table.itertuples():
        own = daily[(daily["location_id"] == row.location_id) & (daily["transactions"] > 0)]
        assert row.trading_days == own["business_date"].nunique()


def test_names_fall_back_on_keys(facts: dict[str, pd.DataFrame], derived: Make) -> None:
    found = derived({**facts, "products": facts["products"].iloc[:1], "locations": facts["locations"].iloc[:1]})
    assert set(found["sales_products"]["product_name"]) == {"Product 0", *(f"P{i:02d}" for i in range(1, 12))}
    assert set(found["sales_locations"]["location_name"]) == {"Harbour Bar", "L1", "L2"}


def test_refunds_count_alike_with_either_sign(facts: dict[str, pd.DataFrame], derived: Make) -> None:
    usual = derived(facts)["sales_daily"]
    sales = facts["transactions"].copy()
    refunded = sales["transaction_status"] == "refunded"
    assert refunded.any()
    sales.loc[refunded, "total_amount_minor"] *= -1
    pd.testing.assert_frame_equal(derived({**facts, "transactions": sales})["sales_daily"], usual)


def test_unknown_hours_are_counted(make_facts: Make, books_of: Make) -> None:
    facts = make_facts(hours=False)
    completed = (facts["transactions"]["transaction_status"] == "completed").sum()
    assert tables.unknown_hours(books_of(facts)) == completed
    assert tables.sales_hourly(books_of(facts)).empty
    assert tables.unknown_hours(books_of(make_facts(20))) == 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 5), st.sampled_from(["a", "b", "c"]), st.sampled_from([-1.0, 0.0, 2.0]),
            st.sampled_from([-50, 0, 70]),
        ),
        max_size=20,
    )
)  # fmt: skip
def test_a_receipt_counts_once_for_each_thing_it_sells(lines: list[tuple[int, str, float, int]]) -> None:
    frame = pd.DataFrame(
        {
            "receipt": pd.Series([line[0] for line in lines], dtype="int64"),
            "product_id": pd.Categorical([line[1] for line in lines], categories=["a", "b", "c"]),
            "quantity": pd.Series([line[2] for line in lines], dtype="float64"),
            "line_total_minor": pd.Series([line[3] for line in lines], dtype="int64"),
        }
    )
    found = tables.receipts_with(frame, "product_id")
    sold = {(receipt, thing) for receipt, thing, quantity, total in lines if quantity >= 0 and total >= 0}
    assert found.to_dict() == {name: sum(thing == name for _, thing in sold) for name in "abc"}


@settings(max_examples=25, deadline=None)
@given(count=st.integers(1, 80), days=st.integers(1, 12), places=st.integers(1, 4), seed=st.integers(0, 10_000))
def test_no_money_is_lost(count: int, days: int, places: int, seed: int, make_facts: Make, derived: Make) -> None:
    facts = make_facts(count, days, places=places, seed=seed)
    found = derived(facts)
    sales = facts["transactions"]
    total = sales.loc[sales["transaction_status"] == "completed", "total_amount_minor"].sum()
    for name in ("sales_daily", "sales_hourly", "sales_locations"):
        assert found[name]["gross_sales_minor"].sum() == total


@settings(max_examples=10, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(random: Any, make_facts: Make, derived: Make) -> None:
    facts = make_facts(60, 5)
    usual = derived(facts)
    shuffled = {
        name: table.sample(frac=1, random_state=random.randint(0, 99)).reset_index(drop=True)
        for name, table in facts.items()
    }
    for name, table in derived(shuffled).items():
        pd.testing.assert_frame_equal(table, usual[name])
