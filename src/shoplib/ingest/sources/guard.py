"""What no file of a shop has: kinds of bytes that are no table, and sizes that are a fault or an attack."""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoplib.base import words
from shoplib.errors import SourceError

MAX_COLUMNS = 4_096
MAX_CELL_BYTES = 1 << 20
MAX_RECORD_BYTES = 8 << 20
MAX_UNPACKED_BYTES = 2 << 30
MAX_RATIO, RATIO_MATTERS_FROM = 200, 100 << 20
MAX_ENTRIES = 10_000

ZIP, OLD_OFFICE, PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"
NO_TEXT = {
    b"\x1f\x8b": ("compressed (gzip)", "unpack it"),
    b"BZh": ("compressed (bzip2)", "unpack it"),
    b"\xfd7zXZ\x00": ("compressed (xz)", "unpack it"),
    b"7z\xbc\xaf\x27\x1c": ("an archive (7z)", "unpack it"),
    b"Rar!": ("an archive (rar)", "unpack it"),
    b"%PDF-": ("a PDF", "export it again as a table: CSV, Excel, JSON or Parquet"),
    b"SQLite format 3\x00": ("an SQLite database", "give it as a source of kind sql"),
    b"\x89PNG": ("a picture", "export it again as a table: CSV, Excel, JSON or Parquet"),
    b"\xff\xd8\xff": ("a picture", "export it again as a table: CSV, Excel, JSON or Parquet"),
}
OTHER_KINDS = {
    ZIP: ("a workbook or an archive", "set kind: excel if it is a workbook (.xlsx), else unpack it"),
    OLD_OFFICE: ("an old or protected Office file", "save it as .xlsx without a password and set kind: excel"),
    PARQUET: ("a parquet file", "set kind: parquet"),
}


def require_text(path: Path, head: bytes) -> None:
    """Ensure the first bytes of a file are not those of something that is no text; ``SourceError`` says what it is."""
    for magic, (thing, step) in (NO_TEXT | OTHER_KINDS).items():
        if head.startswith(magic):
            raise SourceError(
                "The file is not text", where=str(path), found=thing, wanted="a text file with records", next_step=step
            )


def require_columns_in_bounds(path: Path, names: Collection[str]) -> None:
    """Ensure a table has no absurd number of columns, and none whose name holds a NUL character."""
    if len(names) > MAX_COLUMNS:
        raise SourceError(
            "The file has too many columns", where=str(path), found=words.plural(len(names), "column"),
            wanted=f"at most {words.count(MAX_COLUMNS)}",
            next_step="look for a wrong delimiter or keys that are values, or export only the columns needed",
        )  # fmt: skip
    odd = next((name for name in names if "\0" in name or len(name) > MAX_CELL_BYTES), None)
    if odd is not None:
        raise SourceError(
            "A column has a name that is no text", where=str(path), found=repr(odd[:40]), wanted="plain text",
            next_step="export it again",
        )  # fmt: skip


def require_sane_cells(
    path: Path, names: list[str], columns: list[pa.Array], numbers: np.ndarray, *, text: bool
) -> None:
    """Ensure that no cell is too long to be one, or holds a NUL character; ``SourceError`` says where it stands."""
    for name, column in zip(names, columns, strict=True):
        lengths = pc.binary_length(column)
        longest = pc.max(lengths).as_py() or 0
        if longest > MAX_CELL_BYTES:
            row = numbers[pc.index(lengths, pa.scalar(longest, lengths.type)).as_py()]
            raise too_long(path, f"{words.count(longest)} bytes in column {name[:80]}", int(row))
        if text:
            continue
        nul = pc.match_substring(column, "\0")
        if pc.any(nul).as_py():
            row = numbers[pc.index(nul, pa.scalar(True)).as_py()]
            raise SourceError(
                "The file holds NUL characters, which no text has", where=f"{path}, row {words.count(int(row))}",
                found=f"the first in column {name[:80]}", wanted="plain text", next_step="export it again",
            )  # fmt: skip


def too_long(path: Path, found: str, row: int) -> SourceError:
    """Return the error for a cell or a record that nobody can have meant."""
    return SourceError(
        "A cell is too long", where=f"{path}, row {words.count(row)}", found=found,
        wanted=f"at most {words.count(MAX_CELL_BYTES)} bytes",
        next_step="look for a quotation mark that is never closed, or leave the column out of the export",
    )  # fmt: skip


def require_small_archive(path: Path, archive: zipfile.ZipFile) -> None:
    """Ensure that a zip file, judged by its own list, unpacks to no more than a workbook can hold.

    The list can be trusted: no more bytes of an entry are unpacked than it says.
    """
    entries = archive.infolist()
    unpacked, packed = sum(entry.file_size for entry in entries), path.stat().st_size
    bomb = unpacked > MAX_RATIO * packed and unpacked > RATIO_MATTERS_FROM
    if len(entries) <= MAX_ENTRIES and unpacked <= MAX_UNPACKED_BYTES and not bomb:
        return
    raise SourceError(
        "The workbook unpacks to more than a workbook holds", where=str(path),
        found=f"{words.plural(packed, 'byte')} that unpack to {words.count(unpacked)} "
        f"in {words.plural(len(entries), 'part')}",
        wanted=f"at most {words.count(MAX_UNPACKED_BYTES)} bytes, {MAX_RATIO} times its size, "
        f"and {words.count(MAX_ENTRIES)} parts",
        next_step="do not open it unless you know who made it; a table of that size comes as CSV or Parquet",
    )  # fmt: skip
