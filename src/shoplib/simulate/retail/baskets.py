"""Who wants what together: baskets with their moment and lines, what of them the stock allowed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Floats, Ints

MORE_LINES = 2.1  # mean lines of a basket beyond the first
MOST_LINES = 8
QUANTITIES = np.array([[70.0, 20.0, 5.0, 3.0, 0.5, 1.5]])  # one to six of a product
MEAN_QUANTITY = float((QUANTITIES[0] * np.arange(1, 7)).sum() / QUANTITIES.sum())
QUANTITY_SPREAD = float((QUANTITIES[0] * np.arange(1, 7) ** 2).sum() / QUANTITIES.sum()) / MEAN_QUANTITY
ROOM = 1_000  # more than a basket can hold of one product
# Trade by hour of the clock from 0 to 23: before lunch and after work.
HOURS = np.array(
    [.2, .1, .1, .1, .1, .3, .8, 2, 4, 6, 8.5, 9.5, 9.8, 8, 6.8, 6.8, 8, 9.8, 9, 6, 3.5, 2, 1, .5]
)  # fmt: skip
SATURDAY_NOON, SUNDAY_NOON = 1.35, 1.55
LATER_S = (40, 900)  # a basket cut off another comes so many seconds after it


@dataclass(frozen=True)
class Baskets:
    """Baskets in order of day, store and moment, with their lines one basket after another."""

    pair: Ints  # day × stores + store
    second: Ints  # local wall clock since midnight
    basket: Ints  # of each line
    product: Ints  # of each line; products ascend within a basket
    quantity: Ints  # of each line

    @property
    def counts(self) -> Ints:
        """Lines of each basket."""
        return np.bincount(self.basket, minlength=len(self.pair))


def wished(counts: Ints, weights: Floats, when: Days, hours: tuple[dt.time, dt.time], turn: int, seed: int) -> Baskets:
    """Return what people came for: ``counts`` (days × stores) baskets of one to eight lines.

    ``weights`` has a row for each day and store. ``turn`` counts the tries: each adds a line to every basket.
    """
    rng = seeds.stream(seed, "simulate", "retail", "baskets", str(turn))
    places = counts.shape[1]
    pair = np.repeat(np.arange(counts.size), counts.ravel())
    second = _seconds(rng, when.weekday[pair // places], hours)
    order = np.lexsort((second, pair))
    pair, second = pair[order], second[order]
    lines = np.minimum(1 + turn + rng.poisson(MORE_LINES, len(pair)), MOST_LINES)
    basket = np.repeat(np.arange(len(pair)), lines)
    product = draws.pick(rng, weights, pair[basket])
    quantity = 1 + draws.pick(rng, QUANTITIES, np.zeros(len(basket), dtype=np.int64))
    return Baskets(pair, second, *_merged(basket, product, quantity, weights.shape[1]))


def cells(wish: Baskets, products: int) -> Ints:
    """Return the position of each line among days × stores × products."""
    return wish.pair[wish.basket] * products + wish.product


def fulfilled(wish: Baskets, cell: Ints, sold: Ints) -> Baskets:
    """Return the lines that the stock allowed: who comes first is served first, until ``sold`` of a cell is gone.

    ``sold`` holds units by day, store and product, flat. Lines and baskets that got nothing are left out.
    """
    order = np.argsort(cell, kind="stable")
    ordered, quantity = cell[order], wish.quantity[order]
    running = quantity.cumsum()
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    before = np.repeat(running[starts] - quantity[starts], np.diff(np.append(starts, len(ordered))))
    got = np.empty_like(quantity)
    got[order] = np.clip(sold[ordered] - (running - quantity - before), 0, quantity)
    kept = got > 0
    return _renumbered(wish, wish.basket[kept], wish.product[kept], got[kept])


def split(served: Baskets, wanted: int, closes: dt.time, products: int, seed: int) -> Baskets:
    """Return the same goods in exactly ``wanted`` baskets: some are cut in two, the second part a little later.

    ``wanted`` is at least the number of baskets and at most the number of units.
    """
    missing = wanted - len(served.pair)
    if missing <= 0:
        return served
    rng = seeds.stream(seed, "simulate", "retail", "split")
    basket, product, quantity = served.basket, served.product, served.quantity
    if wanted > len(basket):  # too few lines: each unit becomes one
        basket, product = np.repeat(basket, quantity), np.repeat(product, quantity)
        quantity = np.ones(len(basket), dtype=np.int64)
    first = np.diff(basket, prepend=-1) > 0
    able = np.flatnonzero(~first)
    cut = np.zeros(len(basket), dtype=bool)
    cut[rng.permutation(able)[:missing]] = True
    source = basket[first | cut]
    later = cut[first | cut] * rng.integers(*LATER_S, wanted)
    second = np.minimum(served.second[source] + later, _seconds_of(closes) - 1)
    order = np.lexsort((second, served.pair[source]))
    place = np.empty_like(order)
    place[order] = np.arange(wanted)
    renamed = place[(first | cut).cumsum() - 1]
    return Baskets(served.pair[source][order], second[order], *_merged(renamed, product, quantity, products))


def _renumbered(wish: Baskets, basket: Ints, product: Ints, quantity: Ints) -> Baskets:
    kept = np.flatnonzero(np.bincount(basket, minlength=len(wish.pair)))
    return Baskets(wish.pair[kept], wish.second[kept], np.searchsorted(kept, basket), product, quantity)


def _merged(basket: Ints, product: Ints, quantity: Ints, products: int) -> tuple[Ints, Ints, Ints]:
    """Return lines by basket and product, a product asked for twice in a basket as one line."""
    keys = np.sort((basket * products + product) * ROOM + quantity)
    both, amount = np.divmod(keys, ROOM)
    first = np.flatnonzero(np.diff(both, prepend=-1))
    total = np.add.reduceat(amount, first) if len(first) else amount
    return *np.divmod(both[first], products), total


def _seconds(rng: np.random.Generator, weekday: Ints, hours: tuple[dt.time, dt.time]) -> Ints:
    opens, closes = (_seconds_of(time) // 60 for time in hours)
    minute = np.arange(opens, closes)
    plain = np.interp(minute / 60, np.arange(-1, 25) + 0.5, [HOURS[-1], *HOURS, HOURS[0]])
    noon = (minute >= 10 * 60) & (minute < 15 * 60)
    week = np.array([plain] * 5 + [plain * np.where(noon, more, 1.0) for more in (SATURDAY_NOON, SUNDAY_NOON)])
    return (opens + draws.pick(rng, week, weekday)) * 60 + rng.integers(60, size=len(weekday))


def _seconds_of(time: dt.time) -> int:
    return time.hour * 3600 + time.minute * 60
