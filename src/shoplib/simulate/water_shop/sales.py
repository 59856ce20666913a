"""What was sold, when, for how much and how it was paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.config.worlds import WaterShopWorld
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.water_shop import fates, people
from shoplib.simulate.water_shop.parties import Parties
from shoplib.simulate.water_shop.people import Crowd
from shoplib.simulate.water_shop.prices import Prices

MODES = ("cash", "upi", "coins")
CASH, UPI, COINS = range(3)
LATER_CANS = 0.25  # share of sales with one can more or less than usual
FOR_OTHERS = 0.6  # cans more for each person paid for
OTHER_TASTE = 0.15  # share of sales of another size than usual
SMALL_POWER = 4.0  # how fast coins give way as amounts grow
UPI_GROWTH = 0.4  # rise of the logarithm of UPI's liking over the span
UPI_BY_KIND = np.array([1.0, 1.3, 0.9, 0.9])
OUT_OF_ORDER = 1e-6
PAY_AFTER = (0.45, 0.90)  # share of a stay after which a sale is rung up
PARTS = ("written", "missing")


@dataclass(frozen=True)
class Sales:
    """One entry a sale in order of true time."""

    party: Ints
    second: Ints  # after midnight, true clock
    written: Bools
    size: Ints
    cans: Ints
    amount_minor: Ints
    status: Ints
    mode: Ints

    def __len__(self) -> int:
        return len(self.party)


def cans(of: Parties, kind: Ints, person: Ints, known: Crowd, seed: int) -> Ints:
    """Return the cans each party takes, bought or not: a customer's usual number, more for people paid for."""
    rng = seeds.stream(seed, "simulate", "water_shop", "cans")
    usual = np.append(known.usual_cans, 1)[np.minimum(person, len(known))]
    strange = 1 + (rng.random(len(of)) < 0.15)
    usual = np.where(kind == people.STRANGER, strange, usual)
    moved = np.where(rng.random(len(of)) < LATER_CANS, rng.choice([-1, 1], len(of)), 0)
    return np.maximum(1, usual + moved + rng.binomial(of.size - 1, FOR_OTHERS))


def sizes(
    taken: Ints, kind: Ints, person: Ints, known: Crowd, shares: Mapping[int, float], rng: np.random.Generator
) -> Ints:
    """Return the size each party takes, as a position in ``shares`` (litres → share of the cans).

    Parties are ranked by their taste and the sizes, largest first, dealt along that rank, so that the shares of
    cans hold to within one party's cans. Customers keep to their size, now and then not.
    """
    fresh = rng.random(len(taken))
    own = np.append(known.taste, 0.0)[np.minimum(person, len(known))]
    taste = np.where((kind == people.STRANGER) | (rng.random(len(taken)) < OTHER_TASTE), fresh, own)
    order = np.argsort(taste + 0.02 * fresh, kind="stable")
    litres = np.array(list(shares))
    largest_first = np.argsort(-litres, kind="stable")
    edges = np.array(list(shares.values()))[largest_first].cumsum()
    upto = taken[order].cumsum()
    middle = (upto - taken[order] / 2) / max(1, int(taken.sum()))
    size = np.empty(len(taken), dtype=np.int64)
    size[order] = largest_first[np.minimum(np.searchsorted(edges, middle, side="left"), len(litres) - 1)]
    return size


def modes(amount: Ints, kind: Ints, when: Floats, outage: Bools, shares: Mapping[str, float],
          rng: np.random.Generator) -> Ints:  # fmt: skip
    """Return a way to pay for each sale, as positions in ``MODES``, in exactly the shares asked for.

    Coins are for small amounts. UPI grows with ``when`` (0 on the first day, 1 on the last) and is not used on
    days it is out of order, as long as there are enough other days.
    """
    counts = draws.allocate(len(amount), {mode: shares.get(mode, 0.0) for mode in MODES})
    mode = np.full(len(amount), CASH)
    small = 1 / (1 + (amount / max(1.0, float(np.median(amount)) if len(amount) else 1.0)) ** SMALL_POWER)
    mode[draws.chosen(rng, counts["coins"], small)] = COINS
    rest = np.flatnonzero(mode == CASH)
    liking = np.exp(UPI_GROWTH * when[rest]) * UPI_BY_KIND[kind[rest]] * np.where(outage[rest], OUT_OF_ORDER, 1.0)
    mode[rest[draws.chosen(rng, counts["upi"], liking)]] = UPI
    return mode


def sales(
    settings: WaterShopWorld, of: Parties, buys: Bools, entered: Ints, left: Ints, taken: Ints, kind: Ints,
    person: Ints, known: Crowd, price: Prices, outage: Bools, missing: int, seed: int,
) -> Sales:  # fmt: skip
    """Return every sale, written down or not; ``outage`` says of each day whether UPI was out of order.

    All but ``buys`` are of parties. Shares of sizes, statuses and, among paid sales, ways to pay hold exactly
    among the sales written down and among the others.
    """
    party = np.flatnonzero(buys)
    rng = seeds.stream(seed, "simulate", "water_shop", "sales")
    after = rng.uniform(*PAY_AFTER, len(party)) * ~of.walk_in[party]
    second = entered[party] + (after * (left - entered)[party]).astype(np.int64)
    order = np.lexsort((second, of.day[party]))
    party, second = party[order], second[order]
    written = np.ones(len(party), dtype=bool)
    written[draws.chosen(rng, missing, np.ones(len(party)))] = False

    kind, person, taken, day = kind[party], person[party], taken[party], of.day[party]
    size, status, mode = np.zeros((3, len(party)), dtype=np.int64)
    shares = {can.litres: can.share for can in settings.can_sizes}
    ways = {str(way): share for way, share in settings.payment_shares.items()}
    when = day / max(1, len(outage) - 1)
    for name, part in zip(PARTS, (np.flatnonzero(written), np.flatnonzero(~written)), strict=True):
        rng = seeds.stream(seed, "simulate", "water_shop", "sales", name)
        size[part] = sizes(taken[part], kind[part], person[part], known, shares, rng)
        status[part] = fates.statuses(
            kind[part], person[part], known, settings.unpaid_share, settings.credit_share, rng
        )
        for paid in (status[part] == fates.PAID, status[part] != fates.PAID):
            at = part[paid]
            amount = taken[at] * price.of(day[at], size[at])
            mode[at] = modes(amount, kind[at], when[at], outage[day[at]], ways, rng)
    return Sales(party, second, written, size, taken, taken * price.of(day, size), status, mode)
