"""Ranks that are apart only where the days say so, and the tests behind them: equal things share a rank.

Takings of neighbouring days are alike, and those of one weekday are too; a test that takes days for independent finds
differences where there are none. So days are gathered into whole weeks where there are enough, and what is left of
likeness between neighbours widens the interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.sales import chances

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CONFIDENCE = 0.95
WEEK = 7
FEWEST = 8
"""Fewest units, weeks or days, that anything is judged by. With fewer whole weeks than this, days are the units."""
MOST_LIKENESS = 0.9
FEWEST_APART = 4
"""However alike neighbours are, units are worth as many that stand apart."""


@dataclass(frozen=True)
class Estimate:
    """Means over units, one a column: how many units, their mean, its standard error and degrees of freedom.

    Error and freedom are NaN with fewer than :data:`FEWEST` units.
    """

    units: Ints
    mean: Floats
    error: Floats
    freedom: Floats

    @property
    def half(self) -> Floats:
        """Half the width of the 95 % interval of each mean."""
        return np.asarray(chances.student_quantile((1 + CONFIDENCE) / 2, self.freedom) * self.error)

    def chance(self, of: float = 0.0) -> Floats:
        """Return how likely a mean as far from ``of`` is by chance (two-sided p), NaN where nothing can be judged."""
        away = np.abs(self.mean - of)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where((self.error == 0) & (away == 0), 0.0, away / self.error)
        return np.asarray(2 * chances.student_beyond(t, self.freedom))


def ranked(daily: pd.DataFrame) -> pd.DataFrame:
    """Return the items of ``daily`` in order of their totals: item, days, total, mean, low, high, rank.

    ``daily`` has a row a calendar day, in order without gaps, and a column an item; a day on which an item was closed
    is NaN. ``low`` and ``high`` are the 95 % interval of its mean by open day. Ranks are texts: ``1``, ``2=``, ``2=``,
    ``4``. A new rank begins only with an item that lies below the first of the current rank, on the days both were
    open, beyond chance: Student's t over the differences of whole weeks (of days where there are fewer than
    :data:`FEWEST` weeks), all pairs together kept at 5 % after Holm (1979). Items with fewer units have neither
    interval nor rank. Ties in total keep the order of the columns.
    """
    values = daily.to_numpy(dtype="float64")
    known = ~np.isnan(values)
    days, total = known.sum(axis=0), np.where(known, values, 0.0).sum(axis=0)
    order = np.lexsort((np.arange(values.shape[1]), -total, days == 0))
    own = estimate(gathered(values))
    mean = np.where(days > 0, total / np.maximum(days, 1), np.nan)
    return pd.DataFrame(
        {
            "item": np.asarray(daily.columns, dtype=object)[order],
            "days": days[order],
            "total": np.where(days > 0, total, np.nan)[order],
            "mean": mean[order],
            "low": (mean - own.half)[order],
            "high": (mean + own.half)[order],
            "rank": shared_ranks(values[:, order], np.isfinite(own.freedom)[order]),
        }
    )


def shared_ranks(values: Floats, judged: npt.NDArray[np.bool_]) -> list[str]:
    """Return the rank of each column of daily values, which are in order of rank; ``""`` where it is not judged."""
    at = np.flatnonzero(judged)
    if not len(at):
        return [""] * len(judged)
    below = _below(values[:, at])
    groups: list[list[int]] = [[0]]
    for item in range(1, len(at)):
        if below[groups[-1][0], item]:
            groups.append([item])
        else:
            groups[-1].append(item)
    ranks = [""] * len(judged)
    for group in groups:
        text = f"{group[0] + 1}{'=' if len(group) > 1 else ''}"
        for item in group:
            ranks[at[item]] = text
    return ranks


def _below(values: Floats) -> npt.NDArray[np.bool_]:
    """Return which item (column) lies below which (row) beyond chance; all pairs are judged together."""
    items = values.shape[1]
    known = ~np.isnan(values)
    usual = np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    least = _likeness(gathered(values - usual[:, None]))
    p, gap = np.full((items, items), np.nan), np.zeros((items, items))
    for first in range(items - 1):
        found = estimate(gathered(values[:, first : first + 1] - values[:, first + 1 :]), least)
        p[first, first + 1 :], gap[first, first + 1 :] = found.chance(), found.mean
    return np.asarray((holm(p) < 1 - CONFIDENCE) & (gap > 0))


def gathered(daily: Floats) -> Floats:
    """Return means of open days by whole week, counted back from the last day; days where the weeks are too few.

    A week in which an item was closed is NaN. Weekdays and most of the likeness of neighbouring days are gone in them.
    """
    weeks = len(daily) // WEEK
    if weeks < FEWEST:
        return daily
    blocks = daily[len(daily) - weeks * WEEK :].reshape(weeks, WEEK, daily.shape[1])
    known = ~np.isnan(blocks)
    number = known.sum(axis=1)
    total = np.where(known, blocks, 0.0).sum(axis=1)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def estimate(units: Floats, least_likeness: float = 0.0) -> Estimate:
    """Return the mean of each column of units in the order of time, NaN being left out, and how sure it is.

    The variance of the mean is widened by ``(1 + r) ÷ (1 − r)`` where neighbouring units are alike: r is their
    correlation, mended for its bias of ``−1 ÷ n`` (Bayley and Hammersley, 1946; Kendall, 1954), or ``least_likeness``
    if that is higher; freedom shrinks alike.
    """
    number, mean, squares, beside = _moments(units)
    enough, count = number >= FEWEST, np.maximum(number, 1)
    alike = np.where(squares > 0, beside / np.where(squares > 0, squares, 1.0) + 1 / count, 0.0)
    alike = np.clip(alike, least_likeness, MOST_LIKENESS)
    wider = np.clip((1 + alike) / (1 - alike), 1.0, np.maximum(count / FEWEST_APART, 1.0))
    error = np.sqrt(squares / np.maximum(count - 1, 1) / count * wider)
    freedom = np.maximum(number / wider - 1, 1.0)
    return Estimate(
        number,
        np.where(number > 0, mean, np.nan),
        np.where(enough, error, np.nan),
        np.where(enough, freedom, np.nan),
    )


def _moments(units: Floats) -> tuple[Ints, Floats, Floats, Floats]:
    """Return number and mean of each column, its sum of squares, and of products of neighbours, both about the mean."""
    known = ~np.isnan(units)
    number = known.sum(axis=0)
    mean = np.where(known, units, 0.0).sum(axis=0) / np.maximum(number, 1)
    away = np.where(known, units - mean, 0.0)
    return number, mean, (away**2).sum(axis=0), (away[1:] * away[:-1]).sum(axis=0)


def _likeness(units: Floats) -> float:
    """Return how alike neighbouring units are in all columns together, from 0 to :data:`MOST_LIKENESS`.

    One series alone tells too little of it: of many pairs, the pair farthest apart is one whose likeness was missed.
    """
    number, _, squares, beside = _moments(units)
    if not squares.sum() > 0:
        return 0.0
    length = float(number.max())
    found = (length * beside.sum() / squares.sum() + 1) / max(length - 4, 1)
    return float(np.clip(found, 0.0, MOST_LIKENESS))


def holm(p: Floats) -> Floats:
    """Return p-values that can be held against one level together (Holm, 1979), in the shape given; NaN stays NaN.

    >>> holm(np.array([0.04, 0.01, np.nan, 0.03])).round(2).tolist()
    [0.06, 0.03, nan, 0.06]
    """
    given = p.ravel()
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    found = np.full(len(given), np.nan)
    found[order] = np.minimum(np.maximum.accumulate(given[order] * np.arange(len(order), 0, -1)), 1.0)
    return found.reshape(p.shape)
