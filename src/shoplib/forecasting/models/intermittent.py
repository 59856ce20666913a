"""Models of goods that sell now and then: how much at a time, and how often; one level for all coming days.

Only known open days count, put one after the other: a closed day is no day without a sale.
"""

from __future__ import annotations

import numpy as np

from shoplib.forecasting.crews import parts
from shoplib.forecasting.models.interface import Crew, Said
from shoplib.forecasting.panel import Flags, Floats, Panel

SMOOTHING = 0.1
DEBIASED = 1 - SMOOTHING / 2
"""Factor that takes out most of Croston's upward bias (Syntetos and Boylan 2005)."""
SERIES_A_PART = 64


class CrostonSBA:
    """Croston's size of a sale over the days between sales, smoothed by 0.1, with the correction of Syntetos-Boylan."""

    name = "croston_sba"
    label = "Croston (SBA)"
    told = "size of a sale over the days between sales"

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return one level a series, 0 where nothing was ever sold, NaN where no day is known."""
        known, sold = ~np.isnan(panel.y), np.nan_to_num(panel.y) > 0
        size = smoothed(panel.y, sold, SMOOTHING)
        between = smoothed(_gaps(known, sold), sold, SMOOTHING)
        level = np.divide(size, between, out=np.zeros(len(size)), where=sold.any(axis=1)) * DEBIASED
        return _flat(level, known, horizon)


class TSB:
    """Teunter, Syntetos and Babai (2011): size of a sale times the chance of one, which falls while nothing sells."""

    name = "tsb"
    label = "TSB"
    told = "size of a sale times the chance of one"

    def __init__(self, size: float = SMOOTHING, chance: float = SMOOTHING) -> None:
        self.size = size
        self.chance = chance

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return one level a series, 0 where nothing was ever sold, NaN where no day is known."""
        known, sold = ~np.isnan(panel.y), np.nan_to_num(panel.y) > 0
        size = smoothed(panel.y, sold, self.size)
        chance = smoothed(sold.astype(np.float64), known, self.chance)
        level = np.where(sold.any(axis=1), size * chance, 0.0)
        return _flat(level, known, horizon)


class Imapa:
    """Mean of smoothings of the days added up in twos, threes and so on (Petropoulos and Kourentzes 2015)."""

    name = "imapa"
    label = "IMAPA"
    told = "mean of smoothings over longer and longer spans"

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return one level a series, 0 where nothing was ever sold, NaN where no day is known."""
        known = ~np.isnan(panel.y)
        rows = [row[there] for row, there in zip(panel.y, known, strict=True)]
        answers = crew.map(imapa_levels, parts(rows, SERIES_A_PART))
        return _flat(np.concatenate([np.zeros(0), *answers]), known, horizon)


def imapa_levels(rows: list[Floats]) -> Floats:
    """Return the level of each row of known days; 0 for a row without sales."""
    from statsforecast.models import IMAPA

    return np.array([float(IMAPA().forecast(row, 1)["mean"][0]) if row.any() else 0.0 for row in rows])


def smoothed(values: Floats, counted: Flags, rate: float) -> Floats:
    """Return each row's exponentially smoothed level over its counted values; NaN where none counts.

    The first value is the first level, so its weight is (1 − rate)^(n − 1), that of a later one
    rate × (1 − rate)^(values after it).
    """
    after = counted[:, ::-1].cumsum(axis=1, dtype=np.int32)[:, ::-1] - 1
    first = counted & (counted.cumsum(axis=1, dtype=np.int32) == 1)
    weight = np.where(counted, (1 - rate) ** np.maximum(after, 0) * np.where(first, 1.0, rate), 0.0)
    level = (weight * np.where(counted, values, 0.0)).sum(axis=1)
    return np.where(counted.any(axis=1), level, np.nan)


def _gaps(known: Flags, sold: Flags) -> Floats:
    """Return on each day with a sale the known days since the sale before, the first from the first known day."""
    day = known.cumsum(axis=1, dtype=np.int64)
    at_sale = np.where(sold, day, 0)
    latest = np.maximum.accumulate(at_sale, axis=1)
    before = np.pad(latest, ((0, 0), (1, 0)))[:, :-1]
    return np.where(sold, day - before, 0).astype(np.float64)


def _flat(level: Floats, known: Flags, horizon: int) -> Said:
    return Said(np.repeat(np.where(known.any(axis=1), level, np.nan)[:, None], horizon, axis=1))
