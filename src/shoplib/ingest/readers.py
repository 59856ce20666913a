"""A delimited text file to a frame of strings: nothing is converted, guessed or dropped here."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from shoplib.base import digest, words
from shoplib.config.mapping import FileFormat
from shoplib.errors import MappingError, SourceError

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
LIKELY_ENCODINGS = ("utf_8", "utf_16", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp932", "gb18030")
SAMPLE_BYTES = 8192
MAX_BLOCK_BYTES = 1 << 30


@dataclass(frozen=True)
class RawFile:
    """One file as it was read.

    ``rows`` holds every data row as strings without outer blanks, one column per source column, indexed by
    ``source_row`` (1 is the first record after the header; blank records count but are not kept). ``misshapen`` holds
    the records with too few or too many fields, indexed alike, with ``fields`` and ``text``.
    """

    path: Path
    sha256: str
    rows: pd.DataFrame
    misshapen: pd.DataFrame

    @property
    def rows_in(self) -> int:
        """Number of records that hold anything."""
        return len(self.rows) + len(self.misshapen)


def read_file(path: Path, file_format: FileFormat, *, may_be_empty: bool = False) -> RawFile:
    """Return the records of a delimited text file as strings, and those of the wrong shape beside them.

    Raises ``SourceError`` if there is no such file, or it is empty, holds a header only, is not in the
    stated encoding, holds NUL characters, has one column under the stated delimiter, or leaves a
    quotation mark open. With ``may_be_empty`` a header alone is a file of no rows.
    """
    data = read_bytes(path)
    text = decode(path, data, file_format.encoding)
    names, body = _split_header(path, text, file_format)
    if not body.strip() and may_be_empty:
        blank = pd.Index([], dtype="int64", name="source_row")
        misshapen = pd.DataFrame({"fields": pd.Series(dtype="int64"), "text": pd.Series(dtype=object)}).set_index(blank)
        return RawFile(path, digest.of_bytes(data), pd.DataFrame(columns=names, index=blank, dtype=object), misshapen)
    if not body.strip():
        raise SourceError(
            "The file has a header and no rows", where=str(path), found=words.listed(names),
            wanted="at least one row below the header", next_step="export it again with the rows",
        )  # fmt: skip
    return _parse(path, digest.of_bytes(data), names, body, file_format.delimiter)


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; ``SourceError`` names the nearest file if it is missing, or says it is empty."""
    if path.is_dir():
        raise SourceError(
            "A folder stands where a file was expected", where=str(path),
            found=words.listed(_names_in(path)) or "an empty folder", wanted="one delimited text file",
            next_step="name one file of that folder as the path of the source",
        )  # fmt: skip
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        there = _names_in(path.parent)
        near = words.nearest(path.name, there)
        raise SourceError(
            "There is no such file", where=str(path),
            found=words.listed(there) or "no file in that folder",
            next_step=f'did you mean "{near}"?' if near else "check the path of the source",
        ) from None  # fmt: skip
    except OSError as error:
        raise SourceError(
            "The file cannot be read", where=str(path), found=error.strerror or str(error),
            next_step="check that you may read it",
        ) from error  # fmt: skip
    if not data.strip():
        raise SourceError(
            "The file is empty", where=str(path), found=words.plural(len(data), "byte"),
            wanted="a header and rows", next_step="export it again",
        )  # fmt: skip
    return data


def _names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []


def decode(path: Path, data: bytes, encoding: str) -> str:
    """Return a file's text without its byte-order mark; ``SourceError`` says which encodings would fit."""
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        raise _wrong_encoding(path, data, encoding, error) from None
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        at = text.index("\0")
        raise SourceError(
            "The file holds NUL characters, which no text has", where=str(path),
            found=f"the first on line {text.count(chr(10), 0, at) + 1}, as {encoding}", wanted="plain text",
            next_step="if it was saved as Unicode text, set file.encoding: utf-16; else export it again as CSV",
        )  # fmt: skip
    return text


def _wrong_encoding(path: Path, data: bytes, encoding: str, error: UnicodeError) -> SourceError:
    at = error.start if isinstance(error, UnicodeDecodeError) else 0
    line = data.count(b"\n", 0, at) + 1
    fitting = fitting_encodings(data, at)
    also = f"; {words.listed(fitting[1:])} would fit too" if len(fitting) > 1 else ""
    return SourceError(
        f"The file is not written in {encoding}", where=str(path),
        found=f"byte 0x{data[at]:02X} at byte {words.count(at)} (line {words.count(line)})",
        wanted=f"text in {encoding}",
        next_step=f"set file.encoding: {fitting[0]} in the mapping and look at the accented letters{also}"
        if fitting
        else "export it again as UTF-8",
    )  # fmt: skip


def fitting_encodings(data: bytes, at: int = 0) -> list[str]:
    """Return up to three likely encodings of ``data``, best first, judged on the bytes near ``at``."""
    from charset_normalizer import from_bytes  # loads its tables: only when a file needs it

    start = max(0, data.rfind(b"\n", 0, max(0, at - SAMPLE_BYTES // 2)) + 1)
    sample = data[start : start + SAMPLE_BYTES] if start else data[:SAMPLE_BYTES]
    cut = sample.rfind(b"\n")
    whole_lines = sample[: cut + 1] if cut > 0 and len(sample) == SAMPLE_BYTES else sample
    found = from_bytes(whole_lines, cp_isolation=list(LIKELY_ENCODINGS))
    ranks = {
        (round(match.chaos, 2), LIKELY_ENCODINGS.index(name))
        for match in found
        for name in (match.encoding, *match.could_be_from_charset)
        if name in LIKELY_ENCODINGS
    }
    names = dict.fromkeys(LIKELY_ENCODINGS[place].replace("_", "-") for _, place in sorted(ranks))
    return [name for name in names if _decodes(data, name)][:3]


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True


def _split_header(path: Path, text: str, file_format: FileFormat) -> tuple[list[str], str]:
    """Return unique column names and the text below the header."""
    first, body = first_record(path, text, file_format.delimiter)
    if len(first) == 1:
        raise _one_column(path, text, file_format)
    if file_format.header:
        return column_names(first), body
    if len(file_format.names) != len(first):
        raise MappingError(
            "The mapping names another number of columns than the file has", where=str(path),
            found=f"{words.plural(len(first), 'column')}: {words.listed(first)}",
            wanted=f"{words.plural(len(file_format.names), 'column')}: {words.listed(file_format.names)}",
            next_step="list every column of the file under file.names",
        )  # fmt: skip
    return column_names(file_format.names), text


def first_record(path: Path, text: str, delimiter: str) -> tuple[list[str], str]:
    """Return the fields of the first record that holds anything, and the text after it."""
    stream = io.StringIO(text, newline="")
    if text.startswith("sep=") and len(text.splitlines()[0]) == 5:  # a hint some spreadsheets write
        stream.readline()
    reader = csv.reader(stream, delimiter=delimiter)
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                return record, text[stream.tell() :]
    except csv.Error as error:
        raise SourceError(
            "The first record cannot be read", where=str(path), found=str(error),
            next_step="look for a quotation mark that is never closed",
        ) from error  # fmt: skip
    return [], ""


def column_names(cells: Iterable[str]) -> list[str]:
    """Return names without outer blanks; nameless and repeated columns get a number.

    >>> column_names(["Date", " Total ", "", "Date"])
    ['Date', 'Total', 'column 3', 'Date (2)']
    """
    names: list[str] = []
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        name = cell.strip() or f"column {number}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "")


def fitting_delimiter(text: str, but: str) -> str:
    """Return the delimiter other than ``but`` that stands most often in the first line, or ``""`` if none does."""
    line = _first_line(text)
    counts = {mark: line.count(mark) for mark in DELIMITERS if mark != but and mark in line}
    return max(counts, key=lambda mark: counts[mark]) if counts else ""


def _one_column(path: Path, text: str, file_format: FileFormat) -> SourceError:
    line = _first_line(text)
    best = fitting_delimiter(text, file_format.delimiter)
    written = {"\t": "\\t"}.get(best, best)
    return SourceError(
        "The file has only one column", where=str(path), found=line[:80],
        wanted=f"columns divided by {DELIMITER_NAMES.get(file_format.delimiter, repr(file_format.delimiter))}",
        next_step=f'set file.delimiter: "{written}" in the mapping'
        if best
        else "export it again as a table with one column for each value",
    )  # fmt: skip


def _parse(path: Path, sha256: str, names: list[str], body: str, delimiter: str) -> RawFile:
    broken: list[tuple[int, int, str]] = []

    def set_apart(row: pa_csv.InvalidRow) -> str:
        broken.append((row.number, row.actual_columns, row.text))
        return "skip"

    encoded = body.encode()
    try:
        table = pa_csv.read_csv(
            pa.py_buffer(encoded),
            read_options=pa_csv.ReadOptions(
                column_names=names, use_threads=False, block_size=min(len(encoded) + 1, MAX_BLOCK_BYTES)
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=set_apart
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise SourceError(
            "The file cannot be read as a table", where=str(path), found=str(error),
            next_step="look for a quotation mark that is never closed",
        ) from error  # fmt: skip
    misshapen = pd.DataFrame(broken, columns=["source_row", "fields", "text"]).set_index("source_row")
    numbers = np.delete(np.arange(1, len(table) + len(broken) + 1), misshapen.index.to_numpy(dtype=int) - 1)
    table = table.from_arrays([pc.utf8_trim_whitespace(column) for column in table.columns], names=names)
    rows = table.to_pandas().astype(object).set_index(pd.Index(numbers, name="source_row"))
    _refuse_open_quote(path, encoded, rows)
    return RawFile(path, sha256, rows[(rows != "").any(axis=1)], misshapen)


def _refuse_open_quote(path: Path, body: bytes, rows: pd.DataFrame) -> None:
    """Raise if the last record runs over lines because its quotation mark is never closed."""
    if rows.empty or body.count(b'"') % 2 == 0:
        return
    swallowed = next((cell for cell in rows.iloc[-1] if "\n" in cell), None)
    if swallowed is not None:
        lines = words.plural(swallowed.count("\n") + 1, "line")
        raise SourceError(
            "A quotation mark is opened and never closed", where=f"{path}, row {words.count(rows.index[-1])}",
            found=f"{lines} in one cell that begins with {swallowed[:40]!r}",
            next_step="close the mark in the file, or export it again",
        )  # fmt: skip


def require_columns(path: Path, columns: Iterable[str], wanted: Iterable[str], mapping_name: str) -> None:
    """Ensure the file has every column a mapping names; ``MappingError`` lists all that are absent."""
    there = list(columns)
    absent = [name for name in dict.fromkeys(wanted) if name not in there]
    if not absent:
        return
    lines = []
    for name in absent:
        near = words.nearest(name, there) or _same_letters(name, there)
        lines.append(f'"{name}" is not in the file' + (f'; did you mean "{near}"?' if near else ""))
    raise MappingError(
        f"Mapping {mapping_name} names {words.plural(len(absent), 'column')} the file does not have",
        details=lines, where=str(path), found=words.listed(there, limit=30),
        next_step="write the file's own column names into the mapping, or take the right file",
    )  # fmt: skip


def _same_letters(name: str, there: list[str]) -> str:
    def letters(text: str) -> str:
        return "".join(c for c in text.casefold() if c.isalnum())

    return next((other for other in there if letters(other) == letters(name)), "")
