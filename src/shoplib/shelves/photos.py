"""Photos from a folder, one at a time, and the size they are looked at in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from shoplib.errors import SourceError

Image: TypeAlias = npt.NDArray[np.uint8]
Floats: TypeAlias = npt.NDArray[np.floating]

ENDINGS = (".jpg", ".jpeg", ".png")
WORKING_WIDTH = 640


@dataclass(frozen=True)
class Photo:
    """One photo; its key is the name of its file without the ending."""

    photo_id: str
    image: Image
    """Rows × columns × (blue, green, red)."""


def photos(folder: Path) -> Iterator[Photo]:
    """Yield the JPEG and PNG photos that lie in ``folder`` itself, in order of name; nothing for an empty folder.

    Raises ``SourceError`` for a file that is no picture, and for two files whose names differ in their ending only.
    """
    for photo_id, path in _named(folder).items():
        yield Photo(photo_id, read(path))


def find(folder: Path, photo_id: str) -> Path:
    """Return the file of one photo of a folder; it must be there."""
    return _named(folder)[photo_id]


def _named(folder: Path) -> dict[str, Path]:
    named: dict[str, Path] = {}
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS):
        if path.stem in named:
            raise SourceError(
                "Two photos have the same name", where=str(folder), found=f"{named[path.stem].name} and {path.name}",
                wanted="one name a photo, whatever its ending", next_step="rename one of them, then run again",
            )  # fmt: skip
        named[path.stem] = path
    return named


def read(path: Path) -> Image:
    """Return one photo as blue, green, red; ``SourceError`` if the file is no picture."""
    import cv2

    content = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    image = cv2.imdecode(content, cv2.IMREAD_COLOR) if len(content) else None
    if image is None:
        raise SourceError(
            "A photo cannot be read", where=str(path), found=f"{len(content):,} bytes that are no picture",
            wanted="a JPEG or PNG file", next_step="copy it again from the camera, or take it out of the folder",
        )  # fmt: skip
    return np.asarray(image, dtype=np.uint8)


def working(image: Image) -> tuple[Floats, float]:
    """Return a photo ``WORKING_WIDTH`` pixels wide in CIE L*a*b*, and how many photo pixels one of its pixels is.

    Shrinking takes the grain out; every length in this package is measured at that size and scaled back once.
    """
    import cv2

    scale = image.shape[1] / WORKING_WIDTH
    height = max(1, round(image.shape[0] / scale))
    way = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    small = cv2.resize(image, (WORKING_WIDTH, height), interpolation=way)
    return np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)), scale
