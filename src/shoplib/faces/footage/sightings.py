"""Faces of all chunks put together: followed, believed or not, and the best of them chosen to be recognised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.faces.footage import quality, scout
from shoplib.faces.footage.index import Index
from shoplib.faces.footage.scout import Busy, Kept
from shoplib.faces.footage.track import Tracker
from shoplib.faces.footage.watched import COLUMNS
from shoplib.faces.pictures import Bools, Chip, Face, Ints

LEAST_HITS = 3
"""Faces a track needs to be believed, one of them surely a face."""
TURNED_HITS = 5
"""As many it needs if it never faces the camera: the rest of a way already seen, or a shape like a head."""
MOST_CHIPS = 16
"""Of a track, one chip a second is recognised, and of a long one so many, spread over its length."""
BOX = ["left_px", "top_px", "width_px", "height_px"]
FIXED_SLACK = 2.0
"""A picture on the wall is told with so many times the care when found again."""
HELD_S, HELD_SHARE, ENDS_S = 8.0, 0.95, 1.0
"""A face as still as a picture in so many of the looks of a short clip, from its first second to its last, is one."""


class Seen(NamedTuple):
    """What was seen in a clip; see ``Watched``."""

    faces: pd.DataFrame
    looked: Ints
    chips: list[Chip]
    frozen: scout.Spans


def gather(known: Index, pieces: Sequence[Kept], busy: Busy, min_face_px: int, step_s: float) -> Seen:
    """Return faces, looks and chips from the chunks of ``look_closely``, in order.

    Faces in frozen spans are left out. A track is believed if it holds three faces, five where all are turned away, and
    one of them is surely a face; faces of others are false alarms and have no track, nor have pictures on the wall.
    Tracks are numbered in order of first sight, and end where another scene begins.
    """
    looks = np.concatenate([np.empty(0, np.int64), *(piece["number"].astype(np.int64) for piece in pieces)])
    cuts = np.concatenate([np.empty(0, bool), *(piece["cut"].astype(bool) for piece in pieces)])
    starts = np.cumsum([0, *(len(piece["number"]) for piece in pieces)])
    rows = [
        piece["face"].astype(np.float64) + np.eye(1, 9) * start for piece, start in zip(pieces, starts, strict=False)
    ]
    found = np.concatenate([np.empty((0, 9)), *rows])
    look = found[:, 0].astype(np.int64)
    rests = np.concatenate([np.empty(0, bool), *(piece["rest"].astype(bool) for piece in pieces)])
    frozen = longer(busy.frozen, known.times[looks], rests, step_s)
    live = ~_within(known.times[looks], frozen)
    kept = live[look]
    fixed = _fixed(found[:, 1:5], busy.pictures)
    if known.seconds <= scout.SHORT_S:
        fixed |= held(known.times[looks], look, found[:, 1:5])
    tracks = _followed(known.times[looks], cuts, live, look, found, kept & ~fixed, step_s)
    faces = _table(known, looks, look, found, fixed, tracks, min_face_px)[kept].reset_index(drop=True)
    row_of = np.cumsum(kept) - 1
    base = np.cumsum([0, *(len(piece["face"]) for piece in pieces)])
    offered = {
        int(row_of[base[place] + row]): piece["chip"][at].astype(np.uint8)
        for place, piece in enumerate(pieces)
        for at, row in enumerate(piece["chip_row"].tolist())
        if kept[base[place] + row]
    }
    return Seen(faces, looks[live], _chosen(faces, offered), frozen)


def longer(spans: scout.Spans, at_s: npt.NDArray[np.float64], rests: Bools, step_s: float) -> scout.Spans:
    """Return frozen spans, known from key frame to key frame, with the looks at rest before and after."""
    near_s, found = 2 * step_s, []
    for begins, ends in spans:
        look = int(np.searchsorted(at_s, begins, side="right")) - 1
        while look > 0 and rests[look] and begins - at_s[look] < near_s:
            look, begins = look - 1, float(at_s[look - 1])
        look = int(np.searchsorted(at_s, ends, side="right"))
        while look < len(at_s) and rests[look] and at_s[look] - ends < near_s:
            look, ends = look + 1, float(at_s[look])
        found.append((begins, ends))
    return scout.merged(found, float("inf"))


def _within(at_s: npt.NDArray[np.float64], spans: scout.Spans) -> Bools:
    inside = np.zeros(len(at_s), dtype=bool)
    for begins, ends in spans:
        inside |= (at_s > begins) & (at_s <= ends)
    return inside


def _fixed(boxes: npt.NDArray[np.float64], pictures: npt.NDArray[np.float64]) -> Bools:
    if not len(pictures):
        return np.zeros(len(boxes), dtype=bool)
    return np.asarray(scout.faces_alike(boxes, pictures, FIXED_SLACK).any(axis=1), dtype=bool)


def held(at_s: npt.NDArray[np.float64], look: Ints, boxes: npt.NDArray[np.float64]) -> Bools:
    """Return which faces are held as still as a picture on the wall, from the first look to the last.

    ``at_s`` are the moments of all looks, ``look`` is that of each face. In a clip too short for many looks over it
    nothing is known from before, so that every look must agree.
    """
    fixed = np.zeros(len(boxes), dtype=bool)
    if len(at_s) == 0 or at_s[-1] - at_s[0] < HELD_S:
        return fixed
    away, wide = boxes[:, None, :2] - boxes[None, look == (look[0] if len(look) else 0), :2], boxes[:, 2]
    for column in range(away.shape[1]):
        near = (np.abs(away[:, column]).max(axis=1) < wide / 2) & ~fixed
        when = at_s[look[near]]
        if not len(when) or when[0] > at_s[0] + ENDS_S or when[-1] < at_s[-1] - ENDS_S:
            continue
        alike = scout.faces_alike(boxes[near], np.median(boxes[near], axis=0, keepdims=True))[:, 0]
        if alike.mean() >= HELD_SHARE and len(np.unique(look[near])) * 2 >= len(at_s):
            fixed |= near
    return fixed


def _followed(
    at_s: npt.NDArray[np.float64], cuts: Bools, live: Bools, look: Ints, found: npt.NDArray[np.float64], use: Bools,
    step_s: float,
) -> Ints:  # fmt: skip
    tracks = np.full(len(found), -1, dtype=np.int64)
    tracker = Tracker(step_s)
    edges = np.searchsorted(look, np.arange(len(at_s) + 1))
    for number in range(len(at_s)):
        if cuts[number] or not live[number]:
            tracker.cut()
        rows = np.arange(edges[number], edges[number + 1])
        rows = rows[use[rows]]
        if len(rows):
            tracks[rows] = tracker.follow(float(at_s[number]), [tuple(box) for box in found[rows, 1:5].tolist()])
    return tracks


def _table(
    known: Index, looks: Ints, look: Ints, found: npt.NDArray[np.float64], fixed: Bools, tracks: Ints, min_face_px: int
) -> pd.DataFrame:
    table = pd.DataFrame(found[:, 1:8], columns=[*BOX, "score", "frontal", "sharp"])
    table.insert(0, "frame", looks[look])
    table.insert(1, "face", np.arange(len(look)) - np.searchsorted(look, look))
    table.insert(2, "at_s", known.times[looks[look]])
    judged = [
        (quality.worth(face, sharp), quality.FIXED if still else quality.verdict(face, sharp, min_face_px, lit))
        for face, sharp, lit, still in zip(
            (Face(tuple(row[:4]), row[4], row[5]) for row in found[:, 1:7].tolist()),
            found[:, 7].tolist(), found[:, 8].tolist(), fixed.tolist(), strict=True,
        )
    ]  # fmt: skip
    table["quality"] = np.round([worth for worth, _ in judged], 4) if judged else []
    table["verdict"] = pd.Series([word for _, word in judged], dtype=object)
    scores = table["score"].groupby(tracks)
    hits = scores.transform("size")
    facing = table["frontal"].groupby(tracks).transform("max").ge(quality.LEAST_FRONTAL)
    enough = hits.ge(LEAST_HITS) & (facing | hits.ge(TURNED_HITS))
    believed = enough & scores.transform("max").ge(quality.CONFIRM_SCORE) & (tracks >= 0)
    table["track"] = pd.Series(tracks).where(believed.to_numpy()).astype("Int64")
    names = {int(old): new for new, old in enumerate(table["track"].dropna().unique())}
    table["track"] = table["track"].map(names).astype("Int64")
    return table[list(COLUMNS)].astype(COLUMNS)


def _chosen(faces: pd.DataFrame, offered: dict[int, npt.NDArray[np.uint8]]) -> list[Chip]:
    """Return of each track the best chip of each second, or of each sixteenth of its length if that is longer."""
    rows = faces.loc[sorted(offered), ["track", "at_s", "quality"]].dropna(subset=["track"])
    if rows.empty:
        return []
    times = faces.groupby("track")["at_s"]
    begins, lasts = (rows["track"].map(part).astype("float64") for part in (times.min(), times.max()))
    window = np.maximum(1.0, (lasts - begins + 1e-9) / MOST_CHIPS)
    rows["slot"] = np.minimum(np.floor((rows["at_s"] - begins) / window), MOST_CHIPS - 1).where(
        window > 1, rows["at_s"] // 1
    )
    best = rows.sort_values(["quality", "at_s"], ascending=[False, True], kind="stable").drop_duplicates(
        ["track", "slot"]
    )
    ordered = best.sort_values(["track", "at_s"], kind="stable")
    return [
        Chip(int(track), int(row), offered[int(row)])
        for row, track in zip(ordered.index.tolist(), ordered["track"].tolist(), strict=True)
    ]
