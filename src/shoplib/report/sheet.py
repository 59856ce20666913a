"""A listing on a sheet: a title, a caption, a header that filters, typed cells, and totals that add themselves up."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from shoplib.base import listing as listings
from shoplib.base import words
from shoplib.base.listing import UNIT, Column, Listing
from shoplib.report import cell_formats
from shoplib.viz import palette

LAST_ROW = 1_048_575
"""The last row of a sheet, counted from 0."""
LONGEST_TEXT = 32_767
NARROWEST, WIDEST, FILTER_BUTTON = 8, 48, 3
MEASURED_ROWS = 500
HEADER_BREAKS = 18
"""A header longer than this goes on two lines."""
FIRST_DAY = dt.date(1900, 1, 1)  # of the calendar that sheets know
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMULA_SIGNS = ("=", "+", "-", "@")
IN_WORDS = ("weekday", "hour")


@dataclass(frozen=True)
class Spot:
    """Where a listing lies on its sheet, rows counted from 0; ``end`` is the row after its last."""

    title: int
    header: int
    end: int


class Pen:
    """Writes cells of one workbook; equal looks share one format."""

    def __init__(self, book: Workbook, language: str) -> None:
        self.book, self.language = book, language
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._tables: set[str] = set()

    def look(self, **properties: Any) -> Format:
        """Return the format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"valign": "top", **properties})
        return self._formats[key]

    def table(self, name: str) -> str:
        """Return a name for a table that no other table of the workbook has."""
        base = found = f"table_{re.sub(r'[^a-z0-9_]', '_', name.lower())}"
        at = 1
        while found in self._tables:
            at += 1
            found = f"{base}_{at}"
        self._tables.add(found)
        return found

    def text(self, sheet: Worksheet, row: int, column: int, words: str, **look: Any) -> None:
        """Write words as words, whatever they look like."""
        kept = clean(words)
        if kept.startswith(FORMULA_SIGNS):
            look["quote_prefix"] = True
        sheet.write_string(row, column, kept, self.look(**look))

    def cell(self, sheet: Worksheet, row: int, column: int, value: Any, unit: str, currency: str, **look: Any) -> None:
        """Write a raw value in the type and format of its unit; what is not known stays empty."""
        typed = value_of(value, unit, currency, self.language)
        if typed is None:
            sheet.write_blank(row, column, None, self.look(**look))
        elif isinstance(typed, str):
            # set in from a number that ends right beside it
            self.text(sheet, row, column, typed, text_wrap=len(typed) > WIDEST, indent=int(column > 0), **look)
        elif isinstance(typed, dt.date):
            shown = cell_formats.of_unit(unit, currency, self.language)
            moment = dt.datetime.combine(typed, dt.time())
            sheet.write_datetime(row, column, moment, self.look(num_format=shown, align="left", **look))
        else:
            fraction = unit not in ("money", "share", "points") and not typed.is_integer()
            shown = cell_formats.of_unit("number" if fraction else unit, currency, self.language)
            sheet.write_number(row, column, typed, self.look(num_format=shown, **look))


def clean(text: str) -> str:
    """Return a text without the signs a sheet cannot hold, cut with "…" where it is too long.

    >>> clean("a" + chr(0) + "b"), len(clean("x" * 40000))
    ('ab', 32767)
    """
    kept = ILLEGAL.sub("", text)
    return kept if len(kept) <= LONGEST_TEXT else kept[: LONGEST_TEXT - 1] + "…"


def value_of(value: Any, unit: str, currency: str, language: str) -> str | dt.date | float | None:
    """Return a raw value as a sheet holds it: a number in major units, points or a share of one, a date, or words.

    >>> value_of(123456, "money", "GBP", "en_GB"), value_of(-0.031, "points", "GBP", "en_GB")
    (1234.56, -3.1)
    >>> value_of(9, "hour", "GBP", "en_GB"), value_of(None, "count", "GBP", "en_GB")
    ('9:00', None)
    """
    if unit in IN_WORDS:
        return listings.text(value, unit, currency, language) or None
    if unit == "count" and not listings.missing(value):
        return float(value)
    typed = listings.value_of(value, unit, currency)
    if isinstance(typed, Decimal):
        return float(typed)
    if isinstance(typed, dt.date):
        return typed if typed >= FIRST_DAY else typed.isoformat()
    if unit == "points" and typed is not None:
        return round(float(typed) * 100, 12)
    return typed if typed is None or isinstance(typed, str) else float(typed)


def with_units(listing: Listing) -> Listing:
    """Return a listing whose rows have units of their own with a column that says them; others as they are."""
    if all(column.unit != "row" for column in listing.columns) or "unit_told" in listing.frame:
        return listing
    words_of = {"minor": listing.currency, "money": listing.currency, "share": "%", "count": "number"}
    told = [words_of.get(str(unit), str(unit)) for unit in listing.frame[UNIT]]
    frame = listing.frame.assign(unit_told=pd.Series(told, index=listing.frame.index, dtype=object))
    return replace(listing, frame=frame, columns=(*listing.columns, Column("unit_told", "Unit", "text")))


def headers(listing: Listing) -> list[str]:
    """Return the headings with what their unit needs to be said, no two alike."""
    found: list[str] = []
    for column in listing.columns:
        more = listing.currency if column.unit == "money" else "points" if column.unit == "points" else ""
        label = clean(f"{column.label} ({more})" if more else column.label) or column.name
        same = [known for known in found if re.fullmatch(rf"{re.escape(label)}( \d+)?", known, re.IGNORECASE)]
        found.append(f"{label} {len(same) + 1}" if same else label)
    return found


def place(pen: Pen, sheet: Worksheet, listing: Listing, row: int, *, filtered: bool) -> Spot:
    """Write a listing from ``row`` down and return where it lies.

    ``filtered`` makes it a table of its own that filters and sorts. Rows beyond the end of the sheet are left out,
    and a line says so.
    """
    listing = with_units(listing)
    last = len(listing.columns) - 1
    pen.text(sheet, row, 0, listing.title, bold=True, font_size=13, font_color=palette.INK)
    _caption(pen, sheet, listing.caption, row + 1, last)
    header, total = row + 2, len(listing.frame)
    rows = min(total, LAST_ROW - header - 2)
    _header(pen, sheet, listing, header)
    if filtered and rows:
        _table(pen, sheet, listing, header, header + rows)
    units = [_unit_told(listing, column) for column in listing.columns]
    columns = [listing.frame[column.name].tolist() for column in listing.columns]
    for at in range(rows):
        for column, (values, of_column) in enumerate(zip(columns, units, strict=True)):
            pen.cell(sheet, header + 1 + at, column, values[at], of_column[at], listing.currency)
    end = header + 1 + rows
    if rows < total:
        pen.text(sheet, end, 0, f"The first {rows:,} of {words.plural(total, 'row')}; a sheet has room for no more.")
        return Spot(row, header, end + 1)
    if not total:
        pen.text(sheet, end, 0, "There are no rows.", font_color=palette.INK_SOFT)
        return Spot(row, header, end + 1)
    return Spot(row, header, _totals(pen, sheet, listing, header, end))


def _unit_told(listing: Listing, column: Column) -> list[str]:
    """Return the unit of each cell; numbers that are all whole are counts."""
    units = listings.cell_units(listing, column)
    if column.unit != "number":
        return units
    known = (value for value in listing.frame[column.name] if not listings.missing(value))
    return ["count"] * len(units) if all(float(value).is_integer() for value in known) else units


def _caption(pen: Pen, sheet: Worksheet, caption: str, row: int, last: int) -> None:
    look = pen.look(font_color=palette.INK_SOFT, text_wrap=True)
    if not caption:
        return
    if last:
        sheet.merge_range(row, 0, row, last, "", look)
    sheet.write_string(row, 0, clean(caption), look)
    lines = -(-len(caption) // max(14 * (last + 1), 40))
    sheet.set_row(row, 15 * min(lines, 6))


def _header(pen: Pen, sheet: Worksheet, listing: Listing, row: int) -> None:
    labels = headers(listing)
    for at, (label, column) in enumerate(zip(labels, listing.columns, strict=True)):
        pen.text(sheet, row, at, label, **_header_look(column, first=at == 0))
        if column.meaning:
            sheet.write_comment(row, at, clean(column.meaning), {"x_scale": 1.6, "y_scale": 0.8})
    if any(len(label) > HEADER_BREAKS for label in labels):
        sheet.set_row(row, 31)


def _header_look(column: Column, *, first: bool) -> dict[str, Any]:
    side = "left" if column.unit in ("text", "day", "month", *IN_WORDS) else "right"
    indent = {"indent": 1} if not first and column.unit in ("text", *IN_WORDS) else {}
    return {"bold": True, "text_wrap": True, "align": side, "bg_color": palette.ACCENT_PALE,
            "font_color": palette.INK, "bottom": 1, **indent}  # fmt: skip


def _table(pen: Pen, sheet: Worksheet, listing: Listing, header: int, last_row: int) -> None:
    columns = [
        {"header": label, "header_format": pen.look(**_header_look(column, first=at == 0))}
        for at, (label, column) in enumerate(zip(headers(listing), listing.columns, strict=True))
    ]
    sheet.add_table(header, 0, last_row, len(columns) - 1,
                    {"name": pen.table(listing.name), "columns": columns, "style": "Table Style Light 1"})  # fmt: skip


def _totals(pen: Pen, sheet: Worksheet, listing: Listing, header: int, row: int) -> int:
    """Write the sums below the rows and return the row after; none where nothing is known to add up."""
    sums = {column: _known(listing, column) for column in listing.columns if column.name in listing.totals}
    if not any(sums.values()):
        return row
    look = {"bold": True, "top": 1}
    for at, column in enumerate(listing.columns):
        values = sums.get(column)
        if values:
            shown = cell_formats.of_unit(_unit_told(listing, column)[0], listing.currency, pen.language)
            formula = f"=SUM({xl_range(header + 1, at, row - 1, at)})"
            added = value_of(sum(values), column.unit, listing.currency, pen.language)
            cached = int(added) if isinstance(added, float) and added.is_integer() else added
            sheet.write_formula(row, at, formula, pen.look(num_format=shown, **look), cached)
        else:
            sheet.write_blank(row, at, None, pen.look(**look)) if at else pen.text(sheet, row, at, "Total", **look)
    return row + 1


def _known(listing: Listing, column: Column) -> list[Any]:
    values = (value for value in listing.frame[column.name] if not listings.missing(value))
    return [round(value) if column.unit == "money" else value for value in values]


def widths(pen: Pen, placed: Iterable[Listing]) -> list[int]:
    """Return the width of each column of a sheet, in letters: enough for every listing on it, within bounds."""
    found: list[int] = []
    for listing in map(with_units, placed):
        told = listings.shown(replace(listing, frame=_sample(listing.frame)), pen.language)
        for at, label in enumerate(headers(listing)):
            longest = max((len(text) for text in told.iloc[:, at]), default=0)
            sums = 3 if listing.columns[at].name in listing.totals else 0  # a sum is longer than its parts
            heading = min(len(label), max(HEADER_BREAKS, *map(len, label.split()))) + FILTER_BUTTON
            wanted = min(max(longest + 2 + sums, heading, NARROWEST), WIDEST)
            found[at : at + 1] = [max(wanted, *found[at : at + 1])] if found[at : at + 1] else [wanted]
    return found


def _sample(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows spread over the whole, enough to tell how long texts are."""
    return frame.iloc[:: max(1, len(frame) // MEASURED_ROWS)]
