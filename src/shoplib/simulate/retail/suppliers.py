"""Who delivers what: lead times stated and true, days between orders, packs and least orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shoplib.base import money, seeds
from shoplib.config.worlds import RetailWorld
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.retail.goods import Goods
from shoplib.simulate.retail.stores import TOWNS

FRESH_LEADS, FRESH_REVIEWS = (2, 2, 3), (1, 1, 2)
OTHER_LEADS, OTHER_REVIEWS = (4, 5, 6, 7), (5, 7, 7)
FRESH_DAYS = 21  # goods that keep for less come from fresh suppliers
LATE_SUPPLIER_FACTOR = 1.4  # one supplier in four takes this much longer than it states
SUPPLIERS_PER_LATE = 4
SECOND_SUPPLIER_SHARE = 0.35
SECOND_COST = (1.03, 1.12)
PACKS = np.array([1, 2, 4, 6, 8, 10, 12, 18, 24, 36, 48, 72, 96, 144])
PACK_DAYS, FRESH_PACK_DAYS = 4.0, 1.2  # mean demand of a store that a pack is about worth
MINIMUM_SHARE = 0.35  # least order as a share of the usual one
FAMILIES = (
    "Ashworth", "Bellamy", "Carver", "Denholm", "Easton", "Fairfax", "Garland", "Hartwell", "Ingram", "Jessop",
    "Kendrick", "Lockwood", "Marlow", "Netherby", "Oakes", "Prescott", "Quinn", "Radley", "Selwyn", "Thorne",
)  # fmt: skip
ENDINGS = ("Wholesale", "Supplies", "& Sons", "Trading", "Direct")
NONE = -1


@dataclass(frozen=True)
class Suppliers:
    """Every supplier, and for each product whom to ask first and second (-1 for nobody)."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    cities: tuple[str, ...]
    stated: Ints  # days from order to delivery, as stated
    true_mean: Floats  # mean days it really takes
    review: Ints  # days between two orders of a store
    offset: Ints  # suppliers × stores: days since the last order when the world begins
    minimum: Ints  # least worth of an order, minor units
    of: Ints  # 2 × products: supplier by preference
    packs: Ints  # 2 × products
    extra_cost: Floats  # 2 × products: the second costs more

    def __len__(self) -> int:
        return len(self.ids)


def suppliers(settings: RetailWorld, products: Goods, usual: Floats, cost: Ints, currency: str, seed: int) -> Suppliers:
    """Return the suppliers and who delivers what.

    ``usual`` is the mean units a day by store and product, ``cost`` the cost of each product in minor units. Goods
    that keep less than three weeks come from fresh suppliers (ordered every one or two days), others weekly. A
    category has one first supplier; about a third of the products have a second, who costs 3 to 12 % more.
    """
    rng = seeds.stream(seed, "simulate", "retail", "suppliers")
    number, places = settings.suppliers, usual.shape[0]
    fresh = (products.shelf_life > 0) & (products.shelf_life < FRESH_DAYS)
    first, is_fresh = _first(rng, number, products, fresh)
    second = _second(rng, first, is_fresh)
    stated = np.where(is_fresh, rng.choice(FRESH_LEADS, number), rng.choice(OTHER_LEADS, number))
    review = np.where(is_fresh, rng.choice(FRESH_REVIEWS, number), rng.choice(OTHER_REVIEWS, number))
    late = rng.permutation(number)[: number // SUPPLIERS_PER_LATE]
    true_mean = stated * rng.uniform(0.95, 1.1, number)
    true_mean[late] = stated[late] * LATE_SUPPLIER_FACTOR
    daily = usual.mean(axis=0)
    pack_days = np.where(fresh, FRESH_PACK_DAYS, PACK_DAYS) * rng.lognormal(0.0, 0.35, (2, len(products)))
    worth = np.bincount(first, weights=daily * cost, minlength=number) * review
    family = rng.permutation(len(FAMILIES))
    width = max(2, len(str(number)))
    return Suppliers(
        ids=tuple(f"V{at:0{width}d}" for at in range(1, number + 1)),
        names=tuple(_name(family, at) for at in range(number)),
        cities=tuple(TOWNS[at] for at in rng.integers(len(TOWNS), size=number)),
        stated=stated.astype(np.int64),
        true_mean=true_mean,
        review=review.astype(np.int64),
        offset=rng.integers(7, size=(number, places)),
        minimum=_round_money(worth * MINIMUM_SHARE, currency),
        of=np.array([first, second]),
        packs=PACKS[np.abs(np.log(PACKS) - np.log(np.maximum(daily * pack_days, 1.0))[..., None]).argmin(axis=-1)],
        extra_cost=np.array([np.ones(len(products)), rng.uniform(*SECOND_COST, len(products))]),
    )


def _first(rng: np.random.Generator, number: int, products: Goods, fresh: Bools) -> tuple[Ints, Bools]:
    """Return each product's first supplier, by category, and which suppliers are fresh ones."""
    of_category = np.bincount(products.category, weights=fresh, minlength=len(products.categories)) > 0
    number_fresh = round(number * float(of_category.mean()))
    if of_category.any() and not of_category.all() and number > 1:
        number_fresh = min(max(number_fresh, 1), number - 1)
    elif of_category.any():
        number_fresh = number
    is_fresh = np.arange(number) < number_fresh
    chosen = np.zeros(len(of_category), dtype=np.int64)
    for kind in (True, False):
        wanted = np.flatnonzero(of_category == kind)
        able = np.flatnonzero(is_fresh == kind)
        able = able if len(able) else np.arange(number)
        chosen[wanted] = rng.permutation(able)[np.arange(len(wanted)) % len(able)]
    return chosen[products.category], is_fresh


def _second(rng: np.random.Generator, first: Ints, is_fresh: Bools) -> Ints:
    """Return another supplier of the same kind for about a third of the products, -1 for the others."""
    second = np.full(len(first), NONE, dtype=np.int64)
    for kind in (True, False):
        able = np.flatnonzero(is_fresh == kind)
        if len(able) < 2:
            continue
        here = np.flatnonzero((is_fresh[first] == kind) & (rng.random(len(first)) < SECOND_SUPPLIER_SHARE))
        place = np.searchsorted(able, first[here])
        second[here] = able[(place + rng.integers(1, len(able), len(here))) % len(able)]
    return second


def _name(family: Ints, at: int) -> str:
    again, place = divmod(at, len(family))
    return f"{FAMILIES[family[place]]} {ENDINGS[(at + again) % len(ENDINGS)]}" + (f" {again + 1}" if again > 4 else "")


def _round_money(minor: npt.NDArray[np.floating[Any]], currency: str) -> Ints:
    """Return amounts on one digit, in whole major units; under one major unit is none."""
    unit = 10 ** money.digits(currency)
    power = 10.0 ** np.floor(np.log10(np.maximum(minor / unit, 1.0)))
    found: Ints = (np.floor(minor / unit / power) * power * unit).astype(np.int64)
    return found
