"""Transactions of the lasting store: rows in and out as Arrow tables, the same calls for both databases.

SQLite keeps a write-ahead log (``<file>-wal``), fully synchronised: people may read while a file is loaded, and a
process killed at any moment leaves the database as it was before the transaction or as it is after it; whoever opens
it next finds out which. So the log belongs to the file until then: copy both. ADBC brings its own copy of SQLite, and
a process that opens one file with two copies loses its locks when either closes it: within a transaction the same
process must not open the file by other means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_manager import Error

from shoplib.contracts import convert, tables
from shoplib.contracts.columns import Table
from shoplib.store import locks, refusals
from shoplib.store.address import Dialect, Store

CACHE_KIB = 1 << 16
BATCH_ROWS, WHOLE_RESULT = 100_000, 1 << 30
READ_WAIT_MS = 10_000
MARKS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\?""")


@contextmanager
def transaction(store: Store, *, wait_s: float = 30.0) -> Iterator[Bulk]:
    """Yield the store for writing: all that is done is kept when the block ends well, nothing otherwise.

    Another writer is waited for; after ``wait_s`` seconds ``BusyError`` says who it is. Raises ``StoreError`` if the
    database cannot be reached, or refuses rows.
    """
    with (
        refusals.told(store), _opened(store) as connection, closing(connection.cursor()) as cursor,
        locks.held(store, cursor, wait_s), _whole(cursor),
    ):  # fmt: skip
        yield Bulk(connection, store.dialect)


@contextmanager
def reading(store: Store) -> Iterator[Bulk]:
    """Yield the store as it is at this moment, for reading only; who writes meanwhile neither waits nor is seen."""
    with refusals.told(store), _opened(store) as connection, closing(connection.cursor()) as cursor:
        if store.dialect == "sqlite":
            cursor.execute(f"PRAGMA busy_timeout={READ_WAIT_MS}")
            cursor.execute("BEGIN")
        else:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(f'SET LOCAL search_path TO "{store.schema}"')
        with _whole(cursor):
            yield Bulk(connection, store.dialect)


@contextmanager
def _whole(cursor: Any) -> Iterator[None]:
    """End a transaction: with all of it if the block ends well, else with nothing."""
    try:
        yield
        cursor.execute("COMMIT")
    except BaseException:
        with suppress(Error):  # a server that went away has undone it already
            cursor.execute("ROLLBACK")
        raise


@contextmanager
def _opened(store: Store) -> Iterator[Any]:
    """Yield an ADBC connection that begins no transaction by itself, foreign keys enforced.

    The last process to leave a SQLite file locks it for a moment, so even settings may have to wait.
    """
    if store.dialect == "postgresql":
        from adbc_driver_postgresql import dbapi

        with closing(dbapi.connect(store.libpq(locks.command()), autocommit=True)) as connection:
            yield connection
        return
    from adbc_driver_sqlite import dbapi as sqlite

    store.path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite.connect(str(store.path), autocommit=True)) as connection:
        with closing(connection.cursor()) as cursor:
            for setting in (
                f"busy_timeout={READ_WAIT_MS}", "foreign_keys=ON", "synchronous=FULL", f"cache_size=-{CACHE_KIB}",
                "busy_timeout=0",
            ):  # fmt: skip
                cursor.execute(f"PRAGMA {setting}")
        yield connection


class Bulk:
    """A transaction of the store."""

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self._connection, self.dialect = connection, dialect

    def append(self, name: str, table: pa.Table) -> int:
        """Add rows to a declared table and return how many; columns that are not given stay empty."""
        schema = convert.arrow_schema(name)
        rows = _without_minus_zero(table.cast(pa.schema([schema.field(column) for column in table.column_names])))
        if _lies_in_key_order(name):
            rows = rows.sort_by([(column, "ascending") for column in tables.key_of(name)])
        return self._ingest(name, rows, mode="append") if rows.num_rows else 0

    def stage(self, name: str, table: pa.Table) -> None:
        """Make a temporary table, gone when the transaction ends; one of this name from before is replaced.

        Days and instants are written as in the declared tables, so the two can be compared.
        """
        self.execute(f'DROP TABLE IF EXISTS {"pg_temp" if self.dialect == "postgresql" else "temp"}."{name}"')
        self._ingest(name, table, mode="create", temporary=True)
        if self.dialect == "postgresql":
            self.execute(f'ANALYZE pg_temp."{name}"')  # temporary tables are not counted by themselves

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
        """Return the answer to a query as the database gives it.

        SQLite gives days and instants as text. PostgreSQL gives sums of whole numbers as text unless they are
        written ``CAST(SUM(…) AS BIGINT)``.
        """
        with closing(self._connection.cursor()) as cursor:
            self._ask(cursor, sql, parameters, WHOLE_RESULT)
            return cursor.fetch_arrow_table()

    def frame(self, name: str, where: str = "", parameters: Sequence[object] = ()) -> pd.DataFrame:
        """Return the rows of a declared table that meet ``where``, in declared types, ordered by their key."""
        return convert.to_pandas(self.table(name, where, parameters))

    def table(self, name: str, where: str = "", parameters: Sequence[object] = ()) -> pa.Table:
        """Return what :meth:`frame` does, as Arrow."""
        found = [rows for rows in self.batches(name, where, parameters, rows=WHOLE_RESULT) if rows.num_rows]
        return pa.concat_tables(found) if found else convert.arrow_schema(name).empty_table()

    def batches(
        self, name: str, where: str = "", parameters: Sequence[object] = (), *, rows: int = BATCH_ROWS
    ) -> Iterator[pa.Table]:
        """Yield what :meth:`table` returns in parts of bounded size, in order."""
        schema = convert.arrow_schema(name)
        sql = self._selection(name, schema, where)
        with closing(self._connection.cursor()) as cursor:
            self._ask(cursor, sql, parameters, rows)
            with cursor.fetch_record_batch() as reader:
                first = self.dialect == "sqlite"
                for batch in reader:
                    yield _typed(pa.table(batch).slice(1 if first else 0), schema)
                    first = False

    def has(self, table: str) -> bool:
        """Return whether the store has a table."""
        if self.dialect == "sqlite":
            found = self.fetch("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
        else:
            found = self.fetch("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?",
                               (table,))  # fmt: skip
        return bool(found.column(0)[0].as_py())

    def count(self, name: str, where: str = "", parameters: Sequence[object] = ()) -> int:
        """Return how many rows of a table meet ``where``."""
        found = self.fetch(f'SELECT count(*) FROM "{name}"' + (f" WHERE {where}" if where else ""), parameters)
        return int(found.column(0)[0].as_py())

    def _selection(self, name: str, schema: pa.Schema, where: str) -> str:
        """Return the query of a declared table, texts in the order of their bytes whatever the server's language.

        SQLite's driver takes the type of a column from its first rows, which may all be empty: a row made up to show
        the types comes first.
        """
        columns = ", ".join(f'"{column}"' for column in schema.names)
        key = tables.key_of(name)
        chosen = f'FROM "{name}"' + (f" WHERE {where}" if where else "")
        if self.dialect == "sqlite":
            shown = ", ".join(f'{_example(field.type)} AS "{field.name}"' for field in schema)
            order = ", ".join(str(schema.get_field_index(column) + 2) for column in key)
            return f"SELECT 0 AS place, {shown} UNION ALL SELECT 1, {columns} {chosen} ORDER BY 1, {order}"
        order = ", ".join(
            f'"{column}" COLLATE "C"' if pa.types.is_string(schema.field(column).type) else f'"{column}"'
            for column in key
        )
        return f"SELECT {columns} {chosen} ORDER BY {order}"

    def _ask(self, cursor: Any, sql: str, parameters: Sequence[object], rows: int) -> None:
        if self.dialect == "sqlite":
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(rows)})
        cursor.execute(self._translated(sql), self._bound(parameters) if parameters else None)

    def _ingest(self, name: str, table: pa.Table, **how: Any) -> int:
        with closing(self._connection.cursor()) as cursor:
            cursor.adbc_ingest(name, self._stored(table), **how)
        return int(table.num_rows)

    def _stored(self, table: pa.Table) -> pa.Table:
        return as_sqlite(table) if self.dialect == "sqlite" else _without_zones(table)

    def _translated(self, sql: str) -> str:
        return numbered(sql) if self.dialect == "postgresql" else sql

    def _bound(self, parameters: Sequence[object]) -> pa.RecordBatch:
        row = pa.table({str(at): pa.array([value]) for at, value in enumerate(parameters)})
        return self._stored(row).to_batches()[0]


def numbered(sql: str) -> str:
    """Return a statement with its ``?`` marks written ``$1, $2 …``; texts, names and remarks are left alone.

    >>> numbered("select '?' from t where a = ? and b = ?")
    "select '?' from t where a = $1 and b = $2"
    """
    pieces, seen = [], 0
    end = 0
    for found in MARKS.finditer(sql):
        if found[0] == "?":
            seen += 1
            pieces += [sql[end : found.start()], f"${seen}"]
            end = found.end()
    return "".join([*pieces, sql[end:]])


def as_sqlite(table: pa.Table) -> pa.Table:
    """Write days and instants the way SQLAlchemy reads them back from SQLite."""
    table = _without_zones(table)
    for index, field in enumerate(table.schema):
        if pa.types.is_date(field.type) or pa.types.is_timestamp(field.type):
            table = table.set_column(index, field.name, table.column(index).cast(pa.string()))
    return table


def _without_zones(table: pa.Table) -> pa.Table:
    """Write instants in UTC without saying so, as the declared columns hold them."""
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            table = table.set_column(index, field.name, table.column(index).cast(pa.timestamp("us")))
    return table


def _without_minus_zero(table: pa.Table) -> pa.Table:
    """Write −0 as 0: SQLite knows no other, and equal stores shall be equal to the last bit."""
    for index, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            table = table.set_column(index, field, pc.add(table.column(index), 0.0))
    return table


def _typed(found: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return what a database gave in declared types."""
    columns = []
    for field in schema:
        values = found.column(field.name)
        if pa.types.is_timestamp(field.type):
            values = pc.assume_timezone(values.cast(pa.timestamp("us")), "UTC")
        columns.append(values.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _example(kind: pa.DataType) -> str:
    """Return an SQL value that SQLite keeps the way it keeps values of a declared type."""
    if pa.types.is_integer(kind):
        return "0"
    return "0.5" if pa.types.is_floating(kind) else "'1970-01-01'"


def _lies_in_key_order(name: str) -> bool:
    """Return whether SQLite keeps the rows of a table in the tree of its key: in that order they go in fastest."""
    return Table.metadata.tables[name].dialect_options["sqlite"]["with_rowid"] is False
