"""Goods on their way: suppliers, orders, every movement of stock, and counts."""

from __future__ import annotations

from shoplib.contracts.columns import (
    MOVEMENTS,
    ORDER_STATUSES,
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


class Suppliers(Table):
    """Who delivers."""

    __tablename__ = "suppliers"
    __grain__ = "one supplier"
    supplier_id = text("key of the supplier", key=True)
    supplier_name = text("name shown to readers")
    city = text("town or city", null=True)
    stated_lead_days = real("days from order to delivery, as the supplier states", unit="days", null=True, minimum=0)
    review_days = whole("days between two orders to this supplier", unit="days", null=True, minimum=1)
    minimum_order_minor = minor("least worth of an order", null=True, minimum=0)
    extra = extra()


class SupplierProducts(Table):
    """Who delivers what, at which price and in which packs."""

    __tablename__ = "supplier_products"
    __grain__ = "one product of one supplier"
    supplier_id = text("who", refers("suppliers.supplier_id"), key=True)
    product_id = text("what", refers("products.product_id"), key=True)
    preference = whole("1 is the supplier to ask first", minimum=1)
    unit_cost_minor = minor("cost of one unit", null=True, minimum=0, sensitivity="internal")
    pack_units = whole("units in the smallest pack delivered", unit="units", minimum=1)
    extra = extra()


class PurchaseOrders(Table):
    """What was ordered from suppliers."""

    __tablename__ = "purchase_orders"
    __grain__ = "one order"
    __table_args__ = (index("purchase_orders", "supplier_id", "ordered_on"),)
    order_id = text("key of the order", key=True)
    supplier_id = text("from whom", refers("suppliers.supplier_id"))
    location_id = text("for which place", refers("locations.location_id"))
    ordered_on = day("business day of the order")
    promised_on = day("business day the supplier promised", null=True)
    received_on = day("business day the last of it came; none while open", null=True)
    order_status = text("how far it is", words=ORDER_STATUSES)
    extra = extra()


class PurchaseOrderLines(Table):
    """Products of an order."""

    __tablename__ = "purchase_order_lines"
    __grain__ = "one product of one order"
    __table_args__ = (index("purchase_order_lines", "product_id"),)
    order_id = text("order", refers("purchase_orders.order_id"), key=True)
    product_id = text("what", refers("products.product_id"), key=True)
    ordered_units = real("how many were asked for", unit="units", minimum=0)
    received_units = real("how many came", unit="units", minimum=0)
    unit_cost_minor = minor("agreed cost of one", null=True, minimum=0, sensitivity="internal")
    extra = extra()


class StockMovements(Table):
    """Everything that changed a stock; the level at any time is the sum up to it."""

    __tablename__ = "stock_movements"
    __grain__ = "one movement of one product at one place"
    __table_args__ = (index("stock_movements", "product_id", "location_id", "business_date"),)
    movement_id = text("key of the movement", key=True)
    timestamp = instant("when")
    business_date = day("trading day of its location")
    location_id = text("where", refers("locations.location_id"))
    product_id = text("what", refers("products.product_id"))
    movement = text("what kind", words=MOVEMENTS)
    quantity = real("units; below 0 leaves the place", unit="units")
    reference = text("sale, order, transfer or count it belongs to", null=True)
    extra = extra()


class StockCounts(Table):
    """What was counted by hand."""

    __tablename__ = "stock_counts"
    __grain__ = "one product counted at one place on one day"
    location_id = text("where", refers("locations.location_id"), key=True)
    product_id = text("what", refers("products.product_id"), key=True)
    counted_on = day("business day of the count", key=True)
    counted_units = real("units found", unit="units", minimum=0)
    book_units = real("units the books expected", unit="units", null=True)
    extra = extra()
