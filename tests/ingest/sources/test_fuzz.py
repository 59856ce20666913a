"""Files damaged in every way we can think of: read or refused with a cause, nothing lost, nothing else raised.

Every sixth one is taken in as well. ``SHOPLIB_FUZZ=10000`` asks for that many cases instead of a few.
"""

from __future__ import annotations

import io
import json
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from shoplib.config.mapping import FileFormat, Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.errors import ShopError
from shoplib.ingest.facts import Facts, take_in
from shoplib.ingest.sources import Kind, batches, kind_of, read

CASES = int(os.environ.get("SHOPLIB_FUZZ", "300"))
SUFFIX = {"csv": ".csv", "json": ".json", "excel": ".xlsx", "parquet": ".parquet"}
FileOf = Callable[..., bytes]
NAMES = ["id", "at", "what", "quantity", "total"]
SEED_ROWS = [
    ["T1", "2024-06-01 10:00", "tea", "1", "2.50"],
    ["T2", "2024-06-01 10:05", "crème brûlée", "2", "14.00"],
    ["T3", "2024-06-02 11:00", "naïve, \"quoted\"", "1", "7"],
    ["T4", "2024-06-02 23:59", "line\nbreak", "3", "-9.99"],
    ["T5", "2024-06-03 00:00", "", "1", "0"],
]  # fmt: skip
ODD = (
    "", " ", "=1+1", "=HYPERLINK(\"http://x\")", "+cmd|' /C calc'!A0", "@SUM(A1)", "9" * 400, "1e400", "-1e-400", "NaN",
    "inf", "٣", "１２", "\u202e123", "a\u0301", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\ufeff", "\u2028", "\x1f", "\x85", "\u00a0", "null", "true", "31/02/2024", "2024-13-01", "0000-00-00",
    "9999-12-31 23:59:59", "id", "total", "\\", "'", '"', ";", ",", "\t", "\r", "\r\n", "<x>&amp;", "x" * 5000,
)  # fmt: skip
BYTES = (b"\0", b"\xff", b'"', b"\r", b"\n", b"\r\n", b",", b";", b"\t", b"{", b"}", b"[", b"]", b"\xef\xbb\xbf",
         b"1e999999999", b"\\u0000", b"\\ud800", b"&lol;", b"</c>", b"<f>1</f>", b"-", b"NaN",
         b"#REF!", b'r="A9999999"')  # fmt: skip
MAPPING = Mapping.model_validate(
    {
        "name": "till", "rows": "transaction",
        "fields": {"transaction_id": "id", "timestamp": "at", "product_name": "what", "quantity": "quantity",
                   "total_amount": "total"},
    }
)  # fmt: skip


def rows(chance: random.Random) -> tuple[list[str], list[list[str]]]:
    """Return the table with some of its cells, rows or names made odd."""
    names, table = list(NAMES), [list(row) for row in SEED_ROWS]
    for _ in range(chance.randrange(4)):
        table[chance.randrange(len(table))][chance.randrange(5)] = chance.choice(ODD)
    how = chance.randrange(8)
    if how == 0:
        table.insert(chance.randrange(len(table)), list(names))
    elif how == 1:
        table.append(list(chance.choice(table)))
    elif how == 2:
        names[chance.randrange(5)] = chance.choice((*NAMES, *ODD))
    elif how == 3:
        del table[chance.randrange(len(table)) :]
    return names, table


def written(chance: random.Random, kind: Kind, file_of: FileOf) -> bytes:
    """Return the bytes of such a table, written in one of the ways that a kind knows."""
    names, table = rows(chance)
    if kind == "excel":
        table = [["".join(c for c in cell if c.isprintable()) for cell in row] for row in table]
        names = ["".join(c for c in name if c.isprintable()) for name in names]
    data = file_of(kind, names, table)
    if kind == "csv":
        text = data.decode()
        if chance.random() < 0.3:
            text = text.replace('"', "")
        if chance.random() < 0.2:
            text = text.replace(",", chance.choice(";\t|"))
        if chance.random() < 0.2:
            text = "".join(chance.choice(("\n", "\r", "\r\n")) if c == "\n" else c for c in text)
        if chance.random() < 0.1:
            text = text.split("\n", 1)[-1]
        return text.encode(chance.choice(["utf-8"] * 6 + ["utf-16", "utf-8-sig", "cp1252", "utf-16-be"]), "replace")
    if kind == "json" and chance.random() < 0.5:
        found = json.loads(data)
        if chance.random() < 0.5:
            return json.dumps({"data": {"orders": found}, "page": 1}).encode()
        return "\n".join(json.dumps(record) for record in found).encode()
    return data


def damaged(chance: random.Random, data: bytes, times: int) -> bytes:
    """Return bytes with some of them flipped, cut out, doubled, or put in."""
    text = bytearray(data)
    for _ in range(times):
        at = chance.randrange(len(text) + 1) if text else 0
        how = chance.randrange(6)
        if how == 0 and at < len(text):
            text[at] ^= 1 << chance.randrange(8)
        elif how == 1:
            del text[at : at + chance.randrange(1, 40)]
        elif how == 2:
            text[at:at] = text[at : at + chance.randrange(1, 60)]
        elif how == 3:
            text[at:at] = chance.choice(BYTES)
        elif how == 4 and chance.random() < 0.3:
            del text[at:]
        elif how == 5 and at < len(text):
            text[at] = chance.randrange(256)
    return bytes(text)


def damaged_within(chance: random.Random, data: bytes) -> bytes:
    """Return a zip archive with one of its parts damaged and packed again, so that every sum is right."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        hit = chance.choice([name for name in names if "sheet" in name or chance.random() < 0.3] or names)
        for name in names:
            part = old.read(name)
            if name != hit:
                new.writestr(name, part)
            elif chance.random() < 0.95:
                new.writestr(name, damaged(chance, part, chance.randrange(1, 4)))
    return stream.getvalue()


def case(number: int, file_of: FileOf) -> tuple[Kind, bytes]:
    """Return the kind and the bytes of one case; a number always gives the same."""
    chance = random.Random(number)
    kind: Kind = chance.choice(("csv", "csv", "json", "json", "excel", "parquet"))
    data = written(chance, kind, file_of)
    if kind == "excel" and chance.random() < 0.6:
        data = damaged_within(chance, data)
    elif chance.random() < 0.75:
        data = damaged(chance, data, chance.randrange(1, 5))
    return kind, data


def same(path: Path, kind: Kind) -> None:
    """Fail unless a file is read, whole and in batches alike, or refused both times for the same cause."""
    try:
        whole, fault = read(path, kind, FileFormat()), ""
    except ShopError as error:
        whole, fault = None, str(error)
    try:
        parts = list(batches(path, kind, FileFormat(), 2))
    except ShopError as error:
        assert str(error) == fault
        return
    assert whole is not None
    assert all(part.rows_in <= 2 for part in parts)
    pd.testing.assert_frame_equal(pd.concat([part.rows for part in parts]), whole.rows)
    pd.testing.assert_frame_equal(pd.concat([part.misshapen for part in parts]), whole.misshapen)
    numbers = [*whole.rows.index, *whole.misshapen.index]
    assert len(set(numbers)) == len(numbers)
    assert whole.rows.index.is_monotonic_increasing and whole.misshapen.index.is_monotonic_increasing
    pa.Table.from_pandas(whole.rows)  # every cell is text that can be written


@pytest.mark.parametrize("part", range(10))
def test_a_damaged_file_is_read_or_refused_with_a_cause_and_nothing_is_lost(
    tmp_path: Path, part: int, file_of: FileOf, require_sound: Callable[[Facts], None]
) -> None:
    for number in range(part, CASES, 10):
        kind, data = case(number, file_of)
        path = tmp_path / f"{number}{SUFFIX[kind]}"
        path.write_bytes(data)
        try:
            if data.strip():
                assert kind_of(path) in SUFFIX
            same(path, kind)
            if number % 6 == 0:  # the long way
                loaded(path, kind, require_sound)
        except Exception as error:
            error.add_note(f"case {number}")
            raise
        path.unlink()


def loaded(path: Path, kind: Kind, require_sound: Callable[[Facts], None]) -> None:
    """Fail unless every row and penny of a file is loaded, set aside or repeated, or the file refused."""
    source = {"kind": kind, "name": "till", "mapping": "till.yaml", "path": path.name, "on_bad_file": "refuse"}
    ingest = Ingest.model_validate({"sources": [source], "max_set_aside_share": 1.0})
    try:
        facts = take_in(Shop(), ingest, {"till.yaml": MAPPING}, {"till": [path]})
    except ShopError:
        return
    require_sound(facts)
    job = facts.import_jobs.iloc[0]
    if job["status"] == "loaded":
        assert job["rows_in"] == read(path, kind, FileFormat()).rows_in
