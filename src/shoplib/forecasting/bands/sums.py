"""Bands of sums: over the coming days of a series, and of series taken together.

A sum's band is not the sum of the bands of its days. Its errors are those that whole trials made on their sums; the
few a single series has are joined by a weekday mean's over the year, brought to the model's size. Whatever they say,
the band is as wide as if the days' errors had nothing in common, and no wider than if all were alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from shoplib.forecasting.accuracy import ratio, tails
from shoplib.forecasting.bands.past import Bounds, Lesson, Past
from shoplib.forecasting.bands.pooled import STANDIN_SHARE, sized, weighted_quantile
from shoplib.forecasting.models.interface import LEVELS, Said
from shoplib.forecasting.panel import Floats, Panel
from shoplib.forecasting.trials import Trials, change

FEWEST = 5
"""Sums without which only the bands of the days tell how wide the band of a sum is."""
ENOUGH = 20
"""The model's own sums from which a weekday mean's count as little as they do for single days; below, one each."""


def together(trials: Trials, panel: Panel, labels: Sequence[str]) -> tuple[Trials, Panel]:
    """Return trials and panel of the sums of series with the same label, labels in their sorted order.

    A day is known where one of the series is, and closed where all are. Forecasts add up, unknown ones as nothing;
    bands of the models' own are left out, for bounds do not add up. ``scale`` and ``square`` are those of the sums.
    """
    names = sorted(set(labels))
    member = np.array([[label == name for label in labels] for name in names], dtype=np.float64)
    summed = Panel(
        ids=tuple(names),
        days=panel.days,
        history=panel.history,
        y=_added(member, panel.y),
        closed=member @ ~panel.closed == 0,
        country=panel.country,
    )
    sold = summed.sold
    ends = [int(place) + 1 for place in panel.days.get_indexer(trials.cutoffs)]
    whole = replace(
        trials,
        ids=tuple(names),
        actual=_stacked([_added(member, window) for window in trials.actual], trials, len(names)),
        closed=_stacked([member @ ~window == 0 for window in trials.closed], trials, len(names)).astype(bool),
        scale=np.array([change(sold[:, :end], 7) for end in ends]).reshape(len(ends), len(names)),
        square=np.array([change(sold[:, :end], 1, squared=True) for end in ends]).reshape(len(ends), len(names)),
        said={model: [Said(_added(member, said.mean)) for said in answers] for model, answers in trials.said.items()},
    )
    return whole, summed


def over_days(
    trials: Trials, model: str, panel: Panel, mean: Floats, days: Bounds, levels: Sequence[int] = LEVELS
) -> pd.DataFrame:
    """Return expected, and low and high by level, of each series' sum over the days of ``mean`` (series, horizon).

    ``days`` are the bounds of the single days. Index ``unique_id``, columns expected, low_80, high_80 and so on. NaN
    where a series has no forecast or its days no bounds.
    """
    past = Past(panel)
    horizon = mean.shape[1]
    ends = [int(place) + 1 for place in panel.days.get_indexer(trials.cutoffs)]
    own = [
        Lesson(past.ground(end), said.mean, np.where(shut, np.nan, actual))
        for end, said, actual, shut in zip(ends, trials.said[model], trials.actual, trials.closed, strict=True)
        if said.mean.shape[1] == horizon
    ]
    errors, weight = _errors(past, own, panel.history, horizon)
    known = ~np.isnan(mean)
    expected = np.where(known.any(axis=1), np.where(known, mean, 0.0).sum(axis=1), np.nan)
    width = np.where(known, sized(past.ground(panel.history), mean), 0.0).sum(axis=1)
    table = {"expected": expected}
    least: list[Floats] = [np.zeros(len(mean)), np.zeros(len(mean))]
    for level in sorted(levels):
        for side, (name, share) in enumerate(zip(("low", "high"), tails(level), strict=True)):
            reach = np.abs(days[level][side] - mean)
            there = ~np.isnan(reach)
            reach = np.where(there, reach, 0.0)
            apart, alike = np.sqrt((reach**2).sum(axis=1)), reach.sum(axis=1)
            off = np.zeros(len(mean))
            if len(errors) >= FEWEST:
                quantile = weighted_quantile(errors, weight, share)
                off = np.maximum(quantile if side else -quantile, 0.0) * width
            least[side] = np.maximum(np.clip(off, apart, alike), least[side])
            bound = expected + (least[side] if side else -least[side])
            table[f"{name}_{level}"] = np.where(there.any(axis=1), np.maximum(bound, 0.0), np.nan)
    return pd.DataFrame(table, index=pd.Index(panel.ids, name="unique_id", dtype="object"))


def _errors(past: Past, own: Sequence[Lesson], end: int, horizon: int) -> tuple[Floats, Floats]:
    """Return the errors of sums, each over the sum of its days' usual sizes, in order, and how much each counts."""
    mine = [_off(lesson) for lesson in own]
    year = [_off(lesson) for lesson in past.standins(end, horizon)]
    ours, theirs = (np.concatenate(parts) if parts else np.zeros(0) for parts in (mine, year))
    same = [_off(past.standin(lesson.ground.end, horizon, end)) for lesson in own]
    there = float(np.abs(np.concatenate(same)).mean()) if same and len(np.concatenate(same)) else 0.0
    factor = float(np.abs(ours).mean()) / there if len(ours) and there > 0 else 1.0
    pool = np.concatenate([ours, theirs * factor])
    share = (
        STANDIN_SHARE / (1 - STANDIN_SHARE) * len(ours) / len(theirs) if len(ours) >= ENOUGH and len(theirs) else 1.0
    )
    weight = np.concatenate([np.ones(len(ours)), np.full(len(theirs), share)])
    order = np.argsort(pool, kind="stable")
    return pool[order], weight[order]


def _off(lesson: Lesson) -> Floats:
    miss = lesson.actual - lesson.mean
    width = sized(lesson.ground, lesson.mean)
    known = ~np.isnan(miss) & ~np.isnan(width)
    off = ratio(np.where(known, miss, 0.0).sum(axis=1), np.where(known, width, 0.0).sum(axis=1))
    return off[~np.isnan(off)]


def _added(member: Floats, grid: Floats) -> Floats:
    """Return sums of rows by group, NaN where none of a group is known."""
    known = ~np.isnan(grid)
    return np.where(member @ known > 0, member @ np.where(known, grid, 0.0), np.nan)


def _stacked(windows: Sequence[Floats], trials: Trials, rows: int) -> Floats:
    return np.stack(windows) if windows else np.zeros((0, rows, trials.horizon))
