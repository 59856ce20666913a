"""Which sale a refund gives back: earlier, at the same place, once, and always if there is one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoplib.simulate.epos import refunds


def met_one_by_one(status: list[int], place: list[int]) -> list[bool]:
    """Return which refunds can be met, by counting the free sales of each place as time goes on."""
    free: dict[int, int] = {}
    met = []
    for what, where in zip(status, place, strict=True):
        if what == refunds.COMPLETED:
            free[where] = free.get(where, 0) + 1
        if what == refunds.REFUNDED:
            met.append(free.get(where, 0) > 0)
            free[where] = free.get(where, 0) - met[-1]
    return met


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=80), st.integers(0, 1_000))
def test_refunds_are_met_whenever_they_can_be(rows: list[tuple[int, int]], seed: int) -> None:
    status = np.array([what for what, _ in rows], dtype=np.int8)
    place = np.array([where for _, where in rows], dtype=np.int64)
    original = refunds.originals(np.random.default_rng(seed), status, place, 3)
    refund = np.flatnonzero(status == refunds.REFUNDED)
    assert (original[status != refunds.REFUNDED] == -1).all()
    assert (original[refund] >= 0).tolist() == met_one_by_one(status.tolist(), place.tolist())
    linked = refund[original[refund] >= 0]
    assert (original[linked] < linked).all()
    assert (place[original[linked]] == place[linked]).all()
    assert (status[original[linked]] == refunds.COMPLETED).all()
    assert len(np.unique(original[linked])) == len(linked)
