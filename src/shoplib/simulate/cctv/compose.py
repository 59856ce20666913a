"""Frames put together: the room, the people far and near, the counter, and what a cheap camera adds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base.seeds import stream
from shoplib.config.cameras import SimulatedFootage
from shoplib.simulate.cctv import people, room
from shoplib.simulate.cctv.moves import appearances
from shoplib.simulate.cctv.people import Dressed, Picture

FACE_SHARE = 0.175
"""Height of a face at the counter, as a share of the picture's."""
NOISE_FIELDS = 6
LUMA_NOISE, CHROMA_NOISE = 3.0, 1.5
FLICKER = 0.02
OPAQUE = 127
PROFILE_DEG = 90


class Face(NamedTuple):
    """A face in one frame, from the front or in profile."""

    frame: int
    visit: int
    left_px: float
    top_px: float
    width_px: float
    height_px: float
    yaw_deg: int
    occluded_share: float


class Place(NamedTuple):
    """Where and how one visit is seen in one frame; see ``moves.appearances``."""

    frame: int
    visit: int
    x: float
    eyes: float
    scale: float
    view: str
    mirrored: bool


class Frame(NamedTuple):
    """One frame and the faces on it."""

    picture: Picture
    faces: list[Face]


def size(settings: SimulatedFootage) -> tuple[int, int]:
    """Return width and height of the picture: 16 to 9, both even."""
    return settings.width, 2 * round(settings.width * 9 / 32)


def frames(settings: SimulatedFootage, visits: pd.DataFrame, seed: int) -> Iterator[Frame]:
    """Yield every frame of the clip in order, blue, green, red; only one is in memory at a time."""
    width, height = size(settings)
    empty, front = room.behind(width, height, seed), room.counter(width, height)
    wardrobe = _Wardrobe(visits)
    noise = _Noise(width, height, seed)
    begins = dt.datetime.combine(settings.day, settings.times[0])
    total = settings.seconds * settings.frames_a_second
    shown = appearances(visits, settings.frames_a_second)
    edges = np.searchsorted(shown["frame"].to_numpy(), np.arange(total + 1))
    for number in range(total):
        picture, faces = empty.copy(), list[_Shown]()
        for row in shown.iloc[edges[number] : edges[number + 1]].itertuples(index=False, name=None):
            place = Place(*row)
            _draw(picture, wardrobe.view(place.visit, place.view, place.mirrored), place, faces)
        picture[height - len(front) :] = front
        at = begins + dt.timedelta(seconds=number // settings.frames_a_second)
        picture = noise.on(picture)
        _stamp(picture, f"CAM 01  {at:%Y-%m-%d %H:%M:%S}")
        yield Frame(picture, [face.told(number) for face in faces if not face.hidden.all()])


class _Shown:
    """A face while its frame is drawn: nearer people may yet hide it."""

    def __init__(self, visit: int, box: tuple[float, float, float, float], yaw: int, picture: Picture) -> None:
        self.visit, self.box, self.yaw = visit, box, yaw
        left, top, width, height = box
        self.rows = np.arange(round(top), round(top + height))
        self.columns = np.arange(round(left), round(left + width))
        tall, wide = picture.shape[:2]
        outside = (self.rows < 0) | (self.rows >= tall), (self.columns < 0) | (self.columns >= wide)
        self.hidden: npt.NDArray[np.bool_] = outside[0][:, None] | outside[1][None]

    def behind(self, alpha: Picture, left: int, top: int) -> None:
        """Note what a nearer person, drawn with ``alpha`` at a place, hides."""
        rows, columns = self.rows - top, self.columns - left
        within = np.ix_((rows >= 0) & (rows < alpha.shape[0]), (columns >= 0) & (columns < alpha.shape[1]))
        cover = alpha[np.ix_(rows[within[0].ravel()], columns[within[1].ravel()])] > OPAQUE
        self.hidden[within] |= cover

    def told(self, frame: int) -> Face:
        """Return the face as the truth tells it."""
        left, top, width, height = (round(part, 1) for part in self.box)
        return Face(frame, self.visit, left, top, width, height, self.yaw, round(float(self.hidden.mean()), 3))


class _Wardrobe:
    """Views of each visit, dressed once and kept while they are in use."""

    def __init__(self, visits: pd.DataFrame) -> None:
        self.rows = visits.to_dict("records")
        self.view = lru_cache(maxsize=64)(self._view)

    def _view(self, visit: int, view: str, mirrored: bool) -> Dressed:
        row = self.rows[visit]
        person = people.catalogue().people[row["person"]]
        return people.dressed(
            person, row["outfit"], view, mirrored, row["gain"], row["gamma"], row["warmth"], row["lean_deg"]
        )


def _draw(picture: Picture, who: Dressed, place: Place, faces: list[_Shown]) -> None:
    """Draw one person onto the picture, over those already there, and note the face."""
    import cv2

    tall, wide = picture.shape[:2]
    known = people.catalogue()
    scale = FACE_SHARE * tall / people.FACE_HEIGHT * place.scale
    size = max(1, round(known.canvas[0] * scale)), max(1, round(known.canvas[1] * scale))
    small: Any = cv2.resize(who.picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = round(place.x * wide - size[0] / 2), round(place.eyes * tall - known.eyes_y * scale)
    for face in faces:
        face.behind(small[..., 3], left, top)
    if abs(who.yaw) <= PROFILE_DEG:
        box = (left + who.box[0] * scale, top + who.box[1] * scale, who.box[2] * scale, who.box[3] * scale)
        faces.append(_Shown(place.visit, box, who.yaw, picture))
    seen = small[max(0, -top) : tall - top, max(0, -left) : wide - left]
    under = picture[max(0, top) : top + size[1], max(0, left) : left + size[0]]
    if not seen.size:
        return
    light = (0.86 + 0.14 * np.cos(2.2 * (place.x - 0.5))) * (0.55 + 0.45 * place.scale)
    ramp = (np.arange(256) * light).astype(np.uint8)
    lit = cv2.LUT(np.ascontiguousarray(seen[..., :3]), ramp).astype(np.uint16)
    under[:] = lit + under * (255 - seen[..., 3:].astype(np.uint16)) // 255


class _Noise:
    """A sensor's noise and flicker, different in each frame."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.rng = stream(seed, "simulate", "cctv", "noise")
        luma = self.rng.normal(0, LUMA_NOISE, (NOISE_FIELDS, height, width, 1))
        chroma = self.rng.normal(0, CHROMA_NOISE, (NOISE_FIELDS, height, width, 3))
        self.fields = (luma + chroma).round().astype(np.int16)

    def on(self, picture: Picture) -> Picture:
        """Return a picture with noise on it."""
        _, height, width, _ = self.fields.shape
        field, down, right = (int(self.rng.integers(top)) for top in (NOISE_FIELDS, height, width))
        flicker = 1 + FLICKER * self.rng.uniform(-1, 1)
        noisy = (picture * np.float32(flicker)).astype(np.int16)
        noisy += np.roll(self.fields[field], (down, right), (0, 1))
        return noisy.clip(0, 255).astype(np.uint8)


def _stamp(picture: Picture, text: str) -> None:
    import cv2

    scale = picture.shape[1] / 1600
    place = (round(0.012 * picture.shape[1]), round(0.985 * picture.shape[0]))
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (235, 235, 235), 1, cv2.LINE_AA)
