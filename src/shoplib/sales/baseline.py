"""What a day usually takes: a robust weekday and holiday baseline per place, and how far from it each day is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.sales import rhythm
from shoplib.sales.expected_days import EVERYWHERE, marks
from shoplib.sales.window import span

__all__ = ["EVERYWHERE", "FEWEST_DAYS", "Judged", "Series", "judge"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

WEEKS = 8  # on either side, in which a weekday is one that the place trades on
PATTERN_WEEKS = 26  # on either side, that tell a weekday
FEWEST_DAYS = 4  # other days of a weekday, before a day of it is judged
NEAR_DAYS, FEWEST_NEAR = 28, 8  # on either side, that tell the level
NEAREST, FARTHEST = 2.1, 2.3  # an even series gives one odd day in 35 at the lower of the two
CERTAIN = 3.3  # an even series gives fewer than one such day in 200
LEAST = 0.22  # of usual a day is away, unless it is that far
MONTH = 30.44
TAKINGS = 1.35  # takings vary by more than the number of sales: what they are held to is as much wider
CLIP = 1.5  # standard deviations at which a day's weight in a mean ends (Huber 1964)
SMALLEST_SPREAD = 0.04
SAME_HOLIDAY, OTHER_HOLIDAYS, NO_HOLIDAY = 3.0, 0.5, 0.5  # weights: the same one, all others, and none; a place is 1
MOST_OF_SAME, MOST_OF_OTHER = 2.0, 4.0  # how far one is taken to be: in logarithms, and in standard deviations
MOSTLY = 0.75  # of the weeks around, in which a weekday is one that the place trades on
MANY_SALES, SELDOM = 5.3, 0.02  # so many a day leave a day without one by chance in e^-5.3 of cases, 1 in 200
AT_ONCE = 64  # places


@dataclass(frozen=True)
class Series:
    """One amount by day (rows) and place (columns): what was found, what is usual, and how far apart they are.

    ``found`` is NaN on days without a sale. ``usual`` is NaN where it cannot be told. ``score`` counts robust standard
    deviations.
    """

    found: Floats
    usual: Floats
    score: Floats

    def distance(self, wider: float = 1.0) -> Floats:
        """Return the scores divided by ``wider``; 0 where a day is neither certain nor far from usual in its amount."""
        size = np.abs(3 * (np.cbrt(np.maximum(self.found, 0) / self.usual) - 1))
        score = np.nan_to_num(self.score) / wider
        return np.where((np.nan_to_num(size) >= LEAST) | (np.abs(score) >= CERTAIN), score, 0.0)


@dataclass(frozen=True)
class Judged:
    """Every day of every place, all together last (:data:`EVERYWHERE`), judged by takings and by number of sales.

    ``notes`` tells the days somebody expected to be odd, by row and column of the grids.
    """

    days: pd.DatetimeIndex
    places: list[str]
    takings: Series
    sales: Series
    refunds: Floats
    notes: dict[tuple[int, int], str] = field(default_factory=dict)

    @cached_property
    def odd(self) -> npt.NDArray[np.int64]:
        """1 where a day took far more than usual, −1 far less, 0 else; a day without a sale is 0.

        A number of sales that is far from usual counts where takings went the same way.
        """
        side = np.sign(np.nan_to_num(self.takings.found - self.takings.usual))
        odd: npt.NDArray[np.int64] = ((self._distance >= self.limits) * side).astype("int64")
        return odd

    @cached_property
    def limits(self) -> Floats:
        """The distance from which a day of each place is odd: as far as the farthest day of each month, within bounds.

        So a place whose days scatter widely gives no more than about one odd day a month, unless they are far out.
        """
        ordered = -np.sort(-self._distance, axis=0)
        months = int(len(self.days) / MONTH)
        farthest = ordered[months] if len(ordered) > months else np.zeros(len(self.places))
        bound = np.where(np.asarray(self.places) == EVERYWHERE, CERTAIN, FARTHEST)
        limits: Floats = np.clip(farthest, NEAREST, bound)
        return limits

    @cached_property
    def _distance(self) -> Floats:
        side = np.sign(np.nan_to_num(self.takings.found - self.takings.usual))
        sales, takings = self.sales.distance(), self.takings.distance(TAKINGS)
        farther: Floats = np.maximum(
            np.where(np.sign(sales) == side, np.abs(sales), 0.0), np.abs(takings) * (side != 0)
        )
        return farther

    @cached_property
    def closed(self) -> Flags:
        """Days without a sale of a place that otherwise trades on that weekday, from its first sale on.

        It does if it traded in each of the four weeks before, or in three quarters of the eight weeks on either side.
        Places with few sales a day are left out, for they have days without one by chance, unless they hardly ever do;
        so are days whose usual takings cannot be told, as where returns outweigh sales.
        """
        sold, usual = np.isfinite(self.takings.found), np.nan_to_num(self.sales.usual)
        judged = (usual > 0) & np.isfinite(self.takings.usual) & np.maximum.accumulate(sold, axis=0)
        weeks = _around(np.where(sold, 1.0, 0.0), _weeks(WEEKS))
        known = np.isfinite(weeks)
        trades = np.where(known, weeks, 0).sum(axis=2) >= MOSTLY * known.sum(axis=2)
        before = weeks[:, :, WEEKS - FEWEST_DAYS : WEEKS].sum(axis=2) == FEWEST_DAYS
        often = (usual >= MANY_SALES) | ((judged & ~sold).sum(axis=0) <= np.maximum(2, SELDOM * judged.sum(axis=0)))
        shut: Flags = judged & ~sold & (trades | before) & often
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


def judge(daily: pd.DataFrame, timezone: str = "", expected: pd.DataFrame | None = None) -> Judged:
    """Return every calendar day of every place, and of all together, judged against its usual.

    Usual is what the same weekday takes in the half year before and after, the day itself left out, moved by how far
    the four weeks on either side lie from theirs, so that neither a season nor a step up or down makes each later day
    odd. Both are Huber's means of logarithms, so that weekdays multiply and an odd day hardly counts. Holidays of the
    country of ``timezone``, and the days before them, are left out of both, and are usual as far as other places on
    that day, the same holiday of other years, and other holidays were apart. So are the days of ``expected``
    (:mod:`shoplib.sales.expected_days`). Days are not judged with fewer than four other days of their weekday.
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
    places = [*map(str, place.categories), EVERYWHERE]
    notes = marks(expected, days, places)
    special = _special(days, timezone)
    left_out = np.zeros(sales.shape, dtype=bool)
    for at in notes:
        left_out[at] = left_out[at[0], -1] = True
    sold = sales > 0
    return Judged(
        days, places, _judged(np.where(sold, takings, np.nan), special, left_out),
        _judged(np.where(sold, sales, np.nan), special, left_out, counts=True), grid("refunds"), notes,
    )  # fmt: skip


def _special(days: pd.DatetimeIndex, timezone: str) -> npt.NDArray[np.object_]:
    """Return the kind and name of each day that is a holiday (``h``) or the day before one (``e``), else ``""``."""
    names = rhythm.holiday_names(timezone, None, days) if timezone else {}
    following = days + pd.Timedelta(days=1)
    return np.asarray(
        [f"h{names[day]}" if day in names else f"e{names[after]}" if after in names else ""
         for day, after in zip(days, following, strict=True)], dtype=object,
    )  # fmt: skip


def _judged(found: Floats, special: npt.NDArray[np.object_], left_out: Flags, *, counts: bool = False) -> Series:
    """Return the usual values of a grid and the scores of those found.

    The distance is ``3 (∛(found ÷ usual) − 1)``: near the relative one, and even above and below where numbers of sales
    vary by a gamma (Wilson and Hilferty 1931). Its spread is the median absolute deviation of all days of a place,
    taken to fall with the fourth root of the usual value: between that of counts (square root) and that of shares
    (none). It is at least 4 %, of counts at least that of chance (Poisson), and widened where few days stand behind it.
    """
    logs = np.log(np.where(found > 0, found, np.nan))
    plain = np.where(left_out | (special != "")[:, None], np.nan, logs)
    parts = [_base(plain[:, at : at + AT_ONCE]) for at in range(0, found.shape[1], AT_ONCE)]
    base, error, scale = (np.concatenate([part[i] for part in parts], axis=-1) for i in range(3))
    base = base + _holidays(np.where(left_out, np.nan, logs - base), special, scale)
    usual = np.exp(base)
    apart = 3 * (np.cbrt(np.maximum(found, 0) / usual) - 1) / np.sqrt(1 + error)
    shape = (usual / _median(usual.T)[0]) ** 0.25
    learnt = np.where(left_out, np.nan, apart)
    size, of = _median(np.abs(learnt * shape).T)
    spread = np.maximum(1.4826 * size * (1 + 4 / np.maximum(of, 1)) / shape, SMALLEST_SPREAD)
    if counts:
        spread = np.maximum(spread, 1 / np.sqrt(usual))
    return Series(found, usual, apart / spread)


def _base(logs: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the usual logarithm of each cell, its variance in units of that of a day, and a day's spread by place."""
    weekdays = _around(logs, _weeks(PATTERN_WEEKS))
    scale = 1.4826 * _median(np.abs(logs - _median(weekdays)[0]).T)[0]
    scale = np.where(np.isfinite(scale), scale, 0.0)
    middle, known = _mean(weekdays, scale)
    middle[known < FEWEST_DAYS] = np.nan
    near = [day for day in range(-NEAR_DAYS, NEAR_DAYS + 1) if day]
    level, of = _mean(_around(logs - middle, near), scale)
    base = middle + np.where(of < FEWEST_NEAR, 0.0, level)
    return base, 1 / np.maximum(known, 1) + 1 / np.maximum(of, FEWEST_NEAR), scale


def _holidays(apart: Floats, special: npt.NDArray[np.object_], scale: Floats) -> Floats:
    """Return how far the holidays, and the days before them, are from the weekday, by all that is known but the cell.

    That is the weighted mean of the same day at other places, of the same holiday in other years and of other holidays
    there, drawn towards none. All places together learn from holidays alone.
    """
    effect = np.zeros_like(apart)
    row = np.flatnonzero(special != "")
    if not len(row):
        return effect
    names = special[row].astype(str)
    kinds = np.asarray([name[0] for name in names])
    same, alike = names[:, None] == names, kinds[:, None] == kinds
    alike &= ~same
    weights = np.where(same, SAME_HOLIDAY, alike * OTHER_HOLIDAYS / np.maximum(alike.sum(axis=1), 1))
    np.fill_diagonal(weights, 0.0)
    here = apart[row]
    bound = np.where(same[:, :, None], MOST_OF_SAME, MOST_OF_OTHER * scale)
    clipped = np.clip(here[None], -bound, bound)
    share = weights[:, :, None] * np.isfinite(here)[None]
    total = np.nansum(np.where(share > 0, clipped, 0.0) * share, axis=1)
    weight = share.sum(axis=1)
    others, count = _of_others(here[:, :-1])
    total[:, :-1] += others * count
    weight[:, :-1] += count
    effect[row] = total / (weight + NO_HOLIDAY)
    return effect


def _of_others(values: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return for each cell the median of the others of its row (0 where there is none), and how many they are."""
    rank = np.argsort(np.argsort(values, axis=1, kind="stable"), axis=1, kind="stable")
    ordered = np.sort(values, axis=1)
    known = np.isfinite(values)
    count = known.sum(axis=1, keepdims=True) - known
    ends = [np.maximum(at, 0) for at in ((count - 1) // 2, count // 2)]
    ends = [np.minimum(at + (at >= rank), max(values.shape[1] - 1, 0)) for at in ends]
    low, high = (np.take_along_axis(ordered, at, 1) for at in ends)
    return np.where(count > 0, (low + high) / 2, 0.0), count


def _weeks(count: int) -> list[int]:
    return [7 * week for week in range(-count, count + 1) if week]


def _around(values: Floats, steps: list[int]) -> Floats:
    """Return for each day (rows) and place (columns) the days so many days away; NaN beyond the data."""
    rows, last = len(values), len(values) - 1
    at = np.arange(rows)[:, None] + np.asarray(steps)
    seen = values[np.clip(at, 0, max(last, 0))] if rows else np.zeros((0, len(steps), values.shape[1]))
    seen[(at < 0) | (at > last)] = np.nan
    return np.moveaxis(seen, 1, 2)


def _mean(values: Floats, scale: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return Huber's mean along the last axis without NaN, two steps from the median, and of how many it is."""
    middle, known = _median(values)
    bound = CLIP * scale[:, None]
    for _ in range(2):
        apart = np.clip(values - middle[..., None], -bound, bound)
        middle = middle + np.nan_to_num(apart).sum(axis=-1) / np.maximum(known, 1)
    return middle, known


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
