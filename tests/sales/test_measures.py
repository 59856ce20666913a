"""Every column of the daily table against a loop over transactions and lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.contracts import check, convert
from shoplib.sales.measures import COLUMNS, sales_daily

Make = Callable[..., Any]
Facts = dict[str, pd.DataFrame]

WORLDS: dict[str, dict[str, Any]] = {
    "a chain": {"count": 300},
    "one transaction": {"count": 1, "days": 1, "places": 1, "products": 1},
    "no completed sale": {"count": 30, "statuses": (0.0, 0.5, 0.3, 0.2)},
    "nothing at all": {"count": 0, "days": 1},
    "two days": {"count": 90, "days": 2, "products": 5},
}
GIFTS = ("Wine",)


def naive(facts: Facts, line_rows: Make, apart: bool) -> dict[tuple[Any, str], dict[str, float]]:
    rows: dict[tuple[Any, str], dict[str, float]] = defaultdict(lambda: dict.fromkeys(COLUMNS[2:-1], 0))
    for sale in facts["transactions"].to_dict("records"):
        row, total = rows[(sale["business_date"], sale["location_id"])], sale["total_amount_minor"]
        if sale["transaction_status"] == "completed":
            row["transactions"] += 1
            row["subtotal_minor"] += sale["subtotal_minor"]
            row["discount_minor"] += sale["discount_total_minor"]
            row["tax_minor"] += sale["tax_total_minor"]
            row["tips_minor"] += sale["tip_amount_minor"]
            row["gross_sales_minor"] += total
            row["net_sales_minor"] += total
            row[f"{sale['payment_status']}_minor"] += total
            if sale["payment_method"] in ("cash", "coins"):
                row["cash_minor"] += total
            if sale["payment_method"] in ("credit_card", "debit_card", "mobile", "upi"):
                row["digital_minor"] += total
                row["digital_transactions"] += 1
            if sale["payment_method"] == "gift_card":
                row["gift_cards_redeemed_minor"] += total
            row["known_method_transactions"] += sale["payment_method"] not in ("unknown", "other")
        elif sale["transaction_status"] == "refunded":
            row["refunds"] += 1
            row["refunds_minor"] += abs(total)
            row["refunds_tax_minor"] += abs(sale["tax_total_minor"]) if apart else 0
            row["net_sales_minor"] -= abs(total) if apart else 0
        else:
            row[f"{sale['transaction_status']}s"] += 1
    for line in line_rows(facts, GIFTS):
        if not line["refunded"]:
            row = rows[(line["receipt"]["business_date"], line["receipt"]["location_id"])]
            row["units"] += line["quantity"]
            if line["gift"]:
                row["gift_cards_sold_minor"] += line["net_minor"]
            elif line["cost_minor"] is not None:
                row["cost_minor"] += line["cost_minor"]
                row["margin_sales_minor"] += line["net_minor"]
    return rows


@pytest.mark.parametrize("refunds", ["apart", "status"])
@pytest.mark.parametrize("world", WORLDS)
def test_daily_equals_a_loop(world: str, refunds: str, make_facts: Make, books_of: Make, line_rows: Make) -> None:
    facts = make_facts(**WORLDS[world])
    daily = sales_daily(books_of(facts, gift_card_categories=GIFTS, refunds=refunds))
    assert check.checked("sales_daily", daily).num_rows == len(daily)
    wanted = naive(facts, line_rows, refunds == "apart")
    assert [(row["business_date"], row["location_id"]) for row in daily.to_dict("records")] == sorted(wanted)
    for row in daily.to_dict("records"):
        assert {name: row[name] for name in COLUMNS[2:-1]} == wanted[(row["business_date"], row["location_id"])]
    assert set(daily["currency"]) <= {"GBP"}


def test_columns_are_those_declared() -> None:
    assert convert.arrow_schema("sales_daily").names == COLUMNS


def test_a_refund_counts_on_the_day_it_is_given(make_facts: Make, books_of: Make) -> None:
    facts = make_facts(40, 20, places=1, statuses=(1.0, 0.0, 0.0, 0.0))
    sales = facts["transactions"]
    sales.loc[39, ["transaction_status", "refund_of"]] = ["refunded", sales["transaction_id"][0]]
    daily = sales_daily(books_of(facts)).set_index("business_date")
    first, last = sales["business_date"].iloc[0], sales["business_date"].iloc[39]
    assert daily.loc[first, "net_sales_minor"] == daily.loc[first, "gross_sales_minor"]
    back = sales["total_amount_minor"][39]
    assert daily.loc[last, "net_sales_minor"] == daily.loc[last, "gross_sales_minor"] - back


def test_a_place_that_no_list_knows_keeps_its_takings(make_facts: Make, books_of: Make) -> None:
    facts = make_facts(60)
    facts["locations"] = facts["locations"].iloc[:1]
    daily = sales_daily(books_of(facts))
    assert set(daily["location_id"]) == {"L0", "L1", "L2"}


LINE = st.tuples(st.integers(0, 3), st.integers(-400, 900), st.integers(-3, 5))
RECEIPT = st.tuples(
    st.sampled_from(["completed", "completed", "refunded", "void"]), st.integers(-60, 200), st.integers(-50, 50),
    st.lists(LINE, max_size=4),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(receipts=st.lists(RECEIPT, min_size=1, max_size=8), gifts=st.booleans())
def test_no_penny_is_lost_between_cost_known_unknown_and_gift_cards(
    receipts: list[Any], gifts: bool, make_facts: Make, books_of: Make, line_rows: Make
) -> None:
    """Lines may be below zero, missing, or not add up to the subtotal; nothing may get lost all the same."""
    facts = make_facts(len(receipts), 3, products=4)
    sales = facts["transactions"]
    sales["transaction_status"] = [status for status, *_ in receipts]
    sales["discount_total_minor"] = [discount for _, discount, *_ in receipts]
    sales["subtotal_minor"] = [sum(total for _, total, _ in lines) + off for *_, off, lines in receipts]
    facts["transaction_items"] = pd.DataFrame(
        [
            (sales["transaction_id"][at], number + 1, f"P{product:02d}", float(quantity), total, None)
            for at, (*_, lines) in enumerate(receipts)
            for number, (product, total, quantity) in enumerate(lines)
        ],
        columns=facts["transaction_items"].columns,
    ).astype({"quantity": "float64", "line_total_minor": "int64", "line_number": "int64"})
    chosen = GIFTS if gifts else ()
    books = books_of(facts, gift_card_categories=chosen)
    sums = sales_daily(books)[COLUMNS[2:-1]].sum()
    unknown = (
        sums["subtotal_minor"] - sums["discount_minor"] - sums["gift_cards_sold_minor"] - sums["margin_sales_minor"]
    )
    rows = [row for row in line_rows(facts, chosen) if not row["refunded"]]
    spread = [row for row in receipts if row[0] == "completed" and sum(total for _, total, _ in row[3]) > 0]
    unspread = [row for row in receipts if row[0] == "completed" and sum(total for _, total, _ in row[3]) <= 0]
    no_cost = sum(row["net_minor"] for row in rows if not row["gift"] and row["cost_minor"] is None)
    untold = sum(off for _, _, off, _ in spread) + sum(off - discount for _, discount, off, _ in unspread)
    assert unknown == no_cost + untold
    assert books.sold_lines["net_minor"].sum() == sum(row["net_minor"] for row in rows)
    assert books.sold["gift_sold_minor"].sum() == sum(row["net_minor"] for row in rows if row["gift"])
