"""What the chain sells: unique names, base prices and costs, and how the taste for each differs by place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.epos.menu import CATEGORIES, NAMES, Category
from shoplib.simulate.epos.places import TYPES

ZIPF_EXPONENT = 0.8
PLACE_SPREAD = 0.45
OFF_THE_MENU_SHARE = 0.12
SHUFFLE = 2.5  # ranks a dish may stray from its usual popularity
SLOW_SHARE = 0.05
SLOW_AFTER = 0.3  # of a category's ranks: a best seller is never planted as slow
SLOW_FACTOR = 0.04
FURTHER_SERVES_SHARE = 0.45
CAFE = TYPES.index("cafe")
CAFE_LIKES = ("Sandwich", "Toast", "Bagel", "Cake", "Brownie", "Tart", "Soup", "Sausage Roll", "Croissant")
CAFE_FACTOR = 30.0


@dataclass(frozen=True)
class _Row:
    name: str
    rank: int  # 1 is the best seller of its category
    price: float
    appeal: float


@dataclass(frozen=True)
class Catalogue:
    """All products, by category in the order of ``menu.CATEGORIES``, then by name."""

    product_ids: tuple[str, ...]
    names: tuple[str, ...]
    category: Ints  # position in menu.CATEGORIES, never falling
    starts: Ints  # first product of each category
    counts: Ints  # products of each category, 0 where it is not sold
    base_price: Floats  # major units before tax, before scaling
    cost_share: Floats  # of the price
    slow: Bools  # planted slow sellers
    taste: Floats  # places × products: relative popularity within the category


def catalogue(products: int, sold: Collection[str], kinds: Ints, seed: int) -> Catalogue:
    """Return ``products`` products of the categories ``sold`` and their popularity at each place.

    There is at least one product a category; ``kinds`` is the type of each place.

    Popularity falls with rank as ``1 / rank ** 0.8`` (Zipf), follows the serve (fewer halves than pints),
    differs by place, and is next to nothing for the planted slow sellers. A place leaves about one product in
    eight off its menu, never its best.
    """
    rng = seeds.stream(seed, "simulate", "catalogue")
    places = len(kinds)
    of_all = sum(words.share for words in CATEGORIES if words.name in sold)
    extra = draws.allocate(products - len(sold), {c.name: c.share / of_all for c in CATEGORIES if c.name in sold})
    counts = np.array([1 + extra[name] if name in sold else 0 for name in NAMES])
    category = np.repeat(np.arange(len(CATEGORIES)), counts)
    offered = [
        row for words, count in zip(CATEGORIES, counts.tolist(), strict=True) for row in _offered(words, count, rng)
    ]
    appeal = np.array([row.appeal for row in offered])
    best = np.array([row.rank == 1 for row in offered])
    late = np.array([row.rank for row in offered]) > SLOW_AFTER * counts[category]
    slow = late & (rng.random(products) < SLOW_SHARE / (1 - SLOW_AFTER))
    taste = np.where(slow, SLOW_FACTOR, 1.0) * appeal * rng.lognormal(0.0, PLACE_SPREAD, (places, products))
    liked = np.array([any(word in row.name for word in CAFE_LIKES) for row in offered])
    taste *= np.where((kinds == CAFE)[:, None] & liked, CAFE_FACTOR, 1.0)
    taste[(rng.random((places, products)) < OFF_THE_MENU_SHARE) & ~best] = 0.0
    width = max(4, len(str(products)))
    return Catalogue(
        product_ids=tuple(f"P{number:0{width}d}" for number in range(1, products + 1)),
        names=tuple(row.name for row in offered),
        category=category,
        starts=counts.cumsum() - counts,
        counts=counts,
        base_price=np.array([row.price for row in offered]),
        cost_share=np.array([c.cost_share for c in CATEGORIES])[category] * rng.uniform(0.85, 1.15, products),
        slow=slow,
        taste=taste,
    )


def choice_weights(menu: Catalogue) -> Floats:
    """Return the weights of a product within (place, category): one row for each pair, padded with zeros.

    Rows of categories that are not sold are all zeros.
    """
    places = len(menu.taste)
    weights = np.zeros((places, len(menu.counts), int(menu.counts.max())))
    for at, (start, count) in enumerate(zip(menu.starts.tolist(), menu.counts.tolist(), strict=True)):
        weights[:, at, :count] = menu.taste[:, start : start + count]
    return weights.reshape(places * len(menu.counts), -1)


def _offered(words: Category, count: int, rng: np.random.Generator) -> list[_Row]:
    """Return ``count`` different products by name: the best-known dishes, some in further serves, then variants."""
    order = np.argsort(np.arange(len(words.plain)) + rng.normal(0.0, SHUFFLE, len(words.plain)))
    bases = [words.plain[i] for i in order]
    bases += [f"{modifier} {plain}" for modifier in words.modifiers for plain in words.plain]
    further = [(base, serve) for base in range(len(bases)) for serve in range(1, len(words.serves))]
    dearer = min(int(count * FURTHER_SERVES_SHARE), len(further))
    heads = count - dearer
    picked = rng.permutation(min(heads * (len(words.serves) - 1), len(further)))[:dearer]
    level = rng.uniform(words.low, words.high, heads)
    rows = []
    for base, serve in [(base, 0) for base in range(heads)] + [further[i] for i in picked]:
        ending, price, orders = words.serves[serve]
        rank = base + 1
        rows.append(
            _Row(f"{bases[base]} {ending}".strip(), rank + serve, level[base] * price, orders * rank**-ZIPF_EXPONENT)
        )
    return sorted(rows, key=lambda row: row.name)
