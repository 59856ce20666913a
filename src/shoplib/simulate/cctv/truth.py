"""The truth about clips: who came, where each face is, and when the light burned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from shoplib.simulate.cctv.lights import Day
from shoplib.simulate.files import README, TRUTH, arrow
from shoplib.store import files


@dataclass(frozen=True)
class Footage:
    """A clip on disk and the truth about it."""

    name: str
    path: Path
    starts: dt.datetime
    """Moment of the first frame, UTC."""
    seconds: int
    frames_a_second: int
    visits: pd.DataFrame
    """One row a visit: clip, visit, person, outfit, enters, leaves (UTC), staff, group (missing: came alone)."""
    faces: pd.DataFrame
    """One row a face in a frame: clip, frame, visit, person, box in pixels, yaw, share hidden by others or the edge."""
    day: Day
    """When the light went on and off on the clip's day, whether or not it is seen."""

    @property
    def ends(self) -> dt.datetime:
        """Return the moment after the last frame, UTC."""
        return self.starts + dt.timedelta(seconds=self.seconds)


def write(clips: Sequence[Footage], folder: Path) -> None:
    """Write ``truth/{visits,faces,days}.parquet``; days say when the light went on and off, and whether it is seen.

    Raises ``StoreError`` if the folder cannot be written.
    """
    days = list(dict.fromkeys(clip.day for clip in clips))
    table: dict[str, pa.Array] = {"day": pa.array([day.day for day in days], pa.date32())}
    for name in ("opened", "closed"):
        moments = [getattr(day, name) for day in days]
        table[name] = pa.array(moments, pa.timestamp("ms", "UTC"))
        table[f"{name}_seen"] = pa.array([_seen(clips, moment) is not None for moment in moments], pa.bool_())
    files.write_arrow(folder / TRUTH / "days.parquet", pa.table(table))
    for name in ("visits", "faces"):
        rows = pd.concat([getattr(clip, name) for clip in clips], ignore_index=True)
        files.write_arrow(folder / TRUTH / f"{name}.parquet", arrow(rows))
    files.write_text(folder / README, "Simulated footage: the people are rendered, nothing in this folder is real.\n")


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame] | None:
    """Return the tables visits, faces and days that ``write`` put beside the clips of a folder; None without any."""
    if not (folder / TRUTH).is_dir():
        return None
    visits, faces, days = (pd.read_parquet(folder / TRUTH / f"{name}.parquet") for name in ("visits", "faces", "days"))
    return visits, faces, days


def _seen(clips: Sequence[Footage], moment: dt.datetime | None) -> int | None:
    """Return the place of the first clip during which a moment falls, if there is one."""
    within = (at for at, clip in enumerate(clips) if moment is not None and clip.starts < moment < clip.ends)
    return next(within, None)


def joined(parts: Sequence[Footage], name: str, path: Path) -> Footage:
    """Return the truth about parts joined into one clip, each beginning where the one before ended.

    The first keeps its moments; visits and groups are numbered on. A part may be there more than once. The light is
    said to go on and off where it first does.
    """
    first, visits, faces = parts[0], list[pd.DataFrame](), list[pd.DataFrame]()
    seconds = known = groups = 0
    turned: dict[str, dt.datetime | None] = {"opened": None, "closed": None}
    for part in parts:
        shift = first.starts + dt.timedelta(seconds=seconds) - part.starts
        mine = part.visits
        visits.append(
            mine.assign(
                clip=name, visit=mine["visit"] + known, group=mine["group"] + groups,
                enters=mine["enters"] + shift, leaves=mine["leaves"] + shift,
            )
        )  # fmt: skip
        frames = seconds * part.frames_a_second
        faces.append(
            part.faces.assign(clip=name, frame=part.faces["frame"] + frames, visit=part.faces["visit"] + known)
        )
        for turn, moment in (("opened", part.day.opened), ("closed", part.day.closed)):
            if turned[turn] is None and moment is not None and part.starts < moment < part.ends:
                turned[turn] = moment + shift
        seconds, known = seconds + part.seconds, known + len(mine)
        groups += int(mine["group"].max()) + 1 if mine["group"].notna().any() else 0
    return Footage(
        name, path, first.starts, seconds, first.frames_a_second, pd.concat(visits, ignore_index=True),
        pd.concat(faces, ignore_index=True), Day(first.day.day, turned["opened"], turned["closed"]),
    )  # fmt: skip
