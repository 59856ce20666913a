"""Delimited text to pieces of strings, block by block: nothing is converted, guessed or dropped here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from shoplib.base import words
from shoplib.config.mapping import FileFormat
from shoplib.errors import MappingError, SourceError
from shoplib.ingest.readers import (
    DELIMITER_NAMES,
    column_names,
    first_line,
    first_record,
    fitting_delimiter,
    read_head,
)
from shoplib.ingest.sources import guard
from shoplib.ingest.sources.pieces import Broken, Header, Piece, numbers_after, piece
from shoplib.ingest.sources.streams import Utf8, text_parts

HEADER_CHARACTERS = 1 << 20
"""The header must stand within so many characters of the beginning."""
BLANK, TAB = " ", "\t"
LONGEST_LINE = 1 << 20
_BLANKS = re.compile(r"[ \t]+")
_AT_ENDS = re.compile(r"^\t|\t(?=\r?$)", re.MULTILINE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")


def open_delimited(path: Path, file_format: FileFormat) -> tuple[Header, Iterator[Piece]]:
    """Return the header of a delimited text file, and its rows still to come.

    Raises ``SourceError`` if there is no such file, or it is empty, is no text in the stated encoding, holds NUL
    characters, or has one column under the stated delimiter; while the pieces are read, if a quotation mark is left
    open or a record is absurdly long.
    """
    guard.require_text(path, read_head(path))
    parts = text_parts(path, file_format.encoding)
    if file_format.delimiter == BLANK:
        parts, file_format = by_tabs(parts), file_format.model_copy(update={"delimiter": TAB})
    begun = ""
    while len(begun) < HEADER_CHARACTERS and (part := next(parts, "")):
        begun += part
    text = below_title(begun, file_format.skip_lines)
    if text is None:
        raise SourceError(
            "The file ends above its header", where=str(path), found=words.plural(len(begun.splitlines()), "line"),
            wanted=f"a header below {words.plural(file_format.skip_lines, 'line')} of title, as file.skip_lines says",
            next_step="correct file.skip_lines in the mapping",
        )  # fmt: skip
    first, body = first_record(path, text, file_format.delimiter)
    guard.require_columns_in_bounds(path, first)
    if len(first) < 2:
        raise _one_column(path, text, file_format)
    cells = first if file_format.header else list(file_format.names)
    if not file_format.header and len(cells) != len(first):
        raise MappingError(
            "The mapping names another number of columns than the file has", where=str(path),
            found=f"{words.plural(len(first), 'column')}: {words.listed(first)}",
            wanted=f"{words.plural(len(cells), 'column')}: {words.listed(cells)}",
            next_step="list every column of the file under file.names",
        )  # fmt: skip
    header = Header(column_names(cells), cells, file_format.delimiter)
    stream = Utf8(parts, body if file_format.header else text)
    return header, _pieces(path, stream, header, file_format.delimiter)


def by_tabs(parts: Iterator[str]) -> Iterator[str]:
    """Yield a text whose columns are set apart by runs of blanks with one tab for each run, none at a line's ends.

    A line longer than :data:`LONGEST_LINE` characters may be cut into two runs.

    >>> list(by_tabs(iter([" 1  19970101 ", " 11.77\\r\\n 2\\t 3 \\n"])))
    ['1\\t19970101\\t11.77\\r\\n2\\t3\\n']
    """
    held = ""
    for part in parts:
        text = held + part
        end = text.rfind("\n") + 1 or (len(text) if len(text) > LONGEST_LINE else 0)
        held = text[end:]
        if end:
            yield _AT_ENDS.sub("", _BLANKS.sub(TAB, text[:end]))
    if held:
        yield _AT_ENDS.sub("", _BLANKS.sub(TAB, held))


def below_title(text: str, lines: int) -> str | None:
    """Return the text below some lines, however they end; nothing if there are not so many.

    >>> below_title("Sales\\rJune\\r\\na,b", 2), below_title("a,b", 1)
    ('a,b', None)
    """
    at = 0
    for _ in range(lines):
        line = _LINE.match(text, at)
        if line is None:
            return None
        at = line.end()
    return text[at:]


def _one_column(path: Path, text: str, file_format: FileFormat) -> SourceError:
    line = first_line(text)
    best = fitting_delimiter(text, file_format.delimiter)
    written = {"\t": "\\t"}.get(best, best)
    mark = DELIMITER_NAMES.get(file_format.delimiter, repr(file_format.delimiter))
    title = _lines_of_title(text, file_format.delimiter)
    step = "export it again as a table with one column for each value"
    if best:
        step = f'set file.delimiter: "{written}" in the mapping'
    if title:
        step = f"set file.skip_lines: {file_format.skip_lines + title} in the mapping, if that is a title"
    return SourceError(
        "The file has only one column", where=str(path), found=line[:80],
        wanted=f"columns divided by {mark}", next_step=step,
    )  # fmt: skip


def _lines_of_title(text: str, delimiter: str) -> int:
    """Return how many lines stand above two that follow one another and have equally many delimiters, or 0."""
    lines = text.splitlines()[:50]
    counts = [line.count(delimiter) for line in lines]
    found = (at for at in range(1, len(lines) - 1) if counts[at] and counts[at] == counts[at + 1])
    return next(found, 0)


def _pieces(path: Path, stream: Utf8, header: Header, delimiter: str) -> Iterator[Piece]:
    """Yield the records of a stream of UTF-8, a block at a time."""
    told: list[Broken] = []
    names = header.names

    def set_apart(row: pa_csv.InvalidRow) -> str:
        told.append((row.number, row.actual_columns, row.text))
        return "skip"

    number, last = 1, (0, [""])
    for batch in _parsed(path, stream, names, delimiter, set_apart):
        numbers = numbers_after(number, len(batch), [record for record in told if record[0] >= number])
        end = int(numbers[-1]) + 1 if len(numbers) else number
        ready = [record for record in told if record[0] < end]
        del told[: len(ready)]
        if len(numbers):
            last = end - 1, [cell.as_py() for cell in (column[-1] for column in batch.columns)]
        yield piece(path, header, batch.columns, numbers, _worth_telling(path, ready, delimiter), text=True)
        number = end
    if told:
        text = told[-1][2]
        last = told[-1][0], [text.partition('"')[2] if text.count('"') % 2 else ""]
    if stream.quotes % 2:
        _refuse_open_quote(path, *last)
    if told:
        none = [pa.array([], type=pa.string()) for _ in names]
        yield piece(path, header, none, np.array([], dtype=np.int64), _worth_telling(path, told, delimiter))


def _worth_telling(path: Path, broken: list[Broken], delimiter: str) -> list[Broken]:
    """Return the records of another width that hold anything; ``SourceError`` if one is absurdly long."""
    for number, _, text in broken:
        if len(text) > guard.MAX_CELL_BYTES:
            raise guard.too_long(path, f"a record of {words.count(len(text))} characters", number)
    return [record for record in broken if record[2].strip(f"{delimiter} \t\r\n")]


def _parsed(path: Path, stream: Utf8, names: list[str], delimiter: str, set_apart: object) -> Iterator[pa.RecordBatch]:
    try:
        reader = pa_csv.open_csv(
            stream,
            read_options=pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=guard.MAX_RECORD_BYTES),
            parse_options=pa_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=set_apart
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, null_values=[], strings_can_be_null=False
            ),
        )
        with reader:
            yield from reader
    except pa.ArrowInvalid as error:
        if "Empty CSV file" in str(error):
            return
        raise SourceError(
            "The file cannot be read as a table", where=str(path),
            found="a record that is longer than a block" if "straddling" in str(error) else str(error),
            wanted=f"records of at most {words.count(guard.MAX_RECORD_BYTES)} bytes",
            next_step="look for a quotation mark that is never closed",
        ) from error  # fmt: skip


def _refuse_open_quote(path: Path, number: int, cells: list[str]) -> None:
    """Raise if the last record runs over lines because its quotation mark is never closed."""
    swallowed = next((cell for cell in cells if "\n" in cell.strip()), None)
    if swallowed is not None:
        swallowed = swallowed.strip()
        lines = words.plural(swallowed.count("\n") + 1, "line")
        raise SourceError(
            "A quotation mark is opened and never closed", where=f"{path}, row {words.count(number)}",
            found=f"{lines} in one cell that begins with {swallowed[:40]!r}",
            next_step="close the mark in the file, or export it again",
        )  # fmt: skip
