"""Footage that was never filmed: people with made-up faces, seen where and when a test says."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shoplib.config.cameras import Cameras, SimulatedFootage
from shoplib.faces.footage.clips import Clip
from shoplib.faces.footage.watched import COLUMNS, LIGHT, About, Watched
from shoplib.faces.identity import naming, pieces
from shoplib.faces.identity.naming import People
from shoplib.faces.pictures import Chip

DAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
BLANK = np.zeros((2, 2, 3), dtype=np.uint8)


@dataclass
class Walk:
    """One track: who, from when to when, where, and how well the face is seen; ``who`` may change on the way."""

    who: str
    begins: float
    ends: float
    x: float = 100
    width: float = 80
    sharp: float = 120
    frontal: float = 0.8


@dataclass
class Filmed:
    """A clip with the prints of its chips."""

    watched: Watched
    prints: np.ndarray


@dataclass
class Studio:
    """Films clips; each person has a face of their own, each print some noise (0.3 apart within a person)."""

    faces: dict[str, np.ndarray] = field(default_factory=dict)
    noise: float = 0.3
    looks: float = 2.0
    cameras: Cameras = field(default_factory=lambda: Cameras(footage=SimulatedFootage(kind="simulated")))

    def face(self, who: str) -> np.ndarray:
        """Return where the prints of a person lie: about 0.75 from everybody else."""
        if who not in self.faces:
            rng = np.random.default_rng(int.from_bytes(hashlib.sha256(who.encode()).digest()[:8], "big"))
            drawn = rng.normal(0, 1, 128)
            self.faces[who] = drawn / np.linalg.norm(drawn) * 0.53
        return self.faces[who]

    def film(
        self,
        name: str,
        walks: Sequence[Walk],
        starts: dt.datetime = DAY,
        camera: str = "camera 1",
        seconds: float = 600,
    ) -> Filmed:
        """Return a clip; the same name and walks give the same prints."""
        rows, marks = [], []
        for track, walk in enumerate(walks):
            for step in range(int(walk.begins * self.looks), int(walk.ends * self.looks) + 1):
                rows.append((step, step / self.looks, walk.x, walk.width, walk.frontal, walk.sharp, track))
                marks.append(walk.who)
        order = np.lexsort(([row[2] for row in rows], [row[0] for row in rows])) if rows else []
        rows, marks = [rows[at] for at in order], [marks[at] for at in order]
        table = pd.DataFrame(rows, columns=["frame", "at_s", "left_px", "width_px", "frontal", "sharp", "track"])
        table = table.assign(
            top_px=50.0, height_px=table["width_px"] * 1.2, score=0.9, quality=0.7, verdict="good enough"
        )
        table["face"] = table.groupby("frame").cumcount()
        table = table[list(COLUMNS)].astype(COLUMNS)
        first = ~table.assign(second=table["at_s"] // 1).duplicated(["track", "second"])
        chosen = table[first].sort_values(["track", "at_s"], kind="stable").index
        chips = [Chip(int(table["track"].iloc[row]), int(row), BLANK) for row in chosen]
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        prints = [self._print(marks[row].split(">"), sha256, table, row) for row in chosen]
        about = About(sha256, seconds, 25, 960, 540, len(set(table["frame"])), seconds, simulated=True)
        light = pd.DataFrame(columns=list(LIGHT)).astype(LIGHT)
        watched = Watched(Clip(name, Path(name), starts, camera), about, table, light, table["frame"].unique(), chips)
        return Filmed(watched, np.array(prints).reshape(-1, 128))

    def _print(self, who: list[str], sha256: str, table: pd.DataFrame, row: int) -> np.ndarray:
        seen = table[table["track"] == table["track"].iloc[row]]["at_s"]
        share = (table["at_s"].iloc[row] - seen.min()) / max(seen.max() - seen.min(), 1e-9)
        name = who[min(int(share * len(who)), len(who) - 1)]
        mark = f"{sha256}{table['at_s'].iloc[row]:.2f}{table['left_px'].iloc[row]}"
        rng = np.random.default_rng(int.from_bytes(hashlib.sha256(mark.encode()).digest()[:8], "big"))
        return self.face(name) + rng.normal(0, self.noise / np.sqrt(2 * 128), 128)

    def people(self, *filmed: Filmed, mode: str = "recognise", **settings: object) -> People:
        """Return who is who in some clips."""
        place = {id(one.watched): one for one in filmed}
        ordered = [place[id(one)] for one in pieces.in_order([one.watched for one in filmed])]
        cameras = settings.pop("cameras", self.cameras)
        chips = [[] if mode == "count" else list(one.watched.chips) for one in ordered]
        prints = [one.prints[: len(mine)] for one, mine in zip(ordered, chips, strict=True)]
        return naming.told_apart([one.watched for one in ordered], chips, prints, cameras, mode, **settings)


@pytest.fixture
def studio() -> Studio:
    """A studio with nobody in it yet."""
    return Studio()


@pytest.fixture
def walk() -> type[Walk]:
    """How somebody walks through a clip."""
    return Walk
