"""Footage watched once from end to end: faces found, followed and judged, and the best of them cut out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.config.cameras import Cameras
from shoplib.faces.footage import quality, video
from shoplib.faces.footage.track import Tracker
from shoplib.faces.footage.video import Frame
from shoplib.faces.models.detect import Finder
from shoplib.faces.models.embed import Cutter
from shoplib.faces.pictures import Face, Picture

EVERY_S = 1.0
"""Of each track, the best face of so many seconds is recognised."""
LEAST_HITS = 3
COLUMNS = {
    "frame": "int64", "face": "int64", "at_s": "float64", "left_px": "float64", "top_px": "float64",
    "width_px": "float64", "height_px": "float64", "score": "float64", "track": "Int64", "verdict": "object",
}  # fmt: skip


class Chip(NamedTuple):
    """A face cut out to be recognised."""

    track: int
    row: int
    """Which row of the faces seen it is."""
    picture: Picture


@dataclass(frozen=True)
class Watched:
    """What was seen."""

    faces: pd.DataFrame
    """One row a face and frame, in order of time, left to right: ``COLUMNS``; track is missing for false alarms."""
    chips: list[Chip]
    """In order of track and time."""
    looked: npt.NDArray[np.int64]
    """Numbers of the frames that were looked at."""


class _Best:
    """The best face of each second of each track."""

    def __init__(self) -> None:
        self._cutter = Cutter()
        self._kept: dict[tuple[int, int], tuple[float, Chip]] = {}

    def offer(self, track: int, row: int, worth: float, frame: Frame, face: Face) -> None:
        """Keep the face if none as good was offered; of equals the earlier one stays."""
        place = (track, int(frame.at_s // EVERY_S))
        if place not in self._kept or worth > self._kept[place][0]:
            self._kept[place] = worth, Chip(track, row, self._cutter.cut(frame.picture, face.box))

    def chips(self, numbers: dict[int, int]) -> list[Chip]:
        """Return the faces of the tracks named in ``numbers``, each track under its new number."""
        kept = (chip for _, (_, chip) in sorted(self._kept.items(), key=lambda item: item[0]))
        return [chip._replace(track=numbers[chip.track]) for chip in kept if chip.track in numbers]


def watch(path: Path, cameras: Cameras) -> Watched:
    """Return every face of the footage; frames pass one at a time.

    A track is believed if it holds three faces and one of them is surely a face; faces of others are false alarms and
    have no track. Tracks are numbered in order of first sight. Footage without faces gives empty tables. Raises
    ``SourceError`` if the footage cannot be read or weights are missing or damaged.
    """
    finder, tracker, best = Finder(), Tracker(), _Best()
    rows: list[tuple[object, ...]] = []
    looked: list[int] = []
    for frame in video.frames(path, cameras.looks_a_second):
        looked.append(frame.number)
        faces = finder.find(frame.picture)
        tracks = tracker.follow(frame.at_s, [face.box for face in faces])
        for number, (face, track) in enumerate(zip(faces, tracks, strict=True)):
            sharp = quality.sharpness(frame.picture, face)
            verdict = quality.verdict(face, sharp, cameras.min_face_px)
            if verdict == quality.USED:
                best.offer(track, len(rows), quality.worth(face, sharp), frame, face)
            rows.append((frame.number, number, frame.at_s, *face.box, face.score, track, verdict))
    seen = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    scores = seen.groupby("track")["score"]
    believed = scores.transform("size").ge(LEAST_HITS) & scores.transform("max").ge(quality.CONFIRM_SCORE)
    kept = np.sort(seen.loc[believed, "track"].unique().astype(np.int64)).tolist()
    numbers = {track: number for number, track in enumerate(kept)}
    seen["track"] = seen["track"].where(believed).map(numbers).astype("Int64")
    return Watched(seen, best.chips(numbers), np.array(looked, dtype=np.int64))
