"""The columns that rules of one table read, side by side: its own, those of rows it names, and sums of rows below.

Beside a column (``quantity``) and a column of the row a foreign key leads to (``products.unit_cost_minor``) there are
three kinds of inputs, made by :func:`reference`, :func:`sum_of` and :data:`NEWEST`. What needs a table that was not
given is missing in every row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shoplib.contracts import convert, tables
from shoplib.ingest.quality import freshness
from shoplib.ingest.quality.columns import foreign_keys, keys_to

Tables = Mapping[str, pd.DataFrame]
NEWEST = "newest transactions.business_date"
"""Input: the newest business day of a place."""
ORIGIN = ("import_id", "source_row")
WORTH = {"transactions": "total_amount_minor", "transaction_items": "line_total_minor"}
"""What a row of these tables is worth; rows of others hold no money of their own."""


def reference(column: str, parent: str, parent_column: str) -> str:
    """Return the name of the input that says whether what ``column`` names is there."""
    return f"{column} in {parent}.{parent_column}"


def sum_of(child: str, column: str) -> str:
    """Return the name of the input with the sum of a column over the rows that name this one."""
    return f"sum {child}.{column}"


def columns_read(table: str, inputs: Iterable[str]) -> dict[str, set[str]]:
    """Return the columns of each table that must be given for these inputs, with what tells rows and worth."""
    found: dict[str, set[str]] = {table: always(table)}
    for name in inputs:
        if name == NEWEST:
            found.setdefault("transactions", set()).update(("business_date", "location_id"))
        elif name.startswith("sum "):
            child, _, column = name.removeprefix("sum ").partition(".")
            found.setdefault(child, set()).update((column, *keys_to(child, table)))
        elif " in " in name:
            column, _, (parent, _, key) = _parts(name)
            found[table].add(column)
            found.setdefault(parent, set()).add(key)
        elif "." in name:
            parent, _, column = name.partition(".")
            found[table].update(keys_to(table, parent))
            found.setdefault(parent, set()).update((column, *tables.key_of(parent)))
        else:
            found[table].add(name)
    return found


def always(table: str) -> set[str]:
    """Return the columns of a table that say which row it is, where it came from and what it is worth."""
    declared = convert.arrow_schema(table).names
    return {*tables.key_of(table), *(c for c in (*ORIGIN, WORTH.get(table, "")) if c in declared)}


def prepare(table: str, inputs: Iterable[str], given: Tables) -> pd.DataFrame:
    """Return the inputs of the rows of a table, numbered from 0, with what tells rows and worth."""
    rows = given[table].reset_index(drop=True)
    wanted = [*sorted(always(table)), *inputs]
    places: dict[str, NDArray[np.intp]] = {}
    columns: dict[str, object] = {}
    for name in dict.fromkeys(wanted):
        if name == NEWEST:
            columns[name] = _newest(rows, given)
        elif name.startswith("sum "):
            columns[name] = _sum(table, rows, name, given)
        elif " in " in name:
            columns[name] = _found(rows, name, given)
        elif "." in name:
            columns[name] = _beside(table, rows, name, given, places)
        else:
            columns[name] = rows[name]
    return pd.DataFrame(columns, index=rows.index)


def _parts(name: str) -> tuple[str, str, tuple[str, str, str]]:
    column, mark, target = name.partition(" in ")
    return column, mark, target.partition(".")


def _found(rows: pd.DataFrame, name: str, given: Tables) -> object:
    """Return whether each row's reference is there; missing in all rows if the table it names was not given."""
    column, _, (parent, _, key) = _parts(name)
    if parent not in given or key not in given[parent]:
        return pd.array([pd.NA] * len(rows), dtype="boolean")
    return rows[column].astype(object).isin(set(given[parent][key].dropna())).to_numpy()


def _beside(table: str, rows: pd.DataFrame, name: str, given: Tables, places: dict[str, NDArray[np.intp]]) -> object:
    """Return a column of the rows that a foreign key leads to, missing where it leads nowhere."""
    parent, _, column = name.partition(".")
    if parent not in given or column not in given[parent]:
        return np.full(len(rows), None, dtype=object)
    if parent not in places:
        own = keys_to(table, parent)[0]
        keys = pd.Index(given[parent][foreign_keys(table)[own][1]].astype(object))
        first = ~keys.duplicated()
        at = np.flatnonzero(first)
        found = keys[first].get_indexer(pd.Index(rows[own].astype(object)))
        places[parent] = np.where(found >= 0, at[found] if len(at) else -1, -1)
    cells = given[parent][column]
    plain = cells.array if isinstance(cells.dtype, pd.api.extensions.ExtensionDtype) else cells.to_numpy()
    return pd.api.extensions.take(plain, places[parent], allow_fill=True)


def _sum(table: str, rows: pd.DataFrame, name: str, given: Tables) -> object:
    """Return the sums of the rows below each row; missing where there are none."""
    child, _, column = name.removeprefix("sum ").partition(".")
    if child not in given:
        return np.full(len(rows), np.nan)
    key = keys_to(child, table)[0]
    own = pd.Index(rows[foreign_keys(child)[key][1]].astype(object))
    first = ~own.duplicated()
    at = own[first].get_indexer(pd.Index(given[child][key].astype(object)))
    amounts, there = given[child][column], at >= 0
    sums = np.bincount(at[there], weights=amounts.to_numpy(dtype="float64", na_value=0)[there], minlength=first.sum())
    many = np.bincount(at[there], minlength=first.sum())
    whole = np.full(len(rows), np.nan)
    whole[first] = np.where(many > 0, sums, np.nan)
    return whole


def _newest(rows: pd.DataFrame, given: Tables) -> object:
    if "transactions" not in given:
        return np.full(len(rows), np.datetime64("NaT", "us"))
    return rows["location_id"].astype(object).map(freshness.newest_by_place(given["transactions"])).to_numpy()
