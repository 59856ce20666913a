"""From sightings to stays, and from stays to customers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from shoplib.config.cameras import Cameras
from shoplib.contracts import convert
from shoplib.faces.footage.clips import Clip
from shoplib.faces.visits import groups, joining

LEAST_UNKNOWN = pd.Timedelta(seconds=2)
"""Somebody not recognised counts as a visitor if seen for so long; shorter ones belong to others or are no faces."""
COLUMNS = [
    "visit_id", "camera", "customer_id", "entered", "left", "sightings", "came_before", "group_id", "staff",
]  # fmt: skip


def footage_visits(
    sightings: pd.DataFrame, clips: Sequence[Clip], cameras: Cameras, known_before: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """Return the declared table ``footage_visits``: one row a stay, numbered in order of coming in.

    Somebody with a key who is out of sight, of all cameras and clips, for longer than ``cameras.visit_gap_s`` and seen
    again has come again; ``known_before`` are keys of people who came before this footage. Without a key a stay is one
    track, or several that one camera lost and found again nearby; each camera counts such people for itself, and less
    than two seconds in sight are nobody. Staff are not told yet (``staff.marked``). No sightings give no rows.
    """
    seen = _placed(sightings, clips, cameras)
    if seen.empty:
        return convert.empty("footage_visits")
    stays = (
        seen.groupby("visit_id", sort=True)
        .agg(
            camera=("camera", "first"),
            customer_id=("who", "first"),
            entered=("seen_at", "first"),
            left=("seen_at", "last"),
            sightings=("seen_at", "size"),
        )
        .reset_index()
    )
    who = stays["customer_id"]
    again = who.duplicated() | who.isin(list(known_before))
    stays["came_before"] = again.astype("boolean").mask(who.isna())
    stays["staff"] = pd.Series(None, index=stays.index, dtype="object")
    stays["group_id"] = groups.together(stays, cameras.group_s)
    return stays[COLUMNS]


def visit_of(sightings: pd.DataFrame, clips: Sequence[Clip], cameras: Cameras) -> pd.Series:
    """Return for each sighting the key of its stay, as in ``footage_visits``; none where it belongs to no stay."""
    seen = _placed(sightings, clips, cameras)
    visits = pd.Series(None, index=pd.RangeIndex(len(sightings)), dtype="object")
    visits.loc[seen["row"].to_numpy()] = seen["visit_id"].to_numpy()
    return visits.set_axis(sightings.index)


def face_customers(sightings: pd.DataFrame, stays: pd.DataFrame, unsure: frozenset[str] = frozenset()) -> pd.DataFrame:
    """Return the declared table ``face_customers``: one row a person with a key, in order of keys.

    Somebody is staff if all of their stays are, for the reason of the first.
    """
    known = sightings[sightings["customer_id"].notna()]
    if known.empty:
        return convert.empty("face_customers")
    people = known.groupby("customer_id")["seen_at"].agg(first_seen="min", last_seen="max", sightings="size")
    by = stays[stays["customer_id"].notna()].groupby("customer_id")
    people["visits"] = by.size()
    people["staff"] = by["staff"].first().where(by["staff"].count() == by.size()).astype("object")
    people["unsure"] = people.index.isin(list(unsure))
    order = ["customer_id", "first_seen", "last_seen", "visits", "sightings", "staff", "unsure"]
    return people.reset_index()[order]


def _placed(sightings: pd.DataFrame, clips: Sequence[Clip], cameras: Cameras) -> pd.DataFrame:
    """Return the sightings that belong to stays, in order of time, with row, camera, who and visit_id."""
    seen = sightings.reset_index(drop=True).reset_index(names="row")
    seen["camera"] = seen["clip"].map({clip.name: clip.camera for clip in clips}).astype("object")
    seen = seen[seen["track"].notna() | seen["customer_id"].notna()]
    if seen.empty:
        return seen.assign(who=None, visit_id=None)
    seen = seen.sort_values(["seen_at", "camera", "clip", "frame", "face"], kind="stable", ignore_index=True)
    key, chain = joining.chained(seen, min(joining.LONGEST_S, cameras.visit_gap_s))
    seen["who"] = key
    person = pd.factorize(key.fillna("").where(key.notna(), "\x00" + chain.astype("str")))[0]
    order = np.argsort(person, kind="stable")
    away = seen["seen_at"].iloc[order].diff().gt(pd.Timedelta(seconds=cameras.visit_gap_s)).to_numpy()
    new = away | np.r_[True, np.diff(person[order]) != 0]
    stay = np.empty(len(seen), dtype=np.int64)
    stay[order] = np.cumsum(new) - 1
    counted = key.notna() | (_in_sight(seen).groupby(stay).transform("sum") >= LEAST_UNKNOWN)
    seen, stay = seen[counted], stay[counted.to_numpy()]
    number = pd.factorize(stay)[0] + 1
    width = max(4, len(str(number.max(initial=0))))
    return seen.assign(visit_id=[f"V{one:0{width}d}" for one in number])


def _in_sight(seen: pd.DataFrame) -> pd.Series:
    """Return how long after the sighting before each comes, in its track; nothing while nobody was seen."""
    away: pd.Series = seen.groupby(["clip", "track"], dropna=False)["seen_at"].diff()
    return away.fillna(pd.Timedelta(0))
