"""When each place is open: the hours it sells in by weekday, against those it states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base.calendar import Period
from shoplib.sales import daygrid, paying
from shoplib.sales.daygrid import Floats
from shoplib.sales.view import Scope

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

HOURS, WEEKDAYS, MINUTES = 24, 7, 60
DAY_MINUTES = HOURS * MINUTES
NEVER = -1


@dataclass(frozen=True)
class Clock:
    """Completed sales of the days shown whose hour is known, by place, weekday and hour of the clock.

    ``counts`` and ``amounts`` (minor units) have an entry for each place, weekday and hour; ``days`` how many days of
    that weekday the place sold on. ``first`` and ``last`` are the hours of the first and the last sale on the middle
    one of those days, counted on past midnight (25 is one in the night), −1 without a sale. ``stated`` tells which
    hours lie in the stated ones, at least in part, and ``told`` which places state any. ``open``: the place sold on
    that weekday, and the hour lies between its first and last sale there or in its stated hours.
    """

    ids: list[str]
    names: list[str]
    counts: Floats
    amounts: Floats
    days: Ints
    first: Ints
    last: Ints
    stated: Bools
    told: Bools
    open: Bools


def clock(scope: Scope) -> Clock:
    """Return the hours of all places of the data over the days shown."""
    sold, places = scope.books.sold, scope.books.sold["location_id"].cat
    ids = [str(one) for one in places.categories]
    place, hour = np.asarray(places.codes, dtype="int64"), hours_of(sold)
    day = daygrid.days_since(sold["day"], daygrid.first_day(scope.books))
    amount = sold["total_minor"].to_numpy(dtype="float64")
    kept = (hour != NEVER) & _within(day, scope.window.shown, daygrid.first_day(scope.books))
    if not kept.all():
        place, hour, day, amount = place[kept], hour[kept], day[kept], amount[kept]
    weekday = (day + daygrid.first_day(scope.books).weekday()) % WEEKDAYS
    shape = (len(ids), WEEKDAYS, HOURS)
    cell = (place * WEEKDAYS + weekday) * HOURS + hour
    size = len(ids) * WEEKDAYS * HOURS
    begins = _begins(scope, ids)
    days, first, last = _spans(place, day, hour, begins, daygrid.first_day(scope.books))
    stated, told = _stated(scope, ids)
    return Clock(
        ids=ids,
        names=paying.place_names(scope, ids).tolist(),
        counts=np.bincount(cell, minlength=size).astype("float64").reshape(shape),
        amounts=np.bincount(cell, weights=amount, minlength=size).astype("float64", copy=False).reshape(shape),
        days=days,
        first=first,
        last=last,
        stated=stated,
        told=told,
        open=_open(days, first, last, stated, begins),
    )


def hours_of(sold: pd.DataFrame) -> Ints:
    """Return the hour of each receipt, −1 where it is not known."""
    return np.asarray(sold["hour"].to_numpy(dtype="int64", na_value=NEVER), dtype="int64")


def _within(day: Ints, period: Period | None, first: pd.Timestamp) -> Bools:
    if period is None:
        return np.zeros(len(day), dtype=bool)
    start, end = ((pd.Timestamp(edge) - first).days for edge in (period.start, period.end))
    return (day >= start) & (day <= end)


def _begins(scope: Scope, ids: list[str]) -> Ints:
    """Return the hour at which the business day of each place begins."""
    known = scope.books.locations.set_index("location_id")["day_start_minute"].to_dict()
    usual = scope.shop.day_start.hour * MINUTES
    return np.array([int(known.get(one, usual)) // MINUTES for one in ids], dtype="int64")


def _spans(place: Ints, day: Ints, hour: Ints, begins: Ints, first_day: pd.Timestamp) -> tuple[Ints, Ints, Ints]:
    """Return by place and weekday the days with a sale and the hours of the first and the last on the middle day."""
    length = int(day.max(initial=-1)) + 1
    at = begins[place] + (hour - begins[place]) % HOURS
    key = place * length + day
    earliest, latest = np.full(len(begins) * length, 2 * HOURS), np.full(len(begins) * length, NEVER)
    np.minimum.at(earliest, key, at)
    np.maximum.at(latest, key, at)
    traded = np.flatnonzero(latest != NEVER)
    group = (traded // max(length, 1)) * WEEKDAYS + (traded % max(length, 1) + first_day.weekday()) % WEEKDAYS
    number = np.bincount(group, minlength=len(begins) * WEEKDAYS)
    middle = [_middle(group, part[traded], number) for part in (earliest, latest)]
    shape = (len(begins), WEEKDAYS)
    return number.reshape(shape), middle[0].reshape(shape), middle[1].reshape(shape)


def _middle(group: Ints, values: Ints, number: Ints) -> Ints:
    """Return the lower median of each group, −1 for one without values; ``number`` counts the values of each."""
    ordered = values[np.lexsort((values, group))]
    starts = np.cumsum(number) - number
    found = np.full(len(number), NEVER, dtype="int64")
    some = number > 0
    found[some] = ordered[starts[some] + (number[some] - 1) // 2]
    return found


def _stated(scope: Scope, ids: list[str]) -> tuple[Bools, Bools]:
    """Return which hours of the clock lie in the stated ones of each place, at least in part, and who states any."""
    opens, closes = stated_minutes(scope, ids)
    told = ~np.isnan(opens) & ~np.isnan(closes)
    start = np.arange(HOURS) * MINUTES
    with np.errstate(invalid="ignore"):
        inside = [
            (start + shift < closes[:, None]) & (start + shift + MINUTES > opens[:, None]) for shift in (0, DAY_MINUTES)
        ]
    return inside[0] | inside[1], told


def stated_minutes(scope: Scope, ids: list[str]) -> tuple[Floats, Floats]:
    """Return stated opening and closing in minutes after midnight, NaN if not told; one past midnight is over 1440."""
    known = scope.books.locations.set_index("location_id")[["opens_minute", "closes_minute"]]
    table = known.reindex(ids).astype("Float64")
    opens, closes = (table[name].to_numpy(dtype="float64", na_value=np.nan) for name in table.columns)
    return opens, np.where(closes <= opens, closes + DAY_MINUTES, closes)


def _open(days: Ints, first: Ints, last: Ints, stated: Bools, begins: Ints) -> Bools:
    at = begins[:, None] + (np.arange(HOURS) - begins[:, None]) % HOURS
    sells = (at[:, None, :] >= first[:, :, None]) & (at[:, None, :] <= last[:, :, None])
    return np.asarray((days > 0)[:, :, None] & (sells | stated[:, None, :]), dtype=bool)


def opening_hours(found: Clock, scope: Scope) -> pd.DataFrame:
    """Return when each place sells by weekday: one row a place and weekday with a sale whose hour is known.

    Columns: ``location_id``, ``location_name``, ``weekday``, ``days``, ``first_hour`` and ``last_hour`` (hours of the
    clock of the first and the last sale on the middle day), ``opens_minute`` and ``closes_minute`` (as stated, NaN if
    not), ``outside_transactions`` and ``outside_share``: sales in hours that lie wholly outside the stated ones.
    """
    opens, closes = stated_minutes(scope, found.ids)
    place, weekday = np.nonzero(found.days)
    outside = np.where(found.stated[:, None, :], 0.0, found.counts).sum(axis=2)[place, weekday]
    told = found.told[place]
    return pd.DataFrame(
        {
            "location_id": pd.Series([found.ids[i] for i in place], dtype=object),
            "location_name": pd.Series([found.names[i] for i in place], dtype=object),
            "weekday": weekday,
            "days": found.days[place, weekday],
            "first_hour": found.first[place, weekday] % HOURS,
            "last_hour": found.last[place, weekday] % HOURS,
            "opens_minute": opens[place],
            "closes_minute": closes[place],
            "outside_transactions": pd.array(np.where(told, outside, np.nan), dtype="Float64").astype("Int64"),
            "outside_share": np.where(told, outside / found.counts.sum(axis=2)[place, weekday], np.nan),
        }
    )


def clock_time(minute: float) -> str | None:
    """Return minutes after midnight as a time of the clock, ``None`` if not known.

    >>> clock_time(420.0), clock_time(1560.0), clock_time(1440.0)
    ('07:00', '02:00', '24:00')
    """
    if np.isnan(minute):
        return None
    hour, left = divmod(int(minute), MINUTES)
    return f"{hour if hour == HOURS and not left else hour % HOURS:02d}:{left:02d}"
