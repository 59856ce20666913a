"""How many customers each place sees on each day: season, weekday, holidays, promotions, noise, planted days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate.calendar import DAYS_OF_YEAR, Days, closures
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.epos import promotions
from shoplib.simulate.epos.places import Places

# Monday to Sunday, one row a type: restaurant, bar, pub, café.
WEEKDAY = np.array(
    [
        [0.68, 0.72, 0.84, 0.98, 1.42, 1.58, 1.12],
        [0.52, 0.58, 0.74, 0.98, 1.66, 1.82, 0.76],
        [0.68, 0.74, 0.84, 0.96, 1.34, 1.48, 1.22],
        [0.86, 0.90, 0.94, 0.96, 1.06, 1.34, 1.08],
    ]
)
MONTH = np.array(
    [  # January to December: a thin January, gardens in summer, December parties
        [0.84, 0.96, 0.97, 0.98, 1.02, 1.01, 1.02, 1.00, 0.99, 0.99, 0.99, 1.18],
        [0.80, 0.93, 0.97, 0.98, 1.02, 1.02, 1.01, 0.98, 1.01, 1.03, 1.03, 1.26],
        [0.82, 0.89, 0.93, 0.99, 1.09, 1.14, 1.18, 1.16, 1.04, 0.95, 0.91, 1.10],
        [0.94, 0.97, 0.98, 1.00, 1.01, 1.00, 1.02, 1.04, 0.99, 1.01, 1.02, 1.06],
    ]
)
SPECIAL = {  # month × 100 + day: factor for each type
    101: (0.80, 0.45, 0.95, 0.55),
    214: (1.55, 1.15, 1.05, 1.15),
    1031: (1.00, 1.25, 1.10, 1.00),
    1224: (0.90, 1.05, 1.35, 0.90),
    1226: (0.70, 0.55, 0.95, 0.60),
    1231: (1.30, 1.55, 1.35, 0.85),
}
BANK_HOLIDAY = np.array([1.20, 1.05, 1.35, 1.10])
EVE = np.array([1.10, 1.35, 1.12, 1.00])
GROWTH_A_YEAR = 0.04
LEAST_NOISE = 1e-6  # some day must have room for the transactions
DAYS_PER_ANOMALY = 260  # places × days for one planted day
SHORTEST_WITH_ANOMALIES = 14


@dataclass(frozen=True)
class Demand:
    """Places × days: how many transactions there are, how many were to be expected, and why not."""

    counts: Ints
    expected: Floats  # without noise and planted days
    factor: Floats  # planted; 1 on ordinary days
    christmas: Bools
    repairs: Bools


def demand(transactions: int, where: Places, when: Days, dispersion: float, seed: int) -> Demand:
    """Return counts that add up to exactly ``transactions``.

    Each count is negative binomial given the expected level, with variance ``mean + dispersion × mean²``: a
    gamma mixture of Poissons conditioned on their sum, which is a multinomial. Planted days carry no gamma
    noise: their factor is what stands in the truth. Spans under 14 days have none.
    """
    christmas, repairs = closures(when, len(where.ids), seed)
    level = _level(where, when) * ~(christmas | repairs)
    factor = _planted(level > 0, when, seed)
    rng = seeds.stream(seed, "simulate", "demand")
    noise = rng.gamma(1 / dispersion, dispersion, level.shape) if dispersion else np.ones(level.shape)
    rate = level * np.where(factor == 1, np.maximum(noise, LEAST_NOISE), factor)
    counts = rng.multinomial(transactions, (rate / rate.sum()).ravel()).reshape(level.shape)
    return Demand(
        counts=counts,
        expected=transactions * level / rate.sum(),
        factor=factor,
        christmas=christmas,
        repairs=repairs,
    )


def _level(where: Places, when: Days) -> Floats:
    day = np.arange(len(when))
    by_type = WEEKDAY[:, when.weekday] * _season(when) * (1 + GROWTH_A_YEAR * day / DAYS_OF_YEAR)
    by_type *= np.where(when.bank_holiday, BANK_HOLIDAY[:, None], 1.0) * np.where(when.eve, EVE[:, None], 1.0)
    for month_day, factors in SPECIAL.items():
        by_type[:, when.month_day == month_day] *= np.array(factors)[:, None]
    by_type *= promotions.uplift(when)
    return where.size[:, None] * by_type[where.kinds]


def _season(when: Days) -> Floats:
    """Return the monthly level read off smoothly between the middles of months; December keeps its step."""
    middle = np.arange(-1, 13) * (DAYS_OF_YEAR / 12) + DAYS_OF_YEAR / 24
    smooth = np.array([np.interp(when.of_year, middle, [row[-2], *row[:-1], row[-2], row[0]]) for row in MONTH])
    return np.where(when.month == 12, MONTH[:, 11:12], smooth)


def _planted(open_days: Bools, when: Days, seed: int) -> Floats:
    rng = seeds.stream(seed, "simulate", "anomalies")
    factor = np.ones(open_days.shape)
    if len(when) < SHORTEST_WITH_ANOMALIES:
        return factor
    plain = open_days & ~(when.bank_holiday | when.eve | np.isin(when.month_day, list(SPECIAL)))
    candidates = np.flatnonzero(plain)
    number = min(max(1, open_days.size // DAYS_PER_ANOMALY), len(candidates))
    at = rng.choice(candidates, number, replace=False)
    low, high = rng.uniform(0.15, 0.40, number), rng.uniform(1.80, 2.50, number)
    factor.flat[at] = np.round(np.where(np.arange(number) % 2 == 0, low, high), 2)
    return factor
