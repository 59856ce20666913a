"""JSON to pieces of strings: a list of records, records somewhere in a document, or one record a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from shoplib.base import words
from shoplib.config.mapping import FileFormat
from shoplib.errors import SourceError
from shoplib.ingest.readers import read_head
from shoplib.ingest.sources import guard
from shoplib.ingest.sources.pieces import Header, Piece
from shoplib.ingest.sources.records import Numbered, loads, records_in, to_pieces
from shoplib.ingest.sources.streams import text_parts

MAX_DOCUMENT_BYTES = 64 << 20
LINE_SUFFIXES = (".jsonl", ".ndjson")
_NOT_BLANK = re.compile(r"\S")


def open_json(path: Path, file_format: FileFormat) -> tuple[Header, Iterator[Piece]]:
    """Return the columns of a JSON file in the order they first come, and its records still to come.

    Records are the objects of a list: of the whole document, under ``file.records``, or under the only list of
    objects there is; or each line is one. Objects within a record become columns such as ``customer.name``, lists
    stay JSON text, numbers stay as they are written. What is no object, or says one thing twice, is set apart.
    Raises ``SourceError`` for broken JSON, with line and column.
    """
    head = read_head(path)
    guard.require_text(path, head)
    detected = json.detect_encoding(head)
    encoding = file_format.encoding if detected == "utf-8" else detected
    if path.suffix.lower() in LINE_SUFFIXES or _is_lines(path, encoding):
        return to_pieces(path, file_format, lambda: _of_lines(path, encoding, file_format.records))
    document = _document(path, encoding)
    records = records_in(path, document, file_format.records)
    return to_pieces(path, file_format, lambda: ((number, value, "") for number, value in enumerate(records, 1)))


def _is_lines(path: Path, encoding: str) -> bool:
    """Return whether the first line that holds anything is an object of its own, and more comes below it."""
    lines = (line for line in _lines(path, encoding) if _NOT_BLANK.search(line))
    first, second = next(lines, ""), next(lines, "")
    if not second or not first.lstrip().startswith("{"):
        return False
    try:
        loads(first)
    except json.JSONDecodeError:
        return False
    return True


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a text; ``SourceError`` if one is absurdly long."""
    rest: list[str] = []
    held = 0
    for part in text_parts(path, encoding):
        *whole, last = part.split("\n")
        if whole:
            yield "".join([*rest, whole[0]])
            yield from whole[1:]
            rest, held = [], 0
        rest.append(last)
        held += len(last)
        if held > MAX_DOCUMENT_BYTES:
            raise _too_large(path, f"a line of more than {words.count(MAX_DOCUMENT_BYTES)} characters")
    yield "".join(rest)


def _of_lines(path: Path, encoding: str, records: str) -> Numbered:
    """Yield a record a line; blank lines are none. A line that cannot be read is one without a value.

    Where the first line cannot be read either, the file is no JSON: ``SourceError``.
    """
    number = 0
    for line_number, line in enumerate(_lines(path, encoding), 1):
        text = line.strip()
        if not text:
            continue
        try:
            value = loads(text)
        except json.JSONDecodeError as error:
            if not number:
                raise broken(path, error, line_number) from None
            number += 1
            yield number, None, text
            continue
        for record in [value] if not records or not isinstance(value, dict) else records_in(path, value, records):
            number += 1
            yield number, record, ""


def _document(path: Path, encoding: str) -> object:
    size = path.stat().st_size
    if size > MAX_DOCUMENT_BYTES:
        raise _too_large(path, words.plural(size, "byte"))
    try:
        return loads("".join(text_parts(path, encoding)))
    except json.JSONDecodeError as error:
        raise broken(path, error, error.lineno) from None


def broken(path: Path, error: json.JSONDecodeError, line: int) -> SourceError:
    """Return the error for text that is no JSON, with its place."""
    near = error.doc[max(0, error.pos - 20) : error.pos + 20]
    return SourceError(
        "The file is no JSON that can be read",
        where=f"{path}, line {words.count(line)}, column {words.count(error.colno)}",
        found=f"{error.msg} near {near!r}", wanted="a list of records, or one record a line",
        next_step="export it again; it may have been cut off",
    )  # fmt: skip


def _too_large(path: Path, found: str) -> SourceError:
    return SourceError(
        "The JSON document is too large to be read at once", where=str(path), found=found,
        wanted=f"at most {words.count(MAX_DOCUMENT_BYTES)} bytes in one document",
        next_step="export it as JSON lines: one record a line, of any number of lines",
    )  # fmt: skip
