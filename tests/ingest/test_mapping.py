"""Mappings put to work on rows of strings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from shoplib.config.mapping import Mapping
from shoplib.errors import MappingError
from shoplib.ingest.mapping import Typed, apply
from shoplib.ingest.readers import RawFile


def applied(columns: dict[str, list[str]], **mapping: Any) -> Typed:
    rows = pd.DataFrame(columns, dtype=object)
    rows.index = pd.RangeIndex(1, len(rows) + 1)
    raw = RawFile(Path("sales.csv"), "", rows, pd.DataFrame(columns=["fields", "text"]))
    return apply(raw, Mapping.model_validate({"name": "till", **mapping}), "GBP")


def test_columns_are_joined_then_filled_then_translated() -> None:
    typed = applied(
        {"d": ["2024-01-02", "2024-01-02"], "t": ["10:00", ""], "m": ["c", ""], "v": ["1", "2"]},
        rows="transaction",
        fields={
            "timestamp": ["d", "t"],
            "total_amount": "v",
            "payment_method": {"columns": "m", "default": "K", "words": {"C": "cash", "k": "upi"}},
        },
        constants={"location_name": "Quay"},
    )
    assert typed.cells["timestamp"].tolist() == ["2024-01-02 10:00", "2024-01-02"]
    assert typed.words["payment_method"].tolist() == ["cash", "upi"]
    assert typed.cells["location_id"].tolist() == ["Quay", "Quay"]
    assert typed.has("location_name") and not typed.has("city")


@pytest.mark.parametrize(
    ("fields", "minor"),
    [
        ({"line_total": "v", "unit_price": "p", "quantity": "q"}, [500]),
        ({"unit_price": "p", "quantity": "q"}, [598]),
        ({"unit_price": "p"}, [199]),
    ],
)
def test_a_line_is_worth_its_total_or_quantity_times_price(fields: dict[str, str], minor: list[int]) -> None:
    typed = applied(
        {"d": ["2024-01-02"], "g": ["tea"], "q": ["3"], "p": ["1.994"], "v": ["5"]},
        rows="line", fields={"timestamp": "d", "product_id": "g", **fields},
    )  # fmt: skip
    assert typed.money is not None and typed.money.minor("GBP").tolist() == minor


def test_masters_are_worth_nothing() -> None:
    typed = applied(
        {"i": ["1"], "n": ["tea"], "p": ["2"]},
        rows="product", fields={"product_id": "i", "product_name": "n", "unit_price": "p"},
    )  # fmt: skip
    assert typed.money is None and typed.numbers["unit_price"].minor("GBP").tolist() == [200]


def test_columns_of_key_and_skip_must_be_there_too() -> None:
    with pytest.raises(MappingError, match='"no" is not in the file'):
        applied(
            {"d": ["2024-01-02"], "v": ["1"]},
            rows="transaction", fields={"timestamp": "d", "total_amount": "v"}, key=["no"],
        )  # fmt: skip
    with pytest.raises(MappingError, match='"state" is not in the file'):
        applied(
            {"d": ["2024-01-02"], "v": ["1"]},
            rows="transaction", fields={"timestamp": "d", "total_amount": "v"}, skip={"state": ["x"]},
        )  # fmt: skip
