"""The rendered people: their pictures, and one person dressed, lit and leaning as in one visit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Picture: TypeAlias = npt.NDArray[np.uint8]
FOLDER = "people"
FACE_HEIGHT = 94.5
"""Mean height of a face seen from the front, in pixels of the canvas."""


@dataclass(frozen=True)
class Catalogue:
    """Who there is, and what is known of each picture."""

    canvas: tuple[int, int]
    eyes_y: int
    people: tuple[int, ...]
    """Chosen because they are easily told apart."""
    others: tuple[int, ...]
    """Not chosen."""
    pictures: dict[str, dict[str, Any]]


class Dressed(NamedTuple):
    """One view of a person: premultiplied blue, green, red, alpha on the canvas, and the face on it."""

    picture: Picture
    box: tuple[float, float, float, float]
    """Left, top, width and height of the face."""
    yaw: int
    """Degrees; above 0 is turned to the viewer's right, ±90 is a profile, 180 the back of the head."""


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that travels with the package."""
    known = json.loads((files(__package__) / FOLDER / "people.json").read_text(encoding="utf-8"))
    people, others = tuple(known["people"]), tuple(known["others"])
    return Catalogue(tuple(known["canvas"]), known["eyes_y"], people, others, known["pictures"])


@lru_cache(maxsize=96)
def canvas(person: int, outfit: str, view: str) -> Picture:
    """Return a person's picture on its whole canvas, blue, green, red and alpha, not premultiplied."""
    import cv2

    known, name = catalogue(), f"p{person}_{outfit}_{view}"
    packed = (files(__package__) / FOLDER / f"{name}.webp").read_bytes()
    cut: Any = cv2.imdecode(np.frombuffer(packed, np.uint8), cv2.IMREAD_UNCHANGED)
    left, top = known.pictures[name]["at"]
    whole = np.zeros((known.canvas[1], known.canvas[0], 4), np.uint8)
    whole[top : top + cut.shape[0], left : left + cut.shape[1]] = cut
    return whole


def dressed(
    person: int, outfit: str, view: str, mirrored: bool, gain: float, gamma: float, warmth: float, lean_deg: float
) -> Dressed:
    """Return one view under the light (``gain``, ``gamma``, ``warmth``: more red, less blue) and lean of a visit."""
    import cv2

    known = catalogue().pictures[f"p{person}_{outfit}_{view}"]
    width, height = catalogue().canvas
    whole = canvas(person, outfit, view)
    ramp = (np.arange(256) / 255) ** gamma * 255 * gain
    table = np.stack([ramp * (1 - warmth), ramp, ramp * (1 + warmth)], axis=-1).clip(0, 255).astype(np.uint8)
    colour = cv2.LUT(np.ascontiguousarray(whole[..., :3]), table[None]).astype(np.uint16)
    lit = np.dstack([colour * whole[..., 3:] // 255, whole[..., 3:]]).astype(np.uint8)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), lean_deg, 1.0)
    leaning = cv2.warpAffine(lit, turn, (width, height), flags=cv2.INTER_LINEAR)
    left, top, right, bottom = known["box"]
    middle = turn @ np.array([(left + right) / 2, (top + bottom) / 2, 1.0])
    if mirrored:
        leaning, middle[0] = leaning[:, ::-1], width - middle[0]
    box = (middle[0] - (right - left) / 2, middle[1] - (bottom - top) / 2, right - left, bottom - top)
    return Dressed(np.ascontiguousarray(leaning), box, -known["yaw"] if mirrored else known["yaw"])
