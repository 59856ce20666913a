"""From a forecast to a quantity: how many to prepare, given what running out costs and what throwing away costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.errors import ConfigError
from shoplib.forecasting.models.interface import LEVELS, Said
from shoplib.forecasting.panel import Floats

REACH, STEPS = 7.0, 1001
"""Standard deviations and points over which expected costs are added up."""
LEAST = 1e-9
NORMAL_80 = 1.2816
COUNTED_BELOW = 10.0
"""Products of which fewer are expected are counted one by one: a quantile between whole units says little of them."""

Each = float | Floats


@dataclass(frozen=True)
class Demand:
    """The distribution of what is wanted of each product: ``values`` (products, shares) at the quantiles ``shares``.

    Between and beyond them it runs straight on the scale of the normal distribution, so that quantiles of a normal
    distribution give it back whole; it never falls below 0.
    """

    shares: Floats
    values: Floats

    def at(self, share: Each) -> Floats:
        """Return the quantile of each product, ``share`` one for all or one each."""
        from scipy.special import ndtri

        wanted = np.broadcast_to(np.asarray(share, dtype=np.float64), self.values.shape[:1])
        return self._scores(np.asarray(ndtri(wanted), dtype=np.float64)[:, None])[:, 0]

    def grid(self) -> tuple[Floats, Floats]:
        """Return values (products, points) and the weight of each point; the weights add up to 1."""
        score = np.linspace(-REACH, REACH, STEPS)
        weight = np.exp(-(score**2) / 2)
        return self._scores(np.broadcast_to(score, (len(self.values), STEPS))), weight / weight.sum()

    def _scores(self, score: Floats) -> Floats:
        from scipy.special import ndtri

        known = np.asarray(ndtri(self.shares), dtype=np.float64)
        place = np.clip(np.searchsorted(known, score) - 1, 0, len(known) - 2)
        rows = np.arange(len(self.values))[:, None]
        low, high = self.values[rows, place], self.values[rows, place + 1]
        return np.maximum(low + (high - low) * (score - known[place]) / (known[place + 1] - known[place]), 0.0)


def demand(said: Said, day: int = 0) -> Demand:
    """Return the distribution of one day of the horizon from a forecast and its bands, the mean as its middle.

    Without bands all of it lies on the mean.
    """
    mean = said.mean[:, day]
    sides = {0.5: mean}
    for level, (low, high) in said.bands.items():
        tail = (1 - level / 100) / 2
        sides |= {tail: low[:, day], 1 - tail: high[:, day]}
    if len(sides) == 1:
        sides |= {0.1: mean, 0.9: mean}
    shares = sorted(sides)
    return Demand(np.array(shares), np.maximum.accumulate(np.column_stack([sides[share] for share in shares]), axis=1))


def critical_ratio(shortage: Each, waste: Each) -> Floats:
    """Return the share of days on which there should be enough: shortage / (shortage + waste), costs of one unit.

    >>> float(critical_ratio(3.0, 1.0))
    0.75
    """
    short, thrown = np.asarray(shortage, dtype=np.float64), np.asarray(waste, dtype=np.float64)
    if not ((short >= 0) & (thrown >= 0) & (short + thrown > 0)).all():
        raise ConfigError(
            "Costs of running out and of waste cannot be weighed",
            found=f"shortage {np.min(short):g}, waste {np.min(thrown):g}",
            wanted="both 0 or more, and one of them above 0",
            next_step="give the margin of one unit as the cost of running out, its purchase price as that of waste",
        )  # fmt: skip
    ratio: Floats = short / (short + thrown)
    return ratio


def quantity(wanted: Demand, shortage: Each, waste: Each) -> Floats:
    """Return how many of each product cost least (newsvendor), not rounded.

    Where waste costs nothing it is the quantile of 99.9 %: no quantity would be enough.
    """
    return wanted.at(np.clip(critical_ratio(shortage, waste), 0.001, 0.999))


def whole_quantity(wanted: Demand, shortage: Each, waste: Each) -> Floats:
    """Return how many whole units cost least: the cheaper neighbour of :func:`quantity`, the lesser of two as cheap."""
    best = quantity(wanted, shortage, waste)
    low, high = np.floor(best + LEAST), np.ceil(best - LEAST)
    dear = expected_cost(wanted, low, shortage, waste) > expected_cost(wanted, high, shortage, waste) + LEAST
    return np.where(dear, high, low)


def expected_cost(wanted: Demand, prepared: Each, shortage: Each, waste: Each) -> Floats:
    """Return what ``prepared`` units are expected to cost: waste of what is left and shortage of what is missing."""
    left, missing = expected_units(wanted, prepared)
    cost: Floats = left * waste + missing * shortage
    return cost


def expected_units(wanted: Demand, prepared: Each) -> tuple[Floats, Floats]:
    """Return how many units are expected to be left over, and how many to be missing, of ``prepared`` ones."""
    values, weight = wanted.grid()
    over = np.broadcast_to(np.asarray(prepared, dtype=np.float64), values.shape[:1])[:, None] - values
    return np.maximum(over, 0.0) @ weight, np.maximum(-over, 0.0) @ weight


def count_quantity(chances: Floats, ratio: Each) -> npt.NDArray[np.int64]:
    """Return the smallest q with F(q) ≥ ``ratio`` of counts: ``chances`` (products, 0 … most) add up to 1 a row."""
    reached = np.cumsum(chances, axis=1)
    wanted = np.broadcast_to(np.asarray(ratio, dtype=np.float64), chances.shape[:1])[:, None]
    least: npt.NDArray[np.int64] = np.minimum((reached < wanted - 1e-12).sum(axis=1), chances.shape[1] - 1)
    return least


def count_cost(chances: Floats, prepared: Each, shortage: Each, waste: Each) -> Floats:
    """Return what ``prepared`` units are expected to cost where demand is counts with these ``chances``."""
    left, missing = count_units(chances, prepared)
    cost: Floats = left * waste + missing * shortage
    return cost


def count_units(chances: Floats, prepared: Each) -> tuple[Floats, Floats]:
    """Return how many units are expected to be left over, and to be missing, where demand is counts."""
    ready = np.broadcast_to(np.asarray(prepared, dtype=np.float64), chances.shape[:1])[:, None]
    over = ready - np.arange(chances.shape[1])
    return (chances * np.maximum(over, 0.0)).sum(axis=1), (chances * np.maximum(-over, 0.0)).sum(axis=1)


def count_chances(mean: Floats, variance: Floats | None = None) -> Floats:
    """Return the chances of 0, 1, 2 … of each product: Poisson, or negative binomial where the variance is more."""
    from scipy.stats import nbinom, poisson

    spread = mean if variance is None else np.maximum(variance, mean)
    most = int(np.ceil(np.max(mean + 12 * np.sqrt(spread), initial=0.0))) + 12
    counts = np.arange(most + 1)
    size = mean**2 / np.maximum(spread - mean, LEAST)
    wide = (spread > mean * (1 + 1e-6)) & (mean > 0)
    chances = np.asarray(poisson.pmf(counts, mean[:, None]))
    if wide.any():
        share = size[wide] / (size[wide] + mean[wide])
        chances[wide] = nbinom.pmf(counts, size[wide, None], share[:, None])
    total: Floats = chances / chances.sum(axis=1, keepdims=True)
    return total


def tomorrow(
    ids: Sequence[str], said: Said, *, worse: float = 2.0, margin: Floats | None = None, cost: Floats | None = None,
    names: Mapping[str, str] | None = None, day: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Return how many of each product to prepare for one coming day, most expected first.

    ``worse`` is the one slider: how much worse running out is than throwing away, a unit of each. With ``margin`` and
    ``cost`` of one unit (money, NaN if not known) it multiplies the margin: what a customer sent away costs beside the
    sale. Columns: unique_id, name, expected, low and high (80 %), prepare (whole units), enough (chance that they
    suffice), left (units expected over) and missing. Products without a forecast are left out.
    """
    told = ~np.isnan(said.mean[:, day])
    wanted = demand(Said(said.mean[told], {at: (low[told], high[told]) for at, (low, high) in said.bands.items()}), day)
    ones = np.ones(int(told.sum()))
    gain, price = (ones if given is None else given[told] for given in (margin, cost))
    known = ~np.isnan(gain) & ~np.isnan(price) & (gain > 0) & (price > 0)
    short, thrown = np.where(known, gain, 1.0) * worse, np.where(known, price, 1.0)
    few = count_chances(*_moments(said, told, day))
    counted = said.mean[told, day] < COUNTED_BELOW
    ready = np.where(counted, count_quantity(few, critical_ratio(short, thrown)), whole_quantity(wanted, short, thrown))
    units = [np.where(counted, *pair)
             for pair in zip(count_units(few, ready), expected_units(wanted, ready), strict=True)]  # fmt: skip
    values, weight = wanted.grid()
    enough = np.where(counted, (few * (np.arange(few.shape[1]) <= ready[:, None])).sum(axis=1),
                      (values <= ready[:, None] + LEAST) @ weight)  # fmt: skip
    labels = pd.Series([key for key, one in zip(ids, told, strict=True) if one], dtype="str")
    middle = LEVELS[0]
    low, high = ((said.bands[middle][side][told, day] if middle in said.bands else np.full(len(ones), np.nan))
                 for side in (0, 1))  # fmt: skip
    table = pd.DataFrame({
        "unique_id": labels, "name": labels.map(names or {}).fillna(labels).astype("str"),
        "expected": said.mean[told, day], "low": low, "high": high, "prepare": ready.astype(np.int64),
        "enough": enough, "left": units[0], "missing": units[1],
    })  # fmt: skip
    return table.sort_values(["expected", "unique_id"], ascending=[False, True], kind="stable", ignore_index=True)


def _moments(said: Said, told: npt.NDArray[np.bool_], day: int) -> tuple[Floats, Floats]:
    """Return mean and variance of products of which few are expected, 0 of the others; no less varied than Poisson."""
    mean = np.where(said.mean[told, day] < COUNTED_BELOW, said.mean[told, day], 0.0)
    if LEVELS[0] not in said.bands:
        return mean, mean
    above = np.maximum(said.bands[LEVELS[0]][1][told, day] - mean, 0.0)
    return mean, np.where(mean > 0, np.maximum((above / NORMAL_80) ** 2, mean), 0.0)
