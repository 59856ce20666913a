"""What a product sells for and costs, day by day: dated changes of price and of cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.base import seeds
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.retail.goods import Goods, rounded

SHORTEST_WITH_CHANGES = 60
PRICE_PARTS = (1 / 3, 2 / 3)  # of the span: about then list prices change
COST_PARTS = (0.2, 0.6)
CHANGED_SHARE = 0.14
DOWNWARD_SHARE = 0.15


@dataclass(frozen=True)
class Ladder:
    """Amounts in minor units, periods × products; ``first_days`` counts from the first of the world, from 0."""

    amounts: Ints
    first_days: Ints

    def period(self, day: Ints) -> Ints:
        """Return the period each day lies in."""
        return np.searchsorted(self.first_days, day, side="right") - 1

    def at(self, day: Ints, product: Ints) -> Ints:
        """Return the amount of each product on each day."""
        return self.amounts[self.period(day), product]


def price_ladder(products: Goods, when: Days, seed: int) -> Ladder:
    """Return list prices: on two Mondays about one product in seven changes by 4 to 10 %, a few downwards."""
    return _ladder(products.price, when, PRICE_PARTS, (0.04, 0.10), seeds.stream(seed, "simulate", "retail", "prices"))


def cost_ladder(products: Goods, when: Days, seed: int) -> Ladder:
    """Return the first supplier's costs: on two Mondays about one product in seven changes by 3 to 9 %."""
    start = products.price * products.cost_share
    return _ladder(start, when, COST_PARTS, (0.03, 0.09), seeds.stream(seed, "simulate", "retail", "costs"))


def dated(products: Goods, price: Ladder, cost: Ladder) -> tuple[Ints, Ints, Ints, Ints]:
    """Return product, first day, price and cost of every dated row: one a product, and one a change of either."""
    first_days = np.unique(np.concatenate([price.first_days, cost.first_days]))
    everything = np.arange(len(products))
    both = [ladder.amounts[ladder.period(first_days)] for ladder in (price, cost)]
    changed = np.ones((len(first_days), len(products)), dtype=bool)
    changed[1:] = (np.diff(both[0], axis=0) != 0) | (np.diff(both[1], axis=0) != 0)
    product, period = np.nonzero(changed.T)
    return everything[product], first_days[period], both[0][period, product], both[1][period, product]


def changes(products: Goods, price: Ladder, cost: Ladder, when: Days) -> pd.DataFrame:
    """Return the truth about changes: product, what (price or cost), day, before and after in minor units."""
    parts = []
    for what, ladder in (("price", price), ("cost", cost)):
        period, product = np.nonzero(np.diff(ladder.amounts, axis=0))
        parts.append(
            pd.DataFrame(
                {
                    "product_id": pd.Series(np.array(products.ids)[product], dtype="str"),
                    "what": pd.Series([what] * len(product), dtype="str"),
                    "date": when.dates[ladder.first_days[period + 1]].astype("datetime64[s]"),
                    "before_minor": ladder.amounts[period, product],
                    "after_minor": ladder.amounts[period + 1, product],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _ladder(
    start: Floats, when: Days, parts: tuple[float, ...], change: tuple[float, float], rng: np.random.Generator
) -> Ladder:
    levels, first_days = [start], [0]
    if len(when) >= SHORTEST_WITH_CHANGES:
        for part in parts:
            about = int(len(when) * part)
            first_days.append(about + int(-when.weekday[about]) % 7)
            changed: Bools = rng.random(len(start)) < CHANGED_SHARE
            step = rng.uniform(*change, len(start)) * np.where(rng.random(len(start)) < DOWNWARD_SHARE, -1, 1)
            levels.append(levels[-1] * np.where(changed, 1 + step, 1.0))
    return Ladder(rounded(np.array(levels)), np.array(first_days))
