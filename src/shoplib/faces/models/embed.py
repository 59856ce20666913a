"""What tells faces apart: 128 numbers a face, near for the same person (dlib's ResNet, King 2017, through DeepFace).

DeepFace's own crop spoils this model, so faces are cut as its author cuts them and DeepFace is told to skip its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from shoplib.faces.models import weights
from shoplib.faces.pictures import Box, Picture

Prints: TypeAlias = npt.NDArray[np.float64]

CHIP_PX, PADDING = 150, 0.25
DOWN_SHARE = 0.03
SIZE = 128


class Cutter:
    """Cuts faces upright and even: 150 × 150 pixels, eyes level, by five landmarks."""

    def __init__(self) -> None:
        import dlib

        self._dlib = dlib
        self._shape = dlib.shape_predictor(str(weights.locate(weights.LANDMARKS)))

    def cut(self, picture: Picture, box: Box) -> Picture:
        """Return one face of a picture (both blue, green, red)."""
        left, top, width, height = box
        x, y, half = left + width / 2, top + height / 2 + DOWN_SHARE * height, (width + height) / 4
        square = self._dlib.rectangle(int(x - half), int(y - half), int(x + half), int(y + half))
        rgb = np.ascontiguousarray(picture[:, :, ::-1])
        chip = self._dlib.get_face_chip(rgb, self._shape(rgb, square), size=CHIP_PX, padding=PADDING)
        return np.ascontiguousarray(chip[:, :, ::-1])


def prints(chips: Sequence[Picture]) -> Prints:
    """Return one row of 128 numbers a chip; compare rows by their Euclidean distance.

    The same chips give the same numbers. Nothing is downloaded; raises ``SourceError`` if weights are missing or
    damaged.
    """
    if not chips:
        return np.empty((0, SIZE))
    with weights.deepface_home():
        from deepface import DeepFace

        rows = [
            DeepFace.represent(img_path=chip, model_name="Dlib", detector_backend="skip")[0]["embedding"]
            for chip in chips
        ]
    return np.asarray(rows, dtype=np.float64)
