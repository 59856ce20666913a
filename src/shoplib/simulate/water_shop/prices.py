"""Prices by day and can size, with one planted change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoplib.base import money, seeds
from shoplib.config.worlds import CanSize
from shoplib.simulate.draws import Ints
from shoplib.simulate.water_shop.days import Days

SHORTEST_WITH_CHANGE = 14
STEPS = (500, 100, 50, 10, 5)  # in hundredths of a major unit: prices end in a round figure
LARGEST_STEP = 0.25  # of the price
RISE = (0.08, 0.16)


@dataclass(frozen=True)
class Prices:
    """Prices in minor units, periods × sizes, and the first day of each period, counted from the first day."""

    price: Ints
    first_days: Ints

    def of(self, day: Ints, size: Ints) -> Ints:
        """Return the price of a size on a day."""
        found: Ints = self.price[np.searchsorted(self.first_days, day, side="right") - 1, size]
        return found


def prices(sizes: Sequence[CanSize], when: Days, currency: str, seed: int) -> Prices:
    """Return the settings' prices, and from the Monday next to the middle on a higher one for one size.

    Spans under 14 days have no change. The new price ends in a round figure and is at least a step higher.
    """
    rng = seeds.stream(seed, "simulate", "water_shop", "prices")
    minor = 10 ** money.digits(currency)
    before = np.array([max(1, round(size.price * minor)) for size in sizes])
    if len(when) < SHORTEST_WITH_CHANGE:
        return Prices(before[None, :], np.zeros(1, dtype=np.int64))
    which, rise = int(rng.integers(len(sizes))), rng.uniform(*RISE)
    old = int(before[which])
    steps = [step * minor // 100 for step in STEPS]
    step = next((step for step in steps if 0 < step <= LARGEST_STEP * old), 1)
    after = before.copy()
    after[which] = max(-(-(old + 1) // step), round(old * (1 + rise) / step)) * step
    middle = len(when) // 2
    first = middle + int(-when.weekday[middle]) % 7
    return Prices(np.array([before, after]), np.array([0, min(first, len(when) - 1)]))
