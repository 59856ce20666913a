"""The relational store: the declared tables in SQLite or PostgreSQL, foreign keys enforced."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from adbc_driver_manager import Error

from shoplib.contracts import check, tables
from shoplib.contracts.columns import Table
from shoplib.errors import StoreError

FACTS = (
    "organizations", "locations", "employees", "products", "import_jobs", "transactions", "transaction_items",
    "rejected_rows",
)  # fmt: skip


def engine(url: str) -> sa.Engine:
    """Return an engine for a SQLAlchemy URL; in SQLite foreign keys are switched on for every connection."""
    made = sa.create_engine(url)
    if made.dialect.name == "sqlite":
        sa.event.listen(made, "connect", _enforce_keys)
    return made


def _enforce_keys(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection has no type to name
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def create(store: sa.Engine, names: tuple[str, ...] = FACTS) -> None:
    """Create the named tables that do not exist yet, parents first."""
    Table.metadata.create_all(store, tables=[tables.declared(name).__table__ for name in names])  # type: ignore[misc]


def build(path: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Make ``path`` a new SQLite file that holds ``frames`` in the declared tables.

    The file is loaded in one transaction with foreign keys on and appears only when every row is in.
    Raises ``StoreError`` if a reference points nowhere.
    """
    from shoplib.store import files  # the atomic writer lives one door on

    with files.writing(path) as part:
        part.unlink(missing_ok=True)
        made = engine(f"sqlite:///{part}")
        create(made)
        made.dispose()
        ordered = [name for name in tables.names() if name in frames]
        try:
            _bulk_load(part, {name: check.checked(name, frames[name]) for name in ordered})
        except Error as error:
            raise StoreError(
                "Rows do not fit the store", where=path.name, found=str(error).splitlines()[0],
                next_step="check keys and references of the tables being loaded",
            ) from error  # fmt: skip


def _bulk_load(path: Path, ordered: Mapping[str, pa.Table]) -> None:
    from adbc_driver_sqlite import dbapi

    with dbapi.connect(str(path), autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=OFF")  # the file is renamed only when it is whole
        cursor.execute("BEGIN")
        for name, table in ordered.items():
            if table.num_rows:
                cursor.adbc_ingest(name, _as_sqlite(table), mode="append")
        cursor.execute("COMMIT")


def _as_sqlite(table: pa.Table) -> pa.Table:
    """Write days and instants the way SQLAlchemy reads them back from SQLite."""
    for index, field in enumerate(table.schema):
        if pa.types.is_date(field.type):
            table = table.set_column(index, field.name, pc.strftime(table.column(index), "%Y-%m-%d"))
        elif pa.types.is_timestamp(field.type):
            plain = table.column(index).cast(pa.timestamp("us"))
            table = table.set_column(index, field.name, pc.strftime(plain, "%Y-%m-%d %H:%M:%S"))
    return table


def count(store: sa.Engine, name: str) -> int:
    """Return the number of rows of a declared table."""
    with store.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(tables.declared(name))).scalar_one())


def read(store: sa.Engine, name: str) -> pd.DataFrame:
    """Return a declared table, ordered by its key."""
    table = tables.declared(name).__table__
    with store.connect() as connection:
        rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns)).all()
    return pd.DataFrame(rows, columns=[c.name for c in table.columns])
