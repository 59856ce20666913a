"""A parquet file to pieces of strings, whatever the types of its columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoplib.base import words
from shoplib.config.mapping import FileFormat
from shoplib.errors import SourceError
from shoplib.ingest.readers import column_names, read_head
from shoplib.ingest.sources import guard
from shoplib.ingest.sources.numbers import hours, plain, shortest
from shoplib.ingest.sources.pieces import Header, Piece, piece

PIECE_ROWS = 50_000
MAX_ROWS_A_BYTE = 100
"""A table with more rows than this for each byte of its file says the same over and over: a fault or an attack."""
FAULTS = (pa.ArrowException, OSError, ValueError, TypeError, LookupError, ArithmeticError, MemoryError)
"""What reading a parquet file that is damaged can raise."""


def open_parquet(path: Path, file_format: FileFormat) -> tuple[Header, Iterator[Piece]]:
    """Return the columns of a parquet file, and its rows still to come.

    Decimals keep their digits, floats the fewest that give them again; moments are ISO 8601, with the offset of their
    zone if they have one; nested values are JSON text, bytes that are no text hexadecimal. Raises ``SourceError`` for
    a damaged file, at once or while the rows are read.
    """
    import pyarrow.parquet as pq

    head = read_head(path)
    if not head.startswith(guard.PARQUET):
        raise SourceError(
            "The file is no parquet file", where=str(path), found=f"bytes that begin with {head[:8]!r}",
            wanted="a parquet file, which begins with PAR1", next_step="set the kind that it is, or export it again",
        )  # fmt: skip
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
        names, rows = file.schema_arrow.names, file.metadata.num_rows
    except FAULTS as error:
        raise _damaged(path, error) from None
    guard.require_columns_in_bounds(path, names)
    if rows > MAX_ROWS_A_BYTE * path.stat().st_size:
        raise SourceError(
            "The parquet file unpacks to more than a table holds", where=str(path),
            found=f"{words.count(rows)} rows in {words.plural(path.stat().st_size, 'byte')}",
            wanted=f"at most {words.count(MAX_ROWS_A_BYTE)} rows for each byte",
            next_step="do not open it unless you know who made it",
        )  # fmt: skip
    header = Header(column_names(names), list(names))
    return header, _pieces(path, file, header, file_format.decimal)


def _pieces(path: Path, file: Any, header: Header, mark: str) -> Iterator[Piece]:
    batches = iter(file.iter_batches(batch_size=PIECE_ROWS, use_threads=False))
    first = 1
    while True:
        try:
            batch = next(batches, None)
            columns = [] if batch is None else [text(column, mark) for column in batch.columns]
        except FAULTS as error:
            raise _damaged(path, error) from None
        if batch is None:
            return
        numbers = np.arange(first, first + len(batch), dtype=np.int64)
        yield piece(path, header, columns, numbers, [])
        first += len(batch)


def _damaged(path: Path, error: BaseException) -> SourceError:
    return SourceError(
        "The parquet file is damaged", where=str(path),
        found=" ".join(str(error).split())[:120] or type(error).__name__, wanted="a whole parquet file",
        next_step="copy or export it again",
    )  # fmt: skip


def text(column: pa.Array, mark: str = ".") -> pa.Array:
    """Return a column as text; nothing for what is absent.

    >>> text(pa.array([1.5, None, 20.0])).to_pylist()
    ['1.5', '', '20']
    """
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        return text(column.dictionary, mark).take(column.indices).fill_null("")
    written = _written(column, mark)
    written.validate(full=True)
    return written.cast(pa.string()).fill_null("")


def _written(column: pa.Array, mark: str) -> pa.Array:
    kind, types = column.type, pa.types
    if types.is_null(kind):
        return pa.nulls(len(column), pa.string())
    if types.is_boolean(kind) or types.is_integer(kind) or types.is_date32(kind) or _is_text(kind):
        return column.cast(pa.string())
    if types.is_float16(kind) or types.is_float32(kind):
        width = np.float16 if types.is_float16(kind) else np.float32
        return _each(column.cast(pa.float32()), lambda value: shortest(float(str(width(value))), mark))
    if types.is_float64(kind):
        return _each(column, lambda value: shortest(value, mark))
    if types.is_decimal(kind):
        return _each(column, lambda value: plain(str(value), mark))
    if types.is_date64(kind):
        return column.cast(pa.date32()).cast(pa.string())
    if types.is_timestamp(kind):
        return _moments(column)
    if types.is_time(kind):
        return _bare(column.cast(pa.string()))
    if types.is_duration(kind):
        return _each(column.cast(pa.duration("us"), safe=False), hours)
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return _bytes(column)
    return pa.array([None if v is None else _json(v) for v in column.to_pylist()], type=pa.string())


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _each(column: pa.Array, write: Callable[[Any], str]) -> pa.Array:
    """Return what ``write`` makes of each distinct value."""
    coded = column.dictionary_encode()
    texts = [None if value is None else write(value) for value in coded.dictionary.to_pylist()]
    return pa.array(texts, type=pa.string()).take(coded.indices)


def _moments(column: pa.Array) -> pa.Array:
    """Return moments in ISO 8601, on the clock of their zone and with its offset if they have one."""
    zone = column.type.tz
    unit = column.type.unit
    wall = column if zone is None else pc.local_timestamp(column)
    texts = pc.replace_substring(_bare(wall.cast(pa.timestamp(unit)).cast(pa.string())), " ", "T")
    if zone is None:
        return texts
    apart = pc.subtract(wall.cast(pa.timestamp(unit)), column.cast(pa.timestamp(unit)))
    return pc.binary_join_element_wise(texts, _each(apart.cast(pa.duration("s")), _offset), "")


def _offset(apart: Any) -> str:
    minutes = int(apart.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _bare(times: pa.Array) -> pa.Array:
    """Return written times without the zeros behind their seconds."""
    return pc.replace_substring_regex(times, r"(?:\.0+|(\.\d*[1-9])0+)$", r"\1")


def _bytes(column: pa.Array) -> pa.Array:
    try:
        return column.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return _each(column, lambda value: value.hex())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_simple)


def _simple(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
