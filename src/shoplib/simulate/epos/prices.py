"""Prices by product and period: dated changes, scaled so that the chain takes what it is asked to take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import money, seeds
from shoplib.errors import ConfigError
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.epos.catalogue import Catalogue
from shoplib.simulate.epos.menu import KIND_OF
from shoplib.simulate.epos.promotions import BASIS_POINTS

TAX_BASIS_POINTS = 2_000  # one rate for everything, food and drink alike
STEPS_MINOR = (5, 1)  # prices end in 5 or 0; single units only where the target is too small for that
SHORTEST_WITH_CHANGES = 60
CHANGED_SHARE = 0.12
WITH_COST_SHARE = 0.5  # of the changed prices
COST_ONLY_SHARE = 0.05
NO_COST_SHARE = 0.04
TOLERANCE = 0.01
NEAR_ENOUGH = 0.0005


@dataclass(frozen=True)
class Ladder:
    """Prices and costs before scaling: periods × products, and the first day of each period."""

    price: Floats
    cost: Floats
    first_days: Ints  # counted from the first day of the world; the first is 0
    cost_known: Bools  # products whose cost is written down

    def period(self, day: Ints) -> Ints:
        """Return the period each day lies in."""
        return np.searchsorted(self.first_days, day, side="right") - 1


@dataclass(frozen=True)
class Prices:
    """Prices and costs in minor units: periods × products."""

    price: npt.NDArray[np.int64]
    cost: npt.NDArray[np.int64]


def ladder(menu: Catalogue, when: Days, seed: int) -> Ladder:
    """Return base prices and costs and three dated changes, all on Mondays.

    Drinks go up a third of the way in, food at two thirds: about one product in eight of those concerned, by 4 to
    10 %, a few downwards; for half of them the cost has changed as well. Half-way a few costs rise and prices stay.
    Spans under 60 days have no changes. About one product in 25 has no cost written down.
    """
    rng = seeds.stream(seed, "simulate", "prices")
    food = np.array(KIND_OF)[menu.category] == 1
    price, cost, first_days = [menu.base_price], [menu.base_price * menu.cost_share], [0]
    if len(when) >= SHORTEST_WITH_CHANGES:
        for sixths, concerned in ((2, ~food), (3, None), (4, food)):
            about = len(when) * sixths // 6
            first_days.append(about + int(-when.weekday[about]) % 7)
            step = rng.uniform(0.04, 0.10, len(food)) * np.where(rng.random(len(food)) < 0.15, -1, 1)
            if concerned is None:
                dearer = rng.random(len(food)) < COST_ONLY_SHARE
                price.append(price[-1])
                cost.append(cost[-1] * np.where(dearer, 1 + np.abs(step), 1.0))
            else:
                changed = concerned & (rng.random(len(food)) < CHANGED_SHARE)
                with_cost = changed & (rng.random(len(food)) < WITH_COST_SHARE)
                price.append(price[-1] * np.where(changed, 1 + step, 1.0))
                cost.append(cost[-1] * np.where(with_cost, 1 + step, 1.0))
    unknown = rng.permutation(len(food))[: round(NO_COST_SHARE * len(food))]
    return Ladder(np.array(price), np.array(cost), np.array(first_days), ~np.isin(np.arange(len(food)), unknown))


def scaled(ladder: Ladder, sold: Floats, target_minor: float, currency: str) -> Prices:
    """Return the prices and costs at which ``sold`` brings in the target.

    ``sold`` is the number of units sold at each price, less discount and with tax. Takings rise with
    the scale in small steps, so the scale is found by halving an interval. If nothing was sold, prices stay at
    their base level. Raises ``ConfigError`` if no price of at least one minor unit comes within 1 %.
    """
    reached = 0.0
    if not sold.any():
        return _rounded(ladder, 100.0, STEPS_MINOR[0])
    for step in STEPS_MINOR:
        low, high = 0.0, 2 * target_minor / float((ladder.price * sold).sum()) + step
        for _ in range(60):
            middle = (low + high) / 2
            reached = float((_rounded(ladder, middle, step).price * sold).sum())
            low, high = (middle, high) if reached < target_minor else (low, middle)
            if abs(reached / target_minor - 1) < NEAR_ENOUGH:
                break
        if abs(reached / target_minor - 1) < TOLERANCE / 2:
            return _rounded(ladder, middle, step)
    raise ConfigError(
        "No prices bring in the target revenue",
        where="simulate.target_revenue",
        found=(
            f"{money.show(round(target_minor), currency)} asked for from these transactions; "
            f"the nearest prices bring in {money.show(round(reached), currency)}"
        ),
        wanted="a target that prices of at least one minor unit can meet within 1 %",
        next_step="raise simulate.target_revenue",
    )


def taxed(subtotal: Ints, discount_basis_points: Ints) -> tuple[Ints, Ints, Ints]:
    """Return discount, tax and total of each subtotal, each rounded once, half a minor unit upwards.

    >>> [int(part[0]) for part in taxed(np.array([1005]), np.array([1000]))]
    [101, 181, 1085]
    """
    discount = (subtotal * discount_basis_points + BASIS_POINTS // 2) // BASIS_POINTS
    net = subtotal - discount
    tax = (net * TAX_BASIS_POINTS + BASIS_POINTS // 2) // BASIS_POINTS
    return discount, tax, net + tax


def dated(menu: Catalogue, ladder: Ladder, prices: Prices, when: Days) -> pd.DataFrame:
    """Return what each product cost and sold for, from which day on; an unknown cost is missing."""
    changed = np.any([np.diff(of, axis=0) != 0 for of in (prices.price, prices.cost * ladder.cost_known)], axis=0)
    starts = np.concatenate([np.ones((1, changed.shape[1]), dtype=bool), changed])
    product, period = np.nonzero(starts.T)
    return pd.DataFrame(
        {
            "product_id": pd.Series(np.array(menu.product_ids, dtype=object)[product], dtype="str"),
            "valid_from": when.dates[ladder.first_days[period]].astype("datetime64[s]"),
            "unit_price_minor": prices.price[period, product],
            "unit_cost_minor": known(prices.cost[period, product], ladder.cost_known[product]),
        }
    )


def known(cost: Ints, written_down: Bools) -> pd.Series:
    """Return costs, missing where they are not written down."""
    return pd.Series(cost, dtype="Int64").where(pd.Series(written_down))


def changes(menu: Catalogue, ladder: Ladder, prices: Prices, when: Days) -> pd.DataFrame:
    """Return the truth about prices and costs: product, first day, both before and after in minor units."""
    changed = (np.diff(prices.price, axis=0) != 0) | (np.diff(prices.cost, axis=0) != 0)
    period, product = np.nonzero(changed)
    return pd.DataFrame(
        {
            "product_id": pd.Series(np.array(menu.product_ids, dtype=object)[product], dtype="str"),
            "date": when.dates[ladder.first_days[period + 1]].astype("datetime64[s]"),
            "price_before_minor": prices.price[period, product],
            "price_after_minor": prices.price[period + 1, product],
            "cost_before_minor": prices.cost[period, product],
            "cost_after_minor": prices.cost[period + 1, product],
        }
    )


def _rounded(ladder: Ladder, scale: float, step: int) -> Prices:
    price = np.maximum(np.rint(ladder.price * (scale / step)), 1).astype(np.int64) * step
    return Prices(price, np.rint(ladder.cost * scale).astype(np.int64))
