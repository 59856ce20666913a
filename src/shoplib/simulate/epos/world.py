"""A chain of restaurants, bars, pubs and cafés and its till transactions: whole, or block by block.

First the chain is drawn: places and staff, catalogue, demand by day. Then its sales, in blocks of business days
small enough for the processor's caches, each part of a block from a stream named by the block: moments, who
served, what became of each transaction, baskets, discounts, and, once there are prices, tender.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.simulate.draws import Ints
from shoplib.simulate.epos import chain as chains
from shoplib.simulate.epos import frames, prices, promotions, refunds, tender, truth
from shoplib.simulate.epos.chain import Chain
from shoplib.simulate.epos.sales import Block, Seller
from shoplib.simulate.world import Stream, World, shares_counted

FILES = {
    "locations.csv": "locations",
    "employees.csv": "employees",
    "products.csv": "products",
    "product_prices.csv": "product_prices",
    "epos_transactions.csv": "transactions",
    "transaction_items.csv": "items",
    "epos_transactions.parquet": "transactions",
    "transaction_items.parquet": "items",
}


def world(settings: EposWorld, shop: Shop, seed: int) -> World:
    """Return a simulated chain with exactly ``settings.transactions`` transactions.

    Business days lie from ``settings.start`` to ``settings.end``. Shares of statuses and payment methods are
    exact to a row; completed totals come within 1 % of ``target_revenue × transactions / 100,000``.
    ``total = subtotal - discount + tax`` and ``subtotal = sum of lines``, to the minor unit; the tip comes
    on top. A refund repeats the lines and amounts of the earlier sale it names, except for the tip. No
    transactions give empty frames with the right columns. Raises ``ConfigError`` if the target is below what
    the least prices bring in, or if a place has nothing to sell.
    """
    coming = stream(settings, shop, seed)
    parts = list(coming.parts)
    rest = coming.rest()
    return World(
        currency=rest.currency,
        tables={**rest.tables, **{name: _joined([part[name] for part in parts]) for name in parts[0]}},
        files=rest.files,
        truth=rest.truth,
        sales=rest.sales,
        takings_minor=rest.takings_minor,
        shares=rest.shares,
    )


def stream(settings: EposWorld, shop: Shop, seed: int) -> Stream:
    """Return the same world block by block; memory holds one block at a time. Raises as ``world`` does."""
    chain = chains.chain(settings, shop, seed)
    so_far = _SoFar()
    return Stream(
        currency=shop.currency,
        sales=settings.transactions,
        parts=({"transactions": block.transactions, "items": block.items} for block in _counted(chain, so_far)),
        files=FILES,
        rest=lambda: _rest(chain, so_far),
    )


@dataclass
class _SoFar:
    """What the blocks made so far add up to."""

    prices: list[prices.Prices] = field(default_factory=list)
    units: Ints | int = 0
    served: Ints | int = 0
    voids: Ints | int = 0
    takings_minor: int = 0


def _counted(chain: Chain, so_far: _SoFar) -> Iterator[Block]:
    seller = Seller(chain)
    priced = chain.priced(chain.expected()) if len(chain.cuts) > 1 else None
    for number in range(len(chain.cuts)):
        drawn = seller.drawn(number)
        if priced is None:  # all sales are there, so prices can fit them exactly
            priced = chain.priced(seller.sold(drawn))
        block = seller.finished(drawn, priced)
        so_far.prices[:] = [priced]
        so_far.units, so_far.served = so_far.units + block.units, so_far.served + block.served
        so_far.voids, so_far.takings_minor = so_far.voids + block.voids, so_far.takings_minor + block.takings_minor
        yield block


def _rest(chain: Chain, so_far: _SoFar) -> World:
    where, when, menu, ladder, settings = chain.where, chain.when, chain.menu, chain.ladder, chain.settings
    (priced,) = so_far.prices
    return World(
        currency=chain.shop.currency,
        tables={
            "locations": frames.locations(where, settings, chain.shop),
            "employees": frames.employees(chain.people, where),
            "products": frames.products(menu, priced, ladder.cost_known),
            "product_prices": prices.dated(menu, ladder, priced, when),
        },
        files=FILES,
        truth={
            "demand": truth.demand(chain.wanted, where, when),
            "anomalies": truth.anomalies(chain.wanted, where, when),
            "closed_days": truth.closed_days(chain.wanted, where, when),
            "price_changes": prices.changes(menu, ladder, priced, when),
            "promotions": promotions.calendar(when, where.kinds),
            "slow_sellers": truth.slow_sellers(menu, np.asarray(so_far.units)),
            "staff": truth.staff(chain.people, np.asarray(so_far.served), np.asarray(so_far.voids), chain.odd),
        },
        sales=settings.transactions,
        takings_minor=so_far.takings_minor,
        shares=pd.concat(
            [
                _shares("transaction status", refunds.STATUSES, chain.statuses, dict(settings.status_shares.items())),
                _shares("payment method", tender.METHODS, chain.methods, dict(settings.payment_shares.items())),
            ],
            ignore_index=True,
        ),
    )


def _shares(what: str, words: Sequence[str], made: Ints, asked: Mapping[str, float]) -> pd.DataFrame:
    return shares_counted(what, dict(zip(words, made.sum(axis=0).tolist(), strict=True)), asked)


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
