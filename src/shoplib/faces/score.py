"""How well footage was read, where the truth is known because the footage was made."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.faces.footage.watch import Watched
from shoplib.faces.identity.recognise import Found

LEAST_OVERLAP = 0.3
TURNED_DEG = 45
HIDDEN_SHARE = 0.3
COLUMNS = ["measure", "found", "of", "share", "meaning"]


def scores(
    watched: Watched, found: Found, true_visits: pd.DataFrame, true_faces: pd.DataFrame, min_face_px: int
) -> pd.DataFrame:
    """Return one row a measure: measure, found, of (counts), share (of one), meaning.

    ``true_faces`` has one row a face in a frame (frame, person, left_px, top_px, width_px, height_px, yaw_deg,
    occluded_share), ``true_visits`` one row a visit (person, enters, leaves). Only frames that were looked at count. A
    share of nothing is missing; the B-cubed measures (Bagga and Baldwin, 1998) have shares only.
    """
    sightings, stays = found.tables["sightings"], found.tables["footage_visits"]
    truth = true_faces[true_faces["frame"].isin(watched.looked)].reset_index(drop=True)
    match = matched(sightings, truth)
    real = match >= 0
    plain = (truth["yaw_deg"].abs() <= TURNED_DEG) & (truth["occluded_share"] < HIDDEN_SHARE)
    fair = (plain & (truth["width_px"] >= min_face_px)).to_numpy()
    hit = np.zeros(len(truth), dtype=bool)
    hit[match[real]] = True
    named = real & sightings["customer_id"].notna().to_numpy()
    customers = sightings["customer_id"].to_numpy()[named]
    people = truth["person"].to_numpy()[match[named]]
    precision, recall = b_cubed(customers, people)
    both = 2 * precision * recall / (precision + recall)
    person_of = pd.Series(people).groupby(customers).agg(lambda names: names.mode().iloc[0])
    rows: list[tuple[str, Any, Any, Any, str]] = [
        ("Faces found", int((hit & fair).sum()), int(fair.sum()), None,
         f"true faces at least {min_face_px} px wide, turned up to {TURNED_DEG}°, hardly hidden, that were found"),
        ("Faces that are faces", int(real.sum()), len(sightings), None, "finds that lie on a true face, of any size"),
        ("Faces with a customer", int(sightings["customer_id"].notna().sum()), len(sightings), None,
         "finds that were recognised; the rest are too few, small, blurred or turned away"),
        ("Customers beside people", len(found.tables["face_customers"]), true_visits["person"].nunique(), None,
         "customers told apart, and people who came"),
        ("People recognised", person_of.nunique(), true_visits["person"].nunique(), None,
         "people who have a customer of their own"),
        ("Visits beside true visits", len(stays), len(true_visits), None, "stays found, and visits there were"),
        ("Visits recognised", visits_recognised(stays, person_of, true_visits), len(true_visits), None,
         "true visits during which a stay of the same person was found, each stay counted once"),
        ("One customer, one person", None, None, precision, "B-cubed precision: how pure customers are"),
        ("One person, one customer", None, None, recall, "B-cubed recall: how whole people are"),
        ("Both together", None, None, both, "B-cubed F1"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"found": "Int64", "of": "Int64", "share": "float64"})
    shares = table["found"].astype("float64") / table["of"].astype("float64").replace(0, np.nan)
    return table.assign(share=table["share"].fillna(shares))


def matched(sightings: pd.DataFrame, truth: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return for each sighting the place of the true face it lies on, −1 for none.

    A find lies on a true face of its frame if each is the one the other overlaps most, by at least 0.3 (intersection
    over union). Both tables are numbered from 0.
    """
    box = ["frame", "left_px", "top_px", "width_px", "height_px"]
    pairs = sightings[box].reset_index(names="find").merge(truth[box].reset_index(names="true"), on="frame")
    wide = _shared(pairs, "left_px", "width_px")
    tall = _shared(pairs, "top_px", "height_px")
    areas = pairs["width_px_x"] * pairs["height_px_x"] + pairs["width_px_y"] * pairs["height_px_y"]
    pairs["overlap"] = wide * tall / (areas - wide * tall)
    most = (pairs.groupby(side)["overlap"].transform("max").eq(pairs["overlap"]) for side in ("find", "true"))
    chosen = pairs[next(most) & next(most) & (pairs["overlap"] >= LEAST_OVERLAP)].drop_duplicates("find")
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


def visits_recognised(stays: pd.DataFrame, person_of: pd.Series, true_visits: pd.DataFrame) -> int:
    """Return how many true visits have a stay of their own: same person, overlapping in time, in order of coming."""
    mine = stays.assign(person=stays["customer_id"].map(person_of).astype("object")).dropna(subset=["person"])
    pairs = mine.merge(true_visits.reset_index(names="true"), on="person")
    pairs = pairs[(pairs["entered"] <= pairs["leaves"]) & (pairs["enters"] <= pairs["left"])]
    first = pairs.drop_duplicates("visit_id")
    return int(first["true"].nunique())
