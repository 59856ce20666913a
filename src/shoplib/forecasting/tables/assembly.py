"""Columns of a table laid on one calendar: what was sold, when it was shut, what is known ahead."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from shoplib.base import words
from shoplib.errors import SourceError
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel
from shoplib.forecasting.tables import values
from shoplib.forecasting.tables.columns import Columns, Taken
from shoplib.forecasting.tables.rows import Rows, rows_of

SHORT_DAYS = 2 * WEEK
MOST_SOLD = 1e15
"""Numbers beyond it are no sales of a day."""


@dataclass
class _Table:
    """A table under way: its rows by series and day, on the calendar from ``first``."""

    taken: Taken
    asked: Columns
    rows: Rows
    first: int
    history: int
    whole: int
    notes: list[str] = field(default_factory=list)

    def column(self, name: str) -> pa.ChunkedArray:
        return self.taken.table[name]

    def numbers(self, told: Floats) -> Floats:
        """Return one number a row as (series, days), NaN where there is no row."""
        grid = np.full((len(self.rows.ids), self.whole), np.nan)
        grid[self.rows.place, self.rows.day - self.first] = told
        return grid

    def flags(self, told: Flags) -> Flags:
        """Return one flag a row as (series, days), no where there is no row."""
        grid = np.zeros((len(self.rows.ids), self.whole), dtype=bool)
        grid[self.rows.place, self.rows.day - self.first] = told
        return grid

    def tell(self, cells: Flags, what: str) -> None:
        """Note how many days of how many series something was true of, if any."""
        if cells.any():
            days = words.plural(int(cells.sum()), "day")
            self.notes.append(f"{days} of {words.plural(int(cells.any(axis=1).sum()), 'series', 'series')} {what}")


def assembled(taken: Taken, asked: Columns) -> tuple[Panel, tuple[str, ...]]:
    """Return the panel of a table, and notes on what was set right, left out or taken as something.

    Empty targets after the last day with a number are coming days; within the history they are not known. A series'
    days without a row, from its first row on, are closed where ``asked.closed`` is told, else nothing was sold.
    """
    if not taken.table.num_rows:
        raise SourceError("The table has no rows", where=taken.where, wanted="a row a series and day",
                          next_step="export it again")  # fmt: skip
    rows = rows_of(taken, asked)
    notes = [*taken.notes, *rows.notes]
    sold = rows.total(_demand(taken, asked, notes))
    told = rows.day[~np.isnan(sold)]
    if not len(told):
        raise SourceError(
            "No day has a number sold", where=taken.where,
            found=f"{words.plural(len(sold), 'row')}, {asked.target} empty in each",
            wanted="a number for each day that has been", next_step="name the column with --target",
        )  # fmt: skip
    first, last, end = int(rows.day.min()), int(told.max()), int(rows.day.max())
    table = _Table(taken, asked, rows, first, last - first + 1, end - first + 1, notes)
    panel = _history(table, sold)
    if end > last:
        panel = _with_coming(table, panel)
    if asked.stockout:
        short, _ = values.flags(table.column(asked.stockout), asked.stockout, taken.where)
        out = table.flags(rows.some(short))[:, : table.history] & ~panel.closed[:, : table.history]
        table.tell(out & ~np.isnan(panel.y), "out of stock taken as not known")
        panel.y[out] = np.nan
    _tell_odd(table, panel)
    return replace(panel, known=_known(table), static=_static(table)), tuple(table.notes)


def _demand(taken: Taken, asked: Columns, notes: list[str]) -> Floats:
    sold, doubt = values.numbers(taken.table[asked.target], asked.target, taken.where)
    notes += [doubt] if doubt else []
    endless = np.abs(sold) > MOST_SOLD
    if endless.any():
        notes.append(f"{words.plural(int(endless.sum()), 'row')} with an infinite {asked.target} taken as not known")
    below = sold < 0
    if (below & ~endless).any():
        notes.append(f"{words.plural(int((below & ~endless).sum()), 'row')} with {asked.target} below 0 taken as 0: "
                     "demand cannot be less")  # fmt: skip
    return np.where(endless, np.nan, np.where(below, 0.0, sold))


def _history(table: _Table, sold: Floats) -> Panel:
    there = table.flags(np.ones(len(sold), dtype=bool))[:, : table.history]
    y = table.numbers(sold)[:, : table.history]
    absent = np.logical_or.accumulate(there, axis=1) & ~there
    closed = np.zeros_like(absent)
    if table.asked.closed:
        shut = _shut(table)[0][:, : table.history]
        table.tell(shut & (y > 0), f"marked {table.asked.closed} with sales taken as open")
        table.tell(absent, "without a row taken as closed")
        closed = (shut & ~(y > 0)) | absent
        y[closed] = np.nan
    else:
        table.tell(absent, "without a row taken as nothing sold")
        y[absent] = 0.0
    table.tell(there & np.isnan(y) & ~closed, f"with an empty {table.asked.target} taken as not known")
    days = pd.date_range(np.datetime64(table.first, "D"), periods=table.history, freq="D")
    return Panel(table.rows.ids, days, table.history, y, closed, country=table.asked.country)


def _shut(table: _Table) -> tuple[Flags, Flags]:
    """Return when a series was marked as shut, and where the column says anything, both (series, days)."""
    yes, said = values.flags(table.column(table.asked.closed), table.asked.closed, table.taken.where)
    return table.flags(table.rows.every(yes)), table.flags(table.rows.some(said))


def _with_coming(table: _Table, panel: Panel) -> Panel:
    """Return the panel with its coming days, shut where the table says so, or on weekdays that always were."""
    ahead = panel.until(table.history, table.whole - table.history)
    if not table.asked.closed:
        return ahead
    shut, said = _shut(table)
    coming = np.arange(table.whole) >= table.history
    return replace(ahead, closed=np.where(said & coming, shut, ahead.closed))


def _known(table: _Table) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for name in table.asked.known:
        parts = values.regressors(table.column(name), name, table.taken.where)
        if parts.words:
            table.notes.append(parts.words)
        for part, told in parts.columns.items():
            found[part] = _bridged(table, table.numbers(table.rows.average(told)))
    return found


def _bridged(table: _Table, grid: Floats) -> Floats:
    """Return a column known ahead with its days without a row filled, so that none tells that nothing was sold.

    A value all series share on a day counts for all of them; else, within the history, the last one of the series.
    """
    there = table.flags(np.ones(len(table.rows.day), dtype=bool))
    told = ~np.isnan(grid)
    highest, lowest = np.where(told, grid, -np.inf).max(axis=0), np.where(told, grid, np.inf).min(axis=0)
    count, several = told.sum(axis=0), told.sum(axis=0) > 1
    if (highest == lowest)[count > 0].all() and several.any():
        grid = np.where(~there & (count > 0), highest, grid)
        told = ~np.isnan(grid)
    last = np.maximum.accumulate(np.where(told, np.arange(table.whole), -1), axis=1)
    carried = np.where(last >= 0, np.take_along_axis(grid, np.maximum(last, 0), axis=1), np.nan)
    past = np.arange(table.whole) < table.history
    return np.where(~there & past, carried, grid)


def _static(table: _Table) -> pd.DataFrame:
    if not table.asked.static:
        return pd.DataFrame()
    place = np.full(table.taken.table.num_rows, -1)
    place[table.rows.used] = table.rows.place[table.rows.group]
    whole = place >= 0
    found: dict[str, pd.Series] = {}
    for name in table.asked.static:
        column = table.column(name).filter(pa.array(whole))
        found[name], changing = values.traits(column, place[whole], len(table.rows.ids))
        if changing:
            table.notes.append(f"{name} changes in {words.plural(changing, 'series', 'series')}; the last row's counts")
    return pd.DataFrame(found).set_axis(pd.Index(table.rows.ids, name="unique_id"), axis=0)


def _tell_odd(table: _Table, panel: Panel) -> None:
    """Note series that are too short, never sold or never change."""
    known = ~np.isnan(panel.y)
    count = known.sum(axis=1)
    highest = np.where(known, panel.y, -np.inf).max(axis=1)
    lowest = np.where(known, panel.y, np.inf).min(axis=1)

    def tell(rows: Flags, what: str) -> None:
        if rows.any():
            some = words.listed((panel.ids[row] for row in np.flatnonzero(rows)), 3)
            table.notes.append(f"{words.plural(int(rows.sum()), 'series', 'series')} {what}: {some}")

    tell(count == 0, "with no known day")
    tell((count > 0) & (count < SHORT_DAYS), f"known for less than {SHORT_DAYS} days")
    tell((count > 0) & (highest == 0), "in which nothing was ever sold")
    tell((count >= SHORT_DAYS) & (highest == lowest) & (highest > 0), "that never change")
