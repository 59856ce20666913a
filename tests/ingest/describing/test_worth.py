"""Amounts found by arithmetic where names do not tell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.config.mapping import FileFormat
from shoplib.ingest.dates import Hints
from shoplib.ingest.describing.clues import by_name, look_at
from shoplib.ingest.describing.worth import Worth, find_worth


def found(frame: dict[str, list[object]]) -> Worth:
    rows = pd.DataFrame({name: [str(value) for value in values] for name, values in frame.items()}, dtype=object)
    columns = look_at(rows, FileFormat(), "GBP", Hints())
    return find_worth(columns, by_name(columns))


QUANTITY = [1, 2, 3, 1, 2, 5]
PRICE = [2.5, 3.75, 1.2, 9.99, 4.0, 7.35]
VALUE = [round(q * p, 2) for q, p in zip(QUANTITY, PRICE, strict=True)]


def test_nameless_columns_that_multiply() -> None:
    worth = found({"c1": [10, 11, 12, 13, 14, 15], "c2": VALUE, "c3": PRICE, "c4": QUANTITY})
    assert worth.columns == {"quantity": "c4", "unit_price": "c3", "total_amount": "c2"}
    assert worth.evidence["quantity"] == "c4 × c3 = c2 in 100.0% of the rows"


def test_subtotal_and_tax_under_a_total() -> None:
    tax = [round(v * 0.05, 4) for v in VALUE]
    total = list(np.round(np.add(VALUE, tax), 4))
    worth = found({"Qty": QUANTITY, "Price": PRICE, "cost": VALUE, "levy": tax, "Total": total})
    assert worth.columns["subtotal"] == "cost" and worth.columns["tax_total"] == "levy"


def test_a_subtotal_that_does_not_add_up_is_left_out_and_asked() -> None:
    worth = found({"Total": VALUE, "Subtotal": PRICE})
    assert "subtotal" not in worth.columns
    assert worth.questions == ['"Subtotal" looks like a subtotal but does not add up to the total; it was left out']


def test_the_only_amount_is_taken_and_asked() -> None:
    worth = found({"number": QUANTITY, "beilage": PRICE})
    assert worth.columns["total_amount"] == "beilage"
    assert worth.questions == ['is "beilage" the amount of a sale? its name does not say so']


def test_nothing_that_looks_like_money() -> None:
    assert not {"total_amount", "unit_price"} & found({"a": QUANTITY, "b": list("uvwxyz")}).columns.keys()
