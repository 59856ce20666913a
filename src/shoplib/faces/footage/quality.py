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

USED = "good enough"
SMALL, UNSURE, TURNED, BLURRED = "too small", "not surely a face", "turned away", "blurred"
REASONS = (USED, SMALL, UNSURE, TURNED, BLURRED)


def sharpness(picture: Picture, face: Face) -> float:
    """Return the variance of the Laplacian of a face brought to 112 × 112 grey pixels of even contrast.

    The measure is Pech-Pacheco's (2000). Without the even contrast (a standard deviation of 50) it takes dark skin for
    blur. 0 for a face wholly outside the picture, or of one colour.
    """
    import cv2

    left, top, width, height = face.box
    cut = picture[max(0, round(top)) : round(top + height), max(0, round(left)) : round(left + width)]
    if not cut.size:
        return 0.0
    grey = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY)
    even = cv2.resize(grey, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA if width > SIDE_PX else cv2.INTER_LINEAR)
    contrast = float(even.std())
    return round(float(cv2.Laplacian(even, cv2.CV_64F).var()) * (CONTRAST / contrast) ** 2, 2) if contrast else 0.0


def verdict(face: Face, sharp: float, min_face_px: int) -> str:
    """Return ``good enough``, or the first reason why a face cannot be recognised."""
    if face.box[2] < min_face_px:
        return SMALL
    if face.score < CONFIRM_SCORE:
        return UNSURE
    if face.frontal < LEAST_FRONTAL:
        return TURNED
    return USED if sharp >= LEAST_SHARPNESS else BLURRED


def worth(face: Face, sharp: float) -> float:
    """Return how good a face is beside others of the same person: sure, large, frontal and sharp, each 0 to 1."""
    return face.score * min(1.0, face.box[2] / LARGE_PX) * face.frontal * min(1.0, sharp / SHARP)
