"""What people want, by day, store and product: levels to expect, noise around them, planted days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.config.worlds import Assortment
from shoplib.simulate.calendar import DAYS_OF_YEAR, Days
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.retail import goods
from shoplib.simulate.retail.goods import Goods
from shoplib.simulate.retail.stores import Stores

WEEKDAY = np.array([0.88, 0.86, 0.92, 1.00, 1.20, 1.34, 0.80])  # Monday to Sunday
WEEKDAY_SPREAD = 0.06  # stores differ in their week
BANK_HOLIDAY, EVE = 0.82, 1.15
CHRISTMAS_RUN = 1.35  # the last week before Christmas
JANUARY = 0.93
TASTE_SPREAD = 0.30  # stores differ in what they sell well
LEAST_NOISE = 1e-12  # a day with nothing but noise of 0 would have nothing to draw from
NOISE_SHAPE = 60.0  # gamma: a store's day varies by 13 % beyond chance
DAYS_PER_ANOMALY = 220  # stores × days for one planted day
SHORTEST_WITH_ANOMALIES = 14


@dataclass(frozen=True)
class Demand:
    """Baskets by day and store, and the weights by which their lines fall on products."""

    baskets: Ints  # days × stores; adds up to the number of sales
    expected: Floats  # the same without noise and planted days
    factor: Floats  # days × stores: planted; 1 on ordinary days
    weights: Floats  # (days · stores) × products, noise included; rows of closed days are even


def levels(
    where: Stores, products: Goods, assortment: Mapping[str, Assortment], carried: Bools,
    shut: Ints, when: Days, offer_factor: Floats, seed: int,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return expected lines by day, store and product, and those a buyer can know of, on a common relative scale.

    A buyer knows seasons, weekdays and offers, but no trend, and takes nothing for dead.
    """
    rng = seeds.stream(seed, "simulate", "retail", "levels")
    week = WEEKDAY[None, :] * rng.lognormal(0.0, WEEKDAY_SPREAD, (len(where), 7))
    taste = products.popularity * rng.lognormal(0.0, TASTE_SPREAD, carried.shape) * carried
    by_day = np.where(when.bank_holiday, BANK_HOLIDAY, 1.0) * np.where(when.eve, EVE, 1.0)
    by_day = by_day * np.where((when.month_day >= 1218) & (when.month_day <= 1224), CHRISTMAS_RUN, 1.0)
    by_day = by_day * np.where(when.month == 1, JANUARY, 1.0)
    store_day = where.size * week[:, when.weekday].T * by_day[:, None] * (shut == 0)
    known = store_day[:, :, None] * taste[None] * goods.seasons(products, assortment, when)[:, None, :]
    known *= offer_factor
    years = np.arange(len(when))[:, None] / DAYS_OF_YEAR
    alive = np.arange(len(when))[:, None] < products.dead_from
    usual = known * (1 + where.growth * years).clip(min=0.1)[:, :, None] * alive[:, None, :]
    return usual, known


def demand(sales: int, usual: Floats, dispersion: float, when: Days, turn: int, seed: int) -> Demand:
    """Return baskets that add up to exactly ``sales``, and noisy weights for their lines.

    Each product's lines are gamma mixtures of Poissons given their expected level (negative binomial, variance
    = mean + dispersion × mean²), conditioned on the total; a store's day carries a common noise besides. Planted
    days carry their factor instead of it; spans under 14 days have none. ``turn`` counts the tries.
    """
    rng = seeds.stream(seed, "simulate", "retail", "demand", str(turn))
    level = usual.sum(axis=2)
    factor = _planted(level > 0, when, seed)
    noisy = usual if dispersion == 0 else usual * rng.gamma(1 / dispersion, dispersion, usual.shape)
    noisy = np.where((factor == 1)[:, :, None], np.maximum(noisy, LEAST_NOISE * usual), usual)
    common = np.where(factor == 1, rng.gamma(NOISE_SHAPE, 1 / NOISE_SHAPE, level.shape), factor)
    rate = noisy.sum(axis=2) * common
    baskets = rng.multinomial(sales, (rate / rate.sum()).ravel()).reshape(level.shape)
    weights = noisy.reshape(-1, usual.shape[2])
    weights[weights.sum(axis=1) == 0] = 1.0
    return Demand(baskets, sales * level / rate.sum(), factor, weights)


def _planted(open_days: Bools, when: Days, seed: int) -> Floats:
    rng = seeds.stream(seed, "simulate", "retail", "anomalies")
    factor = np.ones(open_days.shape)
    if len(when) < SHORTEST_WITH_ANOMALIES:
        return factor
    plain = open_days & ~(when.bank_holiday | when.eve)[:, None]
    candidates = np.flatnonzero(plain)
    number = min(max(1, open_days.size // DAYS_PER_ANOMALY), len(candidates))
    at = rng.choice(candidates, number, replace=False)
    low, high = rng.uniform(0.25, 0.50, number), rng.uniform(1.6, 2.2, number)
    factor.flat[at] = np.round(np.where(np.arange(number) % 2 == 0, low, high), 2)
    return factor
