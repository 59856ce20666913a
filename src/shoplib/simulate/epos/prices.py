"""Prices by product and period: dated changes, scaled so that the chain takes what it is asked to take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import money, seeds
from shoplib.errors import ConfigError
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.epos.catalogue import Catalogue
from shoplib.simulate.epos.menu import KIND_OF
from shoplib.simulate.epos.promotions import BASIS_POINTS

TAX_BASIS_POINTS = 2_000  # one rate for everything, food and drink alike
STEPS_MINOR = (5, 1)  # prices end in 5 or 0; single units only where the target is too small for that
SHORTEST_WITH_CHANGES = 60
CHANGED_SHARE = 0.12
TOLERANCE = 0.01
NEAR_ENOUGH = 0.0005


@dataclass(frozen=True)
class Ladder:
    """Prices before scaling: periods × products, and the first day of each period."""

    relative: Floats
    first_days: Ints  # counted from the first day of the world; the first is 0

    def period(self, day: Ints) -> Ints:
        """Return the period each day lies in."""
        return np.searchsorted(self.first_days, day, side="right") - 1


def ladder(menu: Catalogue, when: Days, seed: int) -> Ladder:
    """Return base prices and two dated changes: drinks go up a third of the way in, food at two thirds.

    About one product in eight of those concerned changes, by 4 to 10 %, a few downwards. Changes fall on
    Mondays. Spans under 60 days have none.
    """
    rng = seeds.stream(seed, "simulate", "prices")
    relative, first_days = [menu.base_price], [0]
    food = np.array(KIND_OF)[menu.category] == 1
    if len(when) >= SHORTEST_WITH_CHANGES:
        for third, concerned in ((1, ~food), (2, food)):
            about = len(when) * third // 3
            first_days.append(about + int(-when.weekday[about]) % 7)
            changed = concerned & (rng.random(len(food)) < CHANGED_SHARE)
            step = rng.uniform(0.04, 0.10, len(food)) * np.where(rng.random(len(food)) < 0.15, -1, 1)
            relative.append(relative[-1] * np.where(changed, 1 + step, 1.0))
    return Ladder(np.array(relative), np.array(first_days))


def scaled(ladder: Ladder, sold: Floats, target_minor: float, currency: str) -> npt.NDArray[np.int64]:
    """Return prices in minor units, periods × products, at which ``sold`` brings in the target.

    ``sold`` is the number of units sold at each price, less discount and with tax. Takings rise with
    the scale in small steps, so the scale is found by halving an interval. If nothing was sold, prices stay at
    their base level. Raises ``ConfigError`` if no price of at least one minor unit comes within 1 %.
    """
    reached = 0.0
    if not sold.any():
        return _rounded(ladder, 100.0, STEPS_MINOR[0])
    for step in STEPS_MINOR:
        low, high = 0.0, 2 * target_minor / float((ladder.relative * sold).sum()) + step
        for _ in range(60):
            middle = (low + high) / 2
            reached = float((_rounded(ladder, middle, step) * sold).sum())
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


def changes(menu: Catalogue, ladder: Ladder, price: npt.NDArray[np.int64], when: Days) -> pd.DataFrame:
    """Return the truth about prices: product, first day, price before and after in minor units."""
    period, product = np.nonzero(np.diff(price, axis=0))
    return pd.DataFrame(
        {
            "product_id": pd.Series(np.array(menu.product_ids)[product], dtype="str"),
            "date": when.dates[ladder.first_days[period + 1]].astype("datetime64[s]"),
            "price_before_minor": price[period, product],
            "price_after_minor": price[period + 1, product],
        }
    )


def _rounded(ladder: Ladder, scale: float, step: int) -> npt.NDArray[np.int64]:
    return np.maximum(np.rint(ladder.relative * (scale / step)), 1).astype(np.int64) * step
