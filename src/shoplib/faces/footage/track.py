"""Faces followed from frame to frame: who is where the same face was a moment ago."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from shoplib.faces.pictures import Box

LOST_AFTER_S = 0.5
MISSED_LOOKS = 2.5
"""Where looks are rare, a track is kept over so many of them."""
REACH, FIRST_REACH, ALONE_REACH = 1.0, 2.4, 3.6
"""How far a face may stray from where it is expected, in its own widths; farther while its speed is not known:
somebody who walks by moves two in a fifth of a second, who runs three, told only where nobody else can be meant."""
USUAL_STEP_S, MOST_REACH = 0.2, 2.0
"""Looks farther apart than this reach farther, with the square root of their distance, up to twice as far."""
SURE = 0.5
"""A face this near to where one is expected, and to no other nearer, is that one."""
TOO_FAR = 10.0
SIZE_COUNTS = 2.0
"""How many widths of straying a change of size by the factor e is worth."""
MOST_GROWTH = 0.6
"""A face that grew or shrank by more than e to this is another."""
WALKS, TURNS = 0.5, 0.35
"""Who goes so many widths a usual look walks; who walks is not so many widths behind a moment later."""


@dataclass
class _Followed:
    number: int
    seen_s: float
    box: npt.NDArray[np.float64]
    speed: npt.NDArray[np.float64] | None = None
    """Pixels a second of the centre; not known from one sighting."""

    def strayed(self, at_s: float, centres: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return how many pixels places lie off the way of a face that goes on as before, slows down or stops."""
        way = np.zeros(2) if self.speed is None else self.speed * (at_s - self.seen_s)
        gone = centres - _centre(self.box)
        share = np.clip(gone @ way / max(float(way @ way), 1e-9), 0, 1)
        off: npt.NDArray[np.float64] = np.hypot(*(gone - share[:, None] * way).T)
        return off

    def turned(self, at_s: float, centres: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return how many pixels places lie behind a face that walks; 0 while it stands or has been away for long."""
        pace = 0.0 if self.speed is None else float(np.hypot(*self.speed))
        if self.speed is None or pace * USUAL_STEP_S < WALKS * self.box[2] or at_s - self.seen_s > LOST_AFTER_S:
            return np.zeros(len(centres))
        behind: npt.NDArray[np.float64] = (_centre(self.box) - centres) @ self.speed / pace
        return behind


class Tracker:
    """Gives each face of a frame the number of its track; frames come in order of time.

    A face belongs to the track whose expected place it is nearest to, each track to one face at most (Kuhn, 1955). A
    track not seen for half a second, or for two looks ``step_s`` apart if that is longer, is closed.
    """

    def __init__(self, step_s: float = USUAL_STEP_S) -> None:
        self._open: list[_Followed] = []
        self._begun = 0
        self._lost_after_s = max(LOST_AFTER_S, MISSED_LOOKS * step_s)
        self._farther = min(MOST_REACH, max(1.0, (step_s / USUAL_STEP_S) ** 0.5))

    def cut(self) -> None:
        """Close all tracks: another scene begins."""
        self._open = []

    def follow(self, at_s: float, boxes: Sequence[Box]) -> list[int]:
        """Return one track number a box; numbers count up from 0 in order of first sight, left to right."""
        self._open = [track for track in self._open if at_s - track.seen_s <= self._lost_after_s]
        here = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        numbers = [-1] * len(here)
        strayed = _surely(self._strayed(at_s, here))
        for track_at, box_at in zip(*linear_sum_assignment(strayed), strict=True):
            if strayed[track_at, box_at] < TOO_FAR:
                track = self._open[track_at]
                passed = at_s - track.seen_s
                track.speed = (_centre(here[box_at]) - _centre(track.box)) / passed if passed else track.speed
                track.box, track.seen_s = here[box_at], at_s
                numbers[box_at] = track.number
        for box_at, number in enumerate(numbers):
            if number < 0:
                numbers[box_at] = self._begun
                self._open.append(_Followed(self._begun, at_s, here[box_at]))
                self._begun += 1
        return numbers

    def _strayed(self, at_s: float, here: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return, one row a track and one column a box, how far off it is in face widths; far where it cannot be.

        A face may go on as before, slow down or stop; one of another size is farther off: a head that turns changes
        in width alone, one half hidden in width or height. Nobody who walks turns round between two looks: a face
        behind them is of somebody who comes the other way.
        """
        total = np.full((len(self._open), len(here)), TOO_FAR)
        near = np.zeros(total.shape, dtype=bool)
        far = near.copy()
        for row, track in enumerate(self._open):
            width = np.maximum(track.box[2], here[:, 2])
            change = np.abs(np.log(here[:, 2:] / track.box[2:])).min(axis=1)
            total[row] = track.strayed(at_s, _centre(here)) / width + SIZE_COUNTS * change
            reach = self._farther * (FIRST_REACH if track.speed is None else REACH)
            may_be = (change <= MOST_GROWTH) & (track.turned(at_s, _centre(here)) <= TURNS * width)
            near[row] = may_be & (total[row] <= reach)
            far[row] = near[row] | ((track.speed is None) & (total[row] <= ALONE_REACH) & may_be)
        alone = (far.sum(axis=0) == 1) & (far.sum(axis=1) == 1)[:, None]
        return np.where(near | (far & alone), total, TOO_FAR)


def _surely(strayed: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how far off faces are, with those that are nearest to each other, and near, left to each other.

    Else two tracks would pass on their faces, so that one of somebody who just turned up finds a place.
    """
    if not strayed.size:
        return strayed
    nearest = (strayed == strayed.min(axis=1, keepdims=True)) & (strayed == strayed.min(axis=0, keepdims=True))
    sure = nearest & (strayed <= SURE)
    taken = sure.any(axis=1, keepdims=True) | sure.any(axis=0, keepdims=True)
    return np.where(taken & ~sure, TOO_FAR, strayed)


def _centre(box: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    middle: npt.NDArray[np.float64] = box[..., :2] + box[..., 2:] / 2
    return middle
