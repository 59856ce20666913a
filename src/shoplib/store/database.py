"""The relational store: the declared tables in SQLite or PostgreSQL, foreign keys enforced."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from adbc_driver_manager import Error
from sqlalchemy.dialects import sqlite

from shoplib.contracts import check, tables
from shoplib.contracts.columns import Table
from shoplib.store import files, refusals
from shoplib.store.address import Store, engine, open_store, store_at
from shoplib.store.bulk import Bulk, as_sqlite, reading, transaction
from shoplib.store.migration import FACTS, STORED, downgrade, upgrade, version

__all__ = [
    "FACTS", "FILE_NAME", "STORED", "Bulk", "Store", "build", "count", "create", "downgrade", "engine", "open_store",
    "read", "reading", "store_at", "transaction", "upgrade", "version",
]  # fmt: skip

FILE_NAME = "shop.db"
CACHE_KIB = 1 << 16


def create(store: sa.Engine, names: tuple[str, ...] = FACTS) -> None:
    """Create the named tables that do not exist yet, parents first, without the indexes of the lasting store."""
    wanted = {tables.declared(name).__tablename__ for name in names}
    with store.begin() as connection:
        for table in Table.metadata.sorted_tables:
            if table.name in wanted:
                connection.execute(sa.schema.CreateTable(table, if_not_exists=True))


def build(path: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Make ``path`` a new SQLite file that holds ``frames`` in the declared tables, and every fact table.

    The file is loaded in one transaction with foreign keys on and appears only when every row is in.
    Raises ``ContractError`` if a frame breaks its declaration, ``KeyError`` if it has none, and
    ``StoreError`` if a reference points nowhere or the system refuses to write.
    """
    loads = {name: check.checked(name, frame) for name, frame in frames.items()}
    with files.writing(path) as part:
        part.unlink(missing_ok=True)
        try:
            _fill(part, (*FACTS, *loads), loads)
        except Error as error:
            raise refusals.of_file(error, path) from error


def _fill(path: Path, names: tuple[str, ...], loads: Mapping[str, pa.Table]) -> None:
    """Make the named tables in a new file and load them, parents first, all in one transaction."""
    from adbc_driver_sqlite import dbapi

    ordered = [table for table in Table.metadata.sorted_tables if table.name in names]
    with dbapi.connect(str(path), autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=ON")
        # the file is renamed only when it is whole, so nothing needs to survive a crash on its own
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA journal_mode=MEMORY")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        cursor.execute("BEGIN")
        for table in ordered:
            cursor.execute(str(sa.schema.CreateTable(table).compile(dialect=sqlite.dialect())))
            if table.name in loads and loads[table.name].num_rows:
                cursor.adbc_ingest(table.name, as_sqlite(loads[table.name]), mode="append")
        cursor.execute("COMMIT")


def count(store: sa.Engine, name: str) -> int:
    """Return the number of rows of a declared table."""
    with store.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(tables.declared(name))).scalar_one())


def read(store: sa.Engine, name: str) -> pd.DataFrame:
    """Return a declared table, ordered by its key."""
    table = Table.metadata.tables[tables.declared(name).__tablename__]
    with store.connect() as connection:
        rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns)).all()
    return pd.DataFrame(rows, columns=[c.name for c in table.columns])
