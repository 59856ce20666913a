"""Rolling origin: what each model would have said on earlier days, beside what came."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from shoplib.forecasting.models.interface import Crew, Here, Model, Said
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel

FAILURES = (ArithmeticError, RuntimeError, ValueError)
"""What numerical libraries raise on data they cannot take, ``LinAlgError`` among them."""
LONGEST_NOTE = 200


@dataclass(frozen=True)
class Trials:
    """Forecasts from several origins, oldest first: arrays of the shape (windows, series, horizon).

    ``actual`` is what was sold: 0 on closed days, NaN where it is not known. ``said`` has the answers of each model, a
    window each. ``scale`` is the mean absolute change from the same weekday a week before in the history known at
    the origin, ``square`` the mean squared change from the day before, both (windows, series), NaN where there is none
    (denominators of MASE, Hyndman and Koehler 2006, and of RMSSE, Makridakis et al. 2022).
    """

    ids: tuple[str, ...]
    cutoffs: pd.DatetimeIndex
    horizon: int
    actual: Floats
    closed: Flags
    scale: Floats
    square: Floats
    said: dict[str, list[Said]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """Processor time of this process by model; work of other processes is told by the crew."""

    def mean(self, model: str) -> Floats:
        """Return what ``model`` expected, (windows, series, horizon)."""
        return np.stack([said.mean for said in self.said[model]])


def origins(panel: Panel, horizon: int, windows: int) -> list[int]:
    """Return the days of history known at each origin, oldest first: ``horizon`` days apart, the last one testable.

    Fewer where the history is too short: each origin knows two weeks or more.
    """
    ends = [panel.history - horizon * back for back in range(windows, 0, -1)]
    return [end for end in ends if end >= 2 * WEEK]


def run(
    panel: Panel,
    models: Sequence[Model],
    horizon: int,
    windows: int,
    crew: Crew | None = None,
    tell: Callable[[float], None] = lambda share: None,
) -> Trials:
    """Return the trials of ``models``; each origin sees no day after it but ``closed`` and ``known``."""
    ends = origins(panel, horizon, windows)
    parts = [panel.until(end, horizon) for end in ends]
    sold = panel.sold
    nothing = np.zeros((0, len(panel.ids), horizon))
    trials = Trials(
        ids=panel.ids,
        cutoffs=pd.DatetimeIndex([panel.days[end - 1] for end in ends]),
        horizon=horizon,
        actual=np.stack([sold[:, end : end + horizon] for end in ends]) if ends else nothing,
        closed=np.stack([panel.closed[:, end : end + horizon] for end in ends]) if ends else nothing.astype(bool),
        scale=np.stack([change(sold[:, :end], WEEK) for end in ends]) if ends else nothing[:, :, 0],
        square=np.stack([change(sold[:, :end], 1, squared=True) for end in ends]) if ends else nothing[:, :, 0],
    )
    done, work = 0, max(len(models) * len(ends), 1)
    for model in models:
        began = time.process_time()
        answers = []
        for part in parts:
            answers.append(ask(model, part, horizon, crew or Here()))
            done += 1
            tell(done / work)
        trials.said[model.name] = answers
        trials.seconds[model.name] = time.process_time() - began
    return trials


def ask(model: Model, panel: Panel, horizon: int, crew: Crew) -> Said:
    """Return what a model says, under the rules of every forecast; nothing, with a note, where its library fails."""
    try:
        return model.forecast(panel, horizon, crew).on(panel)
    except _failures() as error:
        told = " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST_NOTE]
        note = f"{model.name} says nothing of the days after {panel.last.date()}: {told}"
        return Said(np.full((len(panel.ids), horizon), np.nan), notes=(note,))


def _failures() -> tuple[type[Exception], ...]:
    """Return what a library may raise; LightGBM's error is of no common kind, and it may not be installed."""
    lightgbm = sys.modules.get("lightgbm")
    return (*FAILURES, lightgbm.basic.LightGBMError) if lightgbm else FAILURES


def change(sold: Floats, lag: int, *, squared: bool = False) -> Floats:
    """Return the mean absolute (or squared) change over ``lag`` days of each series, NaN where there is none."""
    if sold.shape[1] <= lag:
        return np.full(len(sold), np.nan)
    steps = sold[:, lag:] - sold[:, :-lag]
    size = steps**2 if squared else np.abs(steps)
    known = ~np.isnan(size)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, size, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
