"""How many different people there were, and how sure that is: other distances, and other faces of the same people."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from shoplib.base import seeds
from shoplib.faces.identity import cluster
from shoplib.faces.identity.knowing import Groups
from shoplib.faces.pictures import Ints, Prints

SWEEP = tuple(round(0.44 + 0.02 * step, 2) / 0.54 for step in range(10))
"""Distances tried, as shares of ``cameras.max_distance``: 0.44 to 0.62 at 0.54."""
LIKELY = (0.50 / 0.54, 0.58 / 0.54)
"""Between these the count is read: on labelled photos the right number of people lay between the counts there."""
ROUNDS, MOST_WORK = 40, 600_000_000
"""Times faces are drawn anew; fewer where there are so many faces that it would take minutes."""
LEAST_ROUNDS = 4
QUANTILES = (0.05, 0.95)
Counted = Callable[[Ints], int]
"""Returns how many people of the footage a grouping of the founders holds."""


def sweep(groups: Groups, max_distance: float, counted: Counted) -> pd.DataFrame:
    """Return how many people there are at each distance: max_distance, people; more where it is narrower."""
    count = len(groups.founders)
    cuts = [share * max_distance for share in SWEEP]
    people = [counted(cluster.cut(groups.joins, count, cut)) for cut in cuts]
    return pd.DataFrame({"max_distance": np.round(cuts, 4), "people": people}).astype({"people": "int64"})


def between(
    groups: Groups, prints: Prints, owner: Ints, max_distance: float, counted: Counted, seed: int
) -> tuple[int, int]:
    """Return the fewest and most different people it may have been.

    The faces of each piece are drawn again with replacement (Efron, 1979) and put together at distances from 0.50 to
    0.58 of 0.54; nine in ten of the counts lie between the two, and so does the count itself. ``owner`` is the atom of
    each print.
    """
    count = len(groups.founders)
    itself = counted(cluster.cut(groups.joins, count, max_distance))
    if count < 2:
        return itself, itself
    place = np.full(len(groups.group), -1, dtype=np.int64)
    place[groups.founders] = np.arange(count)
    mine = place[owner] >= 0
    of, faces = place[owner][mine], prints[mine]
    cuts = np.linspace(LIKELY[0], LIKELY[1], 5) * max_distance
    apart = groups.apart[np.ix_(groups.founders, groups.founders)]
    rng = seeds.stream(seed, "faces", "bootstrap")
    counts = [counted(cluster.cut(groups.joins, count, cut)) for cut in cuts]
    for _ in range(int(np.clip(MOST_WORK // max(len(of), 1) ** 2, LEAST_ROUNDS, ROUNDS))):
        weight = _drawn(of, count, rng)
        sizes = cluster.sizes(of, count, weight)
        far = cluster.means(cluster.sums(faces, of, count, weight), sizes)
        joins = cluster.merges(far, np.maximum(sizes, 1), apart, float(cuts[-1]))
        counts += [counted(cluster.cut(joins, count, cut)) for cut in cuts]
    low, high = np.quantile(counts, QUANTILES, method="nearest")
    return min(int(low), itself), max(int(high), itself)


def _drawn(owner: Ints, count: int, rng: np.random.Generator) -> cluster.Floats:
    """Return how often each face is drawn when as many as each owner has are drawn from it."""
    order = np.argsort(owner, kind="stable")
    sizes = np.bincount(owner, minlength=count)
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    picked = begins[owner[order]] + (rng.random(len(owner)) * sizes[owner[order]]).astype(np.int64)
    weight: cluster.Floats = np.zeros(len(owner))
    weight[order] = np.bincount(picked, minlength=len(owner))
    return weight
