"""The workbook a person mends a file with: its bad rows as they were, each bad cell coloured with what is wrong.

Every cell is text, so that nothing is read as a number, a date or a formula: what is not changed comes back as it was.
Two more columns say which row of which import a row is. A file that was refused as a whole has all its rows in the
workbook, for none of them is loaded; of any other only the bad ones are there.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from shoplib.base import money, words
from shoplib.config.mapping import FileFormat
from shoplib.config.models import Scenario, Shop
from shoplib.config.sources import Source
from shoplib.ingest.accounts import ROW_SHAPE
from shoplib.ingest.dropped.reasons import WANTED, mendable
from shoplib.store import files

IMPORT, ROW = "shoplib import", "shoplib row"
"""Columns that say which row of which import is mended."""
HELP = "How to mend"
SUFFIX = ".mend.xlsx"
MOST_ROWS = 100_000
MOST_COMMENTS = 2_000
LONGEST_CELL = 32_767
LONGEST_NAME = 31
HEADING_WITHIN = 1_200
"""Rows looked through for the heading and the first ids; a mapping may skip a thousand lines."""
PEEKED_BYTES = 1 << 24
MOST_BYTES = 1 << 29
CORRUPT = (KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, NotImplementedError, RuntimeError)
"""What reading a workbook that is none raises."""
FIRST_DAY = dt.datetime(2000, 1, 1)
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Letters a spreadsheet takes for the beginning of a formula."""
BAD, WAITS, OWN, HEAD = "#F8CBAD", "#FFF2CC", "#EDEDED", "#DDEBF7"
WAITING = ("unknown_transaction", "unknown_reference")
"""Rules of rows that load by themselves when what they belong to comes."""


@dataclass(frozen=True)
class Bad:
    """The rows a workbook is about: strings by ``source_row``, and what is wrong with some of them.

    ``rejected`` are rows of ``rejected_rows``. ``whole`` says that all rows of the file are here.
    ``mends`` says which rows those of a mending workbook mend, if it was one.
    """

    import_id: str
    file_name: str
    rows: pd.DataFrame
    rejected: pd.DataFrame
    whole: bool
    mends: pd.DataFrame | None = None


def bad_rows(import_id: str, file_name: str, columns: list[str], rejected: pd.DataFrame) -> Bad:
    """Return the bad rows of a file as they were, its columns in their order; a misshapen one in the first column."""
    bad = mendable(rejected).sort_values("source_row", kind="stable")
    told = [json.loads(text) for text in bad["row_text"]]
    shapeless = bad["column_name"].isna().to_numpy() & (bad["rule"] == ROW_SHAPE).to_numpy()
    cells = [{columns[0]: one["text"]} if odd else one for one, odd in zip(told, shapeless, strict=True)]
    own = [name for name in columns if name not in (IMPORT, ROW)]
    rows = pd.DataFrame.from_records(cells, index=bad["source_row"].to_numpy()).reindex(columns=own)
    return Bad(import_id, file_name, rows.fillna("").astype(str), bad, whole=False)


def all_rows(
    import_id: str, file_name: str, rows: pd.DataFrame, misshapen: pd.DataFrame, rejected: pd.DataFrame
) -> Bad:
    """Return all rows of a file of which nothing was loaded, with what is wrong with some of them."""
    odd = pd.DataFrame({rows.columns[0]: misshapen["text"]}, index=misshapen.index)
    every = pd.concat([rows, odd]).sort_index().fillna("") if len(odd) else rows
    own = [name for name in every.columns if name not in (IMPORT, ROW)]
    mends = every[[IMPORT, ROW]] if {IMPORT, ROW} <= set(every.columns) else None
    return Bad(import_id, file_name, every[own], mendable(rejected), whole=True, mends=mends)


def write(path: Path, bad: Bad, form: FileFormat, shop: Shop) -> list[str]:
    """Write the workbook and return what a person must know about it in lines; the same rows give the same bytes.

    Rows with a cell longer than a sheet can hold are left out, and so is what is beyond ``MOST_ROWS``: the lines, which
    stand on the second sheet too, say how many. Raises ``StoreError`` if the place cannot be written.
    """
    from xlsxwriter import Workbook

    fits = (bad.rows.apply(lambda cells: cells.str.len()) <= LONGEST_CELL).all(axis=1)
    rows = bad.rows[fits].head(MOST_ROWS)
    notes = _left_out(len(bad.rows), int((~fits).sum()), len(rows))
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                             "strings_to_numbers": False})  # fmt: skip
    book.set_properties({"title": f"Rows of {_printable(bad.file_name)} to mend", "created": FIRST_DAY})
    sheet = book.add_worksheet(_sheet_name(form.sheet))
    _fill(book, sheet, rows, bad, form.skip_lines, shop)
    _explain(book, bad, notes)
    book.close()
    files.write_bytes(path, buffer.getvalue())
    return notes


def _left_out(rows: int, too_long: int, written: int) -> list[str]:
    notes = []
    if too_long:
        notes.append(f"{words.plural(too_long, 'row')} with a cell longer than {words.count(LONGEST_CELL)} letters "
                     "are not here: mend them where the file was made.")  # fmt: skip
    if rows - too_long > written:
        notes.append(f"Only the first {words.count(written)} rows are here; {words.count(rows - too_long - written)} "
                     "more are in the .reason.json beside the file.")  # fmt: skip
    return notes


def _sheet_name(wanted: str) -> str:
    """Return the name of the first sheet: the one the mapping reads."""
    name = NOT_IN_NAMES.sub(" ", wanted).strip("' ")[:LONGEST_NAME]
    return "Rows to mend" if not name or name.casefold() in (HELP.casefold(), "history") else name


def _fill(book: Any, sheet: Any, rows: pd.DataFrame, bad: Bad, skipped: int, shop: Shop) -> None:
    """Write heading and rows below as many lines as the mapping skips."""
    text = {"num_format": "@", "valign": "top"}
    plain, formula = book.add_format(text), book.add_format({**text, "quote_prefix": True})
    looks = {colour: (book.add_format({**text, "bg_color": colour}),
                      book.add_format({**text, "bg_color": colour, "quote_prefix": True}))
             for colour in (BAD, WAITS)}  # fmt: skip
    own = book.add_format({**text, "bg_color": OWN, "font_color": "#595959"})
    head = book.add_format({**text, "bg_color": HEAD, "bold": True})
    names = [*map(str, rows.columns), IMPORT, ROW]
    for at, name in enumerate(names):
        sheet.write_string(skipped, at, escaped(name), head)
    _size(sheet, rows, skipped)
    marks = _marks(bad, list(rows.columns), shop)
    comments = 0
    for line, (number, cells) in enumerate(zip(rows.index, rows.to_numpy(), strict=True), skipped + 1):
        at_fault, why, colour = marks.get(int(number), ((), "", BAD))
        for column, cell in enumerate(cells):
            if not cell and column not in at_fault:
                continue
            kinds = looks[colour] if column in at_fault else (plain, formula)
            look = kinds[cell.startswith(FORMULA)]
            if cell:
                sheet.write_string(line, column, escaped(cell), look)
            else:
                sheet.write_blank(line, column, None, look)
        if why and comments < MOST_COMMENTS:
            sheet.write_comment(line, at_fault[0], why, {"x_scale": 2.4, "y_scale": 1.6, "author": "shoplib"})
            comments += 1
        of, row = (bad.import_id, str(number)) if bad.mends is None else bad.mends.loc[number, [IMPORT, ROW]]
        sheet.write_string(line, len(cells), of, own)
        sheet.write_string(line, len(cells) + 1, row, own)


def _size(sheet: Any, rows: pd.DataFrame, skipped: int) -> None:
    for at, name in enumerate(rows.columns):
        longest = max(int(rows[name].head(1_000).str.len().max() or 0), len(str(name)))
        sheet.set_column(at, at, min(max(longest + 2, 8), 48))
    sheet.set_column(len(rows.columns), len(rows.columns) + 1, 14)
    sheet.freeze_panes(skipped + 1, 0)


def _marks(bad: Bad, columns: list[str], shop: Shop) -> dict[int, tuple[tuple[int, ...], str, str]]:
    """Return for each bad row which of its cells are at fault, why, and the colour that says so."""
    found = {}
    lines = bad.rejected[["source_row", "rule", "column_name", "found", "reason", "money_minor"]]
    for number, rule, column, stood, reason, worth in lines.itertuples(index=False):
        why = _why(rule, column, stood, reason, worth, shop)
        found[int(number)] = _places(column, columns), why, WAITS if rule in WAITING else BAD
    return found


def _places(column: object, columns: list[str]) -> tuple[int, ...]:
    """Return the positions of the columns a rule names, which may be several; the first where it names none of them."""
    if not isinstance(column, str):
        return (0,)
    if column in columns:
        return (columns.index(column),)
    named = tuple(at for at, name in enumerate(columns) if name in column.split(", "))
    return named or (0,)


def _why(rule: str, column: object, stood: object, reason: str, worth: object, shop: Shop) -> str:
    lines = [rule.replace("_", " "), f"{reason}."]
    if isinstance(column, str) and isinstance(stood, str) and stood:
        lines.append(f"Found: {stood[:200]}")
    if rule in WANTED:
        lines.append(f"Wanted: {WANTED[rule]}.")
    if worth is not None and not pd.isna(worth):  # type: ignore[call-overload]  # one amount, never a list
        lines.append(f"This row: {money.show(int(str(worth)), shop.currency, language=shop.language)}")
    return _printable("\n".join(lines), keep="\n")


def _explain(book: Any, bad: Bad, notes: list[str]) -> None:
    """Write the second sheet: what this is and what to do, in plain words."""
    every = "Nothing of it was loaded, so all its rows are on the first sheet."
    some = "All its other rows are loaded; only the bad ones are on the first sheet."
    lines = [
        f"These are rows of {_printable(bad.file_name)}. {every if bad.whole else some}", "",
        "1. Red cells are wrong; yellow ones name what has not come yet: those rows load by themselves when it does. "
        "Point at a cell to read why, and what is wanted instead.",
        "2. Correct the cells. Delete a row that should not be loaded at all.",
        f"3. Leave the heading and the two grey columns, “{IMPORT}” and “{ROW}”, as they are: they say which rows "
        "these are.",
        "4. Save as a workbook (.xlsx), under this name or any other, and drop it into the inbox.", "",
        "Rows that are right then are loaded. What is still wrong comes back in a workbook like this one.",
        "Write amounts, dates and times as the rest of the file does: cells here are text, read as they stand.",
        "A cell that begins with = + - or @ is text too and computes nothing; leave it so unless it is wrong.",
        "A row of another number of cells stands in the first column as it was: write its values into the columns.",
        f"Comments are at the first {words.count(MOST_COMMENTS)} bad rows; all reasons are in the .reason.json.",
        *notes,
    ]  # fmt: skip
    sheet = book.add_worksheet(HELP)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 100)
    for at, line in enumerate(lines):
        sheet.write_string(at, 0, line, wrap)


def escaped(text: str) -> str:
    """Return a text so that a sheet gives it back unchanged: what looks like an escape is escaped.

    >>> escaped("_x0041_"), escaped("x_1")
    ('_x005F_x0041_', 'x_1')
    """
    return ESCAPED.sub(r"_x005F_x\1_", text)


def _printable(text: str, keep: str = "") -> str:
    return "".join(c if c.isprintable() or c in keep else "\ufffd" for c in text)


def import_ids(path: Path) -> tuple[str, ...]:
    """Return the imports whose rows a workbook mends, in order; ``()`` for any other file.

    Little of a file is unpacked to see that it is none; of one that is, the first rows below the heading are read.
    """
    if not _speaks_of_mending(path):
        return ()
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            found = [_ids_in(sheet.iter_rows(max_row=HEADING_WITHIN, values_only=True)) for sheet in book.worksheets]
        finally:
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, zlib.error, OSError, *CORRUPT):
        return ()
    return next((ids for ids in found if ids), ())


def suited(scenario: Scenario, source: Source, path: Path) -> Scenario:
    """Return the scenario to load a file with: a workbook to mend with has a heading even if its source's files do not.

    For any other file it is the scenario itself.
    """
    mapping = scenario.mappings[source.mapping]
    if mapping.file.header or not import_ids(path):
        return scenario
    headed = mapping.model_copy(update={"file": mapping.file.model_copy(update={"header": True, "names": ()})})
    return scenario.model_copy(update={"mappings": {**scenario.mappings, source.mapping: headed}})


def _speaks_of_mending(path: Path) -> bool:
    """Return whether a file is a workbook, not unreasonably large once unpacked, that has the name of our column."""
    try:
        with zipfile.ZipFile(path) as pack:
            parts = pack.infolist()
            if sum(part.file_size for part in parts) > MOST_BYTES:
                return False
            for part in parts:
                if part.filename == "xl/sharedStrings.xml" or part.filename.startswith("xl/worksheets/sheet"):
                    with pack.open(part) as stream:
                        if IMPORT.encode() in stream.read(PEEKED_BYTES):
                            return True
    except (zipfile.BadZipFile, zlib.error, OSError, *CORRUPT):
        return False
    return False


def _ids_in(rows: Iterable[tuple[object, ...]]) -> tuple[str, ...]:
    """Return the distinct ids below a heading of ours, or ``()`` if there is none."""
    at, ids = -1, dict[str, None]()
    for cells in rows:
        if at < 0 and IMPORT in cells and ROW in cells:
            at = cells.index(IMPORT)
        elif at >= 0 and at < len(cells) and cells[at]:
            ids[str(cells[at]).strip()] = None
    return tuple(ids)
