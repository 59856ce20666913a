"""Exports as shops have them: each is taken in whole, or fails with a named cause."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.errors import ShopError
from shoplib.ingest.facts import Facts, take_in

HEAD = ["id", "at", "total"]
ROWS = [["T1", "2024-06-01 10:00", "1234.50"], ["T2", "2024-06-02 11:30", "7"]]
TEXT = "id,at,total\nT1,2024-06-01 10:00,1234.50\nT2,2024-06-02 11:30,7\n"
EUROPEAN = "id;at;total\nT1;01.06.2024 10:00;1.234,50\nT2;02.06.2024 11:30;7\n"
GERMAN = {"delimiter": ";", "decimal": ",", "thousands": "."}
DAYS = "%d.%m.%Y %H:%M"
MONEY = 124150
Load = Callable[..., Facts]


@pytest.fixture
def load(tmp_path: Path, require_sound: Callable[[Facts], None]) -> Load:
    """Return a function that takes in one file of sales under settings of its mapping."""

    def of(kind: str, data: bytes | str, format_: str = "", **mapping: Any) -> Facts:
        path = tmp_path / "till"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        source = {"kind": kind, "name": "till", "mapping": "till.yaml", "path": "till"}
        at = {"columns": "at", "format": format_}
        fields = {"transaction_id": "id", "timestamp": at, "total_amount": "total"}
        read = Mapping.model_validate({"name": "till", "rows": "transaction", "fields": fields, **mapping})
        ingest = Ingest.model_validate({"sources": [source], "max_set_aside_share": 0.5})
        facts = take_in(Shop(), ingest, {"till.yaml": read}, {"till": [path]})
        require_sound(facts)
        return facts

    return of


def files(book_of: Callable[..., bytes], parquet_of: Callable[..., bytes]) -> dict[str, tuple[Any, ...]]:
    """Return kind, content, format of times and mapping of files that all say the same two sales."""
    moments = [dt.datetime(2024, 6, 1, 10), dt.datetime(2024, 6, 2, 11, 30)]
    typed = [["T1", moments[0], 1234.5], ["T2", moments[1], 7]]
    merged = [["June"], ["id", "Sale", None], [None, "at", "total"], *typed]
    fields = {"transaction_id": "id", "timestamp": "Sale at", "total_amount": "Sale total"}
    table = pa.table({"id": ["T1", "T2"], "at": moments, "total": pa.array([1234.5, 7])})
    records = [{"id": row[0], "at": row[1], "total": float(row[2])} for row in ROWS]
    nested = [{"id": row[0], "sale": {"at": row[1], "total": row[2]}} for row in ROWS]
    deep = {"transaction_id": "id", "timestamp": "sale.at", "total_amount": "sale.total"}
    return {
        "plain": ("csv", TEXT, "", {}),
        "byte-order mark": ("csv", TEXT.encode("utf-8-sig"), "", {}),
        "semicolons, decimal comma, thousands mark": ("csv", EUROPEAN, DAYS, {"file": GERMAN}),
        "UTF-16": ("csv", TEXT.encode("utf-16"), "", {"file": {"encoding": "utf-16"}}),
        "UTF-16, other order, no mark": ("csv", TEXT.encode("utf-16-be"), "", {"file": {"encoding": "utf-16"}}),
        "hint of a spreadsheet": ("csv", "sep=;\n" + TEXT.replace(",", ";"), "", {"file": {"delimiter": ";"}}),
        "title": ("csv", "Sales of June\n\n" + TEXT, "", {"file": {"skip_lines": 2}}),
        "footer total": ("csv", TEXT + "Total,,1241.50\n", "", {"skip": {"id": ["Total"]}}),
        "mixed line ends": ("csv", TEXT.replace("\n", "\r\n", 1).replace("7\n", "7\r"), "", {}),
        "merged headings under a title": (
            "excel", book_of({"June": merged}, merged=["A1:C1", "A2:A3", "B2:C2"]), "",
            {"file": {"skip_lines": 1}, "fields": fields},
        ),
        "two sheets": (
            "excel", book_of({"Notes": [["a", "b"], ["x", "y"]], "Sales": [HEAD, *typed]}), "",
            {"file": {"sheet": "Sales"}},
        ),
        "a workbook with text and numbers under a decimal comma": (
            "excel", book_of({"S": [HEAD, ["T1", moments[0], "1.234,50"], typed[1]]}), "", {"file": GERMAN},
        ),
        "JSON": ("json", json.dumps(records), "", {}),
        "JSON within": ("json", json.dumps({"data": {"sales": nested}, "page": 1}), "", {"fields": deep}),
        "JSON lines": ("json", "\n".join(json.dumps(record) for record in records), "", {}),
        "parquet": ("parquet", parquet_of(table), "", {}),
        "parquet under a decimal comma": ("parquet", parquet_of(table), "", {"file": GERMAN}),
    }  # fmt: skip


NAMES = list(files(lambda *_, **__: b"", lambda _: b""))


@pytest.mark.parametrize("name", NAMES)
def test_one_table_however_it_is_written(
    load: Load, name: str, book_of: Callable[..., bytes], parquet_of: Callable[..., bytes]
) -> None:
    kind, data, format_, mapping = files(book_of, parquet_of)[name]
    facts = load(kind, data, format_, **mapping)
    assert sorted(facts.transactions["total_amount_minor"]) == [700, 123450]
    assert facts.import_jobs[["rows_loaded", "money_loaded_minor"]].to_numpy().tolist() == [[2, MONEY]]


FAILING = {
    "mixed dates": ("csv", TEXT.replace("2024-06-02 11:30", "02/06/2024 11:30"), {}, ["unreadable_time"]),
    "day or month is never guessed": ("csv", TEXT.replace("2024-06-02", "02-06-24"), {}, ["unreadable_time"]),
    "thousands mark not named": ("csv", TEXT.replace("1234.50", '"1,234.50"'), {}, ["unreadable_number"]),
    "ragged": ("csv", TEXT.replace("11:30,7", "11:30"), {}, ["row_shape"]),
    "header again": ("csv", TEXT.replace("\nT2", "\nid,at,total\nT2"), {}, ["row_shape"]),
    "footer not named": ("csv", TEXT + "Total,,1241.50\n", {}, ["empty_cell"]),
    "an error of a formula": (
        "excel", [["T1", "2024-06-01 10:00", 5], ["T2", "2024-06-02", "#REF!"]], {}, ["unreadable_number"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILING)
def test_a_bad_row_is_set_aside_with_its_cause(load: Load, book_of: Callable[..., bytes], name: str) -> None:
    kind, data, mapping, rules = FAILING[name]
    facts = load(kind, book_of({"S": [HEAD, *data]}) if kind == "excel" else data, **mapping)
    assert facts.rejected_rows["rule"].tolist() == rules


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (TEXT.encode("utf-16"), "The file is not written in utf-8"),
        (EUROPEAN, "The file has only one column"),
        ("", "The file is empty"),
        ("id,at,total\n", "The file has a header and no rows"),
        (TEXT.replace("T1,", 'T1,"'), "A quotation mark is opened and never closed"),
        (b"PK\x03\x04" + b"\0" * 50, "The file is not text"),
        (TEXT.replace("total", "sum"), "Mapping till names 1 column the file does not have"),
    ],
)
def test_a_bad_file_is_refused_with_its_cause(load: Load, data: bytes | str, cause: str) -> None:
    with pytest.raises(ShopError) as caught:
        load("csv", data)
    assert str(caught.value).splitlines()[0] == cause
