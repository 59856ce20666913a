"""One pack as a picture with a mask: boxes, bottles, cans, pouches and jars with printed labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from shoplib.simulate.shelf import labels
from shoplib.simulate.shelf.looks import Look, shade

Image: TypeAlias = npt.NDArray[np.uint8]
"""Rows × columns × (blue, green, red)."""
Mask: TypeAlias = npt.NDArray[np.uint8]
"""Rows × columns, 0 is clear and 255 is solid."""


@dataclass(frozen=True)
class Pack:
    """A picture of one pack on nothing; ``mask`` says which of its pixels are pack."""

    image: Image
    mask: Mask


def pack(look: Look, width: int, height: int) -> Pack:
    """Return a product drawn ``width`` × ``height`` pixels; the same look and size give the same pixels.

    Packs under 12 × 20 pixels are drawn at that size: nothing can be printed on less.
    """
    width, height = max(width, 12), max(height, 20)
    image = np.empty((height, width, 3), dtype=np.uint8)
    image[:] = look.body
    shape = {"box": _box, "bottle": _bottle, "can": _can, "pouch": _pouch, "jar": _jar}[look.kind]
    return Pack(image, shape(look, image))


def _box(look: Look, image: Image) -> Mask:
    height, width = image.shape[:2]
    labels.printed(look, image, (0, 0, width, height))
    _flat_light(image, 0.10)
    image[:, :2] = (image[:, :2] * 0.78).astype(np.uint8)
    image[:, -2:] = (image[:, -2:] * 0.70).astype(np.uint8)
    return np.full((height, width), 255, dtype=np.uint8)


def _can(look: Look, image: Image) -> Mask:
    height, width = image.shape[:2]
    labels.printed(look, image, (0, round(height * 0.04), width, round(height * 0.92)))
    rim = max(2, round(height * 0.045))
    image[:rim] = (190, 190, 190)
    image[-rim:] = (165, 165, 165)
    _round_light(image, 0.62)
    return _rounded(height, width, round(width * 0.10))


def _jar(look: Look, image: Image) -> Mask:
    height, width = image.shape[:2]
    image[:] = shade(look.body, 0.8)
    lid = round(height * 0.17)
    image[:lid] = look.accent
    image[lid - 1 : lid + 1] = shade(look.accent, 0.5)
    labels.printed(look, image, (0, round(height * 0.32), width, round(height * 0.52)), ground=look.label)
    _round_light(image, 0.55)
    mask = _rounded(height, width, round(width * 0.14))
    inset = max(1, round(width * 0.04))
    mask[:lid, :inset] = 0
    mask[:lid, width - inset :] = 0
    return mask


def _bottle(look: Look, image: Image) -> Mask:
    import cv2

    height, width = image.shape[:2]
    cap, neck, shoulder = round(height * 0.07), round(height * 0.20), round(height * 0.36)
    image[:cap] = look.accent
    labels.printed(look, image, (0, round(height * 0.46), width, round(height * 0.34)), ground=look.label)
    _round_light(image, 0.50)
    half, middle = width * 0.17, (width - 1) / 2
    outline = [
        (middle - half, 0), (middle + half, 0), (middle + half, neck), (width - 1, shoulder),
        (width - 1, height - 1), (0, height - 1), (0, shoulder), (middle - half, neck),
    ]  # fmt: skip
    mask = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(mask, [np.asarray(outline).round().astype(np.int32)], 255, lineType=cv2.LINE_AA)
    return mask


def _pouch(look: Look, image: Image) -> Mask:
    height, width = image.shape[:2]
    labels.printed(look, image, (0, 0, width, height))
    seal = max(3, round(height * 0.06))
    for place in (slice(0, seal), slice(height - seal, height)):
        stripes = 0.80 + 0.15 * (np.arange(width) % 6 < 3)
        image[place] = (image[place] * stripes[None, :, None]).astype(np.uint8)
    across, down = np.linspace(-1, 1, width)[None, :], np.linspace(-1, 1, height)[:, None]
    folds = 0.80 + 0.26 * np.cos(across * 1.3) * np.cos(down * 1.1) + 0.05 * np.sin(9 * across + 5 * down)
    image[:] = np.clip(image * folds[:, :, None], 0, 255).astype(np.uint8)
    waist = np.round(width * 0.035 * np.cos(down[:, 0] * np.pi / 2)).astype(int)
    columns = np.arange(width)[None, :]
    inside = (columns >= waist[:, None]) & (columns < width - waist[:, None])
    return np.where(inside, 255, 0).astype(np.uint8)


def _rounded(height: int, width: int, radius: int) -> Mask:
    """Return a mask of a rectangle whose corners are cut by quarter ellipses ``radius`` wide and half as high."""
    across = np.maximum(0, radius - np.minimum(np.arange(width), np.arange(width)[::-1]))[None, :] / max(radius, 1)
    tall = max(1, radius // 2)
    down = np.maximum(0, tall - np.minimum(np.arange(height), np.arange(height)[::-1]))[:, None] / tall
    return np.where(across**2 + down**2 <= 1.0, 255, 0).astype(np.uint8)


def _round_light(image: Image, edge: float) -> None:
    """Shade a cylinder lit from the front left: ``edge`` is how bright its sides are left."""
    across = np.linspace(-1, 1, image.shape[1])
    light = edge + (1.06 - edge) * np.sqrt(np.clip(1 - (across + 0.12) ** 2, 0, 1))
    light += 0.22 * np.exp(-(((across + 0.45) / 0.10) ** 2))
    image[:] = np.clip(image * light[None, :, None], 0, 255).astype(np.uint8)


def _flat_light(image: Image, fall: float) -> None:
    """Shade a flat face, darker by ``fall`` towards its foot."""
    light = 1.03 - fall * np.linspace(0, 1, image.shape[0])
    image[:] = np.clip(image * light[:, None, None], 0, 255).astype(np.uint8)
