"""What the fields of a record are, by the declared table that a record of its kind fills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shoplib.config.mapping import FIELDS
from shoplib.contracts import convert, tables

Kind = Literal["text", "whole", "real", "minor", "day", "instant"]

# In the order in which references can be followed: whom others name comes first.
TABLES = {
    "customer": "customers",
    "supplier": "suppliers",
    "supplier_product": "supplier_products",
    "purchase_order": "purchase_orders",
    "purchase_order_line": "purchase_order_lines",
    "price": "product_prices",
    "promotion": "promotions",
    "movement": "stock_movements",
    "count": "stock_counts",
    "visit": "visits",
}
MINOR = "_minor"
FILLED_IN = {
    "business_date": "from the time and the place",
    "visit_source": "log",
    "location_id": "the only place",
    "extra": "from the columns nothing names",
}
"""Columns that need no field: what stands there then."""


@dataclass(frozen=True)
class Part:
    """One field of a record and the column it fills."""

    field: str
    column: str
    kind: Kind
    nullable: bool
    key: bool
    minimum: float | None
    words: tuple[str, ...]
    refers: str
    """Table whose key it holds, or ``""``."""


@cache
def parts(target: str) -> tuple[Part, ...]:
    """Return the fields of a kind of record with what their columns may hold; ``()`` for what is no record."""
    if target not in TABLES:
        return ()
    columns = tables.declared(TABLES[target]).__table__.columns
    found = []
    for name in FIELDS[target]:
        column = columns[name] if name in columns else columns[name + MINOR]
        told = [key.target_fullname.partition(".")[0] for key in column.foreign_keys]
        kind = "minor" if column.name.endswith(MINOR) else _kind(convert.arrow_type(column.type))
        found.append(
            Part(
                name, column.name, kind, bool(column.nullable), bool(column.primary_key), column.info["minimum"],
                column.info["words"], told[0] if told else "",
            )
        )  # fmt: skip
    return tuple(found)


def _kind(kind: pa.DataType) -> Kind:
    if pa.types.is_timestamp(kind):
        return "instant"
    if pa.types.is_date(kind):
        return "day"
    if pa.types.is_floating(kind):
        return "real"
    return "whole" if pa.types.is_integer(kind) else "text"


def named(target: str, *kinds: Kind) -> tuple[str, ...]:
    """Return the fields of a record that are of the given kinds."""
    return tuple(part.field for part in parts(target) if part.kind in kinds)


def in_order(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return rows sorted by some columns without gaps, those alike as they stood."""
    if len(rows) < 2:
        return rows
    keys = pa.table({name: pa.array(rows[name], from_pandas=True) for name in columns})
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in columns])
    return rows.take(order.to_numpy())
