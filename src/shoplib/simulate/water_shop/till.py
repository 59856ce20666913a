"""What the till wrote: by its own clock, in its own order, sometimes with the customer's key."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Ints
from shoplib.simulate.water_shop.sales import Sales

DAY_SECONDS = 86_400
JITTER_S, MOST_JITTER_S = 3.0, 10


@dataclass(frozen=True)
class Till:
    """The written sales in the till's order."""

    sale: Ints  # position among all sales
    second: Ints  # after midnight of the first day, by the till's clock
    keyed: Bools  # carries the customer's key
    offset_s: Ints  # one entry a day: till less true clock


def till(of: Sales, day: Ints, days: int, is_customer: Bools, known_share: float, most_off_s: int, seed: int) -> Till:
    """Return what the till wrote; ``day`` and ``is_customer`` have one entry a sale.

    The clock is off by a number of seconds of its own on each day, even between ``-most_off_s`` and
    ``most_off_s``, and each entry by a few more. Exactly ``known_share`` of the sales to customers carry a key.
    """
    rng = seeds.stream(seed, "simulate", "water_shop", "till")
    offset = rng.integers(-most_off_s, most_off_s + 1, days)
    jitter = np.clip(np.rint(rng.normal(0, JITTER_S, len(of))), -MOST_JITTER_S, MOST_JITTER_S).astype(np.int64)
    second = day * DAY_SECONDS + of.second + offset[day] + jitter
    sale = np.flatnonzero(of.written)
    sale = sale[np.argsort(second[sale], kind="stable")]
    could = np.flatnonzero(is_customer[sale])
    keyed = np.zeros(len(sale), dtype=bool)
    keyed[could[draws.chosen(rng, round(known_share * len(could)), np.ones(len(could)))]] = True
    return Till(sale, second[sale], keyed, offset)
