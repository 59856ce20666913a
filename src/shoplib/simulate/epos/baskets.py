"""What each transaction holds: how many lines, of which category and product, how many of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.epos.catalogue import Catalogue, choice_weights
from shoplib.simulate.epos.menu import CATEGORIES, KIND_OF, KINDS
from shoplib.simulate.epos.places import TYPES

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
    ]
)
# Swing of the year: how far above its mean, and the month of its height.
SWING = ((0.14, 7), (0.04, 12), (0.06, 12), (0.10, 7), (0.12, 7), (0.0, 1), (0.02, 12), (0.05, 8), (0.0, 1), (0.30, 1))

MORE_LINES = np.array([[0.7, 2.3, 1.2, 2.9, 1.9], [0.6, 1.4, 0.9, 1.3, 1.2], [0.7, 1.9, 1.0, 1.7, 1.1]])
MOST_LINES = 12
HOURS = 24
# Quantity 1, 2, 3, 4 … of a line by type and kind (drink, food, hot drink).
QUANTITIES = np.array(
    [
        [[56, 30, 6, 6, 1, 1], [66, 27, 4, 3, 0, 0], [68, 29, 2, 1, 0, 0]],
        [[50, 30, 10, 7, 2, 1], [80, 18, 1, 1, 0, 0], [74, 24, 1, 1, 0, 0]],
        [[52, 30, 9, 6, 2, 1], [68, 27, 3, 2, 0, 0], [70, 27, 2, 1, 0, 0]],
    ]
)


@dataclass(frozen=True)
class Lines:
    """Lines of all baskets: basket after basket, products ascending and different within one."""

    basket: Ints
    product: Ints
    quantity: Ints
    starts: Ints  # first line of each basket
    counts: Ints  # lines of each basket, at least 1


def baskets(kind: Ints, place: Ints, hour: Ints, month: Ints, menu: Catalogue, seed: int) -> Lines:
    """Return the lines of one basket for each entry of the four arrays.

    Hot drinks belong to the morning, cocktails to the night, mains to lunch and dinner; a product rung up
    twice in one basket becomes one line.
    """
    rng = seeds.stream(seed, "simulate", "baskets")
    number = np.minimum(1 + rng.poisson(_by_hour(MORE_LINES[:, :, None])[kind, hour, 0]), MOST_LINES)
    basket = np.repeat(np.arange(len(kind)), number)
    moment = (kind * HOURS + hour) * 12 + month - 1
    category = draws.pick(rng, _category_weights(), moment[basket])
    choice = draws.pick(rng, choice_weights(menu), place[basket] * len(CATEGORIES) + category)
    product = menu.starts[category] + choice
    by_kind = kind[basket] * len(KINDS) + np.array(KIND_OF)[category]
    quantity = 1 + draws.pick(rng, QUANTITIES.reshape(len(TYPES) * len(KINDS), -1).astype(np.float64), by_kind)
    return _merged(basket, product, quantity, len(kind), len(menu.product_ids))


def _category_weights() -> Floats:
    """Return the weights of categories: one row for each type, hour and month, in that order."""
    month = np.arange(1, 13)
    swing = np.array([1 + size * np.cos((month - peak) * np.pi / 6) for size, peak in SWING])
    weights: Floats = _by_hour(TASTES)[:, :, None, :] * swing.T[None, None, :, :]
    return weights.reshape(-1, len(CATEGORIES))


def _by_hour(table: Floats) -> Floats:
    """Return a table by type and band as one by type and hour, each hour blended with its neighbours."""
    hour = np.arange(HOURS)
    around = [table[:, BAND_OF_HOUR[(hour + step) % HOURS]] for step in (-1, 0, 1)]
    return 0.25 * around[0] + 0.5 * around[1] + 0.25 * around[2]


def _merged(basket: Ints, product: Ints, quantity: Ints, baskets_: int, products: int) -> Lines:
    room = QUANTITIES.shape[-1] + 1
    keys = np.sort((basket * products + product) * room + quantity)
    pair, amount = np.divmod(keys, room)
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    total = np.add.reduceat(amount, first) if len(first) else amount
    basket, product = np.divmod(pair[first], products)
    counts = np.bincount(basket, minlength=baskets_)
    return Lines(basket, product, total, counts.cumsum() - counts, counts)
