"""A chain of stores with stock: the whole world in memory.

Expected demand follows from stores, goods, seasons and offers. Baskets are drawn from it, their wishes run through
the stock day by day, and what the stock allowed becomes the transactions. So sales, stock movements and what was
lost always agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.base import seeds
from shoplib.config.models import Shop
from shoplib.config.worlds import RetailWorld
from shoplib.errors import ConfigError
from shoplib.simulate import calendar
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.retail import (
    baskets,
    customers,
    demand,
    frames,
    goods,
    movements,
    offers,
    prices,
    refunds,
    sales,
    stock,
    stores,
    suppliers,
    truth,
)
from shoplib.simulate.retail.baskets import Baskets
from shoplib.simulate.retail.demand import Demand
from shoplib.simulate.retail.goods import Goods
from shoplib.simulate.retail.grocery import grocery
from shoplib.simulate.retail.offers import Offers
from shoplib.simulate.retail.prices import Ladder
from shoplib.simulate.retail.stock import Ledger, Plan
from shoplib.simulate.retail.stores import Stores
from shoplib.simulate.world import World, shares_made

MOST_TRIES = 8

FILES = {
    "locations.csv": "locations",
    "products.csv": "products",
    "product_prices.csv": "product_prices",
    "promotions.csv": "promotions",
    "suppliers.csv": "suppliers",
    "supplier_products.csv": "supplier_products",
    "customers.csv": "customers",
    "transactions.csv": "transactions",
    "transaction_items.csv": "items",
    "transactions.parquet": "transactions",
    "purchase_orders.csv": "purchase_orders",
    "purchase_order_lines.csv": "purchase_order_lines",
    "stock_movements.csv": "stock_movements",
    "stock_counts.csv": "stock_counts",
}


@dataclass(frozen=True)
class _Ground:
    """What is known before anybody comes."""

    settings: RetailWorld
    when: Days
    where: Stores
    known: Goods
    carried: Bools
    shut: Ints
    opens: Ints
    price: Ladder
    cost: Ladder
    promoted: Offers
    off: Ints
    usual: Floats
    buyable: Floats


@dataclass(frozen=True)
class _Traded:
    """What came of it: baskets that were wanted, the stock's history, baskets that were served."""

    wanted: Demand
    plan: Plan
    history: Ledger
    served: Baskets


def world(settings: RetailWorld, shop: Shop, seed: int) -> World:
    """Return a simulated chain with exactly ``settings.transactions`` transactions, refunds included.

    ``total = subtotal − discount + tax`` and ``subtotal = sum of lines`` at list prices before tax, to the minor
    unit. For every store, product and day the sale movement is what completed sales sold, at most what was there.
    No transactions give empty frames of sales, and stores that stand full. Raises ``ConfigError`` for settings that
    no world can meet: a store without products, no open day, stock that never suffices.
    """
    ground = _ground(settings, shop, seed)
    when, where, known, price, cost = ground.when, ground.where, ground.known, ground.price, ground.cost
    back = refunds.number(settings.transactions, settings.refund_share)
    number = settings.transactions - back
    traded = _traded(ground, number, shop, seed)
    plan, history, served = traded.plan, traded.history, traded.served
    day, store = np.divmod(served.pair, len(where))
    line_day, line_store = day[served.basket], store[served.basket]
    off = ground.off[line_day, line_store, served.product].astype(np.int64)
    drawn = sales.bill(served, price.at(line_day, served.product), off, known.tax_bp[served.product])
    hours = (settings.opens, settings.closes)
    returned = refunds.refunds(back, store, day, served.second, ground.opens, hours, seed)
    made = sales.in_order(served, *returned, len(where), seed)
    who = customers.people(settings, where.size, len(when), shop.language, seed)
    person = customers.buyers(who, store, day, settings.card_share, len(where), seed)
    digits = seeds.stream(seed, "simulate", "retail", "cards").integers(10_000, size=number)
    transactions = frames.transactions(
        made, drawn, person, refunds.methods(number, seed), digits, where, when, shop.timezone
    )
    written, true = movements.movements(history, plan, made, drawn, where.ids, shop)
    return World(
        currency=shop.currency,
        tables={
            "locations": frames.locations(where, settings, shop),
            "products": frames.products(known, price, cost, plan.sources),
            "product_prices": frames.product_prices(known, price, cost, when),
            "promotions": frames.promotions(ground.promoted, where, known, when),
            "suppliers": frames.suppliers(plan.sources),
            "supplier_products": frames.supplier_products(plan.sources, known, cost),
            "customers": frames.customers(who, where, when),
            "transactions": transactions,
            "items": frames.items(made, drawn, known),
            "purchase_orders": frames.purchase_orders(history, plan, where),
            "purchase_order_lines": frames.purchase_order_lines(history, plan),
            "stock_movements": written,
            "stock_counts": frames.stock_counts(history, plan, where),
        },
        files=FILES,
        truth={
            **_truth(ground, traded, who),
            "record_errors": truth.record_errors(written, true),
        },
        sales=len(made),
        takings_minor=int(drawn.total.sum()),
        shares=_shares(settings, transactions),
    )


def _ground(settings: RetailWorld, shop: Shop, seed: int) -> _Ground:
    assortment = settings.assortment or grocery()
    when = calendar.days(settings.start, settings.end)
    where = stores.stores(settings, seed)
    known = goods.goods(settings, assortment, shop.currency, len(when), seed)
    carried = stores.carried(where, known.categories, known.category)
    shut = stores.closed(settings, where, when, seed)
    promoted = offers.offers(settings.promotions, known, carried, when, seed)
    off = offers.discounts(promoted, (len(when), *carried.shape))
    usual, buyable = demand.levels(where, known, assortment, carried, shut, when, offers.uplift(off, known), seed)
    return _Ground(
        settings=settings, when=when, where=where, known=known, carried=carried, shut=shut,
        opens=stores.next_open(shut), price=prices.price_ladder(known, when, seed),
        cost=prices.cost_ladder(known, when, seed), promoted=promoted, off=off, usual=usual, buyable=buyable,
    )  # fmt: skip


def _traded(ground: _Ground, number: int, shop: Shop, seed: int) -> _Traded:
    """Return ``number`` sales and the stock they were taken from.

    Where so much is lost that the goods sold do not fill that many baskets, everybody wants a line more and all is
    tried again.
    """
    settings, products = ground.settings, len(ground.known)
    units = 0
    for turn in range(MOST_TRIES):
        wanted = demand.demand(number, ground.usual, settings.dispersion, ground.when, turn, seed)
        wish = baskets.wished(
            wanted.baskets, wanted.weights, ground.when, (settings.opens, settings.closes), turn, seed
        )
        cell = baskets.cells(wish, products)
        asked = np.bincount(cell, weights=wish.quantity, minlength=ground.usual.size)
        plan = _plan(ground, asked.reshape(ground.usual.shape).astype(np.int64), number, turn, shop, seed)
        history = stock.run(plan, seed)
        served = baskets.fulfilled(wish, cell, history.sold.ravel())
        units = int(served.quantity.sum())
        if units >= number:
            served = baskets.split(served, number, settings.closes, products, seed)
            return _Traded(wanted, plan, history, served)
    raise ConfigError(
        "The stock never suffices for so many sales", where="simulate.transactions",
        found=f"{number:,} sales asked for; {units:,} units could be sold".replace(",", " "),
        wanted="at least one unit for each sale",
        next_step="raise simulate.service_level, or lower simulate.lead_time_cv or simulate.dispersion",
    )  # fmt: skip


def _plan(ground: _Ground, asked: Ints, number: int, turn: int, shop: Shop, seed: int) -> Plan:
    """Return what the stock follows from; expected lines are scaled to the units of ``number`` baskets."""
    lines = number * (1 + turn + baskets.MORE_LINES)
    scale = lines * baskets.MEAN_QUANTITY / ground.usual.sum()
    pace = ground.usual.sum(axis=0) * scale / len(ground.when)
    when, cost = ground.when, ground.cost
    sources = suppliers.suppliers(ground.settings, ground.known, pace, cost.amounts[0], shop.currency, seed)
    return Plan(
        settings=ground.settings, products=ground.known, sources=sources, carried=ground.carried, shut=ground.shut,
        opens=ground.opens, when=when, demand=asked, known=ground.buyable * scale,
        cost=cost.amounts[cost.period(np.arange(len(when)))],
    )  # fmt: skip


def _truth(ground: _Ground, traded: _Traded, who: customers.People) -> dict[str, pd.DataFrame]:
    when, where, known = ground.when, ground.where, ground.known
    plan, history, wanted = traded.plan, traded.history, traded.wanted
    made = np.bincount(traded.served.pair, minlength=ground.shut.size).reshape(ground.shut.shape)
    return {
        "demand": truth.demand(wanted, made, history, plan, where),
        "lost_sales": truth.lost_sales(history, plan, where),
        "stockouts": truth.stockouts(history, plan, where),
        "stock": truth.stock(history, plan, where),
        "shrinkage": truth.shrinkage(history, plan, where),
        "lead_times": truth.lead_times(history, plan, where),
        "anomalies": truth.anomalies(wanted, made, where, when),
        "closed_days": truth.closed_days(ground.shut, where, when),
        "churn": truth.churn(who, when),
        "price_changes": prices.changes(known, ground.price, ground.cost, when),
        "promotions": truth.promotions(ground.promoted, ground.off, known, where),
        "slow_products": truth.slow_products(known, history, when),
    }


def _shares(settings: RetailWorld, transactions: pd.DataFrame) -> pd.DataFrame:
    status = {"completed": 1 - settings.refund_share, "refunded": settings.refund_share}
    card = pd.Series(np.where(transactions["customer_id"].isna(), "not shown", "shown"), dtype="str")
    return pd.concat(
        [
            shares_made("transaction status", transactions["transaction_status"], status),
            shares_made("payment method", transactions["payment_method"], refunds.METHOD_SHARES),
            shares_made("customer card", card, {"shown": settings.card_share, "not shown": 1 - settings.card_share}),
        ],
        ignore_index=True,
    )
