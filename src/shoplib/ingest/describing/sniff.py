"""How an unknown file is written: its kind, encoding, delimiter or sheet, the lines above its header."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from shoplib.base import words
from shoplib.config.mapping import FileFormat
from shoplib.errors import SourceError
from shoplib.ingest.describing.proposal import Guess
from shoplib.ingest.describing.punctuation import is_value
from shoplib.ingest.readers import DELIMITER_NAMES, DELIMITERS, column_names, decode, fitting_encodings, read_bytes
from shoplib.ingest.sources import Kind, kind_of, read
from shoplib.store import dialects

SAMPLE_BYTES = 200
SAMPLE_RECORDS = 500
SAMPLE_CHARACTERS = 200_000
SHEET_ROWS = 60
MOST_TITLE_LINES = 40
HEADER_SHARE = 0.5
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
Record = tuple[int, list[str]]
"""The line a record begins on, from 0, and its cells."""


@dataclass(frozen=True)
class Sniffed:
    """How a file seems to be written, each guess with its evidence, and questions that can wait."""

    kind: Kind
    file_format: FileFormat
    guesses: tuple[Guess, ...]
    questions: tuple[str, ...] = field(default=())

    @property
    def evidence(self) -> tuple[str, ...]:
        """Return every guess in a line."""
        return tuple(guess.line for guess in self.guesses)


def sniff(path: Path) -> Sniffed:
    """Return how a file is written, its number marks still the plain ones; ``SourceError`` if it is no table."""
    kind = kind_of(path)
    if kind == "csv":
        return _text(path)
    if kind == "excel":
        return _workbook(path)
    file_format = FileFormat(delimiter=",")
    read(path, kind, file_format)
    why = "its first bytes" if kind == "parquet" else "it begins as JSON does"
    return Sniffed(kind, file_format, (Guess("kind", 1.0, f"{kind}, {why}"),))


def _text(path: Path) -> Sniffed:
    data = read_bytes(path)
    encoding, why, sure, questions = _encoding(path, data)
    text = decode(path, data, encoding)
    delimiter, records, columns = _delimiter(path, text)
    alike = sum(len(cells) == columns for _, cells in records)
    guesses = [
        Guess("encoding", sure, f"{encoding}, {why}"),
        Guess(
            "delimiter", round(alike / len(records), 2),
            f"{DELIMITER_NAMES[delimiter]}, {columns} columns in {alike} of the first {len(records)} records",
        ),
    ]  # fmt: skip
    second = dialects.delimiter(text[:SAMPLE_CHARACTERS])
    if second and second != delimiter:
        named = DELIMITER_NAMES.get(second, repr(second))
        questions.append(
            f"DuckDB takes {named} for the delimiter, not {DELIMITER_NAMES[delimiter]}; look at the columns"
        )
    skip, header, guess, asked = _header(records, columns)
    names = () if header else tuple(column_names([""] * columns))
    file_format = FileFormat(delimiter=delimiter, encoding=encoding, header=header, names=names, skip_lines=skip)
    return Sniffed("csv", file_format, (*guesses, *guess), (*questions, *asked))


def _workbook(path: Path) -> Sniffed:
    """Return the first sheet that holds a table; the header may stand below a title."""
    tops = _tops(path)
    tables = {title: top for title, top in tops.items() if len(top) > 1 and max(map(_filled, top)) > 1}
    if not tables:
        raise SourceError(
            "No sheet of the workbook holds a table", where=str(path), found=words.listed(tops),
            wanted="a header and rows below it", next_step="give the file with the sales",
        )  # fmt: skip
    title = max(tables, key=lambda name: (len(tables[name]) >= SHEET_ROWS // 2, max(map(_filled, tables[name]))))
    if all(len(top) < SHEET_ROWS // 2 for top in tables.values()):
        title = max(tables, key=lambda name: len(tables[name]))
    columns = Counter(_filled(record) for record in tables[title]).most_common(1)[0][0]
    skip, _, guesses, questions = _header(tables[title], columns)
    asked = [q for q in questions if "no header" not in q]
    sheet = "" if title == next(iter(tops)) else title
    why = f'sheet "{title}"' + (f" of {words.listed(tops)}" if len(tops) > 1 else "")
    guess = Guess("kind", 1.0 if len(tables) == 1 else 0.7, f"excel, {why}")
    if len(tables) > 1:
        asked.append(f"several sheets hold tables: {words.listed(tables)}; {title} is read")
    return Sniffed("excel", FileFormat(sheet=sheet, skip_lines=skip), (guess, *guesses), tuple(asked))


def _tops(path: Path) -> dict[str, list[Record]]:
    """Return the first rows of each visible sheet; ``SourceError`` if the file is no workbook that can be read."""
    import openpyxl

    from shoplib.ingest.sources.excel import FAULTS

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        with closing(book):
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            return {sheet.title: _top(sheet.iter_rows(max_row=SHEET_ROWS, values_only=True)) for sheet in shown}
    except FAULTS as error:
        read(path, "excel", FileFormat(), may_be_empty=True)
        raise SourceError("The workbook cannot be read", where=str(path), found=str(error),
                          next_step="open it in Excel, save it again, and give that file") from error  # fmt: skip


def _top(rows: object) -> list[Record]:
    texts = (["" if cell is None else str(cell) for cell in row] for row in rows)  # type: ignore[attr-defined]  # a reader without types
    return [(line, cells) for line, cells in enumerate(texts) if any(cell.strip() for cell in cells)]


def _encoding(path: Path, data: bytes) -> tuple[str, str, float, list[str]]:
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name, "byte-order mark", 1.0, []
    if b"\0" in data[:SAMPLE_BYTES]:
        zeros = [data[first:SAMPLE_BYTES:2].count(0) for first in (0, 1)]
        if max(zeros) * 5 < len(data[:SAMPLE_BYTES]) or min(zeros) * 4 > max(zeros):
            raise SourceError(
                "The file is no text", where=str(path), found=f"NUL characters, the first at byte {data.index(0)}",
                wanted="a table as CSV, JSON, Excel or parquet", next_step="export it again as CSV",
            )  # fmt: skip
        return ("utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"), "every other byte is zero", 0.95, []
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        fitting = fitting_encodings(data, error.start)
        if not fitting:
            raise SourceError(
                "No known encoding fits the file", where=str(path),
                found=f"byte 0x{data[error.start]:02X} at byte {words.count(error.start)}",
                next_step="export it again as UTF-8",
            ) from None  # fmt: skip
        question = f"the encoding is a guess: {words.listed(fitting)} would fit; look at the accented letters"
        several = len(fitting) > 1
        why = "best fit of the bytes that are no UTF-8 (charset-normalizer)"
        return fitting[0], why, 0.6 if several else 0.9, [question] if several else []
    return "utf-8", "every byte reads as UTF-8", 1.0, []


def _delimiter(path: Path, text: str) -> tuple[str, list[Record], int]:
    """Return the mark that cuts most records into the same number of columns, those records, and the number.

    Of two equals (``1;2,5``) the one that leaves more cells that are numbers or dates.
    """
    best: tuple[float, float, int, str, list[Record]] = (0.0, 0.0, 0, "", [])
    for mark in DELIMITERS:
        records = _records(text, mark)
        if not records:
            continue
        columns, _ = Counter(len(cells) for _, cells in records[-max(1, len(records) * 4 // 5) :]).most_common(1)[0]
        if columns < 2:
            continue
        alike = sum(len(cells) == columns for _, cells in records)
        cells = [cell for _, record in records[-50:] for cell in record]
        values = sum(is_value(cell) for cell in cells) / len(cells)
        share = round(alike / len(records), 1) if len(records) > 20 else alike / len(records)
        if (share, columns, values) > (best[0], best[2], best[1]):
            best = (share, values, columns, mark, records)
    if not best[3]:
        raise SourceError(
            "No delimiter divides the file into columns", where=str(path), found=text.strip().splitlines()[0][:80],
            wanted=f"columns divided by {words.listed(DELIMITER_NAMES.values())}",
            next_step="export it again as CSV",
        )  # fmt: skip
    return best[3], best[4], best[2]


def _records(text: str, mark: str) -> list[Record]:
    stream = io.StringIO(text, newline="")
    first = 0
    if text.startswith("sep=") and len(text.splitlines()[0]) == 5:
        stream.readline()
        first = 1
    found: list[Record] = []
    reader = csv.reader(stream, delimiter=mark)
    try:
        before = 0
        for cells in islice(reader, SAMPLE_RECORDS):
            if any(cell.strip() for cell in cells):
                found.append((first + before, cells))
            before = reader.line_num
    except csv.Error:
        return []
    return found


def _filled(record: Record) -> int:
    return sum(bool(cell.strip()) for cell in record[1])


def _header(records: list[Record], columns: int) -> tuple[int, bool, list[Guess], list[str]]:
    """Return the lines above the header, whether there is one, and why.

    The header is the first record that fills as many columns as most records do; what stands above it is a title.
    """
    typical = Counter(_filled(record) for record in records).most_common(1)[0][0]
    enough = max(2.0, HEADER_SHARE * min(columns, typical))
    at = next((i for i, record in enumerate(records[:MOST_TITLE_LINES]) if _filled(record) >= enough), 0)
    while at and at + 1 < len(records) and len(records[at][1]) != columns and len(records[at + 1][1]) == columns:
        at += 1
    below = [cells for _, cells in records[at:]]
    header = _has_header(below)
    skip = records[at][0] if at else 0
    guesses = []
    if skip:
        first = " ".join(" ".join(records[0][1]).split())[:60]
        guesses.append(Guess("skip_lines", 0.9, f'{skip}, the lines above the header hold a title ("{first}")'))
    if header:
        guesses.append(Guess("header", 0.95, "the first record holds names only"))
        return skip, True, guesses, []
    guesses.append(Guess("header", 0.8, "none, the first record holds values"))
    asked = "the file has no header; the columns were named by number and recognised by values alone"
    return skip, False, guesses, [asked]


def _has_header(records: Sequence[list[str]]) -> bool:
    """Return whether the first record names the columns: it has no digit where the records below have values."""
    first, below = records[0], records[1:]
    if not below:
        return True
    valued = [i for i in range(len(first)) if all(is_value(r[i]) for r in below[:50] if i < len(r) and r[i].strip())]
    return not any(is_value(first[i]) for i in valued)
