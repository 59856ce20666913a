"""Two hours of footage watched: wall and CPU time and memory, beside decoding alone and looking at every frame.

The promise: a clip of two hours, 1280 × 720, 25 frames a second, H.264, busy for 30 % of the time, is read by two
processes, from the file to customers and visits, in at most 10 minutes, 15 CPU minutes and 2 GB, imports and all. The
clip is composed of a few minutes of rendered people, some of them empty, which are joined packet by packet. The peer
finds and embeds every face of every frame with DeepFace as its own examples do; it is measured on a slice and told for
the whole. ``SHOPLIB_FOOTAGE_MIN`` sets another length in minutes; the promise is then that share of it, and the memory
stays.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from shoplib.config.cameras import Cameras, SimulatedFootage
from shoplib.config.models import Shop
from shoplib.faces import reading
from shoplib.faces.footage import index, video, watch
from shoplib.faces.footage.clips import Clip
from shoplib.faces.models import catalogue, weights
from shoplib.simulate.cctv.film import Footage, film, join

MINUTES = float(os.environ.get("SHOPLIB_FOOTAGE_MIN", "120"))
PROMISED_WALL_MIN, PROMISED_CPU_MIN, PROMISED_MB = 10 * MINUTES / 120, 15 * MINUTES / 120, 2_000
BUSY, EMPTY = 3, 2
"""Different minutes with people and without."""
VISITS = 4
WORKERS = 2
PEER_EVERY = 50
SEED = 11
STARTS = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


def main() -> Iterator[dict[str, object]]:
    """Yield one result a way of watching, the peers first."""
    with tempfile.TemporaryDirectory() as folder:
        path, busy = composed(Path(folder))
        clip = {"minutes": MINUTES, "mb": round(path.stat().st_size / 1e6, 1), "busy_share": round(busy, 3)}
        decode_s, frames = decoded(path)
        yield {"way": "decoding alone", **clip, "frames": frames, "cpu_min": round(decode_s / 60, 2)}
        yield {"way": "DeepFace on every frame, told from a slice", **clip, **peer(path, frames)}
        yield {"way": "watched", **clip, **watched(Path(folder), path)}


def composed(folder: Path) -> tuple[Path, float]:
    """Compose the clip and return its file, and the share of its time with somebody in the shop."""
    made = [minute(folder / f"busy{number}", number, VISITS) for number in range(BUSY)]
    made += [minute(folder / f"empty{number}", number, 0) for number in range(EMPTY)]
    order = [made[at % len(made)] for at in range(max(1, round(MINUTES)))]
    path = folder / "footage.mp4"
    join([part.path for part in order], path)
    return path, float(np.mean([present(part) for part in order]))


def minute(folder: Path, number: int, visits: int) -> Footage:
    """Return a rendered minute, one of some in the same room."""
    settings = SimulatedFootage(
        kind="simulated", seconds=60, frames_a_second=25, width=1280, visits=visits, people=min(visits, 4),
        times=tuple(dt.time(9 + hour) for hour in range(BUSY)),
    )  # fmt: skip
    return film(settings, "UTC", SEED, folder, only=number)[0]


def present(part: Footage) -> float:
    """Return the share of a minute in which somebody is there."""
    seconds = np.zeros(600, dtype=bool)
    for visit in part.visits.itertuples():
        a, b = ((moment - part.starts).total_seconds() * 10 for moment in (visit.enters, visit.leaves))
        seconds[int(a) : int(b) + 1] = True
    return float(seconds.mean())


def decoded(path: Path) -> tuple[float, int]:
    """Return the CPU seconds of decoding every frame, and how many there are."""
    begun = time.process_time()
    known = index.read(path)
    numbers = np.arange(len(known.times))
    count = sum(1 for run in index.runs(known, numbers) for _ in index.decoded(path, run))
    return time.process_time() - begun, count


def peer(path: Path, frames: int) -> dict[str, object]:
    """Return what finding and embedding each face of each frame with DeepFace would take, told from some of them."""
    known = index.read(path)
    some = np.flatnonzero(known.times < min(300.0, known.seconds))[::PEER_EVERY]
    with weights.deepface_home(catalogue.YUNET, catalogue.LANDMARKS, catalogue.DLIB):
        from deepface import DeepFace

        def look(picture: np.ndarray) -> int:
            found = DeepFace.represent(picture, model_name="Dlib", detector_backend="yunet", enforce_detection=False)
            return sum(1 for face in found if face["face_confidence"] > 0)

        look(np.zeros((720, 1280, 3), np.uint8))  # models are loaded before the clock starts
        spent, faces, count = 0.0, 0, 0
        for run in index.runs(known, some):
            for _, frame in index.decoded(path, run):
                picture = video.picture(frame, run.aspect)
                begun = time.process_time()
                faces += look(picture)
                spent += time.process_time() - begun
                count += 1
    return {"frames_tried": count, "faces": faces, "cpu_min": round(spent / count * frames / 60, 1)}


def watched(folder: Path, path: Path) -> dict[str, object]:
    """Return what watching takes, all processes together, and whether the promise is kept."""
    cameras = Cameras(footage=SimulatedFootage(kind="simulated"))
    clip = Clip("footage", path, STARTS)
    before, begun = cpu_s(), time.perf_counter()
    with Memory() as memory:
        seen = watch.watch(clip, watch.looking(cameras, "recognise"), work=folder / "work", workers=WORKERS)
        found = reading.read([seen], cameras, Shop(timezone="UTC"), "recognise", workers=WORKERS)
    wall_min, cpu_min = (time.perf_counter() - begun) / 60, (cpu_s() - before) / 60
    return {
        "wall_min": round(wall_min, 2), "cpu_min": round(cpu_min, 2), "peak_mb": memory.peak_mb,
        "customers": len(found.tables["face_customers"]), "visits": len(found.tables["footage_visits"]),
        "tracks": int(seen.faces["track"].nunique()), "faces": len(seen.faces), "chips": len(seen.chips),
        "looked": len(seen.looked), "moving_s": seen.about.busy_s,
        "promised": f"{PROMISED_WALL_MIN:g} min, {PROMISED_CPU_MIN:g} CPU min, {PROMISED_MB} MB",
        "kept": wall_min <= PROMISED_WALL_MIN and cpu_min <= PROMISED_CPU_MIN and memory.peak_mb <= PROMISED_MB,
    }  # fmt: skip


def cpu_s() -> float:
    """Return CPU seconds of this process and of those it started that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Memory:
    """The greatest memory of this process and its children together, asked twice a second."""

    def __enter__(self) -> Memory:
        self.peak_mb, self._done = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        mine = psutil.Process()
        while not self._done.wait(0.5):
            total = 0
            for one in (mine, *mine.children(recursive=True)):
                try:
                    total += one.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak_mb = max(self.peak_mb, round(total / 1e6))

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()
