"""Tracks that a camera lost and found again: the same face a moment later, nearby."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.faces.pictures import Ints

SHORTEST_S, LONGEST_S = 0.5, 3.0
"""How long a face may be out of sight. Pieces of one clip closer in time were parted because somebody else took over:
a track is lost only after as long."""
REACH = 1.5
"""How far from where it is expected a face may turn up, in its own widths."""
SIZES, GROWS = 1.2, 1.1
"""By which factor its size may have changed at once, and by which more each second."""
PACE = pd.Timedelta(seconds=1)
"""From so much of a track's end its speed is taken."""
Floats = npt.NDArray[np.float64]


def chained(seen: pd.DataFrame, longest_s: float) -> tuple[pd.Series, pd.Series]:
    """Return for each sighting the key of its person, missing if nobody knows, and the number of its chain.

    A chain is a track, or tracks of one camera of which each goes on where the one before was lost: at most
    ``longest_s`` later, where the face was or would be had it moved on, and of much the same size. Each track has one
    successor at most, the soonest and nearest. Two keys are never in one chain; a track without a key has that of its
    chain. ``seen`` has clip, camera, track, seen_at, customer_id and boxes, in order of time.
    """
    own = seen["customer_id"].where(seen["track"].isna(), "")
    piece = seen.groupby(["clip", "track", own], sort=False, dropna=False).ngroup()
    pieces = _pieces(seen, piece)
    chain = _linked(pieces, _candidates(pieces, longest_s))
    key_of = pieces["key"].groupby(chain).first()
    chains = pd.Series(chain[piece.to_numpy()], index=seen.index)
    key = seen["customer_id"].astype("object")
    return key.where(key.notna(), chains.map(key_of)).astype("object"), chains


def _pieces(seen: pd.DataFrame, piece: pd.Series) -> pd.DataFrame:
    """Return one row a piece, in order of first sight: where and when it begins and ends, and how fast it goes."""
    at_s = (seen["seen_at"] - seen["seen_at"].iloc[0]) / pd.Timedelta(seconds=1)
    boxes = pd.DataFrame(
        {
            "piece": piece, "clip": seen["clip"], "camera": seen["camera"], "key": seen["customer_id"], "at_s": at_s,
            "x": seen["left_px"] + seen["width_px"] / 2, "y": seen["top_px"] + seen["height_px"] / 2,
            "width": seen["width_px"],
        }
    )  # fmt: skip
    by = boxes.groupby("piece")
    first, last = by.head(1).set_index("piece").sort_index(), by.tail(1).set_index("piece").sort_index()
    late = boxes[boxes["at_s"] >= by["at_s"].transform("max") - PACE.total_seconds()]
    since = late.groupby("piece").head(1).set_index("piece").sort_index()
    passed = (last["at_s"] - since["at_s"]).replace(0, np.nan)
    return pd.DataFrame(
        {
            "clip": first["clip"], "camera": first["camera"], "key": by["key"].first().astype("object"),
            "begins": first["at_s"], "ends": last["at_s"],
            "x0": first["x"], "y0": first["y"], "width0": first["width"],
            "x1": last["x"], "y1": last["y"], "width1": last["width"],
            "speed_x": ((last["x"] - since["x"]) / passed).fillna(0),
            "speed_y": ((last["y"] - since["y"]) / passed).fillna(0),
        }
    )  # fmt: skip


def _candidates(pieces: pd.DataFrame, longest_s: float) -> pd.DataFrame:
    """Return pairs of pieces of which the second may go on with the first, the likeliest first: one, other."""
    begins = pieces["begins"].to_numpy()
    low = np.searchsorted(begins, pieces["ends"].to_numpy(), side="right")
    high = np.searchsorted(begins, pieces["ends"].to_numpy() + longest_s, side="right")
    count = np.maximum(high - low, 0)
    one = np.repeat(np.arange(len(pieces)), count)
    other = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    a, b = (pieces.iloc[side].reset_index(drop=True) for side in (one, other))
    gap = b["begins"] - a["ends"]
    wide = np.maximum(a["width1"], b["width0"])
    still = np.hypot(b["x0"] - a["x1"], b["y0"] - a["y1"])
    moved = np.hypot(b["x0"] - a["x1"] - a["speed_x"] * gap, b["y0"] - a["y1"] - a["speed_y"] * gap)
    off = np.minimum(still, moved) / wide
    same_clip = (a["clip"] == b["clip"]).to_numpy()
    fits = (
        (a["camera"] == b["camera"])
        & (gap > np.where(same_clip, SHORTEST_S, 0))
        & (off <= REACH)
        & (np.abs(np.log(a["width1"] / b["width0"])) <= np.log(SIZES) + gap * np.log(GROWS))
        & (a["key"].isna() | b["key"].isna())
    )
    pairs = pd.DataFrame({"one": one, "other": other, "gap": gap, "off": off})[fits]
    likely: pd.DataFrame = pairs.sort_values(["gap", "off", "one", "other"], kind="stable")
    return likely


def _linked(pieces: pd.DataFrame, pairs: pd.DataFrame) -> Ints:
    """Return the number of each piece's chain, that of its first piece."""
    chain = np.arange(len(pieces), dtype=np.int64)
    members = {number: [number] for number in range(len(pieces))}
    key = [None if pd.isna(one) else one for one in pieces["key"]]
    goes_on, went_on = set(), set()
    for one, other in zip(pairs["one"].tolist(), pairs["other"].tolist(), strict=True):
        head, tail = int(chain[one]), int(chain[other])
        if one in goes_on or other in went_on or None not in (key[head], key[tail]):
            continue
        goes_on.add(one)
        went_on.add(other)
        key[head] = key[head] if key[head] is not None else key[tail]
        members[head] += members.pop(tail)
        chain[members[head]] = head
    return chain
