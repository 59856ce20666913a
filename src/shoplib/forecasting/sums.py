"""The sum of all coming days with its band, which is not the sum of the bands of its days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.forecasting.engine import USED, Expected
from shoplib.forecasting.panel import Floats

Z_80 = 1.2816
"""Half-width of the middle 80% of a normal law, in standard deviations."""


@dataclass(frozen=True)
class Range:
    """An expected sum with its band; bounds are ``None`` where no trial tells them."""

    expected: float
    low: float | None
    high: float | None


def of_sum(one: Expected, row: int = 0) -> Range:
    """Return the sum expected of a series over all coming days, with the band that 80% of such sums lie in.

    The half-width is a share of the sum: the larger of 1.28 times the root mean square of what whole trials were off
    by, and of 1.28 σ √(h (1 + ρ) / (1 − ρ)) over h days, where σ is the root mean square of daily errors as a share of
    the mean day and ρ their correlation with the day after in the same trial, 0 at least (the variance of a sum of a
    first-order autoregression; Bartlett 1946). It never exceeds 1.28 σ h, errors that are all alike.
    """
    expected = float(np.nansum(one.mean[row]))
    if not len(one.trials.cutoffs):
        return Range(expected, None, None)
    said, was = one.trials.mean(USED)[:, row], one.trials.actual[:, row]
    off = np.where(np.isnan(was), 0.0, said - np.nan_to_num(was))
    level = float(np.nanmean(said))
    if level <= 0:
        return Range(expected, None, None)
    whole = Z_80 * float(np.sqrt(np.mean((off.sum(axis=1) / (level * said.shape[1])) ** 2)))
    share = min(max(whole, _daily(off / level)), 1.0)
    return Range(expected, expected * (1 - share), expected * (1 + share))


def _daily(off: Floats) -> float:
    """Return the half-width that daily errors (trials, days), as shares of a day, make of their sum, as its share."""
    days = off.shape[1]
    square = float(np.mean(off**2))
    alike = float(np.mean(off[:, :-1] * off[:, 1:])) / square if square > 0 and days > 1 else 0.0
    alike = min(max(alike, 0.0), 1 - 1e-9)
    return Z_80 * float(np.sqrt(square * min((1 + alike) / (1 - alike), days) / days))
