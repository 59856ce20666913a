"""SQL over the parquet files of a run: every file is a view named after its table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pads

from shoplib.base import words
from shoplib.errors import StoreError


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return an in-memory connection whose views are the parquet files of ``folder``.

    Arrow reads the files and DuckDB sees only what it reads, so that SQL can reach no file at all: an
    allowed path could also be written (``COPY … TO``). Raises ``StoreError`` if there is no table in
    ``folder`` or one is not whole.
    """
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise StoreError("There are no tables to ask", where=str(folder), found="no .parquet file",
                         next_step="run the scenario first")  # fmt: skip
    try:
        sets = {file.stem: pads.dataset(file, format="parquet") for file in files}
    except (OSError, pa.ArrowException) as error:
        raise StoreError("A table cannot be read", where=str(folder), found=str(error),
                         next_step="run the scenario again; that stage is repeated") from error  # fmt: skip
    connection = duckdb.connect(
        config={"threads": 2, "autoload_known_extensions": False, "autoinstall_known_extensions": False}
    )
    for setting in ("TimeZone='UTC'", "python_enable_replacements=false", "enable_external_access=false"):
        connection.execute(f"SET {setting}")
    for name, rows in sets.items():
        connection.register(name, rows)
    connection.execute("SET lock_configuration=true")
    return connection


def query(folder: Path, sql: str) -> pd.DataFrame:
    """Return the answer to one SQL query over the tables of ``folder``; ``StoreError`` says what is wrong."""
    with connect(folder) as connection:
        try:
            return connection.execute(sql).df()
        except duckdb.Error as error:
            raise _refused(folder, sql, error) from error


def table(folder: Path, sql: str, parameters: Mapping[str, object]) -> pa.Table:
    """Return the answer to one SQL query with named parameters (``$name``), as Arrow: whole numbers stay whole.

    Raises ``StoreError`` if it cannot be answered.
    """
    with connect(folder) as connection:
        try:
            return connection.sql(sql, params=dict(parameters)).to_arrow_table()
        except duckdb.Error as error:
            raise _refused(folder, sql, error) from error


def _refused(folder: Path, sql: str, error: duckdb.Error) -> StoreError:
    there = words.listed(sorted(file.stem for file in folder.glob("*.parquet")), limit=20)
    return StoreError("The query cannot be answered", where=sql.strip(), found=str(error).strip(),
                      wanted=f"DuckDB SQL over {there}")  # fmt: skip
