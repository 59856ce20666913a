"""JSON values to flat records of strings: numbers as they are written, nothing said twice, bounded depth."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from shoplib.base import words
from shoplib.config.mapping import FileFormat
from shoplib.errors import SourceError
from shoplib.ingest.readers import column_names
from shoplib.ingest.sources import guard
from shoplib.ingest.sources.numbers import plain
from shoplib.ingest.sources.pieces import Broken, Header, Piece, of_lists

MAX_DEPTH = 32
PIECE_RECORDS = 10_000
Numbered = Iterator[tuple[int, object, str]]
"""Number of a record from 1, its value, and its text if that cannot be read as a value."""


class Number(str):
    """The digits of a number as they stand in the file."""

    __slots__ = ()


class Repeated(dict[str, object]):
    """An object that gives one of its keys twice; ``pairs`` are all it gives."""

    pairs: list[tuple[str, object]]


def loads(text: str) -> object:
    """Return a JSON value with its numbers as ``Number``; NaN is nothing, infinity its own name.

    Raises ``json.JSONDecodeError`` for broken text, for one that is nested too deeply, and for half a character.
    """
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise json.JSONDecodeError("Nested too deeply", text, 0) from None
    half = re.search(r"\\ud[89a-f]", text, re.IGNORECASE)
    if half:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise json.JSONDecodeError("Half a character", text, half.start()) from None
        except RecursionError:
            raise json.JSONDecodeError("Nested too deeply", text, 0) from None
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeated = Repeated(found)
    repeated.pairs = pairs
    return repeated


def _constant(name: str) -> object:
    return None if name == "NaN" else name


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Number, parse_int=Number, parse_constant=_constant
)  # fmt: skip


def dumps(value: object) -> str:
    """Return a value as JSON text, its numbers as they were written, keys that come twice twice."""
    if isinstance(value, dict):
        pairs = value.pairs if isinstance(value, Repeated) else value.items()
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {dumps(inner)}" for key, inner in pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dumps(item) for item in value) + "]"
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def records_in(path: Path, document: object, place: str) -> list[object]:
    """Return the list of records of a document: the one at ``place``, or the only one there is.

    Raises ``SourceError`` that lists where records might be.
    """
    if place:
        found = document
        for key in place.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, list):
            return found
        there = list(_lists_of_objects(document, ""))
        near = words.nearest(place, there)
        raise SourceError(
            f"There is no list of records at {place}", where=str(path), found=_found(document, there),
            wanted="a list of objects at the place that file.records names",
            next_step=f"set file.records: {near or there[0]}" if there else "correct file.records in the mapping",
        )  # fmt: skip
    if isinstance(document, list) and (not document or any(isinstance(item, dict) for item in document)):
        return document
    there = list(_lists_of_objects(document, ""))
    if len(there) == 1:
        return records_in(path, document, there[0])
    if isinstance(document, dict) and not there:
        return [document]
    raise SourceError(
        "The document does not say which list holds the records" if there else "The document holds no records",
        where=str(path), found=_found(document, there), wanted="a list of objects",
        next_step="name one of them as file.records in the mapping" if there else "export it again",
    )  # fmt: skip


def _found(document: object, there: list[str]) -> str:
    if there:
        return f"lists of objects at {words.listed(there)}"
    if isinstance(document, dict):
        return f"an object with {words.listed(document) or 'nothing in it'}"
    return "a list" if isinstance(document, list) else "a single value"


def _lists_of_objects(value: object, place: str, depth: int = 0) -> Iterator[str]:
    if isinstance(value, list) and place and value and all(isinstance(item, dict) for item in value):
        yield place
    if isinstance(value, dict) and depth < MAX_DEPTH:
        for key, inner in value.items():
            yield from _lists_of_objects(inner, f"{place}.{key}" if place else key, depth + 1)


def to_pieces(path: Path, form: FileFormat, records: Callable[[], Numbered]) -> tuple[Header, Iterator[Piece]]:
    """Return all columns of some records in the order they first come, and the records in pieces.

    The records are gone through twice, so that each piece has all columns. A record that is no object, or gives one
    column twice, is of the wrong shape; one that is nested too deeply makes the file one of the wrong shape.
    """
    columns: dict[str, None] = {}
    for number, value, _ in records():
        if isinstance(value, dict):
            _require_shallow(path, number, value)
            columns |= dict.fromkeys(name for name, _ in _flat(value))
            guard.require_columns_in_bounds(path, columns)
    header = Header(column_names(columns), list(columns))
    return header, _pieces(path, form.decimal, header, records())


def _pieces(path: Path, mark: str, header: Header, records: Numbered) -> Iterator[Piece]:
    while some := list(islice(records, PIECE_RECORDS)):
        rows: list[list[str]] = []
        broken: list[Broken] = []
        for number, value, text in some:
            pairs = list(_flat(value)) if isinstance(value, dict) else []
            cells = dict(pairs)
            if not isinstance(value, dict) or len(cells) < len(pairs) or _repeats(value):
                text = text or dumps(value)
                if len(text) > guard.MAX_CELL_BYTES:
                    raise guard.too_long(path, f"a record of {words.count(len(text))} characters", number)
                broken.append((number, len(pairs), text))
            else:
                rows.append([_cell(cells.get(name), mark) for name in header.cells])
        yield of_lists(path, header, rows, some[0][0], broken)


def _flat(record: dict[str, object], place: str = "") -> Iterator[tuple[str, object]]:
    """Yield names and values of a record, the keys of objects in it joined by dots."""
    for key, value in record.pairs if isinstance(record, Repeated) else record.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{place}{key}.")
        else:
            yield f"{place}{key}", value


def _repeats(value: object) -> bool:
    """Return whether an object anywhere within a value gives a key twice."""
    if isinstance(value, dict):
        return isinstance(value, Repeated) or any(_repeats(inner) for inner in value.values())
    return isinstance(value, list) and any(_repeats(item) for item in value)


def _cell(value: object, mark: str) -> str:
    if isinstance(value, Number):
        return plain(value, mark)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return dumps(value) if isinstance(value, list) else ""


def _require_shallow(path: Path, number: int, record: dict[str, object]) -> None:
    level: list[object] = [record]
    for _ in range(MAX_DEPTH):
        inner = [
            value.values() if isinstance(value, dict) else value for value in level if isinstance(value, dict | list)
        ]
        level = [value for values in inner for value in values if isinstance(value, dict | list)]
        if not level:
            return
    raise SourceError(
        "A record is nested too deeply", where=f"{path}, record {words.count(number)}",
        found=f"more than {MAX_DEPTH} objects or lists within one another", wanted="records that make a table",
        next_step="export it again with plain records",
    )  # fmt: skip
