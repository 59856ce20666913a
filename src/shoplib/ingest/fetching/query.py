"""Rows of another database, written as one parquet file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shoplib.config.secrets import Secret
from shoplib.config.sources import SqlSource
from shoplib.errors import SourceError
from shoplib.ingest.fetching.patience import Patience, Unanswered, persistently
from shoplib.store import foreign

FILE_NAME = "rows.parquet"
SPOOL = ".rows.spool"
TRIES = 3


def fetch(
    source: SqlSource, url: Secret | None, folder: Path, root: Path, rows: int, patience: Patience,
    advance: Callable[[int], None],
) -> int:  # fmt: skip
    """Write the rows of the query to ``rows.parquet`` and return how many there are; equal rows give equal bytes.

    Columns keep their types. At most ``rows`` rows are in memory at once: a column has the type of all its values, so
    the batches wait in a file until the last one is there.
    """
    spool = folder / SPOOL

    def ask() -> tuple[tuple[str, ...], list[list[pa.DataType]]]:
        address = url.reveal().strip() if url else source.url
        try:
            with foreign.asked(address, source.query, where=source.name, base=root, rows=rows) as answer:
                return answer.names, _spooled(answer, spool, advance)
        except foreign.UnreachableError as error:
            raise Unanswered(error) from None

    names, types = persistently(ask, TRIES, patience)
    kinds = [foreign.common_type(column) for column in zip(*types, strict=True)] or [pa.string()] * len(names)
    count = _write(folder / FILE_NAME, pa.schema(zip(names, kinds, strict=True)), _batches(spool, len(types)))
    spool.unlink()
    return count


def _spooled(answer: foreign.Answer, spool: Path, advance: Callable[[int], None]) -> list[list[pa.DataType]]:
    """Write the batches one after the other, each in types of its own, and return these."""
    types = []
    with spool.open("wb") as stream:
        for arrays in answer.batches:
            batch = pa.record_batch(arrays, names=list(answer.names))
            with pa.ipc.new_stream(stream, batch.schema) as writer:
                writer.write_batch(batch)
            types.append([array.type for array in arrays])
            advance(batch.num_rows)
    return types


def _batches(spool: Path, number: int) -> Iterator[pa.RecordBatch]:
    with spool.open("rb") as stream:
        for _ in range(number):
            with pa.ipc.open_stream(stream) as reader:
                yield from reader


def _write(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            arrays = [_cast(array, field) for array, field in zip(batch.columns, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += batch.num_rows
    return count


def _cast(array: pa.Array, field: pa.Field) -> pa.Array:
    try:
        return foreign.cast(array, field.type)
    except pa.ArrowInvalid as error:
        raise SourceError(
            "A column holds numbers that do not go together", where=f"column {field.name}", found=str(error),
            wanted="fractions, or whole numbers", next_step=f"write CAST({field.name} AS TEXT) in the query",
        ) from None  # fmt: skip
