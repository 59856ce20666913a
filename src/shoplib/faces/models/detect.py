"""Faces in a picture: YuNet (Wu, Peng and Yu, 2023) through OpenCV, or another detector through DeepFace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from shoplib.faces.models import catalogue, weights
from shoplib.faces.pictures import Box, Face, Picture

DEFAULT = "yunet"
FOLLOW_SCORE = 0.7
"""Faces less sure than this are not faces; on real footage people seen from behind score up to about 0.8."""
SURE = 0.8
LARGEST_SIDE_PX = 1280
OVERLAP = 0.3
DOWN_SHARE = 0.03
"""By how much of its height a face lies lower than its box, for dlib."""


class Finder:
    """A detector, ready to look at pictures of any size."""

    def __init__(self, detector: str = DEFAULT) -> None:
        import cv2

        cv2.setNumThreads(1)
        self._name, self._needs = detector, catalogue.detector(detector)
        places = [weights.locate(needed) for needed in self._needs]
        if detector == DEFAULT:
            self._net = quietly(cv2.FaceDetectorYN.create, str(places[0]), "", (0, 0), FOLLOW_SCORE, OVERLAP)
        else:
            import dlib

            self._shape = dlib.shape_predictor(str(weights.locate(catalogue.LANDMARKS)))

    def find(self, picture: Picture, largest_px: int = LARGEST_SIDE_PX) -> list[Face]:
        """Return the faces of a picture (blue, green, red) from left to right, in its own pixels.

        A picture whose longer side is more than ``largest_px`` is shrunk to that for the search.
        """
        import cv2

        tall, wide = picture.shape[:2]
        shrink = max(1.0, max(tall, wide) / largest_px)
        size = max(1, round(wide / shrink)), max(1, round(tall / shrink))
        small = (
            picture if shrink == 1 else np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        )
        found = self._yunet(small) if self._name == DEFAULT else self._deepface(small)
        return sorted(
            face._replace(box=_box(face.box, wide / size[0], tall / size[1]))
            for face in found
            if face.score >= FOLLOW_SCORE
        )

    def _yunet(self, picture: Picture) -> list[Face]:
        self._net.setInputSize(picture.shape[1::-1])
        _, found = self._net.detect(picture)
        rows = np.empty((0, 15)) if found is None else np.asarray(found, dtype=np.float64)
        return [
            Face((row[0], row[1], row[2], row[3]), round(float(row[14]), 4), _frontal(row[[4, 6]], float(row[8])))
            for row in rows
        ]

    def _deepface(self, picture: Picture) -> list[Face]:
        with weights.deepface_home(*self._needs):
            from deepface import DeepFace

            told = quietly(
                DeepFace.extract_faces, img_path=picture, detector_backend=self._name, align=False,
                enforce_detection=False,
            )  # fmt: skip
        return [self._face(picture, part["facial_area"], float(part["confidence"])) for part in told]

    def _face(self, picture: Picture, area: dict[str, Any], score: float) -> Face:
        """Return a face as DeepFace tells it; one of no confidence stands for the whole picture, without a face.

        Others score on scales of their own and leave unsure faces out by themselves: what they tell counts as sure.
        """
        box: Box = tuple(float(area[side]) for side in "xywh")  # type: ignore[assignment]  # four letters
        points = landmarks(self._shape, picture, box)
        eyes = np.array([(points[0][0] + points[1][0]) / 2, (points[2][0] + points[3][0]) / 2])
        return Face(
            box, round(SURE + (1 - SURE) * min(score, 1), 4) if score > 0 else 0.0, _frontal(eyes, points[4][0])
        )


def landmarks(shape: Any, picture: Picture, box: Box) -> Sequence[tuple[float, float]]:
    """Return five points of a face by dlib: the corners of one eye, of the other, and below the nose."""
    points = shape(np.ascontiguousarray(picture[:, :, ::-1]), square(box)).parts()
    return [(float(point.x), float(point.y)) for point in points]


def square(box: Box) -> Any:
    """Return the square that dlib's landmarks want around a face."""
    import dlib

    left, top, width, height = box
    x, y, half = left + width / 2, top + height / 2 + DOWN_SHARE * height, (width + height) / 4
    return dlib.rectangle(int(x - half), int(y - half), int(x + half), int(y + half))


def _frontal(eyes: npt.NDArray[np.float64], nose: float) -> float:
    apart = float(abs(eyes[0] - eyes[1]))
    aside = 2 * abs(nose - float(eyes.mean())) / apart if apart else 1.0
    return round(max(0.0, 1 - aside), 4)


def _box(box: Box, across: float, down: float) -> Box:
    left, top, width, height = (float(part) for part in box)
    return round(left * across, 2), round(top * down, 2), round(width * across, 2), round(height * down, 2)


def quietly(call: Any, *given: Any, **named: Any) -> Any:
    """Return what a call gives, with OpenCV's log turned off: it warns of options that nobody set."""
    import cv2

    log = cv2.utils.logging
    before = log.setLogLevel(log.LOG_LEVEL_SILENT)
    try:
        return call(*given, **named)
    finally:
        log.setLogLevel(before)
