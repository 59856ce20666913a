"""Every table the stages exchange or the store keeps; each is declared once, in a module beside this one.

``__grain__`` says what one row is. Amounts are whole minor units (``*_minor``), instants are UTC, and
``business_date`` is the location's own trading day. A new column is one line there: parquet files, SQL,
checks and ``docs/tables.md`` follow.
"""

from __future__ import annotations

from shoplib.base import words
from shoplib.contracts import facts, ledger, seen, stock, views
from shoplib.contracts.columns import Table

MODULES = (facts, stock, ledger, seen, views)


def declared(name: str) -> type[Table]:
    """Return the declaration of a table; ``KeyError`` names the nearest if there is none."""
    for mapper in Table.registry.mappers:
        if mapper.class_.__tablename__ == name:
            return mapper.class_
    near = words.nearest(name, names())
    raise KeyError(f"no table {name!r} is declared" + (f"; did you mean {near!r}?" if near else ""))


def key_of(name: str) -> list[str]:
    """Return the names of the columns that make a row of a table the same row."""
    return [column.name for column in declared(name).__table__.columns if column.primary_key]


def names() -> list[str]:
    """Return the names of all declared tables, parents before children."""
    return [table.name for table in Table.metadata.sorted_tables]


def place(name: str) -> str:
    """Return where a table is declared, as a message names it."""
    made = declared(name)
    return f"contracts/{made.__module__.rpartition('.')[2]}.py: {made.__name__}"
