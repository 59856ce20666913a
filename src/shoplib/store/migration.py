"""Versions of the lasting store: which one it has, and the way up and down, whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from shoplib.base import words
from shoplib.contracts.columns import Table
from shoplib.errors import ConfigError, StoreError
from shoplib.store import bulk
from shoplib.store.address import Store

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

FACTS = (
    "organizations", "locations", "employees", "products", "product_prices", "promotions", "customers", "visits",
    "import_jobs", "transactions", "transaction_items", "suppliers", "supplier_products", "purchase_orders",
    "purchase_order_lines", "stock_movements", "stock_counts", "rejected_rows",
)  # fmt: skip
STORED = (*FACTS, "import_repeats", "row_identities", "audit_log")
"""Tables of the lasting store, parents first."""
HEAD, NOTHING = "head", "base"
MARK = "alembic_version"
WAIT_S = 30.0


def version(store: Store) -> str:
    """Return the version a store has; ``""`` if it is not there yet."""
    if store.dialect == "sqlite" and not store.path.is_file():
        return ""
    with bulk.reading(store) as rows:
        return _marked(rows)


def upgrade(store: Store, to: str = HEAD, *, wait_s: float = WAIT_S) -> None:
    """Bring a store to a version, or do nothing if it has it; a store that is not there yet is made.

    ``ConfigError`` if there is no such version, ``StoreError`` if the store is already beyond it.
    """
    if version(store) == _named(to):
        return
    with bulk.transaction(store, wait_s=wait_s) as rows:
        at, target = _marked(rows), _named(to)
        _require_room(rows, store, at)
        _require(at <= target, store, at, target, "a lower version", f"shoplib db downgrade {target}")
        _walk(rows, at, target)
        if target == _named(HEAD) and rows.dialect == "postgresql":
            _comment(rows)


def downgrade(store: Store, to: str, *, wait_s: float = WAIT_S) -> None:
    """Bring a store back to an earlier version; ``base`` removes every table of it, with all rows."""
    with bulk.transaction(store, wait_s=wait_s) as rows:
        at, target = _marked(rows), _named(to)
        _require(target <= at, store, at, target, "a higher version", f"shoplib db upgrade {target}")
        _walk(rows, at, target)
        if not target:
            rows.execute(f"DROP TABLE IF EXISTS {MARK}")


def drop(store: Store, *, delete_rows: bool, wait_s: float = WAIT_S) -> None:
    """Remove every table of a store; ``StoreError`` if one has rows and ``delete_rows`` does not say that it may."""
    with bulk.transaction(store, wait_s=wait_s) as rows:
        full = {name: rows.count(name) for name in STORED if rows.has(name)}
        number, held = sum(full.values()), [name for name, many in full.items() if many]
        if number and not delete_rows:
            raise StoreError(
                "The store has rows; nothing was removed", where=store.shown(),
                found=f"{words.plural(number, 'row')} in {words.listed(held, limit=4)}",
                next_step="to remove them for good, add --yes-delete-all-rows",
            )  # fmt: skip
        _walk(rows, _marked(rows), "")
        rows.execute(f"DROP TABLE IF EXISTS {MARK}")


def head() -> str:
    """Return the newest version."""
    return versions()[-1]


def versions() -> list[str]:
    """Return all versions, the first one first."""
    return sorted(script.revision for script in _scripts().walk_revisions())


def _named(to: str) -> str:
    """Return the version a person means; ``""`` for none at all."""
    if to == NOTHING:
        return ""
    known = versions()
    if to == HEAD:
        return known[-1]
    if to not in known:
        raise ConfigError("The store has no such version", found=to, wanted=words.listed([*known, HEAD, NOTHING]))
    return to


def _require(met: bool, store: Store, at: str, target: str, found: str, next_step: str) -> None:
    if not met:
        raise StoreError(
            "The store cannot be moved that way", where=store.shown(), found=f"it has version {at or 'none'}",
            wanted=f"{found} than {target or 'none'}", next_step=next_step,
        )  # fmt: skip


def _require_room(rows: bulk.Bulk, store: Store, at: str) -> None:
    there = [] if at else [name for name in STORED if rows.has(name)]
    if there:
        raise StoreError(
            "The database has tables of these names that are no store", where=store.shown(),
            found=words.listed(there, limit=5), next_step="name another database, or remove them by hand",
        )  # fmt: skip


def _marked(rows: bulk.Bulk) -> str:
    if not rows.has(MARK):
        return ""
    found = rows.fetch(f"SELECT version_num FROM {MARK}").column(0).to_pylist()
    return str(found[0]) if found else ""


def _walk(rows: bulk.Bulk, at: str, target: str) -> None:
    """Run the statements between two versions."""
    if at == target:
        return
    for statement in statements(rows.dialect, at, target):
        rows.execute(statement)


def statements(dialect: str, at: str, target: str) -> list[str]:
    """Return the SQL between two versions, ``""`` being none at all."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    scripts, up, out = _scripts(), at < target, _Statements()
    start, end = at or NOTHING, target or NOTHING

    def steps(_now: object, _context: object) -> Any:
        if up:
            return scripts._upgrade_revs(end, start)
        return scripts._downgrade_revs(end, start)

    with EnvironmentContext(Config(), scripts, fn=steps, as_sql=True, starting_rev=start, destination_rev=end) as env:
        env.configure(dialect_name=dialect, output_buffer=out, transactional_ddl=False)
        env.run_migrations()
    return out.statements


class _Statements(io.StringIO):
    """Takes the statements alembic writes, one a call, and leaves out its remarks."""

    def __init__(self) -> None:
        super().__init__()
        self.statements: list[str] = []

    def write(self, text: str) -> int:
        """Keep a statement without the mark it ends with."""
        statement = text.strip()
        if statement and not statement.startswith("--"):
            self.statements.append(statement.removesuffix(";"))
        return len(text)


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    folder = str(Path(__file__).with_name("versions"))
    return ScriptDirectory(folder, version_locations=[folder])


def _comment(rows: bulk.Bulk) -> None:
    """Write into PostgreSQL what each table and column means, as declared today."""
    dialect = sa.make_url("postgresql+psycopg://").get_dialect()()
    for name in STORED:
        table = Table.metadata.tables[name]
        for column in table.columns:
            rows.execute(str(sa.schema.SetColumnComment(column).compile(dialect=dialect)))
