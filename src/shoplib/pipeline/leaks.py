"""Whether a secret of the environment stands in the files a run wrote."""

from __future__ import annotations

import base64
import html
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from zipfile import BadZipFile, ZipFile, is_zipfile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shoplib.config import secrets
from shoplib.config.load import read_merged
from shoplib.errors import ConfigError

SHORTEST = 8
NO_SECRETS = ("PWD", "OLDPWD")
PIECE = 1 << 24  # bytes read at a time
_OF_ENVIRONMENT = re.compile(r"\w+_(?:key|auth|dsn)|\w*pass")
_IN_PDF = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


@dataclass(frozen=True)
class Scan:
    """What a search saw: how many files, which of them hold a secret, which could not be read to the end."""

    files: int = 0
    found: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def scan(folder: Path, environment: Mapping[str, str]) -> Scan:
    """Return which files below ``folder`` hold a secret of ``environment``, by their names in order.

    A secret is the value, of 8 characters and more, of a variable whose name says so. Every file is read: text as it
    is and as JSON, HTML, an address or base64 write it, the parts of workbooks, the texts of parquet tables, the
    streams of a PDF (its drawn letters are not text and are not seen), and file names. Files that are one on disk
    are read once, under their first name; links are not followed. No value is ever returned: a name that holds one
    is shown with ``…`` in its place. Without secrets nothing is read.
    """
    texts = values(environment)
    needles = sorted({form for text in texts for form in _forms(text)})
    found, unread, seen = [], [], set()
    root = folder.resolve()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and not p.is_symlink()) if needles else ():
        name = path.relative_to(root).as_posix()
        shown = _masked(name, texts)
        try:
            about = path.stat()
            new = (about.st_dev, about.st_ino) not in seen
            seen.add((about.st_dev, about.st_ino))
            if shown != name or (new and _holds(path, needles)):
                found.append(shown)
        except (OSError, BadZipFile, pa.ArrowException):
            unread.append(shown)
    return Scan(len(seen), tuple(found), tuple(unread))


def values(environment: Mapping[str, str]) -> list[str]:
    """Return the values of the variables whose names look secret, longest first; short ones are left out."""
    found = {
        value.strip()
        for name, value in environment.items()
        if name not in NO_SECRETS and (secrets.secret_name(name) or _OF_ENVIRONMENT.fullmatch(name.lower()))
    }
    return sorted((value for value in found if len(value) >= SHORTEST), key=lambda value: (-len(value), value))


def named(folder: Path) -> list[str]:
    """Return the environment variables that the scenarios in a folder name, in order; unreadable ones name none."""
    found: set[str] = set()
    for file in sorted(folder.glob("*.yaml")):
        try:
            found |= set(secrets.named(read_merged(file).values))
        except ConfigError:  # a run of that scenario says what is wrong with it
            continue
    return sorted(found)


def _masked(name: str, texts: Sequence[str]) -> str:
    for text in texts:
        name = name.replace(text, secrets.HIDDEN)
    return name


def _forms(text: str) -> Iterator[bytes]:
    """Yield a secret as plain text, JSON, HTML, an address and base64 would hold it."""
    escaped, raw = html.escape(text, quote=False), os.fsencode(text)
    plain = {text, escaped, html.escape(text), html.escape(text).replace("&#x27;", "&#39;"), quote(raw, safe="")}
    plain |= {json.dumps(form, ensure_ascii=kind)[1:-1] for form in (text, escaped) for kind in (False, True)}
    yield from map(os.fsencode, plain)
    for before in range(3):  # base64 takes three bytes at a time: what of its letters hangs on the text alone
        coded = base64.b64encode(bytes(before) + raw)
        yield coded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]


def _holds(path: Path, needles: Sequence[bytes]) -> bool:
    if path.suffix == ".parquet" and _table_holds(path, needles):
        return True
    if _any(_pieces(path, max(map(len, needles))), needles):
        return True
    if path.suffix == ".xlsx" or is_zipfile(path):
        return _any(_parts(path), needles)
    return path.suffix == ".pdf" and _any(_streams(path), needles)


def _any(texts: Iterator[bytes], needles: Sequence[bytes]) -> bool:
    return any(needle in text for text in texts for needle in needles)


def _pieces(path: Path, overlap: int) -> Iterator[bytes]:
    """Yield a file in pieces, each beginning with the end of the one before."""
    with path.open("rb") as file:
        end = b""
        while piece := file.read(PIECE):
            yield end + piece
            end = piece[-overlap:]


def _parts(path: Path) -> Iterator[bytes]:
    with ZipFile(path) as book:
        for name in book.namelist():
            yield name.encode()
            yield book.read(name)


def _streams(path: Path) -> Iterator[bytes]:
    for stream in _IN_PDF.findall(path.read_bytes()):
        try:
            yield zlib.decompressobj().decompress(stream)
        except zlib.error:  # a stream that is written plainly was searched with the file
            continue


def _table_holds(path: Path, needles: Sequence[bytes]) -> bool:
    return _any(_texts(pq.ParquetFile(path)), needles)


def _texts(table: pq.ParquetFile) -> Iterator[bytes]:
    """Yield what a table says of itself, then the texts of each column, piece by piece."""
    yield "\n".join([table.schema_arrow.to_string(), repr(table.metadata.metadata)]).encode()
    names = [field.name for field in table.schema_arrow if pa.types.is_string(field.type)]
    for batch in table.iter_batches(columns=names):
        for column in batch.columns:
            yield "\n".join(filter(None, pc.unique(column).to_pylist())).encode()
