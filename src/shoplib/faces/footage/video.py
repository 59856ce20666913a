"""Frames of a video, one at a time, with the moment of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from shoplib.errors import SourceError
from shoplib.faces.pictures import Picture


class Frame(NamedTuple):
    """One frame: its number from 0, its time in seconds from the first, its picture (blue, green, red)."""

    number: int
    at_s: float
    picture: Picture


def frames(path: Path, looks_a_second: float) -> Iterator[Frame]:
    """Yield the frames of a video that are to be looked at, in order, never more than ``looks_a_second``.

    Every frame is decoded in turn, only those wanted are turned into pictures, and one is in memory at a time.
    Raises ``SourceError`` if the file is missing or no frame of it can be read; a file cut short is read as far as
    it goes.
    """
    import cv2

    if not path.is_file():
        raise _unreadable(path, "no such file")
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        number, due_s = -1, 0.0
        while capture.grab():
            number += 1
            at_s = round(capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
            if at_s + 1e-6 < due_s:
                continue
            good, picture = capture.retrieve()
            if good:
                yield Frame(number, at_s, np.asarray(picture, dtype=np.uint8))
                due_s += 1 / looks_a_second * max(1, int((at_s - due_s) * looks_a_second) + 1)
    finally:
        capture.release()
    if number < 0:
        raise _unreadable(path, "no frame in it can be read")


def _unreadable(path: Path, found: str) -> SourceError:
    return SourceError(
        "The footage cannot be read", where=str(path), found=found, wanted="a video, such as MP4 or AVI",
        next_step="check that the file plays, or export it again",
    )  # fmt: skip
