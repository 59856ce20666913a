"""The workbook with the bad rows: it comes back as it was, says what is wrong, and computes nothing."""

import json
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from shoplib.config.mapping import FileFormat
from shoplib.config.models import Shop
from shoplib.ingest import sources
from shoplib.ingest.dropped import mending
from shoplib.ingest.dropped.mending import IMPORT, ROW

SHOP = Shop.model_validate({"name": "Corner", "currency": "IDR"})
COLUMNS = ["id", "when", "total"]
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30).map(str.strip)


def rejected(*lines):
    """Return rejected rows of (row, rule, column, found, cells or raw text, money)."""
    return pd.DataFrame([
        {"source_row": row, "rule": rule, "column_name": column, "found": found, "reason": f"why {rule}",
         "money_minor": worth,
         "row_text": json.dumps(dict(zip(COLUMNS, cells, strict=True)) if isinstance(cells, list) else {"text": cells})}
        for row, rule, column, found, cells, worth in lines
    ]).astype({"money_minor": "Int64"})  # fmt: skip


def written(tmp_path, bad, **form):
    path = tmp_path / "a.csv.mend.xlsx"
    notes = mending.write(path, bad, FileFormat.model_validate(form), SHOP)
    return path, notes


def some(*lines):
    return mending.bad_rows("abc123", "a.csv", COLUMNS, rejected(*lines))


NUMBER = (7, "unreadable_number", "total", "1o", ["x1", "2024-07-01", "1o"], None)
SHAPE = (3, "row_shape", None, "4 fields", "x2,2024-07-01,1,2", None)
CONFLICT = (9, "conflict", "id", "x3", ["x3", "2024-07-02", "500"], 50_000)


def test_only_the_bad_rows_are_there_in_order_with_the_files_own_columns_and_where_they_are_from(tmp_path):
    path, notes = written(tmp_path, some(CONFLICT, NUMBER, SHAPE))
    rows = list(load_workbook(path)["Rows to mend"].values)
    assert rows == [
        ("id", "when", "total", IMPORT, ROW),
        ("x2,2024-07-01,1,2", None, None, "abc123", "3"),
        ("x1", "2024-07-01", "1o", "abc123", "7"),
        ("x3", "2024-07-02", "500", "abc123", "9"),
    ]
    assert notes == []


def test_a_bad_cell_is_coloured_and_says_what_is_wrong_and_what_is_wanted(tmp_path):
    path, _ = written(tmp_path, some(NUMBER, CONFLICT))
    sheet = load_workbook(path)["Rows to mend"]
    coloured = {cell.coordinate for row in sheet.iter_rows(min_row=2) for cell in row
                if cell.fill.fgColor.rgb == "FFF8CBAD"}  # fmt: skip
    assert coloured == {"C2", "A3"}
    assert sheet["C2"].comment.text == (
        "unreadable number\nwhy unreadable_number.\nFound: 1o\nWanted: a number, written as in the rest of the file."
    )
    assert sheet["A3"].comment.text == (
        "conflict\nwhy conflict.\nFound: x3\nWanted: what really happened; leave the row out of the file if the "
        "version that was loaded first is right.\nThis row: IDR500"
    )
    assert sheet.freeze_panes == "A2"


def test_a_rule_of_several_columns_colours_each(tmp_path):
    path, _ = written(tmp_path, some((1, "line_arithmetic", "id, total", "", ["a", "b", "c"], 1)))
    sheet = load_workbook(path)["Rows to mend"]
    assert [sheet[f"{letter}2"].fill.fgColor.rgb == "FFF8CBAD" for letter in "ABC"] == [True, False, True]


def test_an_empty_cell_is_coloured_too(tmp_path):
    path, _ = written(tmp_path, some((1, "empty_cell", "total", "", ["a", "b", ""], None)))
    assert load_workbook(path)["Rows to mend"]["C2"].fill.fgColor.rgb == "FFF8CBAD"


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-5", "@SUM(A1)", '=HYPERLINK("http://x","y")', "=cmd|' /C x'!A0"])
def test_nothing_becomes_a_formula_and_all_comes_back_unchanged(tmp_path, text):
    path, _ = written(tmp_path, some((1, "unreadable_number", "total", text, ["a", text, text], None)))
    with zipfile.ZipFile(path) as pack:
        assert b"<f>" not in pack.read("xl/worksheets/sheet1.xml")
        assert b"quotePrefix" in pack.read("xl/styles.xml")
    assert sources.read(path, "excel", FileFormat()).rows.loc[1, "total"] == text


@settings(max_examples=40, deadline=None)
@given(cells=st.lists(st.lists(CELL, min_size=3, max_size=3).filter(any), min_size=1, max_size=6))
def test_whatever_stood_in_a_file_is_read_back_the_same(tmp_path_factory, cells):
    bad = some(*[(at, "unreadable_number", "total", "", row, None) for at, row in enumerate(cells, 1)])
    path, _ = written(tmp_path_factory.mktemp("mend"), bad)
    back = sources.read(path, "excel", FileFormat())
    assert back.rows[COLUMNS].to_numpy().tolist() == cells
    assert back.rows[ROW].tolist() == [str(at) for at in range(1, len(cells) + 1)]


def test_title_lines_and_the_sheet_of_the_mapping_are_where_the_mapping_looks_for_them(tmp_path):
    form = {"skip_lines": 3, "sheet": "Sales / 2024", "decimal": ",", "thousands": "."}
    path, _ = written(tmp_path, some((1, "unknown_word", "when", "x", ["a", "b", "1.234,50"], None)), **form)
    back = sources.read(path, "excel", FileFormat.model_validate({**form, "sheet": "Sales   2024"}))
    assert back.rows.loc[1, "total"] == "1.234,50"


def test_a_refused_file_comes_back_with_all_its_rows(tmp_path):
    rows = pd.DataFrame([["a", "b", "1"], ["c", "d", "x"]], columns=COLUMNS, index=[1, 3])
    misshapen = pd.DataFrame({"fields": [4], "text": ["p,q,r,s"]}, index=[2])
    bad = mending.all_rows("abc", "a.csv", rows, misshapen, rejected((3, "unreadable_number", "total", "x",
                                                                     ["c", "d", "x"], None)))  # fmt: skip
    path, _ = written(tmp_path, bad)
    found = list(load_workbook(path)["Rows to mend"].values)[1:]
    assert found == [("a", "b", "1", "abc", "1"), ("p,q,r,s", None, None, "abc", "2"), ("c", "d", "x", "abc", "3")]
    assert "Nothing of it was loaded" in load_workbook(path)[mending.HELP]["A1"].value


def test_what_a_sheet_cannot_hold_is_told(tmp_path):
    long = "x" * 40_000
    path, notes = written(tmp_path, some((1, "empty_cell", "when", "", ["a", "", long], None), NUMBER))
    assert notes == ["1 row with a cell longer than 32,767 letters are not here: mend them where the file was made."]
    assert len(list(load_workbook(path)["Rows to mend"].values)) == 2


def test_the_same_rows_give_the_same_bytes(tmp_path):
    first, _ = written(tmp_path, some(NUMBER, SHAPE))
    before = first.read_bytes()
    again, _ = written(tmp_path, some(NUMBER, SHAPE))
    assert again.read_bytes() == before


def test_a_workbook_to_mend_with_is_known_by_its_columns_wherever_they_stand(tmp_path):
    path, _ = written(tmp_path, some(NUMBER, CONFLICT))
    assert mending.import_ids(path) == ("abc123",)
    book = load_workbook(path)
    book["Rows to mend"].insert_rows(1, 5)
    book.move_sheet(mending.HELP, -1)
    book.save(tmp_path / "renamed.xlsx")
    assert mending.import_ids(tmp_path / "renamed.xlsx") == ("abc123",)


def test_any_other_file_mends_nothing(tmp_path):
    for name, data in {"a.csv": b"id,shoplib import\n1,abc\n", "b.xlsx": b"PK\x03\x04 cut off", "c.xlsx": b""}.items():
        (tmp_path / name).write_bytes(data)
        assert mending.import_ids(tmp_path / name) == ()
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pack:
        pack.writestr("xl/sharedStrings.xml", b"shoplib import" + bytes(513 << 20))
    assert mending.import_ids(tmp_path / "bomb.xlsx") == ()
    with zipfile.ZipFile(tmp_path / "odd.xlsx", "w") as pack:
        pack.writestr("xl/sharedStrings.xml", b"shoplib import <not xml")
    assert mending.import_ids(tmp_path / "odd.xlsx") == ()
