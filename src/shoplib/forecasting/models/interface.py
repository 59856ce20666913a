"""What a forecasting model is, what it answers, and who does the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from shoplib.forecasting.panel import Floats, Panel

LEVELS = (80, 95)
"""Levels of the bands, per cent."""


class Crew(Protocol):
    """Who does work that falls into parts: anything with the ``map`` of :class:`concurrent.futures.Executor`.

    Functions and their arguments must be picklable, answers come in the order of the arguments.
    """

    def map(self, function: Callable[..., Any], *arguments: Iterable[Any]) -> Iterator[Any]:
        """Return the answers of ``function`` for each argument, in order."""
        ...


class Here:
    """A crew of one: this process, one part after the other."""

    def map(self, function: Callable[..., Any], *arguments: Iterable[Any]) -> Iterator[Any]:
        """Return the answers of ``function`` for each argument, in order."""
        return map(function, *arguments)


@dataclass(frozen=True)
class Said:
    """What a model expects: arrays of the shape (series, horizon), NaN in rows of which it has nothing to say.

    ``bands`` holds the model's own bounds by level (80, 95) where it has any. ``notes`` tell what a reader must
    know: a series that was too short, a stand-in.
    """

    mean: Floats
    bands: Mapping[int, tuple[Floats, Floats]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def on(self, panel: Panel) -> Said:
        """Return the same with the rules of every forecast: never below 0, 0 on closed days, bounds in order."""
        horizon = self.mean.shape[1]
        shut = panel.closed[:, panel.history : panel.history + horizon]

        def ruled(grid: Floats) -> Floats:
            return np.where(shut & ~np.isnan(grid), 0.0, np.maximum(grid, 0.0))

        mean = ruled(self.mean)
        bands = {
            level: (np.minimum(ruled(low), mean), np.maximum(ruled(high), mean))
            for level, (low, high) in self.bands.items()
        }
        return Said(mean, bands, self.notes)


class Model(Protocol):
    """A forecasting model. One instance holds settings only; nothing learnt stays in it."""

    name: str
    """Word in tables, such as ``weekday_mean``."""
    label: str
    """Words a reader sees, such as ``Weekday mean``."""
    told: str
    """What it does, in a few words."""

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return what is expected of the ``horizon`` days after the history.

        ``panel`` reaches over the coming days (:meth:`Panel.until`). Nothing after the history is read but ``closed``
        and ``known``. Series too short or too empty for the model get NaN rows, never an error.
        """
        ...
