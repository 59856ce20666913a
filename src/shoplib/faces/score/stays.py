"""Stays beside true visits: counted, timed, in groups, of staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from shoplib.config.cameras import Cameras
from shoplib.faces.footage.clips import Clip
from shoplib.faces.pictures import Ints
from shoplib.faces.visits.stays import visit_of

Pairs = set[tuple[int, int]]


class Off(NamedTuple):
    """How far off moments are."""

    compared: int
    middle: float
    """The median; not a number if nothing was compared."""
    worst: float


def visits_recognised(stays: pd.DataFrame, person_of: pd.Series, true_visits: pd.DataFrame) -> int:
    """Return how many true visits have a stay of their own: same person, overlapping in time, in order of coming."""
    mine = stays.assign(person=stays["customer_id"].map(person_of).astype("object")).dropna(subset=["person"])
    pairs = mine.merge(true_visits.reset_index(names="true"), on="person")
    pairs = pairs[(pairs["entered"] <= pairs["leaves"]) & (pairs["enters"] <= pairs["left"])]
    first = pairs.drop_duplicates("visit_id")
    return int(first["true"].nunique())


def true_of(
    stays: pd.DataFrame, sightings: pd.DataFrame, clips: Sequence[Clip], cameras: Cameras, match: Ints,
    true_faces: pd.DataFrame, true_visits: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    """Return the stays with ``true``: the row of the true visit most of their faces lie on, missing for none.

    Keys do not matter, so that counting without telling people apart is judged too. ``true_visits`` is numbered from 0.
    """
    number = true_visits.reset_index(names="true")[["clip", "visit", "true"]]
    of_face = true_faces[["clip", "visit"]].merge(number, on=["clip", "visit"], how="left")["true"].to_numpy()
    real = match >= 0
    seen = pd.DataFrame(
        {"visit_id": visit_of(sightings, clips, cameras).to_numpy()[real], "true": of_face[match[real]]}
    )
    votes = seen.dropna().value_counts(["visit_id", "true"], sort=False).rename("faces").reset_index()
    votes = votes.sort_values(["visit_id", "faces", "true"], ascending=[True, False, True], kind="stable")
    most = votes.drop_duplicates("visit_id").set_index("visit_id")["true"]
    return stays.assign(true=stays["visit_id"].map(most).astype("Int64"))


def times_off(told: pd.DataFrame, true_visits: pd.DataFrame) -> tuple[Off, Off]:
    """Return by how many seconds coming in and going out are off, over the true visits that were found.

    A true visit found in several stays begins with the first and ends with the last.
    """
    by = told.dropna(subset=["true"]).groupby("true")
    true = true_visits.loc[by.size().index.astype("int64")]
    sides = ((by["entered"].min(), true["enters"]), (by["left"].max(), true["leaves"]))
    off = [np.abs((found.to_numpy() - moment.to_numpy()) / pd.Timedelta(seconds=1)) for found, moment in sides]
    came, went = (_off(pd.Series(seconds, dtype="float64")) for seconds in off)
    return came, went


def _off(by: pd.Series) -> Off:
    return Off(len(by), float(by.median()), float(by.max()))


def pairs_together(told: pd.DataFrame, true_visits: pd.DataFrame) -> tuple[Pairs, Pairs]:
    """Return the pairs of true visits that were found together, and those that were together."""
    found = told.dropna(subset=["true", "group_id"])
    both = found[["group_id", "true"]].merge(found[["group_id", "true"]], on="group_id")
    came = true_visits.reset_index(names="true").dropna(subset=["group"])[["clip", "group", "true"]]
    were = came.merge(came, on=["clip", "group"])
    one, other = (
        {(int(a), int(b)) for a, b in zip(pairs["true_x"], pairs["true_y"], strict=True) if a < b}
        for pairs in (both, were)
    )
    return one, other
