"""A clip on disk: the video, and the truth about who came and where each face is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from shoplib.config.cameras import SimulatedFootage
from shoplib.errors import StoreError
from shoplib.simulate.cctv import compose, people
from shoplib.simulate.cctv.schedule import visits
from shoplib.simulate.files import README, TRUTH, arrow

FILE = "footage.mp4"
CODEC = "mp4v"  # MPEG-4 part 2: in every build of OpenCV, small, and the same bytes each time
FACES = dict.fromkeys(compose.Face._fields, "float64") | {"frame": "int64", "visit": "int64", "yaw_deg": "int64"}


@dataclass(frozen=True)
class Footage:
    """A clip on disk and the truth about it."""

    path: Path
    starts: dt.datetime
    """Moment of the first frame, UTC."""
    visits: pd.DataFrame
    """One row a visit: visit, person, outfit, enters, leaves (UTC)."""
    faces: pd.DataFrame
    """One row a face in a frame: frame, visit, person, box in pixels, yaw, share hidden by others or the edge."""


def film(settings: SimulatedFootage, timezone: str, seed: int, folder: Path) -> Footage:
    """Write ``footage.mp4``, ``truth/visits.parquet`` and ``truth/faces.parquet`` and return what was made.

    The camera's clock is on ``timezone``. Frames are made and written one at a time; the same settings and seed give
    the same bytes. Backs of heads are no faces, nor are faces wholly hidden; profiles are. Raises
    ``StoreError`` if the folder cannot be written.
    """
    starts = dt.datetime.combine(settings.day, settings.times[0], ZoneInfo(timezone)).astimezone(dt.UTC)
    known = visits(settings, len(people.catalogue().people), seed)
    try:
        (folder / TRUTH).mkdir(parents=True, exist_ok=True)
        faces = pd.DataFrame(_recorded(settings, known, seed, folder / FILE), columns=list(FACES)).astype(FACES)
        names = np.array([f"P{number}" for number in people.catalogue().people], dtype=object)[known["person"]]
        second = pd.Timedelta(seconds=1)
        came = pd.DataFrame(
            {
                "visit": known["visit"],
                "person": names,
                "outfit": known["outfit"],
                "enters": starts + (known["enters_s"] * second).dt.round("ms"),
                "leaves": starts + (known["leaves_s"] * second).dt.round("ms"),
            }
        )
        faces.insert(2, "person", names[faces["visit"]])
        for name, truth in (("visits", came), ("faces", faces)):
            pq.write_table(arrow(truth), folder / TRUTH / f"{name}.parquet", compression="zstd", store_schema=False)
        (folder / README).write_text("Simulated footage: the people are rendered, nothing in this folder is real.\n")
    except OSError as error:
        raise _unwritten(folder, error.strerror or str(error)) from error
    return Footage(folder / FILE, starts, came, faces)


def _recorded(settings: SimulatedFootage, known: pd.DataFrame, seed: int, path: Path) -> list[compose.Face]:
    import cv2

    cv2.setNumThreads(1)
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*CODEC), settings.frames_a_second,
                             compose.size(settings))  # fmt: skip
    if not writer.isOpened():
        raise _unwritten(path, f"no {CODEC} video could be begun")
    faces = []
    try:
        for frame in compose.frames(settings, known, seed):
            writer.write(frame.picture)
            faces += frame.faces
    finally:
        writer.release()
    return faces


def _unwritten(place: Path, found: str) -> StoreError:
    return StoreError(
        "The simulated footage could not be written", where=str(place), found=found,
        wanted="a folder that can be written, with room for about 10 MB a minute",
        next_step="free the folder or give another, then run again",
    )  # fmt: skip
