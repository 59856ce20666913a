"""When within the day each transaction falls, and the order they come in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from shoplib.config.worlds import EposWorld
from shoplib.simulate import draws
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.epos.places import Places

DAY_MINUTES = 1440
DAY_SECONDS = 86_400
# Trade by hour of the clock from 0 to 23, one row a type: restaurant, bar, pub, café.
HOURS = np.array(
    [
        [.3, .2, .2, .2, .2, .2, .4, 1, 1.6, 1.4, 1.2, 2, 6, 8, 5, 2.4, 2.2, 4.6, 9, 11, 9.5, 5.6, 2.2, .8],
        [7, 4, 2, 1, .4, .2, .2, .3, .5, .8, .9, 1.2, 2.8, 3, 2.4, 2.4, 3.6, 6.8, 8, 8.4, 9.8, 11, 10.5, 9.5],
        [1.6, .6, .3, .2, .2, .2, .2, .3, .5, .8, 1.1, 2.2, 6, 6.8, 5, 4.2, 5, 7.6, 8.8, 9.4, 9.6, 8.8, 6.2, 3.4],
        [.1, .1, .1, .1, .1, .2, .8, 5, 10, 9, 8, 7.5, 9.5, 9, 6.5, 6.5, 5.5, 2.6, 1.2, .9, .7, .4, .2, .1],
    ]
)  # fmt: skip
LATE_NIGHT = 0.05  # more on Friday and Saturday for each hour after five
SUNDAY_LUNCH = 1.5
SUNDAY_NIGHT = 0.65
LEVEL_BITS = 10
LEVELS = 1 << LEVEL_BITS
LONGEST_KEY = 2**31


@dataclass(frozen=True)
class Clock:
    """When places trade: the same hours every day, with the rhythm of their type."""

    first: int  # opening, minutes after midnight of the business day
    last: int  # closing; over 1440 is past midnight
    reached: npt.NDArray[np.float32]  # (type, weekday) × levels: second by which that share of the day's trade is done
    by_hour: Floats  # (type, weekday) × hours of the wall clock: share of the day's trade
    gaps: dict[int, tuple[int, int]]  # business day → second at which clocks go forward, and by how much


@dataclass(frozen=True)
class Moments:
    """One entry a transaction, in order of time, then place."""

    place: Ints
    day: Ints  # business day, counted from the first of the world
    second: Ints  # local wall clock since midnight of the business day; over 86,400 after midnight
    hour: Ints  # of the wall clock, 0 to 23


def clock(settings: EposWorld, when: Days, zone: str) -> Clock:
    """Return the trading hours of a world.

    A chain that closes at or before its opening time sells past midnight, still for the day it opened on.
    """
    first = settings.opens.hour * 60 + settings.opens.minute
    last = settings.closes.hour * 60 + settings.closes.minute
    last += DAY_MINUTES if last <= first else 0
    weights = _profile(first, last)
    done = np.cumsum(weights, axis=1)
    done = np.concatenate([np.zeros((len(done), 1)), done / done[:, -1:]], axis=1)
    minute, share = np.arange(first, last + 1), np.linspace(0, 1, LEVELS + 1)
    reached = np.array([np.interp(share, row, minute * 60) for row in done], dtype=np.float32)
    hour = np.arange(first, last) // 60 % 24
    by_hour = np.array([np.bincount(hour, weights=row, minlength=24) / row.sum() for row in weights])
    return Clock(first, last, reached, by_hour, _gaps(when, first, last, zone))


def moments(rng: np.random.Generator, counts: Ints, start: int, where: Places, when: Days, times: Clock) -> Moments:
    """Return the wall-clock moment of every transaction counted in ``counts`` (places × days from ``start`` on).

    All lie from opening up to, not including, closing, and none in the hour that the clocks skip in spring.
    """
    places, days = counts.shape
    by_day = counts.T.ravel()
    weekday = when.weekday[start : start + days]
    kind_of_pair = (where.kinds[None, :] * 7 + weekday[:, None]).ravel()
    group = np.repeat(kind_of_pair.astype(np.int64) * (LEVELS + 1), by_day)
    word = draws.words(rng, len(group))
    at = group + (word >> (32 - LEVEL_BITS))
    low, high = times.reached.take(at), times.reached.take(at + 1)
    part = (word & (2 ** (32 - LEVEL_BITS) - 1)).astype(np.float32) * np.float32(2.0 ** (LEVEL_BITS - 32))
    second = np.minimum((low + (high - low) * part).astype(np.int32), times.last * 60 - 1)

    in_day = counts.sum(axis=0)
    ends = in_day.cumsum()
    for changed, gap in times.gaps.items():
        if start <= changed < start + days:
            piece = slice(int(ends[changed - start] - in_day[changed - start]), int(ends[changed - start]))
            second[piece] = _existing(second[piece], gap, times)

    span = (times.last - times.first) * 60
    width = np.int32 if days * span * places < LONGEST_KEY else np.int64
    pair = np.arange(places * days, dtype=width)
    base = pair // places * (span * places) + pair % places
    keys = (second.astype(width) - times.first * 60) * width(places) + np.repeat(base, by_day)
    keys.sort()
    day = np.repeat(np.arange(days, dtype=np.int32), in_day)
    midnight: Ints = np.arange(days).astype(width) * (span * places)
    rest: Ints = keys - np.repeat(midnight, in_day)
    second = rest // width(places)
    place = (rest - second * width(places)).astype(np.int32)
    second = second.astype(np.int32) + np.int32(times.first * 60)
    hour = second // 3600
    return Moments(place, day + np.int32(start), second, hour - 24 * (hour >= 24))


def instants(when: Days, moment: Moments) -> npt.NDArray[np.int64]:
    """Return the local wall clock of each transaction, in seconds since 1970."""
    midnight = when.dates.astype("datetime64[s]").astype(np.int64)
    return midnight.take(moment.day) + moment.second


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


def _gaps(when: Days, first: int, last: int, zone: str) -> dict[int, tuple[int, int]]:
    """Return the business days within whose hours the clocks go forward, with the second and the seconds skipped."""
    place = ZoneInfo(zone)
    opens, closes = dt.timedelta(minutes=first), dt.timedelta(minutes=last)
    found = {}
    for day, date in enumerate(when.dates.tolist()):
        midnight = dt.datetime.combine(date, dt.time())
        # In a gap, fold 0 is told with the offset before it and fold 1 with the one after.
        before = (midnight + opens).replace(tzinfo=place).utcoffset()
        after = (midnight + closes).replace(tzinfo=place, fold=1).utcoffset()
        if before is None or after is None or after <= before:
            continue
        minutes = range(first, last)
        skipped = [at for at in minutes if not _exists(midnight + dt.timedelta(minutes=at), place)]
        if skipped:
            found[day] = (skipped[0] * 60, len(skipped) * 60)
    return found


def _exists(wall_clock: dt.datetime, place: ZoneInfo) -> bool:
    there = wall_clock.replace(tzinfo=place).astimezone(dt.UTC)
    return there.astimezone(place).replace(tzinfo=None) == wall_clock


def _existing(second: Ints, gap: tuple[int, int], times: Clock) -> Ints:
    """Return moments with those in the gap mirrored into the open time before it, or moved behind it if there is none.

    If clocks skip all the hours of a day, nothing can be done.
    """
    begins, length = gap
    into = second - begins
    before, after = begins - times.first * 60, times.last * 60 - begins - length
    if before:
        moved = begins - 1 - into % before
    elif after:
        moved = begins + length + into % after
    else:
        return second
    return np.where((into >= 0) & (into < length), moved, second)
