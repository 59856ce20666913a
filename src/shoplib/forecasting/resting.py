"""Series that have come to rest: sold regularly once, and not for so long that it cannot be chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.panel import Flags, Floats, Panel

LEAST_DAYS = 28
"""Known days without a sale before a series can be at rest."""
YEAR = 364
RARE = 0.001
"""Chance of so long a silence, had the series gone on as before, below which it is at rest."""


def at_rest(panel: Panel, horizon: int) -> Flags:
    """Return which series are at rest at the end of the history.

    A series that sold on a share p of the known days of the year before its last sale is silent for n known days by
    chance (1 − p)ⁿ. One that was as silent a year ago and then sold within ``horizon`` days is in its season's pause.
    """
    y = panel.y
    known, sold = ~np.isnan(y), np.nan_to_num(y) > 0
    day = np.arange(y.shape[1])
    last = np.where(sold, day, -1).max(axis=1, initial=-1)
    since = (known & (day > last[:, None])).sum(axis=1)
    before = known & (day <= last[:, None]) & (day > last[:, None] - YEAR)
    share = (before & sold).sum(axis=1) / np.maximum(before.sum(axis=1), 1)
    silent = (last >= 0) & (since >= LEAST_DAYS) & ((1 - share) ** since < RARE)
    then = y.shape[1] - YEAR
    pause = _any(sold, then, then + horizon) & ~_any(sold, then - LEAST_DAYS, then)
    return np.asarray(silent & ~pause)


def still(panel: Panel, said: Said) -> Said:
    """Return what is said with 0 for series at rest."""
    rest = at_rest(panel, said.mean.shape[1])
    if not rest.any():
        return said
    mean: Floats = np.where(rest[:, None], 0.0, said.mean)
    return replace(said, mean=mean)


def _any(sold: Flags, first: int, end: int) -> Flags:
    return np.asarray(sold[:, max(first, 0) : max(end, 0)].any(axis=1))
