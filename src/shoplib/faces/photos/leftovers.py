"""Odd photos of a person, brought back to the others: what average linkage leaves out because it is far on the mean."""

from __future__ import annotations

import numpy as np

from shoplib.faces.identity.cluster import Floats
from shoplib.faces.pictures import Bools, Ints

MOST, LEAST = 2, 3
"""Groups of at most two faces are brought to groups of at least three, and twice their own number."""
FAR, NEAR, BESIDE = 1.1, 0.97, 0.94
"""Shares: of the limit, for the mean distance and for the mean of the nearest third of distances; of the distance to
the next group of two or more. Chosen on ten people of ten photos each, in six qualities of picture (plain, grey, dark,
half and a third of the size, small grey portraits): recall rose in each, from 0.92–0.95 to 0.96–1, precision stayed 1.
Of 900 tries with faces of people who were taken out of the photos, at most one in a hundred came to somebody else."""


def brought_back(group: Ints, distance: Floats, apart: Bools, limit: float) -> Ints:
    """Return the group of each face once groups of one or two that are odd photos of somebody have come to theirs.

    A face seen from an odd side is far from most photos of its person and near to some, and to nobody else. All three
    must hold, and no two faces of ``apart`` may meet. The nearest go first. Two people give nothing to compare with,
    so that nothing is joined.
    """
    names, place, sizes = np.unique(group, return_inverse=True, return_counts=True)
    if len(names) < 3:
        return group
    candidates: list[tuple[float, int, int]] = []
    for small in np.flatnonzero(sizes <= MOST).tolist():
        mine = np.flatnonzero(place == small)
        total = np.bincount(place, weights=distance[mine].sum(axis=0), minlength=len(names))
        mean = total / (len(mine) * sizes)
        mean[small] = np.inf
        best = int(mean.argmin())
        rivals = np.delete(mean, best)[np.delete(sizes, best) >= MOST]
        if sizes[best] < max(LEAST, 2 * len(mine)) or not np.isfinite(rivals).any():
            continue
        each = np.sort(distance[np.ix_(mine, place == best)], axis=None)
        nearest = each[: max(1, len(each) // 3)].mean()
        if mean[best] <= min(FAR * limit, BESIDE * rivals.min()) and nearest <= NEAR * limit:
            candidates.append((float(mean[best]), small, best))
    joined = place.copy()
    for _, odd, best in sorted(candidates):
        if not apart[np.ix_(place == odd, joined == best)].any():
            joined[place == odd] = best
    return np.asarray(names[joined], dtype=np.int64)
