"""Which days a report tells of: those shown, the latest of them, and the same weekdays before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from shoplib.base.calendar import Period, last_days
from shoplib.errors import ConfigError


@dataclass(frozen=True)
class Window:
    """The days of a report.

    ``shown`` are all days that totals cover, cut to the days there are data for; ``recent`` the latest of them, whose
    change is told; ``before`` the days whole weeks earlier that ``recent`` is compared with, ``None`` where the data do
    not reach over both. ``whole`` is false if anything asked for was cut. Without any data both periods are ``None``.
    """

    shown: Period | None
    recent: Period | None
    before: Period | None
    whole: bool


EMPTY = Window(None, None, None, False)


def span(daily: pd.DataFrame) -> Period | None:
    """Return the days from the first to the last row of ``sales_daily``, ``None`` if it has no rows."""
    if daily.empty:
        return None
    return Period(daily["business_date"].min().date(), daily["business_date"].max().date())


def window(
    known: Period | None, compare_days: int = 28, start: dt.date | None = None, end: dt.date | None = None
) -> Window:
    """Return the days of a report over data that reach over ``known``.

    Without ``start`` totals cover all days, up to ``end`` if it is given, and the last ``compare_days`` of them are
    compared. With ``start`` the days asked for are both. ``start`` after ``end`` raises ``ConfigError``; days outside
    the data give an empty window.
    """
    if start is not None and end is not None and end < start:
        raise ConfigError("The days asked for end before they begin", where="--from and --to",
                          found=f"{start} to {end}", next_step="exchange the two days")  # fmt: skip
    if known is None or (end is not None and end < known.start) or (start is not None and start > known.end):
        return EMPTY
    shown = Period(max(start or known.start, known.start), min(end or known.end, known.end))
    recent = shown if start is not None else last_days(shown.end, compare_days)
    cut = Period(max(recent.start, known.start), recent.end)
    whole = cut == recent and (start is None or start >= known.start) and (end is None or end <= known.end)
    before = recent.before()
    return Window(shown, cut, before if whole and before.start >= known.start else None, whole)
