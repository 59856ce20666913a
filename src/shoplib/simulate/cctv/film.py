"""Clips on disk, one for each day and time, and the truth beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from shoplib.config.cameras import RecordedFootage, SimulatedFootage
from shoplib.simulate.cctv import compose, lights, people, recorder, room, schedule, truth
from shoplib.simulate.cctv.lights import Day, Span
from shoplib.simulate.cctv.recorder import MARK, join
from shoplib.simulate.cctv.truth import Footage

__all__ = ["MARK", "Footage", "Planned", "film", "join", "plan"]

FACES = dict.fromkeys(compose.Face._fields, "float64") | {"frame": "int64", "visit": "int64", "yaw_deg": "int64"}


@dataclass(frozen=True)
class Planned:
    """A clip that is to be made: everything but the pictures."""

    number: int
    name: str
    starts: dt.datetime
    """Moment of the first frame, in the camera's zone."""
    day: Day
    spans: list[Span]
    """When the light burns, in seconds from the first frame."""
    visits: pd.DataFrame
    """As ``schedule.visits`` gives them."""


def plan(settings: SimulatedFootage, timezone: str, seed: int) -> list[Planned]:
    """Return all clips in order of time; the camera's clock is on ``timezone``."""
    planned, before = list[Planned](), 0
    for day in (settings.day + dt.timedelta(days=number) for number in range(settings.days)):
        for time in settings.times:
            starts = dt.datetime.combine(day, time, ZoneInfo(timezone))
            utc = starts.astimezone(dt.UTC)
            spans = lights.burning(settings, timezone, seed, day, utc)
            known = schedule.visits(settings, spans, len(planned), before, seed)
            before += schedule.coming(settings, spans)
            of_day = lights.of_day(settings, timezone, seed, day)
            planned.append(Planned(len(planned), f"{day} {time:%H%M}", starts, of_day, spans, known))
    return planned


def filmed(
    footage: SimulatedFootage | RecordedFootage, timezone: str, seed: int, folder: Path, *, workers: int = 1
) -> list[Footage]:
    """Return the clips of simulated footage, made by ``film``; none of a real camera's."""
    return [] if isinstance(footage, RecordedFootage) else film(footage, timezone, seed, folder, workers=workers)


def film(
    settings: SimulatedFootage, timezone: str, seed: int, folder: Path, *, only: int | None = None, workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[Footage]:  # fmt: skip
    """Write a video for each day and time and ``truth/{visits,faces,days}.parquet``, and return the clips in order.

    ``only`` makes one clip, counted from 0, the same as among all. ``progress`` is told the share that is done. Equal
    settings and seed give equal bytes, whatever ``workers``. Backs of heads are no faces, nor are faces wholly hidden;
    profiles are. Raises ``StoreError`` if the folder cannot be written.
    """
    wanted = plan(settings, timezone, seed)
    wanted = wanted if only is None else [wanted[only]]
    tell = progress or bool
    faces: dict[int, pd.DataFrame] = {}
    if workers > 1 and len(wanted) > 1:
        with ProcessPoolExecutor(min(workers, len(wanted)), mp_context=get_context("spawn")) as pool:
            waiting = {pool.submit(_recorded, settings, clip, seed, folder): clip.number for clip in wanted}
            for done in as_completed(waiting):
                faces[waiting[done]] = done.result()
                tell(len(faces) / len(wanted))
    else:
        for clip in wanted:
            made = len(faces)

            def part(share: float, made: int = made) -> None:
                tell((made + share) / len(wanted))

            faces[clip.number] = _recorded(settings, clip, seed, folder, part)
    clips = [_told(settings, clip, faces[clip.number], folder) for clip in wanted]
    truth.write(clips, folder)
    return clips


def _recorded(
    settings: SimulatedFootage, clip: Planned, seed: int, folder: Path, tell: Callable[[float], object] = bool
) -> pd.DataFrame:
    """Write one clip and return its faces."""
    import cv2

    cv2.setNumThreads(1)
    here, total, faces = room.view(settings), settings.seconds * settings.frames_a_second, list[compose.Face]()
    with recorder.recording(_path(folder, clip), here.width, here.height, settings.frames_a_second) as file:
        made = compose.frames(settings, clip.visits, clip.spans, clip.starts, clip.number, seed)
        for number, frame in enumerate(made, 1):
            file.write(frame.picture)
            faces += frame.faces
            if number % settings.frames_a_second == 0:
                tell(number / total)
    return pd.DataFrame(faces, columns=list(FACES)).astype(FACES)


def _path(folder: Path, clip: Planned) -> Path:
    return folder / f"{clip.name}.mp4"


def _told(settings: SimulatedFootage, clip: Planned, faces: pd.DataFrame, folder: Path) -> Footage:
    """Return a clip with its truth in moments and names."""
    known, starts = clip.visits, clip.starts.astimezone(dt.UTC)
    names = np.array([f"P{number}" for number in people.catalogue().people + people.catalogue().others], dtype=object)
    person, second = names[known["person"]], pd.Timedelta(seconds=1)
    came = pd.DataFrame(
        {
            "clip": np.full(len(known), clip.name, dtype=object),
            "visit": known["visit"],
            "person": person,
            "outfit": known["outfit"],
            "enters": starts + (known["enters_s"] * second).dt.round("ms"),
            "leaves": starts + (known["leaves_s"] * second).dt.round("ms"),
            "staff": known["kind"] == schedule.STAFF,
            "group": known["group"],
        }
    )
    faces.insert(0, "clip", np.full(len(faces), clip.name, dtype=object))
    faces.insert(3, "person", person[faces["visit"]])
    path, rate = _path(folder, clip), settings.frames_a_second
    return Footage(clip.name, path, starts, settings.seconds, rate, came, faces, clip.day)
