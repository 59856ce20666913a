"""What the chain sells: products with their popularity, price level, shelf life and planted troubles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shoplib.base import money, seeds
from shoplib.config.worlds import Assortment, RetailWorld
from shoplib.simulate.calendar import DAYS_OF_YEAR, Days
from shoplib.simulate.draws import Bools, Floats, Ints

ZIPF_EXPONENT = 0.9
SLOW_SHARE, SLOW_FACTOR = 0.05, 0.05
DEAD_SHARE = 0.04
SLOW_AFTER = 0.3  # of a category's ranks: a best seller is never planted as slow
LEAST_PRODUCTS = 10  # fewer products have neither slow nor dead ones
LEAST_OF_CATEGORY = 3
DEAD_FROM, DEAD_TO = 0.25, 0.55  # of the span: between these a dead product stops selling
LEAST_DAYS_FOR_DEAD = 60
SEASON_SWING = 0.35
BASIS_POINTS = 10_000
BARCODE_PREFIX = 200  # 200 to 299 are for use within a chain
BRANDS = (
    "Alder & Rye", "Barley Row", "Coldwater", "Dove Farm Road", "Early Field", "Fennel Lane", "Golden Hour",
    "Hillbrook", "Ivy House", "Juniper", "Kettle Yard", "Long Acre", "Mill Stream", "North Quay", "Old Orchard",
    "Pennywort", "Quiet Valley", "Rook & Wren",
)  # fmt: skip


@dataclass(frozen=True)
class Goods:
    """All products, category after category, best sellers first within each."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    brands: tuple[str, ...]
    barcodes: tuple[str, ...]
    categories: tuple[str, ...]
    category: Ints  # position in categories
    price: Floats  # minor units at the start, before it is put on a round step
    cost_share: Floats
    cost_hidden: Bools  # cost not written down
    tax_bp: Ints
    shelf_life: Ints  # days a unit may be sold; 0 keeps for ever
    popularity: Floats  # adds up to one
    slow: Bools
    dead_from: Ints  # first day without demand, counted from the first of the world; its length for the living
    elasticity: Floats  # demand goes with price to the power of minus this

    def __len__(self) -> int:
        return len(self.ids)


def goods(settings: RetailWorld, assortment: Mapping[str, Assortment], currency: str, days: int, seed: int) -> Goods:
    """Return the products of an assortment, the best of each category in turn if ``settings.products`` is less.

    Popularity falls within a category as ``1 / rank ** 0.9`` (Zipf). From ten products on about one in twenty
    is planted as slow; over 60 days or more about one in twenty-five stops selling altogether at some day.
    """
    rng = seeds.stream(seed, "simulate", "retail", "goods")
    names = list(assortment)
    sizes = _sizes([len(assortment[name].products) for name in names], settings.products)
    category = np.repeat(np.arange(len(names)), sizes)
    rank = np.concatenate([np.arange(1, size + 1) for size in sizes])
    number = len(category)
    share = np.array([assortment[name].share for name in names])
    zipf = rank**-ZIPF_EXPONENT
    popularity = share[category] * zipf / np.bincount(category, weights=zipf, minlength=len(names))[category]
    popularity *= rng.lognormal(0.0, 0.15, number)
    slow = _slow(rng, rank, np.array(sizes)[category])
    popularity = np.where(slow, popularity * SLOW_FACTOR, popularity)
    low, high = (np.log([assortment[name].price[at] for name in names])[category] for at in (0, 1))
    kept = [assortment[name] for name in names]
    hidden = np.zeros(number, dtype=bool)
    hidden[rng.permutation(number)[: round(number * settings.missing_cost_share)]] = True
    width = max(4, len(str(number)))
    return Goods(
        ids=tuple(f"P{at:0{width}d}" for at in range(1, number + 1)),
        names=tuple(text for name, size in zip(names, sizes, strict=True) for text in assortment[name].products[:size]),
        brands=tuple(BRANDS[at] for at in rng.integers(len(BRANDS), size=number)),
        barcodes=barcodes(np.arange(1, number + 1)),
        categories=tuple(names),
        category=category,
        price=np.exp(low + (high - low) * rng.random(number)) * 10 ** money.digits(currency),
        cost_share=np.array([part.cost_share for part in kept])[category] * rng.uniform(0.94, 1.06, number),
        cost_hidden=hidden,
        tax_bp=np.rint(np.array([part.tax_share for part in kept])[category] * BASIS_POINTS).astype(np.int64),
        shelf_life=np.array([part.shelf_life_days or 0 for part in kept])[category],
        popularity=popularity / popularity.sum(),
        slow=slow,
        dead_from=_dead(rng, rank, slow, category, np.array(sizes), days),
        elasticity=rng.uniform(1.8, 2.8, number),
    )


def seasons(products: Goods, assortment: Mapping[str, Assortment], when: Days) -> Floats:
    """Return the factor of month and peak days on each product's demand: days × products.

    A peak month swings the year by 35 % about its mean; a peak day has its own factor, and the day before the
    root of it.
    """
    factor = np.ones((len(when), len(products.categories)))
    of_year = (when.month_day // 100 - 1 + (when.month_day % 100 - 15) / 30.5) * (DAYS_OF_YEAR / 12)
    for at, name in enumerate(products.categories):
        part = assortment[name]
        if part.peak_month is not None:
            peak = (part.peak_month - 1) * DAYS_OF_YEAR / 12
            factor[:, at] *= 1 + SEASON_SWING * np.cos((of_year - peak) * 2 * np.pi / DAYS_OF_YEAR)
        for day, strength in part.peak_days.items():
            there = when.month_day == int(day[:2]) * 100 + int(day[3:])
            factor[there, at] *= strength
            before = np.flatnonzero(there) - 1
            factor[before[before >= 0], at] *= np.sqrt(strength)
    return factor[:, products.category]


def barcodes(numbers: Ints) -> tuple[str, ...]:
    """Return 13-digit article numbers (EAN-13) with their check digit (GS1, modulo 10 with weights 1 and 3).

    >>> barcodes(np.array([1]))
    ('2000000000015',)
    """
    first = BARCODE_PREFIX * 10**9 + np.asarray(numbers, dtype=np.int64)
    digits = first[:, None] // 10 ** np.arange(11, -1, -1) % 10
    check = -(digits * np.tile([1, 3], 6)).sum(axis=1) % 10
    return tuple(map(str, (first * 10 + check).tolist()))


def rounded(price: Floats) -> Ints:
    """Return prices on the steps shops use: about one per cent of themselves, in 1, 2 or 5 of a power of ten.

    >>> rounded(np.array([344.0, 4012.0, 87.3])).tolist()
    [345, 4000, 87]
    """
    rough = np.maximum(price, 1.0) / 100
    power = 10.0 ** np.floor(np.log10(np.maximum(rough, 1.0)))
    lead = rough / power
    step = np.where(rough <= 1, 1.0, power * np.where(lead < 2, 2, np.where(lead < 5, 5, 10)))
    found: Ints = np.maximum(np.rint(price / step) * step, 1).astype(np.int64)
    return found


def _sizes(whole: list[int], most: int | None) -> list[int]:
    """Return how many products each category keeps when they are dealt one by one, the first categories first."""
    if most is None or most >= sum(whole):
        return whole
    kept = [0] * len(whole)
    turn = 0
    while sum(kept) < most:
        at = turn % len(whole)
        if kept[at] < whole[at]:
            kept[at] += 1
        turn += 1
    return kept


def _slow(rng: np.random.Generator, rank: Ints, of: Ints) -> Bools:
    slow = np.zeros(len(rank), dtype=bool)
    if len(rank) < LEAST_PRODUCTS:
        return slow
    able = np.flatnonzero((rank > np.maximum(SLOW_AFTER * of, 1)) & (of >= LEAST_OF_CATEGORY))
    slow[rng.permutation(able)[: max(1, round(SLOW_SHARE * len(rank)))]] = True
    return slow


def _dead(rng: np.random.Generator, rank: Ints, slow: Bools, category: Ints, sizes: Ints, days: int) -> Ints:
    """Return the day each product stops selling; at most one of a category, never its best."""
    dead = np.full(len(rank), days, dtype=np.int64)
    able = np.flatnonzero((rank > 1) & ~slow & (sizes[category] >= LEAST_OF_CATEGORY))
    if len(rank) < LEAST_PRODUCTS or days < LEAST_DAYS_FOR_DEAD or not len(able):
        return dead
    able = rng.permutation(able)
    _, firsts = np.unique(category[able], return_index=True)
    at = able[np.sort(firsts)][: max(1, round(DEAD_SHARE * len(rank)))]
    dead[at] = np.rint(days * rng.uniform(DEAD_FROM, DEAD_TO, len(at))).astype(np.int64)
    return dead
