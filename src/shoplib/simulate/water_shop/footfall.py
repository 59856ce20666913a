"""How many people come on each day: weekday, heat, holidays, chance beyond chance, and planted days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplib.base import seeds
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.water_shop.days import Days

WEEKDAY = np.array([0.98, 0.94, 0.95, 0.97, 1.00, 1.08, 1.12])  # Monday to Sunday
HOLIDAY = 1.12
PER_DEGREE = 0.03  # more visits for each degree above the span's mean
HEAT_BOUNDS = (0.6, 1.5)
DAYS_PER_ANOMALY = 18
SHORTEST_WITH_ANOMALIES = 14
SHORTEST_WITH_OUTAGE = 28
QUIET, BUSY, OUTAGE = "road closed", "town water cut off", "UPI out of order"


@dataclass(frozen=True)
class Flow:
    """Footfall of each day, relative to a usual day."""

    level: Floats  # to be expected; mean 1 over open days, 0 on closed ones
    rate: Floats  # level with noise and planted days
    factor: Floats  # planted; 1 on ordinary days
    what: npt.NDArray[np.object_]  # what was planted; empty on ordinary days


def flow(when: Days, dispersion: float, seed: int) -> Flow:
    """Return the footfall of each day.

    Gamma noise of variance ``dispersion`` makes counts negative binomial. Planted days carry none: their factor is
    what stands in the truth. Spans under 14 days have no planted days; from 28 days on there is also a day on which
    UPI does not work, with ordinary footfall.
    """
    heat = 1 + PER_DEGREE * (when.temperature_c - when.temperature_c.mean())
    level = WEEKDAY[when.weekday] * np.where(when.holiday, HOLIDAY, 1.0) * np.clip(heat, *HEAT_BOUNDS)
    level = level * when.open
    level /= level[when.open].mean()
    factor, what = _planted(when, seed)
    rng = seeds.stream(seed, "simulate", "water_shop", "footfall")
    noise = rng.gamma(1 / dispersion, dispersion, len(when)) if dispersion else np.ones(len(when))
    return Flow(level, level * np.where(factor == 1, noise, factor), factor, what)


def drawn(flow: Flow, a_usual_day: float, seed: int) -> Ints:
    """Return how many come on each day if ``a_usual_day`` come on a usual one; negative binomial."""
    return seeds.stream(seed, "simulate", "water_shop", "arrivals").poisson(a_usual_day * flow.rate)


def shared_out(flow: Flow, total: int, seed: int) -> Ints:
    """Return how many come on each day if exactly ``total`` come: ``drawn`` given its sum, a multinomial."""
    rng = seeds.stream(seed, "simulate", "water_shop", "arrivals")
    return rng.multinomial(total, flow.rate / flow.rate.sum())


def _planted(when: Days, seed: int) -> tuple[Floats, npt.NDArray[np.object_]]:
    rng = seeds.stream(seed, "simulate", "water_shop", "anomalies")
    factor, what = np.ones(len(when)), np.full(len(when), "", dtype=object)
    if len(when) < SHORTEST_WITH_ANOMALIES:
        return factor, what
    plain = np.flatnonzero(when.open & ~when.holiday)
    number = min(max(1, len(when) // DAYS_PER_ANOMALY), len(plain))
    outage = int(len(when) >= SHORTEST_WITH_OUTAGE and number < len(plain))
    at = rng.choice(plain, number + outage, replace=False)
    low, high = rng.uniform(0.30, 0.50, number), rng.uniform(1.60, 2.00, number)
    is_low = np.arange(number) % 2 == 0
    factor[at[:number]] = np.round(np.where(is_low, low, high), 2)
    what[at[:number]] = np.where(is_low, QUIET, BUSY)
    what[at[number:]] = OUTAGE
    return factor, what
