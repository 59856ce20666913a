"""0001: what happened and who took part: places, people, goods, sales, stock, and the files they came from."""

from __future__ import annotations

from alembic import op

from shoplib.store.versions import day, moment, real, text, whole

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of facts, parents first."""
    op.create_table(
        "import_jobs",
        text("import_id", key=True),
        text("source_name"),
        text("file_name"),
        text("file_sha256"),
        text("mapping_name"),
        text("status"),
        text("fault", null=True),
        whole("rows_in"),
        whole("rows_loaded"),
        whole("rows_set_aside"),
        whole("rows_duplicate"),
        text("currency", null=True),
        whole("money_in_minor", null=True),
        whole("money_loaded_minor", null=True),
        whole("money_set_aside_minor", null=True),
        whole("money_duplicate_minor", null=True),
        text("money_rounding", null=True),
    )
    op.create_table(
        "organizations",
        text("organization_id", key=True),
        text("organization_name"),
        text("currency"),
    )
    op.create_table(
        "products",
        text("product_id", key=True),
        text("product_name"),
        text("product_category", null=True),
        whole("unit_price_minor", null=True),
        whole("unit_cost_minor", null=True),
    )
    op.create_table(
        "suppliers",
        text("supplier_id", key=True),
        text("supplier_name"),
        text("city", null=True),
        real("stated_lead_days", null=True),
        whole("review_days", null=True),
        whole("minimum_order_minor", null=True),
    )
    op.create_table(
        "locations",
        text("location_id", key=True),
        text("organization_id", "organizations.organization_id"),
        text("location_name"),
        text("location_type", null=True),
        text("city", null=True),
        text("timezone"),
        whole("day_start_minute"),
        whole("opens_minute", null=True),
        whole("closes_minute", null=True),
    )
    op.create_table(
        "product_prices",
        text("product_id", "products.product_id", key=True),
        day("valid_from", key=True),
        whole("unit_price_minor", null=True),
        whole("unit_cost_minor", null=True),
    )
    op.create_table(
        "rejected_rows",
        text("import_id", "import_jobs.import_id", key=True),
        whole("source_row", key=True),
        text("rule"),
        text("column_name", null=True),
        text("found", null=True),
        text("reason"),
        whole("money_minor", null=True),
        text("row_text"),
    )
    op.create_table(
        "supplier_products",
        text("supplier_id", "suppliers.supplier_id", key=True),
        text("product_id", "products.product_id", key=True),
        whole("preference"),
        whole("unit_cost_minor", null=True),
        whole("pack_units"),
    )
    op.create_table(
        "customers",
        text("customer_id", key=True),
        text("customer_name", null=True),
        day("joined", null=True),
        text("location_id", "locations.location_id", null=True),
    )
    op.create_table(
        "employees",
        text("employee_id", key=True),
        text("employee_name", null=True),
        text("employee_role", null=True),
        text("location_id", "locations.location_id", null=True),
    )
    op.create_table(
        "promotions",
        text("promotion_id", key=True),
        text("product_id", "products.product_id", key=True),
        text("promotion_name", null=True),
        text("location_id", "locations.location_id", null=True),
        day("starts"),
        day("ends"),
        real("discount_share", null=True),
    )
    op.create_table(
        "purchase_orders",
        text("order_id", key=True),
        text("supplier_id", "suppliers.supplier_id"),
        text("location_id", "locations.location_id"),
        day("ordered_on"),
        day("promised_on", null=True),
        day("received_on", null=True),
        text("order_status"),
    )
    op.create_table(
        "stock_counts",
        text("location_id", "locations.location_id", key=True),
        text("product_id", "products.product_id", key=True),
        day("counted_on", key=True),
        real("counted_units"),
        real("book_units", null=True),
    )
    op.create_table(
        "stock_movements",
        text("movement_id", key=True),
        moment("timestamp"),
        day("business_date"),
        text("location_id", "locations.location_id"),
        text("product_id", "products.product_id"),
        text("movement"),
        real("quantity"),
        text("reference", null=True),
    )
    op.create_table(
        "visits",
        text("visit_id", key=True),
        text("location_id", "locations.location_id"),
        text("customer_id", null=True),
        moment("entered"),
        moment("left", null=True),
        day("business_date"),
        text("group_id", null=True),
        text("visit_source"),
    )
    op.create_table(
        "purchase_order_lines",
        text("order_id", "purchase_orders.order_id", key=True),
        text("product_id", "products.product_id", key=True),
        real("ordered_units"),
        real("received_units"),
        whole("unit_cost_minor", null=True),
    )
    op.create_table(
        "transactions",
        text("transaction_id", key=True),
        text("transaction_number", null=True),
        moment("timestamp"),
        day("business_date"),
        whole("local_hour", null=True),
        text("location_id", "locations.location_id"),
        text("device_id", null=True),
        text("employee_id", "employees.employee_id", null=True),
        text("customer_id", "customers.customer_id", null=True),
        whole("num_items"),
        text("currency"),
        whole("subtotal_minor"),
        whole("discount_total_minor"),
        whole("tax_total_minor"),
        whole("tip_amount_minor"),
        whole("total_amount_minor"),
        text("payment_method"),
        text("payment_status"),
        text("transaction_status"),
        text("refund_of", null=True),
        text("card_last_four", null=True),
        text("authorization_code", null=True),
        text("import_id", "import_jobs.import_id"),
        whole("source_row"),
    )
    op.create_table(
        "transaction_items",
        text("transaction_id", "transactions.transaction_id", key=True),
        whole("line_number", key=True),
        text("product_id", "products.product_id"),
        real("quantity"),
        whole("unit_price_minor", null=True),
        whole("line_total_minor"),
        text("attributes", null=True),
        text("import_id", "import_jobs.import_id"),
        whole("source_row"),
    )


def downgrade() -> None:
    """Remove them with all their rows, children first."""
    for name in (
        "transaction_items",
        "transactions",
        "purchase_order_lines",
        "visits",
        "stock_movements",
        "stock_counts",
        "purchase_orders",
        "promotions",
        "employees",
        "customers",
        "supplier_products",
        "rejected_rows",
        "product_prices",
        "locations",
        "suppliers",
        "products",
        "organizations",
        "import_jobs",
    ):
        op.drop_table(name)
