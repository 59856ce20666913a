"""Delimited text: what is read however it is written, and each way in which it is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shoplib.ingest.readers import RawFile
from shoplib.ingest.sources import guard

Reading = Callable[..., RawFile]
Refused = Callable[..., str]


def test_lines_of_title_above_the_header_are_passed_over(reading: Reading) -> None:
    raw = reading("csv", 'Sales of June\r"unclosed\r\n\na,b\n1,2\n', skip_lines=3)
    assert raw.rows.to_dict("list") == {"a": ["1"], "b": ["2"]} and raw.rows.index.tolist() == [1]


def test_a_title_that_nobody_named_is_told_with_its_lines(refused: Refused) -> None:
    assert refused("csv", "Sales of June\n\na,b\n1,2\n") == (
        "The file has only one column\n"
        "  where   FOLDER/sales.csv\n"
        "  found   Sales of June\n"
        "  wanted  columns divided by comma\n"
        "  next    set file.skip_lines: 2 in the mapping, if that is a title"
    )


def test_more_lines_of_title_than_lines(refused: Refused) -> None:
    assert refused("csv", "a,b\n1,2\n", skip_lines=9) == (
        "The file ends above its header\n"
        "  where   FOLDER/sales.csv\n"
        "  found   2 lines\n"
        "  wanted  a header below 9 lines of title, as file.skip_lines says\n"
        "  next    correct file.skip_lines in the mapping"
    )


def test_all_line_ends_in_one_file(reading: Reading) -> None:
    raw = reading("csv", "a,b\r1,2\n3,4\r\n\r\n5,6\r7,8")
    assert raw.rows["a"].tolist() == ["1", "3", "5", "7"] and raw.rows.index.tolist() == [1, 2, 4, 5]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("written", ["utf-16-le", "utf-16-be"])
def test_utf16_in_either_order_with_and_without_its_mark(reading: Reading, encoding: str, written: str) -> None:
    if encoding in ("utf-16", written):
        for mark in ("", "\ufeff"):
            raw = reading("csv", (mark + "naïve,b\r\n1,2\r\n").encode(written), encoding=encoding)
            assert raw.rows.to_dict("list") == {"naïve": ["1"], "b": ["2"]}


def test_the_header_again_is_set_apart_and_totals_stay_rows(reading: Reading) -> None:
    raw = reading("csv", "a ,b\n1,2\na, b\n3,4\nTotal,6\n")
    assert raw.rows["a"].tolist() == ["1", "3", "Total"]
    assert raw.misshapen.reset_index().to_dict("list") == {"source_row": [2], "fields": [2], "text": ["a ,b"]}


def test_lines_of_delimiters_alone_hold_nothing(reading: Reading) -> None:
    raw = reading("csv", "a,b\n1,2\n,,,\n \n,\n3,4\n")
    assert raw.rows.index.tolist() == [1, 5] and raw.misshapen.empty


def test_rows_of_no_columns_at_all_are_all_told(reading: Reading) -> None:
    raw = reading("csv", "a,b\n1\n2\n3\n")
    assert raw.rows.empty and raw.misshapen["text"].tolist() == ["1", "2", "3"] and raw.rows_in == 3


def test_a_nul_character_is_told_with_its_line(refused: Refused) -> None:
    assert refused("csv", b"a,b\n1,2\n3,\0\n").splitlines()[:3] == [
        "The file holds NUL characters, which no text has", "  where   FOLDER/sales.csv",
        "  found   the first on line 3, as utf-8",
    ]  # fmt: skip


def test_an_open_mark_that_swallows_rows_into_a_record_of_another_width(refused: Refused) -> None:
    assert refused("csv", 'a,b\n1,2\n"3,4\n5,6\n7,8\n') == (
        "A quotation mark is opened and never closed\n"
        "  where   FOLDER/sales.csv, row 2\n"
        "  found   3 lines in one cell that begins with '3,4\\n5,6\\n7,8'\n"
        "  next    close the mark in the file, or export it again"
    )


def test_too_many_columns(refused: Refused) -> None:
    assert refused("csv", "a," * 4096 + "b\n1\n") == (
        "The file has too many columns\n"
        "  where   FOLDER/sales.csv\n"
        "  found   4,097 columns\n"
        "  wanted  at most 4,096\n"
        "  next    look for a wrong delimiter or keys that are values, or export only the columns needed"
    )


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x" * (guard.MAX_CELL_BYTES + 1) + ",1", "1,048,577 bytes in column a"),
        ("x," * guard.MAX_CELL_BYTES, "a record of 2,097,152 characters"),
    ],
)
def test_a_cell_or_a_record_that_nobody_can_have_meant(refused: Refused, line: str, found: str) -> None:
    assert refused("csv", f"a,b\n1,2\n{line}\n3,4\n") == (
        "A cell is too long\n"
        "  where   FOLDER/sales.csv, row 2\n"
        f"  found   {found}\n"
        "  wanted  at most 1,048,576 bytes\n"
        "  next    look for a quotation mark that is never closed, or leave the column out of the export"
    )


def test_a_record_longer_than_what_is_read_at_once(refused: Refused) -> None:
    text = 'a,b\n1,2\n3,"' + "x" * (3 * guard.MAX_RECORD_BYTES)
    assert refused("csv", text) == (
        "The file cannot be read as a table\n"
        "  where   FOLDER/sales.csv\n"
        "  found   a record that is longer than a block\n"
        "  wanted  records of at most 8,388,608 bytes\n"
        "  next    look for a quotation mark that is never closed"
    )


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"PK\x03\x04", "a workbook or an archive"), (b"PAR1", "a parquet file"), (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08", "compressed (gzip)"), (b"SQLite format 3\0", "an SQLite database"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_named(refused: Refused, data: bytes, found: str) -> None:
    assert refused("csv", data).splitlines()[:3] == [
        "The file is not text", "  where   FOLDER/sales.csv", f"  found   {found}",
    ]  # fmt: skip
