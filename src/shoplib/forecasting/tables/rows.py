"""Rows put on one calendar: one row for each series and day, what came twice settled, no other rhythm than days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from shoplib.base import words
from shoplib.errors import SourceError
from shoplib.forecasting.panel import Flags, Floats, Whole
from shoplib.forecasting.tables.columns import Columns, Taken
from shoplib.forecasting.tables.days import NEVER, days_of
from shoplib.forecasting.tables.values import coded

MOST_DAYS = 36_525
MOST_CELLS = 200_000_000
RHYTHMS = {"weekly": (7, 14), "monthly": (28, 29, 30, 31), "quarterly": (90, 91, 92), "yearly": (365, 366)}
REGULAR = 0.8
"""Share of the steps between rows that makes a rhythm."""


@dataclass(frozen=True)
class Rows:
    """Rows of a table by series and day, sorted by both: ``place`` of the series in ``ids``, days since 1970-01-01.

    ``kept`` has the position of the first row of each series and day in the table; ``group`` the place among these of
    every row of the table that has a series and a day, ``used`` the position of those.
    """

    ids: tuple[str, ...]
    place: Whole
    day: Whole
    kept: Whole
    group: Whole
    used: Whole
    notes: tuple[str, ...]

    @property
    def summed(self) -> bool:
        """Whether some series and day has more than one row."""
        return len(self.used) > len(self.kept)

    def total(self, values: Floats) -> Floats:
        """Return the sum of a column by series and day; NaN where no row of them tells one."""
        return self._added(values) if self.summed else values[self.kept]

    def average(self, values: Floats) -> Floats:
        """Return the mean of a column by series and day, of the rows that tell one."""
        if not self.summed:
            return values[self.kept]
        told = (~np.isnan(values[self.used])).astype(np.float64)
        count = np.bincount(self.group, told, minlength=len(self.kept))
        return self._added(values) / np.maximum(count, 1.0)

    def every(self, values: Flags) -> Flags:
        """Return whether every row of a series and day says so."""
        if not self.summed:
            return values[self.kept]
        return np.asarray(np.bincount(self.group, ~values[self.used], minlength=len(self.kept)) == 0)

    def some(self, values: Flags) -> Flags:
        """Return whether some row of a series and day says so."""
        return ~self.every(~values)

    def _added(self, values: Floats) -> Floats:
        told = ~np.isnan(values[self.used])
        weights = np.where(told, values[self.used], 0.0)
        sums = np.bincount(self.group, weights, minlength=len(self.kept))
        count = np.bincount(self.group, told, minlength=len(self.kept))
        return np.where(count > 0, sums, np.nan)


def rows_of(taken: Taken, asked: Columns) -> Rows:
    """Return the rows of a table by series and day.

    Rows without a series or a day are left out and counted. Rows that are the same in every column count once; others
    of the same series and day are added up if ``asked.duplicates`` says so and refused otherwise, with examples.
    Refused with ``SourceError`` are also a table without rows, weekly and longer rhythms, and calendars without bounds.
    """
    table, where = taken.table, taken.where
    series = coded(table[asked.id])
    days = days_of(table[asked.time], asked.time, where, asked.timezone)
    names = np.array([*series.texts, ""], dtype=object)
    blank = np.array([not name.strip() for name in names])
    whole = ~blank[series.places] & (days.day != NEVER)
    notes = list(days.notes)
    if not whole.any():
        raise SourceError("There is no row with a series and a day", where=where, found=words.plural(len(whole), "row"),
                          wanted="a row a series and day", next_step="export the table again")  # fmt: skip
    if not whole.all():
        notes.append(f"{words.plural(int((~whole).sum()), 'row')} without a series or a day left out")
    ids, order = _ordered(names, series.places[whole])
    place, day = order[series.places[whole]], days.day[whole]
    first, span = int(day.min()), int(day.max() - day.min()) + 1
    _require_bounds(day, span, len(ids), where)
    key = place * span + (day - first)
    sorting = np.argsort(key, kind="stable")
    used = np.flatnonzero(whole)[sorting]
    ranked = key[sorting]
    fresh = np.append(True, ranked[1:] != ranked[:-1])
    kept, place, day = used[fresh], ranked[fresh] // span, ranked[fresh] % span + first
    _require_daily(place, day, where)
    group = np.cumsum(fresh) - 1
    if not fresh.all():
        told = _Told(ids, place[group], day[group])
        fresh_notes, used, group = _settled(taken, asked, used, group, fresh, told, days.minute)
        notes += fresh_notes
    return Rows(ids, place, day, kept, group, used, tuple(notes))


@dataclass(frozen=True)
class _Told:
    ids: tuple[str, ...]
    place: Whole
    day: Whole

    def examples(self, rows: Flags) -> str:
        """Return the first series and days of some rows for a message."""
        found = np.flatnonzero(rows)
        pairs = list(dict.fromkeys(zip(self.place[found[:50]], self.day[found[:50]], strict=True)))
        return words.listed([f"{self.ids[place]} on {as_day(day)}" for place, day in pairs[:3]])


def as_day(day: int) -> str:
    """Return a day since 1970-01-01 as it is written.

    >>> as_day(19_723)
    '2024-01-01'
    """
    return str(np.datetime64(int(day), "D"))


def _ordered(names: np.ndarray, present: Whole) -> tuple[tuple[str, ...], Whole]:
    """Return the names that are there in order, and by place of the name its place among them."""
    there = np.unique(present)
    sorting = sorted(there.tolist(), key=lambda place: names[place])
    order = np.full(len(names), -1)
    order[sorting] = np.arange(len(sorting))
    return tuple(names[sorting].tolist()), order


def _require_bounds(day: Whole, span: int, series: int, where: str) -> None:
    if span > MOST_DAYS or span * series > MOST_CELLS:
        raise SourceError(
            "The days are too far apart", where=where,
            found=f"{as_day(day.min())} to {as_day(day.max())}, {words.plural(series, 'series', 'series')}",
            wanted=f"{words.count(MOST_DAYS)} days and {words.count(MOST_CELLS)} series × days at most",
            next_step="look for a date typed wrong, or give fewer series or years",
        )  # fmt: skip


def _require_daily(place: Whole, day: Whole, where: str) -> None:
    """Refuse with ``SourceError`` rows whose steps are those of weeks, months or more."""
    steps = np.diff(day)[np.diff(place) == 0]
    for rhythm, lengths in RHYTHMS.items():
        if len(steps) and np.isin(steps, lengths).mean() >= REGULAR and np.median(steps) > 1:
            raise SourceError(
                f"The series are {rhythm}", where=where,
                found=f"{words.share(np.isin(steps, lengths).mean(), decimals=0)} of the steps from row to row are "
                      f"{' or '.join(str(length) for length in lengths)} days",
                wanted="daily series: a row for each day, or for each day with sales",
                next_step="export the sales by day",
            )  # fmt: skip


def _settled(
    taken: Taken, asked: Columns, used: Whole, group: Whole, fresh: Flags, told: _Told, minute: Whole
) -> tuple[list[str], Whole, Whole]:
    """Return notes, and position and group of the rows that count, of rows sorted by series and day."""
    crowded = np.bincount(group)[group] > 1
    table = taken.table.take(pa.array(used[crowded]))
    columns = [coded(table[name]).places for name in table.column_names]
    same = _as_before(columns)
    if same.any():
        rest = taken.others()
        rest = rest.take(pa.array(used[crowded])) if rest.num_columns else rest
        same = _as_before([*columns, *(coded(_plain(rest[name])).places for name in rest.column_names)])
    repeat = np.zeros(len(used), dtype=bool)
    repeat[crowded] = same
    repeat &= ~fresh
    notes = []
    if repeat.any():
        notes.append(f"{words.plural(int(repeat.sum()), 'row')} the same as another left out: {told.examples(repeat)}")
    differing = ~fresh & ~repeat
    if differing.any() and asked.duplicates != "sum":
        times = len(np.unique(minute[used[crowded]])) > 1
        raise SourceError(
            "Some series have several rows a day", where=taken.where,
            found=f"{words.plural(int(differing.sum()), 'row')} more than one: {told.examples(differing)}"
                  f"{', with times of day' if times else ''}",
            wanted="one row a series and day", next_step="write --duplicates sum to add them up, or mend the table",
        )  # fmt: skip
    if differing.any():
        notes.append(f"{words.plural(int(differing.sum()), 'further row')} of a series and day added up")
    return notes, used[~repeat], group[~repeat]


def _as_before(columns: list[Whole]) -> Flags:
    """Return which rows are the same in all columns as an earlier row."""
    return pd.DataFrame(dict(enumerate(columns))).duplicated().to_numpy()


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_nested(column.type):
        return column
    return pa.chunked_array([[str(value) for value in column.to_pylist()]])
