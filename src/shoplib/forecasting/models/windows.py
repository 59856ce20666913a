"""What a network sees of a panel: stretches of the past, and what is known of the days after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.forecasting.panel import WEEK, Panel, Whole

Small = npt.NDArray[np.float32]
Steps = npt.NDArray[np.bool_]

PAST = 56
"""Days of the past in a window: eight weeks."""
YEAR = 364
"""Days back to the same weekday a year ago."""
AROUND = 3
LEVELS_MOST = 16
"""Words of a static column that get a place of their own; rarer ones share none."""
LARGEST = 8.0
"""Bound of what is told of a day, in means of its window: a spike does not drown the rest."""


@dataclass(frozen=True)
class Windows:
    """The panel in units of each series' own mean, ready to be cut: rows are series, columns are days.

    ``level`` is 0 where demand is below 0 or not known; ``there`` says where it is known. ``sums`` and ``counts`` add
    both up from the first day, so that any mean is two look-ups. Nothing after the history enters but ``closed``,
    ``known`` and the calendar; what columns are scaled by is of the history alone.
    """

    scale: Small
    level: Small
    there: Small
    sums: npt.NDArray[np.float64]
    counts: npt.NDArray[np.float64]
    closed: Small
    known: Small
    calendar: Small
    static: Small
    weekday: int
    history: int

    def past(self, rows: Whole, origins: Whole) -> Small:
        """Return the eight weeks before each origin, (windows, 56, features); days before the panel are unknown."""
        days = origins[:, None] + np.arange(-PAST, 0)
        inside = days >= 0
        at = np.maximum(days, 0)
        row = rows[:, None]
        there = self.there[row, at] * inside
        level = np.minimum(self.level[row, at] / self._about(rows, origins)[:, None], LARGEST) * there
        parts = [level, there, self.closed[row, at] * inside, *(column[row, at] for column in self.known)]
        turn = 2 * np.pi * ((self.weekday + days) % WEEK) / WEEK
        return np.stack([*parts, np.sin(turn), np.cos(turn)], axis=2).astype(np.float32)

    def base(self, rows: Whole, origins: Whole) -> Small:
        """Return the mean of each of the seven days from the origin on over its eight weeks, (windows, 7).

        Leans on the mean of the whole window by half a day, so that a weekday never seen has that.
        """
        days = origins[:, None] + np.arange(-PAST, 0)
        inside = days >= 0
        at = np.maximum(days, 0)
        there = (self.there[rows[:, None], at] * inside).reshape(-1, PAST // WEEK, WEEK)
        level = self.level[rows[:, None], at].reshape(there.shape) * there
        about = self._about(rows, origins)[:, None]
        return np.asarray((level.sum(axis=1) + 0.5 * about) / (there.sum(axis=1) + 0.5), dtype=np.float32)

    def coming(self, rows: Whole, origins: Whole, ahead: Whole) -> Small:
        """Return what is known of the days ``ahead`` (0 the first one, (windows, days)), (windows, days, features)."""
        days = origins[:, None] + ahead
        row = rows[:, None]
        about = self._about(rows, origins)[:, None]
        base = np.take_along_axis(self.base(rows, origins), ahead % WEEK, axis=1)
        closed = self.closed
        last = closed.shape[1] - 1
        shut = [closed[row, np.clip(days + step, 0, last)] for step in (-1, 1, 2)]
        parts = [
            np.log(base + 0.05) - np.log(about + 0.05),
            np.broadcast_to(np.log(about + 0.05), days.shape),
            np.log1p(ahead) / 3.0,
            *shut,
            *self._year_ago(row, origins[:, None], days),
            *(column[row, days] for column in self.known),
        ]
        weekday = np.eye(WEEK, dtype=np.float32)[(self.weekday + days) % WEEK]
        static = np.broadcast_to(self.static[rows][:, None, :], (*days.shape, self.static.shape[1]))
        return np.concatenate([np.stack(parts, axis=2), weekday, self.calendar[days], static], axis=2, dtype=np.float32)

    def _about(self, rows: Whole, origins: Whole) -> npt.NDArray[np.float64]:
        """Return the mean of each window, 1 (that of the series) where nothing is known."""
        first = np.maximum(origins - PAST, 0)
        count = self.counts[rows, origins] - self.counts[rows, first]
        total = self.sums[rows, origins] - self.sums[rows, first]
        return np.where(count > 0, total / np.maximum(count, 1) + 0.02, 1.0)

    def _year_ago(self, row: Whole, origins: Whole, days: Whole) -> list[npt.NDArray[np.float64]]:
        """Return how the day and the week around it a year ago stood to the eight weeks before that origin, as logs.

        Each with a flag: 1 where it is known at the origin.
        """
        then = days - YEAR
        first, last = then - AROUND, then + AROUND + 1
        begin = np.maximum(origins - YEAR, 0)
        usual, many = self._mean(row, np.maximum(begin - PAST, 0), begin)
        told: list[npt.NDArray[np.float64]] = []
        for low, high in ((first, last), (then, then + 1)):
            possible = (low >= 0) & (high <= origins) & (many >= PAST // 2)
            mean, count = self._mean(row, np.clip(low, 0, self.history), np.clip(high, 0, self.history))
            seen = possible & (count > 0)
            ratio = np.log(mean + 0.05) - np.log(usual + 0.05)
            told += [np.where(seen, np.clip(ratio, -2.0, 2.0), 0.0), seen.astype(np.float64)]
        return told

    def _mean(self, row: Whole, first: Whole, last: Whole) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        count = self.counts[row, last] - self.counts[row, first]
        total = self.sums[row, last] - self.sums[row, first]
        return np.maximum(total, 0.0) / np.maximum(count, 1), count


def windows(panel: Panel) -> Windows:
    """Return the panel as a network sees it."""
    history = panel.history
    there = ~np.isnan(panel.y)
    filled = np.where(there, np.maximum(panel.y, 0.0), 0.0)
    count = there.sum(axis=1)
    mean = filled.sum(axis=1) / np.maximum(count, 1)
    scale = np.where(mean > 0, mean, 1.0)
    level = filled / scale[:, None]
    known = [_scaled(grid, history) for _, grid in sorted(panel.known.items())]
    closed = panel.closed.astype(np.float32)
    return Windows(
        scale=scale.astype(np.float32), level=level.astype(np.float32), there=there.astype(np.float32),
        sums=_added(level), counts=_added(there.astype(np.float64)), closed=closed,
        known=np.stack(known) if known else np.zeros((0, *closed.shape), dtype=np.float32),
        calendar=_calendar(panel), static=_static(panel.static, len(panel.ids)),
        weekday=int(panel.days[0].weekday()), history=history,
    )  # fmt: skip


def _added(grid: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.hstack([np.zeros((len(grid), 1)), np.cumsum(grid, axis=1)])


def _scaled(grid: npt.NDArray[np.float64], history: int) -> Small:
    """Return a column known ahead: flags as they are, numbers beside their series' mean; 0 where missing."""
    past = grid[:, :history]
    seen = ~np.isnan(past)
    kinds = np.unique(past[seen])
    if len(kinds) <= 2 and set(kinds) <= {0.0, 1.0}:
        return np.nan_to_num(grid, nan=0.0).astype(np.float32)
    count = np.maximum(seen.sum(axis=1, keepdims=True), 1)
    centre = np.where(seen, past, 0.0).sum(axis=1, keepdims=True) / count
    apart = np.where(seen, past - centre, 0.0)
    spread = float(np.sqrt((apart**2).sum() / max(int(seen.sum()), 1)))
    scaled: Small = np.clip(np.nan_to_num((grid - centre) / (spread or 1.0), nan=0.0), -5.0, 5.0).astype(np.float32)
    return scaled


def _calendar(panel: Panel) -> Small:
    """Return where in the year and the month each day lies, and how near a public holiday is, (days, features)."""
    year = 2 * np.pi * panel.days.dayofyear.to_numpy() / 365.25
    month = 2 * np.pi * panel.days.day.to_numpy() / 31
    waves = [wave(turn * year) for turn in (1, 2, 3) for wave in (np.sin, np.cos)]
    parts = [*waves, np.sin(month), np.cos(month)]
    if panel.country:
        feast = _holidays(panel.days, panel.country)
        parts += [feast, np.append(feast[1:], 0.0), np.insert(feast[:-1], 0, 0.0)]
    return np.stack(parts, axis=1).astype(np.float32)


def _holidays(days: pd.DatetimeIndex, country: str) -> npt.NDArray[np.float64]:
    import holidays  # half a second to import

    code, _, part = country.partition("-")
    years = range(int(days[0].year), int(days[-1].year) + 1)
    feasts = holidays.country_holidays(code, subdiv=part or None, years=years)
    return np.asarray(days.isin(pd.DatetimeIndex(sorted(feasts))), dtype=np.float64)


def _static(table: pd.DataFrame, rows: int) -> Small:
    """Return a place for each common word of each column, and numbers in units of their spread, (series, features)."""
    parts: list[Any] = []
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column):
            value = column.to_numpy(dtype=np.float64, na_value=np.nan)
            spread = float(np.nanstd(value)) if np.isfinite(value).any() else 0.0
            parts.append(np.nan_to_num((value - np.nanmean(value)) / spread) if spread > 0 else np.zeros(rows))
        else:
            text = column.astype(str)
            common = text.value_counts().sort_index().nlargest(LEVELS_MOST).index
            parts += [(text == word).to_numpy(dtype=np.float64) for word in common]
    return (np.stack(parts, axis=1) if parts else np.zeros((rows, 0))).astype(np.float32)
