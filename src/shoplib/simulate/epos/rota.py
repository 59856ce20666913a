"""Who served, at which till, under which number."""

from __future__ import annotations

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Alias, Ints
from shoplib.simulate.epos.moments import Moments
from shoplib.simulate.epos.places import Places, Staff

LATE_SHIFT_SECOND = 17 * 3600
ON_SHIFT_SHARE = 0.65  # of a shift's transactions go to the person whose shift it is
VOID_FACTOR = 6.0
TICKETS = 10_000
TILL_SKEW = 1 / 1.3  # the first till stands at the bar or the door and is used most


class Rota:
    """Who has which shift."""

    def __init__(self, people: Staff, days: int, seed: int) -> None:
        rng = seeds.stream(seed, "simulate", "rota")
        turn = rng.random((len(people.counts), days, 2), dtype=np.float32) * people.counts[:, None, None]
        self._lead = people.serving.take(people.starts[:, None, None] + turn.astype(np.int64)).ravel().astype(np.int32)
        self._days, self._people = days, people

    def servers(self, rng: np.random.Generator, moment: Moments) -> Ints:
        """Return the employee of each transaction: mostly the one whose shift it is, else a colleague there."""
        late = moment.second >= LATE_SHIFT_SECOND
        lead = self._lead.take((moment.place * self._days + moment.day) * 2 + late)
        word = draws.words(rng, len(lead))
        turn = draws.below(word, self._people.counts.take(moment.place))
        other = self._people.serving.take(self._people.starts.take(moment.place) + turn).astype(np.int32)
        return other + (lead - other) * draws.chance(word, ON_SHIFT_SHARE)


class Tills:
    """The tills of the chain, each with a roll of numbers that goes on from one call to the next.

    Rolls run from a number of their own to 9999 and begin again at 0, so numbers repeat.
    """

    def __init__(self, where: Places, seed: int) -> None:
        most = int(where.tills.max(initial=1))
        edges = np.minimum(np.arange(most + 1) / where.tills[:, None], 1.0) ** TILL_SKEW
        self._choice = Alias(np.diff(edges, axis=1))
        self._first = (where.tills.cumsum() - where.tills).astype(np.int32)
        self._next = seeds.stream(seed, "simulate", "tills").integers(TICKETS, size=int(where.tills.sum()))

    def rung(self, rng: np.random.Generator, place: Ints) -> tuple[Ints, Ints]:
        """Return the till of each transaction, counted over the chain, and its number on that till's roll."""
        till = self._choice.pick(rng, place) + self._first.take(place)
        sizes = np.bincount(till, minlength=len(self._next))
        small = np.uint8 if len(sizes) <= 2**8 else np.uint16 if len(sizes) <= 2**16 else np.int64
        order = np.argsort(till.astype(small), kind="stable")  # counting sort
        begins = self._next - (sizes.cumsum() - sizes)
        number = np.empty(len(till), dtype=np.int64)
        number[order] = np.arange(len(till)) + np.repeat(begins, sizes)
        self._next = self._next + sizes
        return till, number % TICKETS


def odd_one_out(staff: Staff, seed: int) -> int:
    """Return the employee with planted voids, or -1 if there is nobody to compare with."""
    if len(staff.ids) < 2:
        return -1
    return int(seeds.stream(seed, "simulate", "odd one out").integers(len(staff.ids)))


def till_names(where: Places) -> list[str]:
    """Return the device name of every till of the chain, place by place."""
    return [
        f"{place}-T{n}"
        for place, number in zip(where.ids, where.tills.tolist(), strict=True)
        for n in range(1, number + 1)
    ]
