"""Days that took far more or less than such a day usually does, or nothing, and what goes with each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import words
from shoplib.sales import chances, rhythm, summary
from shoplib.sales.baseline import EVERYWHERE, WEEKS, Judged, judge
from shoplib.sales.moved import Moved

Ints = npt.NDArray[np.int64]

COLUMNS = ["location_id", "business_date", "direction", "found_minor", "usual_minor", "score", "reason"]
LEAST_PART = 0.25  # of a change, in logarithms, before number or average is said to have a part in it
MOST_PART = 0.7  # of a change of all places together that one place alone makes up
ALIKE = 0.5  # of the relative change of all together that each place has at least, where all are alike
RARE, FEWEST_REFUNDS = 0.001, 3
ONE_PLACE, ALL_ALIKE, NO_PLACE = "one place: ", "all places alike", "no place traded"
EXPECTED = "expected"


def sales_anomalies(
    daily: pd.DataFrame,
    timezone: str = "",
    *,
    expected: pd.DataFrame | None = None,
    offers: pd.DataFrame | None = None,
    moved: Moved | None = None,
) -> pd.DataFrame:
    """Return ``sales_anomalies`` of ``sales_daily``: one row a place, or all together, on each odd day.

    Rows are by place, all together (``*``) first, then by day. Holidays are those of the country of ``timezone``.
    Reasons name them, the days somebody expected (``expected``, :mod:`shoplib.sales.expected_days`), the offers that
    ran (``offers``, the table ``promotions``), and the product, category and hours that moved (``moved``). Days that
    were expected have a reason that begins with :data:`EXPECTED`; :func:`unexpected` leaves them out.
    """
    return told(judge(daily, timezone, expected), timezone, offers=offers, moved=moved)


def unexpected(anomalies: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``sales_anomalies`` that nobody expected."""
    return anomalies[~anomalies["reason"].fillna("").str.startswith(EXPECTED)]


def told(
    judged: Judged, timezone: str = "", *, offers: pd.DataFrame | None = None, moved: Moved | None = None
) -> pd.DataFrame:
    """Return the odd and the closed days of :func:`judge` as the table ``sales_anomalies``."""
    row, place = np.nonzero((judged.odd != 0) | judged.closed)
    order = np.lexsort((row, np.asarray([*range(1, len(judged.places)), 0])[place]))
    row, place = row[order], place[order]
    closed = judged.closed[row, place]
    return pd.DataFrame(
        {
            "location_id": np.asarray(judged.places, dtype=object)[place],
            "business_date": judged.days[row].astype("datetime64[ns]"),
            "direction": np.select([closed, judged.odd[row, place] > 0], ["no sale", "above"], "below").astype(object),
            "found_minor": np.nan_to_num(judged.takings.found[row, place]).astype("int64"),
            "usual_minor": np.rint(judged.takings.usual[row, place]).astype("int64"),
            "score": np.where(closed, np.nan, judged.score[row, place]),
            "reason": pd.Series(reasons(judged, row, place, timezone, offers=offers, moved=moved), dtype=object),
        }
    )[COLUMNS]


def reasons(
    judged: Judged,
    row: Ints,
    place: Ints,
    timezone: str = "",
    *,
    offers: pd.DataFrame | None = None,
    moved: Moved | None = None,
) -> list[str | None]:
    """Return what goes with some days, given as rows and columns of the grids; ``None`` where nothing was found.

    Parts are in the order: the note of who expected it, holiday or the day before one, offers, number of sales and
    their average, refunds, which places, which product or category, which hours.
    """
    if not len(row):
        return []
    named = rhythm.holiday_names(timezone, None, judged.days)
    several = len(judged.places) > 2
    shut = ~np.isfinite(judged.takings.found[:, -1])
    many = _many_refunds(judged)
    found = []
    for day, column in zip(row.tolist(), place.tolist(), strict=True):
        date, together = judged.days[day], judged.places[column] == EVERYWHERE
        parts = [summary.day_note(named.get(date), named.get(date + pd.Timedelta(days=1)))]
        if (day, column) in judged.notes:
            note = judged.notes[day, column]
            parts.insert(0, f"{EXPECTED}: {note}" if note else EXPECTED)
        if judged.closed[day, column]:
            parts.append(NO_PLACE if several and shut[day] else "")
        else:
            if judged.odd[day, column] > 0:
                parts.append(_offers(offers, date, None if together else judged.places[column]))
            parts.append(_number_or_average(judged, day, column))
            parts.append(f"many refunds ({words.count(judged.refunds[day, column])})" if many[day, column] else "")
            parts.append(_places(judged, day) if together and several else "")
            parts += _moved(moved, judged, day, column)
        found.append("; ".join(part for part in parts if part) or None)
    return found


def _offers(offers: pd.DataFrame | None, date: pd.Timestamp, place: str | None) -> str:
    """Return the offers that began within the last week and run on a day at a place, ``None`` at any."""
    if offers is None or not len(offers):
        return ""
    begun = pd.to_datetime(offers["starts"])
    runs = (begun <= date) & (pd.to_datetime(offers["ends"]) >= date) & (begun > date - pd.Timedelta(days=7))
    if place is not None:
        runs &= offers["location_id"].isna() | (offers["location_id"].astype(object) == place)
    names = sorted({str(name) for name in offers.loc[runs.to_numpy(dtype=bool), "promotion_name"].dropna()})
    return f"offer: {words.listed(names, 3)}" if names else ""


def _moved(moved: Moved | None, judged: Judged, day: int, column: int) -> list[str]:
    """Return which product, category or hours moved, beside the even days of the weekday in the weeks around."""
    if moved is None:
        return []
    around = np.arange(day - 7 * WEEKS, day + 7 * WEEKS + 1, 7)
    around = around[(around >= 0) & (around < len(judged.days)) & (around != day)]
    even = around[np.isfinite(judged.takings.found[around, column]) & (judged.odd[around, column] == 0)]
    place = judged.places[column]
    return moved.told(judged.days[day], judged.days[even], None if place == EVERYWHERE else place)


def _number_or_average(judged: Judged, day: int, column: int) -> str:
    """Return whether the number of sales or their average moved takings."""
    cell = day, column
    count, usual_count = judged.sales.found[cell], judged.sales.usual[cell]
    found, usual = max(judged.takings.found[cell], 0.0), judged.takings.usual[cell]
    if not np.isfinite(usual_count):
        return ""
    if not found:
        return "sales without takings"
    by_number, whole = float(np.log(count / usual_count)), float(np.log(found / usual))
    by_average = whole - by_number
    number = "more sales" if by_number > 0 else "fewer sales"
    average = "bigger" if by_average > 0 else "smaller"
    least = LEAST_PART * max(abs(by_number), abs(by_average))
    if abs(by_average) <= least:
        return f"{number} at the usual average"
    if abs(by_number) <= least:
        return f"the usual number of sales, {average} average"
    return f"{number} {'and' if by_number * by_average > 0 else 'but'} a {average} average"


def _many_refunds(judged: Judged) -> npt.NDArray[np.bool_]:
    """Return on which days there were more refunds than chance gives a place (Poisson, one in a thousand)."""
    trading = np.maximum(np.isfinite(judged.takings.found).sum(axis=0), 1)
    beyond = chances.poisson_at_most(RARE, judged.refunds.sum(axis=0) / trading)
    many: npt.NDArray[np.bool_] = (judged.refunds > beyond) & (judged.refunds >= FEWEST_REFUNDS)
    return many


def _places(judged: Judged, day: int) -> str:
    """Return which places made an odd day of all together: closed ones, one alone, or all of them."""
    usual = judged.takings.usual[day, :-1]
    known = np.isfinite(usual)
    if known.sum() < 2:
        return ""
    shut = int(judged.closed[day, :-1].sum())
    if shut and judged.odd[day, -1] < 0:
        return f"{words.plural(shut, 'place')} without a sale"
    found = np.nan_to_num(judged.takings.found[day, :-1])
    apart = np.where(known, found - np.nan_to_num(usual), 0.0)
    whole = judged.takings.found[day, -1] - judged.takings.usual[day, -1]
    part = apart * np.sign(whole)
    top = int(part.argmax())
    if part[top] >= MOST_PART * abs(whole) and part[top] >= MOST_PART * part[part > 0].sum():
        return f"{ONE_PLACE}{judged.places[top]}"
    relative = part[known] / usual[known]
    alike = (relative >= ALIKE * abs(whole) / judged.takings.usual[day, -1]).mean()
    return ALL_ALIKE if alike >= 0.8 else ""
