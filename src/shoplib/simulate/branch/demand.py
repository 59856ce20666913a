"""How many receipts each branch writes on each day: the year, size, noise and planted days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.base import seeds
from shoplib.simulate.branch import calendar, catalogue
from shoplib.simulate.branch.catalogue import Catalogue
from shoplib.simulate.calendar import DAYS_OF_YEAR, Days
from shoplib.simulate.draws import Bools, Floats, Ints

SIZE_SPREAD = 0.25
GROWTH_A_YEAR = 0.06
RECEIPTS_NOISE = 0.03  # variance = mean + 0.03 × mean²; what is bought varies far more (``dispersion``)
DAYS_PER_ANOMALY = 180  # branches × days for one planted day
SHORTEST_WITH_ANOMALIES = 21


@dataclass(frozen=True)
class Demand:
    """Branches × days: receipts written, receipts to expect, and what was planted."""

    counts: Ints
    level: Floats  # of trade, without noise and planted days; a plain day of a plain branch is 1
    expected: Floats  # receipts at that level
    factor: Floats  # planted; 1 on ordinary days


def demand(receipts: int, branches: int, menu: Catalogue, when: Days, seed: int) -> Demand:
    """Return counts that add up to exactly ``receipts``.

    Each is negative binomial given its expected level, drawn as a gamma mixture of Poissons conditioned on their
    sum, which is a multinomial. Planted days carry no gamma noise. Spans under 21 days have none.
    """
    sizes = seeds.stream(seed, "simulate", "branch", "sizes").lognormal(0.0, SIZE_SPREAD, branches)
    share = np.array([part.share for part in menu.goods])
    pull = catalogue.season(menu, when) @ (share / share.sum())
    growth = 1 + GROWTH_A_YEAR * np.arange(len(when)) / DAYS_OF_YEAR
    level = sizes[:, None] * (calendar.level(when) * pull * growth * ~calendar.shut(when))[None, :]
    factor = _planted(level > 0, when, seed)
    noise = seeds.stream(seed, "simulate", "branch", "demand")
    gamma = noise.gamma(1 / RECEIPTS_NOISE, RECEIPTS_NOISE, level.shape)
    rate = level * np.where(factor == 1, gamma, factor)
    counts = noise.multinomial(receipts, (rate / rate.sum()).ravel()).reshape(level.shape)
    return Demand(counts, level, receipts * level / rate.sum(), factor)


def told(wanted: Demand, branches: tuple[str, ...], when: Days, chosen: Bools | None = None) -> pd.DataFrame:
    """Return the chosen branches and days, all if left out: planted factor, expected and written receipts."""
    everywhere = np.ones(wanted.counts.shape, dtype=bool) if chosen is None else chosen
    branch, day = np.nonzero(everywhere)
    return pd.DataFrame(
        {
            "branch": pd.Series(np.array(branches, dtype=object)[branch], dtype="str"),
            "date": when.dates[day].astype("datetime64[s]"),
            "factor": wanted.factor[everywhere],
            "expected_receipts": wanted.expected[everywhere],
            "receipts": wanted.counts[everywhere],
        }
    )


def _planted(open_days: Bools, when: Days, seed: int) -> Floats:
    rng = seeds.stream(seed, "simulate", "branch", "anomalies")
    factor = np.ones(open_days.shape)
    candidates = np.flatnonzero(open_days & ~calendar.special(when))
    if len(when) < SHORTEST_WITH_ANOMALIES or not len(candidates):
        return factor
    number = min(max(2, open_days.size // DAYS_PER_ANOMALY), len(candidates))
    at = rng.choice(candidates, number, replace=False)
    low, high = rng.uniform(0.25, 0.45, number), rng.uniform(1.7, 2.3, number)
    factor.flat[at] = np.round(np.where(np.arange(number) % 2 == 0, low, high), 2)
    return factor
