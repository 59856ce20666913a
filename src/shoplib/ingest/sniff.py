"""How an unknown text file is written: encoding, delimiter, header and the marks of its numbers."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd

from shoplib.base import words
from shoplib.config.mapping import FileFormat
from shoplib.errors import SourceError
from shoplib.ingest.amounts import read_number
from shoplib.ingest.readers import (
    DELIMITER_NAMES,
    DELIMITERS,
    column_names,
    decode,
    fitting_encodings,
    read_bytes,
)

SAMPLE_RECORDS = 500
SAMPLE_CELLS = 2_000
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
NUMBER_MARKS = ((".", ""), (",", ""), (".", ","), (",", "."), (",", " "), (".", " "), (".", "'"), (",", "'"))
# One mark and three digits after it: a thousand, or a fraction; the cell alone cannot tell.
_EITHER_WAY = re.compile(r"\D*\d{1,3}[.,]\d{3}\D*")
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d{2}")


@dataclass(frozen=True)
class Sniffed:
    """How a file seems to be written, one line of evidence for each guess, and what only a person can settle."""

    file_format: FileFormat
    evidence: tuple[str, ...]
    questions: tuple[str, ...]


def sniff(path: Path) -> Sniffed:
    """Return how a file is written, its number marks still the plain ones; ``SourceError`` if it is no table."""
    data = read_bytes(path)
    encoding, why, questions = _encoding(path, data)
    text = decode(path, data, encoding)
    delimiter, records, columns = _delimiter(path, text)
    header = _has_header(records)
    names = () if header else tuple(column_names([""] * columns))
    evidence = [
        f"encoding {encoding}: {why}",
        f"delimiter {DELIMITER_NAMES[delimiter]}: {columns} columns in "
        f"{sum(len(r) == columns for r in records)} of the first {len(records)} records",
        "header: the first record holds names only" if header else "no header: the first record holds values",
    ]
    if not header:
        questions.append("the file has no header; the columns were named by number and recognised by values alone")
    file_format = FileFormat(delimiter=delimiter, encoding=encoding, header=header, names=names)
    return Sniffed(file_format, tuple(evidence), tuple(questions))


def _encoding(path: Path, data: bytes) -> tuple[str, str, list[str]]:
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name, "byte-order mark", []
    if b"\0" in data[:200]:
        return ("utf-16-le" if data[1:2] == b"\0" else "utf-16-be"), "every other byte is zero", []
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
        return fitting[0], "best fit of the bytes that are no UTF-8", [question] if len(fitting) > 1 else []
    return "utf-8", "every byte reads as UTF-8", []


def _delimiter(path: Path, text: str) -> tuple[str, list[list[str]], int]:
    """Return the mark that cuts most records into the same number of columns, those records, and the number.

    Of two equals (``1;2,5``) the one that leaves more cells that are numbers or dates.
    """
    best: tuple[float, int, float, str, list[list[str]]] = (0.0, 1, 0.0, "", [])
    body = text.split("\n", 1)[1] if text.startswith("sep=") and "\n" in text else text
    for mark in DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(body, newline=""), delimiter=mark)
            records = [r for r in islice(reader, SAMPLE_RECORDS) if any(cell.strip() for cell in r)]
        except csv.Error:
            continue
        if not records:
            continue
        columns, times = Counter(len(r) for r in records).most_common(1)[0]
        cells = [cell for record in records[:50] for cell in record]
        values = sum(_is_value(cell) for cell in cells) / len(cells)
        if columns > 1 and (times / len(records), columns, values) > best[:3]:
            best = (times / len(records), columns, values, mark, records)
    if not best[3]:
        raise SourceError(
            "No delimiter divides the file into columns", where=str(path), found=text.strip().splitlines()[0][:80],
            wanted=f"columns divided by {words.listed(DELIMITER_NAMES.values())}",
            next_step="export it again as CSV",
        )  # fmt: skip
    return best[3], best[4], best[1]


def _has_header(records: list[list[str]]) -> bool:
    """Return whether the first record names the columns: it has no digit where the records below have values."""
    first, below = records[0], records[1:]
    if not below:
        return True
    valued = [i for i in range(len(first)) if all(_is_value(r[i]) for r in below[:50] if i < len(r) and r[i].strip())]
    return not any(_is_value(first[i]) for i in valued)


def _is_value(cell: str) -> bool:
    cell = cell.strip()
    if _DATE_LIKE.search(cell):
        return True
    return any(_reads(cell, decimal, thousands) for decimal, thousands in NUMBER_MARKS)


def _reads(cell: str, decimal: str, thousands: str) -> bool:
    """Return whether a cell is a number under these marks, whatever currency sign it carries."""
    bare = cell.strip(" -+()\u00a0").lstrip("£$€₹¥").rstrip("£$€₹¥").strip(" -+()\u00a0")
    bare = re.sub(r"^(?:Rs\.?|[A-Z]{3})\s*|\s*[A-Z]{3}$", "", bare)
    return read_number(bare, decimal, thousands, None)[0] is not None


def number_marks(rows: pd.DataFrame) -> tuple[str, str, str, list[str]]:
    """Return decimal and thousands mark, the evidence, and questions, judged on all columns of numbers.

    Only cells with a mark in them tell anything; the marks that read most of them win, the plain ones of two
    equals. Where each such cell reads both ways, ``1,234`` is taken for a thousand and asked about.
    """
    telling = [cell for cell in _number_cells(rows) if re.search(r"[.,' \u00a0\u202f’]", cell)]
    if not telling:
        return ".", "", "numbers: no marks at all, whole numbers", []
    scores = [(sum(_reads(cell, d, t) for cell in telling), -i) for i, (d, t) in enumerate(NUMBER_MARKS)]
    most, place = max(scores)
    decimal, thousands = NUMBER_MARKS[-place]
    questions = []
    if decimal == "," and not thousands and all(_EITHER_WAY.fullmatch(cell) for cell in telling):
        decimal, thousands = ".", ","
        questions.append(f'"{telling[0]}" was read as a thousand; if it is a fraction, set decimal: ","')
    elif all(_EITHER_WAY.fullmatch(cell) for cell in telling) and decimal == ".":
        questions.append(f'"{telling[0]}" was read as a fraction; if it is a thousand, set thousands: "."')
    named = f'decimal mark "{decimal}"' + (f', thousands mark "{thousands}"' if thousands else "")
    return decimal, thousands, f"numbers: {named}: {most} of {len(telling)} marked numbers read so", questions


def _number_cells(rows: pd.DataFrame) -> list[str]:
    """Return distinct cells of the columns that are numbers under some marks."""
    found: list[str] = []
    for column in rows:
        distinct = [cell for cell in rows[column].unique()[:SAMPLE_CELLS] if cell]
        numeric = [c for c in distinct if any(_reads(c, d, t) for d, t in NUMBER_MARKS) and not _DATE_LIKE.search(c)]
        if distinct and len(numeric) >= 0.8 * len(distinct):
            found += numeric
    return found
