"""A file too large for memory in parts, each with all rows that one sale or one record has.

Which part a row belongs to follows from its cells alone, so what the rows of a part are judged to be does not depend
on how many parts there are.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shoplib.config.mapping import Mapping
from shoplib.errors import SourceError
from shoplib.ingest import declared, sources
from shoplib.ingest.mapping import Typed, in_marks_of, named_columns, read_fields
from shoplib.ingest.readers import RawFile, require_columns
from shoplib.ingest.repeats import NATURAL_KEYS
from shoplib.ingest.sources import Kind

ROW = "source row of the file"
SPARE = 1.25
"""Parts are made this much smaller than they may be: hashes do not spread rows evenly."""


@dataclass(frozen=True)
class Part:
    """Some rows of a file, and whether others of it have a discount above zero."""

    raw: RawFile
    discounts_elsewhere: bool = False


@contextmanager
def parts(
    path: Path, kind: Kind, mapping: Mapping, batch_rows: int, currency: str, *, may_be_empty: bool = False
) -> Iterator[Iterator[Part]]:
    """Yield a file in parts of about ``batch_rows`` rows; a file that is not larger is one part.

    Records of the wrong shape come with the first part. Nothing is left behind on the disk. Raises ``SourceError``
    for a file that cannot be read, before the first part is given.
    """
    first, rest = _begin(path, kind, mapping, batch_rows, may_be_empty)
    if rest is None or _told_by(mapping, list(first.rows.columns)) is None:
        whole = first if rest is None else sources.read(path, kind, mapping.file)
        yield iter([Part(whole)])
        return
    folder = Path(tempfile.mkdtemp(prefix="shoplib-parts-"))
    try:
        yield _from_disk(folder, _to_disk(folder, first, rest, mapping, batch_rows, currency, path), first)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _begin(
    path: Path, kind: Kind, mapping: Mapping, batch_rows: int, may_be_empty: bool
) -> tuple[RawFile, Iterator[RawFile] | None]:
    """Return the first rows of a file, and those that follow if there are any."""
    if may_be_empty:
        first, after = sources.read(path, kind, mapping.file, may_be_empty=True), None
    else:
        batches = iter(sources.batches(path, kind, mapping.file, batch_rows))
        first = next(batches)
        second = next(batches, None)
        after = None if second is None else _chained(second, batches)
    require_columns(path, first.rows.columns, named_columns(mapping), mapping.name)
    return first, after


def _chained(second: RawFile, rest: Iterator[RawFile]) -> Iterator[RawFile]:
    yield second
    yield from rest


def _told_by(mapping: Mapping, columns: list[str]) -> list[str] | None:
    """Return the fields that name a sale or record, ``[]`` where only the key of the mapping does.

    Rows that must be judged together are those of one key of the mapping, and those of one name of ours. Where the
    one does not include the other the file cannot be parted: ``None``.
    """
    if mapping.rows in ("transaction", "line", "item"):
        fields = ["transaction_id"]
    else:
        natural = NATURAL_KEYS.get(mapping.rows, ())
        fields = [part.field for part in declared.parts(mapping.rows) if part.key and part.kind == "text"]
        fields = fields or list(natural)
    fields = [name for name in fields if name in mapping.fields]
    named = {column for name in fields for column in mapping.fields[name].columns}
    return fields if named <= set(mapping.key or columns) else None


def _read(raw: RawFile, mapping: Mapping, fields: Collection[str], currency: str) -> Typed:
    """Return some fields of rows, and what they are worth."""
    wanted = {name: source for name, source in mapping.fields.items() if name in {*fields, "total_amount"}}
    return read_fields(
        raw.rows, in_marks_of(raw, mapping).model_copy(update={"fields": wanted, "attributes": {}, "extra": "drop"}),
        currency,
    )  # fmt: skip


def _to_disk(
    folder: Path, first: RawFile, rest: Iterator[RawFile], mapping: Mapping, batch_rows: int, currency: str, path: Path
) -> tuple[int, bool, pd.DataFrame]:  # fmt: skip
    """Write all rows to files by part; return how many parts, whether a discount is above zero, and broken records."""
    number = _parts_of(path, first, batch_rows)
    writers: dict[int, pq.ParquetWriter] = {}
    discounts, misshapen = False, []
    columns = list(first.rows.columns)
    try:
        for raw in _with(first, rest):
            misshapen.append(raw.misshapen)
            if not len(raw.rows):
                continue
            discounts = discounts or _discounted(raw, mapping, currency)
            place = _places(raw, mapping, columns, number, currency)
            table = pa.Table.from_pandas(raw.rows, preserve_index=False)
            table = table.append_column(ROW, pa.array(raw.rows.index.to_numpy()))
            for part in np.unique(place):
                if part not in writers:
                    writers[part] = pq.ParquetWriter(folder / f"{part:05d}.parquet", table.schema, compression="zstd")
                writers[part].write_table(table.filter(pa.array(place == part)))
    except OSError as error:
        raise SourceError(
            "There is no room to part a large file", where=str(folder), found=str(error),
            next_step="free some space, or raise ingest.batch_rows so that the file is read at once",
        ) from error  # fmt: skip
    finally:
        for writer in writers.values():
            writer.close()
    return number, discounts, pd.concat(misshapen)


def _with(first: RawFile, rest: Iterator[RawFile]) -> Iterator[RawFile]:
    yield first
    yield from rest


def _parts_of(path: Path, first: RawFile, batch_rows: int) -> int:
    """Return how many parts a file needs, guessed from its size and that of the first rows."""
    sample = first.rows.head(1000)
    row_bytes = max(1.0, sum(sample[name].str.len().sum() + len(sample) for name in sample) / max(len(sample), 1))
    guess = max(path.stat().st_size / row_bytes, 2 * len(first.rows))
    return max(2, int(np.ceil(guess * SPARE / batch_rows)))


def _places(raw: RawFile, mapping: Mapping, columns: list[str], number: int, currency: str) -> np.ndarray:
    """Return the part each row belongs to."""
    fields = _told_by(mapping, columns)
    cells = _read(raw, mapping, fields, currency).cells[fields] if fields else raw.rows[list(mapping.key) or columns]
    hashes = np.zeros(len(raw.rows), dtype=np.uint64)
    for name in cells:
        codes, distinct = pd.factorize(cells[name])
        texts = pd.util.hash_array(np.asarray(distinct, dtype=object), categorize=False)
        hashes = hashes * np.uint64(31) + texts[codes]
    places: np.ndarray = (hashes % np.uint64(number)).astype(np.int64)
    return places


def _discounted(raw: RawFile, mapping: Mapping, currency: str) -> bool:
    """Return whether any sale among rows has a discount above zero."""
    if mapping.rows != "transaction" or "discount_total" not in mapping.fields:
        return False
    numbers = _read(raw, mapping, ["discount_total"], currency).numbers
    discount, total = (numbers[name].real().astype("float64") for name in ("discount_total", "total_amount"))
    return bool((discount.gt(0) & total.ge(0)).any())


def _from_disk(folder: Path, written: tuple[int, bool, pd.DataFrame], first: RawFile) -> Iterator[Part]:
    number, discounts, misshapen = written
    for part in range(number):
        path = folder / f"{part:05d}.parquet"
        if not path.is_file():
            continue
        table = pq.read_table(path)
        index = pd.Index(table.column(ROW).to_numpy(), name="source_row")
        rows = table.drop_columns([ROW]).to_pandas().astype(object).set_index(index)
        yield Part(replace(first, rows=rows, misshapen=misshapen), discounts)
        path.unlink()
        misshapen = misshapen.iloc[:0]
    if len(misshapen):
        yield Part(replace(first, rows=first.rows.iloc[:0], misshapen=misshapen))
