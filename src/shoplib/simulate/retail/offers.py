"""Offers: what is reduced, where, from when to when, and how many more are wanted for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.retail.goods import BASIS_POINTS, Goods

AHEAD_DAYS = 28  # offers are planned so far beyond the last day of the world
LENGTHS = (7, 10, 14)
DISCOUNTS_BP = (1_000, 1_500, 2_000, 2_500, 3_300, 4_000)
MOST_PRODUCTS = 5
ONE_STORE_SHARE = 0.2
WORDS = ("Fresh start", "Midweek saver", "Weekend treat", "Season's best", "Big value", "Try something new")


@dataclass(frozen=True)
class Offers:
    """One entry an offer, in order of their first days; days count from the first of the world."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    store: Ints  # -1 is everywhere
    first: Ints
    last: Ints  # may lie beyond the world's end
    discount_bp: Ints
    products: tuple[Ints, ...]  # what each offer reduces

    def __len__(self) -> int:
        return len(self.ids)


def offers(number: int, products: Goods, carried: Bools, when: Days, seed: int) -> Offers:
    """Return ``number`` offers spread over the world and the four weeks after it, the last of them after its end.

    Each reduces one to five products of a category by 10 to 40 %, for one or two weeks; one in five runs in one
    store only. An offer alone begins within the world.
    """
    rng = seeds.stream(seed, "simulate", "retail", "offers")
    days = len(when)
    slots = np.arange(number) + rng.uniform(0.05, 0.95, number)
    first = (slots * (days + AHEAD_DAYS) / max(number, 1)).astype(np.int64)
    if number == 1:
        first[:] = rng.integers(max(days - LENGTHS[0], 1))
    elif number > 1:
        first[-1] = days + rng.integers(3, AHEAD_DAYS // 2)
        first.sort()
    last = first + rng.choice(LENGTHS, number) - 1
    store = np.where(rng.random(number) < ONE_STORE_SHARE, rng.integers(len(carried), size=number), -1)
    chosen, names = [], []
    for at in range(number):
        here = np.flatnonzero(carried[store[at]] if store[at] >= 0 else carried.any(axis=0))
        category = products.category[rng.choice(here)]
        same = here[products.category[here] == category]
        chosen.append(np.sort(rng.permutation(same)[: rng.integers(1, MOST_PRODUCTS + 1)]))
        names.append(f"{WORDS[at % len(WORDS)]}: {products.categories[category]}")
    width = max(3, len(str(number)))
    return Offers(
        ids=tuple(f"OFFER{at:0{width}d}" for at in range(1, number + 1)),
        names=tuple(names),
        store=store,
        first=first,
        last=last,
        discount_bp=rng.choice(DISCOUNTS_BP, number),
        products=tuple(chosen),
    )


def discounts(plan: Offers, shape: tuple[int, int, int]) -> Ints:
    """Return the discount in basis points on each day, store and product; of several the highest."""
    days = shape[0]
    off = np.zeros(shape, dtype=np.int16)
    for at in range(len(plan)):
        first, last = int(plan.first[at]), min(int(plan.last[at]) + 1, days)
        here = slice(None) if plan.store[at] < 0 else slice(int(plan.store[at]), int(plan.store[at]) + 1)
        if first < last:
            part = off[first:last, here, :]
            part[:, :, plan.products[at]] = np.maximum(part[:, :, plan.products[at]], plan.discount_bp[at])
    return off


def uplift(off: Ints, products: Goods) -> Floats:
    """Return the factor a discount puts on demand: ``(1 - discount) ** -elasticity``."""
    factor = np.ones(off.shape)
    at = np.nonzero(off)
    factor[at] = (1 - off[at] / BASIS_POINTS) ** -products.elasticity[at[2]]
    return factor
