"""Footage watched from end to end: looked over fast, looked at closely where somebody is, followed and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from shoplib.base import digest
from shoplib.config.cameras import Cameras
from shoplib.config.privacy import Mode
from shoplib.faces.footage import index, light, look, scout, sightings, video
from shoplib.faces.footage.chunks import Keeper, Task, done
from shoplib.faces.footage.clips import Clip
from shoplib.faces.footage.index import Index
from shoplib.faces.footage.watched import About, Watched
from shoplib.faces.pictures import Ints

FORM = 3
"""Counts up when kept pieces mean something else."""
OVER_SHARE = 0.2
"""Of the whole work, what looking over takes; for telling how far it is."""
ENDS_EARLY_S, ENDS_EARLY_SHARE = 1.0, 0.02


class Looking(NamedTuple):
    """How footage is watched."""

    detector: str
    looks_a_second: float
    min_face_px: int
    chunk_s: int
    light_change: float
    cut: bool
    """Faces are cut out to be recognised."""


def looking(cameras: Cameras, mode: Mode) -> Looking:
    """Return how a scenario wants footage watched; who only counts people cuts no face out."""
    return Looking(
        cameras.detector, cameras.looks_a_second, cameras.min_face_px, cameras.chunk_s, cameras.light_change,
        mode != "count",
    )  # fmt: skip


def watch(
    clip: Clip,
    looking: Looking,
    *,
    work: Path | None = None,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Watched:
    """Return everything seen in a clip.

    The clip is first looked over at its key frames, then looked at ``looks_a_second`` times a second where something
    moves or somebody stands. Finished chunks are kept in the folder ``work`` and used again if they are of the same
    clip and settings; while faces are cut out they hold pictures of faces, and the caller removes them. The result does
    not depend on ``workers`` or on interruptions. ``progress`` is told the share done. Raises ``SourceError`` if the
    footage cannot be read or weights are missing or damaged.
    """
    said = video.probe(clip.path)
    known = index.read(clip.path)
    keeper = Keeper(work, digest.of_value([FORM, said.sha256, list(looking)])[:20])
    tell = progress or (lambda _share: None)
    over = _over(clip.path, known, looking)
    busy = scout.judge(
        known, _told(done(over, keeper, workers, clip.path), len(over), 0, OVER_SHARE, tell), looking.light_change
    )
    looked = _looked(known, busy.spans, looking.looks_a_second)
    closely = _closely(clip.path, known, looked, busy, looking)
    pieces = list(_told(done(closely, keeper, workers, clip.path), len(closely), OVER_SHARE, 1 - OVER_SHARE, tell))
    seen = sightings.gather(known, pieces, busy, looking.min_face_px, _step(known, looking))
    lost = known.lost + busy.lost + sum(int(piece["lost"][0]) for piece in pieces)
    early = known.said_s - known.seconds > max(ENDS_EARLY_S, ENDS_EARLY_SHARE * known.said_s)
    gaps = light.gaps(known.times)
    about = About(
        said.sha256, known.seconds, known.frames_a_second, known.width_px, known.height_px, len(seen.looked),
        busy.moving_s, gaps, seen.frozen, busy.dark, busy.grey, lost > 0 or early, said.simulated,
    )  # fmt: skip
    tell(1.0)
    return Watched(
        clip, about, seen.faces, light.by_second(busy.at_s, busy.level, gaps, known.seconds), seen.looked, seen.chips
    )


def _told(
    pieces: Iterator[scout.Kept], count: int, begun: float, share: float, tell: Callable[[float], None]
) -> Iterator[scout.Kept]:
    for number, piece in enumerate(pieces, 1):
        tell(round(begun + share * number / count, 4))
        yield piece


def _chunk_of(known: Index, numbers: Ints, chunk_s: int) -> Ints:
    """Return in which chunk each frame lies; a file that is out of order is one chunk, for it cannot be jumped in."""
    if not known.orderly:
        return np.zeros(len(numbers), dtype=np.int64)
    return (known.times[numbers] // chunk_s).astype(np.int64)


def _over(path: Path, known: Index, looking: Looking) -> list[Task]:
    numbers, safe = scout.samples(known)
    chunks = _chunk_of(known, numbers, looking.chunk_s)
    return [
        Task(f"over-{chunk}", scout.look_over,
             (path, index.runs(known, numbers[chunks == chunk]), numbers[(chunks == chunk) & safe], looking.detector))
        for chunk in np.unique(chunks).tolist()
    ]  # fmt: skip


def _looked(known: Index, spans: scout.Spans, looks_a_second: float) -> Ints:
    every = index.looked(known.times, looks_a_second)
    at_s = known.times[every]
    within = np.zeros(len(every), dtype=bool)
    for begins, ends in spans:
        within[np.searchsorted(at_s, begins) : np.searchsorted(at_s, ends, side="right")] = True
    return every[within]


def _step(known: Index, looking: Looking) -> float:
    return 1 / min(looking.looks_a_second, known.frames_a_second)


def _closely(path: Path, known: Index, looked: Ints, busy: scout.Busy, looking: Looking) -> list[Task]:
    """Return one task a chunk with looks; each begins one look early, to know what came before."""
    chunks = _chunk_of(known, looked, looking.chunk_s)
    step_s = _step(known, looking)
    close = look.Close(looking.detector, looking.min_face_px, looking.cut, step_s)
    tasks = []
    for chunk in np.unique(chunks).tolist():
        first = int(np.searchsorted(chunks, chunk))
        mine = looked[chunks == chunk]
        warm = (
            int(looked[first - 1])
            if first and known.times[mine[0]] - known.times[looked[first - 1]] < 2 * step_s
            else -1
        )
        wanted = mine if warm < 0 else np.concatenate([[warm], mine])
        slots = set((known.times[mine] // scout.SCENE_S).astype(np.int64).tolist())
        empty = {slot: busy.scenes[slot] for slot in sorted(slots & busy.scenes.keys())}
        spans = digest.of_value(wanted.tolist())[:12]
        tasks.append(Task(f"close-{chunk}-{spans}", look.look_closely,
                          (path, index.runs(known, wanted), warm, known.times[wanted], close, empty)))  # fmt: skip
    return tasks
