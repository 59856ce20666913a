"""Which sales are given back, when, and how each sale was paid."""

from __future__ import annotations

import datetime as dt

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Ints

LAG_DAYS = 4  # mean days from a sale to its refund
METHODS = ("debit_card", "credit_card", "cash", "mobile", "gift_card")
METHOD_SHARES = {"debit_card": 0.48, "credit_card": 0.17, "cash": 0.16, "mobile": 0.17, "gift_card": 0.02}


def number(transactions: int, share: float) -> int:
    """Return how many of the transactions are refunds; each needs a sale, so at most half.

    >>> number(100, 0.02), number(1, 0.5)
    (2, 0)
    """
    wanted = draws.allocate(transactions, {"sale": 1 - share, "refund": share})["refund"]
    return min(wanted, transactions // 2)


def refunds(
    wanted: int, store: Ints, day: Ints, second: Ints, opens: Ints, hours: tuple[dt.time, dt.time], seed: int
) -> tuple[Ints, Ints, Ints]:
    """Return for each refund the sale it gives back, its day and its second of the day.

    No sale is given back twice. A refund comes days later, in opening hours; where that would be after the world's
    end it comes on the day of the sale, not before it. ``opens`` is the next open day, (days + 1) × stores.
    """
    rng = seeds.stream(seed, "simulate", "retail", "refunds")
    sale = np.sort(rng.permutation(len(store))[:wanted])
    days = len(opens) - 1
    later = np.minimum(day[sale] + rng.geometric(1 / (LAG_DAYS + 1), wanted) - 1, days)
    on = opens[later, store[sale]]
    on = np.where(on == days, day[sale], on)
    first, last = (time.hour * 3600 + time.minute * 60 for time in hours)
    earliest = np.where(on == day[sale], second[sale], first)
    return sale, on, earliest + (rng.random(wanted) * (last - earliest)).astype(np.int64)


def methods(sales: int, seed: int) -> Ints:
    """Return how each sale was paid, as positions in ``METHODS``, in exactly the usual shares."""
    rng = seeds.stream(seed, "simulate", "retail", "methods")
    counts = draws.allocate(sales, METHOD_SHARES)
    return rng.permutation(np.repeat(np.arange(len(METHODS)), [counts[name] for name in METHODS]))
