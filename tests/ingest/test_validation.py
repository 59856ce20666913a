"""Each rule: a row that keeps it, a row that breaks it, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shoplib.ingest.facts import Facts

TakeIn = Callable[..., Facts]
SALE = {"timestamp": {"columns": "d", "format": "%d/%m/%Y %H:%M"}, "total_amount": "v"}
GOOD = "01/02/2024 10:00"


def sale(more: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"rows": "transaction", "fields": {"transaction_id": "n", **SALE, **more}, **rest}


CASES = {
    "skipped": (
        sale({}, skip={"n": ["Total"]}), f"n,d,v\n1,{GOOD},5\ntotal,,5\n",
        ("skipped", "n", "total", "the mapping says that rows with this value are no sales", 500),
    ),
    "empty": (
        sale({}), f"n,d,v\n1,{GOOD},5\n2,{GOOD},\n",
        ("empty_cell", "v", "", "total_amount is empty, and a row of this kind cannot do without it", None),
    ),
    "number": (
        sale({}), f"n,d,v\n1,{GOOD},5\n2,{GOOD},five\n",
        ("unreadable_number", "v", "five", 'this is not a number with decimal mark ".", no thousands mark', None),
    ),
    "thousands": (
        sale({}, file={"thousands": ","}), f'n,d,v\n1,{GOOD},"1,005"\n2,{GOOD},"1,05"\n',
        ("unreadable_number", "v", "1,05", 'this is not a number with decimal mark "." and thousands mark ","', None),
    ),
    "currency": (
        sale({}), f"n,d,v\n1,{GOOD},£5\n2,{GOOD},€5\n",
        ("other_currency", "v", "€5", "this amount carries the sign of another currency than GBP", None),
    ),
    "time": (
        sale({}), f"n,d,v\n1,{GOOD},5\n2,31/02/2024 10:00,5\n",
        ("unreadable_time", "d", "31/02/2024 10:00", 'this is no date and time written as "%d/%m/%Y %H:%M"', 500),
    ),
    "word": (
        sale({"transaction_status": "s"}), f"n,d,v,s\n1,{GOOD},5,Void\n2,{GOOD},6,odd\n",
        ("unknown_word", "s", "odd",
         "transaction_status has a word nobody has explained; add it under fields.transaction_status.words", 600),
    ),
    "negative": (
        sale({"tip_amount": "t"}), f"n,d,v,t\n1,{GOOD},5,1\n2,{GOOD},6,-1\n",
        ("negative_amount", "t", "-1", "tip_amount is below zero, and it cannot be", 600),
    ),
    "discount below zero": (
        sale({"discount_total": "r"}), f"n,d,v,r\n1,{GOOD},5,1\n2,{GOOD},6,-1\n",
        ("negative_amount", "r", "-1", "discount_total is below zero here and above zero in other sales", 600),
    ),
    "subtotal below zero": (
        sale({"subtotal": "s", "tax_total": "t"}), f"n,d,v,s,t\n1,{GOOD},5,5,0\n2,{GOOD},6,-5,11\n",
        ("negative_amount", "s, v", "subtotal -5, total_amount 6", "subtotal is below zero and total_amount is not",
         600),
    ),
    "subtotal above zero": (
        sale({"subtotal": "s"}), f"n,d,v,s\n1,{GOOD},-5,-5\n2,{GOOD},-6,5\n",
        ("negative_amount", "s, v", "subtotal 5, total_amount -6",
         "subtotal is above zero and total_amount is below it", -600),
    ),
    "tax below zero": (
        sale({"tax_total": "t"}), f"n,d,v,t\n1,{GOOD},-5,-1\n2,{GOOD},6,-1\n",
        ("negative_amount", "t, v", "tax_total -1, total_amount 6", "tax_total is below zero and total_amount is not",
         600),
    ),
    "tax above zero": (
        sale({"tax_total": "t"}), f"n,d,v,t\n1,{GOOD},5,1\n2,{GOOD},-6,1\n",
        ("negative_amount", "t, v", "tax_total 1, total_amount -6",
         "tax_total is above zero and total_amount is below it", -600),
    ),
    "quantity below zero": (
        sale({"product_id": "p", "quantity": "q"}), f"n,d,v,p,q\n1,{GOOD},-5,tea,-1\n2,{GOOD},6,tea,-1\n",
        ("negative_amount", "q, v", "quantity -1, total_amount 6",
         "quantity is below zero and total_amount is above it", 600),
    ),
    "quantity and price below zero": (
        {"rows": "line", "fields": {"transaction_id": "n", "timestamp": SALE["timestamp"], "product_id": "p",
                                    "quantity": "q", "unit_price": "u"}},
        f"n,d,p,q,u\n1,{GOOD},tea,-1,2\n2,{GOOD},tea,-1,-2\n",
        ("negative_amount", "q, u", "quantity -1, unit_price -2", "quantity and unit_price are both below zero", 200),
    ),
    "total of a refund": (
        sale({"subtotal": "s", "tax_total": "t", "discount_total": "r"}),
        f"n,d,v,s,t,r\n1,{GOOD},-10.50,-10,-1.50,-1\n2,{GOOD},-12.50,-10,-1.50,-1\n",
        ("total_arithmetic", "s, r, t, v", "subtotal -10, discount_total -1, tax_total -1.50, total_amount -12.50",
         "subtotal − discount + tax is not the total", -1250),
    ),
    "total of a refund without its tax": (
        sale({"subtotal": "s"}), f"n,d,v,s\n1,{GOOD},-12,-10\n2,{GOOD},-9,-10\n",
        ("total_arithmetic", "s, v", "subtotal -10, total_amount -9", "subtotal − discount + tax is not the total",
         -900),
    ),
    "line of a refund": (
        sale({"product_id": "p", "quantity": "q", "unit_price": "u", "subtotal": "v"}),
        f"n,d,v,p,q,u\n1,{GOOD},-10,tea,3,3.33\n2,{GOOD},-10,tea,3,3\n",
        ("line_arithmetic", "q, u, v", "quantity 3, unit_price 3, subtotal -10",
         "quantity × unit price is not subtotal", -1000),
    ),
    "total": (
        sale({"subtotal": "s", "tax_total": "t", "discount_total": "r"}),
        f"n,d,v,s,t,r\n1,{GOOD},10.51,10,1.50,1\n2,{GOOD},10.52,10,1.50,1\n",
        ("total_arithmetic", "s, r, t, v", "subtotal 10, discount_total 1, tax_total 1.50, total_amount 10.52",
         "subtotal − discount + tax is not the total", 1052),
    ),
    "line": (
        sale({"product_id": "p", "quantity": "q", "unit_price": "u", "subtotal": "v"}),
        f"n,d,v,p,q,u\n1,{GOOD},10,tea,3,3.33\n2,{GOOD},10,tea,3,3\n",
        ("line_arithmetic", "q, u, v", "quantity 3, unit_price 3, subtotal 10",
         "quantity × unit price is not subtotal", 1000),
    ),
    "conflict": (
        sale({}), f"n,d,v\n1,{GOOD},5\n1,{GOOD},6\n",
        ("conflict", "n", "1", "an earlier row has the same key and other content; the first one is kept", 600),
    ),
    "shape": (
        sale({}), f"n,d,v\n1,{GOOD},5\n2,{GOOD},6,7\n",
        ("row_shape", None, "4 fields", "the file has 3 columns", None),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_one_row_is_loaded_and_one_is_set_aside_with_its_reason(taken: TakeIn, name: str) -> None:
    mapping, text, wanted = CASES[name]
    facts = taken({"sales": (mapping, text)})
    assert facts.transactions["source_row"].tolist() == [1]
    rejected = facts.rejected_rows.astype(object).where(facts.rejected_rows.notna(), None)
    found = rejected[["rule", "column_name", "found", "reason", "money_minor"]]
    assert [tuple(row) for row in found.to_numpy()] == [wanted]
    assert rejected["source_row"].tolist() == [2]


def test_the_first_rule_broken_stands_and_the_row_is_kept_as_it_was(taken: TakeIn) -> None:
    facts = taken({"sales": (sale({}), f"n,d,v\n1,{GOOD},5\n2,never,\n")})
    assert facts.rejected_rows["rule"].tolist() == ["empty_cell"]
    assert facts.rejected_rows["row_text"].tolist() == ['{"d":"never","n":"2","v":""}']


def test_prices_and_counts_of_masters_and_records_are_never_below_zero(taken: TakeIn) -> None:
    products = {"rows": "product", "fields": {"product_id": "i", "product_name": "n", "unit_price": "p"}}
    prices = {"rows": "price", "fields": {"product_id": "i", "valid_from": "d", "unit_cost": "c"}}
    counts = {"rows": "count", "fields": {"product_id": "i", "counted_on": "d", "counted_units": "c"}}
    facts = taken(
        {
            "goods": (products, "i,n,p\nP1,Tea,-1\nP2,Rum,1\n"),
            "prices": (prices, "i,d,c\nP2,2024-01-01,-1\n"),
            "counts": (counts, "i,d,c\nP2,2024-01-01,-1\n"),
        }
    )
    assert facts.rejected_rows[["rule", "found", "reason"]].to_numpy().tolist() == [
        ["negative_amount", "-1", "unit_price is below zero, and it cannot be"],
        ["below_minimum", "-1", "unit_cost is below 0"],
        ["below_minimum", "-1", "counted_units is below 0"],
    ]


def test_places_with_impossible_hours_or_zones_are_set_aside(taken: TakeIn) -> None:
    mapping = {
        "rows": "location",
        "fields": {"location_id": "i", "location_name": "n", "timezone": "z", "opens": "o"},
    }
    text = "i,n,z,o\nA,Quay,Europe/Paris,09:00\nB,Pier,Europe/Pari,09:00\nC,Lane,,25:00\n"
    facts = taken({"places": (mapping, text)})
    assert facts.rejected_rows[["rule", "found", "reason"]].to_numpy().tolist() == [
        ["unknown_word", "Europe/Pari", "this is no IANA time zone such as Europe/London"],
        ["unreadable_time", "25:00", "this is no time of day such as 04:00"],
    ]


def test_line_numbers_are_whole_and_from_one(taken: TakeIn) -> None:
    items = {
        "rows": "item",
        "fields": {"transaction_id": "n", "line_number": "l", "product_id": "p", "quantity": "q", "line_total": "v"},
    }
    facts = taken(
        {
            "sales": (sale({}), f"n,d,v\n1,{GOOD},5\n"),
            "items": (items, "n,l,p,q,v\n1,1,tea,1,2\n1,0,tea,1,2\n1,1.5,tea,1,1\n"),
        }
    )
    assert facts.rejected_rows["reason"].tolist() == ["line_number is not a whole number from 1 on"] * 2


@pytest.mark.parametrize(("written", "loaded"), [("-1", 1), ("1", 1)])
def test_a_discount_may_carry_a_minus_in_the_whole_file(taken: TakeIn, written: str, loaded: int) -> None:
    mapping = sale({"subtotal": "s", "discount_total": "r", "tax_total": "t"})
    facts = taken({"sales": (mapping, f"n,d,v,s,r,t\n1,{GOOD},9,10,{written},0\n")})
    assert len(facts.transactions) == loaded
    assert facts.transactions["discount_total_minor"].tolist() == [100]


DATED: dict[str, Any] = {
    "rows": "transaction",
    "key": ["id"],
    "fields": {
        "transaction_id": "id", "timestamp": {"columns": "at", "format": "%d/%m/%Y"}, "total_amount": "v",
        "payment_method": "how",
    },
}  # fmt: skip


def test_dates_that_are_none_are_set_aside_and_told_apart(
    taken: TakeIn, require_sound: Callable[[Facts], None]
) -> None:
    rows = "A,31/02/2024,1,\nB,01/02/24,2,\nC,45321,3,\nD,today,4,\nE,01/02/2024,5,\nF,1/2/2024,6,voucher 9\n"
    facts = taken({"till": (DATED, "id,at,v,how\n" + rows)})
    require_sound(facts)
    says = 'this is no date and time written as "%d/%m/%Y"'
    assert facts.rejected_rows[["found", "reason", "money_minor"]].to_numpy().tolist() == [
        ["31/02/2024", says, 100],
        ["01/02/24", says + "; its year has two digits", 200],
        ["45321", says + "; it looks like the number by which a spreadsheet keeps 2024-01-30", 300],
        ["today", says, 400],
    ]
    assert facts.transactions["business_date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-02-01"] * 2
    assert facts.transactions["payment_method"].tolist() == ["unknown", "other"]


def test_two_digits_of_a_year_are_read_where_the_format_says_so(taken: TakeIn) -> None:
    short = {**DATED, "fields": {**DATED["fields"], "timestamp": {"columns": "at", "format": "%d/%m/%y"}}}
    facts = taken({"till": (short, "id,at,v,how\nA,01/02/24,1,\nB,01/02/2024,1,\n")})
    assert facts.transactions["business_date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-02-01"]
    assert facts.rejected_rows["found"].tolist() == ["01/02/2024"]
