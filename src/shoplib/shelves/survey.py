"""A folder of photos to the declared tables: rows, and the gaps in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from shoplib.contracts import convert
from shoplib.shelves.facings import facings
from shoplib.shelves.gaps import gap_share, gaps
from shoplib.shelves.photos import Photo, photos, working
from shoplib.shelves.rows import shelving


@dataclass(frozen=True)
class Survey:
    """What was seen: the declared tables ``shelf_rows`` and ``shelf_gaps``, and the photos without any row."""

    rows: pd.DataFrame
    gaps: pd.DataFrame
    photos: int
    without_rows: tuple[str, ...]


def survey(folder: Path) -> Survey:
    """Return what is seen on the photos of a folder, one photo in memory at a time; see :func:`of`.

    Raises ``SourceError`` for a file that is no picture.
    """
    return of(photos(folder))


def of(taken: Iterable[Photo]) -> Survey:
    """Return rows and gaps of photos, in photo pixels, in the order of the photos; tables without rows for none.

    Heights are those at the photo's middle column. Places are not known from a photo, so ``location_id`` is empty.
    """
    rows: list[dict[str, object]] = []
    holes: list[dict[str, object]] = []
    count, bare = 0, []
    for photo in taken:
        count += 1
        lab, scale = working(photo.image)
        found = shelving(lab)
        empty = gaps(lab, found)
        if not found.rows:
            bare.append(photo.photo_id)
        for number, (row, in_row) in enumerate(zip(found.rows, empty, strict=True), start=1):
            rows.append({
                "photo_id": photo.photo_id, "row_number": number, "top_px": row.top * scale,
                "bottom_px": row.bottom * scale, "facings": facings(lab, row, found.slope, in_row),
                "gap_share": gap_share(in_row),
            })  # fmt: skip
        numbered = [(number, gap) for number, in_row in enumerate(empty, start=1) for gap in in_row]
        holes += [
            {"photo_id": photo.photo_id, "gap_number": at, "row_number": number, "left_px": gap.left * scale,
             "width_px": (gap.right - gap.left) * scale, "location_id": None}
            for at, (number, gap) in enumerate(numbered, start=1)
        ]  # fmt: skip
    return Survey(_table("shelf_rows", rows), _table("shelf_gaps", holes), count, tuple(bare))


def _table(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return rows as the declared table, with its types even where there are none."""
    empty = convert.empty(name)
    return pd.DataFrame(rows, columns=empty.columns).astype(empty.dtypes.to_dict()) if rows else empty
