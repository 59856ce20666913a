"""What happened and who took part: places, people, goods, sales, and the files they came from."""

from __future__ import annotations

from shoplib.contracts.columns import (
    IMPORT_STATUSES,
    PAYMENT_METHODS,
    PAYMENT_STATUSES,
    TRANSACTION_STATUSES,
    Table,
    day,
    extra,
    index,
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
    extra = extra()


class Employees(Table):
    """People at the till."""

    __tablename__ = "employees"
    __grain__ = "one employee"
    employee_id = text("key of the employee", key=True)
    employee_name = text("name", null=True, sensitivity="personal")
    employee_role = text("role", null=True)
    location_id = text("home location", refers("locations.location_id"), null=True)
    extra = extra()


class Products(Table):
    """What is sold."""

    __tablename__ = "products"
    __grain__ = "one product"
    product_id = text("key of the product", key=True)
    product_name = text("name shown to readers")
    product_category = text("category", null=True)
    unit_price_minor = minor("latest list price", null=True, minimum=0)
    unit_cost_minor = minor("latest cost", null=True, minimum=0, sensitivity="internal")
    extra = extra()


class ProductPrices(Table):
    """What a product cost and sold for, from a day on."""

    __tablename__ = "product_prices"
    __grain__ = "one product from one day on, until its next row"
    product_id = text("what", refers("products.product_id"), key=True)
    valid_from = day("first business day", key=True)
    unit_price_minor = minor("list price from that day", null=True, minimum=0)
    unit_cost_minor = minor("cost of one from that day; none if unknown", null=True, minimum=0, sensitivity="internal")
    extra = extra()


class Promotions(Table):
    """Offers, known before they begin."""

    __tablename__ = "promotions"
    __grain__ = "one product in one offer"
    promotion_id = text("key of the offer", key=True)
    product_id = text("what is offered", refers("products.product_id"), key=True)
    promotion_name = text("name shown to readers", null=True)
    location_id = text("where; none is everywhere", refers("locations.location_id"), null=True)
    starts = day("first business day")
    ends = day("last business day")
    discount_share = real("share of the price taken off", unit="share of one", null=True, minimum=0)
    extra = extra()


class Customers(Table):
    """People known across visits."""

    __tablename__ = "customers"
    __grain__ = "one customer"
    customer_id = text("key of the customer, no name", key=True, sensitivity="personal")
    customer_name = text("name, where the shop keeps one", null=True, sensitivity="personal")
    joined = day("day the shop first knew them", null=True)
    location_id = text("home location", refers("locations.location_id"), null=True)
    extra = extra()


class ImportJobs(Table):
    """Files taken in, with what became of each row and each penny."""

    __tablename__ = "import_jobs"
    __grain__ = "one file of one run"
    __table_args__ = (index("import_jobs", "source_name", "file_sha256"),)
    import_id = text("key: digest of file, mapping and table", key=True)
    source_name = text("name of the source in the scenario")
    file_name = text("name of the file")
    file_sha256 = text("digest of the file's bytes")
    mapping_name = text("mapping that was used")
    mapping_version = text("digest of what the mapping says", null=True)
    started_at = instant("when loading into the lasting store began; none for what a run takes in by itself", null=True)
    ended_at = instant("when it was done", null=True)
    log_path = text("file with the lines of the audit log", null=True)
    status = text("a refused file is kept and nothing of it is loaded", words=IMPORT_STATUSES)
    fault = text("why the file was refused", null=True)
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
    __table_args__ = (
        index("transactions", "business_date", "location_id"),
        index("transactions", "customer_id", "business_date"),
        index("transactions", "import_id", "source_row"),
    )
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
    customer_id = text("who bought, if known", refers("customers.customer_id"), null=True, sensitivity="personal")
    num_items = whole("number of lines", unit="lines", minimum=0)
    currency = text("ISO 4217 code of the amounts")
    subtotal_minor = minor("sum of its lines before discount and tax")
    discount_total_minor = minor("discount given; below zero where the total is: a refund takes it back")
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
    extra = extra()


class TransactionItems(Table):
    """Lines of a transaction."""

    __tablename__ = "transaction_items"
    __grain__ = "one line of one transaction"
    __table_args__ = (
        index("transaction_items", "product_id", "quantity", "line_total_minor"),
        index("transaction_items", "import_id", "source_row"),
    )
    transaction_id = text("transaction", refers("transactions.transaction_id"), key=True)
    line_number = whole("position on the receipt, from 1", key=True, minimum=1)
    product_id = text("what", refers("products.product_id"))
    quantity = real("how many", unit="units")
    unit_price_minor = minor("price of one", null=True)
    line_total_minor = minor("quantity × price before discount and tax")
    attributes = text("colour, size and other traits of what was sold, JSON object of texts", null=True)
    import_id = text("file it came from", refers("import_jobs.import_id"))
    source_row = whole("row of that file, header not counted", minimum=1)
    extra = extra()


class RejectedRows(Table):
    """Rows set aside: never silently, always with a reason."""

    __tablename__ = "rejected_rows"
    __grain__ = "one refused row of one file"
    __table_args__ = (index("rejected_rows", "rule", "import_id"),)
    import_id = text("file it came from", refers("import_jobs.import_id"), key=True)
    source_row = whole("row of that file, header not counted", key=True, minimum=1)
    rule = text("short name of the rule it broke")
    column_name = text("column at fault", null=True)
    found = text("what stood there", null=True)
    reason = text("why that cannot be loaded, in words")
    money_minor = minor("amount of the row where it can be read", null=True)
    row_text = text("the row as it was, JSON")
    mended_by = text("import in which the row came again, corrected", null=True)
