"""Batches put together are what is read at once, whatever the kind and the size."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from shoplib.config.mapping import FileFormat
from shoplib.errors import SourceError
from shoplib.ingest.readers import RawFile
from shoplib.ingest.sources import Kind, batches, guard, kind_for, kind_of, read

SHEET = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=6)
TABLE = st.lists(st.tuples(SHEET, SHEET, SHEET), min_size=1, max_size=12)
WIDTHS = st.lists(st.integers(0, 5), min_size=1, max_size=40)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def require_alike(path: Path, kind: Kind, rows: int, **how: Any) -> RawFile | None:
    """Fail unless batches of a file are what is read at once; return that, or nothing if both are refused."""
    form = FileFormat.model_validate(how)
    try:
        whole = read(path, kind, form)
    except SourceError as error:
        with pytest.raises(SourceError) as caught:
            list(batches(path, kind, form, rows))
        assert str(caught.value) == str(error)
        return None
    parts = list(batches(path, kind, form, rows))
    assert all(part.rows_in <= rows and part.sha256 == whole.sha256 for part in parts)
    pd.testing.assert_frame_equal(pd.concat([part.rows for part in parts]), whole.rows)
    pd.testing.assert_frame_equal(pd.concat([part.misshapen for part in parts]), whole.misshapen)
    return whole


@FEW
@given(table=TABLE, kind=st.sampled_from(["csv", "json", "excel", "parquet"]), rows=st.integers(1, 5))
def test_any_kind(
    tmp_path: Path, file_of: Callable[..., bytes], table: Sequence[Sequence[str]], kind: Kind, rows: int
) -> None:
    assume(kind != "excel" or not any(cell.startswith("=") for row in table for cell in row))  # would be formulas
    path = tmp_path / "table"
    path.write_bytes(file_of(kind, ["x", "y", "z"], table))
    whole = require_alike(path, kind, rows)
    kept = [[cell.strip() for cell in row] for row in table]
    expected = [row for row in kept if any(row) and row != ["x", "y", "z"]]
    assert expected == ([] if whole is None else whole.rows.to_numpy().tolist())
    assert kind_of(path) == kind


@FEW
@given(widths=WIDTHS, rows=st.integers(1, 7), block=st.integers(60, 200), ends=st.sampled_from(["\n", "\r", "\r\n"]))
def test_delimited_records_of_any_width_over_any_border_of_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, widths: list[int], rows: int, block: int, ends: str
) -> None:
    monkeypatch.setattr(guard, "MAX_RECORD_BYTES", block)
    path = tmp_path / "table.csv"
    lines = [",".join(f'"{at}\r\n""{width}"' for at in range(width)) for width in widths]
    path.write_bytes(ends.join(["a,b", *lines]).encode())
    whole = require_alike(path, "csv", rows)
    good = [at for at, width in enumerate(widths, 1) if width == 2]
    bad = [at for at, width in enumerate(widths, 1) if width not in (0, 2)]
    found = ([], []) if whole is None else (whole.rows.index.tolist(), whole.misshapen.index.tolist())
    assert found == (good, bad)
    assert whole is None or whole.rows["b"].eq('1\r\n"2').all()


@FEW
@given(text=st.text(st.sampled_from('a1,;"\n\r é\t'), max_size=60), rows=st.integers(1, 4))
def test_any_text_is_read_alike_or_refused_alike(tmp_path: Path, text: str, rows: int) -> None:
    path = tmp_path / "table.csv"
    path.write_text("x,y\n" + text, encoding="utf-8", newline="")
    require_alike(path, "csv", rows)


@FEW
@given(
    records=st.lists(
        st.dictionaries(st.sampled_from("abc"), st.integers() | st.none() | st.lists(st.booleans())), max_size=9
    ),
    rows=st.integers(1, 4),
)
def test_json_lines_with_columns_that_come_late(tmp_path: Path, records: list[dict[str, Any]], rows: int) -> None:
    path = tmp_path / "table.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in records))
    require_alike(path, "json", rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "shift_jis"])
def test_encodings_over_any_border_of_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    word = "日本" if encoding == "shift_jis" else "café"
    text = "x,y\r\n" + "".join(f"{word}{n},{n}\r\n" for n in range(50))
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    for size in (5, 64, 129):
        monkeypatch.setattr("shoplib.ingest.sources.streams.PART_BYTES", size)
        whole = require_alike(path, "csv", 7, encoding=encoding)
        assert whole is not None and whole.rows["x"].tolist() == [f"{word}{n}" for n in range(50)]


def test_what_a_source_says_is_how_its_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text('{"a": 1}\n{"a": 2}\n')
    assert [kind_for(kind, path) for kind in ("simulated", "csv", "excel", "inbox")] == ["csv", "csv", "excel", "json"]


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"PK\x03\x04", "a.csv", "excel"), (guard.OLD_OFFICE, "a", "excel"), (b"PAR1", "a", "parquet"),
        (b' \n[ {"a":1}]', "a.csv", "json"), ("[{}]".encode("utf-16"), "a", "json"), (b"\xef\xbb\xbf{}", "a", "json"),
        (b"[Export of June]\na,b", "a", "csv"), (b"a,b", "a.JSONL", "json"), (b"a,b", "a.dat", "csv"),
    ],
)  # fmt: skip
def test_a_kind_is_told_by_the_first_bytes_then_by_the_name(tmp_path: Path, head: bytes, name: str, kind: Kind) -> None:
    (tmp_path / name).write_bytes(head)
    assert kind_of(tmp_path / name) == kind


def test_an_error_may_come_after_batches_that_were_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shoplib.ingest.sources.streams.PART_BYTES", 64)
    monkeypatch.setattr("shoplib.ingest.sources.delimited.HEADER_CHARACTERS", 10)
    monkeypatch.setattr(guard, "MAX_RECORD_BYTES", 64)
    path = tmp_path / "table.csv"
    path.write_bytes(b"x,y\n" + b"1,2\n" * 100 + b"3,\xe9\n")
    with pytest.raises(SourceError, match="not written in utf-8"):
        list(batches(path, "csv", FileFormat(), 10))
