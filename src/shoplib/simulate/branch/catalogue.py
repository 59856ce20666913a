"""What the branches sell: prices with their dated changes, popularity, slow sellers, pairs bought together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.base import money, seeds
from shoplib.config.worlds import Assortment
from shoplib.simulate.branch.clothes import CLOTHES, OTHER_MONEY, PRICED_IN
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Floats, Ints

RANK_EXPONENT = 0.7
BRANCH_SPREAD = 0.25
SEASON_SWING = 0.35
SLOW_SHARE, SLOW_FACTOR, SLOW_AFTER = 0.08, 0.06, 0.5  # never among the better half of a category
CHANGED_SHARE, SHORTEST_WITH_CHANGES = 0.2, 28
PAIRS, PAIR_SHARE = 3, 0.3
DIGITS_OF_A_PRICE = 3  # 249,000 or 24.90, never 249,137


@dataclass(frozen=True)
class Catalogue:
    """All products, category after category, each category's best seller first."""

    product_ids: tuple[str, ...]
    names: tuple[str, ...]
    categories: tuple[str, ...]  # of each product
    category: Ints  # of each product, in the order of the assortment
    goods: tuple[Assortment, ...]
    price: Ints  # periods × products, minor units
    cost: Ints  # periods × products, minor units
    first_days: Ints  # of each period, counted from the first day of the world
    taste: Floats  # branches × products: relative popularity
    slow: Bools
    companion: Ints  # product often bought with it, or −1

    def period(self, day: Ints) -> Ints:
        """Return the price period each day lies in."""
        return np.searchsorted(self.first_days, day, side="right") - 1


def catalogue(assortment: Mapping[str, Assortment], branches: int, when: Days, currency: str, seed: int) -> Catalogue:
    """Return the products of an assortment, clothes if it is empty, as the branches sell them.

    Popularity falls with rank as ``1 / rank ** 0.7`` within a category (Zipf), differs a little by branch, and is
    next to nothing for the planted slow sellers. Prices rise and fall within the category's range; about one in
    five changes once, on a Monday in the middle of the span. Spans under 28 days have no change.
    """
    rng = seeds.stream(seed, "simulate", "branch", "catalogue")
    offered = dict(assortment) or CLOTHES
    unit = 10 ** money.digits(currency) * (1.0 if assortment or currency == PRICED_IN else OTHER_MONEY)
    goods = tuple(offered.values())
    counts = np.array([len(part.products) for part in goods])
    category = np.repeat(np.arange(len(goods)), counts)
    products = len(category)
    rank = np.arange(products) - np.repeat(counts.cumsum() - counts, counts) + 1
    low, high = (np.array([part.price[end] for part in goods])[category] for end in (0, 1))
    base = (low + (high - low) * rng.random(products)) * unit
    late = rank > np.maximum(counts[category] * SLOW_AFTER, 1)
    slow = late & (rng.random(products) < SLOW_SHARE / (1 - SLOW_AFTER))
    if late.any() and not slow.any():
        slow[rng.choice(np.flatnonzero(late))] = True
    weight = rank**-RANK_EXPONENT
    share = np.array([part.share for part in goods])
    weight = weight / np.bincount(category, weights=weight)[category] * share[category] / share.sum()
    spread = rng.lognormal(0.0, BRANCH_SPREAD, (branches, products))
    relative, first_days = _changes(products, when, seed)
    price = _rounded(base * relative)
    cost_share = np.array([part.cost_share for part in goods])[category] * rng.uniform(0.94, 1.06, products)
    width = max(3, len(str(products)))
    return Catalogue(
        product_ids=tuple(f"P{number:0{width}d}" for number in range(1, products + 1)),
        names=tuple(name for part in goods for name in part.products),
        categories=tuple(np.repeat(np.array(list(offered), dtype=object), counts)),
        category=category,
        goods=goods,
        price=price,
        cost=np.minimum(_rounded(price[:1] * cost_share), price),
        first_days=first_days,
        taste=weight * np.where(slow, SLOW_FACTOR, 1.0) * spread,
        slow=slow,
        companion=_companions(weight * ~slow, category, seed),
    )


def season(menu: Catalogue, when: Days) -> Floats:
    """Return days × categories: each category's pull by month and on its own days of the year; 1 is usual."""
    found = np.ones((len(when), len(menu.goods)))
    for at, part in enumerate(menu.goods):
        if part.peak_month is not None:
            found[:, at] += SEASON_SWING * np.cos((when.month - part.peak_month) * np.pi / 6)
        for day, factor in part.peak_days.items():
            found[when.month_day == int(day.replace("-", "")), at] *= factor
    return found


def changes(menu: Catalogue, when: Days) -> pd.DataFrame:
    """Return the truth about prices: product, first day, price before and after in minor units."""
    period, product = np.nonzero(np.diff(menu.price, axis=0))
    return pd.DataFrame(
        {
            "product_id": pd.Series(np.array(menu.product_ids, dtype=object)[product], dtype="str"),
            "date": when.dates[menu.first_days[period + 1]].astype("datetime64[s]"),
            "price_before_minor": menu.price[period, product],
            "price_after_minor": menu.price[period + 1, product],
        }
    )


def products(menu: Catalogue) -> pd.DataFrame:
    """Return the file of products: id, name, category, latest price and cost."""
    return pd.DataFrame(
        {
            "product_id": pd.Series(menu.product_ids, dtype="str"),
            "product_name": pd.Series(menu.names, dtype="str"),
            "product_category": pd.Series(menu.categories, dtype="str"),
            "unit_price_minor": menu.price[-1],
            "unit_cost_minor": menu.cost[-1],
        }
    )


def price_list(menu: Catalogue, when: Days) -> pd.DataFrame:
    """Return the file of prices: a row a product and day from which its price or cost holds."""
    first = np.ones((1, len(menu.product_ids)), dtype=bool)
    period, product = np.nonzero(np.concatenate([first, np.diff(menu.price, axis=0) != 0]))
    order = np.lexsort((period, product))
    period, product = period[order], product[order]
    return pd.DataFrame(
        {
            "product_id": pd.Series(np.array(menu.product_ids, dtype=object)[product], dtype="str"),
            "valid_from": when.dates[menu.first_days[period]].astype("datetime64[s]"),
            "unit_price_minor": menu.price[period, product],
            "unit_cost_minor": menu.cost[period, product],
        }
    )


def _changes(products: int, when: Days, seed: int) -> tuple[Floats, Ints]:
    """Return prices beside the first ones, periods × products, and the first day of each period."""
    rng = seeds.stream(seed, "simulate", "branch", "prices")
    plain = np.ones((1, products))
    if len(when) < SHORTEST_WITH_CHANGES:
        return plain, np.zeros(1, dtype=np.int64)
    middle = len(when) // 2
    monday = middle + int(-when.weekday[middle]) % 7
    changed = rng.permutation(products) < max(1, round(products * CHANGED_SHARE))
    step = np.where(rng.random(products) < 0.25, rng.uniform(0.80, 0.92, products), rng.uniform(1.06, 1.15, products))
    return np.concatenate([plain, np.where(changed, step, 1.0)[None]]), np.array([0, monday])


def _companions(weight: Floats, category: Ints, seed: int) -> Ints:
    """Return for each product the one it is often bought with: pairs of good sellers of two categories."""
    rng = seeds.stream(seed, "simulate", "branch", "pairs")
    companion = np.full(len(weight), -1)
    best = [int(np.flatnonzero(category == at)[0]) for at in rng.permutation(int(category[-1]) + 1)]
    best = [product for product in best if weight[product] > 0]
    for first, second in list(zip(best[::2], best[1::2], strict=False))[:PAIRS]:
        companion[first] = second
    return companion


def _rounded(minor: Floats) -> Ints:
    """Return amounts of at least one minor unit with three digits that are not 0."""
    step = np.maximum(10.0 ** (np.floor(np.log10(np.maximum(minor, 1))) - DIGITS_OF_A_PRICE + 1), 1)
    rounded: Ints = np.maximum(np.rint(minor / step) * step, 1).astype(np.int64)
    return rounded
