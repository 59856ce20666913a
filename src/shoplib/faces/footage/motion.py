"""Where something moves or stands that was not there: a picture of the empty scene that follows the light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shoplib.faces.pictures import Bools

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

LEAST_CHANGE, MOST_CHANGE = 9.0, 24.0
"""Levels by which a cell must differ at least, and that always suffice."""
NOISES = 5.0
"""So many standard deviations of the sensor's noise are no noise."""
LEAST_CELLS = 20
"""Cells of the small picture that must hang together; a burnt-in clock changes fewer."""
FOLLOW_S, FORGET_S = 20.0, 300.0
"""How fast the scene takes up what changes slowly, and what stands in it."""
NEW_SCENE_SHARE = 0.55
SAME_MEAN = 0.4
"""Two key frames less apart than this, in levels, are one picture; noise of a live sensor makes at least 1."""
REST_MEAN, REST_CELL = 1.0, 8.0
"""Small pictures less apart than this, on average and in each cell, in levels, differ by their packing only."""
CUT_LIKENESS, CUT_SHARE = 0.5, 0.35
"""Another scene is unlike the one before in its pattern and in so many of its cells; somebody who walks by near the
camera may spoil the likeness before an even wall, but changes an eighth of the cells. Of pairs of photos 99 in 100
differ in 0.6 and more."""
ROOM_CELLS = 6


class Seen(NamedTuple):
    """What moved in one small picture."""

    busy: bool
    mask: Bools


class Scene:
    """The empty scene as known so far; pictures come in order of time."""

    def __init__(self, first: Sequence[Grey], light_change: float) -> None:
        self._empty: Floats = np.median(np.stack(first), axis=0).astype(np.float32)
        self._light_change = 255 * light_change
        self._before: tuple[float, Floats] | None = None

    def empty(self) -> Grey:
        """Return the empty scene as it is known now."""
        return self._empty.round().clip(0, 255).astype(np.uint8)

    def look(self, at_s: float, small: Grey) -> Seen:
        """Return what differs from the empty scene or from the picture before, then learn from the picture.

        A change of the whole picture's light, slow or flickering, is no motion. Where most of it changes otherwise, as
        when the light goes on or another scene begins, it is learnt anew and the picture counts as busy.
        """
        now = small.astype(np.float32)
        away = now - self._empty
        shift = float(np.median(away))
        mask = differs(away - shift)
        another = self._before is not None and is_cut(self._before[1], now)
        passed = FOLLOW_S if self._before is None else at_s - self._before[0]
        if self._before is not None:
            step = now - self._before[1]
            mask |= differs(step - float(np.median(step)))
        self._before = at_s, now
        if another or mask.mean() > NEW_SCENE_SHARE or abs(shift) > self._light_change:
            self._empty = now
            return Seen(True, mask)
        pace = np.where(mask, 1 - np.exp(-passed / FORGET_S), 1 - np.exp(-passed / FOLLOW_S))
        self._empty += pace.astype(np.float32) * away
        return Seen(bool(mask.any()), mask)


def differs(away: Floats) -> Bools:
    """Return the cells that differ by more than noise and hang together in patches."""
    import cv2

    noise = 1.4826 * float(np.median(np.abs(away)))
    least = min(max(LEAST_CHANGE, NOISES * noise), MOST_CHANGE)
    loud = (np.abs(away) > least).astype(np.uint8)
    cells = cv2.morphologyEx(loud, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    cells = cv2.morphologyEx(cells, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cells, connectivity=8)
    large = np.asarray(stats)[:, cv2.CC_STAT_AREA] >= LEAST_CELLS
    large[0] = False
    kept: Bools = large[np.asarray(labels)]
    return kept


def same(one: Grey, other: Grey) -> bool:
    """Return whether two key frames, told by single pixels, are one and the same to the last bit of noise."""
    return one.shape == other.shape and float(np.abs(one.astype(np.int16) - other).mean()) <= SAME_MEAN


def at_rest(one: Grey, other: Grey) -> bool:
    """Return whether nothing at all changed from one small picture to the next."""
    away = np.abs(one.astype(np.int16) - other)
    return bool(away.mean() <= REST_MEAN and away.max() <= REST_CELL)


def is_cut(one: Grey | Floats, other: Grey | Floats) -> bool:
    """Return whether two small pictures show different scenes; another light is no other scene."""
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if size == 0 or float((a * b).sum()) / size >= CUT_LIKENESS:
        return False
    away = one.astype(np.float32) - other
    return float((np.abs(away - np.median(away)) > LEAST_CHANGE).mean()) > CUT_SHARE


def regions(small: Grey, before: Grey, empty: Grey, size: tuple[int, int]) -> list[tuple[int, int, int, int]]:
    """Return where something moves or stands, in pixels of a picture of ``size`` (width, height), with room around it.

    Left, top, right and bottom of each; regions that overlap are one.
    """
    import cv2

    mask = np.zeros(small.shape, dtype=bool)
    for other in (before, empty):
        away = small.astype(np.float32) - other
        mask |= differs(away - float(np.median(away)))
    wide = cv2.dilate(mask.astype(np.uint8), np.ones((2 * ROOM_CELLS + 1,) * 2, np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(wide, connectivity=8)
    share = size[0] / small.shape[1], size[1] / small.shape[0]
    found = []
    for left, top, width, height, _ in np.asarray(stats)[1:count].tolist():
        right, bottom = int((left + width) * share[0]), int((top + height) * share[1])
        found.append((int(left * share[0]), int(top * share[1]), min(size[0], right), min(size[1], bottom)))
    return sorted(found)
