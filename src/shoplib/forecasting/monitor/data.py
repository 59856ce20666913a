"""Whether a day's sales are like those of the days before: amounts, numbers of items, ways to pay, what was bought.

Each measure of the day (a mean of a column, the share of a word) is held against the mean of the same weekdays before,
or of all days where these are few. Days differ by more than their rows do: the variance of a row is multiplied by the
dispersion of the days before, X²/(days − groups) and never below 1 (Wedderburn, Biometrika 61, 1974). The gap over its
error follows Student's t; Holm's steps (Scandinavian Journal of Statistics 6, 1979) keep the chance of any false alarm
in a day, over all measures, below ``false_alarms``; it is shared out evenly between columns, then between their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.forecasting.panel import Floats, Whole

FALSE_ALARMS = 0.01
WINDOW_DAYS = 84
FEWEST_DAYS = 8
FEWEST_WEEKDAYS = 4
FEWEST_ROWS = 30
LEAST_SHARE = 0.04  # of the rows before, that a word has, before it is watched by itself
TOP = 0.999  # quantile of the days before at which an amount is cut off, so that no single row makes a mean
OTHERS = "(others)"
COLUMNS = ("column", "word", "before", "now", "change_share", "rows", "p_value", "alarm", "money")


@dataclass(frozen=True)
class Day:
    """What was compared: one row a measure, alarms first, then by the money they touch.

    ``before`` and ``now`` are means, or shares of one where there is a word; ``money`` is in the unit of the amounts.
    ``days`` days before were compared; ``judged`` is false where they, or the rows of the day, are too few.
    """

    table: pd.DataFrame
    day: pd.Timestamp | None
    days: int
    judged: bool

    @property
    def alarms(self) -> pd.DataFrame:
        """The measures that drifted."""
        return self.table[self.table["alarm"].astype(bool)]


@dataclass(frozen=True)
class _Measure:
    column: str
    word: str
    sums: Floats  # by day, the day judged last
    counts: Floats
    spread: float  # variance of a row
    amount: bool


def day_drift(
    rows: pd.DataFrame,
    numbers: Sequence[str] = (),
    words: Sequence[str] = (),
    *,
    money: str = "",
    day: pd.Timestamp | None = None,
    date: str = "business_date",
    false_alarms: float = FALSE_ALARMS,
) -> Day:
    """Return how the rows of a day (the newest if none is named) differ from those of the days before.

    ``rows`` are sales or their lines, with the day in ``date``; ``numbers`` and ``words`` are columns of it, ``money``
    the one that holds the amount of a row. Columns that are not there are left out, and so are missing values.
    """
    days = pd.DatetimeIndex(pd.to_datetime(rows[date]))
    last = days.max() if day is None else pd.Timestamp(day)
    if rows.empty or pd.isna(last):
        return Day(_empty(), None, 0, False)
    kept = (days <= last) & (days > last - pd.Timedelta(days=WINDOW_DAYS + 1))
    rows, days = rows[kept], days[kept]
    there = days[days < last].unique().sort_values()
    number = np.where(days == last, len(there), there.get_indexer(days))
    today = int((number == len(there)).sum())
    if len(there) < FEWEST_DAYS or today < FEWEST_ROWS:
        return Day(_empty(), last, len(there), False)
    found = [one for name in numbers if name in rows for one in _mean(name, rows[name], number, len(there))]
    found += [one for name in words if name in rows for one in _shares(name, rows[name], number, len(there))]
    found = [one for one in found if one.counts[-1] >= FEWEST_ROWS and one.counts[:-1].sum() >= FEWEST_ROWS]
    weekdays = there.weekday.to_numpy()
    alike = weekdays == last.weekday()
    by_weekday = alike.sum() >= FEWEST_WEEKDAYS
    groups = weekdays if by_weekday else np.zeros(len(there), dtype=np.int64)
    own = last.weekday() if by_weekday else 0
    worth = float(rows.loc[(number == len(there)), money].abs().sum()) if money in rows else 0.0
    table = _compared(found, groups.astype(np.int64), own, worth, false_alarms) if found else _empty()
    return Day(table, last, int(alike.sum()) if by_weekday else len(there), bool(found))


def holm(p_value: Floats, weight: Floats, false_alarms: float) -> npt.NDArray[np.bool_]:
    """Return which of several tests hold at a chance of any false alarm, shared out by weight; NaN never does."""
    order = np.argsort(np.nan_to_num(p_value, nan=1.0) / weight, kind="stable")
    left = np.cumsum(weight[order][::-1])[::-1]
    steps = np.nan_to_num(p_value[order], nan=1.0) <= false_alarms * weight[order] / left
    held = np.zeros(len(p_value), dtype=bool)
    held[order] = np.logical_and.accumulate(steps)
    return held


def _mean(name: str, values: pd.Series, number: Whole, last: int) -> list[_Measure]:
    value = pd.to_numeric(values, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    before = value[(number < last) & np.isfinite(value)]
    if len(before) < 2:
        return []
    value = np.clip(value, np.quantile(before, 1 - TOP), np.quantile(before, TOP))
    spread = float(np.var(np.clip(before, np.quantile(before, 1 - TOP), np.quantile(before, TOP))))
    known = np.isfinite(value)
    sums = np.bincount(number[known], value[known], last + 1).astype("float64")
    counts = np.bincount(number[known], minlength=last + 1).astype("float64")
    return [_Measure(name, "", sums, counts, max(spread, 1e-6 * max(float(np.abs(before).mean()), 1e-9) ** 2), True)]


def _shares(name: str, values: pd.Series, number: Whole, last: int) -> list[_Measure]:
    """Return the shares of the words that are not rare, before or on the day, and of all others together."""
    known = values.notna().to_numpy()
    code, told = pd.factorize(values[known].astype(str), sort=True)
    if len(told) < 2:
        return []
    at = number[known]
    grid = np.bincount(code * (last + 1) + at, minlength=len(told) * (last + 1)).reshape(len(told), last + 1)
    grid = grid.astype("float64")
    counts = grid.sum(axis=0)
    share = grid[:, :last].sum(axis=1) / max(counts[:last].sum(), 1)
    often = (share >= LEAST_SHARE) | (grid[:, last] >= LEAST_SHARE * counts[last])
    rest = grid[~often].sum(axis=0)
    named = [(str(told[i]), grid[i]) for i in np.flatnonzero(often).tolist()] + ([(OTHERS, rest)] if rest.any() else [])
    found = []
    for word, sums in named:
        part = (sums[:last].sum() + 0.5) / (counts[:last].sum() + 1)
        found.append(_Measure(name, word, sums, counts, float(part * (1 - part)), False))
    return found


def _compared(found: list[_Measure], groups: Whole, own: int, worth: float, false_alarms: float) -> pd.DataFrame:
    sums, counts = np.stack([one.sums for one in found]), np.stack([one.counts for one in found])
    spread = np.asarray([one.spread for one in found])
    usual, behind, phi, free = _usual(sums[:, :-1], counts[:, :-1], spread, groups, own)
    now, many = sums[:, -1] / counts[:, -1], counts[:, -1]
    error = np.sqrt(phi * spread * (1 / many + 1 / behind))
    p_value = _two_sided((now - usual) / error, free)
    change = np.divide(now - usual, np.abs(usual), out=np.full(len(usual), np.nan), where=usual != 0)
    amount = np.asarray([one.amount for one in found])
    names = [one.column for one in found]
    weight = 1 / np.asarray([names.count(name) for name in names], dtype="float64")
    money = worth * np.minimum(np.abs(np.where(amount, np.nan_to_num(change), now - usual)), 1.0)
    table = pd.DataFrame(
        {
            "column": names,
            "word": [one.word for one in found],
            "before": usual,
            "now": now,
            "change_share": change,
            "rows": many.astype("int64"),
            "p_value": p_value,
            "alarm": holm(p_value, weight, false_alarms),
            "money": money,
        }
    )
    return table.sort_values(["alarm", "money"], ascending=[False, False], kind="stable", ignore_index=True)


def _usual(
    sums: Floats, counts: Floats, spread: Floats, groups: Whole, own: int
) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
    """Return of each measure the mean of its group of days, the rows behind it, the dispersion, and its freedom."""
    names = np.unique(groups)
    member = (groups[:, None] == names).astype("float64")
    total, rows = sums @ member, counts @ member
    means = np.divide(total, rows, out=np.zeros_like(total), where=rows > 0)
    day = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
    residual = np.sqrt(counts / spread[:, None]) * (day - means @ member.T)
    free = np.maximum((counts > 0).sum(axis=1) - (rows > 0).sum(axis=1), 1).astype("float64")
    phi = np.maximum((residual**2).sum(axis=1) / free, 1.0)
    at = int(np.searchsorted(names, own))
    here = rows[:, at] > 0
    whole = np.divide(sums.sum(axis=1), counts.sum(axis=1))
    return np.where(here, means[:, at], whole), np.where(here, rows[:, at], counts.sum(axis=1)), phi, free


def _two_sided(value: Floats, free: Floats) -> Floats:
    from scipy import special

    return np.asarray(2 * special.stdtr(free, -np.abs(value)), dtype=np.float64)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({name: [] for name in COLUMNS}).astype({"alarm": bool})


def shifts(tables: Mapping[str, Day]) -> pd.DataFrame:
    """Return the alarms of several tables together, most money first, with the name of their ``table``."""
    parts = [found.alarms.assign(table=name) for name, found in tables.items()]
    every = pd.concat(parts, ignore_index=True) if parts else _empty().assign(table=[])
    return every.sort_values("money", ascending=False, kind="stable", ignore_index=True)[["table", *COLUMNS]]
