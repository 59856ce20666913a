"""How right a survey is, against what is known to stand on the photos.

Rows are matched by the heights they share, gaps within matched rows by the width they share: their overlap by their
union (IoU; Jaccard 1901), one to one, best first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.shelves.photos import Floats
from shoplib.shelves.survey import Survey

ROW_OVERLAP = 0.5
GAP_OVERLAP = 0.3
COLUMNS = ["photo_id", "rows", "planted_rows", "gaps", "planted_gaps", "hits", "gap_share", "planted_gap_share",
           "facings", "planted_facings"]  # fmt: skip
NO_SHARE = float("nan")


@dataclass(frozen=True)
class Score:
    """Measures over all photos; those that have nothing to divide by are NaN."""

    photos: int
    rows_right_share: float
    """Photos with the right number of rows."""
    gaps: int
    planted_gaps: int
    hits: int
    precision_share: float
    recall_share: float
    f1_share: float
    gap_share_error: float
    """Mean absolute difference of the empty share of a photo, share of one."""
    facings_error_share: float
    """Mean absolute difference of a photo's facings, by the mean number planted."""


def by_photo(seen: Survey, planted_rows: pd.DataFrame, planted_gaps: pd.DataFrame) -> pd.DataFrame:
    """Return one line a photo: rows and gaps found and planted, gaps hit, the empty share found and planted.

    ``planted_rows`` holds photo_id, top_px, bottom_px, facings, gap_share and row_number, ``planted_gaps`` photo_id,
    row_number, left_px and width_px. ``hits`` are planted gaps met by a found one in the same row with an overlap of
    ``GAP_OVERLAP`` or more; ``gap_share`` is the mean over a photo's rows, 0 without rows. Photos of either side are
    listed, in order of key.
    """
    lines = []
    for photo in sorted({*seen.rows["photo_id"], *planted_rows["photo_id"]}):
        mine, theirs = _of(seen.rows, photo), _of(planted_rows, photo)
        my_gaps, their_gaps = _of(seen.gaps, photo), _of(planted_gaps, photo)
        same_row = _pairs(_spans(mine, "top_px", "bottom_px"), _spans(theirs, "top_px", "bottom_px"), ROW_OVERLAP)
        hits = sum(
            _hits(my_gaps[my_gaps["row_number"] == mine["row_number"].iloc[one]],
                  their_gaps[their_gaps["row_number"] == theirs["row_number"].iloc[other]])
            for one, other in same_row
        )  # fmt: skip
        lines.append((
            photo, len(mine), len(theirs), len(my_gaps), len(their_gaps), hits, _mean(mine["gap_share"]),
            _mean(theirs["gap_share"]), int(mine["facings"].sum()), int(theirs["facings"].sum()),
        ))  # fmt: skip
    return pd.DataFrame(lines, columns=COLUMNS)


def score(lines: pd.DataFrame) -> Score:
    """Return the measures of the lines of :func:`by_photo`, all photos counted alike, gaps counted one by one."""
    hits, found, planted = (int(lines[name].sum()) for name in ("hits", "gaps", "planted_gaps"))
    facings = float(lines["planted_facings"].sum())
    miss = (lines["facings"] - lines["planted_facings"]).abs().sum()
    return Score(
        len(lines), _by((lines["rows"] == lines["planted_rows"]).sum(), len(lines)), found, planted, hits,
        _by(hits, found), _by(hits, planted), _by(2 * hits, found + planted),
        _by((lines["gap_share"] - lines["planted_gap_share"]).abs().sum(), len(lines)), _by(miss, facings),
    )  # fmt: skip


def _of(frame: pd.DataFrame, photo: str) -> pd.DataFrame:
    return frame[frame["photo_id"] == photo].reset_index(drop=True)


def _spans(frame: pd.DataFrame, first: str, last: str) -> Floats:
    return frame[[first, last]].to_numpy(dtype="float64")


def _hits(found: pd.DataFrame, planted: pd.DataFrame) -> int:
    one, other = (
        _spans(part.assign(right_px=part["left_px"] + part["width_px"]), "left_px", "right_px")
        for part in (found, planted)
    )
    return len(_pairs(one, other, GAP_OVERLAP))


def _pairs(one: Floats, other: Floats, least: float) -> list[tuple[int, int]]:
    """Return positions of stretches that overlap by ``least`` or more, each used once, the best overlap first."""
    overlap = overlaps(one, other)
    order = np.argsort(-overlap, axis=None, kind="stable")
    pairs: list[tuple[int, int]] = []
    for a, b in zip(*np.unravel_index(order, overlap.shape), strict=True):
        free = all(a != left and b != right for left, right in pairs)
        if free and overlap[a, b] >= least:
            pairs.append((int(a), int(b)))
    return pairs


def overlaps(one: Floats, other: Floats) -> Floats:
    """Return the overlap by union of each stretch (first, last) of ``one`` with each of ``other``.

    >>> overlaps(np.array([[0.0, 10.0]]), np.array([[5.0, 15.0], [20.0, 30.0]])).round(3).tolist()
    [[0.333, 0.0]]
    """
    shared = np.minimum(one[:, None, 1], other[None, :, 1]) - np.maximum(one[:, None, 0], other[None, :, 0])
    shared = np.maximum(shared, 0.0)
    union = np.ptp(one, axis=1)[:, None] + np.ptp(other, axis=1)[None, :] - shared
    share: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return share


def _by(top: float, bottom: float) -> float:
    return float(top) / float(bottom) if bottom else NO_SHARE


def _mean(values: pd.Series) -> float:
    return float(values.mean()) if len(values) else 0.0
