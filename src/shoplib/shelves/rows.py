"""Rows of a shelf on a photo, found by their rails.

Packs change along a row; a rail looks the same from one side to the other, price tags apart, and has a straight
edge above and below. So: find the levels at which colour steps alike all along the photo, pair them into bands of
one colour, and keep the largest family of bands that are alike in colour and thickness. A rail may rise or fall
across the photo, and more so at the top than at the bottom; that is the camera's place, fitted once a photo.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from shoplib.shelves.photos import WORKING_WIDTH, Floats

STRIPS = 32
ACROSS = (np.arange(STRIPS) + 0.5) * WORKING_WIDTH / STRIPS - WORKING_WIDTH / 2
SLOPES = np.linspace(-0.06, 0.06, 41)
ALIKE = 12.0
"""Colours nearer than this (CIE76) count as one."""
STEP_LINES = 3
LEAST_STEP = 3.0
STRONG_STEP = 20.0
THIN, THICK = 0.012, 0.055
"""Thickness of a rail as a share of the photo's height, least and most."""
LEAST_PITCH = 0.08
"""Two rails are at least this share of the photo's height apart."""
EVEN = 0.55
"""Share of a band that must have its colour; the rest may be price tags."""
BARE = 0.95
RAIL_LIGHT, RAIL_TINT, RAIL_THICKNESS = 20.0, 11.0, 1.5
"""How far the rails of one shelf may differ: in lightness, in tint, and in thickness as a ratio."""


@dataclass(frozen=True)
class Row:
    """Room of one row at the photo's middle, in working pixels: from the rail above down to where packs stand."""

    top: float
    bottom: float


@dataclass(frozen=True)
class Shelving:
    """The rows of one photo from the top, and how level lines run on it."""

    rows: tuple[Row, ...]
    slope: tuple[float, float]
    """A level line through height ``y`` falls by ``slope[0] × y + slope[1]`` for each pixel to the right."""


@dataclass(frozen=True)
class _Band:
    top: int
    bottom: int
    colour: Floats
    worth: float

    def like(self, other: _Band) -> bool:
        light, *tint = np.abs(self.colour - other.colour).tolist()
        thick = (self.bottom - self.top) / (other.bottom - other.top)
        return (
            light < RAIL_LIGHT and float(np.hypot(*tint)) < RAIL_TINT
            and 1 / RAIL_THICKNESS < thick < RAIL_THICKNESS
        )  # fmt: skip


def shelving(lab: Floats) -> Shelving:
    """Return the rows of a photo given as L*a*b* at working width; none where no rail is found."""
    columns = np.median(lab.reshape(lab.shape[0], STRIPS, -1, 3), axis=2)
    steps = _steps(columns)
    slope = _slope(steps)
    level = np.polyval(slope, np.arange(len(columns)))
    edges = _step_size(steps, level)
    along = _along(columns, level)
    rails = _rails(edges, along)
    return Shelving(tuple(_rows(rails, edges, along)), slope)


def _steps(columns: Floats) -> Floats:
    """Return for each line and strip the colour of the lines below it less that of the lines above."""
    height, width = len(columns), STEP_LINES
    total = np.cumsum(np.concatenate([np.zeros_like(columns[:1]), columns]), axis=0)
    steps = np.zeros_like(columns)
    line = np.arange(width, height - width + 1)
    steps[line] = (total[line + width] - 2 * total[line] + total[line - width]) / width
    return steps


def _along(columns: Floats, slopes: Floats | float) -> Floats:
    """Return what the strips hold along level lines: entry ``y`` follows the line that crosses the middle at ``y``."""
    down = np.arange(len(columns))[:, None] + np.reshape(slopes, (-1, 1)) * ACROSS
    at = np.rint(down).astype(int)
    inside = (at >= 0) & (at < len(columns))
    along: Floats = columns[np.clip(at, 0, len(columns) - 1), np.arange(STRIPS)]
    return np.where(inside[..., None], along, np.nan)


def _step_size(steps: Floats, slopes: Floats | float) -> Floats:
    """Return how far colour steps at each level line, times the share of strips in which it steps so; 0 for none."""
    along = np.nan_to_num(_along(steps, slopes))
    middle = np.median(along, axis=1)
    size = np.linalg.norm(middle, axis=1)
    alike = np.linalg.norm(along - middle[:, None], axis=2) < np.maximum(ALIKE / 2, size / 2)[:, None]
    strength: Floats = size * alike.mean(axis=1)
    return strength


def _slope(steps: Floats) -> tuple[float, float]:
    """Return the line through the slopes at which the photo's strongest steps are strongest; level without steps."""
    sizes = np.array([_step_size(steps, slope) for slope in SLOPES])
    strongest = sizes.max(axis=0)
    at = np.array([y for y in _peaks(strongest) if strongest[y] >= 2 * LEAST_STEP], dtype=int)
    if len(at) < 2:
        return 0.0, 0.0
    best, weight = SLOPES[sizes[:, at].argmax(axis=0)], np.minimum(strongest[at], STRONG_STEP)
    kept, fit = np.ones(len(at), dtype=bool), np.zeros(1)
    for _ in range(4):
        degree = 1 if np.ptp(at[kept]) > steps.shape[0] / 3 and kept.sum() > 3 else 0
        fit = np.polyfit(at[kept], best[kept], degree, w=weight[kept])
        miss = np.abs(np.polyval(fit, at) - best)
        kept = miss <= max(0.006, 2 * float(np.median(miss)))
        if kept.sum() < 2:
            break
    return (float(fit[0]), float(fit[1])) if len(fit) == 2 else (0.0, float(fit[0]))


def _peaks(values: Floats) -> list[int]:
    """Return where values are higher than two lines above and below, ascending; the first of equals."""
    return [
        y for y in range(2, len(values) - 2)
        if values[y] >= LEAST_STEP and values[y] == values[y - 2 : y + 3].max() and values[y] > values[y - 1]
    ]  # fmt: skip


def _rails(edges: Floats, along: Floats) -> list[_Band]:
    """Return the rails from the top: the worthiest family of bands, and of bands too near each other the worthier."""
    height = len(edges)
    bands = [
        band
        for top in _peaks(edges)
        for bottom in _peaks(edges)
        if THIN * height <= bottom - top <= THICK * height
        if (band := _band(top, bottom, edges, along)) is not None
    ]
    families = [_spaced([other for other in bands if band.like(other)], height) for band in bands]
    family = max(families, key=lambda family: sum(band.worth for band in family), default=[])
    return _spaced([*family, *_hidden(family, edges, along)], height)


def _hidden(family: list[_Band], edges: Floats, along: Floats) -> list[_Band]:
    """Return rails whose upper edge is lost behind packs: where a lower edge is as strong as those of the family."""
    if not family:
        return []
    usual = family[len(family) // 2]
    thick = round(float(np.median([band.bottom - band.top for band in family])))
    strong = float(np.median([edges[band.bottom] for band in family])) / 2
    tried = [_band(y - thick, y, edges, along) for y in _peaks(edges) if y > thick and edges[y] >= strong]
    return [replace(band, worth=0.0) for band in tried if band is not None and usual.like(band)]


def _band(top: int, bottom: int, edges: Floats, along: Floats) -> _Band | None:
    """Return the band between two edges, or none if it has no colour of its own all along."""
    inside = along[top + 1 : bottom - 1]
    colour = np.nanmedian(inside, axis=(0, 1))
    even = float(np.nanmean(np.linalg.norm(inside - colour, axis=2) < ALIKE))
    if even < EVEN:
        return None
    return _Band(top, bottom, colour, even * float(np.minimum(edges[[top, bottom]], STRONG_STEP).sum()))


def _spaced(bands: list[_Band], height: int) -> list[_Band]:
    chosen: list[_Band] = []
    for band in sorted(bands, key=lambda band: (-band.worth, band.top)):
        if all(abs(band.top - other.top) >= LEAST_PITCH * height for other in chosen):
            chosen.append(band)
    return sorted(chosen, key=lambda band: band.top)


def _rows(rails: list[_Band], edges: Floats, along: Floats) -> list[Row]:
    """Return the room above each rail: up to the rail before it; the first up to an edge, else a usual height.

    What lies above the first rail is no row if nothing stands there and no edge closes it at the top.
    """
    if not rails:
        return []
    rows = [Row(float(above.bottom), float(rail.top)) for above, rail in pairwise(rails)]
    bottom = rails[0].top
    usual = float(np.median([row.bottom - row.top for row in rows])) if rows else float(bottom)
    low, high = max(0, round(bottom - 1.6 * usual)), max(1, round(bottom - 0.6 * usual))
    places = [y for y in _peaks(edges[:high]) if y >= low and _is_bare(along[:y])]
    if bottom < LEAST_PITCH * len(edges) or (not places and _is_bare(along[:bottom])):
        return rows
    top = max(places, key=lambda y: edges[y]) if places else max(0.0, bottom - usual)
    return [Row(float(top), float(bottom)), *rows]


def _is_bare(along: Floats) -> bool:
    """Return whether lines are of one colour each nearly all along, so that no pack stands there."""
    middle = np.nanmedian(along, axis=1, keepdims=True)
    return bool(np.nanmean(np.linalg.norm(along - middle, axis=2) < ALIKE) > BARE)
