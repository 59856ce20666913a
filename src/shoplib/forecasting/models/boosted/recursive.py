"""One set of trees for all series by mlforecast: each day's forecast is fed back in for the next."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from shoplib.forecasting import holiday_distance
from shoplib.forecasting.models.boosted.trees import ROUNDS, SETTINGS
from shoplib.forecasting.models.interface import Crew, Said
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel

LAGS = (1, 7, 14, 21, 28, 56)
LEAST_DAYS = 2 * max(LAGS)
"""Known days a series needs."""
HOLIDAY = ("holiday", "to_holiday", "since_holiday")


@dataclass(frozen=True)
class Recursive:
    """Boosted trees on lags, means, weekday, day of the year, holidays and what is known ahead (LightGBM)."""

    name: str = "lightgbm"
    label: str = "LightGBM by mlforecast"
    told: str = "all series teach one set of trees; each day's forecast feeds the next"

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return what is expected; NaN rows for series known for less than 16 weeks."""
        mean = np.full((len(panel.ids), horizon), np.nan)
        rows = np.flatnonzero((panel.history - panel.starts >= LEAST_DAYS) & (np.nan_to_num(panel.y) > 0).any(axis=1))
        if not len(rows):
            return Said(mean)
        known = panel.only(rows)
        table = _table(known, horizon)
        past, coming = table[table["ds"] <= panel.last], table[table["ds"] > panel.last]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=FutureWarning)
            warnings.filterwarnings("ignore", category=UserWarning)
            made = self._made()
            made.fit(past, static_features=[])
            answer = made.predict(horizon, X_df=coming.drop(columns="y"))
        mean[rows] = answer.pivot_table(index="unique_id", columns="ds", values="trees").to_numpy(dtype=np.float64)
        return Said(mean)

    def _made(self) -> Any:
        from lightgbm import LGBMRegressor
        from mlforecast import MLForecast
        from mlforecast.lag_transforms import RollingMean, SeasonalRollingMean
        from mlforecast.target_transforms import LocalStandardScaler

        settings = {key: value for key, value in SETTINGS.items() if key != "num_threads"}
        return MLForecast(
            models={"trees": LGBMRegressor(n_estimators=ROUNDS, n_jobs=1, **settings)},
            freq="D",
            lags=list(LAGS),
            lag_transforms={
                1: [RollingMean(7), RollingMean(28)],
                7: [SeasonalRollingMean(season_length=WEEK, window_size=4)],
            },
            date_features=["dayofweek", "dayofyear"],
            target_transforms=[LocalStandardScaler()],
            num_threads=1,
        )


def _table(panel: Panel, horizon: int) -> pd.DataFrame:
    """Return a row a series and day from its first day on, the coming days last, with all that is known ahead."""
    days = panel.history + horizon
    begun = np.arange(days) >= panel.starts[:, None]
    y = np.hstack([_filled(panel), np.full((len(panel.ids), horizon), np.nan)])
    columns: dict[str, Floats] = {"closed": panel.closed[:, :days].astype(np.float64)}
    columns |= {f"known_{place}": grid[:, :days] for place, grid in enumerate(panel.known.values())}
    series, day = np.nonzero(begun)
    table = pd.DataFrame(
        {"unique_id": series, "ds": panel.days[:days].to_numpy()[day], "y": y[begun]}
        | {name: _complete(grid)[begun] for name, grid in columns.items()}
    )
    if panel.country:
        near = holiday_distance.near(panel.days[:days], panel.country)
        table = table.assign(**{name: near[day, place] for place, name in enumerate(HOLIDAY)})
    return table


def _filled(panel: Panel) -> Floats:
    """Return what was sold, with the mean of the series' weekday on days of which nothing is known."""
    sold = panel.sold
    weekday = panel.days[: panel.history].weekday.to_numpy()
    for day in range(WEEK):
        at: Flags = weekday == day
        known = ~np.isnan(sold[:, at])
        mean = np.where(known, sold[:, at], 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        sold[:, at] = np.where(known, sold[:, at], mean[:, None])
    return sold


def _complete(grid: Floats) -> Floats:
    """Return a column without gaps: a missing value is the one before it, or 0 at the start."""
    filled = pd.DataFrame(grid.T).ffill().fillna(0.0)
    return filled.to_numpy(dtype=np.float64).T
