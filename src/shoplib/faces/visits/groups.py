"""Who came together: stays that begin and end at about the same time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.faces.pictures import Ints


@dataclass
class _Group:
    """Some stays, when the earliest and latest of them begin and end, and whose they are."""

    members: list[int]
    begins: tuple[int, int]
    ends: tuple[int, int]
    keys: frozenset[str]
    cameras: frozenset[str]
    unknown: bool

    def fits(self, other: _Group, within_ms: float) -> bool:
        """Return whether any two stays of both may be of one group."""
        begins, ends = _around(self.begins, other.begins), _around(self.ends, other.ends)
        near = begins[1] - begins[0] <= within_ms and ends[1] - ends[0] <= within_ms
        told = not (self.unknown or other.unknown) or len(self.cameras | other.cameras) == 1
        return near and begins[1] < ends[0] and told and not self.keys & other.keys

    def take(self, other: _Group) -> None:
        """Take in another group."""
        self.members += other.members
        self.begins, self.ends = _around(self.begins, other.begins), _around(self.ends, other.ends)
        self.keys |= other.keys
        self.cameras |= other.cameras
        self.unknown |= other.unknown


def together(stays: pd.DataFrame, within_s: float) -> pd.Series:
    """Return the group of each stay, none for people who came alone; groups are numbered in order of coming in.

    Any two stays of one group begin within ``within_s`` seconds of each other and end so (a busy hour does not chain
    into one group), overlap, are of two people, and are no staff; the nearest find each other first. Somebody without a
    key on one camera may be anybody on another, so these two never are in a group. ``stays`` are in order of coming in.
    """
    found = pd.Series(None, index=stays.index, dtype="object")
    come = stays[stays["staff"].isna()].reset_index()
    begins, ends = (_milliseconds(come[side]) for side in ("entered", "left"))
    groups = [
        _Group([at], (begin, begin), (end, end), frozenset() if pd.isna(key) else frozenset([key]), frozenset([camera]),
               bool(pd.isna(key)))
        for at, (begin, end, key, camera) in enumerate(
            zip(begins.tolist(), ends.tolist(), come["customer_id"], come["camera"], strict=True)
        )
    ]  # fmt: skip
    of = list(range(len(groups)))
    for one, other in _near(begins, ends, within_s * 1000):
        first, second = sorted((of[one], of[other]))
        if first != second and groups[first].fits(groups[second], within_s * 1000):
            for member in groups[second].members:
                of[member] = first
            groups[first].take(groups[second])
    number = 0
    for place in sorted(set(of)):
        if len(groups[place].members) > 1:
            number += 1
            found[come["index"].to_numpy()[groups[place].members]] = f"G{number:04d}"
    return found


def _near(begins: Ints, ends: Ints, within_ms: float) -> list[tuple[int, int]]:
    """Return the pairs that begin and end near each other, the nearest first."""
    high = np.searchsorted(begins, begins + within_ms, side="right")
    place = np.arange(len(begins))
    count = high - place - 1
    one = np.repeat(place, count)
    other = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + one + 1
    far = np.maximum(begins[other] - begins[one], np.abs(ends[other] - ends[one]))
    order = np.lexsort((other, one, far))
    order = order[far[order] <= within_ms]
    return list(zip(one[order].tolist(), other[order].tolist(), strict=True))


def _milliseconds(moments: pd.Series) -> Ints:
    whole: Ints = (
        moments.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[ms]").astype("int64")
    ).to_numpy()
    return whole


def _around(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return min(one[0], other[0]), max(one[1], other[1])
