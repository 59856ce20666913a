"""Gaps in a row: stretches in which the back wall is seen from the board above nearly down to the board below.

What the wall looks like is learnt from the photo: it is the one colour that is seen under every rail, above the
packs. Light falls off towards the sides and under a board, so its brightness is followed along each row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from shoplib.shelves.photos import WORKING_WIDTH, Floats
from shoplib.shelves.rows import Row, Shelving

HEADROOM = (0.02, 0.06, 0.12, 0.20, 0.30)
"""Edges of the bands, as shares of a room's height, in which the wall is looked for above the packs."""
LOOKED_AT = (0.28, 0.84)
"""Part of a room's height in which a pack would stand and a gap shows the wall; below it the board is seen."""
LIGHT, TINT = 9.0, 7.0
"""How far the wall may differ from its own colour within one row, in lightness and in tint (CIE L*a*b*)."""
WALL_SHARE = 0.88
"""Share of a column that must look like the wall."""
LEAST_WIDTH = 0.14
"""A gap is at least this wide, as a share of its room's height: packs are seldom narrower."""
CLOSE_PX = 3


@dataclass(frozen=True)
class Gap:
    """An empty stretch of a row, in working pixels at the middle of its room."""

    left: float
    right: float


def room(lab: Floats, row: Row, slope: tuple[float, float]) -> Floats:
    """Return the room of one row with its lines made level: whole lines from the rail above to the packs' feet."""
    lines = np.arange(np.ceil(row.top + 1), max(np.ceil(row.top + 1) + 2, np.floor(row.bottom - 1)))
    across = np.arange(WORKING_WIDTH) - (WORKING_WIDTH - 1) / 2
    down = np.rint(lines[:, None] + np.polyval(slope, lines)[:, None] * across).astype(int)
    level: Floats = lab[np.clip(down, 0, len(lab) - 1), np.arange(WORKING_WIDTH)]
    return level


def gaps(lab: Floats, shelving: Shelving) -> list[list[Gap]]:
    """Return the gaps of each row of a photo, from the left; empty lists where rows are full or not found."""
    rooms = [room(lab, row, shelving.slope) for row in shelving.rows]
    wall = _wall(rooms)
    return [[] if wall is None else _gaps(one, wall) for one in rooms]


def gap_share(found: Sequence[Gap]) -> float:
    """Return the share of the photo's width that gaps take.

    >>> gap_share([Gap(0, 64), Gap(100, 132)])
    0.15
    """
    return sum(gap.right - gap.left for gap in found) / WORKING_WIDTH


def _wall(rooms: list[Floats]) -> Floats | None:
    """Return the wall's colour: the brightest of the colours that fill the headroom of rows, by the median row."""
    seen = []
    for one in rooms:
        edges = [round(len(one) * share) for share in HEADROOM]
        bands = [one[a:b] for a, b in pairwise(edges) if b > a]
        even = [middle for band in bands if (middle := _common(band)) is not None]
        if even:
            seen.append(max(even, key=lambda middle: float(middle[0])))
    return np.median(np.array(seen), axis=0) if seen else None


def _common(band: Floats) -> Floats | None:
    """Return the colour that most of a band has, or none if no colour has a half of it."""
    colour: Floats = np.median(band, axis=(0, 1))
    away = np.abs(band - colour)
    near = (away[..., 0] < 2 * LIGHT) & (np.hypot(away[..., 1], away[..., 2]) < TINT)
    return colour if near.mean() >= 0.5 else None


def _gaps(one: Floats, wall: Floats) -> list[Gap]:
    first, last = (round(len(one) * share) for share in LOOKED_AT)
    part = one[first : max(last, first + 1)]
    tint = np.hypot(part[..., 1] - wall[1], part[..., 2] - wall[2])
    like = (np.abs(part[..., 0] - _light(one, wall)[None, :]) < LIGHT) & (tint < TINT)
    empty = _closed(like.mean(axis=0) >= WALL_SHARE)
    least = max(4.0, LEAST_WIDTH * len(one))
    return [Gap(float(a), float(b)) for a, b in _runs(empty) if b - a >= least]


def _light(one: Floats, wall: Floats) -> Floats:
    """Return the wall's brightness along a row: a straight line through what is seen of it above the packs."""
    head = one[round(len(one) * HEADROOM[1]) : max(round(len(one) * HEADROOM[-1]), 1)]
    tint = np.hypot(head[..., 1] - wall[1], head[..., 2] - wall[2])
    bright = np.where((tint < TINT) & (np.abs(head[..., 0] - wall[0]) < 2 * LIGHT), head[..., 0], np.nan)
    seen = ~np.isnan(bright).all(axis=0)
    at = np.flatnonzero(seen)
    if len(at) < WORKING_WIDTH / 4:
        return np.full(WORKING_WIDTH, wall[0])
    line = np.polyfit(at, np.nanmax(bright[:, seen], axis=0), 1)
    fitted: Floats = np.polyval(line, np.arange(WORKING_WIDTH, dtype=np.float64))
    return fitted


def _closed(marks: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return marks with breaks of up to ``CLOSE_PX`` closed: a hole in the wall or a blemish is no pack."""
    closed = marks.copy()
    for a, b in _runs(~marks):
        if b - a <= CLOSE_PX and a > 0 and b < len(marks):
            closed[a:b] = True
    return closed


def _runs(marks: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and one past last of each run of true marks."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marks.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
