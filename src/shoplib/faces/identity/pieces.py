"""Tracks of several clips as pieces, each of one person, with the numbers of its faces and what they are good for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.config.cameras import Cameras
from shoplib.errors import SourceError
from shoplib.faces.footage import quality
from shoplib.faces.footage.track import SIZE_COUNTS
from shoplib.faces.footage.watched import Watched
from shoplib.faces.identity import cluster, linking
from shoplib.faces.identity.cluster import Floats
from shoplib.faces.pictures import Bools, Chip, Ints, Prints

JOIN_SHARE = 0.8
"""Faces of ``cameras.min_face_px`` (the median of a piece) found a customer, of this share of it only join one."""
STRICT_SHARE = 0.5 / 0.54
"""Faces too small to found a customer join one at this share of ``cameras.max_distance``: 0.50 at 0.54."""
LEAST_FACES, LEAST_APART_S = 2, 0.8
"""A customer is founded by so many good faces of one piece, about a second apart (one is picked from each second)."""
FOUND_SHARPNESS = 40.0
MENDED_S = 10.0
"""A track that ends and one like it that begins within so many seconds are one piece."""
LONG, SPAN_S = 60, 5.0
"""Of tracks with more good faces than this, the best of each so many seconds is compared."""
SAME_PLACE = 0.5
"""Faces this near one another, in their widths, at one moment of two clips of one camera are one face."""
ABOUT = {
    "clip": "object", "sha256": "object", "camera": "object", "piece": "int64", "begins": "datetime64[ns, UTC]",
    "ends": "datetime64[ns, UTC]", "faces": "int64", "prints": "int64", "founds": "bool", "width_px": "float64",
}  # fmt: skip


@dataclass(frozen=True)
class Pieces:
    """Every track, cut where another person takes over and mended where it was broken."""

    about: pd.DataFrame
    """One row a piece, by clip and first sight: ``ABOUT``; width_px is the median of its compared faces."""
    prints: Prints
    """One row a compared face; none of pieces too small ever to have a customer."""
    owner: Ints
    """Which row of ``about`` each print belongs to."""
    rows: Ints
    """Which row of its clip's faces each print is of."""
    apart: Bools
    """One row and column a piece: never one person, as both were seen by one camera at the same time."""


def in_order(watched: Sequence[Watched]) -> list[Watched]:
    """Return clips by start, camera and name; ``SourceError`` if one with faces is there twice."""
    ordered = sorted(watched, key=lambda one: (one.clip.starts, one.clip.camera, one.clip.name))
    seen: dict[str, str] = {}
    for one in ordered:
        if one.about.sha256 in seen and len(one.faces):
            raise SourceError(
                "The same footage is given twice", where=one.clip.name,
                found=f"byte for byte {seen[one.about.sha256]}",
                wanted="each clip once, else everybody in it counts twice", next_step="leave one of the two out",
            )  # fmt: skip
        seen[one.about.sha256] = one.clip.name
    return ordered


def compared(watched: Watched) -> list[Chip]:
    """Return the faces of a clip to be compared, in order of track and time; of long tracks only some."""
    chips = pd.DataFrame({"track": [chip.track for chip in watched.chips], "row": [chip.row for chip in watched.chips]})
    chips = chips.astype("int64")
    chips["quality"] = watched.faces["quality"].to_numpy()[chips["row"]]
    chips["span"] = watched.faces["at_s"].to_numpy()[chips["row"]] // SPAN_S
    best = ~chips.sort_values("quality", ascending=False, kind="stable").duplicated(["track", "span"])
    short = chips.groupby("track")["row"].transform("size") <= LONG
    return [watched.chips[at] for at in np.flatnonzero(short | best.sort_index())]


def cut(
    watched: Sequence[Watched],
    chips: Sequence[Sequence[Chip]],
    prints: Sequence[Prints],
    cameras: Cameras,
    cuts: Sequence[tuple[str, int, float]] = (),
) -> tuple[Pieces, list[pd.Series]]:
    """Return the pieces of clips in order, and for each clip the number of the piece of each face, or missing.

    ``prints`` has one row a chip. ``cuts`` names places where people say that another person takes over: digest of
    the clip, row of a face before, second. Pieces are numbered from 0 within a clip, by first sight.
    """
    parts, faces, tables, owners, rows, apart = [], [], [], [], [], []
    before = 0
    for one, mine, each in zip(watched, chips, prints, strict=True):
        here = [(row, at_s) for sha256, row, at_s in cuts if sha256 == one.about.sha256]
        fragment, of = _fragments(one.faces, mine, each, cameras.max_distance, here)
        row = np.array([chip.row for chip in mine], dtype=np.int64)
        fit = one.faces["width_px"].to_numpy()[row] >= JOIN_SHARE * cameras.min_face_px
        piece, at_once = _mended(one, fragment, of[fit], each[fit], STRICT_SHARE * cameras.max_distance)
        apart.append(at_once)
        number = np.append(piece, -1)[fragment]
        owner = piece[of[fit]]
        tables.append(_about(one, number, owner, row[fit], cameras.min_face_px))
        parts.append(each[fit])
        owners.append(owner + before)
        rows.append(row[fit])
        faces.append(pd.Series(number, index=one.faces.index, dtype="Int64").mask(number < 0))
        before += len(tables[-1])
    about = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(ABOUT)).astype(ABOUT)
    joined = Pieces(
        about,
        np.concatenate(parts) if parts else np.empty((0, 0)),
        np.concatenate(owners) if owners else np.zeros(0, dtype=np.int64),
        np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64),
        _seen_at_once(about, apart, watched, faces),
    )
    return joined, faces


def _fragments(
    faces: pd.DataFrame, chips: Sequence[Chip], prints: Prints, max_distance: float, cuts: list[tuple[int, float]]
) -> tuple[Ints, Ints]:
    """Return the fragment of each face (−1: none) and of each chip: its track, cut where the person changes.

    Between the last compared face of one person and the first of the next that is where the face jumps most.
    """
    tracks = np.array([chip.track for chip in chips], dtype=np.int64)
    rows = np.array([chip.row for chip in chips], dtype=np.int64)
    at_s, track = faces["at_s"].to_numpy(), faces["track"].to_numpy(dtype=np.int64, na_value=-1)
    changes: dict[int, list[float]] = {}
    for number in np.unique(tracks):
        mine, whole = rows[tracks == number], np.flatnonzero(track == number)
        changes[int(number)] = []
        for at in np.flatnonzero(np.diff(cluster.runs(prints[tracks == number], max_distance))).tolist():
            jumps = np.where((whole > mine[at]) & (whole <= mine[at + 1]), _jumps(faces.iloc[whole]), -1)
            changes[int(number)].append(float(at_s[whole[np.argmax(jumps)]]))
    for row, second in cuts:
        changes.setdefault(int(track[row]), []).append(second)
    part = np.zeros(len(faces), dtype=np.int64)
    for number, seconds in changes.items():
        whole = track == number
        part[whole] = np.searchsorted(np.sort(seconds), at_s[whole], side="right")
    fragment = np.full(len(faces), -1, dtype=np.int64)
    followed = track >= 0
    fragment[followed] = pd.factorize(track[followed] * (part.max(initial=0) + 1) + part[followed])[0]
    return fragment, fragment[rows]


def _jumps(faces: pd.DataFrame) -> Floats:
    """Return how far each face of a track jumps from the one before, in face widths; 0 for the first.

    Away from where it was and from where it was going, to another size, or after a look in which it was not seen.
    """
    at_s, size = faces["at_s"].to_numpy(), faces[["width_px", "height_px"]].to_numpy()
    passed = np.maximum(np.diff(at_s), 1e-3)
    steps = np.diff(faces[["left_px", "top_px"]].to_numpy() + size / 2, axis=0)
    before = np.vstack([np.zeros((1, 2)), steps[:-1] / passed[:-1, None] * passed[1:, None]])[: len(steps)]
    strayed = np.minimum(np.hypot(*steps.T), np.hypot(*(steps - before).T)) / np.maximum(size[:-1, 0], size[1:, 0])
    change = np.abs(np.diff(np.log(size), axis=0)).mean(axis=1)
    return np.append(0.0, strayed + SIZE_COUNTS * change + passed)


def _mended(watched: Watched, fragment: Ints, of: Ints, prints: Prints, max_distance: float) -> tuple[Ints, Bools]:
    """Return the piece of each fragment, and which pieces were seen at the same time.

    Fragments that follow one another within seconds and look alike are one piece, except those of one track.
    """
    count = int(fragment.max(initial=-1)) + 1
    seen = watched.faces["at_s"].groupby(fragment).agg(["min", "max"]).drop(index=-1, errors="ignore")
    begins, ends = seen["min"].to_numpy(), seen["max"].to_numpy()
    gap = begins[None] - ends[:, None]
    held = np.isin(np.arange(count), of)
    near = (gap > 0) & (gap <= MENDED_S) & held[:, None] & held[None]
    pairs = []
    for one, other in np.argwhere(near).tolist():
        both = np.concatenate([prints[of == one], prints[of == other]])
        far = cluster.distances(both, np.repeat([0, 1], [(of == one).sum(), (of == other).sum()]), 2)[0, 1]
        if far <= max_distance:
            pairs.append((float(far), one, other))
    apart = (begins[:, None] <= ends[None]) & (begins[None] <= ends[:, None]) & ~np.eye(count, dtype=bool)
    track = watched.faces["track"].groupby(fragment).first().drop(index=-1, errors="ignore").to_numpy(dtype=np.int64)
    cut_apart = (track[:, None] == track[None]) & ~np.eye(count, dtype=bool)
    piece = linking.linked(((one, other) for _, one, other in sorted(pairs)), apart | cut_apart)
    return piece, linking.apart_by(piece, apart)


def _about(watched: Watched, number: Ints, owner: Ints, rows: Ints, min_face_px: int) -> pd.DataFrame:
    """Return one row a piece of a clip."""
    count = int(number.max(initial=-1)) + 1
    at = watched.faces["at_s"].groupby(number).agg(["min", "max", "size"]).drop(index=-1, errors="ignore")
    begins, ends = (watched.clip.starts + pd.to_timedelta((at[side] * 1000).round(), unit="ms")
                    for side in ("min", "max"))  # fmt: skip
    shown = watched.faces.iloc[rows]
    turned_to = (shown["frontal"] >= quality.LEAST_FRONTAL).to_numpy()
    good = shown[turned_to].groupby(owner[turned_to])
    width = shown["width_px"].groupby(owner).median().reindex(range(count))
    founds = (
        (good.size() >= LEAST_FACES)
        & (good["at_s"].max() - good["at_s"].min() >= LEAST_APART_S - 1e-9)
        & (good["width_px"].median() >= min_face_px)
        & (good["sharp"].median() >= FOUND_SHARPNESS)
    ).reindex(range(count), fill_value=False)
    return pd.DataFrame(
        {
            "clip": watched.clip.name, "sha256": watched.about.sha256, "camera": watched.clip.camera,
            "piece": np.arange(count), "begins": begins.to_numpy(), "ends": ends.to_numpy(),
            "faces": at["size"].to_numpy(), "prints": np.bincount(owner, minlength=count), "founds": founds.to_numpy(),
            "width_px": width.to_numpy(),
        }
    ).astype(ABOUT)  # fmt: skip


def _seen_at_once(
    about: pd.DataFrame, within: Sequence[Bools], watched: Sequence[Watched], faces: Sequence[pd.Series]
) -> Bools:
    """Return which pieces one camera saw at the same time, so that they are two people.

    Where two clips of a camera overlap in time, as exports of recorders do, one face stands in both: pieces in the
    same place at the same moment are not told apart by it.
    """
    apart = np.zeros((len(about), len(about)), dtype=bool)
    camera, clip = (pd.factorize(about[name])[0] for name in ("camera", "clip"))
    begins, ends = (about[side].astype("int64").to_numpy() for side in ("begins", "ends"))
    at_once = (begins[:, None] <= ends[None]) & (begins[None] <= ends[:, None])
    elsewhere = at_once & (camera[:, None] == camera[None]) & (clip[:, None] != clip[None])
    for one, other in np.argwhere(np.triu(elsewhere)).tolist():
        if not _same_place(*(_path(about.iloc[at], watched, faces) for at in (one, other))):
            apart[one, other] = apart[other, one] = True
    begin = 0
    for part in within:
        apart[begin : begin + len(part), begin : begin + len(part)] = part
        begin += len(part)
    return apart


def _path(piece: pd.Series, watched: Sequence[Watched], faces: Sequence[pd.Series]) -> pd.DataFrame:
    at = next(at for at, one in enumerate(watched) if one.clip.name == piece["clip"])
    seen = watched[at].faces[(faces[at] == piece["piece"]).to_numpy(dtype=bool, na_value=False)]
    return pd.DataFrame(
        {
            "when": pd.to_datetime(watched[at].clip.starts) + pd.to_timedelta(seen["at_s"], unit="s"),
            "x": seen["left_px"] + seen["width_px"] / 2, "y": seen["top_px"] + seen["height_px"] / 2,
            "width_px": seen["width_px"],
        }
    )  # fmt: skip


def _same_place(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    near = pd.merge_asof(one, other, on="when", direction="nearest", tolerance=pd.Timedelta(seconds=0.3)).dropna()
    away = np.hypot(near["x_x"] - near["x_y"], near["y_x"] - near["y_y"]) / near["width_px_x"]
    return bool(len(near)) and float(away.median()) < SAME_PLACE
