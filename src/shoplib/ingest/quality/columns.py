"""What the declarations say about columns that rules name: types, keys, and the rows that foreign keys lead to.

A rule names a column of its table, or one of the row that a foreign key of its table leads to, written with that
row's table: ``transactions.transaction_status`` for a line.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import pyarrow as pa

from shoplib.base import words
from shoplib.contracts import convert, tables

Kind = Literal["number", "text", "moment", "truth"]


class UnknownColumnError(ValueError):
    """A rule names a table or column that is not declared; the text says which and what may have been meant."""


def keys_to(table: str, parent: str) -> list[str]:
    """Return the columns of ``table`` that are declared to name rows of ``parent``."""
    return [column for column, (name, _) in foreign_keys(table).items() if name == parent]


@cache
def foreign_keys(table: str) -> dict[str, tuple[str, str]]:
    """Return each column of a table that names a row of another, with that table and column."""
    found = {}
    for column in tables.declared(table).__table__.columns:
        for key in column.foreign_keys:
            parent, _, parent_column = key.target_fullname.partition(".")
            found[column.name] = (parent, parent_column)
    return found


@cache
def kind_of(table: str, name: str) -> Kind:
    """Return what a column holds, where ``name`` may lead to another table; ``UnknownColumnError`` if there is none."""
    if "." in name:
        parent, _, column = name.partition(".")
        known(parent)
        if len(keys_to(table, parent)) != 1:
            raise UnknownColumnError(
                f"no column of {table} names one row of {parent}; its foreign keys lead to "
                f"{words.listed(sorted({to for to, _ in foreign_keys(table).values()})) or 'no table'}"
            )
        return kind_of(parent, column)
    schema = convert.arrow_schema(known(table))
    if name not in schema.names:
        near = words.nearest(name, schema.names)
        meant = f'did you mean "{near}"?' if near else f"it has {words.listed(schema.names, limit=40)}"
        raise UnknownColumnError(f"{table} has no column {name!r}; {meant}")
    kind = schema.field(name).type
    if pa.types.is_string(kind):
        return "text"
    return "moment" if pa.types.is_temporal(kind) else "truth" if pa.types.is_boolean(kind) else "number"


def known(table: str) -> str:
    """Return a table's name if it is declared, else raise ``UnknownColumnError``."""
    if table in tables.names():
        return table
    near = words.nearest(table, tables.names())
    raise UnknownColumnError(
        f"there is no table {table!r}; " + (f'did you mean "{near}"?' if near else "docs/tables.md lists them")
    )


@cache
def personal(table: str, name: str) -> bool:
    """Return whether what stands in a column is about a person."""
    parent, dot, column = name.partition(".")
    declared = tables.declared(parent if dot else table).__table__.columns
    return bool(declared[column if dot else name].info["sensitivity"] == "personal")
