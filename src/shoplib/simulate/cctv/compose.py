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
from shoplib.simulate.cctv import lights, people, room
from shoplib.simulate.cctv.lights import Span
from shoplib.simulate.cctv.moves import appearances
from shoplib.simulate.cctv.people import Dressed, Picture

FACE_SHARE = 0.175
"""Height of a face at the counter, as a share of the room's."""
LUMA_NOISE, CHROMA_NOISE, DARK_NOISE = 3.0, 1.5, 1.8
MIDDLE, MARGIN = 128, 96
FLICKER = 0.02
OPAQUE = 127
PROFILE_DEG = 90
LIGHT_STEPS = 64
KEPT_BYTES = 160_000_000
GREY = np.array([0.2, 0.3, 0.5], dtype=np.float32)


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


class Cutout(NamedTuple):
    """One person as large as they are seen: premultiplied colours, what they let through, and where on the canvas."""

    colours: Picture
    through: Picture
    alpha: Picture
    left: int
    top: int


def frames(
    settings: SimulatedFootage, visits: pd.DataFrame, spans: list[Span], starts: dt.datetime, clip: int, seed: int
) -> Iterator[Frame]:
    """Yield every frame of a clip in order, blue, green, red; only one is in memory at a time.

    ``visits`` as in ``schedule.visits``, ``spans`` as in ``lights.burning``; ``starts`` has the zone of the camera.
    """
    here, shop = room.view(settings), room.drawn(settings, seed)
    wardrobe = _Wardrobe(visits, here, infrared=settings.infrared)
    noise = _Noise(here, clip, seed, grey=settings.infrared)
    total = settings.seconds * settings.frames_a_second
    at_s = np.arange(total) / settings.frames_a_second
    lit, exposure = lights.lamp(spans, at_s), lights.exposure(spans, settings.seconds, at_s)
    shown = appearances(visits, settings.frames_a_second)
    edges = np.searchsorted(shown["frame"].to_numpy(), np.arange(total + 1))
    places = list(zip(*(shown[name].tolist() for name in Place._fields), strict=True))
    for number in range(total):
        picture, faces = shop.lit if lit[number] else shop.dark, list[_Shown]()
        if edges[number] < edges[number + 1]:
            picture = picture.copy()
            for row in places[edges[number] : edges[number + 1]]:
                _draw(picture[: shop.counter], wardrobe, Place(*row), faces)
            picture[shop.till] = shop.lit[shop.till]
        picture = noise.on(picture, float(exposure[number]), dark=not lit[number])
        if settings.stamp and not settings.upright:
            at = starts.timestamp() + number // settings.frames_a_second
            _stamp(picture, f"CAM 01  {dt.datetime.fromtimestamp(at, starts.tzinfo):%Y-%m-%d %H:%M:%S}")
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
        if rows[-1] < 0 or columns[-1] < 0 or rows[0] >= alpha.shape[0] or columns[0] >= alpha.shape[1]:
            return
        within = np.ix_((rows >= 0) & (rows < alpha.shape[0]), (columns >= 0) & (columns < alpha.shape[1]))
        cover = alpha[np.ix_(rows[within[0].ravel()], columns[within[1].ravel()])] > OPAQUE
        self.hidden[within] |= cover

    def told(self, frame: int) -> Face:
        """Return the face as the truth tells it."""
        left, top, width, height = (round(part, 1) for part in self.box)
        return Face(frame, self.visit, left, top, width, height, self.yaw, round(float(self.hidden.mean()), 3))


class _Wardrobe:
    """Views of each visit, dressed once and kept while they are in use."""

    def __init__(self, visits: pd.DataFrame, here: room.View, *, infrared: bool) -> None:
        self.rows, self.infrared, self.here = visits.to_dict("records"), infrared, here
        self.unit = FACE_SHARE * here.unit / people.FACE_HEIGHT
        canvas = people.catalogue().canvas
        one = int(canvas[0] * canvas[1] * self.unit**2 * 7)
        self.view = lru_cache(maxsize=64)(self._view)
        self.cutout = lru_cache(maxsize=max(8, KEPT_BYTES // one))(self._cutout)

    def _view(self, visit: int, view: str, mirrored: bool) -> Dressed:
        row, known = self.rows[visit], people.catalogue()
        person = (known.people + known.others)[row["person"]]
        worn = people.dressed(
            person, row["outfit"], view, mirrored, row["gain"], row["gamma"], row["warmth"], row["lean_deg"]
        )
        if not self.infrared:
            return worn
        grey = (worn.picture[..., :3] @ GREY).astype(np.uint8)
        return worn._replace(picture=np.ascontiguousarray(np.dstack([grey, grey, grey, worn.picture[..., 3]])))

    def _cutout(self, visit: int, view: str, mirrored: bool, size: tuple[int, int], light: int) -> Cutout:
        """Return a view brought to a size, under a light in 64ths, without what is empty around it."""
        import cv2

        worn = self.view(visit, view, mirrored).picture
        smaller = size[0] < worn.shape[1]
        small: Any = cv2.resize(worn, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
        left, top, wide, tall = cv2.boundingRect(small[..., 3])
        part = small[top : top + tall, left : left + wide]
        ramp = (np.arange(256) * (light / LIGHT_STEPS)).clip(0, 255).astype(np.uint8)
        alpha = np.ascontiguousarray(part[..., 3])
        colours: Any = cv2.LUT(np.ascontiguousarray(part[..., :3]), ramp)
        through: Any = cv2.merge([255 - alpha] * 3)
        return Cutout(colours, through, alpha, left, top)


def _draw(picture: Picture, wardrobe: _Wardrobe, place: Place, faces: list[_Shown]) -> None:
    """Draw one person onto the picture above the counter, over those already there, and note the face."""
    import cv2

    here, known = wardrobe.here, people.catalogue()
    tall, wide = picture.shape[:2]
    scale = wardrobe.unit * place.scale
    size = max(1, round(known.canvas[0] * scale)), max(1, round(known.canvas[1] * scale))
    light = (0.86 + 0.14 * np.cos(2.2 * (place.x - 0.5))) * (0.55 + 0.45 * place.scale)
    cut = wardrobe.cutout(place.visit, place.view, place.mirrored, size, round(light * LIGHT_STEPS))
    left, top = round(place.x * wide - size[0] / 2), round(here.y(place.eyes) - known.eyes_y * scale)
    x, y = left + cut.left, top + cut.top
    for face in faces:
        face.behind(cut.alpha, x, y)
    worn = wardrobe.view(place.visit, place.view, place.mirrored)
    if abs(worn.yaw) <= PROFILE_DEG:
        box = (left + worn.box[0] * scale, top + worn.box[1] * scale, worn.box[2] * scale, worn.box[3] * scale)
        faces.append(_Shown(place.visit, box, worn.yaw, picture))
    inner = np.s_[max(0, -y) : max(0, tall - y), max(0, -x) : max(0, wide - x)]
    colours, through = cut.colours[inner], cut.through[inner]
    if not colours.size:
        return
    under = picture[max(0, y) : max(0, y) + colours.shape[0], max(0, x) : max(0, x) + colours.shape[1]]
    under[:] = cv2.add(colours, cv2.multiply(under, through, scale=1 / 255))


class _Noise:
    """A sensor's noise and flicker, different in each frame; stronger in the dark."""

    def __init__(self, here: room.View, clip: int, seed: int, *, grey: bool) -> None:
        self.rng, self.here = stream(seed, "simulate", "cctv", "noise", str(clip)), here
        shape = here.height + MARGIN, here.width + MARGIN
        self.field = np.empty((*shape, 3), np.uint8)
        for rows in np.array_split(np.arange(shape[0]), 8):
            luma = self.rng.standard_normal((len(rows), shape[1], 1), dtype=np.float32) * LUMA_NOISE
            chroma = self.rng.standard_normal((len(rows), shape[1], 3), dtype=np.float32) * CHROMA_NOISE
            noisy = luma + (0 if grey else 1) * chroma
            self.field[rows] = (noisy + MIDDLE).round().clip(0, 255).astype(np.uint8)

    def on(self, picture: Picture, exposure: float, *, dark: bool) -> Picture:
        """Return a picture with noise on it, ``exposure`` times as bright."""
        import cv2

        down, right = (int(self.rng.integers(MARGIN)) for _ in range(2))
        gain = exposure * (1 + FLICKER * float(self.rng.uniform(-1, 1)))
        part = self.field[down : down + self.here.height, right : right + self.here.width]
        strength = DARK_NOISE if dark else 1.0
        noisy: Picture = np.asarray(cv2.addWeighted(picture, gain, part, strength, -MIDDLE * strength), np.uint8)
        return noisy


def _stamp(picture: Picture, text: str) -> None:
    import cv2

    scale = picture.shape[1] / 1600
    left, low = round(0.012 * picture.shape[1]), round(0.985 * picture.shape[0])
    shift = max(1, round(picture.shape[1] / 900))
    for aside, grey in ((shift, 30), (0, 235)):
        place = (left + aside, low + aside)
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (grey,) * 3, shift, cv2.LINE_AA)
