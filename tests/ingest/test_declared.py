"""What mappings may name is what the declared tables hold."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.config.mapping import FIELDS, REQUIRED
from shoplib.contracts import tables
from shoplib.ingest import declared
from shoplib.ingest.declared import FILLED_IN, MINOR, TABLES


@pytest.mark.parametrize("target", TABLES)
def test_fields_of_a_record_are_the_columns_of_its_table(target: str) -> None:
    columns = tables.declared(TABLES[target]).__table__.columns
    fillable = [c for c in columns if c.name not in ("business_date", "visit_source", "extra")]
    assert list(FIELDS[target]) == [column.name.removesuffix(MINOR) for column in fillable]
    needed = {c.name for c in fillable if not c.nullable and c.name not in FILLED_IN}
    assert set(REQUIRED[target]) == needed


def test_every_kind_of_row_is_a_sale_a_master_or_a_record() -> None:
    assert set(FIELDS) - set(TABLES) == {"transaction", "line", "item", "location", "employee", "product"}
    assert declared.parts("line") == ()


def test_a_field_knows_what_its_column_may_hold() -> None:
    parts = {part.field: part for part in declared.parts("supplier_product")}
    assert (parts["unit_cost"].column, parts["unit_cost"].kind, parts["unit_cost"].nullable) == (
        "unit_cost_minor", "minor", True,
    )  # fmt: skip
    assert (parts["pack_units"].kind, parts["pack_units"].minimum) == ("whole", 1)
    assert (parts["supplier_id"].refers, parts["supplier_id"].key) == ("suppliers", True)
    assert declared.named("visit", "instant") == ("entered", "left")
    assert {part.words[0] for part in declared.parts("movement") if part.words} == {"opening"}


@given(st.lists(st.tuples(st.text(max_size=2), st.integers(0, 2))))
def test_rows_are_put_in_the_order_of_code_points_and_stay_where_alike(rows: list[tuple[str, int]]) -> None:
    rows = [(text.encode("utf-8", "ignore").decode(), number) for text, number in rows]
    frame = pd.DataFrame(rows, columns=["b", "a"]).astype({"b": object, "a": "int64"})
    found = declared.in_order(frame, ["b", "a"])
    assert found.index.tolist() == sorted(range(len(rows)), key=lambda place: rows[place])
