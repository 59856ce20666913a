"""Whether a store is whole: version, references, the database's own check, and the row hash of every table."""

from __future__ import annotations

from dataclasses import dataclass, field

from shoplib.base import words
from shoplib.contracts.columns import Table
from shoplib.store import migration, moving
from shoplib.store.address import Store
from shoplib.store.bulk import Bulk, reading


@dataclass
class Examination:
    """What was found: the version, rows and row hash of each table, and all faults, none if the store is whole."""

    version: str
    rows: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def examine(store: Store) -> Examination:
    """Return what a store is like; nothing is changed, and who writes to it meanwhile is not disturbed."""
    found = Examination(migration.version(store))
    if not found.version:
        found.faults.append("there is no store; make it with  shoplib db create")
        return found
    with reading(store) as rows:
        found.faults += _damages(rows)
        if found.version != migration.head():
            found.faults.append(f"it has version {found.version}, the newest is {migration.head()}: shoplib db upgrade")
            return found
        for name in migration.STORED:
            found.faults += _strays(rows, name)
            hashed = moving.hashed(rows, name)
            found.rows[name], found.hashes[name] = hashed.rows, hashed.digest
    return found


def _damages(rows: Bulk) -> list[str]:
    """Return what SQLite finds wrong with its file; PostgreSQL has no such check."""
    if rows.dialect == "postgresql":
        return []
    found = rows.fetch("PRAGMA integrity_check").column(0).to_pylist()
    return [f"the file is damaged: {line}" for line in found if line != "ok"]


def _strays(rows: Bulk, name: str) -> list[str]:
    """Return a line for each reference of a table that points nowhere in some rows."""
    lines = []
    for at in sorted(Table.metadata.tables[name].foreign_keys, key=lambda at: str(at.parent.name)):
        parent, column = at.column.table.name, at.column.name
        number = rows.count(
            name,
            f'"{at.parent.name}" IS NOT NULL AND NOT EXISTS'
            f' (SELECT 1 FROM "{parent}" p WHERE p."{column}" = "{name}"."{at.parent.name}")',
        )
        if number:
            lines.append(f"{name}.{at.parent.name}: {words.plural(number, 'row')} name no row of {parent}")
    return lines
