"""Sales in groups by day, and what their means and shares are worth where sales of one day hang together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base.calendar import Period
from shoplib.sales import chances
from shoplib.sales.books import Books

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer]

CONFIDENCE = 0.95
FEWEST_DAYS = 5  # days with a sale, before the spread between days is known
DAY_NS = 86_400_000_000_000


@dataclass(frozen=True)
class DayGrid:
    """Completed sales and their totals in minor units, one row a group, one column a day from ``first`` on."""

    first: pd.Timestamp
    counts: Floats
    amounts: Floats

    def over(self, period: Period | None) -> DayGrid:
        """Return the days of a period that are in the grid; ``None`` has none."""
        if period is None:
            return DayGrid(self.first, self.counts[:, :0], self.amounts[:, :0])
        start = max((pd.Timestamp(period.start) - self.first).days, 0)
        end = max((pd.Timestamp(period.end) - self.first).days + 1, 0)
        first = self.first + pd.Timedelta(days=start)
        return DayGrid(first, self.counts[:, start:end], self.amounts[:, start:end])

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The days of the columns."""
        return pd.date_range(self.first, periods=self.counts.shape[1])


def first_day(books: Books) -> pd.Timestamp:
    """Return the first day of the receipts; any day if there are none."""
    return pd.Timestamp("2000-01-01") if books.receipts.empty else books.receipts["day"].min()


def days_since(day: pd.Series, first: pd.Timestamp) -> npt.NDArray[np.int64]:
    """Return how many days each business day lies after ``first``."""
    return (day.to_numpy().astype("datetime64[ns]").astype("int64") - first.value) // DAY_NS


def day_grid(books: Books, group: Codes, groups: int) -> DayGrid:
    """Return completed sales by group and day over all days; ``group`` has one code a row of ``books.sold``.

    Codes run from 0 to ``groups`` − 1; sales with a code below 0 are in no group.
    """
    first = first_day(books)
    sold = books.sold
    day = days_since(sold["day"], first)
    days = int(days_since(books.receipts["day"], first).max(initial=-1)) + 1
    known = np.asarray(group) >= 0
    amounts = sold["total_minor"].to_numpy(dtype="float64")
    place = np.asarray(group, dtype="int64") * days + day
    if not known.all():
        place, amounts = place[known], amounts[known]
    shape = (groups, days)
    counts = np.bincount(place, minlength=groups * days).reshape(shape).astype("float64")
    added = np.bincount(place, weights=amounts, minlength=groups * days).astype("float64", copy=False)
    return DayGrid(first, counts, added.reshape(shape))


def means(amounts: Floats, counts: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the mean by sale of each row and its 95 % interval, from amounts and counts by day.

    A mean is a ratio of two sums over days, and its variance that of a ratio of cluster totals (Cochran 1977, 6.3 and
    9.2), with Student's t over the days that have a sale. So neither a few dear sales nor a dear day make it look surer
    than it is. NaN without a sale; no interval with under five such days.
    """
    mean, variance = _mean(amounts, counts)
    days = _days(counts)
    reach = chances.student_quantile((1 + CONFIDENCE) / 2, np.maximum(days - 1, 1)) * np.sqrt(variance)
    reach = np.where(days >= FEWEST_DAYS, reach, np.nan)
    return mean, mean - reach, mean + reach


def shares(part: Floats, whole: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the share of each row and its 95 % interval, from counts of a part and of the whole by day.

    Wilson's interval (1927) with the number of sales divided by the design effect (Kish 1965): how many times the
    spread between days is that of as many independent sales, at least one. NaN where there is no whole; no interval
    with under five days.
    """
    number = whole.sum(axis=1)
    spread = share_variance(part, whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = part.sum(axis=1) / number
        plain = share * (1 - share) / number
        worth = np.where(plain > 0, number * plain / spread, number)
        z = chances.normal_quantile((1 + CONFIDENCE) / 2)
        middle = (share + z**2 / (2 * worth)) / (1 + z**2 / worth)
        reach = z * np.sqrt(share * (1 - share) / worth + z**2 / (4 * worth**2)) / (1 + z**2 / worth)
    reach = np.where(_days(whole) >= FEWEST_DAYS, reach, np.nan)
    return share, np.clip(middle - reach, 0.0, 1.0), np.clip(middle + reach, 0.0, 1.0)


def share_variance(part: Floats, whole: Floats) -> Floats:
    """Return the variance of the share of each row: that of its days, but no less than that of independent sales."""
    number = whole.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = part.sum(axis=1) / number
        return np.asarray(np.fmax(_variance(part, whole, share), share * (1 - share) / number))


def means_apart(amounts: Floats, counts: Floats) -> Floats:
    """Return how likely chance alone sets the mean of each row this far from that of all other rows.

    Welch's test with the variances of :func:`means`, both sides taken as independent. NaN with under five days.
    """
    others = amounts.sum(axis=0) - amounts, counts.sum(axis=0) - counts
    (mine, mine_variance), (rest, rest_variance) = _mean(amounts, counts), _mean(*others)
    return _chance(mine - rest, mine_variance + rest_variance, np.minimum(_days(counts), _days(others[1])))


def shares_apart(part: Floats, whole: Floats, fewest: float = 5.0) -> Floats:
    """Return how likely chance alone sets the share of each row this far from that of all other rows.

    As :func:`means_apart`, with the variances of :func:`share_variance`. NaN too where fewer than ``fewest`` sales of a
    row would be in the part, or outside it, if all rows were alike.
    """
    other_part, other_whole = part.sum(axis=0) - part, whole.sum(axis=0) - whole
    number, other_number = whole.sum(axis=1), other_whole.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = part.sum(axis=1) / number - other_part.sum(axis=1) / other_number
        common = part.sum() / whole.sum()
    variance = share_variance(part, whole) + share_variance(other_part, other_whole)
    chance = _chance(away, variance, np.minimum(_days(whole), _days(other_whole)))
    return np.where(number * min(common, 1 - common) >= fewest, chance, np.nan)


def _days(counts: Floats) -> Floats:
    return np.asarray((counts > 0).sum(axis=1), dtype="float64")


def _mean(amounts: Floats, counts: Floats) -> tuple[Floats, Floats]:
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = amounts.sum(axis=1) / counts.sum(axis=1)
    return mean, _variance(amounts, counts, mean)


def _chance(away: Floats, variance: Floats, days: Floats) -> Floats:
    """Return the probability of a difference this large by chance, from Student's t; NaN where days are too few."""
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.where(away == 0, 0.0, np.abs(away) / np.sqrt(variance))
    return np.where(days >= FEWEST_DAYS, 2 * chances.student_beyond(size, np.maximum(days - 1, 1)), np.nan)


def _variance(upper: Floats, lower: Floats, ratio: Floats) -> Floats:
    """Return the variance of Σupper ÷ Σlower by row, days being drawn independently."""
    days = _days(lower)
    away = ((upper - ratio[:, None] * lower) ** 2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(away * days / (days - 1) / lower.sum(axis=1) ** 2)
