"""SQL over the parquet files of a run: every file is a view named after its table."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from shoplib.base import words
from shoplib.errors import StoreError


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return an in-memory connection whose views are the parquet files of ``folder``.

    Nothing outside ``folder`` can be read and nothing written: outside access is switched off for good.
    """
    connection = duckdb.connect(config={"threads": 2, "autoload_known_extensions": False})
    files = sorted(folder.glob("*.parquet"))
    connection.execute("SET TimeZone='UTC'")
    connection.execute("SET allowed_paths=$paths", {"paths": [str(file.resolve()) for file in files]})
    connection.execute("SET enable_external_access=false")
    for file in files:
        path = str(file.resolve()).replace("'", "''")
        connection.execute(f"CREATE VIEW \"{file.stem}\" AS SELECT * FROM read_parquet('{path}')")
    return connection


def query(folder: Path, sql: str) -> pd.DataFrame:
    """Return the answer to one SQL query over the tables of ``folder``; ``StoreError`` says what is wrong."""
    with connect(folder) as connection:
        try:
            return connection.execute(sql).df()
        except duckdb.Error as error:
            there = words.listed(sorted(file.stem for file in folder.glob("*.parquet")), limit=20)
            raise StoreError("The query cannot be answered", where=sql.strip(), found=str(error),
                             wanted=f"DuckDB SQL over {there}") from error  # fmt: skip
