"""Pieces of tracks beside the truth: whose each one is, and how wide its face, for rates of mistakes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.faces.identity import cluster
from shoplib.faces.identity.pieces import Pieces
from shoplib.faces.score.faces import matched
from shoplib.faces.score.table import Truth

WIDTHS = (0.0, 48.0, 64.0, np.inf)
BANDS = ("face under 48 px", "face of 48 to 64 px", "face of 64 px and more")


Compared = tuple[cluster.Floats, list[str | None], pd.DataFrame]
"""Square distances of pieces, whose they truly are, and their bands."""


def compared(pieces: Pieces, sightings: pd.DataFrame, truth: Truth | None) -> Compared | None:
    """Return of all pieces with prints their mean distances, whose they truly are, and their band of width.

    Distances are square, in the order of the pieces. A piece is the person's most of whose true faces it lies on,
    nobody's if on none. The band is the column ``width``, an ordered category from worst to best. None without prints,
    or where the truth is not known.
    """
    if truth is None or not len(pieces.prints):
        return None
    true_faces = truth[1]
    shown = sightings.reset_index(drop=True)
    match = matched(shown, true_faces.reset_index(drop=True))
    person = np.full(len(shown), None, dtype=object)
    person[match >= 0] = true_faces["person"].to_numpy(dtype=object)[match[match >= 0]]
    most = (
        shown.assign(person=person)
        .dropna(subset=["person", "track"])
        .groupby(["clip", "track"])["person"]
        .agg(lambda who: who.mode()[0])
    )
    has = np.bincount(pieces.owner, minlength=len(pieces.about)) > 0
    mine = pieces.about[has]
    known = most.reindex(pd.MultiIndex.from_arrays([mine["clip"], mine["piece"].astype("Int64")]))
    distance = cluster.distances(pieces.prints, pieces.owner, len(pieces.about))[np.ix_(has, has)]
    width = pd.cut(mine["width_px"], WIDTHS, right=False, labels=list(BANDS), ordered=True)
    people = [None if pd.isna(name) else str(name) for name in known]
    return distance, people, pd.DataFrame({"width": width.to_numpy()})
