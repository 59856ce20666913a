"""Frames into declared tables of the lasting store: added, changed by key, or laid over what is there."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from shoplib.contracts import convert
from shoplib.store.bulk import Bulk

CHANGES = "staged_changes"


def append(bulk: Bulk, name: str, rows: pd.DataFrame) -> pa.Table:
    """Add rows to a declared table and return them as it has them.

    Columns it does not declare are left out, those missing stay empty.
    """
    table = convert.to_arrow(name, rows.reindex(columns=convert.arrow_schema(name).names))
    bulk.append(name, table)
    return table


def update(bulk: Bulk, name: str, keys: list[str], rows: pd.DataFrame) -> None:
    """Write the columns that ``rows`` has into the rows of the same keys."""
    if rows.empty:
        return
    columns = [str(column) for column in rows if column not in keys]
    whole = convert.to_arrow(name, rows.reindex(columns=convert.arrow_schema(name).names))
    bulk.stage(CHANGES, whole.select([*keys, *columns]))
    _change(bulk, name, keys, columns)


def upsert(bulk: Bulk, name: str, key: str, rows: pd.DataFrame) -> None:
    """Write whole rows, over those of the same key if there are any."""
    names = convert.arrow_schema(name).names
    bulk.stage(CHANGES, convert.to_arrow(name, rows.reindex(columns=names)))
    _change(bulk, name, [key], [column for column in names if column != key])
    columns = ", ".join(f'"{column}"' for column in names)
    bulk.execute(
        f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM {CHANGES} s '
        f'WHERE NOT EXISTS (SELECT 1 FROM "{name}" t WHERE t."{key}" = s."{key}")'
    )


def _change(bulk: Bulk, name: str, keys: list[str], columns: list[str]) -> None:
    sets = ", ".join(f'"{column}" = s."{column}"' for column in columns)
    where = " AND ".join(f'"{name}"."{column}" = s."{column}"' for column in keys)
    bulk.execute(f'UPDATE "{name}" SET {sets} FROM {CHANGES} s WHERE {where}')
