"""Every table the stages exchange or the store keeps, each declared once.

``__grain__`` says what one row is. Amounts are whole minor units (``*_minor``), instants are UTC, and
``business_date`` is the location's own trading day. A new column is one line here: parquet files, SQL,
checks and ``docs/tables.md`` follow.
"""

from __future__ import annotations

from shoplib.contracts.columns import (
    PAYMENT_METHODS,
    PAYMENT_STATUSES,
    TRANSACTION_STATUSES,
    Table,
    day,
    instant,
    minor,
    real,
    refers,
    text,
    whole,
)


class Organizations(Table):
    """The businesses whose sales these are."""

    __tablename__ = "organizations"
    __grain__ = "one business"
    organization_id = text("key of the business", key=True)
    organization_name = text("its name")
    currency = text("ISO 4217 code its books are kept in")


class Locations(Table):
    """Shops, bars, branches."""

    __tablename__ = "locations"
    __grain__ = "one place that sells"
    location_id = text("key of the place", key=True)
    organization_id = text("business it belongs to", refers("organizations.organization_id"))
    location_name = text("name shown to readers")
    location_type = text("restaurant, bar, pub, shop …", null=True)
    city = text("town or city", null=True)
    timezone = text("IANA zone of its wall clock")
    day_start_minute = whole("start of the business day after midnight", unit="minutes", minimum=0)
    opens_minute = whole("usual opening after midnight", unit="minutes", minimum=0, null=True)
    closes_minute = whole("usual closing; over 1440 is past midnight", unit="minutes", minimum=0, null=True)


class Employees(Table):
    """People at the till."""

    __tablename__ = "employees"
    __grain__ = "one employee"
    employee_id = text("key of the employee", key=True)
    employee_name = text("name", null=True, sensitivity="personal")
    employee_role = text("role", null=True)
    location_id = text("home location", refers("locations.location_id"), null=True)


class Products(Table):
    """What is sold."""

    __tablename__ = "products"
    __grain__ = "one product"
    product_id = text("key of the product", key=True)
    product_name = text("name shown to readers")
    product_category = text("category", null=True)
    unit_price_minor = minor("latest list price", null=True, minimum=0)
    unit_cost_minor = minor("latest cost", null=True, minimum=0, sensitivity="internal")


class ImportJobs(Table):
    """Files taken in, with what became of each row and each penny."""

    __tablename__ = "import_jobs"
    __grain__ = "one file of one run"
    import_id = text("key: digest of file, mapping and table", key=True)
    source_name = text("name of the source in the scenario")
    file_name = text("name of the file")
    file_sha256 = text("digest of the file's bytes")
    mapping_name = text("mapping that was used")
    rows_in = whole("data rows in the file", unit="rows", minimum=0)
    rows_loaded = whole("rows kept", unit="rows", minimum=0)
    rows_set_aside = whole("rows refused, each with its reason", unit="rows", minimum=0)
    rows_duplicate = whole("rows that repeat an earlier one", unit="rows", minimum=0)
    currency = text("ISO 4217 code of the amounts", null=True)
    money_in_minor = minor("sum of all rows, each rounded once", null=True)
    money_loaded_minor = minor("sum of the rows kept", null=True)
    money_set_aside_minor = minor("sum of the rows refused that carry a readable amount", null=True)
    money_duplicate_minor = minor("sum of the repeated rows", null=True)
    money_rounding = text("exact sum of the file less money_in, in major units", null=True)


class Transactions(Table):
    """Sales at the till, and what became of them."""

    __tablename__ = "transactions"
    __grain__ = "one transaction"
    transaction_id = text("key of the transaction", key=True)
    transaction_number = text("number on the till roll; may repeat", null=True)
    timestamp = instant("when it happened")
    business_date = day("trading day of its location")
    local_hour = whole(
        "hour on the location's wall clock; none for a bare date", unit="hour 0–23", minimum=0, null=True
    )
    location_id = text("where", refers("locations.location_id"))
    device_id = text("till", null=True)
    employee_id = text("who served", refers("employees.employee_id"), null=True)
    customer_id = text("who bought, if known", null=True, sensitivity="personal")
    num_items = whole("number of lines", unit="lines", minimum=0)
    currency = text("ISO 4217 code of the amounts")
    subtotal_minor = minor("sum of its lines before discount and tax")
    discount_total_minor = minor("discount given", minimum=0)
    tax_total_minor = minor("tax")
    tip_amount_minor = minor("tip, not part of the total", minimum=0)
    total_amount_minor = minor("what the customer owed: subtotal − discount + tax")
    payment_method = text("how it was paid", words=PAYMENT_METHODS)
    payment_status = text("whether it was paid", words=PAYMENT_STATUSES)
    transaction_status = text("only completed counts as revenue", words=TRANSACTION_STATUSES)
    refund_of = text("transaction this one refunds", null=True)
    card_last_four = text("last digits of the card", null=True, sensitivity="personal")
    authorization_code = text("code of the card issuer", null=True, sensitivity="internal")
    import_id = text("file it came from", refers("import_jobs.import_id"))
    source_row = whole("row of that file, header not counted", minimum=1)


class TransactionItems(Table):
    """Lines of a transaction."""

    __tablename__ = "transaction_items"
    __grain__ = "one line of one transaction"
    transaction_id = text("transaction", refers("transactions.transaction_id"), key=True)
    line_number = whole("position on the receipt, from 1", key=True, minimum=1)
    product_id = text("what", refers("products.product_id"))
    quantity = real("how many", unit="units")
    unit_price_minor = minor("price of one", null=True)
    line_total_minor = minor("quantity × price before discount and tax")
    import_id = text("file it came from", refers("import_jobs.import_id"))
    source_row = whole("row of that file, header not counted", minimum=1)


class RejectedRows(Table):
    """Rows set aside: never silently, always with a reason."""

    __tablename__ = "rejected_rows"
    __grain__ = "one refused row of one file"
    import_id = text("file it came from", refers("import_jobs.import_id"), key=True)
    source_row = whole("row of that file, header not counted", key=True, minimum=1)
    rule = text("short name of the rule it broke")
    column_name = text("column at fault", null=True)
    found = text("what stood there", null=True)
    reason = text("why that cannot be loaded, in words")
    money_minor = minor("amount of the row where it can be read", null=True)
    row_text = text("the row as it was, JSON")


class SalesDaily(Table):
    """Takings by trading day and location."""

    __tablename__ = "sales_daily"
    __grain__ = "one location on one business day with any transaction"
    business_date = day("trading day", key=True)
    location_id = text("where", key=True)
    transactions = whole("completed transactions", unit="transactions", minimum=0)
    units = real("units sold in completed transactions", unit="units")
    gross_sales_minor = minor("completed totals, tax included")
    net_sales_minor = minor("completed totals less refunded totals")
    tax_minor = minor("tax within completed totals")
    discount_minor = minor("discounts on completed transactions")
    tips_minor = minor("tips on completed transactions")
    refunds = whole("refunded transactions", unit="transactions", minimum=0)
    refunds_minor = minor("totals of refunded transactions")
    currency = text("ISO 4217 code of the amounts")


class SalesHourly(Table):
    """Rhythm of the week."""

    __tablename__ = "sales_hourly"
    __grain__ = "one wall-clock hour of one weekday at one location"
    location_id = text("where", key=True)
    weekday = whole("business weekday, Monday is 0", key=True, minimum=0)
    local_hour = whole("hour on the wall clock", unit="hour 0–23", key=True, minimum=0)
    days = whole("trading days of that weekday in the data", unit="days", minimum=1)
    transactions = whole("completed transactions", unit="transactions", minimum=0)
    gross_sales_minor = minor("completed totals, tax included")


class SalesProducts(Table):
    """What sold."""

    __tablename__ = "sales_products"
    __grain__ = "one product"
    product_id = text("what", key=True)
    product_name = text("name")
    product_category = text("category", null=True)
    transactions = whole("completed transactions with it", unit="transactions", minimum=0)
    units = real("units sold", unit="units")
    line_sales_minor = minor("line totals before transaction discount and tax")


class SalesLocations(Table):
    """Where it sold."""

    __tablename__ = "sales_locations"
    __grain__ = "one location"
    location_id = text("where", key=True)
    location_name = text("name")
    location_type = text("kind of place", null=True)
    city = text("city", null=True)
    trading_days = whole("business days with a completed transaction", unit="days", minimum=0)
    transactions = whole("completed transactions", unit="transactions", minimum=0)
    gross_sales_minor = minor("completed totals, tax included")
    net_sales_minor = minor("completed totals less refunded totals")
    refunds = whole("refunded transactions", unit="transactions", minimum=0)


def declared(name: str) -> type[Table]:
    """Return the declaration of a table; ``KeyError`` names the nearest if there is none."""
    for mapper in Table.registry.mappers:
        if mapper.class_.__tablename__ == name:
            return mapper.class_
    from shoplib.base import words

    near = words.nearest(name, names())
    raise KeyError(f"no table {name!r} is declared" + (f"; did you mean {near!r}?" if near else ""))


def key_of(name: str) -> list[str]:
    """Return the names of the columns that make a row of a table the same row."""
    return [column.name for column in declared(name).__table__.columns if column.primary_key]


def names() -> list[str]:
    """Return the names of all declared tables, parents before children."""
    return [table.name for table in Table.metadata.sorted_tables]
