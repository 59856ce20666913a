"""What each transaction holds: how many lines, of which category and product, how many of each."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np

from shoplib.errors import ConfigError
from shoplib.simulate import draws
from shoplib.simulate.draws import Alias, Bools, Floats, Ints
from shoplib.simulate.epos.catalogue import Catalogue, choice_weights
from shoplib.simulate.epos.menu import CATEGORIES, KIND_OF, NAMES
from shoplib.simulate.epos.places import TYPES, Places

# Bands: 0 morning, 1 lunch, 2 afternoon, 3 evening, 4 night, which lasts from nine to four.
BAND_OF_HOUR = np.array([4] * 4 + [0] * 8 + [1] * 3 + [2] * 2 + [3] * 4 + [4] * 3)

# Weights by type and band, in the order of categories: Beer, Wine, Spirits, Cocktails, Soft Drinks,
# Appetizers, Main Course, Desserts, Sides, Hot Beverages.
TASTES = np.array(
    [
        [  # restaurant
            [2, 2, 0.2, 1, 13, 8, 12, 12, 6, 44],
            [8, 9, 1, 2, 16, 11, 30, 6, 11, 6],
            [7, 9, 1, 4, 16, 10, 12, 16, 7, 18],
            [9, 14, 2, 6, 8, 12, 28, 9, 10, 2],
            [10, 17, 9, 12, 5, 5, 12, 16, 5, 5],
        ],
        [  # bar
            [5, 1, 0.2, 1, 18, 5, 8, 12, 2, 48],
            [18, 9, 3, 5, 19, 10, 16, 3, 11, 6],
            [25, 14, 6, 14, 15, 8, 4, 2, 6, 6],
            [30, 15, 12, 22, 8, 5, 3, 1, 3, 0.6],
            [26, 9, 23, 33, 6, 0.8, 0.3, 0.1, 1.2, 0.3],
        ],
        [  # pub
            [8, 1, 0.2, 0.3, 16, 3, 14, 8, 5, 44],
            [26, 7, 2, 0.8, 14, 7, 26, 5, 10, 3],
            [41, 10, 4, 2, 15, 5, 7, 5, 6, 6],
            [39, 12, 6, 3, 9, 5, 15, 4, 6, 1],
            [49, 12, 18, 6, 9, 0.8, 0.6, 0.4, 3, 0.4],
        ],
        [  # café: no spirits, no cocktails
            [0.2, 0.1, 0, 0, 8, 5, 1, 12, 1, 72],
            [2, 1.5, 0, 0, 19, 26, 5, 10, 7, 30],
            [1.5, 1, 0, 0, 13, 9, 1, 27, 2, 46],
            [4, 4, 0, 0, 18, 22, 5, 14, 6, 27],
            [6, 6, 0, 0, 20, 16, 3, 18, 5, 26],
        ],
    ]
)
# Swing of the year: how far above its mean, and the month of its height.
SWING = ((0.14, 7), (0.04, 12), (0.06, 12), (0.10, 7), (0.12, 7), (0.0, 1), (0.02, 12), (0.05, 8), (0.0, 1), (0.30, 1))

# Lines beyond the first by type and band, on average.
MORE_LINES = np.array(
    [[0.7, 2.3, 1.2, 2.9, 1.9], [0.6, 1.4, 0.9, 1.3, 1.2], [0.7, 1.9, 1.0, 1.7, 1.1], [0.7, 1.4, 1.0, 0.9, 0.8]]
)
MOST_LINES = 12
HOURS = 24
MONTHS = 12
# Quantity 1, 2, 3, 4 … of a line by type and kind (drink, food, hot drink).
QUANTITIES = np.array(
    [
        [[56, 30, 6, 6, 1, 1], [66, 27, 4, 3, 0, 0], [68, 29, 2, 1, 0, 0]],
        [[50, 30, 10, 7, 2, 1], [80, 18, 1, 1, 0, 0], [74, 24, 1, 1, 0, 0]],
        [[52, 30, 9, 6, 2, 1], [68, 27, 3, 2, 0, 0], [70, 27, 2, 1, 0, 0]],
        [[74, 22, 3, 1, 0, 0], [76, 21, 2, 1, 0, 0], [70, 26, 3, 1, 0, 0]],
    ],
    dtype=np.float64,
)


@dataclass(frozen=True)
class Lines:
    """Lines of all baskets, basket after basket; products differ within one."""

    owner: Ints  # basket of each line
    product: Ints
    quantity: Ints
    starts: Ints  # first line of each basket
    counts: Ints  # lines of each basket, at least 1


@dataclass(frozen=True)
class Tastes:
    """Weights of what baskets hold, each with one row a group."""

    lines: Floats  # (type, hour) × 1 to 12 lines
    category: Floats  # (type, hour, month) × categories
    product: Floats  # (place, category) × products of the category
    quantity: Floats  # (type, category) × 1, 2, 3 …
    first: Ints  # first product of each category


class Basket:
    """Draws baskets from tastes."""

    def __init__(self, tastes: Tastes) -> None:
        self._lines, self._category = Alias(tastes.lines), Alias(tastes.category)
        self._product, self._quantity = Alias(tastes.product), Alias(tastes.quantity)
        self._first = tastes.first.astype(np.int32)

    def drawn(self, rng: np.random.Generator, kind: Ints, place: Ints, hour: Ints, month: Ints, source: Ints) -> Lines:
        """Return the lines of one basket for each entry of the arrays.

        Hot drinks belong to the morning, cocktails to the night, mains to lunch and dinner; a product rung up
        twice in one basket becomes one line. Where ``source`` names another entry, its lines are repeated.
        """
        moment = kind * HOURS + hour
        number = 1 + self._lines.pick(rng, moment)
        copies = np.flatnonzero(source != np.arange(len(source)))
        number[copies] = number.take(source.take(copies))
        group = moment * MONTHS + (month - 1)
        owner = np.repeat(np.arange(len(number), dtype=np.int32), number)  # taking by it is quicker than repeating
        category = self._category.pick(rng, group.take(owner))
        at_place = (place * len(CATEGORIES)).take(owner) + category
        product = self._product.pick(rng, at_place) + self._first.take(category)
        of_kind = (kind * len(CATEGORIES)).take(owner) + category
        quantity = 1 + self._quantity.pick(rng, of_kind)
        starts = number.cumsum() - number
        to = draws.ragged(starts.take(copies), number.take(copies))
        origin = draws.ragged(starts.take(source.take(copies)), number.take(copies))
        product[to], quantity[to] = product.take(origin), quantity.take(origin)
        return _merged(owner, product, quantity, number, starts)


def tastes(where: Places, menu: Catalogue) -> Tastes:
    """Return what customers of each place like, as far as the chain sells it.

    Raises ``ConfigError`` for a place that sells nothing.
    """
    sold = menu.counts > 0
    category = TASTES * sold
    for kind in sorted(set(where.kinds.tolist())):
        if not category[kind].sum(axis=1).all():
            wanted = [name for name, taste in zip(NAMES, TASTES[kind].sum(axis=0), strict=True) if taste]
            raise ConfigError(
                "A location has no products to sell",
                where="simulate.categories",
                found=f"a {TYPES[kind]} sells none of {', '.join(n for n, s in zip(NAMES, sold, strict=True) if s)}",
                wanted=f"at least one of {', '.join(wanted)}",
                next_step=f"add one to simulate.categories, or set simulate.{TYPES[kind]}s to 0",
            )
    month = np.arange(1, MONTHS + 1)
    swing = np.array([1 + size * np.cos((month - peak) * np.pi / 6) for size, peak in SWING])
    by_month = _by_hour(category)[:, :, None, :] * swing.T[None, None, :, :]
    by_category = QUANTITIES[:, np.array(KIND_OF)]
    return Tastes(
        lines=_numbers(_by_hour(MORE_LINES[:, :, None])[:, :, 0].ravel()),
        category=by_month.reshape(-1, len(CATEGORIES)),
        product=choice_weights(menu),
        quantity=by_category.reshape(len(TYPES) * len(CATEGORIES), -1),
        first=menu.starts,
    )


def _numbers(more: Floats) -> Floats:
    """Return the chances of 1, 2, … lines: one and a Poisson number more, the last for all that is above."""
    chances = np.zeros((len(more), MOST_LINES))
    for row, mean in zip(chances, more.tolist(), strict=True):
        row[0] = exp(-mean)
        for beyond in range(1, MOST_LINES):
            row[beyond] = row[beyond - 1] * mean / beyond
        row[-1] += 1 - row.sum()
    return chances


def _by_hour(table: Floats) -> Floats:
    """Return a table by type and band as one by type and hour, each hour blended with its neighbours."""
    hour = np.arange(HOURS)
    around = [table[:, BAND_OF_HOUR[(hour + step) % HOURS]] for step in (-1, 0, 1)]
    return 0.25 * around[0] + 0.5 * around[1] + 0.25 * around[2]


def _merged(owner: Ints, product: Ints, quantity: Ints, number: Ints, starts: Ints) -> Lines:
    """Return lines with every product once a basket, where it came first, its quantities added."""
    place = np.arange(len(product), dtype=np.int32) - starts.astype(np.int32).take(owner)  # within its basket
    again, earliest = _repeated(product, place, int(number.max(initial=0)))
    np.add.at(quantity, earliest, quantity.take(again))
    kept = np.ones(len(product), dtype=bool)
    kept[again] = False
    counts = number.copy()
    np.subtract.at(counts, owner.take(again), 1)
    left = np.flatnonzero(kept)
    return Lines(owner.take(left), product.take(left), quantity.take(left), counts.cumsum() - counts, counts)


def _repeated(product: Ints, place: Ints, most: int) -> tuple[Ints, Ints]:
    """Return the lines whose product their basket has already, and for each the earliest line with it."""
    first = np.full(len(product), -1, dtype=np.int32)
    for back in range(1, most):
        same: Bools = (product[back:] == product[:-back]) & (place[back:] >= back)
        at = np.flatnonzero(same)
        first[at + back] = at  # the furthest back comes last
    again = np.flatnonzero(first >= 0)
    return again, first.take(again)
