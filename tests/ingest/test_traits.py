"""Traits of what was sold, and sales files whose product columns say what was sold."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.base import digest
from shoplib.config.mapping import Mapping
from shoplib.errors import MappingError
from shoplib.ingest.facts import Facts
from shoplib.ingest.mapping import read_fields

TakeIn = Callable[..., Facts]
LINES: dict[str, Any] = {
    "rows": "line",
    "fields": {"transaction_id": "id", "timestamp": "at", "product_id": "what", "line_total": "v"},
    "attributes": {"size": "Size", "colour": "Colour"},
}
HEAD = "id,at,what,v,Colour,Size\n"
WATER: dict[str, Any] = {
    "rows": "transaction",
    "key": ["id"],
    "fields": {
        "transaction_id": "id", "timestamp": "at", "product_id": "can", "quantity": "cans", "total_amount": "amount",
        "payment_method": "mode", "payment_status": "state", "customer_id": "who",
    },
}  # fmt: skip


def test_traits_of_a_line_are_one_text(taken: TakeIn, require_sound: Callable[[Facts], None]) -> None:
    rows = (
        "T1,2024-06-01,polo,5,navy,M\nT1,2024-06-01,shirt,6,,L\nT2,2024-06-01,bag,7,,\nT3,2024-06-01,polo,5,piqué,M\n"
    )
    facts = taken({"lines": (LINES, HEAD + rows)})
    require_sound(facts)
    found = dict(zip(facts.transaction_items["product_id"], facts.transaction_items["attributes"], strict=True))
    assert facts.transaction_items["attributes"].tolist()[0] == '{"colour":"navy","size":"M"}'
    assert found["shirt"] == '{"size":"L"}' and found["bag"] is None
    assert json.loads(found["polo"]) == {"colour": "piqué", "size": "M"}


def test_rows_that_differ_in_a_trait_are_no_repeats(taken: TakeIn) -> None:
    rows = "T1,2024-06-01,polo,5,navy,M\nT1,2024-06-01,polo,5,sage,M\nT1,2024-06-01,polo,5,navy,M\n"
    facts = taken({"lines": ({**LINES, "equal_lines": "repeats"}, HEAD + rows)})
    assert facts.import_jobs[["rows_loaded", "rows_duplicate"]].to_numpy().tolist() == [[2, 1]]
    facts = taken({"lines": ({**LINES, "key": ["id", "what"]}, HEAD + rows)})
    assert facts.rejected_rows["rule"].tolist() == ["conflict"]


def test_items_of_files_of_their_own_have_traits_too(taken: TakeIn) -> None:
    till = {"rows": "transaction", "fields": {"transaction_id": "id", "timestamp": "at", "total_amount": "v"}}
    fields = {"transaction_id": "id", "product_id": "what", "quantity": "q", "line_total": "v"}
    facts = taken(
        {
            "till": (till, "id,at,v\nT1,2024-06-01,5\n"),
            "items": (
                {"rows": "item", "fields": fields, "attributes": {"size": "s"}},
                "id,what,q,v,s\nT1,polo,1,5,XL\n",
            ),
        }
    )
    assert facts.transaction_items["attributes"].tolist() == ['{"size":"XL"}']


def test_a_column_of_a_trait_must_be_there(taken: TakeIn) -> None:
    with pytest.raises(MappingError, match='"Colour" is not in the file'):
        taken({"lines": (LINES, "id,at,what,v,Size\nT1,2024-06-01,polo,5,M\n")})


@given(rows=st.lists(st.tuples(*[st.sampled_from(["", "a", "b", "ä\n"])] * 3), min_size=1, max_size=12))
def test_traits_are_what_a_loop_over_the_rows_finds(rows: list[tuple[str, ...]]) -> None:
    traits = {"x": "c2", "w": "c1", "y": "c3", "z": "c1"}
    frame = pd.DataFrame(rows, columns=["c1", "c2", "c3"], dtype=object).assign(at="2024-06-01", what="tea", v="1")
    mapping = Mapping.model_validate(
        {"rows": "line", "fields": {"timestamp": "at", "product_id": "what", "line_total": "v"}, "attributes": traits}
    )
    naive = []
    for row in frame.to_dict("records"):
        filled = {name: row[column] for name, column in traits.items() if row[column]}
        naive.append(digest.canonical(filled) if filled else "")
    assert read_fields(frame, mapping, "GBP").cells["attributes"].tolist() == naive


def test_a_sale_of_one_product_makes_one_line(taken: TakeIn, require_sound: Callable[[Facts], None]) -> None:
    text = (
        "id,at,can,cans,amount,mode,state,who\n"
        "T1,2024-03-04 08:00:00,20 L,2,80,UPI,paid,K1\n"
        "T2,2024-03-04 08:05:00,10 L,3,100,Coins,unpaid,\n"
        "T3,2024-03-04 08:09:00,20 L,1,40,Cash,credit,K2\n"
        "T4,2024-03-04 08:12:00,20 L,0,40,Cash,on account,K2\n"
    )
    facts = taken({"sales": (WATER, text)}, currency="INR", timezone="Asia/Kolkata")
    require_sound(facts)
    items = facts.transaction_items.astype(object).where(facts.transaction_items.notna(), None)
    columns = ["transaction_id", "line_number", "product_id", "quantity", "unit_price_minor", "line_total_minor"]
    assert items[columns].to_numpy().tolist() == [
        ["T1", 1, "20 L", 2.0, 4000, 8000],
        ["T2", 1, "10 L", 3.0, None, 10000],  # a third of a rupee is no price
        ["T3", 1, "20 L", 1.0, 4000, 4000],
        ["T4", 1, "20 L", 0.0, None, 4000],
    ]
    sales = facts.transactions
    assert sales["payment_method"].tolist() == ["upi", "coins", "cash", "cash"]
    assert sales["payment_status"].tolist() == ["paid", "unpaid", "credit", "credit"]
    assert sales["subtotal_minor"].tolist() == sales["total_amount_minor"].tolist() == [8000, 10000, 4000, 4000]
    assert facts.customers["customer_id"].tolist() == ["K1", "K2"]
    prices = facts.products.set_index("product_id")["unit_price_minor"]
    assert prices["20 L"] == 4000 and prices.isna()["10 L"]
