"""Faces in a picture: YuNet (Wu, Peng and Yu, 2023) through OpenCV."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shoplib.faces.models import weights
from shoplib.faces.pictures import Face, Picture

FOLLOW_SCORE = 0.7
"""Faces less sure than this are not faces; on real footage people seen from behind score up to about 0.8."""
LARGEST_SIDE_PX = 1280
OVERLAP = 0.3


class Finder:
    """YuNet, ready to look at pictures of any size."""

    def __init__(self) -> None:
        import cv2

        cv2.setNumThreads(1)
        model = str(weights.locate(weights.YUNET))
        log = cv2.utils.logging  # OpenCV 5 warns, each time, of an option that nobody set
        before = log.setLogLevel(log.LOG_LEVEL_ERROR)
        try:
            self._net = cv2.FaceDetectorYN.create(model, "", (0, 0), FOLLOW_SCORE, OVERLAP)
        finally:
            log.setLogLevel(before)

    def find(self, picture: Picture) -> list[Face]:
        """Return the faces of a picture (blue, green, red) from left to right; larger ones are shrunk to 1280 px."""
        import cv2

        tall, wide = picture.shape[:2]
        shrink = max(1.0, max(tall, wide) / LARGEST_SIDE_PX)
        size = round(wide / shrink), round(tall / shrink)
        small = picture if shrink == 1 else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        self._net.setInputSize(size)
        _, found = self._net.detect(small)
        rows = np.empty((0, 15)) if found is None else np.asarray(found, dtype=np.float64)
        rows[:, :14] *= shrink
        return sorted(_face(row) for row in rows)


def _face(row: npt.NDArray[np.float64]) -> Face:
    left, top, width, height = (round(float(part), 2) for part in row[:4])
    eyes, nose = row[[4, 6]], row[8]
    apart = abs(eyes[0] - eyes[1])
    aside = 2 * abs(nose - eyes.mean()) / apart if apart else 1.0
    return Face((left, top, width, height), round(float(row[14]), 4), round(max(0.0, 1 - float(aside)), 4))
