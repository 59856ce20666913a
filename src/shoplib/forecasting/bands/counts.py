"""Bands of low counts: quantiles of a negative binomial around the forecast, or of what the half year showed.

Variance = mean + φ mean², φ from the errors of a weekday mean, half of it the series' own and half that of its group
(moments; Lawless 1987). How far the forecast is drawn to the half year's mean, and how much wider φ is than one day
ahead, are chosen by the pinball loss on lessons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoplib.forecasting.accuracy import quantile_loss, tails
from shoplib.forecasting.bands.cheap import USUAL_WEEKS
from shoplib.forecasting.bands.past import WEEKS, Bounds, Ground, Lesson, Past
from shoplib.forecasting.panel import WEEK, Flags, Floats

DRAWN = (0.0, 0.5, 1.0)
"""How far the centre may lie towards the half year's mean."""
WIDER = (0.5, 0.7, 1.0, 1.4, 2.0)
"""Factors on the dispersion."""
OWN = 0.5
"""Weight of a series' own dispersion beside its group's."""
MOST_RATIO = 0.75
"""Part of its limit, 4, that the ratio behind φ may reach: φ is 12 at most."""
LEAST_MEAN = 0.02
LARGE = 20.0
"""Mean from which a gamma law stands for the negative binomial."""
SAMPLE = 150
"""Series on which the shape is chosen; of more, every n-th."""
ENOUGH = 2000
"""Days of the model's own lessons from which stand-ins have no say in the shape."""
STANDINS = 4


@dataclass(frozen=True)
class Shape:
    """How the distribution is made; ``drawn`` NaN: the quantiles of the half year as they are."""

    drawn: float
    wider: float


USUAL = Shape(0.5, 1.0)
"""Shape where nothing tells of a better one."""


def bands(
    past: Past, ground: Ground, own: Sequence[Lesson], mean: Floats, rows: Flags, levels: Sequence[int]
) -> Bounds:
    """Return bounds around ``mean`` (series, horizon) by level for the series of ``rows``; NaN for the others."""
    shape = chosen(past, ground, own, rows, mean.shape[1], levels)
    found = {level: (np.full(mean.shape, np.nan), np.full(mean.shape, np.nan)) for level in levels}
    shares = sorted(share for level in levels for share in tails(level))
    quantiles = dict(zip(shares, _quantiles(past, ground, mean, rows, shape, shares), strict=True))
    for level in levels:
        for side, share in enumerate(tails(level)):
            found[level][side][rows] = quantiles[share]
    return found


def chosen(
    past: Past, ground: Ground, own: Sequence[Lesson], rows: Flags, horizon: int, levels: Sequence[int]
) -> Shape:
    """Return the shape with the least pinball loss on the lessons of ``rows``, the model's own first."""
    places = np.flatnonzero(rows)
    places = places[:: -(-len(places) // SAMPLE) or 1]
    some = np.zeros(len(rows), dtype=bool)
    some[places] = True
    lessons = list(own)
    if sum(int((~np.isnan(lesson.actual[some])).sum()) for lesson in lessons) < ENOUGH:
        lessons += past.standins(ground.end, horizon)[:STANDINS]
    shares = sorted(share for level in levels for share in tails(level))

    def loss(shape: Shape) -> float:
        total = 0.0
        for lesson in lessons:
            quantiles = _quantiles(past, lesson.ground, lesson.mean, some, shape, shares)
            for share, bound in zip(shares, quantiles, strict=True):
                off = quantile_loss(lesson.actual[some], bound, share)
                total += float(np.where(np.isnan(off), 0.0, off).sum())
        return total

    centre = min((USUAL, *(Shape(drawn, 1.0) for drawn in DRAWN if drawn != USUAL.drawn)), key=loss)
    return min((centre, *(Shape(centre.drawn, wider) for wider in WIDER), Shape(np.nan, 1.0)), key=loss)


def _quantiles(
    past: Past, ground: Ground, mean: Floats, rows: Flags, shape: Shape, shares: Sequence[float]
) -> list[Floats]:
    """Return the quantiles of the series of ``rows`` for rising shares, each (rows, horizon)."""
    expected = mean[rows]
    if np.isnan(shape.drawn):
        return _seen(past.recent(ground.end, WEEKS * WEEK)[rows], expected, shares)
    level = np.where(np.isnan(ground.level[rows]), 0.0, ground.level[rows])[:, None]
    drawn = np.where(level > 0, shape.drawn, 0.0)
    centre = np.maximum((1 - drawn) * expected + drawn * level, LEAST_MEAN)
    return negative_binomial(centre, centre + shape.wider * dispersion(ground, rows)[:, None] * centre**2, shares)


def dispersion(ground: Ground, rows: Flags) -> Floats:
    """Return φ of each series of ``rows``, half its own and half of all of them, 0 or above."""
    excess, room = ground.excess[rows], ground.room[rows]
    shared = excess.sum() / room.sum() if room.sum() > 0 else 0.0
    own = np.where(room > 0, excess / np.where(room > 0, room, 1.0), shared)
    ratios = np.clip(OWN * own + (1 - OWN) * shared, 0.0, MOST_RATIO * USUAL_WEEKS)
    return ratios / (1 - ratios / USUAL_WEEKS)


def negative_binomial(mean: Floats, variance: Floats, shares: Sequence[float]) -> list[Floats]:
    """Return the quantiles of negative binomials for rising ``shares``, each of the shape of ``mean``; NaN stays NaN.

    Sums of p(k + 1) = p(k) (k + r) / (k + 1) · (1 − p) up to the share. Above a mean of 20 the gamma law with the same
    moments, in whole numbers.
    """
    from scipy.special import gammaincinv

    centre, spread = mean.ravel(), np.maximum(variance, mean * (1 + 1e-6)).ravel()
    found = np.full((len(shares), centre.size), np.nan)
    large = centre > LARGE
    if large.any():
        form, step = centre[large] ** 2 / spread[large], spread[large] / centre[large]
        for number, share in enumerate(shares):
            found[number, large] = np.round(gammaincinv(form, share) * step)
    at = np.flatnonzero(centre <= LARGE)
    size = centre[at] ** 2 / (spread[at] - centre[at])
    miss = 1 - centre[at] / spread[at]
    mass = np.exp(size * np.log1p(-miss))
    heap, count = mass.copy(), 0
    found[:, at] = 0.0
    rising = np.array(shares)
    reached = np.searchsorted(rising, heap, side="right")
    while (reached < len(shares)).any():
        going = reached < len(shares)
        at, reached = at[going], reached[going]
        size, miss, mass, heap = size[going], miss[going], mass[going], heap[going]
        mass = mass * (count + size) / (count + 1) * miss
        count += 1
        heap = heap + mass
        for number in range(len(shares)):
            found[number, at[reached <= number]] = count
        reached = np.searchsorted(rising, np.where(mass > 0, heap, 2.0), side="right")
    return [row.reshape(mean.shape) for row in found]


def _seen(days: Floats, expected: Floats, shares: Sequence[float]) -> list[Floats]:
    """Return the order statistics of known ``days`` (rows, days), the same for every day ahead."""
    ordered = np.sort(days, axis=1)
    count = (~np.isnan(days)).sum(axis=1)
    found = []
    for share in shares:
        place = np.clip(np.ceil(share * count - 1e-9).astype(np.int64) - 1, 0, ordered.shape[1] - 1)
        bound = np.where(count > 0, np.take_along_axis(ordered, place[:, None], axis=1)[:, 0], np.nan)
        found.append(np.where(np.isnan(expected), np.nan, bound[:, None]))
    return found
