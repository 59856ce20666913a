"""0003: named indexes for the questions people ask."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
INDEXES = (
    ("import_jobs", ("source_name", "file_sha256")),
    ("rejected_rows", ("rule", "import_id")),
    ("purchase_orders", ("supplier_id", "ordered_on")),
    ("stock_movements", ("product_id", "location_id", "business_date")),
    ("visits", ("business_date", "location_id")),
    ("purchase_order_lines", ("product_id",)),
    ("transactions", ("business_date", "location_id")),
    ("transactions", ("customer_id", "business_date")),
    ("transactions", ("import_id", "source_row")),
    ("transaction_items", ("import_id", "source_row")),
    ("transaction_items", ("product_id", "quantity", "line_total_minor")),
)


def upgrade() -> None:
    """Make the indexes."""
    for table, columns in INDEXES:
        op.create_index("_".join(("ix", table, *columns)), table, columns)


def downgrade() -> None:
    """Remove them; no row changes."""
    for table, columns in reversed(INDEXES):
        op.drop_index("_".join(("ix", table, *columns)), table)
