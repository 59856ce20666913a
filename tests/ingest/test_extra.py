"""Columns that nothing names are kept beside the facts, and never count as content."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from shoplib.config.mapping import FIELDS, Mapping
from shoplib.ingest import sources
from shoplib.ingest.facts import Facts
from shoplib.ingest.mapping import read_fields

TakeIn = Callable[..., Facts]
TILL: dict[str, Any] = {
    "rows": "transaction",
    "key": ["id"],
    "fields": {"transaction_id": "id", "timestamp": "at", "total_amount": "v", "product_id": "what"},
}
HEAD = "id,at,v,what,Weather,Bag\n"
MASTERS = {"location": ("location_id", "location_name"), "employee": ("employee_id",), "product": ("product_id",)}


def test_what_nothing_names_is_kept_as_json(taken: TakeIn, require_sound: Callable[[Facts], None]) -> None:
    rows = 'T1,2024-06-01,5,tea,"sun, ""hot""",é\nT2,2024-06-01,6,rum,,\nT3,2024-06-02,7,,rain,\n'
    facts = taken({"till": (TILL, HEAD + rows)})
    require_sound(facts)
    assert facts.transactions["extra"].tolist() == [
        '{"Bag":"é","Weather":"sun, \\"hot\\""}',
        None,
        '{"Weather":"rain"}',
    ]
    assert json.loads(facts.transactions["extra"].iloc[0]) == {"Bag": "é", "Weather": 'sun, "hot"'}
    assert facts.transaction_items["extra"].tolist() == facts.transactions["extra"].tolist()[:2]


def test_columns_may_be_ignored_or_dropped(taken: TakeIn) -> None:
    rows = "T1,2024-06-01,5,tea,sun,é\n"
    some = taken({"till": ({**TILL, "ignore": ["Bag", "no such column"]}, HEAD + rows)})
    assert some.transactions["extra"].tolist() == ['{"Weather":"sun"}']
    none = taken({"till": ({**TILL, "extra": "drop"}, HEAD + rows)})
    assert none.transactions["extra"].isna().all()


def test_lines_keep_theirs_and_their_transaction_has_none(taken: TakeIn) -> None:
    fields = {"transaction_id": "id", "timestamp": "at", "product_id": "what", "line_total": "v"}
    facts = taken({"lines": ({"rows": "line", "fields": fields}, HEAD + "T1,2024-06-01,5,tea,sun,é\n")})
    assert facts.transactions["extra"].isna().all()
    assert facts.transaction_items["extra"].tolist() == ['{"Bag":"é","Weather":"sun"}']


def test_every_table_a_row_fills_keeps_them(taken: TakeIn, require_sound: Callable[[Facts], None]) -> None:
    sources: dict[str, Any] = {
        kind: (
            {"rows": kind, "fields": {name: name for name in FIELDS[kind]}},
            ",".join(FIELDS[kind]) + ",Shelf\n" + ",".join(f"{name[:1]}1" if name[-2:] == "id" or name[-4:] == "name"
                                                           else "" for name in FIELDS[kind]) + ",top\n",
        )
        for kind in (*MASTERS, "customer", "supplier")
    }  # fmt: skip
    facts = taken(sources)
    require_sound(facts)
    for name in ("locations", "employees", "products", "customers", "suppliers"):
        assert '{"Shelf":"top"}' in facts.tables()[name]["extra"].tolist(), name


def test_rows_that_differ_in_such_columns_alone_are_repeats(taken: TakeIn) -> None:
    rows = "T1,2024-06-01,5,tea,sun,\nT1,2024-06-01,5,tea,rain,\n"
    facts = taken({"till": (TILL, HEAD + rows)})
    assert facts.import_jobs[["rows_loaded", "rows_duplicate", "rows_set_aside"]].iloc[0].tolist() == [1, 1, 0]
    assert facts.transactions["extra"].tolist() == ['{"Weather":"sun"}']


def test_made_up_ids_do_not_depend_on_what_is_kept(taken: TakeIn) -> None:
    mapping = {**TILL, "key": [], "fields": {k: v for k, v in TILL["fields"].items() if k != "transaction_id"}}
    ids = [
        taken({"till": ({**mapping, "extra": extra}, HEAD + "T1,2024-06-01,5,tea,sun,\n")}).transactions
        for extra in ("keep", "drop")
    ]
    assert ids[0]["transaction_id"].tolist() == ids[1]["transaction_id"].tolist()


@given(st.lists(st.tuples(*[st.sampled_from(["", "a", "b, c", '"q"', "é\n\\"])] * 3), max_size=30))
def test_what_is_kept_is_what_a_loop_over_the_rows_finds(rows: list[tuple[str, ...]]) -> None:
    frame = pd.DataFrame([("2024-06-01", "1", *row) for row in rows], columns=["d", "v", "z", "x", "y"], dtype=object)
    mapping = Mapping.model_validate(
        {"name": "m", "rows": "transaction", "fields": {"timestamp": "d", "total_amount": "v"}, "ignore": ["x"]}
    )
    found = read_fields(frame, mapping, "GBP").cells["extra"].tolist()
    wanted = [{"z": z, "y": y} for z, _, y in rows]
    assert [json.loads(text) if text else {} for text in found] == [
        {name: cell for name, cell in cells.items() if cell} for cells in wanted
    ]


def test_numbers_of_a_parquet_file_are_read_right_whatever_marks_the_mapping_has(tmp_path: Path) -> None:
    pd.DataFrame({"d": ["2024-06-01"], "v": [1234.5]}).to_parquet(tmp_path / "sales.parquet")
    mapping = Mapping.model_validate(
        {
            "name": "m", "rows": "transaction", "fields": {"timestamp": "d", "total_amount": "v"},
            "file": {"decimal": ",", "thousands": "."},
        }
    )  # fmt: skip
    raw = sources.read(tmp_path / "sales.parquet", "parquet", mapping.file)
    assert read_fields(raw.rows, mapping, "GBP").numbers["total_amount"].real().tolist() == [1234.5]
