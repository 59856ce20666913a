"""What everybody here calls a picture, a box and a face."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Picture: TypeAlias = npt.NDArray[np.uint8]
"""Rows × columns × 3: blue, green, red."""
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""
Prints: TypeAlias = npt.NDArray[np.float64]
"""One row a face: the numbers that tell faces apart; compare rows by their Euclidean distance."""
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


class Face(NamedTuple):
    """One face found in one picture."""

    box: Box
    score: float
    frontal: float
    """1 for a face turned to the camera, 0 for one turned so far that the nose covers an eye."""


class Chip(NamedTuple):
    """A face cut out to be recognised."""

    track: int
    row: int
    """Which row of the faces seen it is."""
    picture: Picture
