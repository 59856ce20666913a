"""Whether a business day or a new file is like the days before: amounts, quantities, shares of words, empty cells.

A measure of the day is held against its mean on the days before, or on the same weekdays where there are at least
:data:`FEWEST_WEEKDAYS`. Days differ by more than their rows do, so the variance of a row is multiplied by the
dispersion of the days, X²/(days − groups) of Pearson's residuals and never below 1 (quasi-likelihood: Wedderburn,
Biometrika 61, 1974; McCullagh & Nelder, Generalized Linear Models, 1989, 4.5). Days more than five robust standard
deviations (1.4826 × the median absolute deviation: Hampel, JASA 69, 1974) from their mean do not count. The gap over
its standard error follows Student's t; for shares the beta-binomial that predicts a count from the counts before
(Jeffreys' prior: Gelman et al., Bayesian Data Analysis, 2.4) must find it as odd. Holm's steps (Scandinavian
Journal of Statistics 6, 1979) keep the chance of any false alarm in a day, over all measures, below ``false_alarms``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.ingest.quality import measures
from shoplib.ingest.quality.freshness import DAY, in_days
from shoplib.ingest.quality.measures import Bools, Floats, Measure

WINDOW_DAYS = 56
FEWEST_DAYS = 8
FEWEST_WEEKDAYS = 4
FEWEST_ROWS = 30
FALSE_ALARMS = 0.005
ODD = 5.0
SHIFT = 0.2
POWER = 0.9
NUMBERS = {
    "transactions": ("subtotal_minor", "discount_total_minor", "tax_total_minor", "tip_amount_minor",
                     "total_amount_minor", "num_items"),
    "transaction_items": ("quantity", "unit_price_minor", "line_total_minor"),
}  # fmt: skip
WORDS = {"transactions": ("payment_method", "payment_status", "transaction_status", "location_id")}
EMPTY = {"transactions": ("employee_id", "customer_id", "device_id", "local_hour")}
WORTH = {"transactions": "total_amount_minor", "transaction_items": "line_total_minor"}
COLUMNS = (
    "table_name", "column_name", "word", "measure", "before", "now", "change_share", "rows", "rows_needed", "p_value",
    "alarm", "money_minor",
)  # fmt: skip


@dataclass(frozen=True)
class Drift:
    """What was compared: one row a measure, alarms first, then by the money they touch.

    ``before`` and ``now`` are means (in the column's unit) or shares of one; ``rows_needed`` says how many rows a day
    needs for a shift of 20% to be found nine times in ten. ``days`` days before were compared, of the same weekday if
    ``weekday``; ``judged`` is false where they are too few.
    """

    table: pd.DataFrame
    first: dt.date | None
    last: dt.date | None
    days: int
    weekday: bool
    judged: bool

    @property
    def alarms(self) -> pd.DataFrame:
        """The measures that drifted."""
        return self.table[self.table["alarm"].astype(bool)]


def drift(
    tables: Mapping[str, pd.DataFrame], *, day: dt.date | None = None, import_id: str = "",
    false_alarms: float = FALSE_ALARMS,
) -> Drift:  # fmt: skip
    """Return how a business day (the newest of all if none is named), or a file, differs from the days before.

    ``tables`` are ``transactions`` and ``transaction_items`` as declared. Amounts are those of completed
    transactions. Raises ``KeyError`` if nothing was sold on that day, or loaded from that file.
    """
    sold = tables["transactions"].reset_index(drop=True)
    if sold.empty and day is None and not import_id:
        return Drift(_empty(), None, None, 0, False, False)
    days = in_days(sold["business_date"])
    fresh = _fresh(sold, days, day, import_id)
    if not fresh.any():
        raise KeyError(f"no transaction is of {import_id or day}")
    first, last = days[fresh].min(), days[fresh].max()
    before = ~fresh & (days < first) & (days >= first - WINDOW_DAYS * DAY)
    there = np.unique(days[before])
    alike = (there.astype("int64") - first.astype("int64")) % 7 == 0
    by_weekday = bool(first == last and alike.sum() >= FEWEST_WEEKDAYS)
    number = np.where(fresh, len(there), np.searchsorted(there, days))
    kept = fresh | before
    found = {
        "transactions": _measures("transactions", _completed(sold[kept]), number[kept], len(there)),
        "transaction_items": _of_lines(tables["transaction_items"], sold, number, kept, len(there)),
    }
    judged = len(there) >= FEWEST_DAYS
    groups = there.astype("int64") % 7 if by_weekday else np.zeros(len(there), dtype="int64")
    own = int(first.astype("int64") % 7) if by_weekday else 0
    table = _compared(found, groups, own, _worth(tables, sold[fresh]), false_alarms) if judged else _empty()
    used = int(alike.sum()) if by_weekday else len(there)
    return Drift(table, _date(first), _date(last), used, by_weekday, judged)


def _fresh(sold: pd.DataFrame, days: np.ndarray, day: dt.date | None, import_id: str) -> Bools:
    if import_id:
        return np.asarray(sold["import_id"] == import_id, dtype=np.bool_)
    return np.asarray(days == (days.max() if day is None else np.datetime64(day, "D")), dtype=np.bool_)


def _date(day: np.datetime64) -> dt.date:
    return dt.date.fromisoformat(str(day))


def _completed(sold: pd.DataFrame) -> pd.DataFrame:
    """Return transactions whose amounts are missing where they are no sale."""
    sale = (sold["transaction_status"] == "completed").to_numpy(dtype=bool)
    numbers = {name: sold[name].astype("Float64").where(sale) for name in NUMBERS["transactions"] if name in sold}
    return sold.assign(**numbers)


def _of_lines(
    items: pd.DataFrame, sold: pd.DataFrame, number: np.ndarray, kept: Bools, last: int
) -> list[Measure]:  # fmt: skip
    sale = kept & (sold["transaction_status"] == "completed").to_numpy(dtype=bool)
    ids = pd.Index(sold.loc[sale, "transaction_id"].astype(object))
    at = ids.get_indexer(pd.Index(items["transaction_id"].astype(object)))
    return _measures("transaction_items", items[at >= 0], number[sale][at[at >= 0]], last)


def _measures(table: str, rows: pd.DataFrame, days: np.ndarray, last: int) -> list[Measure]:
    """Return the measures of the columns of a table that are there, on days with enough rows."""
    found: list[Measure] = []
    for name in NUMBERS[table]:
        if name in rows:
            found += measures.number(name, rows[name].to_numpy(dtype="float64", na_value=np.nan), days, last)
    for name in WORDS.get(table, ()):
        if name in rows:
            found += measures.words(name, rows[name], days, last)
    for name in EMPTY.get(table, ()):
        if name in rows:
            found += measures.empty(name, rows[name], days, last)
    return [one for one in found if one.counts[last] >= FEWEST_ROWS and one.counts[:last].sum() >= FEWEST_ROWS]


def _worth(tables: Mapping[str, pd.DataFrame], sold: pd.DataFrame) -> dict[str, int]:
    """Return what the rows of the day are worth in each table, in minor units."""
    items = tables["transaction_items"]
    lines = items.loc[items["transaction_id"].isin(sold["transaction_id"]), WORTH["transaction_items"]]
    return {
        "transactions": int(sold[WORTH["transactions"]].abs().sum()),
        "transaction_items": int(lines.abs().sum()),
    }


def _compared(
    found: Mapping[str, list[Measure]], groups: np.ndarray, own: int, worth: Mapping[str, int], false_alarms: float
) -> pd.DataFrame:
    every = [(table, one) for table, some in found.items() for one in some]
    if not every:
        return _empty()
    sums, counts, spread, share = measures.stacked([one for _, one in every])
    usual, rows, phi, free = _usual(sums[:-1], counts[:-1], spread, groups, own)
    now, many = sums[-1] / counts[-1], counts[-1]
    error = np.sqrt(phi * spread * (1 / many + 1 / rows))
    p_value = _odds(now, usual, error, free, sums[-1], many, rows, phi, share)
    alarm = _holm(p_value, false_alarms)
    change = np.divide(now - usual, np.abs(usual), out=np.full(len(usual), np.nan), where=usual != 0)
    table = pd.DataFrame(
        {
            "table_name": [table for table, _ in every],
            "column_name": [one.column for _, one in every],
            "word": [one.word for _, one in every],
            "measure": [one.kind for _, one in every],
            "before": usual,
            "now": now,
            "change_share": change,
            "rows": many.astype("int64"),
            "rows_needed": _rows_needed(usual, phi * spread, rows, free, false_alarms / len(every)),
            "p_value": p_value,
            "alarm": alarm,
            "money_minor": [
                _touched(one, gap, by, n, worth[name])
                for (name, one), gap, by, n in zip(every, now - usual, change, many, strict=True)
            ],
        }
    )
    return table.sort_values(["alarm", "money_minor"], ascending=[False, False], kind="stable", ignore_index=True)


def _usual(
    sums: Floats, counts: Floats, spread: Floats, groups: np.ndarray, own: int
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return of each measure the mean of its group of days, the rows behind it, the dispersion, and its freedom."""
    member = (groups[:, None] == np.unique(groups)[None, :]).astype("float64")
    sound = counts > 0
    for _ in range(2):
        total, rows = member.T @ (sums * sound), member.T @ (counts * sound)
        means = np.divide(total, rows, out=np.zeros_like(total), where=rows > 0)
        day = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
        residual = np.sqrt(counts / spread) * (day - member @ means)
        scale = np.maximum(1.0, 1.4826 * np.median(np.abs(residual), axis=0))
        before, sound = sound, sound & (np.abs(residual) <= ODD * scale)
        if (before == sound).all():
            break
    used = np.count_nonzero(rows > 0, axis=0)
    free = np.maximum(1, before.sum(axis=0) - used)
    phi = np.maximum(1.0, np.sum(residual**2 * before, axis=0) / free)
    at = int(np.searchsorted(np.unique(groups), own))
    return means[at], np.maximum(rows[at], 1), phi, free.astype("float64")


def _odds(
    now: Floats, usual: Floats, error: Floats, free: Floats, sums: Floats, many: Floats, rows: Floats, phi: Floats,
    share: Bools,
) -> Floats:  # fmt: skip
    """Return how likely a gap as large is where nothing changed, two-sided."""
    from scipy import stats

    plain = 2 * stats.t.sf(np.abs(now - usual) / error, free)
    n, hits = np.round(many / phi), np.round(sums / phi)
    a, b = usual.clip(0, 1) * rows / phi + 0.5, (1 - usual).clip(0, 1) * rows / phi + 0.5
    a, b = np.where(share, a, 1.0), np.where(share, b, 1.0)
    hits = np.where(share, np.minimum(hits, n), 0.0)
    predicted = stats.betabinom(n, a, b)
    exact = np.minimum(1.0, 2 * np.minimum(predicted.cdf(hits), predicted.sf(hits - 1)))
    return np.asarray(np.where(share, np.maximum(plain, exact), plain), dtype=np.float64)


def _holm(p_value: Floats, false_alarms: float) -> Bools:
    order = np.argsort(p_value, kind="stable")
    passed = p_value[order] <= false_alarms / np.arange(len(p_value), 0, -1)
    alarm = np.zeros(len(p_value), dtype=np.bool_)
    alarm[order] = np.logical_and.accumulate(passed)
    return alarm


def _rows_needed(usual: Floats, spread: Floats, rows: Floats, free: Floats, chance: float) -> Floats:
    """Return the rows of a day with which a shift of 20% is found nine times in ten; NaN where no number would do.

    1/n + 1/rows before = (0.2 × mean)² ÷ variance ÷ (t(1 − α/2) + z(0.9))² (Cochran, Sampling Techniques, 1977, 4.4),
    for the smallest of the chances that Holm's steps give.
    """
    from scipy import stats

    margin = (stats.t.isf(chance / 2, free) + stats.norm.isf(1 - POWER)) ** 2
    room = (SHIFT * usual) ** 2 / (margin * spread) - 1 / rows
    found = np.full(len(usual), np.nan)
    np.divide(1.0, room, out=found, where=room > 0)
    return np.asarray(np.ceil(found), dtype=np.float64)


def _touched(one: Measure, gap: float, change: float, rows: float, worth: int) -> int:
    """Return the money a drift touches: the gap itself for amounts, else the part of the day's takings that moved."""
    if one.column.endswith("_minor") and not one.share:
        return round(abs(gap) * rows)
    return round(abs(gap if one.share else min(1.0, abs(change))) * worth)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({name: [] for name in COLUMNS}).astype({"alarm": bool})
