"""Versions of the lasting store: which one it has, and the way up and down."""

from __future__ import annotations

import sqlalchemy as sa

from shoplib.contracts.columns import Table
from shoplib.store.address import Store, engine

FACTS = (
    "organizations", "locations", "employees", "products", "product_prices", "promotions", "customers", "visits",
    "import_jobs", "transactions", "transaction_items", "suppliers", "supplier_products", "purchase_orders",
    "purchase_order_lines", "stock_movements", "stock_counts", "rejected_rows",
)  # fmt: skip
STORED = (*FACTS, "import_repeats", "row_identities", "audit_log")


def upgrade(store: Store, to: str = "head") -> None:
    """Bring the store to a version; a store that is not there yet is made."""
    if store.dialect == "sqlite":
        store.path.parent.mkdir(parents=True, exist_ok=True)
    made = engine(store.url)
    with made.begin() as connection:
        if store.schema:
            connection.execute(sa.text(f'CREATE SCHEMA IF NOT EXISTS "{store.schema}"'))
            connection.execute(sa.text(f'SET LOCAL search_path TO "{store.schema}"'))
        Table.metadata.create_all(connection, tables=[Table.metadata.tables[name] for name in STORED])
    made.dispose()
