"""How the stores order: a level to order up to, from a forecast that is never quite right."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.retail.baskets import QUANTITY_SPREAD
from shoplib.simulate.retail.goods import Goods

FORGETTING = 0.975  # a day's sales count so much less with every day
PRIOR_UNITS = 6.0
FIRST_ERROR = 0.25  # spread of what a buyer thinks a product sells at the start
OVERSTOCK_SHARE, OVERSTOCK_FACTOR = 0.02, (3.0, 5.0)  # shelves that are kept far too full
SECOND_LEVEL = 0.35  # the second supplier is asked when less than this share of the level is left
DELISTED = 0.08  # below this share of its usual pace a product is not ordered any more
LEAST_SERVICE, MOST_SERVICE = 0.50, 0.999
AHEAD = 60  # days beyond the world for which a buyer assumes its last four weeks
LAST_DAYS = 28
MOST_TIMES = 3  # an order below the least worth is multiplied up to so many times
NEVER = 1e-12


@dataclass
class Buyer:
    """What the stores believe: their pace (stores × products) against the knowable level."""

    sums: Floats  # (days + 60 + 1) × stores × products: knowable units before each day
    sold: Floats
    expected: Floats
    keep: Floats  # factor on the level
    safety: float

    @property
    def pace(self) -> Floats:
        """Sales as a share of the knowable level."""
        return (self.sold + NEVER) / (self.expected + NEVER)

    def mean(self, day: int, horizon: Ints) -> Floats:
        """Return what the stores expect to sell in the days after a day; ``horizon`` has an entry a product."""
        last = np.minimum(day + 1 + horizon, len(self.sums) - 1)
        expected: Floats = self.pace * (self.sums[last, :, np.arange(len(horizon))].T - self.sums[day + 1])
        return expected

    def learn(self, day: int, sold: Ints, ran_out: Bools) -> None:
        """Take in a day's sales; a day on which a shelf ran empty says too little and is left out."""
        seen = self.sums[day + 1] - self.sums[day]
        self.sold = np.where(ran_out, self.sold, FORGETTING * self.sold + sold)
        self.expected = np.where(ran_out, self.expected, FORGETTING * self.expected + seen)


def buyer(known_units: Floats, carried: Bools, service_level: float, rng: np.random.Generator) -> Buyer:
    """Return a buyer who knows season, week and offers, and is wrong about each product's pace by 25 % or so."""
    tail = known_units[-LAST_DAYS:].mean(axis=0)
    sums = np.zeros((len(known_units) + AHEAD + 1, *carried.shape))
    sums[1 : len(known_units) + 1] = known_units.cumsum(axis=0)
    sums[len(known_units) + 1 :] = sums[len(known_units)] + tail * np.arange(1, AHEAD + 1)[:, None, None]
    first = rng.lognormal(0.0, FIRST_ERROR, carried.shape)
    over = rng.random(carried.shape) < OVERSTOCK_SHARE
    return Buyer(
        sums=sums,
        sold=PRIOR_UNITS * first * carried,
        expected=np.full(carried.shape, PRIOR_UNITS),
        keep=np.where(over, rng.uniform(*OVERSTOCK_FACTOR, carried.shape), 1.0),
        safety=NormalDist().inv_cdf(min(max(service_level, LEAST_SERVICE), MOST_SERVICE)),
    )


def order_up_to(mind: Buyer, day: int, horizon: Ints, products: Goods, dispersion: float) -> Ints:
    """Return the level to order up to at the end of a day: mean demand over the horizon plus safety.

    ``horizon`` is review period + stated lead time of each product (the (R, S) rule; Silver, Pyke and Peterson,
    1998). The safety covers counted demand with dispersion, not the spread of lead times, so shelves do run out.
    """
    mean = mind.mean(day, horizon)
    spread = np.sqrt(QUANTITY_SPREAD * mean + dispersion * mean**2 / np.maximum(horizon, 1))
    level = (mean + mind.safety * spread) * np.where(products.shelf_life > 0, 1.0, mind.keep)
    found: Ints = np.where(mind.pace < DELISTED, 0, np.ceil(level)).astype(np.int64)
    return found


def lines_to_order(position: Ints, level: Ints, due: Bools, packs: Ints) -> Ints:
    """Return units to order, stores × products: whole packs up to the level, where an order is due.

    >>> lines_to_order(np.array([[3, 9]]), np.array([[10, 9]]), np.array([[True, True]]), np.array([6, 6])).tolist()
    [[12, 0]]
    """
    short = np.where(due, np.maximum(level - position, 0), 0)
    units: Ints = -(-short // packs) * packs
    return units


def met_minimum(order: Ints, worth: Ints, least: Ints, urgent: Bools) -> Ints:
    """Return how many times each line is ordered so that its order reaches the supplier's least worth; 0 waits.

    ``order`` numbers the order of each line, ``worth`` and ``least`` are in minor units, ``urgent`` says that a
    line's shelf is empty. An order that is far too small waits, unless a shelf is empty.
    """
    total = np.bincount(order, weights=worth)
    needed = np.zeros(len(total), dtype=np.int64)
    needed[order] = least
    times = np.maximum(np.ceil(needed / np.maximum(total, 1.0)), 1).astype(np.int64)
    pressing = np.bincount(order, weights=urgent) > 0
    found: Ints = np.where((times <= MOST_TIMES) | pressing, np.minimum(times, MOST_TIMES), 0)[order]
    return found
