"""0002: what the take-in writes about itself, and what a file says beyond the mapped fields."""

from __future__ import annotations

from alembic import op

from shoplib.store.versions import moment, text, whole

revision = "0002"
down_revision = "0001"

EXTRA = (
    "products",
    "suppliers",
    "locations",
    "product_prices",
    "supplier_products",
    "customers",
    "employees",
    "promotions",
    "purchase_orders",
    "stock_counts",
    "stock_movements",
    "visits",
    "purchase_order_lines",
    "transactions",
    "transaction_items",
)
JOB = {"mapping_version": text, "started_at": moment, "ended_at": moment, "log_path": text}


def upgrade() -> None:
    """Make the tables of repeats, identities and events, and the new columns of the others."""
    for name in EXTRA:
        op.add_column(name, text("extra", null=True))
    for name, kind in JOB.items():
        op.add_column("import_jobs", kind(name, null=True))
    op.add_column("rejected_rows", text("mended_by", null=True))
    op.create_table(
        "import_repeats",
        text("import_id", "import_jobs.import_id", key=True),
        text("first_import_id", "import_jobs.import_id", key=True),
        whole("rows"),
        whole("money_minor", null=True),
    )
    op.create_table(
        "row_identities",
        whole("key_a", key=True),
        whole("key_b", key=True),
        whole("content"),
        text("import_id", "import_jobs.import_id"),
        whole("source_row"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_log",
        whole("number", key=True),
        moment("at"),
        text("event"),
        text("import_id", null=True),
        text("details"),
        text("previous_hash"),
        text("hash"),
    )


def downgrade() -> None:
    """Remove them again; what they say is lost, the rows of the other tables stay."""
    for name in ("audit_log", "row_identities", "import_repeats"):
        op.drop_table(name)
    op.drop_column("rejected_rows", "mended_by")
    for name in reversed(JOB):
        op.drop_column("import_jobs", name)
    for name in reversed(EXTRA):
        op.drop_column(name, "extra")
