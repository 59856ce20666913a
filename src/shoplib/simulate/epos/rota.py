"""Who served, at which till, under which number."""

from __future__ import annotations

import numpy as np

from shoplib.base import seeds
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.epos.moments import Moments
from shoplib.simulate.epos.places import Places, Staff

LATE_SHIFT_HOUR = 17
ON_SHIFT_SHARE = 0.65  # of a shift's transactions go to the person whose shift it is
VOID_FACTOR = 6.0
TICKETS = 10_000


def servers(moment: Moments, staff: Staff, seed: int) -> Ints:
    """Return the employee of each transaction: mostly the one whose shift it is, else a colleague there."""
    rng = seeds.stream(seed, "simulate", "rota")
    days = int(moment.day.max(initial=0)) + 1
    shift = (moment.second >= LATE_SHIFT_HOUR * 3600).astype(np.int64)
    lead = rng.random((len(staff.counts), days, 2))[moment.place, moment.day, shift]
    turn = np.where(rng.random(len(lead)) < ON_SHIFT_SHARE, lead, rng.random(len(lead)))
    return staff.serving[staff.starts[moment.place] + (turn * staff.counts[moment.place]).astype(np.int64)]


def odd_one_out(staff: Staff, seed: int) -> int:
    """Return the employee with planted voids, or -1 if there is nobody to compare with."""
    if len(staff.ids) < 2:
        return -1
    return int(seeds.stream(seed, "simulate", "odd one out").integers(len(staff.ids)))


def void_weights(server: Ints, odd: int) -> Floats:
    """Return how likely each transaction is to be voided, 1 being usual."""
    return np.where(server == odd, VOID_FACTOR, 1.0)


def tills(moment: Moments, where: Places, seed: int) -> tuple[Ints, Ints]:
    """Return the till of each transaction, counted over the chain, and its number on that till's roll.

    Rolls run from a number of their own to 9999 and begin again at 0, so numbers repeat.
    """
    rng = seeds.stream(seed, "simulate", "tills")
    first = where.tills.cumsum() - where.tills
    # The first till stands at the bar or the door and is used most.
    turn = (rng.random(len(moment.place)) ** 1.3 * where.tills[moment.place]).astype(np.int64)
    till = first[moment.place] + turn
    order = np.argsort(till, kind="stable")
    sizes = np.bincount(till, minlength=int(where.tills.sum()))
    number = np.empty(len(till), dtype=np.int64)
    number[order] = np.arange(len(till)) - np.repeat(sizes.cumsum() - sizes, sizes)
    return till, (rng.integers(TICKETS, size=len(sizes))[till] + number) % TICKETS


def till_names(where: Places) -> list[str]:
    """Return the device name of every till of the chain, place by place."""
    return [
        f"{place}-T{n}"
        for place, number in zip(where.ids, where.tills.tolist(), strict=True)
        for n in range(1, number + 1)
    ]
