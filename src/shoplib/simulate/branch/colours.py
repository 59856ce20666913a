"""Which colours are chosen where and when: asked shares overall, a favourite by branch, one colour on the rise."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import seeds
from shoplib.simulate.draws import Floats, Ints

Months = npt.NDArray[np.datetime64]

BRANCH_PULL = 1.45  # a branch buys so much more of its own colour
TREND = 0.45  # the rising colour goes from 55 % of its share to 145 %
MOST_TAKEN = 0.6  # of the falling colour's share
ROUNDS = 60


def planted(colours: Mapping[str, float], trade: Floats, seed: int) -> Floats:
    """Return the share of each colour, branches × months × colours.

    ``trade`` is the expected trade, branches × months: weighted by it, the shares come to those asked for
    (iterative proportional fitting, Deming and Stephan, 1940). From the first month to the last one colour gains
    what another loses; with one month or one colour there is no trend.
    """
    asked = np.array(list(colours.values()))
    branches, months = trade.shape
    rng = seeds.stream(seed, "simulate", "branch", "colours")
    own = rng.permutation(len(asked))[np.arange(branches) % len(asked)]
    tilt = np.ones((branches, 1, len(asked)))
    tilt[np.arange(branches), 0, own] = BRANCH_PULL
    share = tilt * _by_month(asked, months, rng)[None, :, :]
    weight = trade[:, :, None]
    for _ in range(ROUNDS):
        share /= share.sum(axis=2, keepdims=True)
        made = (weight * share).sum(axis=(0, 1)) / trade.sum()
        share *= np.divide(asked, made, out=np.ones_like(asked), where=made > 0)
    share /= share.sum(axis=2, keepdims=True)
    return share


def favourites(
    share: Floats, colours: Mapping[str, float], branches: tuple[str, ...], months: Months, units: Ints
) -> pd.DataFrame:
    """Return the truth about colours: share planted and units sold by branch and month.

    ``months`` are those of ``share`` (``datetime64[M]``), ``units`` an array of the shape of ``share``.
    """
    branch, month, colour = (part.ravel() for part in np.indices(share.shape))
    first = months.astype("datetime64[s]")
    return pd.DataFrame(
        {
            "branch": pd.Series(np.array(branches, dtype=object)[branch], dtype="str"),
            "month": first[month],
            "colour": pd.Series(np.array(list(colours), dtype=object)[colour], dtype="str"),
            "share": share.ravel(),
            "units": units.ravel(),
        }
    )


def _by_month(asked: Floats, months: int, rng: np.random.Generator) -> Floats:
    """Return months × colours: one colour's share rises in a straight line, another's falls by as much."""
    share = np.repeat(asked[None, :], months, axis=0)
    there = np.flatnonzero(asked > 0)
    if months == 1 or len(there) < 2:
        return share
    ranked = there[np.argsort(-asked[there], kind="stable")]
    rising = int(rng.choice(ranked[1:]))
    falling = int(rng.choice([at for at in ranked[1:] if at != rising] or [ranked[0]]))
    moved = min(TREND * asked[rising], MOST_TAKEN * asked[falling]) * np.linspace(-1, 1, months)
    share[:, rising] += moved
    share[:, falling] -= moved
    return share
