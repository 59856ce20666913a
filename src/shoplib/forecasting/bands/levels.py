"""Bands where some series are sums of others: each level from its own errors.

Errors of the parts of a sum go together: a warm week lifts them all. Pooled with its parts, a sum would get a band that
is far too narrow beside its own, smaller noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.forecasting.bands import making
from shoplib.forecasting.bands.making import Made
from shoplib.forecasting.models.interface import LEVELS, Said
from shoplib.forecasting.panel import Panel
from shoplib.forecasting.trials import Trials

Rows = npt.NDArray[np.int64]
Kind = TypeVar("Kind", bound=np.generic)


def bands(trials: Trials, model: str, panel: Panel, level: pd.Series) -> list[Made]:
    """Return what :func:`making.bands` gives, each level of the hierarchy by itself; ``level`` has a word a series."""
    parts = [(rows, making.bands(_only(trials, model, rows), model, panel.only(rows))) for rows in _levels(level)]
    return _together(len(panel.ids), parts)


def ahead(trials: Trials, model: str, panel: Panel, said: Said, level: pd.Series) -> Made:
    """Return what :func:`making.ahead` gives, each level of the hierarchy by itself."""
    parts = [
        (rows, [making.ahead(_only(trials, model, rows), model, panel.only(rows), _said(said, rows))])
        for rows in _levels(level)
    ]
    return _together(len(panel.ids), parts)[0]


def _levels(level: pd.Series) -> Iterator[Rows]:
    words = level.to_numpy(dtype=object)
    for word in dict.fromkeys(words.tolist()):
        yield np.flatnonzero(words == word).astype(np.int64)


def _only(trials: Trials, model: str, rows: Rows) -> Trials:
    return replace(
        trials, ids=tuple(trials.ids[row] for row in rows), actual=trials.actual[:, rows],
        closed=trials.closed[:, rows], scale=trials.scale[:, rows], square=trials.square[:, rows],
        said={model: [_said(said, rows) for said in trials.said[model]]},
    )  # fmt: skip


def _said(said: Said, rows: Rows) -> Said:
    return Said(said.mean[rows], {level: (low[rows], high[rows]) for level, (low, high) in said.bands.items()})


def _together(count: int, parts: Sequence[tuple[Rows, list[Made]]]) -> list[Made]:
    """Return the bands of all series, a window each, from those of the levels."""

    made = []
    for window in range(len(parts[0][1])):
        ones = [(rows, told[window]) for rows, told in parts]
        bounds = {
            level: (
                _stacked(count, [(rows, one.bounds[level][0]) for rows, one in ones]),
                _stacked(count, [(rows, one.bounds[level][1]) for rows, one in ones]),
            )
            for level in LEVELS
        }
        made.append(Made(
            bounds,
            _stacked(count, [(rows, one.kind) for rows, one in ones]),
            _stacked(count, [(rows, one.widened) for rows, one in ones]),
            {level: _stacked(count, [(rows, one.coverage[level]) for rows, one in ones]) for level in LEVELS},
        ))  # fmt: skip
    return made


def _stacked(count: int, parts: Sequence[tuple[Rows, npt.NDArray[Kind]]]) -> npt.NDArray[Kind]:
    """Return one array from those of some rows each."""
    first = parts[0][1]
    grid = np.empty((count, *first.shape[1:]), dtype=first.dtype)
    for rows, values in parts:
        grid[rows] = values
    return grid
