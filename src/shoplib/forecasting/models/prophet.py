"""Prophet: a trend that bends, weekly and yearly waves, holidays and columns known ahead; one fit a series.

The fits run in the crew. Each is an optimisation from a set start without draws, so equal input gives equal
output; bands come from the back-test.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal

import numpy as np
import pandas as pd

from shoplib.forecasting.crews import parts
from shoplib.forecasting.models.interface import Crew, Said
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel

LEAST_DAYS = 2 * WEEK
"""Known open days below which a series is left to other models."""
SERIES_A_PART = 4
Mode = Literal["additive", "multiplicative"]
MODES: tuple[Mode, ...] = ("additive", "multiplicative")
GRID = tuple(product(MODES, (0.01, 0.05, 0.5)))
"""Seasonality mode and flexibility of the trend that ``prophet_tuned`` chooses from."""
AROUND_HOLIDAY = (-1, 0, 1)
"""Days beside a public holiday that may differ from others as well."""
STEPS = 2_000
"""Most steps of a search by LBFGS; Newton, Prophet’s choice for short series, took a minute where little sells."""
LOGGERS = ("prophet", "prophet.models", "prophet.plot", "cmdstanpy")

Start = dict[str, Any]
"""Parameters of a former fit, as ``prophet.utilities.warm_start_params`` gives them."""


@dataclass(frozen=True)
class Task:
    """One series to fit: its known days, the columns known ahead over past and coming days, and settings."""

    past: pd.DatetimeIndex
    y: Floats
    coming: pd.DatetimeIndex
    known: Floats
    """Shape (columns, past and coming days)."""
    holidays: pd.DataFrame | None
    mode: Mode = "additive"
    flexibility: float = 0.05
    tuned: bool = False
    start: Start | None = None


class Prophet:
    """Prophet with the holidays of the panel's country and its known columns; closed days are left out.

    A column that is not complete over a series and the coming days is not used for it. ``warm`` starts a fit at
    what was found for the same series with fewer days, which this instance remembers: it saves time and moves the
    answer by no more than the optimiser's tolerance. ``default`` is Prophet as it comes, closed days as
    zeros, nothing known ahead; ``tuned`` adds to that the holidays themselves, the known columns, and the best of six
    settings on the last days of the history.
    """

    def __init__(self, *, default: bool = False, tuned: bool = False, warm: bool = True) -> None:
        self.default = default
        self.tuned = tuned and not default
        self.warm = warm and not default and not tuned
        self.name = "prophet_default" if default else "prophet_tuned" if tuned else "prophet"
        self.label = "Prophet as it comes" if default else "Prophet, tuned" if tuned else "Prophet"
        self.told = (
            "trend, week and year; closed days as zeros" if default
            else "trend, week, year, holidays and known columns, best of six settings" if tuned
            else "trend, week, year, holidays and known columns"
        )  # fmt: skip
        self._former: dict[str, tuple[int, Start]] = {}

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return Prophet's expectation; NaN for series with fewer than two weeks of open days."""
        beside = (0,) if self.tuned else AROUND_HOLIDAY
        calendar, notes = holidays_of("" if self.default else panel.country, panel.days, beside)
        data = panel.sold if self.default or self.tuned else np.where(panel.closed[:, : panel.history], np.nan, panel.y)
        rows = [row for row, values in enumerate(data) if (~np.isnan(values)).sum() >= LEAST_DAYS]
        tasks = [self._task(panel, row, data[row], calendar, horizon) for row in rows]
        mean = np.full((len(panel.ids), horizon), np.nan)
        answers = [answer for part in crew.map(fit, parts(tasks, SERIES_A_PART)) for answer in part]
        for row, (expected, found) in zip(rows, answers, strict=True):
            mean[row] = expected
            if self.warm and found is not None:
                self._former[panel.ids[row]] = (panel.history, found)
        failed = sum(bool(np.isnan(expected).any()) for expected, _ in answers)
        notes += (f"Prophet found no fit for {failed} series",) if failed else ()
        return Said(mean, notes=notes)

    def _task(self, panel: Panel, row: int, values: Floats, calendar: pd.DataFrame, horizon: int) -> Task:
        there, coming = np.flatnonzero(~np.isnan(values)), panel.history + np.arange(horizon)
        past = panel.days[there]
        ahead = coming[~panel.closed[row, coming]]
        columns = [] if self.default else [grid[row] for grid in panel.known.values()]
        used = [
            grid[np.r_[there, coming]]
            for grid in columns
            if np.isfinite(grid[np.r_[there, ahead]]).all() and np.ptp(grid[there]) > 0
        ]
        days, start = self._former.get(panel.ids[row], (panel.history, None))
        return Task(
            past=past, y=values[there], coming=panel.days[coming],
            known=np.nan_to_num(np.array(used).reshape(len(used), len(there) + horizon)),
            holidays=_met(calendar, past), tuned=self.tuned, start=start if days < panel.history else None,
        )  # fmt: skip


def plain() -> Prophet:
    """Return Prophet as it comes, for comparison."""
    return Prophet(default=True)


def tuned() -> Prophet:
    """Return Prophet at its best of six settings, for comparison."""
    return Prophet(tuned=True)


def holidays_of(
    country: str, days: pd.DatetimeIndex, around: Sequence[int] = AROUND_HOLIDAY
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the public holidays of the years of ``days`` and the days beside them (ds, holiday), and notes.

    ``country`` is ``GB`` or, with its part, ``DE-NW``; one that the calendar does not know gives a note and no rows.
    """
    none = pd.DataFrame({"ds": pd.DatetimeIndex([]), "holiday": []})
    if not country or not len(days):
        return none, ()
    import holidays  # half a second to import

    land, _, part = country.partition("-")
    years = range(days[0].year, days[-1].year + 1)
    try:
        found = holidays.country_holidays(land, subdiv=part or None, years=years)
    except NotImplementedError:
        return none, (f"Prophet knows no public holidays of {country}",)
    rows = [
        (pd.Timestamp(day) + pd.Timedelta(days=beside), f"{name} {beside:+d}")
        for day, joined in sorted(found.items())
        for name in joined.split("; ")
        for beside in around
    ]
    return pd.DataFrame(rows, columns=["ds", "holiday"]) if rows else none, ()


def fit(tasks: Sequence[Task]) -> list[tuple[Floats, Start | None]]:
    """Return for each series its expectation, NaN where no fit was found, and the parameters found."""
    with quiet(), tempfile.TemporaryDirectory(prefix="shoplib-prophet-") as folder:
        answers: list[tuple[Floats, Start | None]] = []
        for task in tasks:
            try:
                answers.append(_fitted(_settled(task, folder) if task.tuned else task, folder))
            except (RuntimeError, ValueError):
                answers.append((np.full(len(task.coming), np.nan), None))
        return answers


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Prophet's and CmdStan's loggers still meanwhile, whatever level they set themselves."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled


def _fitted(task: Task, folder: str) -> tuple[Floats, Start]:
    from prophet import Prophet as Fitted
    from prophet.utilities import warm_start_params

    model = Fitted(
        holidays=task.holidays, seasonality_mode=task.mode, changepoint_prior_scale=task.flexibility,
        uncertainty_samples=0,
    )  # fmt: skip
    columns = {f"known_{number}": values for number, values in enumerate(task.known)}
    for name in columns:
        model.add_regressor(name)
    steps = len(task.past)
    past = pd.DataFrame({"ds": task.past, "y": task.y} | {name: column[:steps] for name, column in columns.items()})
    coming = pd.DataFrame({"ds": task.coming} | {name: column[steps:] for name, column in columns.items()})
    start = {"init": task.start} if task.start else {}
    model.fit(past, output_dir=folder, seed=1, algorithm="LBFGS", iter=STEPS, **start)
    return model.predict(coming)["yhat"].to_numpy(dtype=np.float64), warm_start_params(model)


def _settled(task: Task, folder: str) -> Task:
    """Return the task with the settings that did best on the last days of its history, as many as are to come."""
    held = np.asarray(task.past > task.past[-1] - pd.Timedelta(days=len(task.coming)))
    if (~held).sum() < LEAST_DAYS:
        return task
    steps = len(task.past)
    trial = replace(
        task, past=task.past[~held], y=task.y[~held], coming=task.past[held],
        known=task.known[:, np.r_[np.flatnonzero(~held), np.flatnonzero(held)]],
        holidays=_met(task.holidays, task.past[~held]) if task.holidays is not None else None,
    )  # fmt: skip
    tried = [replace(trial, mode=mode, flexibility=flexibility) for mode, flexibility in GRID]
    missed = [float(np.abs(_fitted(one, folder)[0] - task.y[:steps][held]).sum()) for one in tried]
    best = tried[int(np.argmin(missed))]
    return replace(task, mode=best.mode, flexibility=best.flexibility)


def _met(calendar: pd.DataFrame, past: pd.DatetimeIndex) -> pd.DataFrame | None:
    """Return the holidays that fell on a day of ``past`` at least once; of others nothing can be learnt."""
    if calendar.empty:
        return None
    seen: Flags = calendar["ds"].isin(past).to_numpy()
    met = calendar[calendar["holiday"].isin(calendar["holiday"][seen])].copy()
    return met if len(met) else None
