"""Several models as one: which are near the best on earlier windows, the mean of those, or the median of all.

Weights are learnt on earlier windows only and are equal: a plain mean over weak members hurts, and weights by error or
a choice for each series follow noise (Petropoulos et al. 2022, section 2.6).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.panel import Flags, Floats
from shoplib.forecasting.trials import Trials

NEAR = 1.04
"""Times the lowest error up to which a model belongs to the mean."""
MOST = 4
LEAST_LOST = 2
"""Windows a model must have lost to the baseline on a series, all there are, before it is not used for it."""
LEANS = 0.10
"""Share by which a mean must have been off in sum before it is set right, by a quarter."""
SET_RIGHT = 0.25
FARTHEST = (0.85, 1.2)
NAME = "ensemble"
BEST, MIDDLE = "mean of the best", "median of all"


@dataclass(frozen=True)
class Mix:
    """Members of a mean: one flag a member and series, and what to multiply the mean by."""

    names: tuple[str, ...]
    used: Flags
    """(members, series); a column without a flag leaves the series to the baseline."""
    factor: float = 1.0

    def of(self, means: Mapping[str, Floats], baseline: str) -> Floats:
        """Return the mean of the members, (series, horizon); the baseline where no member is used or says anything."""
        grids = np.stack([means[name] for name in self.names])
        there = self.used[:, :, None] & ~np.isnan(grids)
        count = there.sum(axis=0)
        total = np.where(there, grids, 0.0).sum(axis=0)
        return np.where(count > 0, self.factor * total / np.maximum(count, 1), means[baseline])

    def heard(self, means: Mapping[str, Floats]) -> Flags:
        """Return which members :meth:`of` makes each series' mean of, (members, series): used, and with an answer."""
        return self.used & np.stack([~np.isnan(means[name]).all(axis=1) for name in self.names])


def learned(tried: Trials, names: Sequence[str], baseline: str, windows: int) -> Mix:
    """Return the mix that the first ``windows`` windows of the trials speak for.

    Members are the models whose RMSSE is within 4 % of the lowest, four at most; where a model said nothing, the error
    of the baseline counts, which would have stood in. A member that lost to the baseline on a series in each of two or
    more windows is not used for it. If the mean was off by more than a tenth in sum, a quarter of that is set
    right.
    Without a window, or a series that can be scored, all are members.
    """
    everyone = Mix(tuple(names), np.ones((len(names), len(tried.ids)), dtype=bool))
    if not windows:
        return everyone
    error = {name: rmsse(tried, name)[:windows] for name in {*names, baseline}}
    far = standing(error, names, baseline)
    if not far:
        return everyone
    order = sorted(far, key=lambda name: far[name])
    members = tuple(name for name in order if far[name] <= NEAR * far[order[0]])[:MOST]
    used = np.stack([~_lost(error[name], error[baseline]) for name in members])
    mix = Mix(members, used)
    return Mix(members, used, _factor(tried, mix, baseline, windows))


def median(tried: Trials, names: Sequence[str], window: int) -> Floats:
    """Return the median of what the models said in a window, (series, horizon), NaN where none says anything."""
    return _median([tried.said[name][window].mean for name in names])


def entered(
    tried: Trials, names: Sequence[str], baseline: str, future: Mapping[str, Said]
) -> tuple[list[Said], Said, str]:
    """Return what the ensemble of ``names`` would have said in each window, what it says now, and how it is made.

    In each window it is the mean of those near the best or the median of all, whichever was better in the windows
    before; the median in the first.
    """
    means: dict[str, list[Floats]] = {BEST: [], MIDDLE: []}
    said: list[Floats] = []
    for window in range(len(tried.cutoffs)):
        told = {name: tried.said[name][window].mean for name in {*names, baseline}}
        means[BEST].append(learned(tried, names, baseline, window).of(told, baseline))
        means[MIDDLE].append(median(tried, names, window))
        said.append(means[_better(tried, means, window)][window])
    last = {name: future[name].mean for name in {*names, baseline}}
    kind = _better(tried, means, len(tried.cutoffs))
    mix = learned(tried, names, baseline, len(tried.cutoffs))
    now = mix.of(last, baseline) if kind == BEST else _median([last[name] for name in names])
    return [Said(mean) for mean in said], Said(now), kind


def rmsse(tried: Trials, name: str) -> Floats:
    """Return the root mean squared scaled error of each window and series, NaN where it is not defined."""
    miss = (tried.mean(name) - tried.actual) ** 2
    known = ~np.isnan(miss)
    count = known.sum(axis=2)
    mean = np.where(count > 0, np.where(known, miss, 0.0).sum(axis=2) / np.maximum(count, 1), np.nan)
    square = np.where(tried.square > 0, tried.square, np.nan)
    return np.sqrt(mean / square)


def standing(error: Mapping[str, Floats], names: Sequence[str], baseline: str) -> dict[str, float]:
    """Return the mean error of each model that was measured at all, that of the baseline where it said nothing."""
    found = {name: _mean(_or(error[name], error[baseline])) for name in names if not np.isnan(error[name]).all()}
    return {name: value for name, value in found.items() if np.isfinite(value)}


def _better(tried: Trials, means: Mapping[str, Sequence[Floats]], windows: int) -> str:
    if not windows:
        return MIDDLE
    error = {}
    square = np.where(tried.square > 0, tried.square, np.nan)[:windows, :, None]
    for kind, grids in means.items():
        miss = (np.stack(grids[:windows]) - tried.actual[:windows]) ** 2 / square
        error[kind] = _mean(np.where(np.isfinite(miss), miss, np.nan))
    return min(error, key=lambda kind: error[kind] if np.isfinite(error[kind]) else np.inf)


def _factor(tried: Trials, mix: Mix, baseline: str, windows: int) -> float:
    expected = came = 0.0
    for window in range(windows):
        told = {name: tried.said[name][window].mean for name in {*mix.names, baseline}}
        mean, actual = mix.of(told, baseline), tried.actual[window]
        known = ~np.isnan(mean) & ~np.isnan(actual)
        expected, came = expected + float(mean[known].sum()), came + float(actual[known].sum())
    if not expected > 0 or abs(expected - came) <= LEANS * came:
        return 1.0
    return float(np.clip(1 + SET_RIGHT * (came / expected - 1), *FARTHEST))


def _lost(error: Floats, usual: Floats) -> Flags:
    """Return on which series an error was the larger one in each window, two or more, that both were measured in."""
    measured = ~np.isnan(error) & ~np.isnan(usual)
    lost = measured & (error > usual)
    return np.asarray((lost == measured).all(axis=0) & (lost.sum(axis=0) >= LEAST_LOST))


def _or(values: Floats, others: Floats) -> Floats:
    return np.where(np.isnan(values), others, values)


def _mean(values: Floats) -> float:
    known = ~np.isnan(values)
    return float(values[known].mean()) if known.any() else np.nan


def _median(grids: Sequence[Floats]) -> Floats:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="All-NaN slice")
        return np.asarray(np.nanmedian(np.stack(grids), axis=0), dtype=np.float64)
