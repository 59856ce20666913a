"""Faces named by where and when they were seen, so that what people say holds when everything is put together anew."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from shoplib.faces.footage.watched import Watched
from shoplib.faces.identity.pieces import Pieces
from shoplib.faces.pictures import Bools, Ints

CLIP = re.compile(r"v[0-9a-f]{16}")
NEAR_S, NEAR_WIDTHS = 1.0, 1.0
"""A face within so many seconds and so many of its widths is the one that is meant; of several the nearest."""
FACES = {
    "clip": "object", "at_s": "float64", "x": "float64", "y": "float64", "width_px": "float64", "quality": "float64",
    "node": "int64", "row": "int64",
}  # fmt: skip
NODES = ["clip", "camera", "begins", "ends", "faces", "customer_id"]


class Anchor(NamedTuple):
    """One face: a digest of its clip (v and 16 digits), seconds from the first frame, centre of the box in pixels."""

    clip: str
    at_s: float
    x: float
    y: float


@dataclass(frozen=True)
class Seen:
    """Whose faces were where."""

    faces: pd.DataFrame
    """One row a face of a piece: ``FACES``; node is the place of its piece among ``nodes``."""
    nodes: pd.DataFrame
    """One row a piece: ``NODES``; customer_id is missing where nobody was recognised."""
    apart: Bools
    """One row and column a piece: seen by one camera at the same time."""

    def of(self, customer: str) -> list[int]:
        """Return the pieces of a customer, the one with the most faces first."""
        mine = self.nodes[self.nodes["customer_id"] == customer]
        return [int(at) for at in mine.sort_values("faces", ascending=False, kind="stable").index]

    def anchor(self, node: int) -> Anchor:
        """Return the best face of a piece."""
        mine = self.faces[self.faces["node"] == node]
        best = mine.loc[mine["quality"].idxmax()]
        return Anchor(str(best["clip"]), float(best["at_s"]), float(best["x"]), float(best["y"]))

    def found(self, anchors: Sequence[Anchor]) -> Ints:
        """Return the row of ``faces`` each anchor means, −1 where there is no such face any more."""
        rows = np.full(len(anchors), -1, dtype=np.int64)
        clips = {str(clip): np.asarray(mine) for clip, mine in self.faces.groupby("clip").indices.items()}
        at_s, x, y, width = (self.faces[name].to_numpy() for name in ("at_s", "x", "y", "width_px"))
        for at, anchor in enumerate(anchors):
            mine = clips.get(anchor.clip, np.zeros(0, dtype=np.int64))
            late = np.abs(at_s[mine] - anchor.at_s)
            off = np.hypot(x[mine] - anchor.x, y[mine] - anchor.y) / width[mine]
            away = np.where((late <= NEAR_S) & (off <= NEAR_WIDTHS), late + off, np.inf)
            if np.isfinite(away).any():
                rows[at] = mine[away.argmin()]
        return rows


def digest_of(sha256: str) -> str:
    """Return how a clip is called in an anchor.

    >>> digest_of("0123456789abcdef0123")
    'v0123456789abcdef'
    """
    return f"v{sha256[:16]}"


def placed(faces: pd.DataFrame, sha256: str, node: Ints) -> pd.DataFrame:
    """Return the faces of one clip that belong to a piece as ``FACES``; ``node`` is −1 for the others."""
    mine = node >= 0
    table = pd.DataFrame(
        {
            "clip": digest_of(sha256), "at_s": faces["at_s"], "x": faces["left_px"] + faces["width_px"] / 2,
            "y": faces["top_px"] + faces["height_px"] / 2, "width_px": faces["width_px"],
            "quality": faces["quality"], "node": node, "row": np.arange(len(faces)),
        }
    )  # fmt: skip
    return table[mine].round({"at_s": 3, "x": 2, "y": 2}).astype(FACES)


def of_reading(watched: Sequence[Watched], numbers: Sequence[pd.Series], pieces: Pieces) -> Seen:
    """Return whose faces were where in some clips; nobody is named yet. ``numbers`` are the pieces of their faces."""
    tables, begin = [], 0
    for one, number in zip(watched, numbers, strict=True):
        of = number.to_numpy(dtype=np.int64, na_value=-1)
        tables.append(placed(one.faces, one.about.sha256, np.where(of >= 0, of + begin, -1)))
        begin += int(of.max(initial=-1)) + 1
    nodes = pieces.about.assign(customer_id=None)[NODES].astype({"customer_id": "object"})
    return Seen(together(tables), nodes, pieces.apart)


def of_tables(sightings: pd.DataFrame, clips: pd.DataFrame) -> Seen:
    """Return whose faces were where by the declared tables ``sightings`` and ``footage_clips`` of a run."""
    shown = sightings[sightings["track"].notna()].merge(clips[["clip", "camera", "sha256", "starts"]], on="clip")
    shown["at_s"] = (shown["seen_at"] - shown["starts"]).dt.total_seconds()
    shown["node"] = shown.groupby(["starts", "camera", "clip", "track"]).ngroup()
    tables = [placed(part, str(sha256), part["node"].to_numpy()) for sha256, part in shown.groupby("sha256")]
    nodes = shown.groupby("node").agg(
        clip=("clip", "first"), camera=("camera", "first"), begins=("seen_at", "min"), ends=("seen_at", "max"),
        faces=("seen_at", "size"), customer_id=("customer_id", "first"),
    )  # fmt: skip
    begins, ends = (nodes[side].astype("int64").to_numpy() for side in ("begins", "ends"))
    clip = pd.factorize(nodes["clip"])[0]
    apart: Bools = (clip[:, None] == clip[None]) & (begins[:, None] <= ends[None]) & (begins[None] <= ends[:, None])
    np.fill_diagonal(apart, False)
    return Seen(together(tables), nodes, apart)


def together(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return tables of ``FACES`` as one, its rows numbered from 0."""
    found = [table for table in tables if len(table)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(FACES)).astype(FACES)


def same(seen: Seen, faces: pd.DataFrame, count: int) -> list[int | None]:
    """Return for each of ``count`` kept pieces the piece of the footage that most of its ``faces`` lie in now."""
    rows = seen.found([Anchor(*row) for row in faces[list(Anchor._fields)].itertuples(index=False)])
    there = rows >= 0
    votes = pd.DataFrame({"kept": faces["node"].to_numpy()[there], "node": seen.faces["node"].to_numpy()[rows[there]]})
    counts = votes.value_counts(["kept", "node"], sort=False).reset_index()
    best = counts.sort_values(["kept", "count", "node"], ascending=[True, False, True]).drop_duplicates("kept")
    found: list[int | None] = [None] * count
    for kept, node in zip(best["kept"], best["node"], strict=True):
        found[int(kept)] = int(node)
    return found


def of_visit(seen: Seen, stays: pd.DataFrame, visit: str) -> list[int]:
    """Return the pieces of a stay of the declared table ``footage_visits``; none if there is no such stay."""
    mine = stays[stays["visit_id"] == visit]
    if mine.empty:
        return []
    stay = mine.iloc[0]
    nodes = seen.nodes
    within = (nodes["begins"] >= stay["entered"]) & (nodes["ends"] <= stay["left"])
    if pd.isna(stay["customer_id"]):
        within &= nodes["customer_id"].isna() & (nodes["camera"] == stay["camera"])
    else:
        within &= nodes["customer_id"] == stay["customer_id"]
    return [int(at) for at in nodes.index[within]]
