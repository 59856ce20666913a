"""Some frames of a clip looked at closely: faces, how good each is, and the best of them cut out."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from shoplib.faces.footage import index, light, motion, quality, scout, video
from shoplib.faces.footage.index import Run
from shoplib.faces.footage.scout import Grey, Kept
from shoplib.faces.footage.track import Tracker
from shoplib.faces.models.detect import LARGEST_SIDE_PX, Finder
from shoplib.faces.models.embed import CHIP_PX, Cutter
from shoplib.faces.pictures import Face, Picture

EVERY_S = 1
"""Of each face followed within so many whole seconds, the best picture is cut out; chunks begin at whole seconds."""
ROOM_FACES, HEAD_SHARE, WHOLE_SHARE = 1.5, 0.35, 0.6
"""Room around a face in its own size, above what moves in its height; the share from which the whole is looked at."""
SHARED = 0.4
"""Two finds that share this much of the smaller one are one face."""


Region: TypeAlias = tuple[int, int, int, int]


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
    empty: dict[int, Grey],
) -> Kept:  # fmt: skip
    """Return what is seen on the frames of some runs, of which the number ``warm`` is only looked at in passing.

    ``at_s`` are the times of all frames wanted, in order. Of each look: ``number``, ``cut`` (another scene begins),
    ``rest`` (nothing changed); of each face: ``face`` (look, left, top, width, height, score, frontal, sharp,
    lightness); of each chip: ``chip_row`` (which face) and ``chip`` (150 × 150 × 3). ``lost`` counts what could not be
    read. ``empty`` are the empty scenes, by the number of their ``SCENE_S``.
    """
    eye, best = _Eye(Finder(close.detector), empty), _Best(close) if close.cut else None
    times = dict(zip(np.concatenate([run.numbers for run in runs]).tolist(), at_s.tolist(), strict=True))
    lost, numbers, cuts, rests = list[int](), list[int](), list[bool](), list[bool]()
    rows = list[tuple[float, ...]]()
    before: Grey | None = None
    for run in runs:
        for number, frame in index.decoded(path, run, lost):
            small = light.grey(frame, run.aspect)
            old, before = (small if before is None or before.shape != small.shape else before), small
            if number == warm:
                continue
            picture = video.picture(frame, run.aspect)
            faces = eye.find(times[number], picture, small, old)
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


class _Eye:
    """Looks for faces: over the whole picture once a second, between these where somebody may be.

    That is where the picture differs from the empty scene or from the look before, with room above for a head, and
    where the second's first look found a face. What it finds in a second depends on that second alone.
    """

    def __init__(self, finder: Finder, empty: dict[int, Grey]) -> None:
        self._finder, self._empty = finder, empty
        self._second = -1
        self._shown: Picture | None = None
        self._first: list[Face] = []
        self._found: list[Face] = []

    def find(self, at_s: float, picture: Picture, small: Grey, before: Grey) -> list[Face]:
        """Return the faces of a picture from left to right; of the same picture again, the same."""
        second = int(at_s // EVERY_S)
        again = second == self._second
        if again and self._shown is not None and np.array_equal(self._shown, picture):
            return self._found
        tall, wide = picture.shape[:2]
        empty = self._empty.get(int(at_s // scout.SCENE_S), before)
        empty = empty if empty.shape == small.shape else before
        moving = motion.regions(small, before, empty, (wide, tall))
        self._shown, self._second = picture, second
        if not again:
            self._first = self._found = self._whole(picture, moving)
        else:
            self._found = self._parts(picture, moving)
        return self._found

    def _whole(self, picture: Picture, moving: list[Region]) -> list[Face]:
        """Look at all of it; where it is shrunk for that, at what moves in its full size too."""
        found = self._finder.find(picture)
        if max(picture.shape[:2]) > LARGEST_SIDE_PX:
            found = distinct(found + [face for part in moving for face in self._within(picture, part)])
        return found

    def _parts(self, picture: Picture, moving: list[Region]) -> list[Face]:
        tall, wide = picture.shape[:2]
        near = [
            (x - ROOM_FACES * w, y - ROOM_FACES * h, x + (1 + ROOM_FACES) * w, y + (1 + ROOM_FACES) * h)
            for x, y, w, h in (face.box for face in self._first)
        ]
        raised = [(a, b - HEAD_SHARE * (d - b), c, d) for a, b, c, d in moving]
        if not near + raised:
            return []
        edges = np.array(near + raised)
        left, top = (max(0, int(edges[:, side].min())) for side in (0, 1))
        right, bottom = min(wide, int(edges[:, 2].max())), min(tall, int(edges[:, 3].max()))
        if (right - left) * (bottom - top) > WHOLE_SHARE * wide * tall:
            return self._whole(picture, moving)
        return self._within(picture, (left, top, right, bottom))

    def _within(self, picture: Picture, part: Region) -> list[Face]:
        left, top, right, bottom = part
        if right <= left or bottom <= top:
            return []
        found = self._finder.find(np.ascontiguousarray(picture[top:bottom, left:right]))
        return [
            face._replace(box=(round(face.box[0] + left, 2), round(face.box[1] + top, 2), *face.box[2:]))
            for face in found
        ]


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
