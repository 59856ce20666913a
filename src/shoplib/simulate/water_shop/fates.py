"""What becomes of each party: it looks and goes, walks off with cans, or buys; and whether it pays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.water_shop.parties import Parties
from shoplib.simulate.water_shop.people import Crowd
from shoplib.simulate.water_shop.tally import Tally

STATUSES = ("paid", "unpaid", "credit")
PAID, UNPAID, CREDIT = range(3)

# Relative liking by kind: household, business, occasional, stranger.
LOOKS = np.array([0.4, 0.15, 1.5, 2.5])
WALKS_OFF = np.array([0.6, 0.3, 1.0, 2.2])
PAYS_NOT = np.array([0.8, 0.5, 1.0, 1.6])
NON_PAYER = 15.0
WITHOUT_ACCOUNT = 1e-6


@dataclass(frozen=True)
class Fates:
    """One entry a party; parties with neither buy."""

    looked: Bools
    walked: Bools

    @property
    def buys(self) -> Bools:
        """Parties with a sale, written down or not."""
        return ~(self.looked | self.walked)


def fates(of: Parties, kind: Ints, person: Ints, known: Crowd, wanted: Tally, seed: int) -> Fates:
    """Return what becomes of each party; ``kind`` and ``person`` are those of who pays. Counts are exact.

    Strangers look more often than they buy; people who do not pay walk off more often than others.
    """
    rng = seeds.stream(seed, "simulate", "water_shop", "fates")
    looked, walked = np.zeros((2, len(of)), dtype=bool)
    inside = np.flatnonzero(~of.walk_in)
    looked[inside[draws.chosen(rng, wanted.looked, LOOKS[kind[inside]])]] = True
    rest = np.flatnonzero(~of.walk_in & ~looked)
    weights = WALKS_OFF[kind[rest]] * dishonest(person[rest], known)
    walked[rest[draws.chosen(rng, wanted.walked, weights)]] = True
    return Fates(looked, walked)


def statuses(
    kind: Ints, person: Ints, known: Crowd, unpaid_share: float, credit_share: float, rng: np.random.Generator
) -> Ints:
    """Return whether each sale was paid, as positions in ``STATUSES``, in exactly the shares asked for.

    Credit goes to customers with an account as long as there are enough of them.
    """
    shares = {"paid": 1 - unpaid_share - credit_share, "unpaid": unpaid_share, "credit": credit_share}
    counts = draws.allocate(len(kind), shares)
    status = np.full(len(kind), PAID)
    account = np.append(known.account, False)[np.minimum(person, len(known))]
    credit = draws.chosen(rng, counts["credit"], np.where(account, 1.0, WITHOUT_ACCOUNT))
    status[credit] = CREDIT
    rest = np.flatnonzero(status == PAID)
    weights = PAYS_NOT[kind[rest]] * dishonest(person[rest], known)
    status[rest[draws.chosen(rng, counts["unpaid"], weights)]] = UNPAID
    return status


def dishonest(person: Ints, known: Crowd) -> Floats:
    """Return how much likelier than others each person is not to pay."""
    factor: Floats = np.append(np.where(known.non_payer, NON_PAYER, 1.0), 1.0)[np.minimum(person, len(known))]
    return factor
