"""Bands of every forecast of a model: of its trials, each from what was known before, and of the days to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.forecasting.accuracy import quantile_loss, ratio, tails
from shoplib.forecasting.bands import counts, pooled
from shoplib.forecasting.bands.past import CONTINUOUS, COUNT, SPARSE, Bounds, Ground, Lesson, Past
from shoplib.forecasting.models.interface import LEVELS, Said
from shoplib.forecasting.panel import Flags, Floats, Panel
from shoplib.forecasting.trials import Trials

POOLED, COUNTS, NATIVE, NONE = "pooled errors", "count distribution", "the model's own", ""
"""Words for how a band was made; empty: there is none."""
BETTER = 0.02
"""Share by which another kind's pinball loss must be lower to replace the usual kind of a group."""
LEAST_WINDOWS = 2
"""Earlier windows without which the usual kind of a group is taken."""
SHORT = 0.1
"""Share by which a kind may have covered less than the level and still be chosen."""
TELLS = 0.01
"""Share of days by which bands must have fallen short before they are widened."""
MADE_UP = 0.75
"""Part of a shortfall that is added to the level."""
MOST_MADE_UP = 0.5
"""Part of what is outside a band that widening may take in at most."""


@dataclass(frozen=True)
class Made:
    """Bands of one forecast.

    ``bounds`` by level, (series, horizon); ``kind`` and ``widened`` a word a series, the latter the levels whose band
    was widened because earlier ones fell short, such as ``80 95``. ``coverage`` is the share of open days that earlier
    bands of the same group of series held, by level, NaN where there were none.
    """

    bounds: Bounds
    kind: npt.NDArray[np.object_]
    widened: npt.NDArray[np.object_]
    coverage: Mapping[int, Floats]

    def table(self, ids: Sequence[str]) -> pd.DataFrame:
        """Return one row a series: kind, widened, and the measured coverage by level."""
        table = pd.DataFrame({"kind": self.kind, "widened": self.widened}, index=pd.Index(ids, name="unique_id"))
        return table.assign(**{f"coverage_{level}": share for level, share in self.coverage.items()})


@dataclass(frozen=True)
class _Asked:
    """One forecast, its candidates for a band, the band made, and what came."""

    mean: Floats
    open: Flags
    candidates: Mapping[str, Bounds]
    made: Made
    actual: Floats


def bands(
    trials: Trials, model: str, panel: Panel, levels: Sequence[int] = LEVELS, past: Past | None = None
) -> list[Made]:
    """Return the bands of ``model``'s forecasts, one a window, each made from what was known at its origin.

    That is errors of windows before, the history, and which kind of band held best before. ``panel`` is the one the
    trials were made on. Bounds are never below 0, hold what is expected, lie within each other, and have no width on
    closed days; NaN where nothing is expected or too little is known. What a ``past`` of the same panel has worked out
    before is not worked out again.
    """
    return [asked.made for asked in _asked(past or Past(panel), trials, model, levels)]


def ahead(
    trials: Trials, model: str, panel: Panel, said: Said, levels: Sequence[int] = LEVELS, past: Past | None = None
) -> Made:
    """Return the bands of ``said``, the forecast of the days after the history of ``panel``, from all trials."""
    past = past or Past(panel)
    before = _asked(past, trials, model, levels)
    horizon = said.mean.shape[1]
    closed = panel.until(panel.history, horizon).closed[:, panel.history :]
    own = _lessons(past, trials, model) if horizon == trials.horizon else []
    return _make(past, past.ground(panel.history), own, before, said, ~closed, levels)[0]


def _asked(past: Past, trials: Trials, model: str, levels: Sequence[int]) -> list[_Asked]:
    lessons = _lessons(past, trials, model)
    done: list[_Asked] = []
    for window, said in enumerate(trials.said[model]):
        ground, shut = lessons[window].ground, trials.closed[window]
        made, candidates = _make(past, ground, lessons[:window], done, said, ~shut, levels)
        done.append(_Asked(said.mean, ~shut, candidates, made, lessons[window].actual))
    return done


def _lessons(past: Past, trials: Trials, model: str) -> list[Lesson]:
    ends = [int(place) + 1 for place in past.panel.days.get_indexer(trials.cutoffs)]
    return [
        Lesson(past.ground(end), said.mean, np.where(shut, np.nan, actual))
        for end, said, actual, shut in zip(ends, trials.said[model], trials.actual, trials.closed, strict=True)
    ]


def _make(
    past: Past,
    ground: Ground,
    own: Sequence[Lesson],
    before: Sequence[_Asked],
    said: Said,
    opened: Flags,
    levels: Sequence[int],
) -> tuple[Made, dict[str, Bounds]]:
    """Return the bands of one forecast and the candidates they were chosen from."""
    mean = said.mean
    rough = {POOLED: pooled.bands(past, ground, own, np.where(opened, mean, np.nan), levels)}
    countable = ground.whole & ((ground.group == COUNT) | (ground.group == SPARSE))
    if countable.any():
        rough[COUNTS] = counts.bands(past, ground, own, mean, countable, levels)
    if all(level in said.bands for level in levels):
        rough[NATIVE] = {level: said.bands[level] for level in levels}
    candidates = {kind: _ordered(mean, opened, bounds, levels) for kind, bounds in rough.items()}
    bounds = {level: (np.full(mean.shape, np.nan), np.full(mean.shape, np.nan)) for level in levels}
    words, widened = (np.full(len(mean), "", dtype=object) for _ in range(2))
    coverage = {level: np.full(len(mean), np.nan) for level in levels}
    for group in (CONTINUOUS, COUNT, SPARSE):
        for whole in (True, False):
            rows = (ground.group == group) & (countable == whole)
            if not rows.any():
                continue
            kind = _kind(before, candidates, rows, COUNTS if whole else POOLED, levels)
            words[rows] = kind
            for level in levels:
                held = _held(before, rows, level)
                coverage[level][rows] = held
                factor = _factor(held, level)
                if factor > 1:
                    widened[rows] = np.where(widened[rows] == "", str(level), widened[rows] + f" {level}")
                for side in (0, 1):
                    wide = mean + factor * (candidates[kind][level][side] - mean)
                    if kind == COUNTS and factor > 1:
                        wide = np.ceil(wide) if side else np.floor(wide)
                    bounds[level][side][rows] = wide[rows]
    final = _ordered(mean, opened, bounds, levels)
    words[np.isnan(final[levels[0]][0]).all(axis=1)] = NONE
    return Made(final, words, widened, coverage), candidates


def _ordered(mean: Floats, opened: Flags, bounds: Bounds, levels: Sequence[int]) -> Bounds:
    """Return the bounds by the rules: 0 at least, around the mean, one level within the next, no width when closed."""
    found: dict[int, tuple[Floats, Floats]] = {}
    inner = (mean, mean)
    for level in sorted(levels):
        low, high = bounds[level]
        low = np.where(opened, np.maximum(np.minimum(low, inner[0]), 0.0), mean)
        high = np.where(opened, np.maximum(high, inner[1]), mean)
        found[level] = inner = (low, high)
    return found


def _kind(before: Sequence[_Asked], now: Mapping[str, Bounds], rows: Flags, usual: str, levels: Sequence[int]) -> str:
    """Return the kind of band that did best on earlier windows for the series of ``rows``; the usual one if too few.

    A kind may be chosen when it did not cover much less than the levels; counts, whose levels ties blur, always. Of
    these the one with the least pinball loss, the usual one unless another is clearly better. If none may: the one that
    fell least short.
    """
    kinds = [
        kind
        for kind, bounds in now.items()
        if all(kind in asked.candidates for asked in before)
        and not np.isnan(bounds[levels[0]][0][rows]).all(axis=1).any()
    ]
    if len(before) < LEAST_WINDOWS or len(kinds) < 2:
        return usual
    loss, short = {}, {}
    for kind in kinds:
        spans = [(asked.candidates[kind], asked) for asked in before]
        loss[kind] = sum(_loss(bounds, asked, rows, levels) for bounds, asked in spans)
        short[kind] = max(level / 100 - _share_held(spans, rows, level) for level in levels)
    told = [kind for kind in kinds if np.isfinite(loss[kind]) and np.isfinite(short[kind])]
    if not told:
        return usual
    fit = [kind for kind in told if short[kind] <= SHORT or kind == usual == COUNTS]
    if not fit:
        return min(told, key=lambda kind: short[kind])
    best = min(fit, key=lambda kind: loss[kind])
    return usual if usual in fit and loss[usual] <= loss[best] * (1 + BETTER) else best


def _loss(bounds: Bounds, asked: _Asked, rows: Flags, levels: Sequence[int]) -> float:
    """Return the summed pinball loss on open days, infinite where a bound is missing."""
    actual = asked.actual[rows]
    known = ~np.isnan(actual) & ~np.isnan(asked.mean[rows])
    total = 0.0
    for level in levels:
        for bound, share in zip(bounds[level], tails(level), strict=True):
            loss = np.where(known, quantile_loss(actual, bound[rows], share), 0.0)
            total += float(loss.sum())
    return total if np.isfinite(total) else np.inf


def _share_held(spans: Sequence[tuple[Bounds, _Asked]], rows: Flags, level: int) -> float:
    held = counted = 0
    for bounds, asked in spans:
        low, high = (bound[rows] for bound in bounds[level])
        actual = asked.actual[rows]
        known = ~np.isnan(actual) & ~np.isnan(low) & ~np.isnan(high)
        held += int((known & (actual >= low) & (actual <= high)).sum())
        counted += int(known.sum())
    return float(ratio(held, counted))


def _held(before: Sequence[_Asked], rows: Flags, level: int) -> float:
    """Return the share of open days that the bands made for earlier windows held, NaN where there were none."""
    return _share_held([(asked.made.bounds, asked) for asked in before], rows, level)


def _factor(held: float, level: int) -> float:
    """Return by what to multiply a band of ``level`` % that held a share of days, 1 where it held enough.

    Three quarters of the shortfall are added to the level (adaptive conformal inference; Gibbs and Candès 2021), at
    most half of what lies outside; the width grows as that of a normal law.
    """
    from scipy.special import ndtri

    wanted = level / 100
    short = wanted - held
    if not short > TELLS:
        return 1.0
    raised = wanted + min(MADE_UP * short, MOST_MADE_UP * (1 - wanted))
    return float(ndtri((1 + raised) / 2) / ndtri((1 + wanted) / 2))
