"""One store copied into another, with proof that nothing changed; and the hashes that prove it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoplib.base import words
from shoplib.errors import StoreError
from shoplib.store import migration
from shoplib.store.address import Store
from shoplib.store.bulk import BATCH_ROWS, Bulk, reading, transaction

HASH_KEYS = ("shoplib row hash", "row hash shoplib")
"""Keys of the two hashes (SipHash, 64 bit each) of a row; 16 bytes each."""
MISSING, END = "\x00", "\x1f"


@dataclass(frozen=True)
class Proof:
    """What was found equal on both sides: rows and row hash of each table, parents first."""

    rows: dict[str, int]
    hashes: dict[str, str]


@dataclass
class RowHash:
    """The hash of a table's rows whatever their order, taken in batch by batch.

    Each value is written as text that says the same in both databases (an instant as microseconds since 1970, a day
    as days since 1970, a number in its shortest exact form, a text after its length), each row is hashed twice, and
    the hashes of all rows are added.
    """

    rows: int = 0
    sums: list[int] = field(default_factory=lambda: [0 for _ in HASH_KEYS])

    def add(self, batch: pa.Table) -> None:
        """Take in rows of a declared table."""
        if not batch.num_rows:
            return
        import pandas as pd

        lines = _lines(batch)
        for at, key in enumerate(HASH_KEYS):
            hashes = pd.util.hash_array(lines, hash_key=key, categorize=False)
            self.sums[at] = (self.sums[at] + int(np.sum(hashes, dtype=np.uint64))) % (1 << 64)
        self.rows += batch.num_rows

    @property
    def digest(self) -> str:
        """Return the hash as 32 hexadecimal digits; of no rows, 32 zeros."""
        return "".join(f"{part:016x}" for part in self.sums)


def _lines(batch: pa.Table) -> np.ndarray:
    """Return each row as one text, different for different rows."""
    joined = pc.binary_join_element_wise(
        *(_texts(column) for column in batch.columns), "", END, null_handling="replace", null_replacement=MISSING
    )
    return np.asarray(joined.to_pylist(), dtype=object)


def _texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_timestamp(values.type):
        return values.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).cast(pa.string())
    if pa.types.is_date(values.type):
        return values.cast(pa.int32()).cast(pa.string())
    if pa.types.is_string(values.type):
        return pc.binary_join_element_wise(pc.binary_length(values).cast(pa.string()), values, ":")
    return values.cast(pa.string())


def row_hashes(store: Store) -> dict[str, str]:
    """Return the row hash of every table of a store, parents first: equal stores have equal ones, wherever they are."""
    with reading(store) as rows:
        return {name: hashed(rows, name).digest for name in migration.STORED}


def hashed(rows: Bulk, name: str) -> RowHash:
    """Return the row hash of a table of the store."""
    found = RowHash()
    for batch in rows.batches(name):
        found.add(batch)
    return found


def move(source: Store, target: Store, *, batch_rows: int = BATCH_ROWS) -> Proof:
    """Copy all rows of one store into another that has none, in one transaction, and return the proof.

    Nobody writes to either meanwhile; the source stays as it is. The target is brought to the newest version first.
    Raises ``StoreError`` if the two are one, the source is not at the newest version, the target has rows, or a table
    comes back with other rows than went in: then the target is as it was.
    """
    if source == target:
        raise StoreError("A store cannot be moved onto itself", where=source.shown(), next_step="name another database")
    at = migration.version(source)
    if at != migration.head():
        raise StoreError("The store to move is not at the newest version", where=source.shown(), found=at or "no store",
                         wanted=migration.head(), next_step="shoplib db upgrade")  # fmt: skip
    migration.upgrade(target)
    with transaction(source) as old, transaction(target) as new:
        full = [name for name in migration.STORED if new.count(name)]
        if full:
            raise StoreError(
                "The store to move to has rows already", where=target.shown(), found=words.listed(full, limit=5),
                wanted="a store without rows", next_step="name another database",
            )  # fmt: skip
        proof = Proof({}, {})
        for name in migration.STORED:
            went = RowHash()
            for batch in old.batches(name, rows=batch_rows):
                went.add(batch)
                new.append(name, batch)
            came = hashed(new, name)
            if went != came:
                raise StoreError(
                    "A table did not arrive as it went; nothing was moved", where=f"{target.shown()}: {name}",
                    found=f"{came.rows} rows, {came.digest}", wanted=f"{went.rows} rows, {went.digest}",
                )  # fmt: skip
            proof.rows[name], proof.hashes[name] = went.rows, went.digest
    return proof
