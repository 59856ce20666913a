"""Facings of a row: how many packs stand side by side, counted by the seams between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shoplib.shelves.gaps import Gap, room
from shoplib.shelves.photos import WORKING_WIDTH, Floats
from shoplib.shelves.rows import Row

BODY = (0.50, 0.90)
"""Part of a room's height that most packs reach through, their feet left out."""
LOW_QUANTILE, HIGH_QUANTILE = 0.20, 0.97
SEAM_SHARE, LEAST_SEAM = 0.30, 2.0
"""How strong a seam must be: against the strongest of its stretch, and in colour difference (CIE76)."""
LEAST_APART = 0.25
"""Two seams are at least this share of the room's height apart."""
EDGE = 0.7
"""A seam nearer to the end of a stretch than this share of that distance is the end itself."""


def facings(lab: Floats, row: Row, slope: tuple[float, float], empty: Sequence[Gap]) -> int:
    """Return how many packs stand side by side in a row, gaps left out; 0 for an empty row.

    A seam runs down all of two packs, a label's edge only down a part, so each column counts with a low quantile
    of its steps from left to right. Packs narrower than ``LEAST_APART`` of the room's height are told too few.
    """
    level = room(lab, row, slope)
    first, last = (round(len(level) * share) for share in BODY)
    part = level[first : max(last, first + 1)]
    step = np.zeros(WORKING_WIDTH)
    step[1:-1] = np.quantile(np.linalg.norm(part[:, 2:] - part[:, :-2], axis=2), LOW_QUANTILE, axis=0)
    apart = max(4.0, LEAST_APART * len(level))
    filled = [step[left:right] for left, right in _between(empty) if right - left >= apart]
    return sum(1 + _seams(stretch, apart) for stretch in filled)


def _between(empty: Sequence[Gap]) -> list[tuple[int, int]]:
    edges = [0, *(round(edge) for gap in empty for edge in (gap.left, gap.right)), WORKING_WIDTH]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _seams(step: Floats, apart: float) -> int:
    """Return the number of seams, the strongest taken first and none near one already taken."""
    least = max(LEAST_SEAM, SEAM_SHARE * float(np.quantile(step, HIGH_QUANTILE)))
    taken: list[int] = []
    for at in np.argsort(-step, kind="stable").tolist():
        if step[at] < least:
            break
        inside = apart * EDGE <= at <= len(step) - apart * EDGE
        if inside and all(abs(at - other) >= apart for other in taken):
            taken.append(at)
    return len(taken)
