"""Somebody else's database: what a query gives, read in batches and never written to."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import sqlalchemy as sa

from shoplib.base import words
from shoplib.errors import SourceError

CONNECT_S = 15
_OWN = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_NUMERIC = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
_PLAIN = (*_NUMERIC, pa.types.is_boolean, pa.types.is_string, pa.types.is_date, pa.types.is_timestamp,
          pa.types.is_time, pa.types.is_null)  # fmt: skip


class UnreachableError(SourceError):
    """A database did not answer; it may do so later."""


@dataclass(frozen=True)
class Answer:
    """What a query gives: its columns, and its rows in batches of Arrow arrays, each once."""

    names: tuple[str, ...]
    batches: Iterator[list[pa.Array]]


@contextmanager
def asked(url: str, query: str, *, where: str, base: Path, rows: int) -> Iterator[Answer]:
    """Yield the answer to a query, read in a transaction that cannot write.

    A SQLite file is found from ``base`` and must exist. Raises ``SourceError`` if there is no such database, the query
    is refused or two of its columns have one name, :class:`UnreachableError` if nobody answers; ``where`` is how
    messages call the source. No message holds the password.
    """
    address = _address(url, where)
    store = _engine(address, where, base)
    try:
        with _connected(store, address, where) as connection:
            options = {"stream_results": True, "max_row_buffer": rows, "no_parameters": True}
            try:
                result = connection.execution_options(**options).exec_driver_sql(query.strip().rstrip(";"))
                if not result.returns_rows:
                    raise _no_rows(where)
                yield Answer(_distinct(tuple(result.keys()), where), _batches(result, rows))
            except sa.exc.DBAPIError as error:
                raise _refused(error, address, where) from None
    finally:
        store.dispose()


def _address(url: str, where: str) -> sa.URL:
    try:
        address = sa.make_url(url)
        return address.set(drivername=_OWN.get(address.drivername, address.drivername))
    except (sa.exc.ArgumentError, ValueError):
        raise SourceError(
            "The address of a database cannot be read", where=where, found="something else; it is not repeated here",
            wanted="such as postgresql://user@host/database or sqlite:///till.db", next_step="correct it",
        ) from None  # fmt: skip


def _engine(address: sa.URL, where: str, base: Path) -> sa.Engine:
    if address.get_backend_name() == "sqlite":
        path = base / (address.database or "")
        if not path.is_file():
            raise SourceError(
                "There is no such database", where=where, found=f"no file {address.database or 'named'}",
                next_step="check the url; sqlite:///till.db is a file in the project's top folder",
            )  # fmt: skip
        uri = f"file:{quote(str(path.absolute()))}?mode=ro"
        return sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True), poolclass=sa.NullPool)
    arguments = (
        {"connect_timeout": CONNECT_S} if address.get_backend_name() in ("postgresql", "mysql", "mariadb") else {}
    )
    try:
        return sa.create_engine(address, poolclass=sa.NullPool, connect_args=arguments)
    except (sa.exc.NoSuchModuleError, ModuleNotFoundError):
        raise SourceError(
            "No driver for such a database is installed", where=where, found=address.drivername,
            wanted="sqlite, postgresql, or a database whose driver is installed",
            next_step="correct the word before :// in the url, or install the driver SQLAlchemy names for it",
        ) from None  # fmt: skip


@contextmanager
def _connected(store: sa.Engine, address: sa.URL, where: str) -> Iterator[sa.Connection]:
    try:
        connection = store.connect()
    except sa.exc.DBAPIError as error:
        raise _unreachable(error, address, where) from None
    with connection:
        if address.get_backend_name() == "postgresql":
            connection = connection.execution_options(postgresql_readonly=True)
        elif address.get_backend_name() in ("mysql", "mariadb"):
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        yield connection


def _said(error: sa.exc.DBAPIError, address: sa.URL) -> str:
    """Return the first line of what a database says, without the password."""
    text = next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)
    told = [str(address.password or ""), *(str(address.query.get(name, "")) for name in ("password", "passwd"))]
    for secret in sorted({*told, *(quote(part, safe="") for part in told)} - {""}, key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def _unreachable(error: sa.exc.DBAPIError, address: sa.URL, where: str) -> SourceError:
    said = _said(error, address)
    final = any(sign in said for sign in ("authentication failed", "does not exist", "no pg_hba.conf", "no password"))
    kind = SourceError if final else UnreachableError
    return kind(
        "A database lets nobody in" if final else "A database cannot be reached", where=f"{where}, {_shown(address)}",
        found=said, next_step="check address, name and password; what was fetched before stays",
    )  # fmt: skip


def _shown(address: sa.URL) -> str:
    return address.set(password=None, query={}).render_as_string(hide_password=True)


def _refused(error: sa.exc.DBAPIError, address: sa.URL, where: str) -> SourceError:
    said = _said(error, address)
    if error.connection_invalidated or "database is locked" in said:
        return UnreachableError("A database went away, or is locked by another program", where=where, found=said,
                                next_step="try again; what was fetched before stays")  # fmt: skip
    return SourceError("A database refuses the query", where=where, found=said,
                       wanted="a SELECT that gives the rows", next_step="correct query")  # fmt: skip


def _no_rows(where: str) -> SourceError:
    return SourceError("A query gives no table", where=where, found="a command that returns no rows",
                       wanted="a SELECT that gives the rows", next_step="correct query")  # fmt: skip


def _distinct(names: tuple[str, ...], where: str) -> tuple[str, ...]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceError(
            "Columns of a query have the same name", where=where, found=words.listed(twice), wanted="a name each",
            next_step=f"give one of them another: SELECT …, {twice[0]} AS other_{twice[0]}",
        )  # fmt: skip
    return names


def _batches(result: sa.CursorResult[Any], rows: int) -> Iterator[list[pa.Array]]:
    for part in result.partitions(rows):
        yield [as_array(column) for column in zip(*part, strict=True)]


def as_array(values: Sequence[Any]) -> pa.Array:
    """Return values of one column as Arrow: in their own type where all have one, else as text.

    Instants are UTC, bytes are hexadecimal, lists and records are JSON.
    """
    try:
        array = pa.array(values)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return pa.array([as_text(value) for value in values], type=pa.string())
    if pa.types.is_timestamp(array.type):
        return array.cast(pa.timestamp("us", "UTC" if array.type.tz else None))
    if any(fits(array.type) for fits in _PLAIN):
        return array
    return pa.array([as_text(value) for value in values], type=pa.string())


def as_text(value: Any) -> str | None:
    """Return one value the way it would be exported to a file of text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)


def common_type(types: Sequence[pa.DataType]) -> pa.DataType:
    """Return the type that holds all values of a column whose batches came in these types; text if nothing else does.

    >>> common_type([pa.null(), pa.int64(), pa.float64()]), common_type([pa.int64(), pa.bool_()])
    (DataType(double), DataType(string))
    """
    told = list(dict.fromkeys(kind for kind in types if not pa.types.is_null(kind)))
    if len(told) == 1:
        return told[0]
    if told and all(any(fits(kind) for fits in _NUMERIC) for kind in told):
        schemas = [pa.schema([("x", kind)]) for kind in told]
        try:
            return pa.unify_schemas(schemas, promote_options="permissive").field(0).type
        except pa.ArrowException:  # more digits than any number may have
            return pa.string()
    return pa.string()


def cast(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return a column in its common type; ``pa.ArrowInvalid`` for whole numbers that no fraction can hold."""
    if pa.types.is_string(kind) and not (pa.types.is_string(array.type) or pa.types.is_null(array.type)):
        return pa.array([as_text(value) for value in array.to_pylist()], type=kind)
    return array.cast(kind)
