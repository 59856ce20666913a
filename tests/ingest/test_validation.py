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
        sale({}), f"n,d,v\n1,{GOOD},5\n2,{GOOD},-6\n",
        ("negative_amount", "v", "-6",
         "total_amount is below zero; refunds are taken from a status or a file of their own, not from a minus", -600),
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


def test_a_negative_quantity_is_set_aside(taken: TakeIn) -> None:
    mapping = {"rows": "line", "fields": {"timestamp": "d", "product_id": "p", "quantity": "q", "unit_price": "u"}}
    facts = taken({"sales": (mapping, "d,p,q,u\n2024-01-02,tea,1,2\n2024-01-02,tea,-1,2\n")})
    assert facts.rejected_rows[["rule", "money_minor"]].to_numpy().tolist() == [["negative_amount", -200]]


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
