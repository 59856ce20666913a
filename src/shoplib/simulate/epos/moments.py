"""When within the day each transaction falls, and the order they come in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.epos.places import Places

DAY_MINUTES = 1440
DAY_SECONDS = 86_400
# Trade by hour of the clock from 0 to 23, one row a type: restaurant, bar, pub.
HOURS = np.array(
    [
        [.3, .2, .2, .2, .2, .2, .4, 1, 1.6, 1.4, 1.2, 2, 6, 8, 5, 2.4, 2.2, 4.6, 9, 11, 9.5, 5.6, 2.2, .8],
        [7, 4, 2, 1, .4, .2, .2, .3, .5, .8, .9, 1.2, 2.8, 3, 2.4, 2.4, 3.6, 6.8, 8, 8.4, 9.8, 11, 10.5, 9.5],
        [1.6, .6, .3, .2, .2, .2, .2, .3, .5, .8, 1.1, 2.2, 6, 6.8, 5, 4.2, 5, 7.6, 8.8, 9.4, 9.6, 8.8, 6.2, 3.4],
    ]
)  # fmt: skip
LATE_NIGHT = 0.05  # more on Friday and Saturday for each hour after five
SUNDAY_LUNCH = 1.5
SUNDAY_NIGHT = 0.65


@dataclass(frozen=True)
class Moments:
    """One entry a transaction, in order of time, then place."""

    place: Ints
    day: Ints  # business day, counted from the first
    second: Ints  # local wall clock since midnight of the business day; over 86,400 after midnight
    hour: Ints  # of the wall clock, 0 to 23


def moments(counts: Ints, where: Places, when: Days, opens: dt.time, closes: dt.time, zone: str, seed: int) -> Moments:
    """Return the wall-clock moment of every transaction counted in ``counts`` (places × days).

    All lie from ``opens`` up to, not including, ``closes``; a place that closes at or before its opening
    time sells past midnight, still for the day it opened on. A moment the clocks skip in spring is an
    hour earlier instead.
    """
    rng = seeds.stream(seed, "simulate", "moments")
    first = opens.hour * 60 + opens.minute
    last = closes.hour * 60 + closes.minute
    last += DAY_MINUTES if last <= first else 0
    places, days = counts.shape
    pair = np.repeat(np.arange(places * days), counts.ravel())
    place, day = np.divmod(pair, days)
    group = where.kinds[place] * 7 + when.weekday[day]
    minute = first + draws.pick(rng, _profile(first, last), group)
    second: Ints = minute * 60 + rng.integers(60, size=len(minute))
    if last > DAY_MINUTES:
        second = _existing(when, day, second, zone)
    keys = np.sort(((day * (2 * DAY_SECONDS) + second) * places) + place)
    rest, place = np.divmod(keys, places)
    day, second = np.divmod(rest, 2 * DAY_SECONDS)
    return Moments(place, day, second, second // 3600 % 24)


def timestamps(when: Days, moment: Moments) -> pd.DatetimeIndex:
    """Return the local wall clock of each transaction, without a zone, to the second."""
    midnight = when.dates[moment.day].astype("datetime64[s]")
    return pd.DatetimeIndex(midnight + moment.second.astype("timedelta64[s]"))


def _profile(first: int, last: int) -> Floats:
    """Return trade by minute of opening: one row for each type and weekday."""
    minute = np.arange(first, last)
    clock = (minute % DAY_MINUTES) / 60
    middles = np.arange(-1, 25) + 0.5
    rows = []
    for hours in HOURS:
        plain = np.interp(clock, middles, [hours[-1], *hours, hours[0]])
        evening = np.maximum(0, minute / 60 - 17)
        for weekday in range(7):
            if weekday in (4, 5):
                rows.append(plain * (1 + LATE_NIGHT * evening))
            elif weekday == 6:
                lunch = np.where((clock >= 12) & (clock < 16), SUNDAY_LUNCH, 1.0)
                rows.append(plain * lunch * np.where(minute / 60 >= 19, SUNDAY_NIGHT, 1.0))
            else:
                rows.append(plain)
    return np.array(rows)


def _existing(when: Days, day: Ints, second: Ints, zone: str) -> Ints:
    """Return ``second`` with moments that the spring change of clocks skips moved before it."""
    late = np.flatnonzero(second >= DAY_SECONDS)
    local = when.dates[day[late]].astype("datetime64[s]") + second[late].astype("timedelta64[s]")
    kept = pd.DatetimeIndex(local)
    there_and_back = (
        kept.tz_localize(ZoneInfo(zone), ambiguous=np.zeros(len(kept), dtype=bool), nonexistent=pd.Timedelta(hours=-1))
        .tz_localize(None)
        .to_numpy()
    )
    moved = second.copy()
    moved[late] += (there_and_back - local).astype("timedelta64[s]").astype(np.int64)
    return moved
