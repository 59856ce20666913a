"""What a user would pick instead, each behind the interface of a model, and the bounds of a plain count law."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from shoplib.forecasting.accuracy import Bounds, tails
from shoplib.forecasting.models.interface import LEVELS, Crew, Said
from shoplib.forecasting.panel import WEEK, Floats, Panel
from shoplib.forecasting.trials import Trials

LAST_DAYS = 400
"""Last days AutoARIMA is fitted to; its cost grows with them."""
COUNT_DAYS = 8 * WEEK
NEGATIVE_BINOMIAL, BY_WEEKDAY = "negative_binomial", "negative_binomial_weekday"


@dataclass
class Statsforecast:
    """A model of statsforecast with the settings it comes with and a week of seven days; closed days as zeros."""

    name: str
    label: str
    told: str

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return the expectation and the model's own bands, fitted series by series; NaN where it finds no fit."""
        mean = np.full((len(panel.ids), horizon), np.nan)
        bands = {level: (mean.copy(), mean.copy()) for level in LEVELS}
        for row, sold in enumerate(panel.sold):
            values = pd.Series(sold[panel.starts[row] :]).ffill().to_numpy(dtype=np.float64)
            if len(values) < 2 * WEEK:
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    said = self._model().forecast(values[self._first :], horizon, level=list(LEVELS))
                except (ValueError, ZeroDivisionError, np.linalg.LinAlgError):
                    continue
            mean[row] = said["mean"]
            for level in LEVELS:
                for side, end in enumerate(("lo", "hi")):
                    if f"{end}-{level}" in said:  # a constant series has no bounds
                        bands[level][side][row] = said[f"{end}-{level}"]
        return Said(mean, bands)

    @property
    def _first(self) -> int:
        return -LAST_DAYS if self.name == "auto_arima" else 0

    def _model(self) -> Any:
        from statsforecast import models

        if self.name == "auto_arima":
            return models.AutoARIMA(season_length=WEEK, approximation=True)
        return models.AutoETS(season_length=WEEK)


STATSFORECAST = {
    "auto_ets": Statsforecast("auto_ets", "AutoETS", "ZZZ: statsforecast chooses error, trend and season"),
    "auto_arima": Statsforecast("auto_arima", "AutoARIMA", f"approximation, the last {LAST_DAYS} days"),
}


def counted(panel: Panel, trials: Trials, *, by_weekday: bool) -> tuple[list[Said], list[Bounds]]:
    """Return the mean of the last 56 open days and quantiles of a negative binomial with their moments, a window each.

    Poisson where the variance is not above the mean. ``by_weekday`` multiplies the mean by the factor of the weekday
    in those days and takes the variance around that.
    """
    said: list[Said] = []
    bounds: list[Bounds] = []
    for end in (panel.days.get_indexer(trials.cutoffs) + 1).tolist():
        weekday = panel.days[end - COUNT_DAYS : end + trials.horizon].weekday.to_numpy()
        past = panel.y[:, max(end - COUNT_DAYS, 0) : end]
        before, ahead = weekday[: past.shape[1]], weekday[past.shape[1] :]
        level = np.nan_to_num(_mean(past))
        factor = np.ones((len(past), WEEK))
        if by_weekday:
            sums = np.column_stack([np.nan_to_num(_mean(past[:, before == day])) for day in range(WEEK)])
            factor = np.where(level[:, None] > 0, sums / np.where(level > 0, level, 1.0)[:, None], 1.0)
        usual = level[:, None] * factor[:, before]
        spread = _mean((past - usual) ** 2)
        excess = np.maximum(np.nan_to_num(spread - level) / np.where(level > 0, level, 1.0) ** 2, 0.0)
        mean = level[:, None] * factor[:, ahead]
        said.append(Said(mean).on(panel.until(end, trials.horizon)))
        bounds.append({level: _quantiles(mean, excess[:, None], level) for level in LEVELS})
    return said, bounds


def _mean(values: Floats) -> Floats:
    """Return the mean of the known values of each row, NaN where there is none."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, values, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def _quantiles(mean: Floats, excess: Floats, level: int) -> tuple[Floats, Floats]:
    """Return lower and upper quantiles of negative binomials of variance mean + excess · mean²."""
    from scipy import stats

    some, phi = np.maximum(mean, 1e-9), np.maximum(excess, 1e-9)
    low, high = (
        np.where(
            excess > 0,
            stats.nbinom.ppf(share, 1 / phi, 1 / (1 + phi * some)),
            stats.poisson.ppf(share, some),
        )
        for share in tails(level)
    )
    return np.nan_to_num(low), np.nan_to_num(high)
