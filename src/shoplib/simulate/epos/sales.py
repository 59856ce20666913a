"""One block of business days, drawn: what was sold when, by whom, what became of it and how it was paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.base import seeds
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.epos import frames, moments, prices, promotions, refunds, tender
from shoplib.simulate.epos.baskets import Basket, Lines
from shoplib.simulate.epos.chain import Chain
from shoplib.simulate.epos.rota import VOID_FACTOR, Rota, Tills


@dataclass(frozen=True)
class Drawn:
    """A block without prices: one entry a transaction, and its lines."""

    number: int  # of the block
    before: int  # transactions of the blocks before
    moment: moments.Moments
    kind: Ints
    month: Ints
    server: Ints
    status: Ints
    original: Ints
    lines: Lines
    period: Ints  # of the prices
    discount: Ints  # basis points


@dataclass(frozen=True)
class Block:
    """A block as frames, with what it adds to the truth."""

    transactions: pd.DataFrame
    items: pd.DataFrame
    units: Ints  # by product, on all lines
    served: Ints  # transactions by employee
    voids: Ints  # void ones by employee
    takings_minor: int  # of completed ones


class Seller:
    """Draws the blocks of a chain one after another; rolls and numbers go on from each to the next."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._basket, self._tips = Basket(chain.tastes), tender.Tips()
        self._rota = Rota(chain.people, len(chain.when), chain.seed)
        self._tills = Tills(chain.where, chain.seed)
        self._before = 0

    def drawn(self, number: int) -> Drawn:
        """Return the sales of the next block."""
        chain = self._chain
        first, last = chain.cuts[number]
        when, where = chain.when, chain.where
        counts = chain.wanted.counts[:, first:last]
        moment = moments.moments(self._stream("moments", number), counts, first, where, when, chain.times)
        kind = where.kinds.astype(np.int32).take(moment.place)
        month = when.month.astype(np.int32).take(moment.day)
        server = self._rota.servers(self._stream("servers", number), moment)
        status = refunds.statuses(
            self._stream("statuses", number), server == chain.odd, VOID_FACTOR, chain.statuses[number]
        )
        original = refunds.originals(self._stream("refunds", number), status, moment.place, len(where.ids))
        source = np.where(original >= 0, original, np.arange(len(kind), dtype=np.int32))
        lines = self._basket.drawn(self._stream("baskets", number), kind, moment.place, moment.hour, month, source)
        discount = chain.offers.drawn(self._stream("discounts", number), kind, moment.day, moment.hour)
        period = chain.ladder.period(np.arange(len(when))).take(moment.day)
        copies = np.flatnonzero(original >= 0)
        for part in (discount, period):
            part[copies] = part.take(original.take(copies))
        before, self._before = self._before, self._before + len(kind)
        return Drawn(number, before, moment, kind, month, server, status, original, lines, period, discount)

    def finished(self, drawn: Drawn, priced: prices.Prices) -> Block:
        """Return a block at its prices."""
        chain, moment, lines, status = self._chain, drawn.moment, drawn.lines, drawn.status
        products = priced.price.shape[1]
        at = (drawn.period * products).take(lines.owner) + lines.product
        unit_price = priced.price.ravel().take(at)
        line_total = unit_price * lines.quantity
        subtotal = np.add.reduceat(line_total, lines.starts) if len(lines.starts) else np.zeros(0, dtype=np.int64)
        discount, tax, total = prices.taxed(subtotal, drawn.discount)
        method = tender.methods(
            self._stream("methods", drawn.number), drawn.original, drawn.kind, drawn.month, total,
            chain.methods[drawn.number],
        )  # fmt: skip
        tip = self._tips.drawn(self._stream("tips", drawn.number), status, method, drawn.kind, total)
        digits, has_digits, code, has_code = tender.cards(
            self._stream("cards", drawn.number), drawn.original, status, method
        )
        till, ticket = self._tills.rung(self._stream("tills", drawn.number), moment.place)
        people = len(chain.people.ids)
        return Block(
            transactions=frames.transactions(
                chain.labels,
                frames.Sales(
                    before=drawn.before, instant=moments.instants(chain.when, moment), place=moment.place, till=till,
                    ticket=ticket, server=drawn.server, lines=lines.counts, product=lines.product.take(lines.starts),
                    quantity=lines.quantity.take(lines.starts), unit_price=unit_price.take(lines.starts),
                    subtotal=subtotal, tax=tax, discount=discount, tip=tip, total=total, method=method, status=status,
                    digits=digits, has_digits=has_digits, code=code, has_code=has_code, original=drawn.original,
                ),
            ),
            items=frames.items(
                chain.labels, drawn.before, lines, unit_price, line_total
            ),
            units=np.bincount(lines.product, weights=lines.quantity, minlength=products).astype(np.int64),
            served=np.bincount(drawn.server, minlength=people),
            voids=np.bincount(drawn.server.take(np.flatnonzero(status == refunds.VOID)), minlength=people),
            takings_minor=int((total * (status == refunds.COMPLETED)).sum()),
        )  # fmt: skip

    def sold(self, drawn: Drawn) -> Floats:
        """Return units of completed sales by price period and product, less discount and with tax."""
        shape = self._chain.ladder.price.shape
        taxed = 1 + prices.TAX_BASIS_POINTS / promotions.BASIS_POINTS
        rate = (drawn.status == refunds.COMPLETED) * (1 - drawn.discount / promotions.BASIS_POINTS) * taxed
        lines = drawn.lines
        at = (drawn.period * shape[1]).take(lines.owner) + lines.product
        weight = lines.quantity * rate.take(lines.owner)
        units: Floats = np.bincount(at, weights=weight, minlength=shape[0] * shape[1]).astype(np.float64)
        return units.reshape(shape)

    def _stream(self, name: str, number: int) -> np.random.Generator:
        return seeds.stream(self._chain.seed, "simulate", name, str(number))
