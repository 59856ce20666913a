"""A chain of restaurants, bars and pubs and its till transactions: the whole world in memory.

The parts are drawn one after another, each from its own stream: places and staff, catalogue, demand by
day, moments, baskets, what became of each transaction, prices, tender. Each works on whole arrays of
moments, so a longer world can be made month by month from the same functions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base import money
from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.simulate import calendar, draws
from shoplib.simulate.draws import Ints
from shoplib.simulate.epos import (
    baskets,
    catalogue,
    demand,
    frames,
    moments,
    places,
    prices,
    promotions,
    refunds,
    rota,
    tender,
    truth,
)
from shoplib.simulate.world import World, shares_made

REVENUE_BASE = 100_000  # transactions that target_revenue speaks of


FILES = {
    "locations.csv": "locations",
    "employees.csv": "employees",
    "products.csv": "products",
    "epos_transactions.csv": "transactions",
    "transaction_items.csv": "items",
    "epos_transactions.parquet": "transactions",
}


def world(settings: EposWorld, shop: Shop, seed: int) -> World:
    """Return a simulated chain with exactly ``settings.transactions`` transactions.

    Business days lie from ``settings.start`` to ``settings.end``. Shares of statuses and payment methods are
    exact to a row; completed totals come within 1 % of ``target_revenue × transactions / 100,000``.
    ``total = subtotal - discount + tax`` and ``subtotal = sum of lines``, to the minor unit; the tip comes
    on top. A refund repeats the lines and amounts of the earlier sale it names, except for the tip. No
    transactions give empty frames with the right columns. Raises ``ConfigError`` if the target is below what
    the least prices bring in.
    """
    where = places.places(settings, seed)
    people = places.staff(settings, where, seed)
    menu = catalogue.catalogue(settings.products, len(where.ids), seed)
    when = calendar.days(settings.start, settings.end)
    wanted = demand.demand(settings.transactions, where, when, seed)
    moment = moments.moments(wanted.counts, where, when, settings.opens, settings.closes, shop.timezone, seed)
    kind, month = where.kinds[moment.place], when.month[moment.day]

    lines = baskets.baskets(kind, moment.place, moment.hour, month, menu, seed)
    server = rota.servers(moment, people, seed)
    odd = rota.odd_one_out(people, seed)
    status = refunds.statuses(len(kind), dict(settings.status_shares.items()), rota.void_weights(server, odd), seed)
    original = refunds.originals(status, moment.place, len(where.ids), seed)
    discount_bp = promotions.discounts(when, moment.day, moment.hour, kind, seed)

    ladder = prices.ladder(menu, when, seed)
    period = ladder.period(moment.day)
    target = settings.target_revenue * settings.transactions / REVENUE_BASE * 10 ** money.digits(shop.currency)
    sold = _sold(lines, period, status == refunds.COMPLETED, discount_bp, ladder.relative.shape)
    price = prices.scaled(ladder, sold, target, shop.currency)

    source = np.where(original >= 0, original, np.arange(len(kind)))
    unit_price = price[period[lines.basket], lines.product]
    subtotal = _by_basket(unit_price * lines.quantity, lines)
    discount, tax, total = (part[source] for part in prices.taxed(subtotal, discount_bp))
    method = tender.methods(original, kind, month, total, dict(settings.payment_shares.items()), seed)
    tip = tender.tips(status, method, kind, total, seed)
    digits, has_digits, code, has_code = tender.cards(original, status, method, seed)
    till, ticket = rota.tills(moment, where, seed)
    copied = draws.ragged(lines.starts[source], lines.counts[source])
    first = lines.starts[source]

    labels = frames.Labels(where, people, menu, rota.till_names(where))
    transactions = frames.transactions(
        labels,
        frames.Sales(
            timestamp=moments.timestamps(when, moment), place=moment.place, till=till, ticket=ticket, server=server,
            lines=lines.counts[source], product=lines.product[first], quantity=lines.quantity[first],
            unit_price=unit_price[first], subtotal=subtotal[source], tax=tax, discount=discount, tip=tip, total=total,
            method=method, status=status, digits=digits, has_digits=has_digits, code=code, has_code=has_code,
            original=original,
        ),
    )  # fmt: skip
    items = frames.items(
        labels, lines.counts[source], lines.product[copied], lines.quantity[copied], unit_price[copied]
    )
    return World(
        currency=shop.currency,
        tables={
            "locations": frames.locations(where, settings, shop),
            "employees": frames.employees(people, where),
            "products": frames.products(menu, price),
            "transactions": transactions,
            "items": items,
        },
        files=FILES,
        truth={
            "demand": truth.demand(wanted, where, when),
            "anomalies": truth.anomalies(wanted, where, when),
            "closed_days": truth.closed_days(wanted, where, when),
            "price_changes": prices.changes(menu, ladder, price, when),
            "promotions": promotions.calendar(when, where.kinds),
            "slow_sellers": truth.slow_sellers(menu, copied, lines),
            "staff": truth.staff(people, server, status, odd),
        },
        sales=len(kind),
        takings_minor=int(total[source][status == refunds.COMPLETED].sum()),
        shares=pd.concat(
            [
                shares_made("transaction status", transactions["transaction_status"], settings.status_shares),
                shares_made("payment method", transactions["payment_method"], settings.payment_shares),
            ],
            ignore_index=True,
        ),
    )


def _by_basket(amounts: Ints, lines: baskets.Lines) -> Ints:
    return np.add.reduceat(amounts, lines.starts) if len(lines.starts) else np.zeros(0, dtype=np.int64)


def _sold(
    lines: baskets.Lines, period: Ints, completed: draws.Bools, discount_bp: Ints, shape: tuple[int, ...]
) -> draws.Floats:
    """Return units of completed sales by price period and product, less discount and with tax."""
    rate = (
        completed
        * (1 - discount_bp / promotions.BASIS_POINTS)
        * (1 + prices.TAX_BASIS_POINTS / promotions.BASIS_POINTS)
    )
    at = period[lines.basket] * shape[1] + lines.product
    weight = lines.quantity * rate[lines.basket]
    units: draws.Floats = np.bincount(at, weights=weight, minlength=shape[0] * shape[1]).astype(np.float64)
    return units.reshape(shape)
