"""The true sales: receipts in the order of branch and time, and their lines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.branch import catalogue
from shoplib.simulate.branch.catalogue import Catalogue
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Floats, Ints

LINES = np.array([[0.52, 0.28, 0.14, 0.06]])  # receipts with 1, 2, 3, 4 lines
QUANTITIES = np.array([[0.86, 0.11, 0.03]])
LEAST = 1e-12  # of a pull, so that something can always be picked
PAYMENTS = {"QRIS": 0.42, "Tunai": 0.24, "Debit": 0.22, "Kredit": 0.12}
# Trade by hour of the clock from 0 to 23: a lunch hour, then the evening after work.
HOURS = np.array(
    [.3, .2, .2, .2, .2, .2, .3, .5, 1, 2, 3.2, 4.6, 6.6, 5.8, 4.6, 4.8, 6, 7.6, 8.8, 9.4, 7.2, 3.6, 1, .5]
)  # fmt: skip


@dataclass(frozen=True)
class Receipts:
    """One entry a receipt, by branch, day and time."""

    branch: Ints
    day: Ints  # counted from the first
    minute: Ints  # of the wall clock since midnight
    number: Ints  # of the branch and day, from 1
    payment: Ints  # position in PAYMENTS


@dataclass(frozen=True)
class Lines:
    """One entry a line, receipt after receipt; product, colour and size together are different within one."""

    receipt: Ints
    product: Ints
    colour: Ints
    size: Ints
    quantity: Ints
    price: Ints  # minor units

    @property
    def total(self) -> Ints:
        """What each line comes to, in minor units."""
        return self.quantity * self.price


def receipts(counts: Ints, opens: dt.time, closes: dt.time, seed: int) -> Receipts:
    """Return a receipt for each one counted in ``counts`` (branches × days), from opening up to closing."""
    rng = seeds.stream(seed, "simulate", "branch", "receipts")
    days = counts.shape[1]
    pair = np.repeat(np.arange(counts.size), counts.ravel())
    minutes = np.arange(opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute)
    middles = np.arange(24) + 0.5
    weight = np.interp(minutes / 60, middles, HOURS)[None, :]
    minute = minutes[draws.pick(rng, weight, np.zeros(len(pair), dtype=np.int64))]
    order = np.sort(pair * 1440 + minute)
    pair, minute = np.divmod(order, 1440)
    flat = counts.ravel()
    payment = draws.pick(rng, np.array([list(PAYMENTS.values())]), np.zeros(len(pair), dtype=np.int64))
    return Receipts(
        branch=pair // days,
        day=pair % days,
        minute=minute,
        number=draws.ragged(np.ones(len(flat), dtype=np.int64), flat),
        payment=payment,
    )


def lines(
    sold: Receipts, menu: Catalogue, when: Days, colours: Floats, sizes: Floats, dispersion: float, seed: int
) -> Lines:
    """Return one to four lines a receipt; what is rung up twice becomes one line.

    ``colours`` are shares by branch, month and colour, ``sizes`` shares. What a branch sells of a product on a day
    is negative binomial: variance = mean + dispersion × mean², by a gamma draw for each branch, day and product.
    """
    rng = seeds.stream(seed, "simulate", "branch", "lines")
    one = np.zeros(len(sold.branch), dtype=np.int64)
    number = 1 + draws.pick(rng, LINES, one)
    receipt = np.repeat(np.arange(len(one)), number)
    place, day = sold.branch[receipt], sold.day[receipt]
    product = draws.pick(rng, _pull(menu, when, dispersion, seed), place * len(when) + day)
    product = _paired(rng, product, draws.ragged(one, number), menu)
    months = month_of(when)
    colour = draws.pick(rng, colours.reshape(-1, colours.shape[2]), place * colours.shape[1] + months[day])
    size = draws.pick(rng, sizes[None, :], np.zeros(len(receipt), dtype=np.int64))
    quantity = 1 + draws.pick(rng, QUANTITIES, np.zeros(len(receipt), dtype=np.int64))
    room = QUANTITIES.shape[1] + 1
    kinds = (len(menu.product_ids), colours.shape[2], len(sizes))
    keys = np.sort(np.ravel_multi_index((receipt, product, colour, size), (max(len(one), 1), *kinds)) * room + quantity)
    what, quantity = np.divmod(keys, room)
    first = np.flatnonzero(np.diff(what, prepend=-1))
    quantity = np.add.reduceat(quantity, first) if len(first) else quantity
    receipt, product, colour, size = np.unravel_index(what[first], (max(len(one), 1), *kinds))
    price = menu.price[menu.period(sold.day[receipt]), product]
    return Lines(receipt, product, colour, size, quantity, price)


def month_of(when: Days) -> Ints:
    """Return for each day the number of its month among those of the span, from 0."""
    months = when.dates.astype("datetime64[M]").astype(np.int64)
    number: Ints = months - months[0]
    return number


def _pull(menu: Catalogue, when: Days, dispersion: float, seed: int) -> Floats:
    """Return how strongly each product sells: one row for each branch and day."""
    weight: Floats = menu.taste[:, None, :] * catalogue.season(menu, when)[None, :, menu.category]
    if dispersion > 0:
        rng = seeds.stream(seed, "simulate", "branch", "dispersion")
        weight = weight * rng.gamma(1 / dispersion, dispersion, weight.shape)
    return np.maximum(weight, LEAST).reshape(-1, weight.shape[2])


def _paired(rng: np.random.Generator, product: Ints, position: Ints, menu: Catalogue) -> Ints:
    """Return products with the second line of some receipts replaced by the companion of the first."""
    second = np.flatnonzero(position == 1)
    other = menu.companion[product[second - 1]]
    chosen = (other >= 0) & (rng.random(len(second)) < catalogue.PAIR_SHARE)
    paired = product.copy()
    paired[second[chosen]] = other[chosen]
    return paired
