"""Which files below a folder hold a text, a key or a print, however the kind of file writes it.

Every file is read: text as it is and as JSON, HTML, an address, base64 and UTF-16 write it, the parts of workbooks and
other archives, the texts and numbers of parquet tables, the values of SQLite databases, the streams of a PDF, the
texts of a PNG, and file names. The letters a PDF draws are not text and are not seen; neither is what is encrypted, or
a picture of a text. Of rows deleted from a database and not yet written over, only some are seen.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import gzip
import html
import itertools
import json
import os
import re
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from zipfile import BadZipFile, ZipFile, is_zipfile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shoplib.config import secrets

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PIECE = 1 << 24  # bytes read at a time
IN_A_ROW = 4  # numbers of a print that, one after another, are its own
ROUNDED = 2  # lowest bytes of a number in double precision, which another way to reckon it may change
DIGITS = 5  # of a number written as text
PAIRS = 2  # of neighbouring numbers of a print: one may be rounded where it is cut
LARGEST = 256  # further bytes between two numbers of a print that is written as text
LEAST = 0.001  # smaller numbers may be written with an exponent
ROWS = 50_000  # of a database at a time
LONG = 1 << 14  # letters of base64 in a row that begin where they seem to
DEPTH = 3  # archives inside archives
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/_-]{4}(?:\\n|\r?\n)?){6,}[A-Za-z0-9+/_-]*={0,2}")
_BETWEEN = re.compile(rb"\d*(?:e[-+]?\d+)?[^0-9.]{1,60}")
_PNG = b"\x89PNG\r\n\x1a\n"
_SQLITE = b"SQLite format 3\0"
UNREADABLE = (sqlite3.DatabaseError, OSError, BadZipFile, EOFError, zlib.error, pa.ArrowException)


@dataclass(frozen=True)
class Scan:
    """What a search saw: how many files, which of them hold it, which could not be read to the end."""

    files: int = 0
    found: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def __add__(self, other: Scan) -> Scan:
        return Scan(self.files + other.files, self.found + other.found, self.unread + other.unread)


@dataclass(frozen=True)
class Needles:
    """What is looked for; made by :func:`needles`."""

    plain: tuple[bytes, ...] = ()
    words: re.Pattern[bytes] | None = None
    numbers: tuple[tuple[bytes, bytes], ...] = ()
    near: tuple[tuple[bytes, ...], ...] = ()
    hidden: tuple[str, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.plain or self.words or self.numbers or self.near)

    @property
    def decodes(self) -> bool:
        """Return whether base64 must be decoded to find them."""
        return bool(self.words or self.numbers or self.near)

    @property
    def longest(self) -> int:
        """Return how many bytes the longest may take."""
        return max([*map(len, self.plain), LARGEST if self.decodes else 0])

    def within(self, content: bytes) -> bool:
        """Return whether some content holds one of them."""
        if any(needle in content for needle in self.plain) or (self.words and self.words.search(content)):
            return True
        beside = any(_beside(content, one, other) for one, other in self.numbers)
        return beside or any(_in_a_row(content, parts) for parts in self.near)


def needles(
    texts: Sequence[str] = (), *, words: Sequence[str] = (), prints: NDArray[np.floating] | None = None
) -> Needles:
    """Return what to look for.

    ``texts`` are found anywhere and never shown, not in a file's name either; ``words``, such as F0003, only where no
    letter or digit stands beside them; ``prints`` (a row each) as raw numbers of four or eight bytes, as columns, and
    as text with at least six digits that count.
    """
    plain = {form for text in texts for form in forms(text)}
    numbers: list[tuple[bytes, bytes]] = []
    near: list[tuple[bytes, ...]] = []
    if prints is not None and len(prints):
        plain |= {row[:IN_A_ROW].astype("<f4").tobytes() for row in prints}
        numbers = [pair for row in prints for pair in _as_text(row)]
        near = [parts for row in prints for parts in _doubles(row[:IN_A_ROW])]
    return Needles(tuple(sorted(plain)), _pattern(words), tuple(numbers), tuple(near), tuple(texts))


def scan(folder: Path, wanted: Needles, *, piece: int = PIECE) -> Scan:
    """Return which files below a folder hold what is wanted, by their names in order; a file is searched itself.

    Files that are one on disk are read once, under their first name; links are not followed. A name that holds a
    text is shown with ``…`` in its place. Without anything wanted nothing is read.
    """
    found, unread, seen = [], [], set()
    root = folder.resolve()
    there = [root] if root.is_file() else root.rglob("*")
    for path in sorted(p for p in there if p.is_file() and not p.is_symlink()) if wanted else ():
        name = path.relative_to(root if root.is_dir() else root.parent).as_posix()
        shown = _masked(name, wanted.hidden)
        try:
            about = path.stat()
            new = (about.st_dev, about.st_ino) not in seen
            seen.add((about.st_dev, about.st_ino))
            named = shown != name or wanted.within(os.fsencode(name))
            if named or (new and holds(path, wanted, piece=piece)):
                found.append(shown)
        except UNREADABLE:
            unread.append(shown)
    return Scan(len(seen), tuple(found), tuple(unread))


def holds(path: Path, wanted: Needles, *, piece: int = PIECE) -> bool:
    """Return whether a file holds what is wanted; ``OSError`` and its like if it cannot be read to the end."""
    return any(wanted.within(content) for content in _contents(path, wanted, piece))


def float_vectors(path: Path, size: int) -> int:
    """Return how many rows of ``size`` numbers a parquet table holds, in one list column or in that many columns.

    Prints of faces are such rows; a table that should hold none gives 0.
    """
    table, found = pq.ParquetFile(path), 0
    floats = [field.name for field in table.schema_arrow if pa.types.is_floating(field.type)]
    lists = [field.name for field in table.schema_arrow if _of_floats(field.type)]
    for batch in table.iter_batches(columns=lists) if lists else ():
        found += sum(int(pc.sum(pc.equal(pc.list_value_length(column), size)).as_py() or 0) for column in batch.columns)
    return found + (table.metadata.num_rows if len(floats) >= size else 0)


def forms(text: str) -> Iterator[bytes]:
    """Yield a text as plain letters, JSON, HTML, an address and base64 would hold it."""
    escaped, raw = html.escape(text, quote=False), os.fsencode(text)
    plain = {text, escaped, html.escape(text), html.escape(text).replace("&#x27;", "&#39;"), quote(raw, safe="")}
    plain |= {json.dumps(form, ensure_ascii=kind)[1:-1] for form in (text, escaped) for kind in (False, True)}
    yield from map(os.fsencode, plain)
    yield from (text.encode(coding, "replace") for coding in ("utf-16-le", "utf-16-be"))
    for before in range(3):  # base64 takes three bytes at a time: what of its letters hangs on the text alone
        coded = base64.b64encode(bytes(before) + raw)
        yield coded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]


def _masked(name: str, texts: Sequence[str]) -> str:
    for text in texts:
        name = name.replace(text, secrets.HIDDEN)
    return name


def _pattern(words: Sequence[str]) -> re.Pattern[bytes] | None:
    if not words:
        return None
    plain = [rb"(?<![A-Za-z0-9])" + re.escape(word.encode()) + rb"(?![A-Za-z0-9])" for word in words]
    wide = [re.escape(word.encode(coding)) for word in words for coding in ("utf-16-le", "utf-16-be")]
    return re.compile(b"|".join(plain + wide))


def _doubles(row: NDArray[np.floating]) -> Iterator[tuple[bytes, ...]]:
    """Yield what does not hang on rounding of numbers in double precision, as they are and as they were in single."""
    for kind in ("<f8", "<f4"):
        raw = row.astype(kind).astype("<f8").tobytes()
        yield tuple(raw[at + ROUNDED : at + 8] for at in range(0, len(raw), 8))


def _in_a_row(content: bytes, parts: tuple[bytes, ...]) -> bool:
    """Return whether numbers in double precision stand one after another."""
    at = content.find(parts[0])
    while at >= 0:
        if all(content.startswith(part, at + 8 * place) for place, part in enumerate(parts)):
            return True
        at = content.find(parts[0], at + 1)
    return False


def _as_text(row: NDArray[np.floating]) -> Iterator[tuple[bytes, bytes]]:
    """Yield neighbouring numbers of a print by their first digits, plainly and as with an exponent."""
    fit = ((one, other) for one, other in itertools.pairwise(abs(row)) if min(one, other) >= LEAST)
    for one, other in itertools.islice(fit, PAIRS):
        yield _cut(f"{one:.17f}"), _cut(f"{other:.17f}")
        yield _cut(f"{one:.17e}"), _cut(f"{other:.17e}")


def _cut(number: str) -> bytes:
    """Return a number cut after the digits that count: rounding in a later place leaves them."""
    start = next(at for at, sign in enumerate(number) if sign in "123456789")
    return number[: start + DIGITS + ("." in number[start : start + DIGITS])].encode()


def _beside(content: bytes, one: bytes, other: bytes) -> bool:
    """Return whether two numbers stand one after another in a text."""
    at = content.find(one)
    while at >= 0:
        after = content[at + len(one) : at + LARGEST]
        place = after.find(other)
        if place > 0 and _BETWEEN.fullmatch(after[:place]):
            return True
        at = content.find(one, at + 1)
    return False


def _contents(path: Path, wanted: Needles, piece: int) -> Iterator[bytes]:
    """Yield what a file holds, as it is and unpacked; forms of a text are seen in base64 without decoding it."""
    if path.suffix == ".parquet":
        yield from _table(pq.ParquetFile(path))
    for content in _pieces(path, wanted.longest, piece):
        yield content
        if wanted.decodes:
            yield from _decoded(content)
    yield from _unpacked(path)


def _pieces(path: Path, overlap: int, piece: int) -> Iterator[bytes]:
    """Yield a file in pieces, each beginning with the end of the one before."""
    with path.open("rb") as file:
        end = b""
        while content := file.read(piece):
            yield end + content
            end = content[-overlap:]


def _decoded(content: bytes) -> Iterator[bytes]:
    """Yield what stands in base64 inside a text, one run after another."""
    for run in _BASE64.finditer(content):
        letters = re.sub(rb"\\n|[\r\n=]", b"", run[0]).translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4 if len(letters) < LONG else 1):  # a run may begin with letters of the word before it
            cut = letters[start : start + (len(letters) - start) // 4 * 4]
            try:
                yield base64.b64decode(cut)
            except binascii.Error:
                continue


def _unpacked(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        head = file.read(len(_SQLITE))
    if head == _SQLITE:
        yield from _database(path)
    elif path.suffix == ".xlsx" or is_zipfile(path):
        with ZipFile(path) as book:
            yield from _parts(book, DEPTH)
    elif path.suffix == ".pdf" or head.startswith((b"%PDF", _PNG, b"\x1f\x8b")):
        yield from _opened(path.read_bytes(), DEPTH, pdf=path.suffix == ".pdf")


def _parts(book: ZipFile, depth: int) -> Iterator[bytes]:
    for name in book.namelist():
        yield name.encode()
        part = book.read(name)
        yield part
        if depth:
            yield from _opened(part, depth - 1)


def _opened(content: bytes, depth: int, *, pdf: bool = False) -> Iterator[bytes]:
    """Yield what is packed inside the content of a file."""
    import io

    if pdf or content.startswith(b"%PDF"):
        for stream in _PDF_STREAM.findall(content):
            try:
                yield zlib.decompressobj().decompress(stream)
            except zlib.error:  # a stream that is written plainly was searched with the file
                continue
    elif content.startswith(_PNG):
        yield from _png_texts(content)
    elif content.startswith(b"\x1f\x8b"):
        inner = gzip.decompress(content)
        yield inner
        yield from _decoded(inner)
    elif content.startswith(b"PK\x03\x04") and depth:
        with ZipFile(io.BytesIO(content)) as book:
            yield from _parts(book, depth - 1)


def _database(path: Path) -> Iterator[bytes]:
    """Yield the values of a SQLite file, a table at a time: in the file, texts of one row stand without a gap."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
        base.text_factory = bytes
        names = [name.decode() for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            quoted = name.replace('"', '""')
            rows = base.execute(f'SELECT * FROM "{quoted}"')
            while some := rows.fetchmany(ROWS):
                yield b"\n".join(value for row in some for value in row if isinstance(value, bytes))


def _png_texts(content: bytes) -> Iterator[bytes]:
    """Yield the packed texts of a PNG (zTXt, iTXt); the others stand in the file as they are."""
    at = len(_PNG)
    while at + 8 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if kind in (b"zTXt", b"iTXt"):
            body = content[at + 8 : at + 8 + size]
            packed = body.find(b"\x78")
            while packed >= 0:
                try:
                    yield zlib.decompress(body[packed:])
                    break
                except zlib.error:
                    packed = body.find(b"\x78", packed + 1)
        at += size + 12


def _of_floats(kind: pa.DataType) -> bool:
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(lists and pa.types.is_floating(kind.value_type))


def _table(table: pq.ParquetFile) -> Iterator[bytes]:
    """Yield what a table says of itself, then its texts, bytes and numbers, column by column and row by row."""
    import numpy as np

    yield "\n".join([table.schema_arrow.to_string(), repr(table.metadata.metadata)]).encode()
    floats = [field.name for field in table.schema_arrow if pa.types.is_floating(field.type)]
    others = [field.name for field in table.schema_arrow if _has_bytes(field.type) or _of_floats(field.type)]
    for batch in table.iter_batches(columns=others) if others else ():
        for column in batch.columns:
            yield from _column(column)
    for batch in table.iter_batches(columns=floats) if len(floats) >= IN_A_ROW else ():
        columns = [column.cast(pa.float64()).to_numpy(zero_copy_only=False) for column in batch.columns]
        yield np.column_stack(columns).astype("<f8").tobytes()


def _has_bytes(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return any(
        of(kind) for of in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    )


def _column(column: pa.Array) -> Iterator[bytes]:
    if _of_floats(column.type):
        yield column.flatten().to_numpy(zero_copy_only=False).tobytes()
        return
    values = pc.unique(column.dictionary_decode() if pa.types.is_dictionary(column.type) else column)
    found = [value for value in values.to_pylist() if value is not None]
    yield b"\n".join(value.encode() if isinstance(value, str) else bytes(value) for value in found)
