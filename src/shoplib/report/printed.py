"""A report as text for a terminal, a document, a spreadsheet or a program: equal reports give equal text.

What shops write, such as the names of products, is data here and nothing else: it can neither move the cursor of a
terminal, nor be markup of a document, nor be computed by a spreadsheet.
"""

from __future__ import annotations

import datetime as dt
import json
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shoplib.base import listing as rows
from shoplib.base import words
from shoplib.base.calendar import Period
from shoplib.base.listing import Column, Listing

FORMATS = ("table", "csv", "json", "markdown")
MOST_ROWS, FEWEST_CUT = 30, 5
TEXT_WIDTH, GAP = 100, 2
NARROWEST = 20
LEFT = ("text", "day", "month", "weekday")
COMPUTED = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet would compute."""

QUOTED = frozenset(',"\r\n')
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
"""Marks that turn the direction of what stands around them."""

MARKUP = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#~&"})


@dataclass(frozen=True)
class Printed:
    """A report ready to be printed: what it is called, of which run and days, what was found, and its tables.

    ``days`` are periods by name, in the order they are told: ``shown``, ``recent`` and ``before``; ``None`` where there
    are none. ``metrics`` names the table whose rows are also told by their first column, if there is one.
    """

    name: str
    title: str
    scenario: str
    run: str
    currency: str
    language: str
    days: Mapping[str, Period | None]
    findings: tuple[str, ...]
    listings: tuple[Listing, ...]
    metrics: str = ""


def text(report: Printed, form: str, *, every_row: bool = False, width: int | None = None) -> str:
    """Return a report in one of :data:`FORMATS`, a line end at its end.

    ``table`` and ``markdown`` cut tables at :data:`MOST_ROWS`, unless ``every_row`` or fewer than :data:`FEWEST_CUT`
    would be left out; ``csv`` holds the first table only.
    ``width`` is that of a terminal the table should fit in, where it can be made to.
    """
    if form == "csv":
        return as_csv(report.listings[0])
    if form == "json":
        return as_json(report)
    if form == "markdown":
        return _as_markdown(report, every_row)
    return _as_table(report, every_row, width)


def as_csv(listing: Listing) -> str:
    """Return all rows of a table: plain names, money in major units, ISO days, nothing where nothing is known.

    A text that begins with one of :data:`COMPUTED` gets a ``'`` in front; numbers never do.
    """
    lines = [rows.plain_names(listing.columns), *(row.values() for row in rows.plain(listing))]
    return "".join(",".join(map(_field, line)) + "\n" for line in lines)


def _field(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return _number(value) if isinstance(value, Decimal) else str(value)
    told = f"'{value}" if value.startswith(COMPUTED) else value
    # csv.writer leaves a lone \r unquoted, which a reader takes for the end of a row
    return '"' + told.replace('"', '""') + '"' if QUOTED.intersection(told) else told


def _number(amount: Decimal) -> str:
    return format(amount, "f")


def as_json(report: Printed) -> str:
    """Return everything of a report: money as numbers with all digits of the currency, days as ISO dates."""
    whole: dict[str, Any] = {
        "report": report.name,
        "title": report.title,
        "scenario": report.scenario,
        "run": report.run,
        "currency": report.currency,
        "days": {name: period and {"from": period.start, "to": period.end} for name, period in report.days.items()},
        "findings": list(report.findings),
    }
    tables = {listing.name: _rows(listing) for listing in report.listings}
    if report.metrics in tables:
        whole["metrics"] = dict(_by_first(row) for row in tables[report.metrics])
    whole["tables"] = [
        {"name": listing.name, "title": listing.title, "columns": _told(listing.columns), "rows": tables[listing.name]}
        for listing in report.listings
    ]
    return _json(whole) + "\n"


def _rows(listing: Listing) -> list[dict[str, Any]]:
    """Return the rows of a table, each with its unit where its columns have none of their own."""
    plain = rows.plain(listing)
    if all(column.unit != "row" for column in listing.columns):
        return plain
    return [{**row, rows.UNIT: str(unit)} for row, unit in zip(plain, listing.frame[rows.UNIT], strict=True)]


def _by_first(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    first, *rest = row
    return str(row[first]), {name: row[name] for name in rest}


def _told(columns: Sequence[Column]) -> list[dict[str, str]]:
    names = rows.plain_names(columns)
    return [
        {"name": name, "label": column.label, "unit": column.unit, "meaning": column.meaning}
        for name, column in zip(names, columns, strict=True)
    ]


def _json(value: Any, indent: str = "") -> str:
    """Return a value as JSON in the order of its keys; the encoder of Python would make a float of exact amounts."""
    inner = f"{indent} "
    if isinstance(value, dict) and value:
        parts = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {_json(part, inner)}" for key, part in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"{inner}{_json(part, inner)}" for part in value) + f"\n{indent}]"
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, dt.date):
        return f'"{value.isoformat()}"'
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _days(report: Printed) -> str:
    """Return the days a report tells of, in one sentence."""
    shown, recent, before = (report.days.get(name) for name in ("shown", "recent", "before"))
    if shown is None or recent is None:
        return "No days."
    told = f"{_span(shown, report.language)}."
    if before is not None:
        told += f" Changes: {_span(recent, report.language)} against {_span(before, report.language)}."
    return told


def _span(period: Period, language: str) -> str:
    first, last = words.day(period.start, language), words.day(period.end, language)
    return first if period.days == 1 else f"{first} to {last}"


def _source(report: Printed) -> str:
    return f"{report.scenario}, run {report.run}"


def _more(listing: Listing, every_row: bool) -> tuple[Listing, str]:
    """Return the rows to print, and what is said of the others."""
    left = len(listing.frame) - MOST_ROWS
    if every_row or left < FEWEST_CUT:
        return listing, ""
    return listing.head(MOST_ROWS), f"… and {words.count(left)} more; --format csv --table {listing.name} has all"


def _as_table(report: Printed, every_row: bool, width: int | None) -> str:
    wide = min(TEXT_WIDTH, width or TEXT_WIDTH)
    lines = [
        clean(report.title),
        "=" * display_width(clean(report.title)),
        clean(_days(report)),
        clean(_source(report)),
    ]
    if report.findings:
        lines.append("")
    for finding in report.findings:
        lines += textwrap.wrap(clean(finding), wide, initial_indent="- ", subsequent_indent="  ")
    for listing in report.listings:
        part, more = _more(listing, every_row)
        lines += ["", clean(listing.title), *aligned(part, report.language, width), *([more] if more else [])]
    return "\n".join(lines) + "\n"


def aligned(listing: Listing, language: str, width: int | None = None) -> list[str]:
    """Return a table as lines of equal columns: numbers end, texts begin at the same place.

    Where ``width`` is too small for it, the longest texts are shortened, down to :data:`NARROWEST`; if that is not
    enough, the columns stand in several tables, one below the other, the first column in each.
    """
    cells = [[column.label, *told] for column, told in zip(listing.columns, _cells(listing, language), strict=True)]
    cells = [[clean(cell) for cell in column] for column in cells]
    widths = _narrowed([max(map(display_width, column)) for column in cells], listing.columns, width)
    columns = [
        [_placed(cell, wide, column.unit in LEFT) for cell in told]
        for column, told, wide in zip(listing.columns, cells, widths, strict=True)
    ]
    lines: list[str] = []
    for group in _groups(widths, width):
        head, *body = ["  ".join(line).rstrip() for line in zip(*(columns[at] for at in group), strict=True)]
        rule = "  ".join("-" * widths[at] for at in group)
        lines += [*([""] if lines else []), head, rule, *(body or ["(no rows)"])]
    return lines


def _cells(listing: Listing, language: str) -> list[list[str]]:
    """Return the texts of each column."""
    return [
        [
            rows.text(value, unit, listing.currency, language)
            for value, unit in zip(listing.frame[column.name], rows.cell_units(listing, column), strict=True)
        ]
        for column in listing.columns
    ]


def _narrowed(widths: list[int], columns: Sequence[Column], width: int | None) -> list[int]:
    """Return the widths of columns with the longest texts made shorter until all fit, or none can be."""
    widths = list(widths)
    texts = [at for at, column in enumerate(columns) if column.unit == "text"]
    while width is not None and texts and sum(widths) + GAP * (len(widths) - 1) > width:
        longest = max(texts, key=lambda at: widths[at])
        if widths[longest] <= NARROWEST:
            break
        widths[longest] -= 1
    return widths


def _groups(widths: list[int], width: int | None) -> list[list[int]]:
    """Return which columns stand beside one another, the first in every group."""
    groups, room = [[0]], widths[0]
    for at, wide in enumerate(widths[1:], start=1):
        if width is not None and room + GAP + wide > width and len(groups[-1]) > 1:
            groups.append([0])
            room = widths[0]
        groups[-1].append(at)
        room += GAP + wide
    return groups


def _placed(cell: str, width: int, left: bool) -> str:
    """Return a cell in so many columns, shortened with ``…`` if it is longer."""
    if display_width(cell) > width:
        while cell and display_width(cell) > width - 1:
            cell = cell[:-1]
        cell += "…"
    room = " " * (width - display_width(cell))
    return cell + room if left else room + cell


def clean(value: str) -> str:
    """Return a text in one line without what steers a terminal or turns the direction of writing.

    >>> clean("red\\x1b[31m"), clean("two\\nlines")
    ('red�[31m', 'two lines')
    """
    return "".join(_harmless(mark) for mark in value)


def _harmless(mark: str) -> str:
    if mark in "\n\r\t\v\f\u2028\u2029":
        return " "
    return "�" if unicodedata.category(mark) in ("Cc", "Cs") or mark in TURNS else mark


def display_width(value: str) -> int:
    """Return how many columns of a terminal a text takes.

    >>> display_width("abc"), display_width("日本"), display_width("e\\u0301")
    (3, 4, 1)
    """
    return sum(_columns(mark) for mark in value)


def _columns(mark: str) -> int:
    if unicodedata.category(mark) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(mark) in ("W", "F") else 1


def _as_markdown(report: Printed, every_row: bool) -> str:
    lines = [f"# {_escaped(report.title)}", "", _escaped(_days(report)), "", _escaped(_source(report))]
    if report.findings:
        lines += ["", *(f"- {_escaped(finding)}" for finding in report.findings)]
    for listing in report.listings:
        part, more = _more(listing, every_row)
        marks = [":---" if column.unit in LEFT else "---:" for column in part.columns]
        labels = [_escaped(column.label) for column in part.columns]
        lines += ["", f"## {_escaped(listing.title)}", "", _row(labels), _row(marks)]
        lines += [_row(map(_escaped, row)) for row in zip(*_cells(part, report.language), strict=True)]
        lines += ["", more] if more else []
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(value: str) -> str:
    """Return a text that is no markup: what Markdown or HTML would read as such has a backslash in front."""
    return clean(value).translate(MARKUP)
