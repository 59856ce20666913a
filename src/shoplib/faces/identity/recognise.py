"""From what was watched to who came: tracks recognised, put together, and named C0001, C0002 …"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.config.cameras import Cameras
from shoplib.faces.footage import quality
from shoplib.faces.footage.watch import Watched
from shoplib.faces.identity import cluster
from shoplib.faces.models import embed
from shoplib.faces.visits import stays as visits

LEAST_PRINTS = 2
"""Faces, a second apart, that it takes to recognise a track."""


@dataclass(frozen=True)
class Found:
    """What became of the footage."""

    tables: dict[str, pd.DataFrame]
    """The declared tables sightings, footage_visits and face_customers."""
    gate: pd.DataFrame
    """How many faces passed and how many did not, by reason: reason, faces, share; shares of one."""


def recognise(watched: Watched, cameras: Cameras, starts: dt.datetime) -> Found:
    """Return who was seen when; ``starts`` is the moment of the first frame.

    A track is cut where another person takes over. Two pieces are one customer if their faces are, on average, no
    farther apart than ``cameras.max_distance`` and they were never seen in the same frame. A piece with fewer than two
    good faces a second apart stays without a customer. Customers are numbered by first appearance. No faces give
    empty tables. The numbers that tell faces apart are not kept.
    """
    tracks = np.array([chip.track for chip in watched.chips], dtype=np.int64)
    rows = np.array([chip.row for chip in watched.chips], dtype=np.int64)
    prints = embed.prints([chip.picture for chip in watched.chips])
    faces = watched.faces.assign(track=_pieces(watched.faces, tracks, rows, prints, cameras.max_distance))
    owner = faces["track"].to_numpy(dtype=np.int64, na_value=-1)[rows]
    pieces, counts = np.unique(owner, return_counts=True)
    known = pieces[counts >= LEAST_PRINTS]
    used = np.isin(owner, known)
    place = np.searchsorted(known, owner[used])
    far = cluster.distances(prints[used], place, len(known))
    faces_each = np.bincount(place, minlength=len(known)).astype(np.float64)
    group = cluster.grouped(far, faces_each, _together(faces, known), cameras.max_distance)
    names = {int(piece): f"C{number + 1:04d}" for piece, number in zip(known, group, strict=True)}
    sightings = pd.DataFrame(
        {
            **{name: faces[name] for name in ("frame", "face")},
            "seen_at": starts + pd.to_timedelta((faces["at_s"] * 1000).round().astype("int64"), unit="ms"),
            **{name: faces[name] for name in ("left_px", "top_px", "width_px", "height_px", "score", "track")},
            "customer_id": faces["track"].map(names).astype("object"),
        }
    )
    stays = visits.footage_visits(sightings, cameras.visit_gap_s)
    tables = {
        "sightings": sightings,
        "footage_visits": stays,
        "face_customers": visits.face_customers(sightings, stays),
    }
    return Found(tables, _gate(watched.faces))


def _pieces(
    faces: pd.DataFrame, tracks: cluster.Ints, rows: cluster.Ints, prints: embed.Prints, max_distance: float
) -> pd.Series:
    """Return the piece of each face, numbered in order of first sight: its track, cut where the person changes."""
    at_s, track = faces["at_s"].to_numpy(), faces["track"].to_numpy(dtype=np.int64, na_value=-1)
    part = np.zeros(len(faces), dtype=np.int64)
    for number in np.unique(tracks):
        mine = tracks == number
        change = np.flatnonzero(np.diff(cluster.runs(prints[mine], max_distance))) + 1
        whole = track == number
        part[whole] = np.searchsorted(at_s[rows[mine][change]], at_s[whole], side="right")
    pieces = pd.Series(pd.NA, index=faces.index, dtype="Int64")
    followed = track >= 0
    pieces[followed] = pd.factorize(track[followed] * (part.max(initial=0) + 1) + part[followed])[0]
    return pieces


def _together(faces: pd.DataFrame, known: cluster.Ints) -> cluster.Bools:
    """Return, one row and column a known piece, whether two pieces were seen in the same frame."""
    seen = faces[faces["track"].isin(known)]
    there = np.zeros((int(faces["frame"].max()) + 1 if len(faces) else 0, len(known)), dtype=np.float32)
    there[seen["frame"], np.searchsorted(known, seen["track"].to_numpy(dtype=np.int64))] = 1
    together: cluster.Bools = there.T @ there > 0
    return together


def _gate(faces: pd.DataFrame) -> pd.DataFrame:
    """Return how many faces are good enough, and how many are not for which first reason."""
    counts = faces["verdict"].value_counts().reindex(list(quality.REASONS), fill_value=0)
    return pd.DataFrame(
        {"reason": counts.index, "faces": counts.to_numpy(), "share": counts.to_numpy() / max(len(faces), 1)}
    )
