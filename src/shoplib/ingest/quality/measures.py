"""A table of rows by day as measures: the mean of a number, the share of a word, the share of empty cells.

Each measure is a sum and a count a day, so that days can be compared whatever their number of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

TAILS = (0.005, 0.995)
MOSTLY = 0.5
FEWEST = 10
OTHERS = "any other"
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Measure:
    """One measure: ``sums`` and ``counts`` by day, the last of which is the one that is judged.

    ``spread`` is the variance of one row on the days before; ``share`` says whether rows are 0 or 1.
    """

    column: str
    word: str
    kind: str
    sums: Floats
    counts: Floats
    spread: float
    share: bool


def number(column: str, cells: Floats, days: NDArray[np.intp], last: int) -> list[Measure]:
    """Return the mean of a column of numbers, far ends drawn in; mostly 0, also the share of the others and their mean.

    Cells beyond the 0.5% and 99.5% points of the days before count as these points (winsorised: Tukey, The Future of
    Data Analysis, 1962), so that one mistyped price does not hide or make a shift.
    """
    known = ~np.isnan(cells)
    before = known & (days < last)
    if not before.any():
        return []
    if float((cells[before] == 0).mean()) > MOSTLY:
        filled = cells != 0
        return [
            _share(column, "", "other than 0", filled[known], days[known], last),
            *number(column, np.where(filled, cells, np.nan), days, last),
        ]
    low, high = np.quantile(cells[before], TAILS)
    drawn = np.clip(cells[known], low, high)
    spread = _within(drawn, days[known], last)
    sums = np.bincount(days[known], weights=drawn, minlength=last + 1).astype("float64")
    return [Measure(column, "", "mean", sums, _counts(days[known], last), spread, False)] if spread > 0 else []


def _within(cells: Floats, days: NDArray[np.intp], last: int) -> float:
    """Return the variance of rows within a usual day before: the median of the days', so that odd days do not count."""
    counts = _counts(days, last)[:last]
    sums, squares = (np.bincount(days, weights=cells**power, minlength=last + 1)[:last] for power in (1, 2))
    several = counts > 1
    n = counts[several]
    if not len(n):
        return 0.0
    variances = (squares[several] - sums[several] ** 2 / n) / (n - 1)
    return max(0.0, float(np.median(variances)))


def words(column: str, cells: pd.Series, days: NDArray[np.intp], last: int) -> list[Measure]:
    """Return the share of each word of a column that is common enough, and of all others together."""
    codes, known = pd.factorize(cells.astype(object), sort=True)
    there = codes >= 0
    if not there.any():
        return []
    table = np.zeros((last + 1, len(known)))
    np.add.at(table, (days[there], codes[there]), 1)
    counts = table.sum(axis=1)
    usual = table[:last].sum(axis=0) / max(1.0, counts[:last].sum())
    common = np.flatnonzero(usual * counts[last] >= FEWEST)
    found = [(str(known[int(at)]), table[:, at]) for at in common]
    found.append((OTHERS, counts - table[:, common].sum(axis=1)))
    told = [Measure(column, word, "share", sums, counts, _variance(sums, counts, last), True) for word, sums in found]
    return [one for one in told if varies(one)]


def empty(column: str, cells: pd.Series, days: NDArray[np.intp], last: int) -> list[Measure]:
    """Return the share of empty cells of a column that has some, and not only such."""
    one = _share(column, "", "empty", cells.isna().to_numpy(dtype=bool), days, last)
    return [one] if varies(one) else []


def varies(one: Measure) -> bool:
    """Return whether a share is neither always 0 nor always 1: what never varies needs no part of the chance."""
    return bool(0 < one.sums.sum() < one.counts.sum())


def _share(column: str, word: str, kind: str, true: Bools, days: NDArray[np.intp], last: int) -> Measure:
    sums = np.bincount(days[true], minlength=last + 1).astype("float64")
    counts = _counts(days, last)
    return Measure(column, word, kind, sums, counts, _variance(sums, counts, last), True)


def _counts(days: NDArray[np.intp], last: int) -> Floats:
    return np.bincount(days, minlength=last + 1).astype("float64")


def _variance(sums: Floats, counts: Floats, last: int) -> float:
    """Return p(1 − p) of the days before; half a row more of each kind keeps it above 0 (Jeffreys)."""
    p = (float(sums[:last].sum()) + 0.5) / (float(counts[:last].sum()) + 1)
    return p * (1 - p)


def stacked(measures: Sequence[Measure]) -> tuple[Floats, Floats, Floats, Bools]:
    """Return sums and counts (days × measures), spreads, and which measures are shares."""
    return (
        np.column_stack([one.sums for one in measures]),
        np.column_stack([one.counts for one in measures]),
        np.array([one.spread for one in measures]),
        np.array([one.share for one in measures], dtype=np.bool_),
    )
