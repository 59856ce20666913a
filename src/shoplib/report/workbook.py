"""The workbook beside the page: every listing of the run as numbers that can be sorted, filtered and added up."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from shoplib.base import words
from shoplib.base.listing import Column, Listing
from shoplib.report.blocks import Chapter
from shoplib.report.layout import PageFacts
from shoplib.report.reading import stage_name
from shoplib.report.sheet import Pen, clean, headers, place, widths
from shoplib.store import files, listings
from shoplib.viz import palette

CONTENTS, DEFINITIONS = "Contents", "Definitions"
SHORT_ROWS = 40
"""Listings of at most so many rows stand one below another; a longer one has a sheet of its own."""
LARGE_CELLS = 1_000_000
"""From here on rows go to disk as they are written; filters then are one a sheet."""
LONGEST_NAME, A4 = 31, 9
TAB_COLOURS = {"lead": palette.ACCENT, "findings": palette.SERIES[2], "method": palette.MUTED}
RIGHT_TO_LEFT = {"ar", "he", "fa", "ur"}
NO_DAY = dt.date(2000, 1, 1)
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True)
class Leaf:
    """One sheet: its name, the colour of its tab, and what stands on it."""

    name: str
    colour: str
    listings: tuple[Listing, ...]


def write(facts: PageFacts, chapters: Sequence[Chapter], path: Path) -> bool:
    """Write the listings of all chapters as a workbook, and return whether there were any.

    The chapter that leads comes first, then the others in order. The same run gives the same bytes; the date of the
    file is the last day of its data. Raises ``StoreError`` if the place cannot be written.
    """
    leaves = _leaves(chapters)
    if not leaves:
        return False
    meanings = Leaf(DEFINITIONS, palette.MUTED, _definitions(facts, leaves))
    every = [*leaves, meanings]
    large = sum(len(one.frame) * len(one.columns) for leaf in every for one in leaf.listings) > LARGE_CELLS
    with files.writing(path) as part:
        book = Workbook(part.as_posix(), {
            "constant_memory": large, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        })  # fmt: skip
        _describe(book, facts)
        pen = Pen(book, facts.language.replace("-", "_"))
        front = book.add_worksheet(CONTENTS)
        sheets = [book.add_worksheet(leaf.name) for leaf in every]
        rows = [_fill(pen, sheet, leaf, facts, filtered=not large) for sheet, leaf in zip(sheets, every, strict=True)]
        _contents(pen, front, facts, every, rows)
        book.close()
    return True


def _describe(book: Workbook, facts: PageFacts) -> None:
    day = dt.date.fromisoformat(facts.last_day) if facts.last_day else NO_DAY
    book.set_properties({
        "title": clean(facts.title), "subject": clean(facts.shop), "comments": clean(f"Run {facts.run_code}"),
        "created": dt.datetime.combine(day, dt.time()),
    })  # fmt: skip


def _leaves(chapters: Sequence[Chapter]) -> list[Leaf]:
    """Return the sheets in order, their names safe and no two alike."""
    found: dict[str, tuple[str, list[Listing]]] = {}
    for chapter in sorted(chapters, key=lambda chapter: list(TAB_COLOURS).index(chapter.part)):
        for listing in listings.read_all(chapter.folder):
            title = listing.sheet or stage_name(chapter.stage)
            found.setdefault(title, (TAB_COLOURS[chapter.part], []))[1].append(listing)
    leaves: list[Leaf] = []
    taken = {CONTENTS.casefold(), DEFINITIONS.casefold(), "history"}
    for title, (colour, those) in found.items():
        for name, group in _split(title, those):
            leaves.append(Leaf(safe_name(name, taken), colour, tuple(group)))
    return leaves


def _split(title: str, those: Sequence[Listing]) -> list[tuple[str, list[Listing]]]:
    """Return the sheets of one report: short listings together, each long one by itself."""
    parts: list[tuple[str, list[Listing]]] = []
    together: list[Listing] | None = None
    for listing in those:
        if len(listing.frame) > SHORT_ROWS:
            parts.append((listing.title if parts else title, [listing]))
        elif together is None:
            together = [listing]
            parts.append((f"{title}, more" if parts else title, together))
        else:
            together.append(listing)
    return parts


def safe_name(wanted: str, taken: set[str]) -> str:
    """Return a name a sheet may have, add it to ``taken``; one that is taken already gets a number.

    >>> taken = set()
    >>> safe_name("Who/What?", taken), safe_name("who what", taken), safe_name("''", taken)
    ('Who What', 'who what 2', 'Sheet')
    """
    base = " ".join(NOT_IN_NAMES.sub(" ", clean(wanted)).split()).strip("' ") or "Sheet"
    name, at = base[:LONGEST_NAME].strip("' "), 1
    while name.casefold() in taken:
        at += 1
        name = f"{base[: LONGEST_NAME - len(str(at)) - 1].strip()} {at}"
    taken.add(name.casefold())
    return name


def _fill(pen: Pen, sheet: Worksheet, leaf: Leaf, facts: PageFacts, *, filtered: bool) -> list[int]:
    """Write a sheet and return the row of each listing's title."""
    _set_up(sheet, leaf, facts)
    for at, width in enumerate(widths(pen, leaf.listings)):
        sheet.set_column(at, at, width)
    sheet.write_url(0, 0, f"internal:'{CONTENTS}'!A1", pen.look(font_color=palette.ACCENT, underline=1), CONTENTS)
    row, titles = 1, []
    for listing in leaf.listings:
        spot = place(pen, sheet, listing, row, filtered=filtered)
        titles.append(spot.title)
        if len(leaf.listings) == 1:
            sheet.freeze_panes(spot.header + 1, 1)
            sheet.repeat_rows(spot.header)
            if not filtered and len(listing.frame):
                sheet.autofilter(spot.header, 0, spot.header + len(listing.frame), len(headers(listing)) - 1)
        row = spot.end + 2
    return titles


def _set_up(sheet: Worksheet, leaf: Leaf, facts: PageFacts) -> None:
    """Set the tab and how the sheet is printed: sideways, one page wide, with whose data it is at the foot."""
    sheet.set_tab_color(leaf.colour)
    sheet.hide_gridlines(1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    if facts.language.split("-")[0] in RIGHT_TO_LEFT:
        sheet.right_to_left()
    shop, run = (clean(text).replace("&", "&&")[:60] for text in (facts.shop, facts.run_code))
    sheet.set_footer(f"&L{shop}&C{'Simulated data, ' if facts.simulated else ''}run {run}&RPage &P of &N")


def _contents(pen: Pen, sheet: Worksheet, facts: PageFacts, leaves: Sequence[Leaf], rows: Sequence[list[int]]) -> None:
    """Write what the workbook tells of, and a link to each listing."""
    _set_up(sheet, Leaf(CONTENTS, palette.MUTED, ()), facts)
    for column, width in enumerate((28, 52, 10)):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 24)
    pen.text(sheet, 0, 0, facts.title, bold=True, font_size=16)
    about = [facts.shop, facts.period, facts.data_line, f"Run {facts.run_code}" if facts.run_code else ""]
    if facts.simulated:
        pen.text(sheet, 1, 0, "Simulated data: no real shop, person or sale is shown.", bold=True,
                 font_color=palette.WARNING)  # fmt: skip
    row = 2
    for line in filter(None, about):
        pen.text(sheet, row, 0, line)
        row += 1
    row += 1
    for at, label in enumerate(("Sheet", "What is on it", "Rows")):
        look = {"bold": True, "bottom": 1, "bg_color": palette.ACCENT_PALE}
        pen.text(sheet, row, at, label, **look, align="right" if at == 2 else "left")
    link = pen.look(font_color=palette.ACCENT, underline=1)
    for leaf, titles in zip(leaves, rows, strict=True):
        for at, (listing, title) in enumerate(zip(leaf.listings, titles, strict=True)):
            row += 1
            name = leaf.name.replace("'", "''")
            if not at:
                sheet.write_url(row, 0, f"internal:'{name}'!A1", link, leaf.name)
            sheet.write_url(row, 1, f"internal:'{name}'!A{title + 1}", link, clean(listing.title)[:255])
            pen.cell(sheet, row, 2, len(listing.frame), "count", "")
    sheet.activate()


def _definitions(facts: PageFacts, leaves: Iterable[Leaf]) -> tuple[Listing, ...]:
    """Return what the numbers mean, and the columns."""
    numbers = _of_texts(
        "numbers", "What the numbers mean", ("Number", "Here", "Unit", "What it means"), facts.definitions
    )
    rows = [
        (leaf.name, listing.title, label, column.meaning)
        for leaf in leaves
        for listing in leaf.listings
        for label, column in zip(headers(listing), listing.columns, strict=True)
        if column.meaning
    ]
    columns = _of_texts("columns", "What the columns mean", ("Sheet", "Listing", "Column", "What it means"), rows)
    return tuple(listing for listing in (numbers, columns) if len(listing.frame))


def _of_texts(name: str, title: str, labels: Sequence[str], rows: Sequence[Sequence[str]]) -> Listing:
    columns = tuple(Column(label.lower(), label, "text") for label in labels)
    frame = pd.DataFrame(list(rows), columns=[column.name for column in columns], dtype=object)
    return Listing(f"definitions_{name}", title, frame, columns, "", f"{words.plural(len(frame), 'entry', 'entries')}.")
