"""Quantiles and tails of the few distributions that reports judge by, and slopes by ranks.

They are the special functions themselves: ``scipy.stats`` gives the same numbers, but takes half a second to import.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]


def normal_quantile(chance: float) -> float:
    """Return the value a standard normal variable stays below with a chance.

    >>> round(normal_quantile(0.975), 4)
    1.96
    """
    return float(special.ndtri(chance))


def student_quantile(chance: float, freedom: npt.ArrayLike) -> Floats:
    """Return the values that Student's t of some degrees of freedom stays below with a chance; NaN without freedom."""
    degrees = np.asarray(freedom, dtype="float64")
    return np.asarray(special.stdtrit(np.where(degrees > 0, degrees, np.nan), chance))


def student_beyond(value: npt.ArrayLike, freedom: npt.ArrayLike) -> Floats:
    """Return the chance of Student's t above values; NaN without freedom or for NaN."""
    degrees = np.asarray(freedom, dtype="float64")
    return np.asarray(special.stdtr(np.where(degrees > 0, degrees, np.nan), -np.asarray(value, dtype="float64")))


def chi_square_quantile(chance: float, freedom: npt.ArrayLike) -> Floats:
    """Return the values that a chi-square of some degrees of freedom, above 0, stays below with a chance."""
    return np.asarray(special.chdtri(np.asarray(freedom, dtype="float64"), 1 - chance))


def chi_square_beyond(value: float, freedom: float) -> float:
    """Return the chance of a chi-square of some degrees of freedom above a value."""
    return float(special.chdtrc(freedom, value))


def poisson_at_most(chance: float, mean: npt.ArrayLike) -> Floats:
    """Return the least numbers that Poisson counts of some means exceed with at most a chance; 0 for a mean of 0."""
    rate = np.asarray(mean, dtype="float64")
    safe = np.where(rate > 0, rate, 1.0)
    number = np.ceil(special.pdtrik(1 - chance, safe))
    below = np.maximum(number - 1, 0)
    return np.where(rate > 0, np.where(special.pdtr(below, safe) >= 1 - chance, below, number), 0.0)


def theil_sen(values: Floats, at: Floats, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return the median of the slopes between all pairs, and its interval (Theil 1950, Sen 1968).

    The interval is that of Kendall's statistic, its variance corrected for ties of values; no two of ``at`` are alike,
    and there are two or more.
    """
    step, rise = at[:, None] - at, values[:, None] - values
    slopes = np.sort(rise[step > 0] / step[step > 0])
    _, ties = np.unique(values, return_counts=True)
    variance = (_pairs(np.asarray([len(values)])) - _pairs(ties)) / 18
    reach = -normal_quantile((1 - confidence) / 2) * math.sqrt(max(variance, 0.0))
    high = min(round((len(slopes) + reach) / 2), len(slopes) - 1)
    low = max(round((len(slopes) - reach) / 2) - 1, 0)
    return float(np.median(slopes)), float(slopes[low]), float(slopes[high])


def _pairs(sizes: npt.NDArray[np.integer]) -> float:
    return float((sizes * (sizes - 1) * (2 * sizes + 5)).sum())
