"""One set of trees for all series and all days ahead: each row is a series, an origin and a day after it.

The forecast of day 28 is learnt as such, from origins a fortnight apart, instead of feeding 27 forecasts back in.
Amounts are multiples of each series' level at the origin, so that large and small series teach each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from shoplib.base import seeds
from shoplib.forecasting.models.boosted import features
from shoplib.forecasting.models.interface import Crew, Said
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel, Whole

STRIDE = 2 * WEEK
LEAST_KNOWN = 8 * WEEK
"""Days known at the first origin that is learnt from; two weeks where the history is shorter than that."""
MOST_ROWS = 400_000
MOST_SERIES = 1_500
"""Series learnt from; of more, a sample teaches all."""
TREES: dict[str, Any] = {
    "num_leaves": 31, "learning_rate": 0.07, "min_data_in_leaf": 40, "feature_fraction": 0.7, "bagging_fraction": 0.7,
    "bagging_freq": 1, "max_bin": 127, "cat_smooth": 20, "num_threads": 1, "deterministic": True,
    "force_row_wise": True, "verbose": -1, "seed": 1,
}  # fmt: skip
ROUNDS = 200
FEW = {"num_leaves": 8, "min_data_in_leaf": 200}
FEW_ROUNDS = 100
"""Small trees, where there is little to learn: low counts, a short history."""
TWEEDIE_POWER = 1.3


@dataclass(frozen=True)
class Boosted:
    """Boosted trees (LightGBM; Ke et al. 2017), one answer for each day ahead at once.

    ``loss`` is ``log`` (squared error of log1p of the multiple) or ``tweedie`` (compound Poisson, for spiky and sparse
    series; Zhou, Qian and Yang 2022). ``of_year`` adds the
    day of the year and of the month. ``few`` makes small trees.
    """

    name: str = "boosted"
    loss: Literal["log", "tweedie"] = "log"
    of_year: bool = True
    few: bool = False

    @property
    def label(self) -> str:
        """Words a reader sees."""
        kind = "Small boosted trees" if self.few else "Boosted trees"
        marks = [mark for mark in (" for counts" * (self.loss == "tweedie"), " by week" * (not self.of_year)) if mark]
        return kind + ",".join(marks)

    @property
    def told(self) -> str:
        """What it does, in a few words."""
        season = "levels, weekdays, season, holidays" if self.of_year else "levels, weekdays, holidays"
        return f"all series teach one set of trees: {season}, what is known ahead"

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return what the trees expect; NaN rows for series without a sale, and for all where there is too little."""
        origins = _origins(panel, horizon)
        nothing = Said(np.full((len(panel.ids), horizon), np.nan))
        if not len(origins):
            return nothing
        codes = {f"{name}": _categories(panel.static[name]) for name in panel.static.columns}
        codes[features.SERIES] = pd.Series(_names(panel), index=panel.ids)
        panel = replace(panel, static=pd.DataFrame(codes))
        learnt = panel.only(_sample(panel))
        trees = self._trees(learnt, origins, horizon)
        if trees is None:
            return nothing
        parts = [
            self._told(panel.only(np.arange(first, min(first + MOST_SERIES, len(panel.ids)))), trees, horizon)
            for first in range(0, len(panel.ids), MOST_SERIES)
        ]
        return Said(np.vstack(parts))

    def _trees(self, panel: Panel, origins: Whole, horizon: int) -> Any:
        import lightgbm

        rows = features.at(panel, origins, horizon, of_year=self.of_year)
        targets = origins[:, None] + np.arange(horizon)
        inside = targets < panel.history
        sold = np.where(inside[None], panel.y[:, np.minimum(targets, panel.history - 1)], np.nan)
        multiple = sold / rows.level[:, :, None]
        use = ~np.isnan(multiple)
        if use.sum() < 2 * TREES["min_data_in_leaf"]:
            return None
        wanted = np.maximum(multiple[use], 0.0)
        data = lightgbm.Dataset(
            rows.table[use],
            np.log1p(wanted) if self.loss == "log" else wanted,
            feature_name=[f"f{place}" for place in range(len(rows.names))],
            categorical_feature=[rows.names.index(name) for name in rows.categories],
        )
        goal: dict[str, Any] = {"objective": "regression"}
        if self.loss == "tweedie":
            goal = {"objective": "tweedie", "tweedie_variance_power": TWEEDIE_POWER}
        settings = TREES | goal | (FEW if self.few else {})
        return lightgbm.train(settings, data, FEW_ROUNDS if self.few else ROUNDS)

    def _told(self, panel: Panel, trees: Any, horizon: int) -> Floats:
        """Return the forecast of some of the series."""
        rows = features.at(panel, np.array([panel.history], dtype=np.int64), horizon, of_year=self.of_year)
        answer = trees.predict(rows.table.reshape(-1, len(rows.names))).reshape(len(panel.ids), horizon)
        multiple = np.expm1(answer) if self.loss == "log" else answer
        mean: Floats = np.maximum(multiple, 0.0) * rows.level
        return mean


def _origins(panel: Panel, horizon: int) -> Whole:
    """Return the origins learnt from, newest first: a fortnight apart, fewer where that gives too many rows."""
    least = LEAST_KNOWN if panel.history - horizon > 2 * LEAST_KNOWN else 2 * WEEK
    step = STRIDE if panel.history - horizon > 2 * LEAST_KNOWN else WEEK
    found = np.arange(panel.history - min(horizon, STRIDE), least - 1, -step, dtype=np.int64)
    full = found[found + horizon <= panel.history]
    found = full if len(full) else found
    most = max(MOST_ROWS // (min(len(panel.ids), MOST_SERIES) * horizon), 2)
    if len(found) <= most:
        return found
    return found[:: -(-len(found) // most)]


def _sample(panel: Panel) -> Whole | Flags:
    """Return the series learnt from: all, or a sample that the size of the panel alone decides."""
    if len(panel.ids) <= MOST_SERIES:
        return np.ones(len(panel.ids), dtype=bool)
    chosen = seeds.stream(0, "boosted", str(len(panel.ids))).choice(len(panel.ids), MOST_SERIES, replace=False)
    return np.sort(chosen).astype(np.int64)


def _names(panel: Panel) -> Floats:
    """Return a number for each series, so that trees may single one out; none where a sample teaches all."""
    rows = len(panel.ids)
    return np.arange(rows, dtype=np.float64) if rows <= MOST_SERIES else np.full(rows, np.nan)


def _categories(column: pd.Series) -> pd.Series:
    """Return a column of words as categories, whose codes stay the same in every part of the panel."""
    return column if pd.api.types.is_numeric_dtype(column) else column.astype("string").astype("category")


def counts() -> Boosted:
    """Return trees for spiky and sparse series, with the season of the year."""
    return Boosted("boosted_counts", "tweedie")


def counts_by_week() -> Boosted:
    """Return trees for spiky and sparse series, without the season of the year."""
    return Boosted("boosted_counts_week", "tweedie", of_year=False)


def by_week() -> Boosted:
    """Return small trees without the season of the year."""
    return Boosted("boosted_week", "log", of_year=False, few=True)


def few() -> Boosted:
    """Return small trees for low counts, without the season of the year."""
    return Boosted("boosted_few", "tweedie", of_year=False, few=True)
