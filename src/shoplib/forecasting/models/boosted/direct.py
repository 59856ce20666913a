"""One set of trees for all series and all days ahead: each row is a series, an origin and a day after it.

The forecast of day 28 is learnt as such, from origins a fortnight apart, instead of feeding 27 forecasts back in.
Amounts are multiples of each series' level at the origin, so that large and small series teach each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from shoplib.base import seeds
from shoplib.forecasting.models.boosted import features, trees
from shoplib.forecasting.models.boosted.codes import Codes
from shoplib.forecasting.models.interface import Crew, Said
from shoplib.forecasting.panel import WEEK, Flags, Panel, Whole

STRIDE = 2 * WEEK
LEAST_KNOWN = 8 * WEEK
"""Days known at the first origin that is learnt from; two weeks where the history is shorter than that."""
MOST_ROWS = 400_000
MOST_SERIES = 1_500
"""Series learnt from; of more, a sample teaches all."""
TREES_FILE, CODES_FILE = "trees.txt", "codes.json"


@dataclass(frozen=True)
class Boosted:
    """Boosted trees (LightGBM; Ke et al. 2017), one answer for each day ahead at once.

    ``loss`` is ``log`` (squared error of log1p of the multiple) or ``tweedie`` (compound Poisson, for spiky and sparse
    series; Zhou, Qian and Yang 2022). ``of_year`` adds the day of the year and of the month. ``few`` makes small trees.
    """

    name: str = "boosted"
    loss: trees.Loss = "log"
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
        return self.train(panel, horizon, crew).forecast(panel, horizon, crew)

    def train(self, panel: Panel, horizon: int, crew: Crew) -> TrainedBoosted:
        """Return the trees grown from the history."""
        codes = Codes.of(panel, by_name=len(panel.ids) <= MOST_SERIES)
        origins = _origins(panel, horizon)
        if not len(origins):
            return TrainedBoosted(self, codes, None)
        learnt = replace(panel, static=codes.static(panel)).only(_sample(panel))
        rows = features.at(learnt, origins, horizon, of_year=self.of_year, closing=codes.closing)
        targets = origins[:, None] + np.arange(horizon)
        inside = targets < panel.history
        sold = np.where(inside[None], learnt.y[:, np.minimum(targets, panel.history - 1)], np.nan)
        return TrainedBoosted(self, codes, trees.grown(rows, sold / rows.level[:, :, None], self.loss, few=self.few))

    def restore(self, weights: Mapping[str, bytes]) -> TrainedBoosted:
        """Return the trees that gave these weights."""
        return TrainedBoosted(self, Codes.from_bytes(weights[CODES_FILE]), trees.from_bytes(weights[TREES_FILE]))


@dataclass(frozen=True)
class TrainedBoosted:
    """Trees with what they learnt; ``grown`` is ``None`` where there was too little."""

    model: Boosted
    codes: Codes
    grown: trees.Trees | None

    def weights(self) -> dict[str, bytes]:
        """Return the trees as LightGBM's text, and what their numbers stand for."""
        return {TREES_FILE: trees.as_bytes(self.grown), CODES_FILE: self.codes.as_bytes()}

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return what the trees expect; NaN rows for series without a sale."""
        mean = np.full((len(panel.ids), horizon), np.nan)
        panel = replace(panel, static=self.codes.static(panel))
        origin = np.array([panel.history], dtype=np.int64)
        for first in range(0, len(panel.ids) if self.grown is not None else 0, MOST_SERIES):
            part = np.arange(first, min(first + MOST_SERIES, len(panel.ids)))
            rows = features.at(
                panel.only(part), origin, horizon, of_year=self.model.of_year, closing=self.codes.closing
            )
            mean[part] = trees.told(self.grown, rows.table, self.model.loss)[:, 0] * rows.level
        return Said(mean)


def _origins(panel: Panel, horizon: int) -> Whole:
    """Return the origins learnt from, newest first: a fortnight apart, fewer where that gives too many rows.

    Never further apart than the days ahead, so that each weekday is learnt from.
    """
    long = panel.history - horizon > 2 * LEAST_KNOWN
    least, step = (LEAST_KNOWN, min(STRIDE, horizon)) if long else (2 * WEEK, min(WEEK, horizon))
    found = np.arange(panel.history - min(horizon, STRIDE), least - 1, -step, dtype=np.int64)
    full = found[found + horizon <= panel.history]
    found = full if len(full) else found
    most = max(MOST_ROWS // max(min(len(panel.ids), MOST_SERIES) * horizon, 1), 2)
    every = max(-(-len(found) // most), 1)
    return found[:: every + (every % WEEK == 0 and step < WEEK)]


def _sample(panel: Panel) -> Whole | Flags:
    """Return the series learnt from: all, or a sample that the size of the panel alone decides."""
    if len(panel.ids) <= MOST_SERIES:
        return np.ones(len(panel.ids), dtype=bool)
    chosen = seeds.stream(0, "boosted", str(len(panel.ids))).choice(len(panel.ids), MOST_SERIES, replace=False)
    return np.sort(chosen).astype(np.int64)


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
