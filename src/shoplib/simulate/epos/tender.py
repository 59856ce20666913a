"""How each transaction was paid: method, tip, card and authorisation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.epos.refunds import COMPLETED, ERROR, REFUNDED, VOID

METHODS = ("credit_card", "debit_card", "cash", "mobile", "gift_card")
CREDIT_CARD, DEBIT_CARD, CASH, MOBILE, GIFT_CARD = range(5)
RAREST_FIRST = (GIFT_CARD, MOBILE, CASH, DEBIT_CARD, CREDIT_CARD)
PAYMENT_STATUSES = {COMPLETED: "paid", REFUNDED: "refunded", ERROR: "failed", VOID: "unpaid"}

# Relative liking by type: restaurant, bar, pub.
BY_TYPE = {CASH: (0.75, 0.9, 1.5), MOBILE: (0.8, 1.5, 0.9), GIFT_CARD: (1.6, 0.8, 0.7), DEBIT_CARD: (0.8, 1.05, 1.2)}
SMALL_BILL = 0.55  # of the median: below it cash and debit are likelier
GIFT_MONTHS = (12, 1, 2)
TIP_CHANCE = np.array(
    [[0.38, 0.16, 0.07], [0.36, 0.14, 0.06], [0.10, 0.05, 0.02], [0.30, 0.15, 0.06], [0.12, 0.05, 0.02]]
)
TIP_SHARES = np.array([5.0, 10.0, 12.5, 15.0])  # per cent of the total
TIP_WEIGHTS = np.array([[2.0, 5.0, 3.0, 1.0]])
TIP_STEP_MINOR = 10


def methods(original: Ints, kind: Ints, month: Ints, total: Ints, shares: Mapping[str, float], seed: int) -> Ints:
    """Return a way to pay for each transaction, as positions in ``METHODS``, in exactly the shares asked for.

    Money goes back the way it came: a refund has the method of its ``original`` (-1 for none), as long
    as the counts allow it, which fails only in worlds of a few rows. Cash is likelier in pubs and for
    small bills, gift cards in winter, phones in bars.
    """
    rng = seeds.stream(seed, "simulate", "methods")
    weights = _weights(kind, month, total)
    refund = np.flatnonzero(original >= 0)
    named = {name: shares.get(name, 0.0) for name in METHODS}
    totals = np.array(list(draws.allocate(len(kind), named).values()))
    paired = np.minimum(list(draws.allocate(len(refund), named).values()), totals // 2)
    method = np.full(len(kind), -1, dtype=np.int8)
    method[refund] = _dealt(rng, paired, weights[:, original[refund]])
    both = refund[method[refund] >= 0]
    method[original[both]] = method[both]
    rest = np.flatnonzero(method < 0)
    method[rest] = _dealt(rng, totals - 2 * paired, weights[:, rest])
    return method


def tips(status: Ints, method: Ints, kind: Ints, total: Ints, seed: int) -> Ints:
    """Return the tip on each completed sale in minor units, on top of its total; 0 elsewhere."""
    rng = seeds.stream(seed, "simulate", "tips")
    given = (rng.random(len(total)) < TIP_CHANCE[method, kind]) & (status == COMPLETED)
    at = np.flatnonzero(given)
    share = TIP_SHARES[draws.pick(rng, TIP_WEIGHTS, np.zeros(len(at), dtype=np.int64))]
    tip = np.zeros(len(total), dtype=np.int64)
    tip[at] = np.rint(total[at] * share / (100 * TIP_STEP_MINOR)).astype(np.int64) * TIP_STEP_MINOR
    return tip


def cards(original: Ints, status: Ints, method: Ints, seed: int) -> tuple[Ints, Bools, Ints, Bools]:
    """Return last four digits and where there are any, authorisation codes and where there are any.

    Cards and phones have digits, and a refund those of its sale; only what the issuer agreed to has a code.
    """
    rng = seeds.stream(seed, "simulate", "cards")
    digits = rng.integers(10_000, size=len(method))
    by_card = (method != CASH) & (method != GIFT_CARD)
    refund = np.flatnonzero(original >= 0)
    digits[refund] = digits[original[refund]]
    agreed = by_card & ((status == COMPLETED) | (status == REFUNDED))
    return digits, by_card, rng.integers(1_000_000, size=len(method)), agreed


def _weights(kind: Ints, month: Ints, total: Ints) -> Floats:
    weights = np.ones((len(METHODS), len(kind)))
    for method, liking in BY_TYPE.items():
        weights[method] = np.array(liking)[kind]
    small = total < SMALL_BILL * np.median(total) if len(total) else np.zeros(0, dtype=bool)
    weights[CASH, small] *= 1.8
    weights[DEBIT_CARD, small] *= 1.2
    weights[GIFT_CARD, np.isin(month, GIFT_MONTHS)] *= 2.2
    return weights


def _dealt(rng: np.random.Generator, counts: Ints, weights: Floats) -> Ints:
    """Return a method for each column of ``weights``, exactly ``counts`` of each; -1 where counts run out."""
    dealt = np.full(weights.shape[1], -1, dtype=np.int8)
    left = np.arange(weights.shape[1])
    for method in RAREST_FIRST:
        at = draws.chosen(rng, int(counts[method]), weights[method, left])
        dealt[left[at]] = method
        left = np.delete(left, at)
    return dealt
