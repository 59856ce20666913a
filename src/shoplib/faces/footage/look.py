"""Some frames of a clip looked at closely: faces, how good each is, and the best of them cut out."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shoplib.faces.footage import index, light, motion, quality, video
from shoplib.faces.footage.index import Run
from shoplib.faces.footage.scout import Kept
from shoplib.faces.footage.track import Tracker
from shoplib.faces.models.detect import LARGEST_SIDE_PX, Finder
from shoplib.faces.models.embed import CHIP_PX, Cutter
from shoplib.faces.pictures import Face, Picture

EVERY_S = 1
"""Of each face followed within so many whole seconds, the best picture is cut out; chunks begin at whole seconds."""
SHARED = 0.4
"""Two finds that share this much of the smaller one are one face."""


class Close(NamedTuple):
    """What is looked for."""

    detector: str
    min_face_px: int
    cut: bool
    step_s: float
    """Usual time between looks."""


class _Candidate(NamedTuple):
    worth: float
    row: int
    picture: Picture


def look_closely(
    path: Path, runs: list[Run], warm: int, at_s: npt.NDArray[np.float64], close: Close,
    empty: npt.NDArray[np.uint8] | None,
) -> Kept:  # fmt: skip
    """Return what is seen on the frames of some runs, of which the number ``warm`` is only looked at in passing.

    ``at_s`` are the times of all frames wanted, in order. Of each look: ``number``, ``cut`` (another scene begins),
    ``rest`` (nothing changed); of each face: ``face`` (look, left, top, width, height, score, frontal, sharp,
    lightness); of each chip: ``chip_row`` (which face) and ``chip`` (150 × 150 × 3). ``lost`` counts what could not be
    read. ``empty`` is the empty scene.
    """
    finder, best = Finder(close.detector), _Best(close) if close.cut else None
    times = dict(zip(np.concatenate([run.numbers for run in runs]).tolist(), at_s.tolist(), strict=True))
    lost, numbers, cuts, rests = list[int](), list[int](), list[bool](), list[bool]()
    rows = list[tuple[float, ...]]()
    before: npt.NDArray[np.uint8] | None = None
    shown: Picture | None = None
    faces: list[Face] = []
    for run in runs:
        for number, frame in index.decoded(path, run, lost):
            small = light.grey(frame, run.aspect)
            old, before = (small if before is None or before.shape != small.shape else before), small
            if number == warm:
                continue
            picture = video.picture(frame, run.aspect)
            if shown is None or not np.array_equal(shown, picture):
                faces = _faces(finder, picture, small, old, old if empty is None else empty)
            shown = picture
            told = [(quality.sharpness(picture, face), quality.lightness(picture, face)) for face in faces]
            if best is not None:
                best.offer(times[number], picture, faces, told, len(rows))
            rows += [(len(numbers), *face.box, face.score, face.frontal, *more)
                     for face, more in zip(faces, told, strict=True)]  # fmt: skip
            numbers.append(number)
            cuts.append(motion.is_cut(small, old))
            rests.append(motion.at_rest(small, old))
    chips = best.chips() if best is not None else {}
    return {
        "number": np.array(numbers, dtype=np.int64), "cut": np.array(cuts, dtype=bool),
        "rest": np.array(rests, dtype=bool),
        "face": np.array(rows, dtype=np.float64).reshape(-1, 9),
        "chip_row": np.array(sorted(chips), dtype=np.int64),
        "chip": np.array([chips[row] for row in sorted(chips)], np.uint8).reshape(-1, CHIP_PX, CHIP_PX, 3),
        "lost": np.array([len(lost)]),
    }  # fmt: skip


def _faces(
    finder: Finder, picture: Picture, small: npt.NDArray[np.uint8], before: npt.NDArray[np.uint8],
    empty: npt.NDArray[np.uint8],
) -> list[Face]:  # fmt: skip
    """Return the faces of a picture; where it is shrunk to be looked at, those of what moves at its full size too."""
    found = finder.find(picture)
    tall, wide = picture.shape[:2]
    if max(tall, wide) <= LARGEST_SIDE_PX or small.shape != empty.shape:
        return found
    for left, top, right, bottom in motion.regions(small, before, empty, (wide, tall)):
        near = finder.find(np.ascontiguousarray(picture[top:bottom, left:right]))
        found += [face._replace(box=(face.box[0] + left, face.box[1] + top, *face.box[2:])) for face in near]
    return distinct(found)


def distinct(faces: list[Face]) -> list[Face]:
    """Return the faces from left to right, of those that lie on one another only the surest."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: (-face.score, face.box)):
        if all(_shared(face, other) < SHARED for other in kept):
            kept.append(face)
    return sorted(kept)


def _shared(one: Face, other: Face) -> float:
    (a, b, c, d), (e, f, g, h) = one.box, other.box
    wide, tall = min(a + c, e + g) - max(a, e), min(b + d, f + h) - max(b, f)
    return max(0.0, wide) * max(0.0, tall) / max(1e-9, min(c * d, g * h))


class _Best:
    """The best picture of each face of each second, whatever chunk it is looked at in."""

    def __init__(self, close: Close) -> None:
        self._close, self._cutter = close, Cutter()
        self._second, self._tracker = -1, Tracker(close.step_s)
        self._kept: dict[int, _Candidate] = {}
        self._chips: dict[int, Picture] = {}

    def offer(
        self, at_s: float, picture: Picture, faces: list[Face], told: list[tuple[float, float]], first_row: int
    ) -> None:
        """Keep the faces that are better than those of the same track and second."""
        second = int(at_s // EVERY_S)
        if second != self._second:
            self._close_second(second)
        tracks = self._tracker.follow(at_s, [face.box for face in faces])
        for place, (face, (sharp, lit), track) in enumerate(zip(faces, told, tracks, strict=True)):
            if not quality.usable(face, sharp, self._close.min_face_px, lit):
                continue
            worth = quality.worth(face, sharp)
            if track not in self._kept or worth > self._kept[track].worth:
                self._kept[track] = _Candidate(worth, first_row + place, self._cutter.cut(picture, face.box))

    def _close_second(self, second: int) -> None:
        self._chips |= {kept.row: kept.picture for kept in self._kept.values()}
        self._second, self._tracker, self._kept = second, Tracker(self._close.step_s), {}

    def chips(self) -> dict[int, Picture]:
        """Return the chips by their row among the faces."""
        self._close_second(-1)
        return self._chips
