"""The workbook read back: types, formats, formulas with their values, links, and words that stay words."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from shoplib.base.listing import Column, Listing
from shoplib.errors import StoreError
from shoplib.report import sheet as sheets
from shoplib.report import workbook
from shoplib.report.blocks import Chapter
from shoplib.report.layout import PageFacts
from shoplib.store import listings

HOSTILE = ["=1+1", "<script>alert(1)</script>", "+cmd|' /C calc'!A0", "🍰 चाय", "a\x00b\x1f", "https://x.example", "12"]
COLUMNS = (
    Column("product", "Product", "text", "as typed"),
    Column("day", "Day", "day"),
    Column("month", "Month", "month"),
    Column("weekday", "Weekday", "weekday"),
    Column("hour", "Hour", "hour"),
    Column("sales", "Sales", "count"),
    Column("takings_minor", "Takings", "money", "tax included"),
    Column("share", "Share", "share"),
    Column("change_share", "Change", "share"),
    Column("change_points", "Change", "points"),
    Column("rate", "Rate", "number"),
)


def listing(name: str = "products", rows: int = len(HOSTILE), currency: str = "GBP", sheet: str = "") -> Listing:
    cells = [
        (HOSTILE[at % 7], pd.Timestamp("2024-05-03"), pd.Timestamp("2024-05-01"), 4, 9, at + 1,
         (-123456789, np.nan, 5)[at % 3], 0.125, -0.02, 0.031, 2.5)
        for at in range(rows)
    ]  # fmt: skip
    frame = pd.DataFrame(cells, columns=[column.name for column in COLUMNS])
    return Listing(name, "All products", frame, COLUMNS, currency, "In order.", ("sales", "takings_minor"), sheet)


@pytest.fixture
def make(tmp_path: Path, chapter: Callable[..., Chapter], facts: PageFacts) -> Callable[..., Path]:
    """Write a workbook of the listings of one leading chapter and return its file."""

    def written(*those: Listing, **more: object) -> Path:
        leading = chapter(part="lead")
        for order, one in enumerate(those):
            listings.write(leading.folder, one, order)
        told = replace(facts, last_day="2024-12-29", **more)  # type: ignore[arg-type]
        assert workbook.write(told, [leading], tmp_path / "report.xlsx") is bool(those)
        return tmp_path / "report.xlsx"

    return written


def opened(path: Path, *, values: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(path, data_only=values)


def row_of(sheet: Worksheet, at: int) -> list[object]:
    return [cell.value for cell in sheet[at]]


def test_numbers_are_numbers_in_the_format_of_their_unit(make: Callable[..., Path]) -> None:
    sheet = opened(make(listing(sheet="Products")))["Products"]
    assert row_of(sheet, 4) == [
        "Product", "Day", "Month", "Weekday", "Hour", "Sales", "Takings (GBP)", "Share", "Change", "Change (points)",
        "Rate",
    ]  # fmt: skip
    assert row_of(sheet, 5) == [
        "=1+1", dt.datetime(2024, 5, 3), dt.datetime(2024, 5, 1), "Friday", "9:00", 1, -1234567.89, 0.125, -0.02, 3.1,
        2.5,
    ]  # fmt: skip
    assert [cell.number_format for cell in sheet[5]][1:3] == ["d mmm yyyy", "mmm yyyy"]
    assert [cell.number_format for cell in sheet[5]][5:] == [
        "#,##0", "£#,##0.00", "0.0%", "0.0%", "+0.0;-0.0;0.0", "#,##0.00"
    ]  # fmt: skip


def test_what_is_not_known_is_an_empty_cell(make: Callable[..., Path]) -> None:
    assert opened(make(listing(sheet="P")))["P"]["G6"].value is None


def test_typed_words_stay_words(make: Callable[..., Path]) -> None:
    sheet = opened(make(listing(sheet="P")))["P"]
    cells = [sheet.cell(5 + at, 1) for at in range(len(HOSTILE))]
    assert [cell.value for cell in cells] == [*HOSTILE[:4], "ab", *HOSTILE[5:]]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells] == [True, False, True, False, False, False, False]
    assert all(cell.hyperlink is None for cell in cells)


def test_totals_are_formulas_with_their_value(make: Callable[..., Path]) -> None:
    path = make(listing(sheet="P"))
    formulas, values = opened(path)["P"], opened(path, values=True)["P"]
    assert row_of(formulas, 12)[:7] == ["Total", None, None, None, None, "=SUM(F5:F11)", "=SUM(G5:G11)"]
    known = [value for value in listing().frame["takings_minor"] if value == value]
    assert (values["F12"].value, values["G12"].value) == (28, sum(known) / 100)
    assert values["F12"].data_type == "n"
    assert formulas["G12"].number_format == "£#,##0.00"


def test_the_header_filters_stays_in_sight_and_tells_what_columns_mean(make: Callable[..., Path]) -> None:
    sheet = opened(make(listing(sheet="P")))["P"]
    assert [(table.ref, table.autoFilter.ref) for table in sheet.tables.values()] == [("A4:K11", "A4:K11")]
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation) == ("B5", "$4:$4", "landscape")
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)  # 1 page wide
    assert sheet["A4"].font.b
    assert sheet["G4"].comment.text == "tax included"
    assert sheet["F4"].comment is None
    assert sheet.oddFooter.center.text == "Simulated data, run epos-7f3a9c12"
    assert sheet.oddFooter.right.text == "Page &P of &N"


def test_short_listings_stand_together_and_a_long_one_by_itself(make: Callable[..., Path]) -> None:
    book = opened(
        make(
            listing("a", 3, sheet="Pay"), listing("b", 2, sheet="Pay"), listing("c", 60, sheet="Pay"),
            replace(listing("d", 1), title="Other", sheet="Alone"),
        )
    )  # fmt: skip
    assert book.sheetnames == ["Contents", "Pay", "All products", "Alone", "Definitions"]
    assert [table.ref for table in book["Pay"].tables.values()] == ["A4:K7", "A13:K15"]
    assert (book["Pay"].freeze_panes, book["All products"].freeze_panes) == (None, "B5")


def test_tables_of_two_chapters_may_have_one_name(
    chapter: Callable[..., Chapter], facts: PageFacts, tmp_path: Path
) -> None:
    two = [chapter(stage=stage) for stage in ("04_eda", "05_customers")]
    for each in two:
        listings.write(each.folder, listing(), 0)
    workbook.write(facts, two, tmp_path / "report.xlsx")
    book = opened(tmp_path / "report.xlsx")
    assert [list(book[name].tables) for name in ("Eda", "Customers")] == [["table_products"], ["table_products_2"]]


def test_contents_link_to_every_listing(make: Callable[..., Path]) -> None:
    sheet = opened(make(listing("a", 3, sheet="Pay's"), listing("b", 2, sheet="Pay's")))["Contents"]
    links = {cell.value: cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert links == {
        "Pay's": "'Pay''s'!A1", "All products": "'Pay''s'!A11", "Definitions": "'Definitions'!A1",
        "What the numbers mean": "'Definitions'!A2", "What the columns mean": "'Definitions'!A8",
    }  # fmt: skip
    words = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert words[:2] == ["How the shops are doing", "Simulated data: no real shop, person or sale is shown."]
    assert "Run epos-7f3a9c12" in words


def test_definitions_tell_of_numbers_and_columns(make: Callable[..., Path]) -> None:
    sheet = opened(make(listing(sheet="P")))["Definitions"]
    assert row_of(sheet, 4) == ["Number", "Here", "Unit", "What it means"]
    assert row_of(sheet, 5) == ["Takings", "£1", "GBP", "Sum of payments."]
    assert row_of(sheet, 12) == ["P", "All products", "Takings (GBP)", "tax included"]


def test_rows_with_units_of_their_own_keep_them(make: Callable[..., Path]) -> None:
    frame = pd.DataFrame({"label": ["Takings", "Share", "Sales", "Units"], "unit": ["minor", "share", "count", "units"],
                          "value": [123, 0.5, 7, 4.43]})  # fmt: skip
    columns = (Column("label", "What", "text"), Column("value", "Value", "row"))
    sheet = opened(make(Listing("overview", "O", frame, columns, "GBP")))["Eda"]
    assert [[cell.value for cell in row] for row in sheet["A4:C8"]] == [
        ["What", "Value", "Unit"], ["Takings", 1.23, "GBP"], ["Share", 0.5, "%"], ["Sales", 7, "number"],
        ["Units", 4.43, "units"],
    ]  # fmt: skip
    assert [sheet.cell(row, 2).number_format for row in (5, 6, 7, 8)] == [
        "£#,##0.00", "0.0%", "#,##0", "#,##0.00",
    ]  # fmt: skip


def test_a_listing_without_rows_says_so(make: Callable[..., Path]) -> None:
    sheet = opened(make(listing(rows=0, sheet="P")))["P"]
    assert (sheet["A4"].value, sheet["A5"].value, len(sheet.tables)) == ("Product", "There are no rows.", 0)


def test_without_listings_there_is_no_workbook(make: Callable[..., Path]) -> None:
    assert not make().exists()


def test_the_same_run_gives_the_same_bytes_dated_by_its_data(make: Callable[..., Path]) -> None:
    path = make(listing(sheet="P"))
    first = path.read_bytes()
    assert make(listing(sheet="P")).read_bytes() == first
    assert opened(path).properties.created == dt.datetime(2024, 12, 29)
    assert {entry.date_time[0] for entry in zipfile.ZipFile(path).infolist()} == {1980}


def test_a_large_workbook_is_written_row_by_row(make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGE_CELLS", 10)
    sheet = opened(make(listing(sheet="P")))["P"]
    assert (sheet.auto_filter.ref, len(sheet.tables), sheet["A5"].value) == ("A4:K11", 0, "=1+1")
    assert sheet["F12"].value == "=SUM(F5:F11)"


def test_rows_beyond_the_end_of_a_sheet_are_left_out_and_told(
    make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "LAST_ROW", 30)
    sheet = opened(make(listing(rows=60, sheet="P")))["P"]
    assert (sheet["F29"].value, sheet["F30"].value) == (25, None)
    assert sheet["A30"].value == "The first 25 of 60 rows; a sheet has room for no more."


def test_long_words_are_cut_and_names_of_sheets_are_safe() -> None:
    cut = sheets.clean("x" * 40_000)
    assert (len(cut), cut[-1]) == (32_767, "…")
    taken = {"contents", "history"}
    wanted = ["[Sales]: a/b", "sales A b", "History", "", "'", "x" * 40, "X" * 40, "चाय"]
    assert [workbook.safe_name(name, taken) for name in wanted] == [
        "Sales a b", "sales A b 2", "History 2", "Sheet", "Sheet 2", "x" * 31, f"{'X' * 29} 2", "चाय",
    ]  # fmt: skip


def test_days_before_the_calendar_of_sheets_are_words() -> None:
    assert sheets.value_of(pd.Timestamp("1899-12-31"), "day", "GBP", "en_GB") == "1899-12-31"


def test_a_place_that_cannot_be_written_is_said_so(
    chapter: Callable[..., Chapter], facts: PageFacts, tmp_path: Path
) -> None:
    leading = chapter(part="lead")
    listings.write(leading.folder, listing(), 0)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="file"):
        workbook.write(facts, [leading], tmp_path / "file" / "report.xlsx")


@pytest.mark.parametrize(
    ("currency", "language", "shown"),
    [
        ("IDR", "en-GB", '"IDR"#,##0'),
        ("INR", "en-IN", r'[>=10000000]"₹"##\,##\,##\,##0.00;[>=100000]"₹"##\,##\,##0.00;"₹"##,##0.00'),
        ("EUR", "de-DE", '#,##0.00"\xa0€"'),
    ],
)
def test_amounts_read_as_the_shop_writes_them(
    make: Callable[..., Path], currency: str, language: str, shown: str
) -> None:
    sheet = opened(make(listing(sheet="P", currency=currency), language=language))["P"]
    assert sheet["G5"].number_format == shown
    assert sheet["G4"].value == f"Takings ({currency})"
    assert sheet["G5"].value == -1234567.89


def test_pages_that_run_from_right_to_left_do_so_here(make: Callable[..., Path]) -> None:
    assert opened(make(listing(sheet="P"), language="ar"))["P"].sheet_view.rightToLeft
