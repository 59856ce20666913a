"""Rows that must be one and rows that cannot be: what holds before any face is compared."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from shoplib.faces.identity import cluster
from shoplib.faces.pictures import Bools, Ints


class Links:
    """Groups of rows that grow by links; two groups with rows that are apart are never joined."""

    def __init__(self, apart: Bools) -> None:
        self.group: Ints = np.arange(len(apart))
        """One number a row: the first row of its group."""
        self._apart = apart.copy()

    def join(self, one: int, other: int) -> bool:
        """Put the groups of two rows together and return whether they are one now."""
        first, second = sorted((int(self.group[one]), int(self.group[other])))
        if first == second:
            return True
        if self._apart[first, second]:
            return False
        self.group[self.group == second] = first
        self._apart[first] |= self._apart[second]
        self._apart[:, first] |= self._apart[:, second]
        return True


def linked(pairs: Iterable[tuple[int, int]], apart: Bools) -> Ints:
    """Return one group number a row, counted from 0; pairs are joined in turn, except where rows are apart."""
    links = Links(apart)
    for one, other in pairs:
        links.join(one, other)
    return cluster.counted(links.group)


def apart_by(group: Ints, apart: Bools) -> Bools:
    """Return, one row and column a group, whether any of the rows of two groups are apart."""
    count = int(group.max(initial=-1)) + 1
    return cluster.gathered(apart.astype(np.float64), group, count) > 0
