"""A sheet of a workbook to pieces of strings: values as Excel shows them, days and times by the format of the cell."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import Any

from shoplib.base import words
from shoplib.config.mapping import FileFormat
from shoplib.errors import MappingError, SourceError
from shoplib.ingest.readers import column_names, read_head
from shoplib.ingest.sources import guard, headings, sheets
from shoplib.ingest.sources.numbers import as_excel_shows, hours, iso
from shoplib.ingest.sources.pieces import Broken, Header, Piece, of_lists

PIECE_ROWS = 5_000
FAULTS = (
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, EOFError, NotImplementedError, RuntimeError,
    AssertionError, SyntaxError, OSError, MemoryError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What reading a workbook that is damaged can raise in its reader, in zip and in XML."""
_TIME_OF_DAY = re.compile(r"[hs]", re.IGNORECASE)
_NO_FORMAT = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|FFF[EF])_")  # how a sheet writes what XML cannot hold
Row = tuple[int, list[str]]


def open_excel(path: Path, file_format: FileFormat) -> tuple[Header, Iterator[Piece]]:
    """Return the header of a sheet, and its rows still to come: of ``file.sheet``, else of the first visible one.

    The header is the first row below ``file.skip_lines`` that holds anything; merged headings are filled to the right
    and joined with those below them. Rows with a value beyond the last heading are set apart. Results of formulas are
    read as they were saved; ``SourceError`` if there are none, and for what is no workbook.
    """
    with ExitStack() as opened:
        archive = _archive(path, opened)
        sheet = _guarded(path, lambda: _sheet(path, archive, file_format.sheet))
        facts = _guarded(path, lambda: _facts(archive, sheet))
        where = f"{path}, sheet {sheet.title}"
        _require_sound(where, facts)
        rows = _rows(path, sheet, file_format.decimal)
        header, above, begun = _below_header(where, next(rows, []), facts, file_format)
        guard.require_columns_in_bounds(path, header.names)
        return header, _pieces(path, header, above, chain([begun] if begun else [], rows), opened.pop_all())


def _require_sound(where: str, facts: sheets.Sheet) -> None:
    if facts.odd_row:
        raise SourceError(
            "The sheet has a row that no sheet can have", where=where,
            found=f"row {facts.odd_row}", wanted=f"rows 1 to {words.count(sheets.MAX_ROW)}",
            next_step="open it in Excel, save it again, and give that file",
        )  # fmt: skip
    if facts.without_result:
        raise SourceError(
            "The workbook was never calculated", where=where,
            found=f"{words.plural(len(facts.without_result), 'formula')} without a result, the first in "
            f"{facts.without_result[0]}",
            wanted="the result of each formula, as Excel saves it",
            next_step="open it in Excel, save it, and give that file",
        )  # fmt: skip


def _archive(path: Path, opened: ExitStack) -> zipfile.ZipFile:
    """Return an opened workbook; ``SourceError`` says what a file is that is none."""
    head = read_head(path)
    thing, step = "", "open it in Excel and save it as an Excel workbook (.xlsx)"
    if head.startswith(guard.OLD_OFFICE):
        protected = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        thing = "a workbook protected by a password" if protected else "an old workbook (.xls)"
        step = "open it in Excel and save it without a password" if protected else step
    elif not zipfile.is_zipfile(path):
        cut = head.startswith(guard.ZIP)
        thing = "a workbook that was cut off" if cut else f"bytes that begin with {head[:8]!r}"
        step = "copy it again from where it was made" if cut else "set kind: csv or json if it is text"
    else:
        try:
            archive = zipfile.ZipFile(opened.enter_context(path.open("rb")))
        except FAULTS as error:
            raise _damaged(path, error) from None
        guard.require_small_archive(path, archive)
        thing = sheets.kind_of_archive(archive)
        if not thing:
            return archive
    raise SourceError(
        "The file is no workbook that can be read", where=str(path), found=thing, wanted="an Excel workbook (.xlsx)",
        next_step=step,
    )  # fmt: skip


def _guarded(path: Path, act: Callable[[], Any]) -> Any:
    """Return what ``act`` returns; what a damaged workbook raises is told as ``SourceError``, warnings are not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return act()
        except SourceError:
            raise
        except FAULTS as error:
            raise _damaged(path, error) from None


def _damaged(path: Path, error: BaseException) -> SourceError:
    while (first := error.__cause__ or error.__context__) is not None:
        error = first
    entities = type(error).__name__ in ("EntitiesForbidden", "DTDForbidden", "ExternalReferenceForbidden")
    return SourceError(
        "The workbook defines XML entities, which none needs" if entities else "The workbook is damaged",
        where=str(path), found=" ".join(str(error).split())[:120] or type(error).__name__,
        wanted="a workbook that Excel opens",
        next_step="do not open it unless you know who made it" if entities
        else "open it in Excel, save it again, and give that file",
    )  # fmt: skip


def _sheet(path: Path, archive: zipfile.ZipFile, name: str) -> Any:
    """Return the sheet to be read."""
    import openpyxl

    book = openpyxl.load_workbook(archive.fp, read_only=True, data_only=True, keep_links=False)
    there = {sheet.title: sheet for sheet in book.worksheets}
    if name and name not in there:
        near = words.nearest(name, there)
        raise SourceError(
            f"There is no sheet {name}", where=str(path), found=words.listed(there) or "no sheet",
            next_step=f'did you mean "{near}"? Set file.sheet in the mapping' if near else "correct file.sheet",
        )  # fmt: skip
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not there:
        raise SourceError(
            "The workbook has no sheet with cells", where=str(path), found="no sheet", wanted="a sheet with a table",
            next_step="give the right file",
        )  # fmt: skip
    sheet = there[name] if name else (visible or book.worksheets)[0]
    sheet.reset_dimensions()
    return sheet


def _facts(archive: zipfile.ZipFile, sheet: Any) -> sheets.Sheet:
    with archive.open(sheet._worksheet_path) as stream:
        return sheets.look_at(stream)


def _rows(path: Path, sheet: Any, mark: str) -> Iterator[list[Row]]:
    """Yield the rows of a sheet as texts, with their numbers, some at a time."""
    cells, first = sheet.iter_rows(), 1
    days: dict[str, bool] = {}

    def some() -> list[Row]:
        return [
            (number, [_text(cell, mark, days) for cell in row])
            for number, row in enumerate(islice(cells, PIECE_ROWS), first)
        ]

    while rows := _guarded(path, some):
        yield rows
        first += len(rows)


def _text(cell: Any, mark: str, days: dict[str, bool]) -> str:
    value = cell.value
    if value is None or isinstance(value, str):
        return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), value) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return as_excel_shows(value, mark)
    if isinstance(value, dt.datetime):
        form = cell.number_format
        if form not in days:
            days[form] = not _TIME_OF_DAY.search(_NO_FORMAT.sub("", form))
        return iso(value, day_only=days[form])
    return hours(value) if isinstance(value, dt.timedelta) else value.isoformat()


def _below_header(where: str, begun: list[Row], facts: sheets.Sheet, form: FileFormat) -> tuple[Header, int, list[Row]]:
    """Return the header, the number of the row it ends in, and the rows below it."""
    rows = [(number, cells) for number, cells in begun if number > form.skip_lines]
    at = next((at for at, (_, cells) in enumerate(rows) if any_text(cells)), None)
    if at is None:
        raise SourceError(
            "The sheet is empty", where=where, found=words.plural(len(begun), "row") + " without a value",
            wanted=f"a header{f' below row {form.skip_lines}' if form.skip_lines else ''} and rows",
            next_step="name the right sheet as file.sheet, or correct file.skip_lines",
        )  # fmt: skip
    top = rows[at][0]
    width = max(_width(cells) for _, cells in rows)
    if not form.header:
        if width > len(form.names):
            raise MappingError(
                "The mapping names another number of columns than the sheet has", where=where,
                found=words.plural(width, "column"),
                wanted=f"{words.plural(len(form.names), 'column')}: {words.listed(form.names)}",
                next_step="list every column of the sheet under file.names",
            )  # fmt: skip
        return Header(column_names(form.names), list(form.names), "\t"), form.skip_lines, rows
    first = [cells for _, cells in rows[at : at + headings.MOST_ROWS]]
    deep = headings.depth(top, first, facts.merged)
    cells = headings.joined(top, first[:deep], facts.merged, width)
    if len(cells) < 2 or sum(bool(cell.strip()) for cell in first[0]) < 2:
        table = next((number for number, cells in rows[at:] if sum(bool(cell.strip()) for cell in cells) > 1), 0)
        raise SourceError(
            "The first row of the sheet holds one cell only", where=f"{where}, row {words.count(top)}",
            found=cells[0][:80], wanted="the names of the columns",
            next_step=f"if that is a title, set file.skip_lines: {table - 1} in the mapping" if table
            else "export it again as a table with one column for each value",
        )  # fmt: skip
    return Header(column_names(cells), cells, "\t"), top + deep - 1, rows[at + deep :]


def _width(cells: Sequence[str]) -> int:
    """Return how many cells there are up to the last one that holds anything."""
    return max((at for at, cell in enumerate(cells, 1) if cell.strip()), default=0)


def any_text(cells: Sequence[str]) -> bool:
    """Return whether a row holds anything."""
    return any(cell and not cell.isspace() for cell in cells)


def _pieces(path: Path, header: Header, above: int, rows: Iterator[list[Row]], opened: ExitStack) -> Iterator[Piece]:
    """Yield rows as wide as the header, numbered from the first below ``above``; wider ones are set apart."""
    width = len(header.names)
    with opened:
        for some in rows:
            fitting: list[list[str]] = []
            broken: list[Broken] = []
            for number, cells in some:
                if any_text(cells[width:]):
                    end = _width(cells)
                    broken.append((number - above, end, "\t".join(cells[:end])))
                else:
                    fitting.append([*cells[:width], *[""] * (width - len(cells))])
            yield of_lists(path, header, fitting, some[0][0] - above, broken)
