"""A file of any kind to rows of strings: all at once, or a bounded number at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Literal

from shoplib.base import digest, words
from shoplib.config.mapping import FileFormat
from shoplib.errors import SourceError
from shoplib.ingest.readers import RawFile, read_head
from shoplib.ingest.sources import guard
from shoplib.ingest.sources.pieces import Header, Piece, grouped, whole

Kind = Literal["csv", "json", "excel", "parquet"]
KINDS: tuple[Kind, ...] = ("csv", "json", "excel", "parquet")
SUFFIXES: dict[str, Kind] = {
    ".json": "json", ".jsonl": "json", ".ndjson": "json", ".xlsx": "excel", ".xlsm": "excel", ".xls": "excel",
    ".parquet": "parquet",
}  # fmt: skip
_JSON = re.compile(r"\s*(?:\{|\[\s*[\[{\]]|\[\s*\Z)")


def read(path: Path, kind: Kind, file_format: FileFormat, *, may_be_empty: bool = False) -> RawFile:
    """Return all records of a file as strings, and those of the wrong shape beside them.

    Numbers, days and truths of kinds that know them become text: numbers with the decimal mark of ``file_format`` and
    no thousands mark, days and times in ISO 8601, ``true`` and ``false``, nothing for what is absent. Raises
    ``SourceError`` for a file that is no such table. With ``may_be_empty`` a header alone is a file of no rows.
    """
    header, pieces = _opened(path, kind, file_format, may_be_empty)
    return whole(path, _sha256(path), header.names, pieces)


def batches(path: Path, kind: Kind, file_format: FileFormat, rows: int) -> Iterator[RawFile]:
    """Yield the same records in the same order as ``read`` gives them, at most ``rows`` at a time, and at least once.

    Memory is bounded by ``rows`` and the longest record; of a JSON document (not lines) and the texts of a workbook
    all is held, within limits. An error may come after some batches.
    """
    header, pieces = _opened(path, kind, file_format, False)
    yield from grouped(path, _sha256(path), header.names, pieces, rows)


def kind_for(source_kind: str, path: Path) -> Kind:
    """Return how to read a file of a source: as the source says, else (a folder, what was fetched) as it looks."""
    if source_kind == "simulated":
        return "csv"
    return next((kind for kind in KINDS if kind == source_kind), None) or kind_of(path)


def kind_of(path: Path) -> Kind:
    """Return what kind of file this is: by its first bytes, else by its suffix, else ``"csv"``."""
    head = read_head(path)
    if head.startswith((guard.ZIP, guard.OLD_OFFICE)):
        return "excel"
    if head.startswith(guard.PARQUET):
        return "parquet"
    if _JSON.match(head.replace(b"\0", b"").decode("latin-1").lstrip("ï»¿þÿ")):
        return "json"
    return SUFFIXES.get(path.suffix.lower(), "csv")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return digest.of_stream(stream)


def _opened(path: Path, kind: Kind, file_format: FileFormat, may_be_empty: bool) -> tuple[Header, Iterator[Piece]]:
    """Return the header and the pieces of a file that has at least one record."""
    opened = _open(path, kind, file_format)
    header, pieces = opened
    waiting = []
    for piece in pieces:
        waiting.append(piece)
        if len(piece):
            break
    else:
        if not may_be_empty:
            raise SourceError(
                "The file has a header and no rows" if header.names else "The file holds no records",
                where=str(path), found=words.listed(header.names),
                wanted="at least one row below the header" if header.names else "at least one record",
                next_step="export it again with the rows",
            )  # fmt: skip
    return header, chain(waiting, pieces)


def _open(path: Path, kind: Kind, file_format: FileFormat) -> tuple[Header, Iterator[Piece]]:
    if kind == "json":
        from shoplib.ingest.sources.jsons import open_json

        return open_json(path, file_format)
    if kind == "excel":
        from shoplib.ingest.sources.excel import open_excel

        return open_excel(path, file_format)
    if kind == "parquet":
        from shoplib.ingest.sources.parquet import open_parquet

        return open_parquet(path, file_format)
    from shoplib.ingest.sources.delimited import open_delimited

    return open_delimited(path, file_format)
