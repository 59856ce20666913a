"""Transactions of the lasting store: rows in and out as Arrow tables, the same calls for both databases.

SQLite keeps a write-ahead log (``<file>-wal``) with full synchronisation: people may read while a file is loaded, and
a process killed at any moment leaves the database as it was before the transaction or as it is after it; the next one
to open it finds out which. One file is loaded by ADBC's own copy of SQLite, so within a transaction the same process
must not open the file by other means: closing it there would drop the locks held here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shoplib.contracts import convert, tables
from shoplib.store import locks, refusals
from shoplib.store.address import Dialect, Store

CACHE_KIB = 1 << 16
WHOLE_RESULT = str(1 << 30)
MARKS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\?""")


@contextmanager
def transaction(store: Store, *, wait_s: float = 30.0) -> Iterator[Bulk]:
    """Yield the store for writing: all that is done is kept when the block ends well, nothing otherwise.

    Another one at work is waited for; after ``wait_s`` seconds ``BusyError`` says who it is. Raises ``StoreError`` if
    the database cannot be reached, or refuses rows.
    """
    with refusals.told(store), closing(_connected(store)) as connection, closing(connection.cursor()) as cursor:
        locks.begin(store, cursor, wait_s)
        try:
            yield Bulk(connection, store.dialect)
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise


def _connected(store: Store) -> Any:
    """Return an ADBC connection that begins no transaction by itself, foreign keys enforced."""
    if store.dialect == "postgresql":
        from adbc_driver_postgresql import dbapi

        return dbapi.connect(store.libpq(), autocommit=True)
    from adbc_driver_sqlite import dbapi as sqlite

    store.path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite.connect(str(store.path), autocommit=True)
    with closing(connection.cursor()) as cursor:
        for pragma in ("busy_timeout=100", "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL",
                       f"cache_size=-{CACHE_KIB}"):  # fmt: skip
            cursor.execute(f"PRAGMA {pragma}")
    return connection


class Bulk:
    """A transaction of the store."""

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self._connection, self.dialect = connection, dialect

    def append(self, name: str, table: pa.Table) -> int:
        """Add rows to a declared table and return how many; columns that are not given stay empty."""
        schema = convert.arrow_schema(name)
        fitting = pa.schema([schema.field(column) for column in table.column_names])
        return self._ingest(name, table.cast(fitting), mode="append")

    def stage(self, name: str, table: pa.Table) -> None:
        """Make a temporary table, gone when the transaction ends; one of this name from before is replaced.

        Days and instants are written as in the declared tables, so the two can be compared.
        """
        self.execute(f'DROP TABLE IF EXISTS {"pg_temp" if self.dialect == "postgresql" else "temp"}."{name}"')
        self._ingest(name, table, mode="create", temporary=True)

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run a statement whose parameters are marked ``?`` and return how many rows it changed."""
        with closing(self._connection.cursor()) as cursor:
            statement = cursor.adbc_statement
            statement.set_sql_query(self._translated(sql))
            if parameters:
                statement.prepare()
                statement.bind(self._bound(parameters))
            return max(int(statement.execute_update()), 0)

    def fetch(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """Return the answer to a query as the database gives it: in SQLite days and instants are text."""
        with closing(self._connection.cursor()) as cursor:
            if self.dialect == "sqlite":
                # the driver takes the types of a result from its first batch
                cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": WHOLE_RESULT})
            cursor.execute(self._translated(sql), self._bound(parameters) if parameters else None)
            return cursor.fetch_arrow_table()

    def frame(self, name: str, where: str = "", parameters: Sequence[object] = ()) -> pd.DataFrame:
        """Return the rows of a declared table that meet ``where``, in declared types, ordered by their key."""
        return convert.to_pandas(self.table(name, where, parameters))

    def table(self, name: str, where: str = "", parameters: Sequence[object] = ()) -> pa.Table:
        """Return what :meth:`frame` does, as Arrow."""
        schema = convert.arrow_schema(name)
        columns = ", ".join(f'"{column}"' for column in schema.names)
        order = ", ".join(f'"{column}"' for column in tables.key_of(name))
        condition = f" WHERE {where}" if where else ""
        found = self.fetch(f'SELECT {columns} FROM "{name}"{condition} ORDER BY {order}', parameters)
        return typed(found, schema)

    def _ingest(self, name: str, table: pa.Table, **how: Any) -> int:
        if not table.num_rows and how["mode"] == "append":
            return 0
        stored = as_sqlite(table) if self.dialect == "sqlite" else as_postgresql(table)
        with closing(self._connection.cursor()) as cursor:
            cursor.adbc_ingest(name, stored, **how)
        return int(table.num_rows)

    def _translated(self, sql: str) -> str:
        return numbered(sql) if self.dialect == "postgresql" else sql

    def _bound(self, parameters: Sequence[object]) -> pa.RecordBatch:
        row = pa.table({str(at): pa.array([value]) for at, value in enumerate(parameters)})
        stored = as_sqlite(row) if self.dialect == "sqlite" else as_postgresql(row)
        return stored.combine_chunks().to_batches()[0]


def numbered(sql: str) -> str:
    """Return a statement with its ``?`` marks written ``$1, $2 …``; texts, names and comments are left alone.

    >>> numbered("select '?' from t where a = ? and b = ?")
    "select '?' from t where a = $1 and b = $2"
    """
    seen = 0

    def mark(found: re.Match[str]) -> str:
        nonlocal seen
        if found[0] != "?":
            return found[0]
        seen += 1
        return f"${seen}"

    return MARKS.sub(mark, sql)


def as_sqlite(table: pa.Table) -> pa.Table:
    """Write days and instants the way SQLAlchemy reads them back from SQLite."""
    for index, field in enumerate(table.schema):
        if pa.types.is_date(field.type):
            table = table.set_column(index, field.name, table.column(index).cast(pa.string()))
        elif pa.types.is_timestamp(field.type):
            plain = table.column(index).cast(pa.timestamp("us"))
            table = table.set_column(index, field.name, plain.cast(pa.string()))
    return table


def as_postgresql(table: pa.Table) -> pa.Table:
    """Write instants without their zone, which is UTC, as the declared columns hold them."""
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            table = table.set_column(index, field.name, table.column(index).cast(pa.timestamp("us")))
    return table


def typed(found: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return what a database gave in declared types."""
    columns = []
    for field in schema:
        values = found.column(field.name)
        if pa.types.is_timestamp(field.type):
            values = pc.assume_timezone(values.cast(pa.timestamp("us")), "UTC")
        columns.append(values.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)
