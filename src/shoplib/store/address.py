"""Where the lasting store is: a SQLite file, or a schema of a PostgreSQL database; passwords are never shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

import sqlalchemy as sa

from shoplib.errors import StoreError
from shoplib.store import places

Dialect = Literal["sqlite", "postgresql"]
SHAPES = "postgresql://user:password@host:5432/database, or sqlite:///path/to/file.db"
CONNECT_S = 10
NAME_LENGTH = 50
"""The server shows 63 bytes of a name."""


@dataclass(frozen=True, repr=False)
class Store:
    """The lasting store of one scenario: a SQLAlchemy URL, and in PostgreSQL the schema its tables are in."""

    url: str = field(repr=False)
    schema: str = ""
    named: str = field(default="DATABASE_URL", compare=False)
    """Environment variable its URL stands in."""

    @property
    def dialect(self) -> Dialect:
        """Return which database it is."""
        return "sqlite" if sa.make_url(self.url).get_backend_name() == "sqlite" else "postgresql"

    @property
    def path(self) -> Path:
        """Return the file of a SQLite store."""
        return Path(sa.make_url(self.url).database or "")

    def shown(self) -> str:
        """Return the address for messages: no password, and of the options only the host."""
        url = sa.make_url(self.url)
        if self.dialect == "sqlite":
            return str(self.path)
        host = url.host or _text(url.query.get("host")) or "localhost"
        user = f"{url.username}@" if url.username else ""
        port = f":{url.port}" if url.port else ""
        return f"postgresql://{user}{host}{port}/{url.database or ''} (schema {self.schema})"

    def __repr__(self) -> str:
        """Return the address without its password."""
        return f"Store({self.shown()!r})"

    def libpq(self, program: str) -> str:
        """Return the URL PostgreSQL's own client library takes, password and all; the server shows ``program``."""
        url = sa.make_url(self.url)
        query = {"connect_timeout": str(CONNECT_S), "application_name": f"{program[:NAME_LENGTH]} ({os.getpid()})"}
        options = urlencode({**query, **url.query}, doseq=True, quote_via=quote)
        plain = url.set(drivername="postgresql", query={}).render_as_string(hide_password=False)
        return f"{plain}?{options}"


def open_store(
    root: Path, scenario_name: str, database_env: str = "DATABASE_URL", environment: Mapping[str, str] = os.environ
) -> Store:
    """Return the store of a scenario: what the environment variable names, else SQLite below ``root``.

    Nothing is opened yet. Raises ``StoreError`` if the URL is no address of a database this project can use; the
    URL is not repeated in the message, since it may hold a password.
    """
    given = environment.get(database_env, "").strip()
    if not given:
        return file_store(places.database(root, scenario_name))
    return store_at(given, scenario_name, root=root, named=database_env)


def file_store(path: Path) -> Store:
    """Return the store in a SQLite file."""
    return Store(sa.URL.create("sqlite", database=str(path)).render_as_string(hide_password=False))


def store_at(given: str, scenario_name: str, *, root: Path, named: str) -> Store:
    """Return the store at a URL; ``named`` is the setting it stands in, as a message names it.

    A relative path of a SQLite file is taken from ``root``.
    """
    try:
        url = sa.make_url(given)
    except (sa.exc.ArgumentError, ValueError):
        raise _no_address(named, "a text that is no URL") from None
    kind, _, driver = url.drivername.partition("+")
    if kind == "sqlite" and driver in ("", "pysqlite"):
        if not url.database or url.database == ":memory:" or url.query:
            raise _no_address(named, "a SQLite database without a file, or with options")
        return file_store(root / url.database)
    if kind in ("postgresql", "postgres") and driver in ("", "psycopg"):
        if not url.database:
            raise _no_address(named, "a PostgreSQL server without the name of a database")
        return Store(url.set(drivername="postgresql+psycopg").render_as_string(False), scenario_name, named)
    raise _no_address(named, f"the kind {url.drivername!r}")


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


def _text(value: str | tuple[str, ...] | None) -> str:
    return ", ".join(value) if isinstance(value, tuple) else value or ""


def _no_address(named: str, found: str) -> StoreError:
    return StoreError(
        "The address of the database cannot be used", where=f"environment variable {named}", found=found,
        wanted=SHAPES, next_step="set it anew; special characters of a password are written %40, %2F …",
    )  # fmt: skip
