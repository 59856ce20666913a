"""Who comes together: parties of one sale, the places they take, and pairs that pay each their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Ints
from shoplib.simulate.water_shop import tally
from shoplib.simulate.water_shop.tally import Tally


@dataclass(frozen=True)
class Parties:
    """One entry a party in order of days; a walk-in is a party of one that never enters."""

    day: Ints
    size: Ints
    walk_in: Bools
    partner: Ints
    """First party of the pair it came in with, itself where it is that; -1 for parties that came by themselves."""

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True)
class Places:
    """One entry a person, walk-ins included, in order of parties; the first of a party pays for it."""

    party: Ints
    lead: Bools


def parties(counts: Ints, wanted: Tally, group_share: float, seed: int) -> Parties:
    """Return the parties of days with ``counts`` of them; sizes and walk-ins are exact and fall at random."""
    rng = seeds.stream(seed, "simulate", "water_shop", "parties")
    sizes = tally.sizes(wanted.parties, group_share)
    size = np.repeat(list(sizes), list(sizes.values()))
    deal = rng.permutation(wanted.encounters)
    day = np.repeat(np.arange(len(counts)), counts)
    size = np.append(size, np.ones(wanted.walk_ins, dtype=np.int64))[deal]
    walk_in = deal >= wanted.parties
    single = np.flatnonzero((size == 1) & ~walk_in)
    return Parties(day, size, walk_in, _paired(rng, day, single, tally.pairs(wanted.parties, group_share)))


def places(of: Parties) -> Places:
    """Return the people of all parties."""
    party = np.repeat(np.arange(len(of)), of.size)
    return Places(party, np.append(True, party[1:] != party[:-1])[: len(party)])


def _paired(rng: np.random.Generator, day: Ints, single: Ints, number: int) -> Ints:
    """Return partners: ``number`` pairs of neighbours among single parties of one day, fewer if days are too empty."""
    partner = np.full(len(day), -1, dtype=np.int64)
    left, right = single[: len(single) // 2 * 2].reshape(-1, 2).T
    same = np.flatnonzero(day[left] == day[right])
    at = same[draws.chosen(rng, min(number, len(same)), np.ones(len(same)))]
    partner[left[at]] = partner[right[at]] = left[at]
    return partner
