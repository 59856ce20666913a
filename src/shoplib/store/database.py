"""The relational store: the declared tables in SQLite or PostgreSQL, foreign keys enforced."""

from __future__ import annotations

import errno
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
from shoplib.store import files

FILE_NAME = "shop.db"
FACTS = (
    "organizations", "locations", "employees", "products", "product_prices", "promotions", "customers", "visits",
    "import_jobs", "transactions", "transaction_items", "suppliers", "supplier_products", "purchase_orders",
    "purchase_order_lines", "stock_movements", "stock_counts", "rejected_rows",
)  # fmt: skip

# what SQLite says when the system, not the data, is at fault
SIGNS = {
    "disk is full": errno.ENOSPC,
    "disk I/O error": errno.EIO,
    "readonly database": errno.EROFS,
    "unable to open database file": errno.EACCES,
}


def engine(url: str | sa.URL) -> sa.Engine:
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
    Table.metadata.create_all(
        store, tables=[Table.metadata.tables[tables.declared(name).__tablename__] for name in names]
    )


def build(path: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Make ``path`` a new SQLite file that holds ``frames`` in the declared tables, and every fact table.

    The file is loaded in one transaction with foreign keys on and appears only when every row is in.
    Raises ``ContractError`` if a frame breaks its declaration, ``KeyError`` if it has none, and
    ``StoreError`` if a reference points nowhere or the system refuses to write.
    """
    wanted = tuple(dict.fromkeys((*FACTS, *frames)))
    loads = {name: check.checked(name, frame) for name, frame in frames.items()}
    with files.writing(path) as part:
        part.unlink(missing_ok=True)
        made = engine(sa.URL.create("sqlite", database=str(part)))
        try:
            create(made, wanted)
            _bulk_load(part, {name: loads[name] for name in tables.names() if name in loads})
        except (Error, sa.exc.OperationalError) as error:
            raise _refused(error, path) from error
        finally:
            made.dispose()


def _refused(error: Exception, path: Path) -> StoreError:
    """Return what SQLite's refusal means to a person."""
    said = str(error.orig if isinstance(error, sa.exc.DBAPIError) else error).splitlines()[0]
    for sign, number in SIGNS.items():
        if sign in said:
            return files.as_store_error(OSError(number, said), path)
    return StoreError("Rows do not fit the store", where=path.name, found=said,
                      next_step="check keys and references of the tables being loaded")  # fmt: skip


def _bulk_load(path: Path, ordered: Mapping[str, pa.Table]) -> None:
    from adbc_driver_sqlite import dbapi

    with dbapi.connect(str(path), autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=ON")
        # the file is renamed only when it is whole, so nothing needs to survive a crash on its own
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA journal_mode=MEMORY")
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
    table = Table.metadata.tables[tables.declared(name).__tablename__]
    with store.connect() as connection:
        rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns)).all()
    return pd.DataFrame(rows, columns=[c.name for c in table.columns])
