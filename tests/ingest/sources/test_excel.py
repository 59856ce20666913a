"""Workbooks: headings, types and results of formulas, and each way in which they are refused."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter

from shoplib.ingest.readers import RawFile
from shoplib.ingest.sources import guard

Reading = Callable[..., RawFile]
Refused = Callable[..., str]
BookOf = Callable[..., bytes]
SHEET = "xl/worksheets/sheet1.xml"


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    """Return a workbook with a text in one of its parts replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = before.read(name)
            assert name != part or old.encode() in text
            after.writestr(name, text.replace(old.encode(), new.encode(), 1) if name == part else text)
    return stream.getvalue()


def test_values_as_a_person_would_export_them(reading: Reading) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["day", "at", "net", "share", "ok", "long", "error", "text"])
    sheet.append([dt.datetime(2024, 1, 5), dt.datetime(2024, 1, 5), 0.1 + 0.2, 0.125, True, dt.timedelta(hours=30),
                  "#REF!", " 007 "])  # fmt: skip
    sheet.append([dt.datetime(2024, 1, 5, 9, 30), dt.time(9, 30), 12.0, 1e-7, False, None, "#DIV/0!", "1,5"])
    for row, day, at in ((2, "dd/mm/yyyy", "yyyy-mm-dd hh:mm"), (3, '[$-809]d "thours" mmm', "hh:mm")):
        sheet.cell(row, 1).number_format, sheet.cell(row, 2).number_format = day, at
    sheet["D2"].number_format = "0.0%"
    stream = io.BytesIO()
    book.save(stream)
    rows = reading("excel", stream.getvalue()).rows.to_numpy().tolist()
    assert rows == [
        ["2024-01-05", "2024-01-05T00:00:00", "0.3", "0.125", "true", "30:00:00", "#REF!", "007"],
        ["2024-01-05T09:30:00", "09:30:00", "12", "0.0000001", "false", "", "#DIV/0!", "1,5"],
    ]
    assert reading("excel", stream.getvalue(), decimal=",").rows["net"].tolist() == ["0,3", "12"]


def test_two_rows_of_merged_headings_below_a_title(reading: Reading, book_of: BookOf) -> None:
    rows = [["Sales of June"], ["Day", "Sales", None, "Note"], [None, "net", "tax", None], ["2024-06-01", 1, 2, "x"]]
    data = book_of({"June": rows}, merged=["A1:D1", "A2:A3", "B2:C2", "D2:D3"])
    raw = reading("excel", data, skip_lines=1)
    assert raw.rows.to_dict("list") == {"Day": ["2024-06-01"], "Sales net": ["1"], "Sales tax": ["2"], "Note": ["x"]}
    assert raw.rows.index.tolist() == [1]


def test_headings_merged_to_the_right_only(reading: Reading, book_of: BookOf) -> None:
    names = [["Day", "Sales", None], ["of", "net", "tax"], ["2024-06-01", 1, 2]]
    data = book_of({"June": names}, merged=["B1:C1"])
    assert reading("excel", data).rows.columns.tolist() == ["Day of", "Sales net", "Sales tax"]
    data = book_of({"June": [names[0], names[2]]}, merged=["B1:C1"])
    assert reading("excel", data).rows.columns.tolist() == ["Day", "Sales", "Sales (2)"]


def test_wide_rows_and_the_header_again_are_set_apart_and_blank_rows_left_out(
    reading: Reading, book_of: BookOf
) -> None:
    rows = [["a", "b"], [1, 2], [], [None, None, "note"], ["a", "b"], [3], ["Total", 4]]
    raw = reading("excel", book_of({"S": rows}))
    assert raw.rows.reset_index().to_numpy().tolist() == [[1, "1", "2"], [5, "3", ""], [6, "Total", "4"]]
    assert raw.misshapen.reset_index().to_numpy().tolist() == [[3, 3, "\t\tnote"], [4, 2, "a\tb"]]


def test_the_first_visible_sheet_or_the_one_named(reading: Reading, refused: Refused, book_of: BookOf) -> None:
    data = book_of({name: [["a", "b"], [name, 1]] for name in ("Old", "Sales", "Stock")})
    data = changed(
        data, "xl/workbook.xml", 'name="Old" sheetId="1" state="visible"', 'name="Old" sheetId="1" state="hidden"'
    )
    assert reading("excel", data).rows["a"].tolist() == ["Sales"]
    assert reading("excel", data, sheet="Old").rows["a"].tolist() == ["Old"]
    assert refused("excel", data, sheet="Sale") == (
        "There is no sheet Sale\n"
        "  where   FOLDER/sales.xlsx\n"
        "  found   Old, Sales, Stock\n"
        '  next    did you mean "Sales"? Set file.sheet in the mapping'
    )


def test_hidden_rows_are_read(reading: Reading, book_of: BookOf) -> None:
    data = changed(book_of({"S": [["a", "b"], [1, 2]]}), SHEET, '<row r="2"', '<row r="2" hidden="1"')
    assert reading("excel", data).rows["a"].tolist() == ["1"]


def test_results_of_formulas_are_read_as_they_were_saved(reading: Reading, book_of: BookOf) -> None:
    data = book_of({"S": [["a", "b"], ["x", "=1+1"]]})
    assert reading("excel", changed(data, SHEET, "<v></v>", "<v>2</v>")).rows["b"].tolist() == ["2"]
    empty = changed(data, SHEET, '<c r="B2">', '<c r="B2" t="str">')
    assert reading("excel", empty).rows["b"].tolist() == [""]


def test_a_workbook_of_another_writer_with_shared_texts(reading: Reading) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Sales")
        sheet.write_row(0, 0, ["at", "what", "total"])
        sheet.write_datetime(1, 0, dt.datetime(2024, 6, 1), book.add_format({"num_format": "dd.mm.yy"}))
        sheet.write_rich_string(1, 1, "crème ", book.add_format({"bold": True}), "brûlée")
        sheet.write_formula(1, 2, "=3*4.1", None, 12.299999999999999)
    assert reading("excel", stream.getvalue()).rows.to_numpy().tolist() == [["2024-06-01", "crème brûlée", "12.3"]]


def test_a_workbook_that_was_never_calculated(refused: Refused, book_of: BookOf) -> None:
    assert refused("excel", book_of({"S": [["a", "b"], ["x", "=1+1"], ["y", "=B2"]]})) == (
        "The workbook was never calculated\n"
        "  where   FOLDER/sales.xlsx, sheet S\n"
        "  found   2 formulas without a result, the first in B2\n"
        "  wanted  the result of each formula, as Excel saves it\n"
        "  next    open it in Excel, save it, and give that file"
    )


def test_a_title_that_nobody_named(refused: Refused, book_of: BookOf) -> None:
    assert refused("excel", book_of({"S": [["June"], [], ["a", "b"], [1, 2]]}, merged=["A1:B1"])) == (
        "The first row of the sheet holds one cell only\n"
        "  where   FOLDER/sales.xlsx, sheet S, row 1\n"
        "  found   June\n"
        "  wanted  the names of the columns\n"
        "  next    if that is a title, set file.skip_lines: 2 in the mapping"
    )


def test_a_sheet_without_a_header(reading: Reading, refused: Refused, book_of: BookOf) -> None:
    data = book_of({"S": [[], [1, 2], [3]]})
    raw = reading("excel", data, header=False, names=("x", "y"))
    assert raw.rows.reset_index().to_numpy().tolist() == [[2, "1", "2"], [3, "3", ""]]
    assert refused("excel", data, header=False, names=("x",)) == (
        "The mapping names another number of columns than the sheet has\n"
        "  where   FOLDER/sales.xlsx, sheet S\n"
        "  found   2 columns\n"
        "  wanted  1 column: x\n"
        "  next    list every column of the sheet under file.names"
    )


def test_an_empty_sheet_and_a_header_alone(reading: Reading, refused: Refused, book_of: BookOf) -> None:
    assert refused("excel", book_of({"S": []})) == (
        "The sheet is empty\n"
        "  where   FOLDER/sales.xlsx, sheet S\n"
        "  found   0 rows without a value\n"
        "  wanted  a header and rows\n"
        "  next    name the right sheet as file.sheet, or correct file.skip_lines"
    )
    assert refused("excel", book_of({"S": [["a", "b"]]})).startswith("The file has a header and no rows\n")


OLD = guard.OLD_OFFICE + b"\0" * 100


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (OLD, "an old workbook (.xls)"),
        (OLD + "EncryptedPackage".encode("utf-16-le"), "a workbook protected by a password"),
        (b"PK\x03\x04 and no more", "a workbook that was cut off"),
        (b"a,b\n1,2\n", "bytes that begin with b'a,b\\n1,2\\n'"),
    ],
)
def test_what_is_no_workbook_is_named(refused: Refused, data: bytes, found: str) -> None:
    assert refused("excel", data).splitlines()[:4] == [
        "The file is no workbook that can be read", "  where   FOLDER/sales.xlsx", f"  found   {found}",
        "  wanted  an Excel workbook (.xlsx)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["xl/workbook.bin"], "a binary workbook (.xlsb)"),
        (["mimetype", "content.xml"], "an OpenDocument file (.ods)"),
        (["word/document.xml"], "a Word document"),
        (["sales.csv"], "a zip archive"),
    ],
)  # fmt: skip
def test_other_archives_are_named(refused: Refused, parts: list[str], found: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    assert refused("excel", stream.getvalue()).splitlines()[2] == f"  found   {found}"


def test_a_damaged_workbook(refused: Refused, book_of: BookOf) -> None:
    data = changed(book_of({"S": [["a", "b"], [1, 2]]}), SHEET, "</sheetData>", "")
    assert re.sub(r"\d+$", "N", refused("excel", data), flags=re.MULTILINE) == (
        "The workbook is damaged\n"
        "  where   FOLDER/sales.xlsx\n"
        "  found   mismatched tag: line 1, column N\n"
        "  wanted  a workbook that Excel opens\n"
        "  next    open it in Excel, save it again, and give that file"
    )


def test_rows_no_sheet_can_have_are_refused_before_they_are_counted_out(refused: Refused, book_of: BookOf) -> None:
    data = changed(book_of({"S": [["a", "b"], [1, 2]]}), SHEET, '<row r="2"', '<row r="99999999999"')
    assert refused("excel", data) == (
        "The sheet has a row that no sheet can have\n"
        "  where   FOLDER/sales.xlsx, sheet S\n"
        "  found   row 99999999999\n"
        "  wanted  rows 1 to 1,048,576\n"
        "  next    open it in Excel, save it again, and give that file"
    )


def test_entities_that_grow_are_not_unpacked(refused: Refused, book_of: BookOf) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><worksheet'
    data = changed(book_of({"S": [["a", "b"], [1, 2]]}), SHEET, "<worksheet", bomb)
    data = changed(data, SHEET, "<t>a</t>", "<t>&l11;</t>")
    message = refused("excel", data)
    assert message.startswith("The workbook defines XML entities, which none needs\n")


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(refused: Refused) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr(SHEET, b"\0" * (101 << 20))
    size = len(stream.getvalue())
    assert refused("excel", stream.getvalue()) == (
        "The workbook unpacks to more than a workbook holds\n"
        "  where   FOLDER/sales.xlsx\n"
        f"  found   {size:,} bytes that unpack to 105,906,176 in 2 parts\n"
        "  wanted  at most 2,147,483,648 bytes, 200 times its size, and 10,000 parts\n"
        "  next    do not open it unless you know who made it; a table of that size comes as CSV or Parquet"
    )


def test_an_archive_of_very_many_parts(refused: Refused, monkeypatch: pytest.MonkeyPatch, book_of: BookOf) -> None:
    monkeypatch.setattr(guard, "MAX_ENTRIES", 3)
    assert refused("excel", book_of({"S": [["a", "b"]]})).startswith("The workbook unpacks to more")
