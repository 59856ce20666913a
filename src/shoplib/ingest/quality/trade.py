"""Tests that know how a shop works: opening hours, statuses and refunds, days that can be, places that fell silent."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shoplib.base import words
from shoplib.config import quality as rules
from shoplib.contracts.columns import PAYMENT_STATUSES, TRANSACTION_STATUSES
from shoplib.ingest.quality import freshness, prepared
from shoplib.ingest.quality.columns import foreign_keys
from shoplib.ingest.quality.freshness import in_days
from shoplib.ingest.quality.probe import (
    Bools,
    Named,
    Probe,
    Problem,
    Rows,
    Told,
    every,
    filled,
    named,
    shown,
    some,
    true,
    values,
)

MINUTES_A_DAY = 1440
ZONE, OPENS, CLOSES = "locations.timezone", "locations.opens_minute", "locations.closes_minute"
TAKEN_AT = "import_jobs.started_at"
GIVEN_BACK = ("refunded", "void", "error")
TOLD_SHARE = 0.5


class BusinessHours(Probe[rules.BusinessHours]):
    """Sales stand at hours at which their place is open.

    Hours are those of a clock's face, so past midnight and the start of the business day need no case of their own:
    a sale is in time if it is no longer after opening than the place is open.
    """

    @property
    def about(self) -> str:
        return "stood at hours when the place was closed: till clock or opening hours are wrong"

    @property
    def inputs(self) -> tuple[str, ...]:
        return ("timestamp", "local_hour", "location_id", ZONE, OPENS, CLOSES)

    def _hours(self, rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return opening and minutes open of each row's place, NaN where they are not known."""
        opens, closes = (values(rows, name).astype("float64") for name in (OPENS, CLOSES))
        for place, span in self.rule.hours.items():
            here = true(rows["location_id"] == place)
            opens, closes = np.where(here, _minute(span.opens), opens), np.where(here, _minute(span.closes), closes)
        length = np.where(closes > opens, closes - opens, closes - opens + MINUTES_A_DAY)
        return opens, np.where(np.isnan(opens), np.nan, length)

    def applies(self, rows: Rows) -> Bools:
        _, length = self._hours(rows)
        timed = rows["local_hour"].notna() & rows["timestamp"].notna() & rows[ZONE].notna()
        return np.asarray(~np.isnan(length) & timed, dtype=np.bool_)

    def keeps(self, rows: Rows) -> Bools:
        opens, length = self._hours(rows)
        grace = self.rule.grace_minutes
        since = (_local_minutes(rows) - opens + grace) % MINUTES_A_DAY
        return np.asarray((since <= length + 2 * grace) | (length + 2 * grace >= MINUTES_A_DAY), dtype=np.bool_)

    def tell(self, row: dict[str, Any]) -> Told:
        one = pd.DataFrame([row])
        opens, length = self._hours(one)
        local = pd.Timestamp(row["timestamp"]).tz_convert(row[ZONE])
        wanted = f"{_clock(opens[0])}–{_clock(opens[0] + length[0])}"
        return "timestamp", f"{local:%Y-%m-%d %H:%M}", wanted


def _minute(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _clock(minute: float) -> str:
    hour, minute = divmod(int(minute) % MINUTES_A_DAY, 60)
    return f"{hour:02d}:{minute:02d}"


def _local_minutes(rows: Rows) -> NDArray[np.float64]:
    """Return the minute after midnight on the wall clock of each row's place, NaN where no zone is known."""
    minutes = np.full(len(rows), np.nan)
    codes, zones = pd.factorize(rows[ZONE].astype(object))
    for number, zone in enumerate(zones):
        here = np.flatnonzero(codes == number)
        local = rows["timestamp"].iloc[here].dt.tz_convert(zone).dt.tz_localize(None).to_numpy("datetime64[m]")
        minutes[here] = (local - local.astype("datetime64[D]")).astype("int64")
    return minutes


class Statuses(Probe[rules.Statuses]):
    """What became of a transaction agrees with its payment, its sign and what it names.

    A total below zero or the id of a sale tells a refund; such a row may not be a completed sale. The other way round,
    a refunded row must tell it where most do: a shop whose refunds never do marks the sale itself.
    """

    @property
    def about(self) -> str:
        return "had a status that their payment or sign denies: they are in takings and should not, or are not"

    @property
    def inputs(self) -> tuple[str, ...]:
        return ("transaction_status", "payment_status", "total_amount_minor", "refund_of")

    def problems(self) -> list[Problem]:
        found: list[Problem] = []
        for status, payments in self.rule.payments.items():
            if status not in TRANSACTION_STATUSES:
                found.append((("payments", status), _no_word(status, TRANSACTION_STATUSES)))
            wrong = [(number, word) for number, word in enumerate(payments) if word not in PAYMENT_STATUSES]
            found += [(("payments", status, number), _no_word(word, PAYMENT_STATUSES)) for number, word in wrong]
        return found

    def keeps(self, rows: Rows) -> Bools:
        return self._payment_keeps(rows) & self._refund_keeps(rows, self._must_tell(rows))

    def _payment_keeps(self, rows: Rows) -> Bools:
        keeps = np.ones(len(rows), dtype=np.bool_)
        for status, payments in self.rule.payments.items():
            here = true(rows["transaction_status"] == status)
            keeps &= ~here | true(rows["payment_status"].isin(payments))
        return keeps

    def _must_tell(self, rows: Rows) -> bool:
        refunded = true(rows["transaction_status"] == "refunded")
        told = _told(rows)[refunded]
        return self.rule.refunds == "found" and len(told) > 0 and float(told.mean()) >= TOLD_SHARE

    def _refund_keeps(self, rows: Rows, must_tell: bool) -> Bools:
        told, status = _told(rows), rows["transaction_status"]
        keeps = ~told | true(status.isin(GIVEN_BACK))
        return keeps & (told | true(status != "refunded")) if must_tell else keeps

    def tell(self, row: dict[str, Any]) -> Told:
        one, status, payment = pd.DataFrame([row]), str(row["transaction_status"]), str(row["payment_status"])
        if not self._payment_keeps(one)[0]:
            return "payment_status", f"{payment}, {status}", f"{status} with {words.listed(self.rule.payments[status])}"
        if _told(one)[0]:
            total = row["total_amount_minor"]
            sign = f"total {shown(total)}" if total < 0 else "refund_of is given"
            return "transaction_status", f"{status}, {sign}", f"one of {words.listed(GIVEN_BACK)}"
        return "refund_of", f"{status}, nothing", "a total below zero, or the sale it gives back, as most refunds have"


def _no_word(word: str, known: tuple[str, ...]) -> str:
    near = words.nearest(word, known)
    return f"there is no {word!r}; " + (f'did you mean "{near}"?' if near else f"it is one of {words.listed(known)}")


def _told(rows: Rows) -> Bools:
    below = values(rows, "total_amount_minor") < 0
    return np.asarray(below | filled(rows, "refund_of"), dtype=np.bool_)


class Dates(Probe[rules.Dates]):
    """Days and instants lie between a first day and the newest of the data.

    The last day is the newest that is not stray (``freshness.newest``), and never after the day the file was taken in
    where that is known.
    """

    @property
    def about(self) -> str:
        return "stood on days that cannot be: they are missing from the period they belong to"

    @property
    def columns(self) -> Named:
        return named(self.rule.columns, "moment")

    @property
    def inputs(self) -> tuple[str, ...]:
        taken = (TAKEN_AT,) if foreign_keys(self.rule.table).get("import_id") else ()
        return (*self.rule.columns, *taken)

    def applies(self, rows: Rows) -> Bools:
        return some([filled(rows, name) for name in self.rule.columns])

    def _last(self, rows: Rows, name: str) -> NDArray[np.datetime64]:
        """Return the last day that can be, of each row."""
        if self.rule.end is not None:
            return np.full(len(rows), np.datetime64(self.rule.end, "D"))
        last = freshness.newest(in_days(rows[name]), self.rule.ahead_days, self.rule.stray_share)
        every = np.full(len(rows), last)
        if TAKEN_AT not in rows or not pd.api.types.is_datetime64_any_dtype(rows[TAKEN_AT].dtype):
            return every
        taken = in_days(rows[TAKEN_AT]) + freshness.DAY  # a shop's day may be ahead of UTC's
        return np.fmin(every, taken)

    def _cells(self, rows: Rows, name: str) -> Bools:
        days = in_days(rows[name])
        return np.isnat(days) | ((days >= np.datetime64(self.rule.start, "D")) & (days <= self._last(rows, name)))

    def keeps(self, rows: Rows) -> Bools:
        return every([self._cells(rows, name) for name in self.rule.columns])

    def tell(self, row: dict[str, Any]) -> Told:
        start, days = np.datetime64(self.rule.start, "D"), {n: in_days(pd.Series([row[n]])) for n in self.rule.columns}
        early = [name for name, day in days.items() if day[0] < start]
        name = early[0] if early else max(days, key=lambda one: days[one][0])
        last = f"to {self.rule.end}" if self.rule.end else "to the newest day of all others, or of taking in"
        return name, shown(row[name]), f"{start} {last}"


class Freshness(Probe[rules.Freshness]):
    """The newest sale of each place is not far behind the newest of all."""

    @property
    def about(self) -> str:
        days = words.plural(self.rule.behind_days, "day")
        return f"sold nothing for more than {days} before the newest sale: files are missing, or the place closed"

    @property
    def inputs(self) -> tuple[str, ...]:
        return (prepared.NEWEST,)

    def applies(self, rows: Rows) -> Bools:
        return filled(rows, prepared.NEWEST)

    def keeps(self, rows: Rows) -> Bools:
        days = in_days(rows[prepared.NEWEST])
        known = days[~np.isnat(days)]
        newest = known.max() if len(known) else np.datetime64(0, "D")
        return np.asarray(newest - days <= self.rule.behind_days * freshness.DAY, dtype=np.bool_)

    def tell(self, row: dict[str, Any]) -> Told:
        days = words.plural(self.rule.behind_days, "day")
        return "business_date", shown(row[prepared.NEWEST]), f"at most {days} before the newest of all"
