"""What does not sell: silences longer than a product's own rhythm explains, and sales far below its category's.

A silence is judged by the rhythm of the product itself. With sales as a Poisson stream, of which n days with a sale
within T open days are known, a next silence of at least s open days has the chance (T / (T + s)) ** (n − 1), whatever
the true rate (the ratio of two exponential sums is an F; Pareto type II).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.sales import chances, mix
from shoplib.sales.books import Books
from shoplib.sales.sold import Sold

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
UNUSUAL = 0.01  # chance of a silence below which it is not the product's own rhythm
FAR_BELOW = 0.25  # of the usual product of the category
FEWEST_PEERS = 4
MOST_COUNTED = 4_000_000  # cells of a table of counts; past it keys are sorted instead
NEVER, SILENT, BELOW = "never sold", "no sale lately", "far below its category"
PRODUCTS = [
    "product_id", "product_name", "product_category", "reason", "last_sold", "days_without_sale", "usual_gap_days",
    "units", "category_share", "best_location", "list_price_minor",
]  # fmt: skip
PLACES = [
    "location_id", "location_name", "product_id", "product_name", "product_category", "last_sold", "days_without_sale",
    "usual_gap_days", "units", "best_location", "missed_days",
]  # fmt: skip


@dataclass(frozen=True)
class Past:
    """What was sold on all days known.

    ``sale_days`` are the distinct days with a sale of each product at each place, sorted, as
    ``(place · products + product) · days + day``; ``open`` tells on which days each place sold anything.
    """

    sold: Sold
    first: pd.Timestamp
    sale_days: Ints
    open: npt.NDArray[np.bool_]

    @property
    def anywhere(self) -> npt.NDArray[np.bool_]:
        """Whether anything was sold on each day."""
        return np.asarray(self.open.any(axis=0))


def past(sold: Sold) -> Past | None:
    """Return sales ready to be asked how long nothing was sold, ``None`` without a line that sells."""
    if sold.period is None or not sold.sells.any():
        return None
    size = len(sold.places) * len(sold.keys) * sold.days
    found = _distinct(((sold.place * len(sold.keys) + sold.product) * sold.days + sold.day)[sold.sells], size)
    opened = np.zeros((len(sold.places), sold.days), dtype=bool)
    opened[found // (len(sold.keys) * sold.days), found % sold.days] = True
    return Past(sold, pd.Timestamp(sold.period.start), found, opened)


def products(known: Past | None, slow_days: int) -> pd.DataFrame:
    """Return the products that do not sell, up to the last day known; columns: :data:`PRODUCTS`.

    First those of the list of products never sold, then those without a sale for ``slow_days`` where their own rhythm
    does not explain it, longest silence first, then those that sell far below the usual product of their category.
    ``usual_gap_days`` is the mean of days from one day with a sale to the next, ``category_share`` the lines a day
    since the first sale by those of the median product of the category, ``best_location`` where most units are sold, of
    late if any were.
    """
    if known is None:
        return pd.DataFrame(columns=PRODUCTS)
    table = _rhythm(_by_product(known), len(known.sold.keys), known.anywhere, slow_days)
    table.insert(0, "product_id", known.sold.keys)
    table["units"] = np.bincount(known.sold.product, weights=known.sold.quantity, minlength=len(known.sold.keys))
    table["category_share"], below = _against_category(known, table)
    table["reason"] = np.where(table["slow"], SILENT, np.where(below, BELOW, ""))
    table["best_location"] = _best_places(known, slow_days)
    table = table[(table["reason"] != "") & (table["sale_days"] > 0)].set_index("product_id")
    rows = pd.Index([*_never(known), *table.index], name="product_id", dtype=object)
    table = _told(table.reindex(rows).reset_index(), known)
    table = table.assign(reason=table["reason"].fillna(NEVER), units=table["units"].fillna(0.0))
    rank = table["reason"].map({NEVER: 0, SILENT: 1, BELOW: 2})
    order = table.assign(rank=rank, silence=-table["days_without_sale"].fillna(0).astype("int64").where(rank < 2, 0))
    order = order.sort_values(["rank", "silence", "category_share", "product_id"], kind="stable", ignore_index=True)
    return order[PRODUCTS]


def by_place(known: Past | None, slow_days: int, most: int = 200) -> tuple[pd.DataFrame, int]:
    """Return products that one place has stopped selling though others sell them, and how many there are.

    Columns: :data:`PLACES`; at most ``most`` rows, those first that miss most days with a sale by their own rhythm
    (``missed_days``). Days are the place's own open days, so a closed place has none. Empty with a single place.
    """
    if known is None or known.open.any(axis=1).sum() == 1:
        return pd.DataFrame(columns=PLACES), 0
    size = len(known.sold.places) * len(known.sold.keys)
    table = _rhythm(known.sale_days, size, known.open, slow_days)
    product = np.arange(size) % len(known.sold.keys)
    late = _late(known, slow_days) & known.sold.sells
    sells = np.bincount(known.sold.product[late], minlength=len(known.sold.keys)) > 0
    table["location_id"] = known.sold.places.to_numpy()[np.arange(size) // len(known.sold.keys)]
    table["product_id"] = known.sold.keys.to_numpy()[product]
    table["best_location"] = _best_places(known, slow_days)[product]
    owner = known.sold.place * len(known.sold.keys) + known.sold.product
    table["units"] = np.bincount(owner, weights=known.sold.quantity, minlength=size)
    # Sold there once only, it has no rhythm at that place to be behind.
    table = table[table["slow"].to_numpy() & sells[product] & (table["missed_days"] > 0).to_numpy()]
    found = _told(table, known)
    found["location_name"] = _place_names(known.sold.books, found["location_id"])
    found = found.sort_values(
        ["missed_days", "location_id", "product_id"], ascending=[False, True, True], kind="stable"
    )
    return found[PLACES].head(most).reset_index(drop=True), len(found)


def _rhythm(sale_days: Ints, owners: int, opened: npt.NDArray[np.bool_], slow_days: int) -> pd.DataFrame:
    """Return the rhythm of each owner from its distinct days, as ``owner · days + day`` sorted.

    Columns: ``sale_days``, ``first`` and ``last`` (days), ``days_without_sale``, ``usual_gap_days``, ``missed_days``,
    ``slow``. ``opened`` are open days, of all or a row for each place, whose owners follow one another.
    """
    days = opened.shape[-1]
    owner, day = sale_days // days, sale_days % days
    number = np.bincount(owner, minlength=owners)
    ends = np.cumsum(number)
    has = number > 0
    first, last = np.full(owners, -1), np.full(owners, -1)
    first[has], last[has] = day[(ends - number)[has]], day[ends[has] - 1]
    so_far = np.atleast_2d(opened).cumsum(axis=1)
    row = np.arange(owners) * len(so_far) // max(owners, 1)
    within = so_far[row, last] - so_far[row, first]
    silent = so_far[row, -1] - so_far[row, last]
    gaps = np.maximum(number - 1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = np.where(gaps > 0, (within / (within + silent)) ** gaps, np.where(silent > 0, 0.0, 1.0))
        usual = np.where(gaps > 0, (last - first) / gaps, np.nan)
        missed = np.where(gaps > 0, silent * gaps / within, 0.0)
    silence = days - 1 - last
    return pd.DataFrame(
        {
            "sale_days": number, "first": first, "last": last, "days_without_sale": silence, "usual_gap_days": usual,
            "missed_days": missed, "slow": has & (silence >= slow_days) & (chance < UNUSUAL),
        }
    )  # fmt: skip


def _against_category(known: Past, table: pd.DataFrame) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return lines a day of each product by those of the median of its category, and which are far below for sure.

    For sure: even the upper end of the 99 % interval of its count (Garwood, 1936) is below a quarter of the median, and
    the category has four products or more. NaN for products without a category or a sale.
    """
    lines = np.bincount(known.sold.product[known.sold.sells], minlength=len(known.sold.keys))
    days = known.anywhere[::-1].cumsum()[::-1][table["first"].to_numpy().clip(min=0)]
    rate = pd.Series(np.where(lines > 0, lines / np.maximum(days, 1), np.nan))
    of = pd.Series(mix.category_of(known.sold.keys, known.sold.books))
    groups = rate.groupby(of)
    usual = groups.transform("median").where(of != mix.NO_CATEGORY).to_numpy()
    most = chances.chi_square_quantile(0.99, 2 * (lines + 1)) / 2 / np.maximum(days, 1)
    below = (lines > 0) & (most < FAR_BELOW * usual) & (groups.transform("count").to_numpy() >= FEWEST_PEERS)
    return np.asarray(rate.to_numpy() / usual), below


def _best_places(known: Past, slow_days: int) -> npt.NDArray[np.object_]:
    """Return the place with most units of each product, of the last ``slow_days`` if it sold in them."""
    size = len(known.sold.places) * len(known.sold.keys)
    owner, quantity = known.sold.place * len(known.sold.keys) + known.sold.product, known.sold.quantity
    late = _late(known, slow_days)
    all_days, lately = (
        np.bincount(owner[rows], weights=quantity[rows], minlength=size).reshape(len(known.sold.places), -1)
        for rows in (slice(None), late)
    )
    units = np.where(lately.sum(axis=0) > 0, lately, all_days)
    names = _place_names(known.sold.books, pd.Series(known.sold.places, dtype=object)).to_numpy(dtype=object)
    best: npt.NDArray[np.object_] = names[units.argmax(axis=0)]
    best[units.max(axis=0, initial=0) <= 0] = None
    return best


def _late(known: Past, slow_days: int) -> npt.NDArray[np.bool_]:
    return np.asarray(known.sold.day >= known.sold.days - slow_days)


def _never(known: Past) -> list[str]:
    """Return the products of the list that have no line of a sale, sorted."""
    sells = known.sold.product[known.sold.sells]
    sold = known.sold.keys[np.bincount(sells, minlength=len(known.sold.keys)) > 0]
    return sorted(set(known.sold.books.products["product_id"]) - set(sold))


def _told(table: pd.DataFrame, known: Past) -> pd.DataFrame:
    """Return the rows with names, the day of the last sale and the list price, if it is known."""
    last = known.first + pd.to_timedelta(table["last"], unit="D")
    prices = known.sold.books.products.drop_duplicates("product_id").set_index("product_id")
    price = prices["unit_price_minor"] if "unit_price_minor" in prices else pd.Series(dtype="Int64")
    listed = pd.to_numeric(table["product_id"].map(price)).astype("Int64")
    return mix.named(table, known.sold.books).assign(
        last_sold=last.astype("datetime64[ns]"), list_price_minor=listed,
        days_without_sale=table["days_without_sale"].astype("Int64"),
    )  # fmt: skip


def _place_names(books: Books, keys: pd.Series) -> pd.Series:
    names = books.locations.drop_duplicates("location_id").set_index("location_id")["location_name"].astype(object)
    found = keys.map(names)
    return found.where(found.notna(), keys).astype(object)


def _distinct(keys: Ints, size: int) -> Ints:
    """Return distinct keys below ``size`` in order."""
    if size <= MOST_COUNTED:
        return np.flatnonzero(np.bincount(keys, minlength=size))
    return np.sort(pd.unique(keys))


def _by_product(known: Past) -> Ints:
    """Return the distinct days with a sale of each product anywhere, as ``product · days + day`` sorted."""
    span = len(known.sold.keys) * known.sold.days
    return np.unique(known.sale_days % span)
