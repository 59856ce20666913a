"""What a minus means: refunds, returns and discount lines keep their sign; nothing is lost from random files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.errors import SourceError
from shoplib.ingest import signs
from shoplib.ingest.facts import Facts

TakeIn = Callable[..., Facts]
Sound = Callable[[Facts], None]
DAY = "2024-06-01 10:00"
TILL: dict[str, Any] = {
    "rows": "transaction",
    "fields": {"transaction_id": "id", "timestamp": "at", "total_amount": "v", "transaction_status": "s",
               "payment_status": "p"},
}  # fmt: skip
LINES: dict[str, Any] = {
    "rows": "line",
    "fields": {"transaction_id": "id", "timestamp": "at", "product_id": "what", "quantity": "q", "unit_price": "p",
               "line_total": "v"},
}  # fmt: skip


def without(mapping: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {**mapping, "fields": {name: column for name, column in mapping["fields"].items() if name not in fields}}


def states(facts: Facts) -> dict[str, tuple[str, int]]:
    table = facts.transactions
    told = zip(table["transaction_status"], table["total_amount_minor"], strict=True)
    return dict(zip(table["transaction_id"], told, strict=True))


def lines_of(facts: Facts) -> list[list[object]]:
    columns = ["transaction_id", "product_id", "quantity", "unit_price_minor", "line_total_minor"]
    items = facts.transaction_items[columns].astype(object)
    return items.where(items.notna(), None).to_numpy().tolist()


def test_a_total_below_zero_is_a_refund_unless_its_status_says_what_it_is(taken: TakeIn, require_sound: Sound) -> None:
    words = ["Completed", "completed", "void", "error", "Return", "refunded"]
    totals = ["5", "-5", "-6", "-7", "-8", "9"]
    rows = [f"T{i},{DAY},{total},{word},paid\n" for i, (word, total) in enumerate(zip(words, totals, strict=True))]
    facts = taken({"till": (TILL, "id,at,v,s,p\n" + "".join(rows))})
    require_sound(facts)
    assert states(facts) == {
        "T0": ("completed", 500), "T1": ("refunded", -500), "T2": ("void", -600), "T3": ("error", -700),
        "T4": ("refunded", -800), "T5": ("refunded", 900),
    }  # fmt: skip
    assert set(facts.transactions["payment_status"]) == {"paid"}
    assert facts.below_zero.to_numpy().tolist() == [["till", 1, -500, "GBP"]]


def test_a_file_without_statuses_tells_refunds_by_the_minus(taken: TakeIn) -> None:
    text = f"id,at,v\nT1,{DAY},5\nT2,{DAY},(5.00)\nT3,{DAY},0\n"
    facts = taken({"till": (without(TILL, "transaction_status", "payment_status"), text)})
    assert states(facts) == {"T1": ("completed", 500), "T2": ("refunded", -500), "T3": ("completed", 0)}
    assert facts.below_zero["transactions"].tolist() == [1]


def test_a_sale_is_what_its_lines_add_up_to(taken: TakeIn, require_sound: Sound) -> None:
    text = (
        "id,at,what,q,p,v\n"
        f"exchange,{DAY},shirt,-1,20,-20\nexchange,{DAY},coat,1,50,50\n"
        f"even,{DAY},shirt,-1,20,-20\neven,{DAY},bag,1,20,20\n"
        f"back,{DAY},coat,-2,50,-100\nback,{DAY},bag,1,20,20\n"
        f"staff,{DAY},bag,1,20,20\nstaff,{DAY},discount,1,-2.50,-2.50\n"
    )
    facts = taken({"lines": (LINES, text)})
    require_sound(facts)
    assert states(facts) == {
        "back": ("refunded", -8000), "even": ("completed", 0), "exchange": ("completed", 3000),
        "staff": ("completed", 1750),
    }  # fmt: skip
    assert [row for row in lines_of(facts) if row[4] < 0] == [
        ["back", "coat", -2.0, 5000, -10000], ["even", "shirt", -1.0, 2000, -2000],
        ["exchange", "shirt", -1.0, 2000, -2000], ["staff", "discount", 1.0, -250, -250],
    ]  # fmt: skip
    assert facts.below_zero.to_numpy().tolist() == [["lines", 1, -8000, "GBP"]]


def test_a_return_written_in_three_ways_is_worth_the_same(taken: TakeIn, require_sound: Sound) -> None:
    text = f"id,at,what,q,p,v\nA,{DAY},tea,-2,5,-10\nB,{DAY},tea,2,5,-10\nC,{DAY},tea,2,-5,-10\nD,{DAY},tea,2,,-10\n"
    facts = taken({"lines": (LINES, text)})
    require_sound(facts)
    assert lines_of(facts) == [
        ["A", "tea", -2.0, 500, -1000], ["B", "tea", -2.0, 500, -1000], ["C", "tea", 2.0, -500, -1000],
        ["D", "tea", -2.0, None, -1000],
    ]  # fmt: skip
    assert (facts.transactions["transaction_status"] == "refunded").all()
    bare = taken({"lines": (without(LINES, "quantity", "line_total"), text)})
    require_sound(bare)
    assert lines_of(bare)[2] == ["C", "tea", 1.0, -500, -500]


def test_lines_of_a_file_of_their_own_keep_their_minus(taken: TakeIn, require_sound: Sound) -> None:
    items = {**without(LINES, "timestamp"), "rows": "item"}
    lines = "id,what,q,p,v\nT1,tea,-1,5,-5\nT2,tea,1,5,-5\nT2,rum,1,9,9\nT3,tea,-1,5,5\n"
    till = f"id,at,v,s,p\nT1,{DAY},-5,completed,paid\nT2,{DAY},4,completed,paid\nT3,{DAY},5,refunded,paid\n"
    facts = taken({"till": (TILL, till), "items": (items, lines)})
    require_sound(facts)
    assert states(facts) == {"T1": ("refunded", -500), "T2": ("completed", 400), "T3": ("refunded", 500)}
    assert [row[2:] for row in lines_of(facts)] == [[-1.0, 500, -500], [1.0, 900, 900], [-1.0, 500, -500]]
    assert facts.rejected_rows["reason"].tolist() == ["quantity is below zero and line_total is above it"]


def test_a_file_with_many_a_senseless_minus_says_where_it_belongs(taken: TakeIn, tmp_path: Path) -> None:
    mapping = {**TILL, "fields": {**TILL["fields"], "tip_amount": "tip"}}
    with pytest.raises(SourceError) as caught:
        taken({"till": (mapping, f"id,at,v,s,p,tip\nT1,{DAY},5,completed,paid,-1\n")}, share=0.2)
    assert str(caught.value).replace(str(tmp_path), "FOLDER") == (
        'Too many rows of source "till" cannot be loaded\n'
        "  negative_amount: 1 row\n"
        '    row 1, tip: "-1": tip_amount is below zero, and it cannot be\n'
        "  where   FOLDER/till.csv\n"
        "  found   1 row of 1 (100.0%), £5.00\n"
        "  wanted  at most 20.0% of the rows (ingest.max_set_aside_share)\n"
        "  next    a refund has its minus at the total, the line or the quantity; mend the other amounts"
    )


ALL: dict[str, Any] = {
    "rows": "transaction",
    "fields": {"transaction_id": "id", "timestamp": "at", "product_id": "what", "quantity": "q", "num_items": "n",
               "subtotal": "sub", "discount_total": "off", "tax_total": "tax", "total_amount": "v"},
}  # fmt: skip
AMOUNTS = ["subtotal_minor", "discount_total_minor", "tax_total_minor", "total_amount_minor"]


@pytest.mark.parametrize("off", ["-10", "10"])
def test_all_amounts_of_a_refund_are_below_zero_and_still_add_up(taken: TakeIn, require_sound: Sound, off: str) -> None:
    sale = f"T1,{DAY},coat,2,1,100,{off},18,108\n"
    back = f"T2,{DAY},coat,-2,-1,-100,{'10' if off < '0' else '-10'},-18,-108\n"
    facts = taken({"till": (ALL, "id,at,what,q,n,sub,off,tax,v\n" + sale + back)})
    require_sound(facts)
    assert facts.transactions[AMOUNTS].to_numpy().tolist() == [
        [10000, 1000, 1800, 10800],
        [-10000, -1000, -1800, -10800],
    ]
    assert facts.transactions["num_items"].tolist() == [1, 1]
    assert lines_of(facts) == [["T1", "coat", 2.0, 5000, 10000], ["T2", "coat", -2.0, 5000, -10000]]


@pytest.mark.parametrize(
    ("left_out", "amounts"),
    [
        ("subtotal", [-10000, -1000, -1800, -10800]),
        ("tax_total", [-10000, -1000, -1800, -10800]),
        ("discount_total", [-9000, 0, -1800, -10800]),
    ],
)
def test_amounts_that_a_refund_leaves_out_are_filled_in(taken: TakeIn, left_out: str, amounts: list[int]) -> None:
    sub = "-90" if left_out == "discount_total" else "-100"
    text = f"id,at,what,q,n,sub,off,tax,v\nT1,{DAY},coat,2,1,{sub},-10,-18,-108\n"
    facts = taken({"till": (without(ALL, left_out), text)})
    assert facts.transactions[AMOUNTS].to_numpy().tolist() == [amounts]
    assert lines_of(facts)[0][2] == -2.0


def test_an_exchange_may_have_a_tax_of_the_other_sign_if_it_adds_up(taken: TakeIn) -> None:
    facts = taken({"till": (ALL, f"id,at,what,q,n,sub,off,tax,v\nT1,{DAY},,1,2,10,0,-1,9\nT2,{DAY},,1,2,10,0,-1,8\n")})
    assert states(facts) == {"T1": ("completed", 900)}
    assert facts.rejected_rows["rule"].tolist() == ["total_arithmetic"]


def test_the_price_of_a_product_is_what_it_last_went_out_for(taken: TakeIn, require_sound: Sound) -> None:
    text = (
        "id,at,what,q,p,v\n"
        "1,2024-06-01,tea,1,5,5\n2,2024-06-02,tea,-1,4,-4\n3,2024-06-02,rum,-1,9,-9\n4,2024-06-02,voucher,1,-3,-3\n"
    )
    facts = taken({"lines": (LINES, text)})
    require_sound(facts)
    prices = facts.products.set_index("product_id")["unit_price_minor"]
    assert prices["tea"] == 500 and prices["rum"] == 900 and prices.isna()["voucher"]


def optional(*numbers: float | None) -> pd.Series:
    return pd.Series(numbers, dtype="Float64")


def signed_by_hand(quantity: float | None, price: float | None, amount: float | None) -> float | None:
    if quantity is None or amount is None or amount >= 0 or quantity <= 0 or (price is not None and price < 0):
        return quantity
    return -quantity


some = st.one_of(st.none(), st.integers(-3, 3).map(float))


@given(rows=st.lists(st.tuples(some, some, some), min_size=1, max_size=12))
def test_signed_quantities_are_those_found_row_by_row(rows: list[tuple[float | None, ...]]) -> None:
    quantity, price, amount = (optional(*column) for column in zip(*rows, strict=True))
    found = signs.signed_quantity(quantity, price, amount)
    expected = optional(*(signed_by_hand(*row) for row in rows))
    pd.testing.assert_series_equal(found, expected)


@given(rows=st.lists(st.tuples(*[st.integers(-4, 4)] * 3), min_size=1, max_size=12))
def test_discounts_and_taxes_are_those_found_row_by_row(rows: list[tuple[int, int, int]]) -> None:
    subtotal, discount, total = (pd.Series(column, dtype="Int64") for column in zip(*rows, strict=True))
    way = [-1 if row[2] < 0 else 1 for row in rows]
    signed = signs.signed_discount(discount, total)
    assert signed.tolist() == [abs(row[1]) * sign for row, sign in zip(rows, way, strict=True)]
    missing = [row[2] - row[0] + off for row, off in zip(rows, signed.tolist(), strict=True)]
    expected = [gap if gap * sign > 0 else 0 for gap, sign in zip(missing, way, strict=True)]
    assert signs.tax_between(subtotal, signed, total).tolist() == expected
    assert np.array_equal(signs.sign(total), way)


minus = st.sampled_from(["", "", "-"])
line_rows = st.tuples(
    st.sampled_from(["T1", "T2", "T3", "T4"]), st.sampled_from(["tea", "rum", "voucher"]), minus,
    st.sampled_from(["1", "2", "0.5", ""]), minus, st.sampled_from(["1.005", "2.50", "0", ""]), minus, st.booleans(),
)  # fmt: skip


def amount_of(quantity: str, price: str) -> str:
    return f"{float(quantity or 1) * float(price or 3):.4f}"


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(line_rows, min_size=1, max_size=10), fields=st.sampled_from(["all", "no amount", "no price"]))
def test_nothing_is_lost_from_random_lines_below_zero(
    take_into: TakeIn, require_sound: Sound, rows: list[tuple[Any, ...]], fields: str
) -> None:
    text = "id,at,what,q,p,v\n"
    for sale, what, q_sign, quantity, p_sign, price, v_sign, right in rows:
        amount = amount_of(quantity, price) if right else "7"
        q, p = (sign + number if number else "" for sign, number in ((q_sign, quantity), (p_sign, price)))
        text += f"{sale},{DAY},{what},{q},{p},{v_sign}{amount}\n"
    mapping = {"all": LINES, "no amount": without(LINES, "line_total"), "no price": without(LINES, "unit_price")}[
        fields
    ]
    with tempfile.TemporaryDirectory() as folder:
        facts = take_into(Path(folder), {"sales": (mapping, text)})
    require_sound(facts)
    job = facts.import_jobs.iloc[0]
    assert job["rows_in"] == len(rows)
    items, sales = facts.transaction_items, facts.transactions
    assert items["line_total_minor"].sum() == sales["total_amount_minor"].sum() == job["money_loaded_minor"]
    assert not ((items["quantity"] < 0) & (items["line_total_minor"] > 0)).any()
    assert ((sales["total_amount_minor"] < 0) == (sales["transaction_status"] == "refunded")).all()
    refunds = sales[sales["transaction_status"] == "refunded"]
    told = facts.below_zero[["transactions", "money_minor"]].sum().tolist()
    assert told == [len(refunds), refunds["total_amount_minor"].sum()]


total_rows = st.tuples(
    minus, st.sampled_from(["5", "10.50", "0", "x"]), minus, st.sampled_from(["", "0", "1"]), minus,
    st.sampled_from(["", "0", "2"]), minus, st.sampled_from(["", "1"]),
    st.sampled_from(["completed", "completed", "refunded", "void", "error", "odd"]), st.booleans(),
)  # fmt: skip
WITH_TAX: dict[str, Any] = {
    **TILL, "fields": {**TILL["fields"], "discount_total": "off", "tax_total": "tax", "tip_amount": "tip"},
}  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(total_rows, min_size=1, max_size=10), with_subtotal=st.booleans())
def test_nothing_is_lost_from_random_totals_below_zero(
    take_into: TakeIn, require_sound: Sound, rows: list[tuple[Any, ...]], with_subtotal: bool
) -> None:
    text = "id,at,v,off,tax,tip,s,p,sub\n"
    for number, (v_sign, v, off_sign, off, tax_sign, tax, tip_sign, tip, status, right) in enumerate(rows):
        total, discount, taxed = v_sign + v, off_sign + off if off else "", tax_sign + tax if tax else ""
        subtotal = "8"
        if right and v != "x":
            size = abs(float(discount or 0))
            subtotal = f"{float(total) + (-size if float(total) < 0 else size) - float(taxed or 0):.2f}"
        text += f"T{number},{DAY},{total},{discount},{taxed},{tip_sign + tip if tip else ''},{status},paid,{subtotal}\n"
    mapping = {**WITH_TAX, "fields": {**WITH_TAX["fields"], **({"subtotal": "sub"} if with_subtotal else {})}}
    with tempfile.TemporaryDirectory() as folder:
        facts = take_into(Path(folder), {"sales": (mapping, text)})
    require_sound(facts)
    sales = facts.transactions
    assert facts.import_jobs["rows_in"].tolist() == [len(rows)]
    assert sales["total_amount_minor"].sum() == facts.import_jobs["money_loaded_minor"].sum()
    parts = sales["subtotal_minor"] - sales["discount_total_minor"] + sales["tax_total_minor"]
    assert (parts == sales["total_amount_minor"]).all()
    assert not ((sales["transaction_status"] == "completed") & (sales["total_amount_minor"] < 0)).any()
    assert ((sales["discount_total_minor"] < 0) <= (sales["total_amount_minor"] < 0)).all()
    written = dict(enumerate(row[8] for row in rows))
    for key, status in zip(sales["transaction_id"], sales["transaction_status"], strict=True):
        own = written[int(key[1:])]
        assert status == own or (own == "completed" and status == "refunded")


@settings(max_examples=5, deadline=None)
@given(rows=st.lists(line_rows, min_size=2, max_size=8).flatmap(lambda r: st.tuples(st.just(r), st.permutations(r))))
def test_the_order_of_rows_below_zero_does_not_matter(take_into: TakeIn, rows: tuple[list[Any], list[Any]]) -> None:
    found = []
    for order in rows:
        text = "".join(f"{r[0]},{DAY},{r[1]},{r[2]}{r[3] or 1},{r[5] or 2}\n" for r in order)
        with tempfile.TemporaryDirectory() as folder:
            facts = take_into(Path(folder), {"s": (without(LINES, "line_total"), "id,at,what,q,p\n" + text)})
        found.append(
            [t.drop(columns=["import_id", "source_row"]) for t in (facts.transactions, facts.transaction_items)]
        )
    for one, other in zip(*found, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_cancelled_invoices_of_a_wholesaler_are_refunds(taken: TakeIn, require_sound: Callable[[Facts], None]) -> None:
    mapping = {
        "rows": "line",
        "equal_lines": "repeats",
        "fields": {
            "transaction_id": "InvoiceNo", "product_id": "StockCode", "quantity": "Quantity", "customer_id": "Customer",
            "timestamp": {"columns": "InvoiceDate", "format": "%m/%d/%Y %H:%M"}, "unit_price": "UnitPrice",
        },
    }  # fmt: skip
    text = (
        "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,Customer,Country\n"
        "536365,85123A,6,12/1/2010 8:26,2.55,17850,Wales\n536365,71053,6,12/1/2010 8:26,3.39,17850,Wales\n"
        "536370,22728,1,12/1/2010 8:45,3.75,,France\nC536379,D,-1,12/1/2010 9:41,27.50,14527,Wales\n"
        "536589,21777,-10,12/1/2010 16:50,0,,Wales\nA563186,B,1,8/12/2011 14:51,-11062.06,,Wales\n"
        "536365,85123A,6,12/1/2010 8:26,2.55,17850,Wales\n"
    )
    facts = taken({"invoices": (mapping, text)})
    require_sound(facts)
    sales = facts.transactions.set_index("transaction_id")
    columns = ["total_amount_minor", "transaction_status", "customer_id"]
    assert {name: tuple(row) for name, row in zip(sales.index, sales[columns].to_numpy(), strict=True)} == {
        "536365": (3564, "completed", "17850"), "536370": (375, "completed", None),
        "C536379": (-2750, "refunded", "14527"), "536589": (0, "completed", None),
        "A563186": (-1_106_206, "refunded", None),
    }  # fmt: skip
    lines = facts.transaction_items.set_index("transaction_id")
    assert lines.loc["C536379", ["quantity", "unit_price_minor", "line_total_minor"]].tolist() == [-1.0, 2750, -2750]
    assert lines.loc["536589", "quantity"] == -10.0 and lines.loc["536370", "extra"] == '{"Country":"France"}'
    assert facts.import_jobs["rows_duplicate"].tolist() == [1] and facts.rejected_rows.empty
