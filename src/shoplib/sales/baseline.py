"""What a day usually takes: a robust weekday baseline per place, and how far from it each day is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.sales.window import span

Floats = npt.NDArray[np.float64]

EVERYWHERE = "*"
WEEKS = 8  # on either side
FEWEST_DAYS = 4  # other days of a weekday, before a day of it is judged
NEAR_DAYS, FEWEST_NEAR = 14, 8
FARTHEST = 3.3  # a clean series gives fewer than one odd day in 200 (tests/sales/test_anomalies.py)
SMALLEST_SPREAD = 0.04
MOSTLY = 0.75  # of the weeks around, in which a weekday is one that the place trades on
MANY_SALES, SELDOM = 5.3, 0.02  # so many a day leave a day without one by chance in e^-5.3 of cases, 1 in 200


@dataclass(frozen=True)
class Series:
    """One amount by day (rows) and place (columns): what was found, what is usual, and how far apart they are.

    ``found`` is NaN on days without a sale. ``usual`` is NaN where it cannot be told. ``score`` counts robust standard
    deviations.
    """

    found: Floats
    usual: Floats
    score: Floats


@dataclass(frozen=True)
class Judged:
    """Every day of every place, all together last (:data:`EVERYWHERE`), judged by takings and by number of sales."""

    days: pd.DatetimeIndex
    places: list[str]
    takings: Series
    sales: Series
    refunds: Floats

    @cached_property
    def odd(self) -> npt.NDArray[np.int64]:
        """1 where a day took far more than usual, −1 far less, 0 else; a day without a sale is 0.

        A number of sales that is far from usual counts where takings went the same way.
        """
        side = np.sign(np.nan_to_num(self.takings.found - self.takings.usual))
        far = [np.where(np.abs(np.nan_to_num(s.score)) >= FARTHEST, np.sign(s.score), 0) == side
               for s in (self.takings, self.sales)]  # fmt: skip
        odd: npt.NDArray[np.int64] = ((far[0] | far[1]) * side).astype("int64")
        return odd

    @cached_property
    def closed(self) -> npt.NDArray[np.bool_]:
        """Days without a sale of a place that otherwise trades on that weekday, from its first sale on.

        It does if it traded in each of the four weeks before, or in three quarters of the eight weeks on either side.
        Places with few sales a day are left out, for they have days without one by chance, unless they hardly ever do;
        so are days whose usual takings cannot be told, as where returns outweigh sales.
        """
        sold, usual = np.isfinite(self.takings.found), np.nan_to_num(self.sales.usual)
        judged = (usual > 0) & np.isfinite(self.takings.usual) & np.maximum.accumulate(sold, axis=0)
        weeks = _weeks_around(np.where(sold, 1.0, 0.0))
        known = np.isfinite(weeks)
        trades = np.where(known, weeks, 0).sum(axis=2) >= MOSTLY * known.sum(axis=2)
        before = weeks[:, :, WEEKS - FEWEST_DAYS : WEEKS].sum(axis=2) == FEWEST_DAYS
        often = (usual >= MANY_SALES) | ((judged & ~sold).sum(axis=0) <= np.maximum(2, SELDOM * judged.sum(axis=0)))
        shut: npt.NDArray[np.bool_] = judged & ~sold & (trades | before) & often
        return shut

    @property
    def score(self) -> Floats:
        """The farther of the two scores that went the way takings went."""
        takings, sales = self.takings.score, self.sales.score
        farther = (np.abs(sales) > np.abs(takings)) & (np.sign(sales) == np.sign(takings))
        return np.where(farther, sales, takings)

    def usual_minor(self, place: str = EVERYWHERE) -> pd.Series:
        """Return the usual takings of each day at a place, in whole minor units (``Int64``), missing if not known."""
        usual = pd.Series(self.takings.usual[:, self.places.index(place)], index=self.days)
        return usual.round().astype("Int64")


def judge(daily: pd.DataFrame) -> Judged:
    """Return every calendar day of every place, and of all together, judged against its usual.

    Usual is the median of the same weekday in the eight weeks before and the eight after, the day itself left out,
    moved by how far all weekdays of the fourteen days on either side lie from theirs, so that neither a trend nor a
    step up or down makes each later day odd. Medians are of logarithms, so that weekdays multiply. Days are not judged
    with fewer than four other days of the weekday among those weeks.
    """
    known = span(daily)
    days = pd.date_range(known.start, known.end) if known else pd.DatetimeIndex([])
    place = pd.Categorical(daily["location_id"])
    row = days.get_indexer(pd.DatetimeIndex(daily["business_date"]))
    shape = (len(days), len(place.categories))
    cell = row * shape[1] + place.codes

    def grid(column: str) -> Floats:
        sums = np.bincount(cell, daily[column].to_numpy(dtype="float64"), shape[0] * shape[1]).reshape(shape)
        return np.column_stack([sums, sums.sum(axis=1)])

    sales, takings = grid("transactions"), grid("gross_sales_minor")
    sold = sales > 0
    return Judged(
        days, [*map(str, place.categories), EVERYWHERE], _judged(np.where(sold, takings, np.nan)),
        _judged(np.where(sold, sales, np.nan), counts=True), grid("refunds"),
    )  # fmt: skip


def _judged(found: Floats, *, counts: bool = False) -> Series:
    """Return the usual values of a grid and the scores of those found.

    The distance is ``2 (√(found ÷ usual) − 1)``: near the relative one, and as wide above as below (Anscombe 1948). Its
    spread is the median absolute deviation of all days of a place, taken to fall with the fourth root of the usual
    value: between that of counts (square root) and that of shares (none). It is at least 4 %, of counts at least that
    of chance (Poisson), and widened where few days stand behind it.
    """
    logs = np.log(np.where(found > 0, found, np.nan))
    middle, known = _median(_weeks_around(logs))
    middle[known < FEWEST_DAYS] = np.nan
    near = pd.DataFrame(logs - middle).rolling(2 * NEAR_DAYS + 1, center=True, min_periods=FEWEST_NEAR).median()
    usual = np.exp(middle + near.fillna(0).to_numpy())
    apart = 2 * (np.sqrt(np.maximum(found, 0) / usual) - 1) / np.sqrt(1 + np.pi / 2 / np.maximum(known, 1))
    shape = (usual / _median(usual.T[None])[0]) ** 0.25
    size, of = _median(np.abs(apart * shape).T[None])
    spread = np.maximum(1.4826 * size * (1 + 4 / np.maximum(of, 1)) / shape, SMALLEST_SPREAD)
    if counts:
        spread = np.maximum(spread, 1 / np.sqrt(usual))
    return Series(found, usual, apart / spread)


def _weeks_around(values: Floats) -> Floats:
    """Return for each day (rows) and place (columns) the same weekdays of the weeks around it; NaN beyond the data."""
    reach = 7 * WEEKS
    blank = np.full((reach, values.shape[1]), np.nan)
    padded, rows = np.vstack([blank, values, blank]), len(values)
    steps = [reach + 7 * week for week in range(-WEEKS, WEEKS + 1) if week]
    return np.stack([padded[step : step + rows] for step in steps], axis=-1)


def _median(values: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return the median along the last axis without NaN (NaN where there is nothing else), and of how many it is."""
    ordered = np.sort(values, axis=-1)
    known = np.isfinite(ordered).sum(axis=-1)
    if not ordered.shape[-1]:
        return np.full(known.shape, np.nan), known
    ends = [
        np.take_along_axis(ordered, np.maximum(at, 0)[..., None], -1)[..., 0] for at in ((known - 1) // 2, known // 2)
    ]
    return np.where(known > 0, (ends[0] + ends[1]) / 2, np.nan), known
