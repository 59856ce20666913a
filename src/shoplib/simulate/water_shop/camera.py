"""What the camera logged: which visits it missed, whom it knew, which visits it saw come in together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Ints
from shoplib.simulate.water_shop.parties import Parties, Places
from shoplib.simulate.water_shop.people import Crowd
from shoplib.simulate.water_shop.visits import Stays


@dataclass(frozen=True)
class Visits:
    """One entry a visit in order of coming in, missed ones included; the camera's clock is the true one."""

    party: Ints
    lead: Bools
    person: Ints
    entered: Ints
    left: Ints
    seen: Bools
    recognised: Bools
    group: Ints  # counted from 0 in order of coming in; -1 for visits alone
    grouped: Bools
    """At least one more of its group was seen, so that the log shows the group."""
    of_sale: Ints
    """Position of each party's paying visit; -1 for walk-ins. One entry a party."""

    def __len__(self) -> int:
        return len(self.party)


def visits(
    of: Parties, place: Places, person: Ints, stay: Stays, known: Crowd, missed_share: float, recognised_share: float,
    seed: int,
) -> Visits:  # fmt: skip
    """Return the visits of all places but walk-ins; ``missed_share`` and ``recognised_share`` are exact.

    Only customers are recognised, and only where they are seen.
    """
    rng = seeds.stream(seed, "simulate", "water_shop", "camera")
    inside = np.flatnonzero(~of.walk_in[place.party])
    at = inside[np.lexsort((stay.entered[inside], of.day[place.party[inside]]))]
    party = place.party[at]
    seen = np.ones(len(at), dtype=bool)
    seen[draws.chosen(rng, round(missed_share * len(at)), np.ones(len(at)))] = False
    could = np.flatnonzero(seen & (person[at] < len(known)))
    recognised = np.zeros(len(at), dtype=bool)
    recognised[could[draws.chosen(rng, round(recognised_share * len(could)), np.ones(len(could)))]] = True

    joined = np.where(of.partner >= 0, of.partner, np.where(of.size > 1, np.arange(len(of)), -1))[party]
    group = np.full(len(at), -1, dtype=np.int64)
    together = np.flatnonzero(joined >= 0)
    _, first, member = np.unique(joined[together], return_index=True, return_inverse=True)
    group[together] = np.argsort(np.argsort(first))[member]
    seen_of_group = np.bincount(group[together], weights=seen[together])
    grouped = np.zeros(len(at), dtype=bool)
    grouped[together] = seen[together] & (seen_of_group[group[together]] > 1)

    of_sale = np.full(len(of), -1, dtype=np.int64)
    leads = np.flatnonzero(place.lead[at])
    of_sale[party[leads]] = leads
    return Visits(
        party=party, lead=place.lead[at], person=person[at], entered=stay.entered[at], left=stay.left[at], seen=seen,
        recognised=recognised, group=group, grouped=grouped, of_sale=of_sale,
    )  # fmt: skip
