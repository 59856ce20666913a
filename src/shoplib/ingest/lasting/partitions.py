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
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from shoplib.config.mapping import Mapping
from shoplib.errors import SourceError
from shoplib.ingest import declared, sources
from shoplib.ingest.mapping import Typed, named_columns, read_fields
from shoplib.ingest.readers import RawFile, require_columns
from shoplib.ingest.repeats import NATURAL_KEYS
from shoplib.ingest.sources import Kind

ROW = "source row of the file"
CHUNKS = 4
"""A file is read in pieces this much smaller than what may be held at once."""
PACKED = pa.ipc.IpcWriteOptions(compression="zstd")
SPARE = 2.5
"""Parts are made this much smaller than a batch: judged rows take more room, and hashes spread them unevenly."""


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

    Records of the wrong shape come with the first part. Raises ``SourceError``
    for a file that cannot be read, before the first part is given.
    """
    held, rest = _begin(path, kind, mapping, batch_rows, may_be_empty)
    if rest is not None and _told_by(mapping, list(held[0].rows.columns)) is None:
        held, rest = [sources.read(path, kind, mapping.file)], None
    if rest is None:
        yield iter([Part(_joined(held))])
        return
    folder = Path(tempfile.mkdtemp(prefix="shoplib-parts-"))
    try:
        bare = replace(held[0], rows=held[0].rows.iloc[:0].copy(), misshapen=held[0].misshapen.iloc[:0])
        number = _parts_of(path, held[0], batch_rows)
        discounts, misshapen = _to_disk(folder, _in_turn(held, rest), mapping, number, currency)
        yield _from_disk(folder, number, discounts, replace(bare, misshapen=misshapen))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _begin(
    path: Path, kind: Kind, mapping: Mapping, batch_rows: int, may_be_empty: bool
) -> tuple[list[RawFile], Iterator[RawFile] | None]:
    """Return the first rows of a file, some at a time, and those that follow if it has more than ``batch_rows``."""
    rest: Iterator[RawFile] | None = None
    if may_be_empty:
        held = [sources.read(path, kind, mapping.file, may_be_empty=True)]
    else:
        rest = iter(sources.batches(path, kind, mapping.file, max(1, batch_rows // CHUNKS)))
        held = list(islice(rest, CHUNKS))
        after = next(rest, None)
        rest = None if after is None else chain([after], rest)
    require_columns(path, held[0].rows.columns, named_columns(mapping), mapping.name)
    return held, rest


def _joined(held: list[RawFile]) -> RawFile:
    if len(held) == 1:
        return held[0]
    rows, misshapen = (pd.concat([getattr(raw, name) for raw in held]) for name in ("rows", "misshapen"))
    return replace(held[0], rows=rows, misshapen=misshapen)


def _in_turn(held: list[RawFile], rest: Iterator[RawFile]) -> Iterator[RawFile]:
    """Yield what is held and what follows, and hold nothing of it any longer."""
    while held:
        yield held.pop(0)
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
        raw.rows, mapping.model_copy(update={"fields": wanted, "attributes": {}, "extra": "drop"}),
        currency,
    )  # fmt: skip


def _to_disk(
    folder: Path, raws: Iterator[RawFile], mapping: Mapping, number: int, currency: str
) -> tuple[bool, pd.DataFrame]:
    """Write all rows to files by part; return whether a discount is above zero, and the records of a wrong shape."""
    discounts, misshapen = False, []
    try:
        for raw in raws:
            misshapen.append(raw.misshapen)
            if not len(raw.rows):
                continue
            discounts = discounts or _discounted(raw, mapping, currency)
            place = _places(raw, mapping, number, currency)
            table = pa.Table.from_pandas(raw.rows, preserve_index=False)
            table = table.append_column(ROW, pa.array(raw.rows.index.to_numpy()))
            for part in np.unique(place):
                _add(folder / str(part), table.filter(pa.array(place == part)))
    except OSError as error:
        raise SourceError(
            "There is no room to part a large file", where=str(folder), found=str(error),
            next_step="free some space, or raise ingest.batch_rows so that the file is read at once",
        ) from error  # fmt: skip
    return discounts, pd.concat(misshapen)


def _add(path: Path, rows: pa.Table) -> None:
    """Add rows to the file of a part: one Arrow stream after another, so that no file need stay open."""
    with path.open("ab") as stream, pa.ipc.new_stream(stream, rows.schema, options=PACKED) as writer:
        writer.write_table(rows)


def _streams(path: Path) -> Iterator[pa.Table]:
    with path.open("rb") as stream:
        while stream.peek(1):
            yield pa.ipc.open_stream(stream).read_all()


def _parts_of(path: Path, first: RawFile, batch_rows: int) -> int:
    """Return how many parts a file needs, guessed from its size and that of the first rows."""
    sample = first.rows.head(1000)
    row_bytes = max(1.0, sum(sample[name].str.len().sum() + len(sample) for name in sample) / max(len(sample), 1))
    guess = max(path.stat().st_size / row_bytes, (CHUNKS + 1) * len(first.rows))
    return max(2, int(np.ceil(guess * SPARE / batch_rows)))


def _places(raw: RawFile, mapping: Mapping, number: int, currency: str) -> np.ndarray:
    """Return the part each row belongs to."""
    columns = list(raw.rows.columns)
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


def _from_disk(folder: Path, number: int, discounts: bool, bare: RawFile) -> Iterator[Part]:
    """Yield the parts; ``bare`` is the file without rows, with its records of a wrong shape."""
    for part in range(number):
        path = folder / str(part)
        if not path.is_file():
            continue
        table = pa.concat_tables(_streams(path))
        path.unlink()
        index = pd.Index(table.column(ROW).to_numpy(), name="source_row")
        rows = table.drop_columns([ROW]).to_pandas().astype(object).set_index(index)
        del table
        yield Part(replace(bare, rows=rows), discounts)
        bare = replace(bare, misshapen=bare.misshapen.iloc[:0])
    if len(bare.misshapen):
        yield Part(bare)
