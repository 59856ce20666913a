"""What stands on a photo, by the maker of it: rows, packs and gaps, in the photo's own pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.simulate.shelf.camera import PHOTO_HEIGHT, PHOTO_WIDTH, Floats
from shoplib.simulate.shelf.shelf import Facing, Shelf

PLACE = ["left_px", "top_px", "width_px", "height_px"]
COLUMNS = {
    "rows": ["photo_id", "row_number", "top_px", "bottom_px", "facings", "gap_share"],
    "products": ["photo_id", "row_number", "product", "pack", "pushed_back", *PLACE],
    "gaps": ["photo_id", "gap_number", "row_number", "facings", *PLACE],
}
SEEN_SHARE, SEEN_PX = 0.5, 24
"""A pack cut by the photo's edge counts if this share of its width is seen, a gap if so many pixels of it are."""


@dataclass(frozen=True)
class Truth:
    """Rows from the top, packs and gaps by row and left to right; boxes lie within the photo.

    A gap is a stretch of neighbouring empty facings; ``facings`` counts them. ``gap_share`` is the share of the
    photo's width that a row's gaps take, cut ones included. Heights of a row are those at the photo's middle.
    """

    rows: pd.DataFrame
    products: pd.DataFrame
    gaps: pd.DataFrame


def truth(photo_id: str, shelf: Shelf, matrix: Floats) -> Truth:
    """Return what is to be seen on one photo of a shelf, taken through the homography ``matrix``."""
    rows: list[tuple[object, ...]] = []
    products: list[tuple[object, ...]] = []
    gaps: list[tuple[object, ...]] = []
    for number, board in enumerate(shelf.boards):
        facings = [one for one in shelf.facings if one.row == number]
        packs = [_seen(matrix, [one], board.bottom - one.height, board.bottom) for one in facings]
        kept = [(one, box) for one, box in zip(facings, packs, strict=True) if box[-1] >= SEEN_SHARE and not one.empty]
        products += [
            (photo_id, number + 1, one.product, shelf.looks[one.product].kind, one.pushed_back, *box[:4])
            for one, box in kept
        ]
        empty = [(run, _seen(matrix, run, board.top, board.bottom)) for run in _stretches(facings)]
        gaps += [
            (photo_id, 0, number + 1, len(run), *box[:4]) for run, box in empty if box[2] >= SEEN_PX
        ]  # fmt: skip
        share = sum(box[2] for _, box in empty if box[-1] > 0) / PHOTO_WIDTH
        top, bottom = (_height_at_middle(matrix, y) for y in (board.top, board.bottom))
        rows.append((photo_id, number + 1, top, bottom, len(kept), share))
    numbered = [(name, at, *rest) for at, (name, _, *rest) in enumerate(gaps, start=1)]
    frames = {"rows": rows, "products": products, "gaps": numbered}
    return Truth(**{name: pd.DataFrame(frames[name], columns=COLUMNS[name]) for name in COLUMNS})


def together(parts: Sequence[Truth]) -> Truth:
    """Return the truth of several photos in one."""
    return Truth(*(pd.concat([getattr(part, name) for part in parts], ignore_index=True)
                   for name in ("rows", "products", "gaps")))  # fmt: skip


def _stretches(facings: list[Facing]) -> list[list[Facing]]:
    """Return the runs of empty facings of one row, left to right."""
    runs: list[list[Facing]] = []
    open_run = False
    for one in facings:
        if one.empty and open_run:
            runs[-1].append(one)
        elif one.empty:
            runs.append([one])
        open_run = one.empty
    return runs


def _seen(matrix: Floats, facings: list[Facing], top: int, bottom: int) -> tuple[float, float, float, float, float]:
    """Return left, top, width, height within the photo, and the share of the width that is seen."""
    left, right = facings[0].left, facings[-1].left + facings[-1].width
    corners = _on_photo(matrix, np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=float))
    first, last = corners[[0, 3], 0].mean(), corners[[1, 2], 0].mean()
    begin, end = max(0.0, first), min(float(PHOTO_WIDTH), last)
    high, low = max(0.0, corners[:2, 1].mean()), min(float(PHOTO_HEIGHT), corners[2:, 1].mean())
    return begin, high, max(0.0, end - begin), max(0.0, low - high), max(0.0, end - begin) / max(last - first, 1.0)


def _height_at_middle(matrix: Floats, y: float) -> float:
    """Return where a level line of the scene crosses the middle column of the photo."""
    (x0, y0), (x1, y1) = _on_photo(matrix, np.array([(0.0, y), (1.0, y)]))
    return float(y0 + (PHOTO_WIDTH / 2 - x0) * (y1 - y0) / (x1 - x0))


def _on_photo(matrix: Floats, points: Floats) -> Floats:
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    placed: Floats = mapped[:, :2] / mapped[:, 2:]
    return placed
