"""Faces told apart or put together: average linkage that never joins two people seen at the same time."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from shoplib.faces.pictures import Bools, Ints, Prints

Floats: TypeAlias = npt.NDArray[np.float64]

BLOCK = 4_000_000
"""Distances held in memory at a time."""
WINDOW = 200
"""Faces of a track that are compared with one another at a time."""


class Merges(NamedTuple):
    """Which two groups were joined at which distance, nearest first; a group is called by its first row."""

    one: Ints
    other: Ints
    height: Floats


def sums(prints: Prints, owner: Ints, count: int, weight: Floats | None = None) -> Floats:
    """Return the sum of the Euclidean distances between the faces of each two of ``count`` owners.

    ``prints`` has one row a face, ``owner`` says whose (0 to ``count`` − 1) it is. ``weight`` counts a face more than
    once, or not at all. Owners without faces have sums of 0.
    """
    between = np.zeros((count, count))
    order = np.argsort(owner, kind="stable")
    rows, of = prints[order], owner[order]
    if not len(rows):
        return between
    names, starts = np.unique(of, return_index=True)
    squares = (rows**2).sum(axis=1)
    times = None if weight is None else weight[order]
    step = max(1, BLOCK // len(rows))
    for begin in range(0, len(rows), step):
        part = slice(begin, begin + step)
        far = np.sqrt(np.maximum(squares[part, None] + squares[None] - 2 * rows[part] @ rows.T, 0))
        if times is not None:
            far *= times[part, None] * times[None]
        each = np.add.reduceat(far, starts, axis=1)
        mine, firsts = np.unique(of[part], return_index=True)
        between[np.ix_(mine, names)] += np.add.reduceat(each, firsts, axis=0)
    return between


def distances(prints: Prints, owner: Ints, count: int) -> Floats:
    """Return the mean Euclidean distance between the faces of each two of ``count`` owners; infinite without faces."""
    return means(sums(prints, owner, count), sizes(owner, count))


def sizes(owner: Ints, count: int, weight: Floats | None = None) -> Floats:
    """Return how many faces each of ``count`` owners has, or what they weigh together."""
    return np.bincount(owner, weights=weight, minlength=count).astype(np.float64)


def means(total: Floats, faces: Floats) -> Floats:
    """Return sums of distances as means, infinite where one of the two has no face."""
    return means_between(total, faces, faces)


def means_between(total: Floats, faces: Floats, others: Floats) -> Floats:
    """Return the same for a table of some against others."""
    pairs = np.outer(faces, others)
    far: Floats = np.divide(total, pairs, out=np.full(total.shape, np.inf), where=pairs > 0)
    return far


def gathered(values: Floats, group: Ints, count: int) -> Floats:
    """Return a square table added up by the groups (0 to ``count`` − 1) of its rows and columns."""
    added = np.zeros((count, count))
    if len(group):
        order = np.argsort(group, kind="stable")
        names, starts = np.unique(group[order], return_index=True)
        each = np.add.reduceat(values[np.ix_(order, order)], starts, axis=1)
        added[np.ix_(names, names)] = np.add.reduceat(each, starts, axis=0)
    return added


def merges(distance: Floats, weight: Floats, apart: Bools, max_distance: float) -> Merges:
    """Return the joins of average linkage, nearest first, until no two groups are nearer than ``max_distance``.

    The distance of two groups is the mean over their rows, weighted by ``weight`` (Sokal and Michener, 1958). Rows
    marked in ``apart`` never come into one group. Ties go to the rows named first. Each group remembers its nearest
    neighbour (Anderberg, 1973), so n rows take about n² steps.
    """
    count = len(distance)
    near = np.where(apart, np.inf, distance)
    np.fill_diagonal(near, np.inf)
    size = weight.astype(np.float64)
    nearest = near.argmin(axis=1) if count else np.zeros(0, dtype=np.int64)
    least = near[np.arange(count), nearest]
    joins: list[tuple[int, int, float]] = []
    for _ in range(count - 1):
        first = int(least.argmin())
        height = float(least[first])
        if not height <= max_distance:
            break
        one, other = sorted((first, int(nearest[first])))
        joins.append((one, other, height))
        joined = (size[one] * near[one] + size[other] * near[other]) / (size[one] + size[other])
        joined[[one, other]] = np.inf
        near[one], near[:, one] = joined, joined
        near[other], near[:, other] = np.inf, np.inf
        size[one] += size[other]
        least[other] = np.inf
        stale = np.flatnonzero((nearest == one) | (nearest == other))
        stale = np.union1d(stale, [one])
        nearest[stale] = near[stale].argmin(axis=1)
        least[stale] = near[stale, nearest[stale]]
        equal = (joined == least) & (one < nearest) & np.isfinite(joined)
        nearest[equal] = one
    parts = np.array(joins, dtype=np.float64).reshape(-1, 3)
    return Merges(parts[:, 0].astype(np.int64), parts[:, 1].astype(np.int64), parts[:, 2])


def cut(joins: Merges, count: int, max_distance: float) -> Ints:
    """Return one group number a row, from 0 in order of each group's first row, of the joins up to ``max_distance``."""
    group = np.arange(count)
    for one, other, height in zip(*joins, strict=True):
        if height > max_distance:
            break
        group[group == other] = one
    return counted(group)


def counted(group: Ints) -> Ints:
    """Return group numbers counted from 0 in the order of each group's first row."""
    _, first, numbers = np.unique(group, return_index=True, return_inverse=True)
    order: Ints = np.argsort(np.argsort(first))[numbers]
    return order


def grouped(distance: Floats, weight: Floats, apart: Bools, max_distance: float) -> Ints:
    """Return one group number a row of ``distance``, as ``merges`` joins them and ``cut`` counts them."""
    return cut(merges(distance, weight, apart, max_distance), len(distance), max_distance)


def runs(prints: Prints, max_distance: float) -> Ints:
    """Return one number a face of a track, in order of time, that grows where another person takes over.

    A tracker may pass from a person who leaves to one who comes to the same place. A change counts if the faces before
    and after are farther apart than ``max_distance`` and stay so: a single odd face starts nothing. Long tracks are
    compared two hundred faces at a time; where two such spans meet, the person goes on if the faces there are near.
    """
    spans = [prints[begin : begin + WINDOW] for begin in range(0, len(prints), WINDOW)]
    found: list[Ints] = []
    for span in spans:
        mine = _changes(span, max_distance)
        if found:
            before, last = spans[len(found) - 1], found[-1]
            ends, begins = before[last == last[-1]], span[mine == 0]
            both = np.concatenate([ends, begins])
            far = distances(both, np.repeat([0, 1], [len(ends), len(begins)]), 2)[0, 1]
            mine = mine + last[-1] + (far > max_distance)
        found.append(mine)
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _changes(prints: Prints, max_distance: float) -> Ints:
    count = len(prints)
    group = grouped(distances(prints, np.arange(count), count), np.ones(count), np.zeros((count, count), dtype=bool),
                    max_distance)  # fmt: skip
    lasting = group.copy()
    for at in range(1, count):
        stays = at + 1 < count and group[at + 1] == group[at]
        lasting[at] = group[at] if stays or group[at] == lasting[at - 1] else lasting[at - 1]
    changes: Ints = np.cumsum(np.diff(lasting, prepend=lasting[:1]) != 0)
    return changes
