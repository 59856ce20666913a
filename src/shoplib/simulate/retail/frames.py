"""Arrays to the frames that go into files: identifiers as text, labels as categories, amounts in minor units."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.config.models import Shop
from shoplib.config.worlds import RetailWorld
from shoplib.simulate import draws
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Ints, labelled
from shoplib.simulate.retail import orders, refunds
from shoplib.simulate.retail.customers import People
from shoplib.simulate.retail.goods import BASIS_POINTS, Goods
from shoplib.simulate.retail.labels import dates, moments, whole_or_none
from shoplib.simulate.retail.movements import ORDER_DIGITS, SALE_DIGITS
from shoplib.simulate.retail.offers import Offers
from shoplib.simulate.retail.prices import Ladder, dated
from shoplib.simulate.retail.sales import Bill, Sales, lines_of
from shoplib.simulate.retail.stock import Ledger, Plan
from shoplib.simulate.retail.stores import TILLS_A_STORE, Stores
from shoplib.simulate.retail.suppliers import Suppliers

ORDER_STATUSES = ("open", "part_received", "received", "cancelled")
CUSTOMER_DIGITS = 6


def locations(where: Stores, settings: RetailWorld, shop: Shop) -> pd.DataFrame:
    """Return one row a store, with its clock and hours as ``HH:MM``; the day never starts after the doors open."""
    return pd.DataFrame(
        {
            "location_id": list(where.ids),
            "location_name": list(where.names),
            "location_type": "store",
            "city": list(where.cities),
            "timezone": shop.timezone,
            "day_start": min(shop.day_start, settings.opens).strftime("%H:%M"),
            "opens": settings.opens.strftime("%H:%M"),
            "closes": settings.closes.strftime("%H:%M"),
        }
    )


def products(known: Goods, price: Ladder, cost: Ladder, sources: Suppliers) -> pd.DataFrame:
    """Return one row a product with its latest list price and cost; some costs are left blank."""
    return pd.DataFrame(
        {
            "product_id": list(known.ids),
            "barcode": list(known.barcodes),
            "product_name": list(known.names),
            "product_category": labelled(known.categories, known.category),
            "brand": list(known.brands),
            "unit_price_minor": price.amounts[-1],
            "unit_cost_minor": whole_or_none(cost.amounts[-1], ~known.cost_hidden),
            "pack_units": sources.packs[0],
            "shelf_life_days": whole_or_none(known.shelf_life, known.shelf_life > 0),
        }
    )


def product_prices(known: Goods, price: Ladder, cost: Ladder, when: Days) -> pd.DataFrame:
    """Return list price and cost of each product from a day on: the first day, and each day one of them changed."""
    product, day, prices, costs = dated(known, price, cost)
    return pd.DataFrame(
        {
            "product_id": labelled(known.ids, product),
            "valid_from": dates(when, day),
            "unit_price_minor": prices,
            "unit_cost_minor": whole_or_none(costs, ~known.cost_hidden[product]),
        }
    )


def promotions(plan: Offers, where: Stores, known: Goods, when: Days) -> pd.DataFrame:
    """Return one row a product of an offer; offers that begin after the world's end are known already."""
    at = np.repeat(np.arange(len(plan)), [len(part) for part in plan.products])
    product = np.concatenate([*plan.products, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    return pd.DataFrame(
        {
            "promotion_id": labelled(plan.ids, at),
            "product_id": labelled(known.ids, product),
            "promotion_name": pd.Series(np.array(plan.names, dtype=object)[at], dtype="str"),
            "location_id": labelled(where.ids, plan.store[at]),
            "starts": dates(when, plan.first[at]),
            "ends": dates(when, plan.last[at]),
            "discount_share": plan.discount_bp[at] / BASIS_POINTS,
        }
    )


def suppliers(sources: Suppliers) -> pd.DataFrame:
    """Return one row a supplier."""
    return pd.DataFrame(
        {
            "supplier_id": list(sources.ids),
            "supplier_name": list(sources.names),
            "city": list(sources.cities),
            "stated_lead_days": sources.stated,
            "review_days": sources.review,
            "minimum_order_minor": sources.minimum,
        }
    )


def supplier_products(sources: Suppliers, known: Goods, cost: Ladder) -> pd.DataFrame:
    """Return one row a product and supplier: 1 is asked first."""
    product, preference = np.nonzero(sources.of.T >= 0)
    latest = cost.amounts[-1][product] * sources.extra_cost[preference, product]
    return pd.DataFrame(
        {
            "supplier_id": labelled(sources.ids, sources.of[preference, product]),
            "product_id": labelled(known.ids, product),
            "preference": preference + 1,
            "unit_cost_minor": np.rint(latest).astype(np.int64),
            "pack_units": sources.packs[preference, product],
        }
    )


def customers(who: People, where: Stores, when: Days) -> pd.DataFrame:
    """Return one row a card holder."""
    return pd.DataFrame(
        {
            "customer_id": draws.codes(np.arange(1, len(who) + 1), CUSTOMER_DIGITS, "C"),
            "customer_name": pd.Series(who.names, dtype="str"),
            "joined": dates(when, who.joined),
            "location_id": labelled(where.ids, who.home),
        }
    )


def transactions(
    made: Sales, drawn: Bill, person: Ints, method: Ints, digits: Ints, where: Stores, when: Days, zone: str
) -> pd.DataFrame:
    """Return one row a transaction; ``person``, ``method`` and card ``digits`` have an entry a basket."""
    who, how = person[made.basket], method[made.basket]
    tills = [f"{store}-T{till}" for store in where.ids for till in range(1, TILLS_A_STORE + 1)]
    by_card = ~np.isin(how, [refunds.METHODS.index("cash"), refunds.METHODS.index("gift_card")])
    done = made.refund.astype(np.int8)
    return pd.DataFrame(
        {
            "transaction_id": draws.codes(np.arange(1, len(made) + 1), SALE_DIGITS, "T"),
            "transaction_number": draws.codes(made.ticket, 4),
            "timestamp": moments(when, made.day, made.second, zone),
            "location_id": labelled(where.ids, made.store),
            "device_id": labelled(tills, made.store * TILLS_A_STORE + made.till),
            "customer_id": draws.codes(who + 1, CUSTOMER_DIGITS, "C", present=who >= 0),
            "num_items": drawn.counts[made.basket],
            "subtotal_minor": drawn.subtotal[made.basket],
            "discount_total_minor": drawn.discount[made.basket],
            "tax_total_minor": drawn.tax[made.basket],
            "total_amount_minor": drawn.total[made.basket],
            "payment_method": labelled(refunds.METHODS, how),
            "payment_status": labelled(("paid", "refunded"), done),
            "transaction_status": labelled(("completed", "refunded"), done),
            "card_last_four": draws.codes(digits[made.basket], 4, present=by_card),
            "refund_of": draws.codes(made.original + 1, SALE_DIGITS, "T", present=made.original >= 0),
        },
        copy=False,
    )


def items(made: Sales, drawn: Bill, known: Goods) -> pd.DataFrame:
    """Return one row a line; list price before offers and tax."""
    transaction, line = lines_of(made, drawn)
    counts = drawn.counts[made.basket]
    return pd.DataFrame(
        {
            "transaction_id": draws.codes(transaction + 1, SALE_DIGITS, "T"),
            "line_number": draws.ragged(np.ones(len(counts), dtype=np.int64), counts),
            "product_id": labelled(known.ids, drawn.product[line]),
            "quantity": drawn.quantity[line],
            "unit_price_minor": drawn.price[line],
            "line_total_minor": drawn.price[line] * drawn.quantity[line],
        },
        copy=False,
    )


def purchase_orders(history: Ledger, plan: Plan, where: Stores) -> pd.DataFrame:
    """Return one row an order, in the order they were written."""
    day, store, supplier, _, promised, *_ = orders.columns(history.pipe.heads, 8)
    status, received = orders.statuses(history.pipe)
    days = history.pipe.days
    promised = np.where(promised < days, promised, day + plan.sources.stated[supplier])
    return pd.DataFrame(
        {
            "order_id": draws.codes(np.arange(1, len(day) + 1), ORDER_DIGITS, "PO"),
            "supplier_id": labelled(plan.sources.ids, supplier),
            "location_id": labelled(where.ids, store),
            "ordered_on": dates(plan.when, day),
            "promised_on": dates(plan.when, promised),
            "received_on": dates(plan.when, received, received < days),
            "order_status": labelled(ORDER_STATUSES, status),
        }
    )


def purchase_order_lines(history: Ledger, plan: Plan) -> pd.DataFrame:
    """Return one row a product of an order, with what came of it by the end of the world."""
    day, _, supplier, *_ = orders.columns(history.pipe.heads, 8)
    order, product, ordered, received = orders.columns(history.pipe.lines, 4)
    second = (plan.sources.of[0, product] != supplier[order]).astype(np.int64)
    cost = plan.cost[day[order], product] * plan.sources.extra_cost[second, product]
    return pd.DataFrame(
        {
            "order_id": draws.codes(order + 1, ORDER_DIGITS, "PO"),
            "product_id": labelled(plan.products.ids, product),
            "ordered_units": ordered,
            "received_units": received,
            "unit_cost_minor": np.rint(cost).astype(np.int64),
        }
    )


def stock_counts(history: Ledger, plan: Plan, where: Stores) -> pd.DataFrame:
    """Return one row a product counted, with what the books had expected."""
    day, store, product, counted, book = orders.columns(history.counts, 5)
    return pd.DataFrame(
        {
            "location_id": labelled(where.ids, store),
            "product_id": labelled(plan.products.ids, product),
            "counted_on": dates(plan.when, day),
            "counted_units": counted,
            "book_units": book,
        }
    )
