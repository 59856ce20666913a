"""The data model on a page: which tables there are, what identifies a row, and how they hang together."""

from __future__ import annotations

import sqlalchemy as sa

from shoplib.contracts.columns import Table
from shoplib.contracts.describe import about
from shoplib.store import migration
from shoplib.store.address import Store, engine

PAGE = "docs/data_model.md"
KINDS = (
    (sa.DateTime, "instant"), (sa.Date, "day"), (sa.Integer, "whole"), (sa.Float, "real"), (sa.String, "text"),
)  # fmt: skip
INTRODUCTION = """The lasting store of a scenario holds these tables, in SQLite or in PostgreSQL (one schema a
scenario). Every reference is enforced by the database. What each column means: [tables.md](tables.md). The picture of
a store as it is: `shoplib db model`."""


def declared() -> sa.MetaData:
    """Return the tables of the store as they are declared."""
    copy = sa.MetaData()
    for name in migration.STORED:
        Table.metadata.tables[name].to_metadata(copy)
    return copy


def live(store: Store) -> sa.MetaData:
    """Return the tables that a store has; the mark of its version is left out."""
    found, opened = sa.MetaData(), engine(store.url)
    try:
        with opened.connect() as connection:
            if store.schema:
                connection.execute(sa.text(f'SET search_path TO "{store.schema}"'))
            found.reflect(connection, only=lambda name, _: name != migration.MARK)
    finally:
        opened.dispose()
    return found


def page() -> str:
    """Return :data:`PAGE`, drawn from the declarations."""
    head = [
        "# Data model", "",
        "Written by `shoplib docs` from `src/shoplib/contracts/`; edit the files there, not this one.", "",
        INTRODUCTION, "",
    ]  # fmt: skip
    return "\n".join([*head, markdown(declared())])


def markdown(model: sa.MetaData) -> str:
    """Return the diagram, then each table with its key, what it refers to, what refers to it, and its indexes."""
    parts = ["```mermaid", mermaid(model), "```", ""]
    for table in model.sorted_tables:
        parts += [f"## {table.name}", "", about(table.name), "", "| | |", "| --- | --- |"]
        parts += [f"| {what} | {said} |" for what, said in _facts(table, model) if said]
        parts.append("")
    return "\n".join(parts)


def _facts(table: sa.Table, model: sa.MetaData) -> list[tuple[str, str]]:
    """Return what is said of a table, in order."""
    key = ", ".join(f"`{column.name}`" for column in table.primary_key.columns)
    parents = [f"`{at.parent.name}` → `{at.target_fullname}`" for at in _references(table)]
    children = [
        f"`{at.parent.table.name}.{at.parent.name}`"
        for child in model.sorted_tables for at in _references(child) if at.column.table is table
    ]  # fmt: skip
    others = [
        f"`{column.name}` {_kind(column)}{', may be missing' if column.nullable else ''}"
        for column in table.columns if not column.primary_key and not column.foreign_keys
    ]  # fmt: skip
    named = [
        f"`{index.name}` ({', '.join(column.name for column in index.columns)})"
        for index in sorted(table.indexes, key=lambda index: str(index.name))
    ]
    rows = (("key", key), ("refers to", "; ".join(parents)), ("referred to by", "; ".join(children)),
            ("says", "; ".join(others)), ("indexes", "; ".join(named)))  # fmt: skip
    return list(rows)


def mermaid(model: sa.MetaData) -> str:
    """Return the entity-relationship diagram: each table with its keys, and a line a reference."""
    lines = ["erDiagram"]
    for table in model.sorted_tables:
        lines.append(f"    {table.name} {{")
        for column in table.columns:
            marks = (["PK"] if column.primary_key else []) + (["FK"] if column.foreign_keys else [])
            if marks:
                lines.append(f"        {_kind(column)} {column.name} {','.join(marks)}")
        lines.append("    }")
    for table in model.sorted_tables:
        for at in _references(table):
            some = "|o" if at.parent.nullable else "||"
            many = "o|" if list(table.primary_key.columns) == [at.parent] else "o{"
            lines.append(f'    {at.column.table.name} {some}--{many} {table.name} : "{at.parent.name}"')
    return "\n".join(lines)


def _references(table: sa.Table) -> list[sa.ForeignKey]:
    return sorted(table.foreign_keys, key=lambda at: (at.parent.name, at.target_fullname))


def _kind(column: sa.Column[object]) -> str:
    """Return the type of a column in one word."""
    return next((word for kind, word in KINDS if isinstance(_plain(column.type), kind)), "other")


def _plain(kind: sa.types.TypeEngine[object]) -> sa.types.TypeEngine[object]:
    return kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind
