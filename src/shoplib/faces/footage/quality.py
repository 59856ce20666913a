"""Whether a face is good enough to tell whose it is; small and blurred faces look alike to a recogniser."""

from __future__ import annotations

from shoplib.faces.pictures import Face, Picture

CONFIRM_SCORE = 0.8
LEAST_SHARPNESS = 20.0
CONTRAST = 50.0
LEAST_FRONTAL = 0.25
SIDE_PX = 112
LARGE_PX = 80
SHARP = 100.0
JOIN_PX = 32
"""Narrower faces look alike to a recogniser; those from here to ``min_face_px`` can only be known again."""
DARK_LEVEL, BRIGHT_LEVEL = 0.11, 0.9
EVEN_LEVEL = 0.5

USED = "good enough"
SMALL, UNSURE, TURNED, BLURRED = "too small", "not surely a face", "turned away", "blurred"
DARK, BRIGHT, FIXED = "too dark", "too bright", "never moves"
REASONS = (USED, SMALL, UNSURE, TURNED, DARK, BRIGHT, BLURRED, FIXED)
"""The last is a picture on the wall."""


def sharpness(picture: Picture, face: Face) -> float:
    """Return the variance of the Laplacian of a face brought to 112 × 112 grey pixels of even contrast.

    The measure is Pech-Pacheco's (2000). Without the even contrast (a standard deviation of 50) it takes dark skin for
    blur. 0 for a face wholly outside the picture, or of one colour.
    """
    import cv2

    cut = _cut(picture, face)
    if not cut.size:
        return 0.0
    grey, width = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY), face.box[2]
    even = cv2.resize(grey, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA if width > SIDE_PX else cv2.INTER_LINEAR)
    contrast = float(even.std())
    return round(float(cv2.Laplacian(even, cv2.CV_64F).var()) * (CONTRAST / contrast) ** 2, 2) if contrast else 0.0


def lightness(picture: Picture, face: Face) -> float:
    """Return how light the middle of a face is, as a share of white; even for a face outside the picture."""
    cut = _cut(picture, face)
    tall, wide = cut.shape[:2]
    middle = cut[tall // 4 : tall - tall // 4, wide // 4 : wide - wide // 4]
    return round(float(middle.mean()) / 255, 4) if middle.size else EVEN_LEVEL


def _cut(picture: Picture, face: Face) -> Picture:
    left, top, width, height = face.box
    return picture[max(0, round(top)) : max(0, round(top + height)), max(0, round(left)) : max(0, round(left + width))]


def verdict(face: Face, sharp: float, min_face_px: int, lightness: float = EVEN_LEVEL) -> str:
    """Return ``good enough``, or the first reason why a face cannot found a customer."""
    if face.box[2] < min_face_px:
        return SMALL
    return _but_size(face, sharp, lightness)


def usable(face: Face, sharp: float, min_face_px: int, lightness: float = EVEN_LEVEL) -> bool:
    """Return whether a face can be recognised: good enough, or so but for a size at which it can be known again."""
    return face.box[2] >= min(JOIN_PX, min_face_px) and _but_size(face, sharp, lightness) == USED


def _but_size(face: Face, sharp: float, lightness: float) -> str:
    if face.score < CONFIRM_SCORE:
        return UNSURE
    if face.frontal < LEAST_FRONTAL:
        return TURNED
    if not DARK_LEVEL <= lightness <= BRIGHT_LEVEL:
        return DARK if lightness < DARK_LEVEL else BRIGHT
    return USED if sharp >= LEAST_SHARPNESS else BLURRED


def worth(face: Face, sharp: float) -> float:
    """Return how good a face is beside others of the same person: sure, large, frontal and sharp, each 0 to 1."""
    return face.score * min(1.0, face.box[2] / LARGE_PX) * face.frontal * min(1.0, sharp / SHARP)
