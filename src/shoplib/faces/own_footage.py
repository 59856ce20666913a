"""Clips of one's own, read at once: sightings, visits and a summary, and nothing else kept."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from shoplib.config.cameras import Cameras
from shoplib.config.models import Shop
from shoplib.config.privacy import Mode
from shoplib.errors import ConfigError, SourceError
from shoplib.faces import reading
from shoplib.faces.footage import video, watch
from shoplib.faces.footage.clips import Clip
from shoplib.faces.footage.watched import Watched
from shoplib.store import files

EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
APART = dt.timedelta(days=1)
"""Clips of which no time is known are told apart by as much, so that no visit goes from one to the next."""
WORK = ".watching"
SIGHTINGS, VISITS, SUMMARY = "sightings.parquet", "visits.parquet", "summary.json"


@dataclass(frozen=True)
class Asked:
    """What a person wants read, and how."""

    videos: tuple[Path, ...]
    mode: Mode | None
    """None: recognise if all clips are rendered, else an error that says what to add."""
    may_recognise: bool
    """A purpose was told, or the scenario says why real people may be told apart."""
    cameras: Cameras
    timezone: str = "UTC"
    starts: dt.datetime | None = None
    """Moment of the first frame of the first clip, UTC; each clip then follows the one before."""
    workers: int = 1
    purpose: str = ""
    """What real people are told apart for."""


@dataclass(frozen=True)
class Told:
    """What was found."""

    summary: dict[str, Any]
    unread: dict[str, str]
    """Videos that could not be read, and why."""


def analyse(asked: Asked, out: Path, progress: Callable[[str, float], None] | None = None) -> Told:
    """Write ``sightings.parquet``, ``visits.parquet`` and ``summary.json`` into ``out`` and return the summary.

    A killed call goes on where it was when it is made again; what it had so far lies in ``out/.watching`` until then.
    ``progress`` is given the name of a video and the share of it that is done. Raises ``ConfigError`` if people on
    footage that is not rendered are to be told apart without a purpose, ``SourceError`` if no video can be read.
    """
    _may_hold(out)
    probed, unread = _probed(asked.videos)
    mode = _allowed(asked, [probe.simulated for probe in probed.values()], list(probed))
    work = out / WORK
    looking = watch.looking(asked.cameras, mode)
    watched: list[Watched] = []
    for clip in _clips(asked, probed):
        tell = (lambda share, name=clip.name: progress(name, share)) if progress else None
        try:
            watched.append(watch.watch(clip, looking, work=work, workers=asked.workers, progress=tell))
        except SourceError as error:
            unread[clip.path] = error
    if not watched:
        raise _nothing(unread)
    shop = Shop(timezone=asked.timezone)
    found = reading.read(watched, asked.cameras, shop, mode, workers=asked.workers)
    began = {one.clip.name: one.clip.starts for one in watched}
    names = {one.clip.name: str(one.clip.path) for one in watched}
    sightings = _sightings(found.tables["sightings"], began, names)
    visits = _visits(found.tables["footage_visits"], watched, names)
    reasons = {str(path): _why(error) for path, error in unread.items()}
    summary = _summary(asked, mode, watched, found, reasons)
    with files.writing(out / SIGHTINGS) as first, files.writing(out / VISITS) as second:
        sightings.to_parquet(first, index=False)
        visits.to_parquet(second, index=False)
        files.write_json(out / SUMMARY, summary)
    shutil.rmtree(work, ignore_errors=True)
    return Told(summary, reasons)


def _may_hold(out: Path) -> None:
    """Raise ``SourceError`` before anything is watched if the output cannot be a folder."""
    there = next(place for place in (out.resolve(), *out.resolve().parents) if place.exists())
    if not there.is_dir():
        raise SourceError(
            "The output is no folder", where=str(out), found=f"{there} is a file", wanted="a folder, new or not",
            next_step="name another with --out DIR",
        )  # fmt: skip


def _probed(videos: Sequence[Path]) -> tuple[dict[Path, video.Probe], dict[Path, SourceError]]:
    probed: dict[Path, video.Probe] = {}
    unread: dict[Path, SourceError] = {}
    first: dict[str, Path] = {}
    for path in dict.fromkeys(videos):
        try:
            probe = video.probe(path)
        except SourceError as error:
            unread[path] = error
            continue
        if first.setdefault(probe.sha256, path) == path:
            probed[path] = probe
        else:
            unread[path] = _again(path, first[probe.sha256])
    if not probed:
        raise _nothing(unread)
    return probed, unread


def _again(path: Path, first: Path) -> SourceError:
    return SourceError(
        "The same footage is given twice", where=str(path), found=f"byte for byte {first}",
        wanted="each clip once, else everybody in it counts twice", next_step="leave one of the two out",
    )  # fmt: skip


def _nothing(unread: dict[Path, SourceError]) -> SourceError:
    if len(unread) == 1:
        return next(iter(unread.values()))
    return SourceError(
        "No video could be read", found=f"{len(unread)} files, none of them usable",
        details=[f"{path}: {_why(error)}" for path, error in unread.items()],
        next_step="check that the files play, or export them again",
    )  # fmt: skip


def _why(error: SourceError) -> str:
    return "; ".join(part for part in (error.what, error.found) if part)


def _allowed(asked: Asked, simulated: Sequence[bool], videos: Sequence[Path]) -> Mode:
    """Return the mode the footage may be read in."""
    if all(simulated):
        return asked.mode or "recognise"
    if asked.mode == "count" or (asked.mode and asked.may_recognise):
        return asked.mode
    real = next(path for path, rendered in zip(videos, simulated, strict=True) if not rendered)
    raise ConfigError(
        "Telling real people apart needs a reason", where=str(real),
        found="footage that is not simulated, and no purpose" if asked.mode else "footage that is not simulated",
        wanted="what it is for, such as  --purpose \"count how often customers of our shop return\"",
        next_step="add  --mode recognise --purpose TEXT  (or --scenario with a complete privacy section); "
        "--mode count counts people without telling them apart and needs no purpose",
    )  # fmt: skip


def _clips(asked: Asked, probed: dict[Path, video.Probe]) -> list[Clip]:
    clips, at = [], asked.starts or EPOCH
    for number, (path, probe) in enumerate(probed.items(), start=1):
        clips.append(Clip(f"{number:03d} {path.name}", path, at, starts_from="--starts" if asked.starts else "unknown"))
        at += dt.timedelta(seconds=probe.seconds) if asked.starts else APART
    return clips


def _sightings(table: pd.DataFrame, began: dict[str, dt.datetime], names: dict[str, str]) -> pd.DataFrame:
    at_s = (table["seen_at"] - pd.to_datetime(table["clip"].map(began), utc=True)).dt.total_seconds()
    return pd.DataFrame(
        {
            "video": table["clip"].map(names).astype("object"), "t_s": at_s.astype("float64").round(3),
            "x": table["left_px"], "y": table["top_px"], "w": table["width_px"], "h": table["height_px"],
            "score": table["score"], "quality": table["quality"], "track_id": table["track"].astype("Int64"),
            "customer_id": table["customer_id"].astype("object"),
        }
    )  # fmt: skip


def _visits(table: pd.DataFrame, watched: Sequence[Watched], names: dict[str, str]) -> pd.DataFrame:
    begins = pd.DataFrame(
        {"begins": [one.clip.starts for one in watched], "clip": [one.clip.name for one in watched]}
    ).astype({"begins": "datetime64[us, UTC]"})
    placed = pd.merge_asof(
        table.astype({"entered": "datetime64[us, UTC]", "left": "datetime64[us, UTC]"}).sort_values("entered"),
        begins.sort_values("begins"), left_on="entered", right_on="begins",
    )  # fmt: skip
    entry = (placed["entered"] - placed["begins"]).dt.total_seconds().round(3)
    leave = (placed["left"] - placed["begins"]).dt.total_seconds().round(3)
    return pd.DataFrame(
        {
            "visit_id": placed["visit_id"], "customer_id": placed["customer_id"].astype("object"),
            "entry_s": entry, "exit_s": leave, "dwell_s": (leave - entry).round(3),
            "video": placed["clip"].map(names).astype("object"), "group_id": placed["group_id"].astype("object"),
        }
    )  # fmt: skip


def _summary(
    asked: Asked, mode: Mode, watched: Sequence[Watched], found: reading.Found, unread: dict[str, str]
) -> dict[str, Any]:
    tables = found.tables
    stays = tables["footage_visits"]
    few, many = found.people.between
    return {
        "mode": mode,
        "purpose": asked.purpose,
        "videos": [
            {"video": str(one.clip.path), **{
                name: value for name, value in row.items() if name not in ("clip", "camera", "starts", "starts_from")
            }}
            for one, row in zip(watched, _plain(tables["footage_clips"]), strict=True)
        ],
        "not_read": unread,
        "customers": None if mode == "count" else len(tables["face_customers"]),
        "customers_between": None if mode == "count" else [few, many],
        "visits": len(stays),
        "visits_not_recognised": int(stays["customer_id"].isna().sum()),
        "returning_customers": None if mode == "count" else int((tables["face_customers"]["visits"] > 1).sum()),
        "faces": {row["reason"]: row["faces"] for row in _plain(found.gate)},
        "settings": asked.cameras.model_dump(mode="json", exclude={"footage"}),
    }  # fmt: skip


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): getattr(value, "item", lambda value=value: value)() for name, value in row.items()}
            for row in table.to_dict("records")]  # fmt: skip
