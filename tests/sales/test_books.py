"""The books against plain loops over the facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.base.calendar import Period
from shoplib.errors import ContractError
from shoplib.sales.books import COLUMNS, open_books
from shoplib.sales.measures import sales_daily

Make = Callable[..., Any]
Facts = dict[str, pd.DataFrame]

TEXTS = [
    "transaction_id", "refund_of", "location_id", "employee_id", "payment_method", "payment_status",
    "transaction_status", "currency", "product_id", "product_category", "attributes",
]  # fmt: skip
WORLDS: dict[str, dict[str, Any]] = {
    "a chain": {},
    "one transaction": {"count": 1, "days": 1, "places": 1, "products": 1},
    "no completed sale": {"count": 30, "statuses": (0.0, 0.5, 0.3, 0.2)},
    "nothing at all": {"count": 0, "days": 1},
    "no hours": {"count": 40, "hours": False},
}


@pytest.mark.parametrize("world", WORLDS)
def test_receipts_are_the_transactions(world: str, make_facts: Make, books_of: Make) -> None:
    facts = make_facts(**WORLDS[world])
    receipts = books_of(facts).receipts
    names = {
        "business_date": "day", "local_hour": "hour", "location_id": "location_id", "employee_id": "employee_id",
        "payment_method": "method", "payment_status": "payment", "transaction_status": "status",
        "subtotal_minor": "subtotal_minor", "discount_total_minor": "discount_minor", "tax_total_minor": "tax_minor",
        "tip_amount_minor": "tip_minor", "total_amount_minor": "total_minor",
    }  # fmt: skip
    for old, new in names.items():
        assert receipts[new].isna().tolist() == facts["transactions"][old].isna().tolist(), old
        assert receipts[new].dropna().tolist() == facts["transactions"][old].dropna().tolist(), old


@pytest.mark.parametrize("world", WORLDS)
def test_lines_equal_a_loop(world: str, make_facts: Make, books_of: Make, line_rows: Make) -> None:
    facts = make_facts(**WORLDS[world])
    books = books_of(facts, gift_card_categories=("BEER",))
    ids = facts["transactions"]["transaction_id"].tolist()
    names = ["product_id", "quantity", "line_total_minor", "net_minor", "cost_minor", "gift", "refunded"]
    found = [
        (ids[row["receipt"]], *(None if pd.isna(row[name]) else row[name] for name in names))
        for row in books.lines.to_dict("records")
    ]
    wanted = [(row["receipt"]["transaction_id"], *(row[name] for name in names)) for row in line_rows(facts, ("Beer",))]
    assert sorted(found, key=str) == sorted(wanted, key=str)
    assert books.lines["day"].tolist() == [books.receipts["day"][row] for row in books.lines["receipt"]]
    assert books.lines["location_id"].tolist() == [books.receipts["location_id"][row] for row in books.lines["receipt"]]


def test_gift_cards_sold_are_told_by_receipt(make_facts: Make, books_of: Make, line_rows: Make) -> None:
    facts = make_facts(80)
    books = books_of(facts, gift_card_categories=("wine", "No such"))
    wanted = dict.fromkeys(facts["transactions"]["transaction_id"], 0)
    for row in line_rows(facts, ("Wine",)):
        if row["gift"] and not row["refunded"]:
            wanted[row["receipt"]["transaction_id"]] += row["net_minor"]
    assert books.receipts["gift_sold_minor"].tolist() == list(wanted.values())
    assert sum(wanted.values()) > 0
    assert not books_of(facts).lines["gift"].any()
    assert not books_of(facts, gift_card_categories=("None",)).lines["gift"].any()


@pytest.mark.parametrize("kind", ["object", "category", "arrow"])
def test_the_kind_of_text_does_not_matter(kind: str, make_facts: Make, books_of: Make) -> None:
    facts = make_facts(60)
    usual = books_of(facts)
    made = {}
    for name, table in facts.items():
        made[name] = table.copy()
        for column in table.columns.intersection(TEXTS):
            if kind == "category":  # in the order of the rows, with one that no row has
                seen = [*reversed(table[column].dropna().unique()), "unused"]
                made[name][column] = pd.Categorical(table[column], categories=seen)
            elif kind == "arrow":
                made[name][column] = table[column].astype("string[pyarrow]")
    again = books_of(made)
    for column in ("location_id", "employee_id", "method", "payment", "status"):
        assert again.receipts[column].cat.categories.tolist() == sorted(again.receipts[column].dropna().unique())
    for found, wanted in ((again.receipts, usual.receipts), (again.lines, usual.lines)):
        pd.testing.assert_frame_equal(found, wanted)


def refunded(facts: Facts, **changes: object) -> Facts:
    """Return facts of three sales; ``changes`` are columns of the third."""
    sales = facts["transactions"].head(3).assign(transaction_status="completed", refund_of=None)
    for column, value in changes.items():
        sales[column] = [*sales[column].iloc[:2], value]
    return {**facts, "transactions": sales}


@pytest.mark.parametrize(
    ("changes", "apart"),
    [
        ({}, False),
        ({"transaction_status": "refunded"}, False),
        ({"transaction_status": "refunded", "total_amount_minor": -5}, True),
        ({"transaction_status": "refunded", "refund_of": "T1-0000000"}, True),
        ({"transaction_status": "refunded", "refund_of": "of another year"}, True),
        ({"transaction_status": "void", "total_amount_minor": -5}, False),
        ({"refund_of": "T1-0000000"}, False),
    ],
)
def test_refunds_are_found_to_be_entries_of_their_own(
    changes: dict[str, object], apart: bool, facts: Facts, books_of: Make
) -> None:
    world = refunded(facts, **changes)
    assert books_of(world).refunds_apart is apart
    assert books_of(world, refunds="apart").refunds_apart
    assert not books_of(world, refunds="status").refunds_apart


def test_among_sales_given_back_only_totals_below_zero_are_taken_from_takings(facts: Facts, books_of: Make) -> None:
    sales = facts["transactions"].assign(transaction_status="completed", refund_of=None)
    sales.loc[:2, "transaction_status"] = "refunded"
    sales.loc[1, "total_amount_minor"] = -777
    for refunds, taken in (("found", [False, True, False]), ("apart", [True] * 3), ("status", [False] * 3)):
        books = books_of({**facts, "transactions": sales}, refunds=refunds)
        assert books.receipts["apart"].tolist() == taken + [False] * (len(sales) - 3)
        daily = sales_daily(books)
        back = sum(abs(total) for total, is_taken in zip(sales["total_amount_minor"], taken, strict=False) if is_taken)
        assert daily["gross_sales_minor"].sum() - daily["net_sales_minor"].sum() == back


def test_a_refund_knows_the_day_of_its_sale(facts: Facts, books_of: Make) -> None:
    receipts = books_of(refunded(facts, transaction_status="refunded", refund_of="T1-0000000")).receipts
    assert receipts["sale_day"].isna().tolist() == [True, True, False]
    assert receipts["sale_day"].iloc[2] == receipts["day"].iloc[0]
    lost = books_of(refunded(facts, transaction_status="refunded", refund_of="of another year")).receipts
    assert lost["sale_named"].tolist() == [False, False, True]
    assert lost["sale_day"].isna().all()


def test_some_days_keep_the_days_of_the_sales_their_refunds_name(facts: Facts, books_of: Make) -> None:
    books = books_of(facts)
    late = Period(dt.date(2024, 11, 15), dt.date(2024, 12, 1))
    part = books.during(late)
    days = books.receipts["day"]
    inside = (days >= "2024-11-15") & (days <= "2024-12-01")
    pd.testing.assert_frame_equal(part.receipts, books.receipts[inside])
    assert part.lines["receipt"].isin(part.receipts.index).all()
    assert len(part.lines) == books.lines["receipt"].map(inside).sum()
    assert (part.refunds["sale_day"] < pd.Timestamp("2024-11-15")).any()
    assert part.refunds_apart
    assert books.during(None).receipts.empty
    assert books.during(None).lines.empty


def test_sold_and_refunded_are_told_apart(facts: Facts, books_of: Make) -> None:
    books = books_of(facts)
    status = facts["transactions"]["transaction_status"]
    assert books.sold.index.tolist() == np.flatnonzero(status == "completed").tolist()
    assert books.refunds.index.tolist() == np.flatnonzero(status == "refunded").tolist()
    assert set(books.sold_lines["receipt"]) == set(books.sold.index)
    assert set(books.refunded_lines["receipt"]) == set(books.refunds.index)


def test_lines_of_no_transaction_are_left_out(facts: Facts, books_of: Make) -> None:
    kept = {**facts, "transactions": facts["transactions"].iloc[:-1].reset_index(drop=True)}
    last = facts["transactions"]["transaction_id"].iloc[-1]
    items = facts["transaction_items"]
    without = {**kept, "transaction_items": items[items["transaction_id"] != last]}
    pd.testing.assert_frame_equal(
        books_of(kept).lines.reset_index(drop=True), books_of(without).lines.reset_index(drop=True)
    )
    assert books_of({**facts, "transactions": facts["transactions"].iloc[:0]}).lines.empty


def test_no_lines_no_products_no_prices(facts: Facts, books_of: Make) -> None:
    bare = {name: table.iloc[:0] if name != "transactions" else table for name, table in facts.items()}
    books = books_of(bare, gift_card_categories=("Beer",))
    assert books.lines.empty
    assert not books.receipts["gift_sold_minor"].any()
    unknown = books_of({**facts, "products": bare["products"], "product_prices": bare["product_prices"]})
    assert unknown.lines["cost_minor"].isna().all()


def test_two_currencies_are_refused(facts: Facts) -> None:
    facts["transactions"].loc[3, "currency"] = "EUR"
    with pytest.raises(ContractError) as caught:
        open_books(facts)
    assert str(caught.value) == (
        "Takings in different currencies cannot be added\n"
        "  where   transactions.currency\n"
        "  found   EUR, GBP\n"
        "  wanted  one currency\n"
        "  next    give each currency its own scenario, or convert the amounts before they are taken in"
    )


def test_only_the_named_columns_are_needed(facts: Facts) -> None:
    named = {name: facts[name][list(columns)] for name, columns in COLUMNS.items() if name in facts}
    assert len(open_books(named).lines) == len(open_books(facts).lines)
