"""Many daily series side by side: what was sold, when a series was shut, and what is known ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

WEEK = 7
CALENDAR_DAYS = 56
"""Days back that tell on which weekdays a series is open, where nobody says so for the coming days."""


@dataclass(frozen=True)
class Panel:
    """Daily series on one calendar: rows are series, columns are days.

    ``days`` has every day from the first to the last; the first ``history`` of them are past, the rest are coming
    days of which something is known ahead. ``y`` has the shape (series, history): demand, NaN where it is not
    known: before a series begins, on closed days, and where goods were out of stock. ``closed`` has the shape (series,
    days); a closed day is 0 by rule and never learnt from. ``known`` gives the columns known ahead, each
    (series, days), NaN where missing. ``static`` has one row a series and columns of type string or number.
    """

    ids: tuple[str, ...]
    days: pd.DatetimeIndex
    history: int
    y: Floats
    closed: Flags
    known: Mapping[str, Floats] = field(default_factory=dict)
    static: pd.DataFrame = field(default_factory=pd.DataFrame)
    country: str = ""
    """Country whose public holidays count, as ISO 3166 ``GB`` or with its part ``DE-NW``; empty: none."""

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit together with ``ValueError``."""
        rows, days = len(self.ids), len(self.days)
        wanted = {"y": (self.y.shape, (rows, self.history)), "closed": (self.closed.shape, (rows, days))}
        wanted |= {name: (grid.shape, (rows, days)) for name, grid in self.known.items()}
        wrong = [f"{name} {found}, wanted {right}" for name, (found, right) in wanted.items() if found != right]
        if wrong or not 0 <= self.history <= days:
            raise ValueError(f"shapes of the panel: {'; '.join(wrong) or 'history beyond the days'}")

    @property
    def last(self) -> pd.Timestamp:
        """Last day of the history."""
        return self.days[self.history - 1]

    @property
    def starts(self) -> Whole:
        """Column of each series' first known day; ``history`` where it has none."""
        seen = ~np.isnan(self.y)
        return np.where(seen.any(axis=1), seen.argmax(axis=1), self.history).astype(np.int64)

    @property
    def sold(self) -> Floats:
        """``y`` with 0 on closed days from a series' first known day on: what was sold, as it is scored."""
        begun = np.arange(self.history) >= self.starts[:, None]
        shut = self.closed[:, : self.history] & begun & np.isnan(self.y)
        return np.where(shut, 0.0, self.y)

    def coming(self, horizon: int) -> pd.DatetimeIndex:
        """Return the ``horizon`` days after the history."""
        return pd.date_range(self.last + pd.Timedelta(days=1), periods=horizon, freq="D")

    def until(self, history: int, horizon: int) -> Panel:
        """Return what was known after ``history`` days, with the columns known ahead of the next ``horizon`` days.

        Where the panel says nothing of a coming day, columns are NaN, and a series is taken as closed on the weekdays
        it was closed on throughout the last eight weeks of the history.
        """
        known = min(history + horizon, len(self.days))
        missing = history + horizon - known
        days = pd.date_range(self.days[0], periods=history + horizon, freq="D")
        closed = self.closed[:, :known]
        if missing:
            closed = np.hstack([closed, _weekly_closing(self.closed[:, :history], self.days[:history], days[known:])])
        return replace(
            self, days=days, history=history, y=self.y[:, :history], closed=closed,
            known={name: _padded(grid[:, :known], missing) for name, grid in self.known.items()},
        )  # fmt: skip

    def only(self, rows: Sequence[int] | Whole | Flags) -> Panel:
        """Return the series of ``rows`` (positions, or one flag a series), in that order."""
        places = np.arange(len(self.ids))[np.asarray(rows)]
        return replace(
            self, ids=tuple(self.ids[place] for place in places), y=self.y[places], closed=self.closed[places],
            known={name: grid[places] for name, grid in self.known.items()},
            static=self.static.iloc[places] if len(self.static) else self.static,
        )  # fmt: skip


def _padded(grid: Floats, missing: int) -> Floats:
    return np.pad(grid, ((0, 0), (0, missing)), constant_values=np.nan) if missing else grid


def _weekly_closing(closed: Flags, past: pd.DatetimeIndex, days: pd.DatetimeIndex) -> Flags:
    """Return which of ``days`` fall on a weekday that was closed throughout the last eight weeks of the past."""
    recent, weekday = closed[:, -CALENDAR_DAYS:], past[-CALENDAR_DAYS:].weekday.to_numpy()
    shut = np.zeros((len(closed), WEEK), dtype=bool)
    for day in range(WEEK):
        of_day = recent[:, weekday == day]
        shut[:, day] = of_day.all(axis=1) if of_day.shape[1] else False
    return shut[:, days.weekday.to_numpy()]
