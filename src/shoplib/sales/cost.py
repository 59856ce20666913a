"""What a line brought and what it cost: its part of the receipt's discount, and the cost valid on the day of sale."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
DAY_NS = 86_400_000_000_000
LARGE = 2.0**62


def discount_parts(receipt: Ints, line_number: Ints, line_total_minor: Ints, discount_minor: pd.Series) -> Ints:
    """Return the part of its receipt's discount that falls on each line, in minor units.

    ``receipt`` is the row of ``discount_minor`` a line belongs to. A discount is spread by line total: of the first
    lines, in the order of their numbers, it takes the whole minor units below ``discount × their totals ÷ all totals``,
    so the parts always add up to the discount. Receipts whose lines add up to nothing or less keep theirs.

    >>> rows, numbers, totals = np.zeros(3, int), np.array([1, 2, 3]), np.array([100, 100, 100])
    >>> discount_parts(rows, numbers, totals, pd.Series([100])).tolist()
    [33, 33, 34]
    """
    parts = np.zeros(len(receipt), dtype="int64")
    discount = discount_minor.to_numpy(dtype="int64")
    chosen = np.flatnonzero(discount[receipt] != 0)
    if not len(chosen):
        return parts
    chosen = chosen[np.lexsort((line_number[chosen], receipt[chosen]))]
    owner, amount = receipt[chosen], line_total_minor[chosen]
    first = np.r_[True, owner[1:] != owner[:-1]]
    group = np.cumsum(first) - 1
    running = np.cumsum(amount)
    before = (running - amount)[first]
    so_far = running - before[group]
    whole = np.bincount(group, weights=amount).astype("int64")[group]
    taken = _proportion(discount[owner], so_far, np.where(whole > 0, whole, 1)) * (whole > 0)
    parts[chosen] = np.diff(taken, prepend=0) * ~first + taken * first
    return parts


def _proportion(amount: Ints, part: Ints, whole: Ints) -> Ints:
    """Return ``amount × part ÷ whole`` rounded down, exactly also where the product has no place in 64 bits."""
    large = np.abs(amount.astype("float64") * part) >= LARGE
    taken = np.where(large, 0, amount) * part // whole
    taken[large] = [int(a) * int(b) // int(c) for a, b, c in zip(amount[large], part[large], whole[large], strict=True)]
    return taken


def unit_costs(
    product: pd.Categorical, day: npt.NDArray[np.datetime64], products: pd.DataFrame, prices: pd.DataFrame
) -> Floats:
    """Return the cost of one unit on the day of each line, in minor units, NaN where none is known.

    It is the cost of the latest row of ``prices`` (product_id, valid_from, unit_cost_minor) that is not after the day.
    Products that ``prices`` does not name have the one cost of ``products``, whatever the day.
    """
    names = {name: code for code, name in enumerate(product.categories)}
    found = _latest(product.codes.astype("int64"), day, prices, names)
    dated = np.isin(np.arange(len(names)), [names[p] for p in prices["product_id"].unique() if p in names])
    fixed = np.full(len(names) + 1, np.nan)
    one_cost = products[products["product_id"].isin(names).to_numpy()]
    fixed[one_cost["product_id"].astype(object).map(names).to_numpy(dtype="int64")] = _numbers(one_cost)
    return np.where(np.r_[dated, False][product.codes], found, fixed[product.codes])


def _latest(codes: Ints, day: npt.NDArray[np.datetime64], prices: pd.DataFrame, names: dict[str, int]) -> Floats:
    known = prices[prices["product_id"].isin(names).to_numpy()]
    if known.empty:
        return np.full(len(codes), np.nan)
    of = known["product_id"].astype(object).map(names).to_numpy(dtype="int64")
    start = pd.to_datetime(known["valid_from"]).to_numpy().astype("datetime64[ns]").astype("int64") // DAY_NS
    cost = _numbers(known)
    order = np.lexsort((start, of))
    of, start, cost = of[order], start[order], cost[order]
    span = 1 << 24  # days of one product never reach those of the next
    place = np.searchsorted(of * span + start, codes * span + day.astype("datetime64[ns]").astype("int64") // DAY_NS,
                            side="right") - 1  # fmt: skip
    fits = (place >= 0) & (of[np.maximum(place, 0)] == codes)
    return np.where(fits, cost[np.maximum(place, 0)], np.nan)


def _numbers(table: pd.DataFrame) -> Floats:
    numbers = table["unit_cost_minor"].astype("Float64")
    return np.asarray(numbers.to_numpy(dtype="float64", na_value=np.nan))


def line_costs(quantity: Floats, each_minor: Floats) -> pd.arrays.IntegerArray:
    """Return the cost of each line in whole minor units (``Int64``), half a unit rounded up, NA where unknown."""
    exact = np.floor(quantity * each_minor + 0.5)
    unknown = np.isnan(exact)
    return pd.arrays.IntegerArray(np.where(unknown, 0, exact).astype("int64"), unknown)
