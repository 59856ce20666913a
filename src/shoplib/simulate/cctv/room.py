"""The drawn shop: what stands behind people and before them, lit and at night."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from shoplib.base.seeds import stream
from shoplib.config.cameras import SimulatedFootage
from shoplib.simulate.cctv.people import Picture

COUNTER_Y, FLOOR_Y = 0.655, 0.56
EYES_Y = 0.36
UPRIGHT_EYES = 0.4
SHELVES_X = ((0.22, 0.46), (0.49, 0.73), (0.76, 0.985))
BOARDS_Y = (0.245, 0.39, 0.535)
GOODS = np.array([[176, 128, 70], [66, 96, 170], [186, 176, 160], [70, 130, 84], [60, 150, 190], [120, 84, 120]])
FINEST_WIDTH = 1_920
NIGHT = np.array([0.075, 0.058, 0.05])
GLOW = np.array([66, 52, 40])


class View(NamedTuple):
    """Where the room lies on the picture: heights in the room are shares of ``unit`` pixels."""

    width: int
    height: int
    unit: int
    eyes: float

    def y(self, room: float) -> float:
        """Return the row of a height in the room; 0.36 is where the eyes of who stands at the counter are."""
        return self.eyes * self.height + (room - EYES_Y) * self.unit


class Room(NamedTuple):
    """The empty shop: lit, in the dark, and what stands before people."""

    lit: Picture
    dark: Picture
    counter: int
    """First row of the counter, which hides everything below."""
    till: tuple[slice, slice]
    """What stands on the counter, before people."""


def view(settings: SimulatedFootage) -> View:
    """Return the picture's size, 16 to 9 or 9 to 16, all even, and where the room lies on it."""
    if settings.upright:
        return View(settings.width, 2 * round(settings.width * 8 / 9), settings.width, UPRIGHT_EYES)
    height = 2 * round(settings.width * 9 / 32)
    return View(settings.width, height, height, EYES_Y)


def drawn(settings: SimulatedFootage, seed: int) -> Room:
    """Return the shop, blue, green, red; grey if it is filmed in infrared."""
    import cv2

    here = view(settings)
    finer = 2 if here.width <= FINEST_WIDTH else 1
    pen = _Pen(View(here.width * finer, here.height * finer, here.unit * finer, here.eyes))
    _walls(pen)
    _shelves(pen, stream(seed, "simulate", "cctv", "room"))
    _counter(pen)
    small: Any = cv2.resize(pen.picture, (here.width, here.height), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(0.5, here.width / 1_600)).astype(np.float64)
    across, down = np.linspace(-1, 1, here.width)[None], np.linspace(-1, 1, here.height)[:, None]
    lit = soft * (1 - 0.24 * (across**2 + down**2) / 2)[..., None]
    glow = np.zeros((here.height, here.width), np.uint8)
    cv2.rectangle(glow, *_box(here, 0.03, 0.16, 0.16, 0.61), 255, -1)
    window = cv2.GaussianBlur(glow, (0, 0), here.width / 120)[..., None] / 255
    dark = lit * NIGHT + window * GLOW
    if settings.infrared:
        lit, dark = (picture @ np.array([0.2, 0.3, 0.5]) for picture in (lit, dark))
        lit, dark = (np.repeat(picture[..., None], 3, axis=2) for picture in (lit * 0.95, dark))
    (left, top), (right, _) = _box(here, 0.028, 0.575, 0.142, 0.6)
    counter = round(here.y(COUNTER_Y))
    return Room(lit.astype(np.uint8), dark.astype(np.uint8), counter, (slice(top, counter), slice(left, right)))


def _box(here: View, left: float, top: float, right: float, bottom: float) -> tuple[tuple[int, int], tuple[int, int]]:
    return (round(left * here.width), round(here.y(top))), (round(right * here.width), round(here.y(bottom)))


class _Pen:
    """Draws in the room's measures: x as a share of the picture's width, y as a height in the room."""

    def __init__(self, here: View) -> None:
        self.here = here
        self.picture = np.zeros((here.height, here.width, 3), np.uint8)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Any, end: Any = None) -> None:
        """Fill a box with a colour, or with one that passes into ``end`` downwards."""
        (x0, y0), (x1, y1) = _box(self.here, left, top, right, bottom)
        rows = np.linspace(0, 1, max(1, y1 - y0))[:, None, None]
        filled = np.array(colour) * (1 - rows) + np.array(colour if end is None else end) * rows
        x0, x1 = max(0, x0), max(0, x1)
        part = filled[max(0, -y0) : self.here.height - y0]
        self.picture[max(0, y0) : max(0, y1), x0:x1] = part.clip(0, 255).astype(np.uint8)

    def shape(self, corners: list[tuple[float, float]], colour: tuple[int, int, int]) -> None:
        """Fill a polygon."""
        import cv2

        points = np.array([(x * self.here.width, self.here.y(y)) for x, y in corners]).round().astype(np.int32)
        cv2.fillPoly(self.picture, [points], colour, cv2.LINE_AA)

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: tuple[int, int, int]) -> None:
        """Draw a thin line."""
        import cv2

        ends = [(round(x * self.here.width), round(self.here.y(y))) for x, y in ((x0, y0), (x1, y1))]
        cv2.line(self.picture, ends[0], ends[1], colour, max(1, self.here.width // 900), cv2.LINE_AA)


def _walls(pen: _Pen) -> None:
    """Draw ceiling, lamps, wall, floor and the glass door."""
    pen.box(0, -2, 1, 0.075, (196, 202, 204), (184, 190, 193))
    for x in (0.2, 0.5, 0.8):
        near, far = 0.5 + (x - 0.5) * 1.5, x
        pen.shape([(near - 0.1, -0.09), (near + 0.1, -0.09), (far + 0.06, 0.045), (far - 0.06, 0.045)], (253, 254, 254))
    pen.box(0, 0.075, 1, FLOOR_Y, (176, 190, 198), (150, 163, 172))
    pen.box(0, 0.07, 1, 0.08, (150, 158, 163))
    pen.box(0, FLOOR_Y, 1, 1.2, (126, 138, 146), (150, 162, 170))
    for tile in np.linspace(-1.2, 2.2, 35):
        pen.line(0.5 + (tile - 0.5) * 0.6, FLOOR_Y, 0.5 + (tile - 0.5) * 1.6, 0.95, (112, 122, 130))
    for y in (0.572, 0.59, 0.615, 0.65):
        pen.line(0, y, 1, y, (114, 124, 132))
    pen.box(0, FLOOR_Y - 0.016, 1, FLOOR_Y, (108, 116, 122))
    pen.box(0.015, 0.13, 0.175, 0.625, (74, 70, 66))
    pen.box(0.028, 0.15, 0.162, 0.61, (246, 240, 226), (206, 204, 196))
    pen.box(0.028, 0.43, 0.162, 0.61, (186, 190, 190), (170, 176, 178))
    for left, top, right in ((0.035, 0.3, 0.06), (0.062, 0.26, 0.088), (0.104, 0.33, 0.13), (0.133, 0.28, 0.16)):
        pen.box(left, top, right, 0.43, (214, 206, 198), (190, 188, 184))
    pen.box(0.091, 0.15, 0.099, 0.61, (74, 70, 66))
    pen.box(0.083, 0.36, 0.087, 0.44, (60, 56, 54))


def _shelves(pen: _Pen, rng: np.random.Generator) -> None:
    """Draw shelves with rows of goods, several of a kind side by side."""
    for left, right in SHELVES_X:
        pen.box(left, 0.1, right, 0.565, (98, 106, 114), (84, 92, 100))
        pen.box(left, 0.085, right, 0.115, (120, 92, 52), (104, 80, 44))
        for board in BOARDS_Y:
            pen.box(left + 0.005, board - 0.13, right - 0.005, board - 0.1, (62, 68, 74), (92, 100, 108))
            x = left + 0.01
            while x < right - 0.035:
                wide, tall, colour = (
                    rng.uniform(0.017, 0.027),
                    rng.uniform(0.07, 0.108),
                    GOODS[rng.integers(len(GOODS))],
                )
                for _ in range(int(rng.integers(2, 5))):
                    if x + wide > right - 0.008:
                        break
                    _good(pen, x, board, wide, tall, colour * rng.uniform(0.86, 1.06))
                    x += wide + 0.0025
                x += 0.004
            pen.box(left, board, right, board + 0.012, (188, 194, 196), (140, 146, 150))
            for tag in np.arange(left + 0.02, right - 0.02, 0.05):
                pen.box(tag, board + 0.001, tag + 0.018, board + 0.011, (222, 238, 244))
        pen.box(left, 0.1, left + 0.005, 0.565, (130, 137, 142))
        pen.box(right - 0.005, 0.1, right, 0.565, (70, 76, 82))


def _good(pen: _Pen, x: float, board: float, wide: float, tall: float, colour: np.ndarray) -> None:
    """Draw a carton or a bottle with a label, brighter where it is round."""
    neck = tall > 0.09
    body = board - tall * (0.72 if neck else 1)
    if neck:
        pen.box(x + 0.36 * wide, board - tall, x + 0.64 * wide, body, colour * 0.9)
        pen.box(x + 0.34 * wide, board - tall, x + 0.66 * wide, board - tall * 0.94, colour * 0.5)
    pen.box(x, body, x + wide, board, colour * 1.03, colour * 0.84)
    pen.box(x + 0.16 * wide, body, x + 0.34 * wide, board, np.minimum(colour * 1.2, 255), colour)
    pen.box(x + 0.84 * wide, body, x + wide, board, colour * 0.72)
    label = board - tall * 0.5
    pen.box(x + 0.08 * wide, label, x + 0.92 * wide, label + 0.2 * tall, (206, 214, 218), (192, 200, 206))


def _counter(pen: _Pen) -> None:
    """Draw the counter that hides everybody's lower edge, and the till and goods upon it."""
    pen.box(0, COUNTER_Y, 1, 2, (104, 140, 172), (58, 82, 108))
    for y in (0.7, 0.76, 0.84, 0.94, 1.06, 1.2):
        pen.line(0, y, 1, y, (84, 116, 146))
    pen.box(0, COUNTER_Y, 1, COUNTER_Y + 0.012, (168, 196, 214), (140, 172, 196))
    pen.box(0, COUNTER_Y + 0.012, 1, COUNTER_Y + 0.022, (78, 104, 130))
    pen.box(0.028, 0.575, 0.142, 0.78, (58, 54, 52), (44, 42, 40))
    pen.box(0.036, 0.59, 0.134, 0.71, (70, 66, 60), (92, 84, 72))
    pen.box(0.04, 0.735, 0.2, 0.82, (66, 62, 60), (50, 48, 46))
    for row in range(3):
        for column in range(7):
            x, y = 0.046 + column * 0.0215, 0.745 + row * 0.024
            pen.box(x, y, x + 0.016, y + 0.016, (150, 150, 148))
    pen.box(0.235, 0.735, 0.275, 0.83, (48, 46, 44))
    pen.box(0.241, 0.745, 0.269, 0.775, (150, 176, 160))
    pen.box(0.56, 0.77, 0.7, 0.9, (120, 160, 190), (104, 142, 172))
    pen.box(0.57, 0.785, 0.69, 0.885, (206, 216, 222))
