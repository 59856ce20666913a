"""Written dates and times to UTC instants, by the wall clock of the place that wrote them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

_TIME_PARTS = re.compile(r"%[HIcXsT]")
_TEXT_MARK, _FORMAT_MARK = r"(?<=\w)[-.](?=\w)", re.compile(r"[-.](?=%)")
_CLOCK_WORDS = ("now", "today")  # pandas would read the clock
_ISO = r"^\d{4}-?\d{2}-?\d{2}(?:[T ]\d{2}.*)?$"
_WHOLE_ISO = r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
_SERIAL, _SPREADSHEET_ZERO = r"[2-7]\d{4}(?:\.\d+)?", pd.Timestamp("1899-12-30")  # of 1954 to 2119
_ZONE = r"(?:Z|[+-]\d{2}:?\d{2})$"


@dataclass(frozen=True)
class Moments:
    """What a column of dates and times says, before any place is known.

    ``wall`` is the wall-clock time (``datetime64[ns]``), ``instant`` the UTC instant where the text carries
    its own offset; at most one of the two is present in a row. ``has_time`` tells times from bare dates.
    """

    wall: pd.Series
    instant: pd.Series
    has_time: pd.Series

    @property
    def readable(self) -> pd.Series:
        """Return which rows hold a date that exists."""
        return self.wall.notna() | self.instant.notna()


def read_moments(cells: pd.Series, format_: str, *, iso_too: bool = False) -> Moments:
    """Return the moments of a column of strings written in a strptime format; unreadable ones are missing.

    Without a format ISO 8601 is expected, with or without an offset. With one, days and months need no leading
    zero, and the marks ``-``, ``/`` and ``.`` mean the same: spreadsheets mix them in one column, and the order
    of day and month is what the format settles. With ``iso_too`` a whole ISO date is read beside a format that does not
    begin with the year: the same export as a workbook has its days as such. The work is done once for each cell that
    differs.
    """
    codes, distinct = pd.factorize(cells)
    texts = pd.Series(distinct, dtype=object)
    if format_:
        aware = "%z" in format_
        texts = texts.mask(texts.isin(_CLOCK_WORDS), "")
        read = pd.to_datetime(texts, format=format_, errors="coerce", utc=aware)
        left = read.isna()
        if not aware and left.any():  # the minus of an offset is no mark of a date
            marked = texts[left].str.replace(_TEXT_MARK, "/", regex=True)
            read = read.fillna(pd.to_datetime(marked, format=_FORMAT_MARK.sub("/", format_), errors="coerce"))
        from_cells = pd.Series(False, index=texts.index)
        if iso_too and not aware and not format_.startswith("%Y") and read.isna().any():
            iso = texts.where(read.isna() & texts.str.match(_WHOLE_ISO, na=False))
            read = read.fillna(pd.to_datetime(iso, format="ISO8601", errors="coerce"))
            from_cells = iso.notna()
        wall = _none(len(texts)) if aware else read.astype("datetime64[ns]")
        instant = read.astype("datetime64[ns, UTC]") if aware else _none(len(texts)).dt.tz_localize("UTC")
        has_time = pd.Series(_TIME_PARTS.search(format_) is not None, index=texts.index)
        has_time = has_time.mask(from_cells, texts.str.contains("[T ]", na=False))
    else:
        iso = texts.where(texts.str.match(_ISO, na=False))
        zoned = iso.str.contains(_ZONE, na=False) & iso.str.contains("[T ]", na=False)
        wall = pd.to_datetime(iso.where(~zoned), format="ISO8601", errors="coerce").astype("datetime64[ns]")
        read = pd.to_datetime(iso.where(zoned), format="ISO8601", errors="coerce", utc=True)
        instant = read.astype("datetime64[ns, UTC]")
        has_time = iso.str.contains("[T ]", na=False)
    timed = _spread(has_time, codes, cells.index)
    return Moments(_spread(wall, codes, cells.index), _spread(instant, codes, cells.index), timed)


def _none(length: int) -> pd.Series:
    return pd.Series(np.full(length, np.datetime64("NaT", "ns")))


def _spread(values: pd.Series, codes: np.ndarray, index: pd.Index) -> pd.Series:
    return values.take(codes).set_axis(index)


def hints(cells: pd.Series, format_: str) -> pd.Series:
    """Return what cells that are no date of a format look like, as the end of a sentence; ``""`` where nothing shows.

    >>> hints(pd.Series(["45321", "30/01/24", "soon"]), "%d/%m/%Y").tolist()
    ['; it looks like the number by which a spreadsheet keeps 2024-01-30', '; its year has two digits', '']
    """
    serials = pd.to_numeric(cells.where(cells.str.fullmatch(_SERIAL)), errors="coerce")
    days = (_SPREADSHEET_ZERO + pd.to_timedelta(serials // 1, unit="D")).dt.strftime("%Y-%m-%d")
    told = "; it looks like the number by which a spreadsheet keeps " + days.astype(object)
    short = pd.Series(False, index=cells.index)
    if "%Y" in format_:
        short = read_moments(cells, format_.replace("%Y", "%y")).readable
    return told.where(serials.notna(), "").mask(short & serials.isna(), "; its year has two digits").astype(object)


def to_utc(moments: Moments, rows: pd.Series, timezone: str, day_start: dt.time) -> pd.Series:
    """Return the UTC instants of some rows (a mask) on the wall clock of ``timezone``.

    A wall time that a clock change skips moves on to the first one that exists; one that happens twice is
    taken as its first occurrence. A bare date stands for the start of its business day.
    """
    wall = moments.wall[rows]
    opening = wall.dt.normalize() + pd.Timedelta(hours=day_start.hour, minutes=day_start.minute)
    wall = wall.where(moments.has_time[rows], opening)
    instants: pd.Series = _localized(wall, ZoneInfo(timezone)).fillna(moments.instant[rows])
    return instants


def _localized(wall: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Return wall times as UTC; only those within a day of a clock change need the slow, careful way."""
    day = pd.Timedelta(days=1)
    before, after = (wall - _offset(wall + shift, zone) for shift in (-day, day))
    near = before != after
    instants = before.dt.tz_localize("UTC")
    if not near.any():
        return instants
    first = np.ones(int(near.sum()), dtype=bool)
    careful = wall[near].dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    return instants.mask(near, careful.dt.tz_convert("UTC"))


def _offset(instants: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Return how far the wall clock is ahead of UTC at naive UTC instants."""
    local: pd.Series = instants.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    return local - instants


def read_clock(cells: pd.Series) -> pd.Series:
    """Return minutes after midnight of ``HH:MM`` or ``HH:MM:SS`` cells (``Int64``); 24:00 is 1440.

    >>> read_clock(pd.Series(["04:00", "24:00", "noon"])).tolist()
    [240, 1440, <NA>]
    """
    parts = cells.str.extract(r"^(\d{1,2}):([0-5]\d)(?::[0-5]\d)?$").astype("Int64")
    minutes: pd.Series = parts[0] * 60 + parts[1]
    return minutes.where(minutes.le(1440).fillna(False))
