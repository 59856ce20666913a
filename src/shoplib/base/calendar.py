"""Business days, periods and what they are compared with. No clock is ever read here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pandas as pd


def business_date(instants: pd.Series, timezone: str, day_start: dt.time) -> pd.Series:
    """Return the business day each UTC instant belongs to, as ``datetime64[ns]`` midnights.

    A day runs from ``day_start`` local time to the next: with 04:00, a sale at 01:30 on Saturday is
    Friday's. The wall clock decides, so a day is 23 or 25 hours long when clocks change and every
    instant falls into exactly one day. Missing instants stay missing.
    """
    zone = ZoneInfo(timezone)
    local = instants.dt.tz_convert(zone).dt.tz_localize(None)
    shift = pd.Timedelta(hours=day_start.hour, minutes=day_start.minute)
    days: pd.Series = (local - shift).dt.normalize().astype("datetime64[ns]")
    return days


def local_hour(instants: pd.Series, timezone: str) -> pd.Series:
    """Return the wall-clock hour (0 to 23) of each UTC instant in ``timezone``."""
    hours: pd.Series = instants.dt.tz_convert(ZoneInfo(timezone)).dt.hour
    return hours


@dataclass(frozen=True)
class Period:
    """A run of whole days, both ends included.

    >>> week = Period(dt.date(2024, 3, 4), dt.date(2024, 3, 10))
    >>> week.days, week.before().start
    (7, datetime.date(2024, 2, 26))
    """

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.end - self.start).days + 1

    def before(self) -> Period:
        """Return the period just before, whole weeks earlier so that weekdays match."""
        back = dt.timedelta(days=-(-self.days // 7) * 7)
        return Period(self.start - back, self.end - back)

    def covers(self, dates: pd.Series) -> pd.Series:
        """Return which dates (``datetime64``) lie inside."""
        return dates.between(pd.Timestamp(self.start), pd.Timestamp(self.end))


def last_days(end: dt.date, days: int) -> Period:
    """Return the ``days`` whole days that end with ``end``."""
    return Period(end - dt.timedelta(days=days - 1), end)
