"""What a file is once it is read, and what all readers of text share: bytes, encodings, headers, columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from shoplib.base import words
from shoplib.errors import MappingError, SourceError

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
LIKELY_ENCODINGS = ("utf_8", "utf_16", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp932", "gb18030")
SAMPLE_BYTES = 8192
HEAD_BYTES = 1 << 16


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


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; ``SourceError`` names the nearest file if it is missing, or says it is empty."""
    read_head(path)
    return path.read_bytes()


def read_head(path: Path, size: int = HEAD_BYTES) -> bytes:
    """Return a file's first bytes; ``SourceError`` names the nearest file if it is missing, or says it is empty."""
    if path.is_dir():
        raise SourceError(
            "A folder stands where a file was expected", where=str(path),
            found=words.listed(_names_in(path)) or "an empty folder", wanted="one file with a table",
            next_step="name one file of that folder as the path of the source",
        )  # fmt: skip
    try:
        with path.open("rb") as stream:
            head = stream.read(size)
            blank = not head.strip()
            while blank and (more := stream.read(size)):
                blank = not more.strip()
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
    if blank:
        raise SourceError(
            "The file is empty", where=str(path), found=words.plural(path.stat().st_size, "byte"),
            wanted="a header and rows", next_step="export it again",
        )  # fmt: skip
    return head


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
        raise nul_characters(path, text.count("\n", 0, text.index("\0")) + 1, encoding)
    return text


def nul_characters(path: Path, line: int, encoding: str) -> SourceError:
    """Return the error for a text that holds NUL characters, the first of them on that line."""
    return SourceError(
        "The file holds NUL characters, which no text has", where=str(path),
        found=f"the first on line {line}, as {encoding}", wanted="plain text",
        next_step="if it was saved as Unicode text, set file.encoding: utf-16; else export it again as CSV",
    )  # fmt: skip


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
        return "\0" not in data.decode(encoding)
    except UnicodeError:
        return False


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


def first_line(text: str) -> str:
    """Return the first line that holds anything, ``""`` if none does."""
    return next((line for line in text.splitlines() if line.strip()), "")


def fitting_delimiter(text: str, but: str) -> str:
    """Return the delimiter other than ``but`` that stands most often in the first line, or ``""`` if none does."""
    line = first_line(text)
    counts = {mark: line.count(mark) for mark in DELIMITERS if mark != but and mark in line}
    return max(counts, key=lambda mark: counts[mark]) if counts else ""


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
