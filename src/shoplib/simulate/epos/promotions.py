"""Offers: when they run, whom they bring in, what they take off the bill."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.simulate import draws
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.epos.places import TYPES

BASIS_POINTS = 10_000
HOURS_A_DAY = 24
LOYALTY_SHARE = 0.035  # of transactions shown a loyalty card, any time
LOYALTY_BASIS_POINTS = 1_000


@dataclass(frozen=True)
class Offer:
    """One offer at one type of place, every year between two days, on some weekdays and hours."""

    name: str
    kind: str
    first: int  # month × 100 + day
    last: int
    weekdays: tuple[int, ...]
    from_hour: int
    to_hour: int  # not included
    basis_points: int  # of the subtotal
    uptake: float  # share of the transactions then and there that use it
    uplift: float  # of the day's transactions


ALL_WEEK = (0, 1, 2, 3, 4, 5, 6)
OFFERS = (
    Offer("Happy hour", "bar", 101, 1231, (0, 1, 2, 3), 17, 19, 2_000, 0.80, 1.00),
    Offer("Quiz night", "pub", 101, 1231, (1,), 19, 22, 1_000, 0.60, 1.00),
    Offer("January lunch", "restaurant", 108, 131, (0, 1, 2, 3, 4), 12, 15, 1_500, 0.75, 1.15),
    Offer("Spring set menu", "restaurant", 408, 421, (0, 1, 2, 3), 12, 22, 1_500, 0.60, 1.20),
    Offer("Summer evenings", "pub", 701, 714, ALL_WEEK, 17, 21, 1_000, 0.55, 1.15),
    Offer("Cocktail fortnight", "bar", 1007, 1020, ALL_WEEK, 17, 24, 1_500, 0.50, 1.20),
    Offer("Afternoon cake", "cafe", 909, 1011, (0, 1, 2, 3, 4), 14, 16, 1_500, 0.60, 1.06),
)


def uplift(when: Days) -> Floats:
    """Return the factor offers put on each day's transactions: types × days."""
    factor = np.ones((len(TYPES), len(when)))
    for offer in OFFERS:
        factor[TYPES.index(offer.kind), runs(offer, when)] *= offer.uplift
    return factor


def runs(offer: Offer, when: Days) -> Bools:
    """Return on which days an offer runs."""
    in_season = (when.month_day >= offer.first) & (when.month_day <= offer.last)
    return in_season & np.isin(when.weekday, offer.weekdays)


@dataclass(frozen=True)
class Discounts:
    """What is off at each hour of each day at each type of place, in flat arrays: type × days × hours."""

    basis_points: Ints  # of the offer then and there, 0 for none
    uptake: Floats  # share of transactions that use it
    days: int

    def drawn(self, rng: np.random.Generator, kind: Ints, day: Ints, hour: Ints) -> Ints:
        """Return the discount of each transaction in basis points of its subtotal; most have none."""
        at = (kind * self.days + day) * HOURS_A_DAY + hour
        used = draws.chance(draws.words(rng, len(at)), self.uptake.astype(np.float32).take(at))
        shown = draws.chance(draws.words(rng, len(at)), LOYALTY_SHARE)
        offer = self.basis_points.take(at)
        loyal = shown * np.int32(LOYALTY_BASIS_POINTS)
        return loyal + (offer - loyal) * used

    def expected(self) -> Floats:
        """Return the mean discount in basis points: types × days × hours."""
        loyal = LOYALTY_SHARE * LOYALTY_BASIS_POINTS
        mean: Floats = self.uptake * self.basis_points + (1 - self.uptake) * loyal
        return mean.reshape(len(TYPES), self.days, HOURS_A_DAY)


def discounts(when: Days) -> Discounts:
    """Return what is off when and where; of two offers at a time the later one of the list runs."""
    basis_points = np.zeros((len(TYPES), len(when), HOURS_A_DAY), dtype=np.int32)
    uptake = np.zeros(basis_points.shape)
    for offer in OFFERS:
        kind, on = TYPES.index(offer.kind), np.flatnonzero(runs(offer, when))
        basis_points[kind, on, offer.from_hour : offer.to_hour] = offer.basis_points
        uptake[kind, on, offer.from_hour : offer.to_hour] = offer.uptake
    return Discounts(basis_points.ravel(), uptake.ravel(), len(when))


def calendar(when: Days, kinds: Ints) -> pd.DataFrame:
    """Return the truth about offers: one row an offer and run of it that touches the world.

    Runs are cut to the world's days; offers for types of place that ``kinds`` lacks are left out.
    """
    present = {TYPES[kind] for kind in kinds.tolist()}
    first_day, last_day = when.dates[0].item(), when.dates[-1].item()
    rows = []
    for offer in OFFERS:
        for year in range(first_day.year, last_day.year + 1):
            start, end = (dt.date(year, *divmod(edge, 100)) for edge in (offer.first, offer.last))
            if offer.kind in present and start <= last_day and end >= first_day:
                rows.append((offer, max(start, first_day), min(end, last_day)))
    return pd.DataFrame(
        {
            "promotion": pd.Series([offer.name for offer, _, _ in rows], dtype="str"),
            "location_type": pd.Series([offer.kind for offer, _, _ in rows], dtype="str"),
            "start": np.array([start for _, start, _ in rows], dtype="datetime64[s]"),
            "end": np.array([end for _, _, end in rows], dtype="datetime64[s]"),
            "weekdays": pd.Series([" ".join(map(str, offer.weekdays)) for offer, _, _ in rows], dtype="str"),
            "from_hour": np.array([offer.from_hour for offer, _, _ in rows], dtype=np.int64),
            "to_hour": np.array([offer.to_hour for offer, _, _ in rows], dtype=np.int64),
            "discount_share": np.array([offer.basis_points / BASIS_POINTS for offer, _, _ in rows], dtype=np.float64),
            "demand_factor": np.array([offer.uplift for offer, _, _ in rows], dtype=np.float64),
        }
    )
