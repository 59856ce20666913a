"""Faces beside true faces, and customers beside people."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.faces.pictures import Bools, Ints

LEAST_OVERLAP = 0.3
BOX = ["clip", "frame", "left_px", "top_px", "width_px", "height_px"]


def matched(sightings: pd.DataFrame, truth: pd.DataFrame) -> Ints:
    """Return for each sighting the place of the true face it lies on, −1 for none.

    A find lies on a true face of its clip and frame if each is the one the other overlaps most, by at least 0.3
    (intersection over union). Both tables are numbered from 0.
    """
    pairs = sightings[BOX].reset_index(names="find").merge(truth[BOX].reset_index(names="true"), on=["clip", "frame"])
    wide = _shared(pairs, "left_px", "width_px")
    tall = _shared(pairs, "top_px", "height_px")
    areas = pairs["width_px_x"] * pairs["height_px_x"] + pairs["width_px_y"] * pairs["height_px_y"]
    pairs["overlap"] = wide * tall / (areas - wide * tall)
    most = (pairs.groupby(side)["overlap"].transform("max").eq(pairs["overlap"]) for side in ("find", "true"))
    chosen = pairs[next(most) & next(most) & (pairs["overlap"] >= LEAST_OVERLAP)]
    chosen = chosen.drop_duplicates("find").drop_duplicates("true")
    match = np.full(len(sightings), -1, dtype=np.int64)
    match[chosen["find"]] = chosen["true"]
    return match


def _shared(pairs: pd.DataFrame, edge: str, size: str) -> npt.NDArray[np.float64]:
    """Return how many pixels the boxes of each pair share in one direction."""
    one, other = pairs[f"{edge}_x"].to_numpy(), pairs[f"{edge}_y"].to_numpy()
    end = np.minimum(one + pairs[f"{size}_x"].to_numpy(), other + pairs[f"{size}_y"].to_numpy())
    shared: npt.NDArray[np.float64] = (end - np.maximum(one, other)).clip(min=0)
    return shared


def b_cubed(found: npt.NDArray[Any], true: npt.NDArray[Any]) -> tuple[float, float]:
    """Return B-cubed precision and recall of a grouping of items beside the true one; not a number without items.

    >>> b_cubed(np.array(["a", "a", "b", "b"]), np.array(["x", "x", "x", "y"]))
    (0.75, 0.6666666666666666)
    """
    if not len(found):
        return float("nan"), float("nan")
    both = pd.DataFrame({"found": found, "true": true}).value_counts().rename("items").reset_index()
    squares = both["items"] ** 2
    pure, whole = (
        float((squares / both.groupby(side)["items"].transform("sum")).sum() / len(found)) for side in ("found", "true")
    )
    return pure, whole


def grouped(customers: pd.Series, people: npt.NDArray[Any], *, every: bool) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and F1 of faces by their keys; the faces are those of known people.

    ``every`` counts a face without a key as a customer of its own; else such faces are left out. Where no face has a
    key nothing was grouped, so there are no numbers.
    """
    named: Bools = customers.notna().to_numpy()
    alone = "\x00" + pd.Series(np.arange(len(customers)), index=customers.index).astype("str")
    keys = customers.astype("object").where(named, alone).to_numpy()
    counted = np.full(len(keys), named.any()) if every else named
    precision, recall = b_cubed(keys[counted], people[counted])
    return precision, recall, 2 * precision * recall / (precision + recall)
