"""Faces told apart or put together: average linkage that never joins two people seen at the same time."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


def distances(prints: Floats, owner: Ints, count: int) -> Floats:
    """Return the mean Euclidean distance between the faces of each two of ``count`` owners.

    ``prints`` has one row a face, ``owner`` says whose (0 to ``count`` − 1) it is; each owner has a face.
    """
    squares = (prints**2).sum(axis=1)
    far = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * prints @ prints.T, 0))
    of = (owner[:, None] == np.arange(count)).astype(np.float64)
    between: Floats = of.T @ far @ of / np.outer(of.sum(axis=0), of.sum(axis=0))
    return between


def grouped(distance: Floats, weight: Floats, apart: Bools, max_distance: float) -> Ints:
    """Return one group number a row of ``distance``, counted from 0 in the order of each group's first row.

    The two nearest groups are joined until none are nearer than ``max_distance``; the distance of two groups is the
    mean over their rows, weighted by ``weight`` (Sokal and Michener, 1958). Rows marked in ``apart`` never come into
    one group. Ties go to the rows named first. No rows give no groups.
    """
    count = len(distance)
    near = np.where(apart, np.inf, distance)
    np.fill_diagonal(near, np.inf)
    group, size = np.arange(count), weight.astype(np.float64)
    for _ in range(count - 1):
        one, other = sorted(divmod(int(near.argmin()), count))
        if near[one, other] > max_distance:
            break
        joined = (size[one] * near[one] + size[other] * near[other]) / (size[one] + size[other])
        near[one], near[:, one] = joined, joined
        near[one, one] = np.inf
        near[other], near[:, other] = np.inf, np.inf
        size[one] += size[other]
        group[group == other] = one
    _, first, numbers = np.unique(group, return_index=True, return_inverse=True)
    order: Ints = np.argsort(np.argsort(first))[numbers]
    return order


def runs(prints: Floats, max_distance: float) -> Ints:
    """Return one number a face of a track, in order of time, that grows where another person takes over.

    A tracker may pass from a person who leaves to one who comes to the same place. A change counts if the faces before
    and after are farther apart than ``max_distance`` and stay so: a single odd face starts nothing.
    """
    count = len(prints)
    group = grouped(distances(prints, np.arange(count), count), np.ones(count), np.eye(count, dtype=bool), max_distance)
    lasting = group.copy()
    for at in range(1, count):
        stays = at + 1 < count and group[at + 1] == group[at]
        lasting[at] = group[at] if stays or group[at] == lasting[at - 1] else lasting[at - 1]
    changes: Ints = np.cumsum(np.diff(lasting, prepend=lasting[:1]) != 0)
    return changes
