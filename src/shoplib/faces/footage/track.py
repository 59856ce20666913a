"""Faces followed from frame to frame: who is where the same face was a moment ago."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from shoplib.faces.pictures import Box

LOST_AFTER_S = 0.5
REACH, FIRST_REACH = 1.0, 1.5
"""How far a face may stray from where it is expected, in its own widths; farther while its speed is not known."""
TOO_FAR = 10.0
SIZE_COUNTS = 2.0
"""How many widths of straying a change of size by the factor e is worth."""


@dataclass
class _Followed:
    number: int
    seen_s: float
    box: npt.NDArray[np.float64]
    speed: npt.NDArray[np.float64] | None = None
    """Pixels a second of the centre; not known from one sighting."""

    def expected(self, at_s: float) -> npt.NDArray[np.float64]:
        """Return where the centre is if the face goes on as before."""
        return _centre(self.box) + (0 if self.speed is None else self.speed * (at_s - self.seen_s))


class Tracker:
    """Gives each face of a frame the number of its track; frames come in order of time.

    A face belongs to the track whose expected place it is nearest to, each track to one face at most (Kuhn, 1955). A
    track not seen for a second is closed.
    """

    def __init__(self) -> None:
        self._open: list[_Followed] = []
        self._begun = 0

    def follow(self, at_s: float, boxes: Sequence[Box]) -> list[int]:
        """Return one track number a box; numbers count up from 0 in order of first sight, left to right."""
        self._open = [track for track in self._open if at_s - track.seen_s <= LOST_AFTER_S]
        here = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        numbers = [-1] * len(here)
        strayed = self._strayed(at_s, here)
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

        A face may go on as before or have stopped; one of another size is farther off.
        """
        off = np.full((len(self._open), len(here)), TOO_FAR)
        for row, track in enumerate(self._open):
            width = np.maximum(track.box[2], here[:, 2])
            away = np.hypot(*(_centre(here) - track.expected(at_s)).T) / width
            still = np.hypot(*(_centre(here) - _centre(track.box)).T) / width
            change = np.abs(np.log(here[:, 2:] / track.box[2:])).mean(axis=1)
            total = np.minimum(away, still) + SIZE_COUNTS * change
            off[row] = np.where(total <= (FIRST_REACH if track.speed is None else REACH), total, TOO_FAR)
        return off


def _centre(box: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    middle: npt.NDArray[np.float64] = box[..., :2] + box[..., 2:] / 2
    return middle
