"""Faces of a review as pictures, for the eyes of the person who answers it: private, and taken away after days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from shoplib.faces.footage import index, video
from shoplib.faces.identity.anchors import Seen
from shoplib.faces.pictures import Box, Ints, Picture
from shoplib.store import files

SIDE_PX, GAP_PX = 150, 6
MARGIN = 0.35
"""What is shown around a face, as a share of its width."""
MOST = 4
"""Faces shown of a customer."""
GREY = 96


def sheets(
    seen: Seen, sides: Mapping[str, Sequence[Sequence[int]]], clips: Mapping[str, Path], folder: Path
) -> list[Path]:
    """Write one PNG for each name of ``sides`` and return their files: a row of faces for each list of pieces.

    ``clips`` are the files of clips by their digest as in anchors; faces of clips that are not there are left out. The
    files may be read by their owner alone. Raises ``SourceError`` if a clip cannot be read.
    """
    rows = {node: _best(seen, node) for lists in sides.values() for nodes in lists for node in nodes[:MOST]}
    cut: dict[int, Picture] = {}
    table = seen.faces.loc[list(rows.values())].assign(of=list(rows))
    for clip, mine in table.groupby("clip"):
        if str(clip) in clips:
            cut |= _cut(clips[str(clip)], mine)
    written = []
    for name, lists in sides.items():
        lines = [[cut[node] for node in nodes[:MOST] if node in cut] for nodes in lists]
        if any(lines):
            written.append(_write(folder / f"{name}.png", [line for line in lines if line]))
    return written


def _best(seen: Seen, node: int) -> int:
    return int(seen.faces.loc[seen.faces["node"] == node, "quality"].idxmax())


def _cut(clip: Path, faces: pd.DataFrame) -> dict[int, Picture]:
    """Return the faces of one clip by their piece."""
    known = index.read(clip)
    number: Ints = np.abs(known.times[None] - faces["at_s"].to_numpy()[:, None]).argmin(axis=1)
    found = {}
    for run in index.runs(known, np.unique(number)):
        for at, frame in index.decoded(clip, run):
            whole = video.picture(frame, run.aspect)
            for face in faces[number == at].itertuples(index=False):
                found[int(face.of)] = crop(whole, (face.x, face.y, face.width_px, face.width_px))
    return found


def crop(picture: Picture, face: Box) -> Picture:
    """Return a face by its centre and size, with some of what is around it, as a square of 150 pixels."""
    import cv2

    x, y, width, height = face
    half = (0.5 + MARGIN) * max(width, height)
    tall, wide = picture.shape[:2]
    top, bottom = (int(np.clip(edge, 0, tall)) for edge in (y - half, y + half))
    left, right = (int(np.clip(edge, 0, wide)) for edge in (x - half, x + half))
    part = picture[top : max(bottom, top + 1), left : max(right, left + 1)]
    size = SIDE_PX, SIDE_PX
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8) if part.size else _blank()


def _blank() -> Picture:
    return np.full((SIDE_PX, SIDE_PX, 3), GREY, dtype=np.uint8)


def _write(path: Path, lines: Sequence[Sequence[Picture]]) -> Path:
    import cv2

    step = SIDE_PX + GAP_PX
    most = max(len(line) for line in lines)
    page = np.full((step * len(lines) + GAP_PX, step * most + GAP_PX, 3), 255, dtype=np.uint8)
    for row, line in enumerate(lines):
        for column, face in enumerate(line):
            top, left = row * step + GAP_PX, column * step + GAP_PX
            page[top : top + SIDE_PX, left : left + SIDE_PX] = face
    _, data = cv2.imencode(".png", page)
    with files.writing(path) as part:
        part.touch(mode=0o600)
        part.write_bytes(data.tobytes())
    return path
