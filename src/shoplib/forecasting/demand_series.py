"""The series of a shop that are forecast: takings by place, units by product, with all that they add up to.

A series is named by level, location_id, category, product_id and measure; ``*`` stands for all, ``+`` for all that
are not named themselves: the products of a category beyond the best sellers, the places beyond the largest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.forecasting import known_ahead
from shoplib.forecasting.known_ahead import Offers
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel, Whole

ALL, OTHERS, NO_CATEGORY = "*", "+", "none"
TAKINGS, UNITS = "gross_sales", "units"
KEYS = ["level", "location_id", "category", "product_id", "measure"]
COLUMNS = {
    "sales_daily": ("business_date", "location_id", "gross_sales_minor"),
    "locations": ("location_id", "location_name"),
    "products": ("product_id", "product_name", "product_category", "unit_price_minor", "unit_cost_minor"),
    "promotions": ("promotion_id", "product_id", "location_id", "starts", "ends", "discount_share"),
    "transactions": (
        "transaction_id", "timestamp", "business_date", "location_id", "transaction_status", "payment_method",
        "total_amount_minor",
    ),
    "transaction_items": ("transaction_id", "product_id", "quantity", "line_total_minor"),
    "stock_movements": ("timestamp", "business_date", "location_id", "product_id", "movement", "quantity"),
    "stock_counts": ("location_id", "product_id", "counted_on", "counted_units"),
}  # fmt: skip
"""The columns of the facts that a forecast reads."""
SILENT_DAYS = 28
"""A place without a trading day for so long is taken as closed."""
LEAST_DAYS = 2 * WEEK
"""Days from its first to the last of the data below which a place gets no forecast: each weekday twice."""
RECENT_DAYS = 56
"""Days back that say which places and products are the largest."""
PLACES_PART = 3
"""One series in so many may be a place."""

Facts = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Places:
    """The places that can be forecast: takings by day (minor units, NaN where shut or not yet there).

    ``shut`` reaches over the coming days. ``left_out`` are ids of places known for less than two weeks or without trade
    for four.
    """

    ids: tuple[str, ...]
    days: pd.DatetimeIndex
    horizon: int
    takings: Floats
    shut: Flags
    left_out: tuple[str, ...]
    country: str

    @property
    def whole(self) -> pd.DatetimeIndex:
        """The days of the history and the coming ones; none without a history."""
        if self.days.empty:
            return self.days
        return pd.date_range(self.days[0], periods=len(self.days) + self.horizon, freq="D")


@dataclass(frozen=True)
class Measured:
    """The series of one measure: ``keys`` has one row a series of ``panel``, in its order.

    ``sums`` says which of the bottom series each series adds up, as 1 and 0, in the shape (series, bottom series);
    ``bottom`` are their rows. ``sold`` is what was sold, where ``panel.y`` has what would have been without empty
    shelves; ``out`` says on which days something was out of stock; both (series, history).
    """

    measure: str
    keys: pd.DataFrame
    panel: Panel
    sums: Floats
    bottom: Whole
    sold: Floats
    out: Flags

    def row(self, level: str, location_id: str = ALL, category: str = ALL, product_id: str = ALL) -> int:
        """Return the row of a series, -1 where it is not forecast."""
        wanted = (level, location_id, category, product_id)
        found = (self.keys[KEYS[:4]] == wanted).all(axis=1).to_numpy().nonzero()[0]
        return int(found[0]) if len(found) else -1


def calendar(daily: pd.DataFrame) -> pd.DatetimeIndex:
    """Return every day from the first to the last of ``sales_daily``."""
    days = pd.DatetimeIndex(daily["business_date"]).as_unit("ns")
    return days if days.empty else pd.date_range(days.min(), days.max(), freq="D")


def places(daily: pd.DataFrame, horizon: int, country: str) -> Places:
    """Return the places of ``sales_daily`` that are known for two weeks and not silent for four, by their ids."""
    days = calendar(daily)
    table = daily.pivot_table(
        index="location_id", columns="business_date", values="gross_sales_minor", aggfunc="sum", observed=True
    )
    table.columns = pd.DatetimeIndex(table.columns).astype("datetime64[ns]")
    table = table.reindex(columns=days).sort_index()
    ids, y = np.array([str(place) for place in table.index], dtype=object), table.to_numpy(dtype="float64")
    fit = _ready(y) if len(ids) else np.zeros(0, dtype=bool)
    kept = y[fit]
    shut = np.isnan(kept) & known_ahead.begun(kept)
    coming = known_ahead.shut(shut, days, horizon, country) if fit.any() else shut
    return Places(tuple(ids[fit]), days, horizon, kept, coming, tuple(ids[~fit]), country)


def takings(shops: Places, offers: Offers, most: int) -> Measured | None:
    """Return takings of all places together and of each, at most a third of ``most`` by name; ``None`` without one."""
    if not shops.ids:
        return None
    size = np.nansum(shops.takings[:, -RECENT_DAYS:], axis=1)
    named = np.sort(np.argsort(-size, kind="stable")[: max(most // PLACES_PART, 1)])
    group = np.full(len(shops.ids), len(named), dtype=np.int64)
    group[named] = np.arange(len(named))
    count = int(group.max()) + 1
    labels = [shops.ids[place] for place in named] + [OTHERS] * (count > len(named))
    sums = np.vstack([np.ones((int(count > 1), count)), np.eye(count)])
    keys = pd.DataFrame(
        {
            "level": ["total"] * (count > 1) + (["location"] * count if count > 1 else ["total"]),
            "location_id": [ALL] * (count > 1) + (labels if count > 1 else [ALL]),
            "category": ALL, "product_id": ALL, "measure": TAKINGS,
        }
    )  # fmt: skip
    member = (group == np.arange(count)[:, None]).astype("float64")
    at = dict(zip(shops.ids, (int(row) for row in group), strict=True))
    group_of = np.asarray(offers.pairs["location_id"].map(at), dtype=np.int64)
    known = known_columns(sums, offers, group_of, "value")
    return measured(TAKINGS, keys, shops, sums, (sums @ member) > 0, added(member, shops.takings), known)


def measured(
    measure: str, keys: pd.DataFrame, shops: Places, sums: Floats, at: Flags, bottom: Floats,
    known: dict[str, Floats], sold: Floats | None = None, out: Flags | None = None,
) -> Measured:  # fmt: skip
    """Return the series of a measure from its bottom series by day.

    ``at`` says at which places each series is sold, (series, places); a series is shut where all of these are. ``sold``
    and ``out`` are of the bottom series; without them nothing was out of stock.
    """
    ids = tuple("|".join(row) for row in keys[KEYS[:4]].itertuples(index=False))
    closed: Flags = (at.astype("float64") @ (~shops.shut).astype("float64")) == 0
    past = closed[:, : len(shops.days)]
    static = keys[KEYS[:4]].set_axis(list(ids), axis=0)
    y = np.where(past, np.nan, added(sums, bottom))
    panel = Panel(ids, shops.whole, len(shops.days), y, closed, known, static, shops.country)
    really = panel.sold if sold is None else np.where(past & ~np.isnan(panel.sold), 0.0, added(sums, sold))
    missing = np.zeros(y.shape, dtype=bool) if out is None else (sums @ out.astype("float64") > 0) & ~past
    return Measured(measure, keys, panel, sums, np.arange(len(keys) - sums.shape[1], len(keys)), really, missing)


def added(member: Floats, y: Floats) -> Floats:
    """Return the sums of rows, NaN on days on which all of them are."""
    known = ~np.isnan(y)
    return np.where(member @ known.astype("float64") > 0, member @ np.where(known, y, 0.0), np.nan)


def known_columns(sums: Floats, offers: Offers, group: npt.NDArray[np.int64], weight: str) -> dict[str, Floats]:
    """Return the columns known ahead: the mean discount of what a series sells, weighted by how much that sells."""
    whole, grid = offers.by(group, sums.shape[1], weight)
    if not (grid > 0).any():
        return {}
    every = sums @ whole
    return {"offers": sums @ (grid * whole[:, None]) / np.where(every > 0, every, 1.0)[:, None]}


def _ready(y: Floats) -> Flags:
    seen = ~np.isnan(y)
    known = y.shape[1] - seen.argmax(axis=1)
    silent = seen[:, ::-1].argmax(axis=1)
    found: Flags = seen.any(axis=1) & (known >= LEAST_DAYS) & (silent < SILENT_DAYS)
    return found
