"""Baskets and refunds to transactions in the order of time, with their amounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Ints
from shoplib.simulate.retail.baskets import Baskets
from shoplib.simulate.retail.goods import BASIS_POINTS
from shoplib.simulate.retail.stores import TILLS_A_STORE

TICKETS = 10_000


@dataclass(frozen=True)
class Bill:
    """One entry a line of each basket, in the order of baskets; amounts in minor units."""

    product: Ints
    quantity: Ints
    price: Ints
    counts: Ints  # lines of each basket
    subtotal: Ints  # of each basket
    discount: Ints
    tax: Ints

    @property
    def total(self) -> Ints:
        """What each basket owes."""
        return self.subtotal - self.discount + self.tax


@dataclass(frozen=True)
class Sales:
    """One entry a transaction, in order of time; a refund repeats the lines and amounts of its sale."""

    day: Ints
    second: Ints
    store: Ints
    basket: Ints  # which bill it is, or gives back
    refund: Bools
    original: Ints  # position of the sale a refund gives back; -1 for sales
    till: Ints
    ticket: Ints

    def __len__(self) -> int:
        return len(self.day)


def bill(served: Baskets, price: Ints, off_bp: Ints, tax_bp: Ints) -> Bill:
    """Return amounts of each basket; ``price``, ``off_bp`` and ``tax_bp`` have an entry a line.

    Discount and tax are rounded once a line, half a minor unit upwards; tax is on the price less discount.
    """
    worth = price * served.quantity
    discount = (worth * off_bp + BASIS_POINTS // 2) // BASIS_POINTS
    tax = ((worth - discount) * tax_bp + BASIS_POINTS // 2) // BASIS_POINTS
    counts = served.counts
    starts = counts.cumsum() - counts
    sums = [np.add.reduceat(part, starts) if len(counts) else part for part in (worth, discount, tax)]
    return Bill(served.product, served.quantity, price, counts, *sums)


def in_order(served: Baskets, sale: Ints, on: Ints, at: Ints, places: int, seed: int) -> Sales:
    """Return sales and refunds together: each refund gives back a basket of ``sale``, on a day, at a second of it.

    Of a sale and its refund at the same second the sale comes first.
    """
    rng = seeds.stream(seed, "simulate", "retail", "tills")
    number = len(served.pair)
    basket = np.concatenate([np.arange(number), sale])
    refund = np.arange(number + len(sale)) >= number
    store = served.pair[basket] % places
    day = np.concatenate([served.pair // places, on])
    second = np.concatenate([served.second, at])
    order = np.lexsort((refund, store, second, day))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    original = np.full(len(order), -1, dtype=np.int64)
    original[number:] = place[sale]
    by_store = np.argsort(store[order], kind="stable")
    counts = np.bincount(store, minlength=places)
    ticket = np.empty(len(order), dtype=np.int64)
    ticket[by_store] = draws.ragged(np.ones(places, dtype=np.int64), counts) % TICKETS
    return Sales(
        day=day[order], second=second[order], store=store[order], basket=basket[order], refund=refund[order],
        original=original[order], till=rng.integers(TILLS_A_STORE, size=len(order)), ticket=ticket,
    )  # fmt: skip


def lines_of(made: Sales, drawn: Bill) -> tuple[Ints, Ints]:
    """Return for every line of every transaction its transaction and its line in the bill."""
    counts = drawn.counts[made.basket]
    starts = (drawn.counts.cumsum() - drawn.counts)[made.basket]
    return np.repeat(np.arange(len(made)), counts), draws.ragged(starts, counts)
