"""Whether customers turn to paying digitally: shares by month or week, and whether they rise beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.sales import chances, daygrid, paying
from shoplib.sales.daygrid import DayGrid, Floats
from shoplib.sales.measures import DIGITAL, UNNAMED
from shoplib.sales.view import Scope

FEWEST_MONTHS = 4
WEEK = 7


def months(scope: Scope) -> pd.DataFrame:
    """Return the digital share of each calendar month of the days shown.

    Columns: ``month`` (its first day), ``transactions`` (completed), ``known_transactions`` (those whose way of paying
    is named), ``digital_transactions``, ``digital_share`` of those named, ``low_share`` and ``high_share`` (its 95 %
    interval, see ``daygrid.shares``), ``digital_value_share`` (the same of takings) and ``partial``: the days shown do
    not reach from its first day to its last. Shares are NaN in a month without a sale whose way of paying is named.
    """
    every, grid = paying.method_grid(scope)
    shown = grid.over(scope.window.shown)
    names = shown.dates.to_period("M")
    starts = pd.PeriodIndex(names.unique())
    row = starts.get_indexer(names)
    table = _by_row(every, shown, row, len(starts))
    table.insert(0, "month", starts.to_timestamp())
    table["partial"] = np.bincount(row, minlength=len(starts)) < starts.days_in_month
    return table


def weeks(scope: Scope) -> pd.DataFrame:
    """Return the digital share of each seven days counted back from the last day shown, a broken first one left out.

    Columns are those of :func:`months` with ``week_end`` in place of ``month``; none is partial.
    """
    every, grid = paying.method_grid(scope)
    shown = grid.over(scope.window.shown)
    number = len(shown.dates) // WEEK
    cut = len(shown.dates) - number * WEEK
    whole = DayGrid(shown.first, shown.counts[:, cut:], shown.amounts[:, cut:])
    table = _by_row(every, whole, np.arange(number * WEEK) // WEEK, number)
    table.insert(0, "week_end", shown.dates[cut:][WEEK - 1 :: WEEK])
    table["partial"] = np.zeros(number, dtype=bool)
    return table


def _by_row(every: list[str], grid: DayGrid, row: npt.NDArray[np.integer], rows: int) -> pd.DataFrame:
    part, whole, amount, known_amount = _named(every, grid, row, rows)
    share, low, high = daygrid.shares(part, whole)
    taken = known_amount.sum(axis=1)
    return pd.DataFrame(
        {
            "transactions": np.bincount(row, weights=grid.counts.sum(axis=0), minlength=rows).astype("int64"),
            "known_transactions": whole.sum(axis=1).astype("int64"),
            "digital_transactions": part.sum(axis=1).astype("int64"),
            "digital_share": share,
            "low_share": low,
            "high_share": high,
            "digital_value_share": np.where(taken > 0, amount.sum(axis=1) / np.where(taken > 0, taken, 1.0), np.nan),
        }
    )


def _named(every: list[str], grid: DayGrid, row: npt.NDArray[np.integer], rows: int) -> tuple[Floats, ...]:
    """Return digital and named sales and their amounts, a line a row, a column a day of it."""
    digital = np.array([name in DIGITAL for name in every], dtype=bool)
    known = np.array([name not in UNNAMED for name in every], dtype=bool)
    values = grid.counts[digital], grid.counts[known], grid.amounts[digital], grid.amounts[known]
    return tuple(_folded(part.sum(axis=0), row, rows) for part in values)


def _folded(values: Floats, row: npt.NDArray[np.integer], rows: int) -> Floats:
    """Return values in rows, one column a day of the row; ``row`` never falls, and what a short row lacks is 0."""
    lengths = np.bincount(row, minlength=rows)
    table = np.zeros((rows, int(lengths.max(initial=0))))
    table[row, np.arange(len(row)) - (np.cumsum(lengths) - lengths)[row]] = values
    return table


@dataclass(frozen=True)
class Move:
    """The digital share of the latest days and of those before, and how likely chance alone sets them so far apart."""

    share: float
    before: float
    chance: float


def latest(scope: Scope) -> Move | None:
    """Return how the digital share moved of late, ``None`` where on either side no sale names its way of paying."""
    every, grid = paying.method_grid(scope)
    if scope.window.recent is None or scope.window.before is None:
        return None
    sides = [grid.over(scope.window.recent), grid.over(scope.window.before)]
    row = np.repeat([0, 1], [len(side.dates) for side in sides])
    both = DayGrid(grid.first, *(np.hstack([getattr(side, part) for side in sides]) for part in ("counts", "amounts")))
    part, whole, _, _ = _named(every, both, row, 2)
    if not whole.any(axis=1).all():
        return None
    share = part.sum(axis=1) / whole.sum(axis=1)
    return Move(float(share[0]), float(share[1]), float(daygrid.shares_apart(part, whole)[0]))


@dataclass(frozen=True)
class Adoption:
    """Whether the digital share moves: its slope a month with a 95 % interval, and the fitted first and last month."""

    word: Literal["rising", "falling", "no clear trend", "too short to say"]
    months: int
    slope: float | None = None
    low: float | None = None
    high: float | None = None
    first_share: float | None = None
    last_share: float | None = None
    first_month: pd.Timestamp | None = None
    last_month: pd.Timestamp | None = None


def trend(table: pd.DataFrame) -> Adoption:
    """Return whether the digital share of :func:`months` rises or falls over its whole months.

    A straight line through the shares, each weighted by its sales; the variance is the binomial one times how far the
    months spread around the line beyond it (Pearson's X² by its degrees of freedom, at least 1: McCullagh & Nelder
    1989, 4.5), and the interval is Student's t over the months less two. Under four whole months with a sale whose way
    of paying is named it is "too short to say".
    """
    whole = table[~table["partial"].astype(bool) & table["digital_share"].notna()]
    if len(whole) < FEWEST_MONTHS:
        return Adoption("too short to say", len(whole))
    share, number = whole["digital_share"].to_numpy(), whole["known_transactions"].to_numpy(dtype="float64")
    at = pd.DatetimeIndex(whole["month"])
    place = np.asarray(at.year * 12 + at.month, dtype="float64")
    overall = float(share @ number / number.sum())
    centred = place - place @ number / number.sum()
    moves = overall not in (0.0, 1.0)
    slope = float((number * centred) @ share / ((number * centred) @ centred)) if moves else 0.0
    fitted = overall + slope * centred
    unit = overall * (1 - overall)
    over = max(float((number * (share - fitted) ** 2).sum() / unit) / (len(whole) - 2), 1.0) if unit else 0.0
    reach = float(
        chances.student_quantile(0.975, len(whole) - 2) * np.sqrt(over * unit / ((number * centred) @ centred))
    )
    word: Literal["rising", "falling", "no clear trend"] = "no clear trend"
    if abs(slope) > reach:
        word = "rising" if slope > 0 else "falling"
    ends = np.clip(fitted[[0, -1]], 0.0, 1.0)
    return Adoption(
        word, len(whole), slope, slope - reach, slope + reach, float(ends[0]), float(ends[1]), at[0], at[-1]
    )  # fmt: skip
