"""Columns of dates to days, whatever they are written as."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
import pyarrow as pa

from shoplib.base import words
from shoplib.errors import ConfigError, SourceError
from shoplib.forecasting.panel import Flags, Whole
from shoplib.forecasting.tables.values import EMPTY, coded

NEVER = np.iinfo(np.int64).min
"""Day of a row that has none."""
ZONE = re.compile(r"(?<=[\d.])\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$", re.IGNORECASE)
TIME = r"^(.*?)[T\s,]+(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?)$"
WEEKDAY = r"(?i)\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b"
DAY_FIRST = ("%d %m %Y", "%d %m %y")
MONTH_FIRST = ("%m %d %Y", "%m %d %y")
NAMED = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%Y %b %d", "%d %b %y", "%d%b%Y")
EXCEL_DAYS, EXCEL_FIRST = (20_000, 80_000), "1899-12-30"
SECOND_UNITS = {10: 10**9, 13: 10**6, 16: 10**3, 19: 1}
"""Nanoseconds of a unit since 1970 by the digits of its numbers."""
WANTED = "dates such as 2024-01-31, 20240131, 31.01.2024 or 31 Jan 2024, all written alike"


@dataclass(frozen=True)
class Days:
    """Day of each row as days since 1970-01-01 (:data:`NEVER`: none), and the time of day beside it, in minutes."""

    day: Whole
    minute: Whole
    notes: tuple[str, ...] = ()


def days_of(column: pa.ChunkedArray, name: str, where: str, timezone: str = "") -> Days:
    """Return the day of each row; ``SourceError`` with examples where one cannot be read or be read in two ways."""
    found = coded(column)
    kind = found.different.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        moments, notes = _stamps(found.different, timezone)
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        whole = [
            f"{value:.0f}" if value is not None and value == value else "" for value in found.different.to_pylist()
        ]
        moments, notes = _read(pd.Series(whole, dtype=object), name, where, timezone)
    else:
        moments, notes = _read(pd.Series(found.texts, dtype=object).str.strip(), name, where, timezone)
    missing = moments.isna().to_numpy()
    minutes = moments.to_numpy("datetime64[ns]").astype("datetime64[m]").astype(np.int64)
    day = np.append(np.where(missing, NEVER, np.floor_divide(minutes, 24 * 60)), NEVER)
    minute = np.append(np.where(missing, 0, np.mod(minutes, 24 * 60)), 0)
    return Days(day[found.places], minute[found.places], notes)


def _stamps(values: pa.Array, timezone: str) -> tuple[pd.Series, tuple[str, ...]]:
    zone = values.type.tz if pa.types.is_timestamp(values.type) else None
    if zone is None:
        return pd.Series(values.cast(pa.timestamp("ns"), safe=False).to_pandas()), ()
    stamps = pd.Series(values.cast(pa.timestamp("ns", zone), safe=False).to_pandas())
    local = stamps.dt.tz_convert(_zone(timezone) if timezone else zone).dt.tz_localize(None)
    return local, _zone_note(str(zone), timezone)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise ConfigError("There is no such time zone", where="--timezone", found=name,
                          wanted="an IANA zone such as Europe/Berlin",
                          next_step="write it like that") from error  # fmt: skip


def _zone_note(zone: str, timezone: str) -> tuple[str, ...]:
    if timezone:
        return (f"times were turned to {timezone} before their day was taken",)
    if zone.upper() in ("UTC", "Z", "GMT", "+00:00", "+0000", "+00"):
        return ("times are in UTC and days are days of UTC; name the zone of the shop with --timezone",)
    return ("times tell their zone; each day is the local one",)


def _read(texts: pd.Series, name: str, where: str, timezone: str) -> tuple[pd.Series, tuple[str, ...]]:
    """Return the moments of different texts by the one form that all of them have."""
    texts = texts.mask(texts.str.lower().isin(EMPTY))
    filled = texts.dropna().astype(str)
    if filled.empty:
        return pd.Series(pd.NaT, index=texts.index, dtype="datetime64[ns]"), ()
    zoned = filled[filled.str.contains(":")].str.extract(ZONE, expand=False).dropna()
    notes: tuple[str, ...] = ()
    if len(zoned):
        notes = _zone_note(zoned.iloc[0] if len(set(zoned.str.upper())) == 1 else "", timezone)
        if timezone:
            instants = pd.to_datetime(filled, format="ISO8601", utc=True, errors="coerce")
            _require_all(filled, instants, name, where)
            return instants.dt.tz_convert(_zone(timezone)).dt.tz_localize(None).reindex(texts.index), notes
        filled = filled.str.replace(ZONE, "", regex=True)
    parts = filled.str.extract(re.compile(TIME, re.IGNORECASE))
    dates = parts[0].fillna(filled).str.strip()
    forms = _forms(dates)
    best = max(forms, key=lambda form: int(forms[form].notna().sum()))
    _require_all(filled, forms[best], name, where)
    if best == "day first" and forms["month first"].notna().all() and not forms[best].equals(forms["month first"]):
        raise SourceError(
            f"The dates of {name} can be read in two ways", where=where, found=words.listed(map(repr, filled), 5),
            wanted=WANTED, next_step="write them as 2024-01-31",
        )  # fmt: skip
    if best == "a number of a workbook":
        notes = (*notes, f"the numbers of {name} were read as days of a workbook: {filled.iloc[0]} is "
                         f"{forms[best].iloc[0]:%Y-%m-%d}")  # fmt: skip
    return (forms[best] + _times(parts[1])).reindex(texts.index), notes


def _times(texts: pd.Series) -> pd.Series:
    """Return times of day as spans from midnight; none is midnight."""
    clock = texts.str.extract(r"(?i)^(\d{1,2}):(\d{2}).*?([ap])?\.?(?:m\.?)?$")
    hours, minutes = (pd.to_numeric(clock[part]).fillna(0.0) for part in (0, 1))
    half = clock[2].str.lower()
    hours = hours.where(half.isna(), hours % 12) + 12 * (half == "p")
    return pd.to_timedelta(hours * 60 + minutes, unit="min")


def _forms(dates: pd.Series) -> dict[str, pd.Series]:
    """Return the days of texts under each form; the one that reads all of them is right."""
    digits = dates.str.fullmatch(r"\d+").to_numpy(dtype=bool)
    if digits.all():
        return {"a number": _from_digits(dates)} if not _of_workbook(dates).all() else {
            "a number of a workbook": pd.Timestamp(EXCEL_FIRST) + pd.to_timedelta(pd.to_numeric(dates), unit="D")
        }  # fmt: skip
    dashed = dates.str.replace(r"[./]", "-", regex=True)
    forms = {"year first": pd.to_datetime(dashed, format="ISO8601", errors="coerce")}
    if forms["year first"].notna().all():
        return forms
    forms["year first"] = forms["year first"].fillna(_by(dashed, ("%Y-%m-%d",)))
    apart = dates.str.replace(r"[./,-]+", " ", regex=True).str.replace(r"\s+", " ", regex=True).str.strip()
    forms["day first"] = _by(apart, DAY_FIRST)
    forms["month first"] = _by(apart.mask(dates.str.contains(r"\d\.\d")), MONTH_FIRST)
    named = apart.str.replace(WEEKDAY, "", regex=True).str.replace("Sept ", "Sep ", regex=False).str.strip()
    forms["named months"] = _by(named, NAMED)
    return forms


def _by(dates: pd.Series, formats: tuple[str, ...]) -> pd.Series:
    read = pd.Series(pd.NaT, index=dates.index, dtype="datetime64[ns]")
    for wanted in formats:
        left = dates[read.isna()].dropna()
        if len(left):
            read = read.fillna(pd.to_datetime(left, format=wanted, errors="coerce"))
    return read


def _of_workbook(dates: pd.Series) -> Flags:
    size = pd.to_numeric(dates).to_numpy(np.float64)
    return (size >= EXCEL_DAYS[0]) & (size <= EXCEL_DAYS[1])


def _from_digits(dates: pd.Series) -> pd.Series:
    """Return days of texts of digits: 20240131, or seconds (or parts of them) since 1970."""
    lengths = set(dates.str.len())
    if len(lengths) == 1 and (unit := SECOND_UNITS.get(lengths.pop())):
        return pd.Series(pd.to_datetime(pd.to_numeric(dates) * unit, unit="ns", errors="coerce"))
    return pd.Series(pd.to_datetime(dates.where(dates.str.len() == 8), format="%Y%m%d", errors="coerce"))


def _require_all(texts: pd.Series, read: pd.Series, name: str, where: str) -> None:
    wrong = texts[read.isna()]
    if len(wrong):
        raise SourceError(
            f"The column {name} is not all dates", where=where,
            found=f"{words.listed(map(repr, wrong), 5)}", wanted=WANTED,
            next_step="mend these rows, or name another column with --time",
        )  # fmt: skip
