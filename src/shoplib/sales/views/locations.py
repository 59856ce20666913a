"""Places: what each took and earned, which are apart beyond chance, and how they differ."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base.listing import Listing
from shoplib.sales import tables
from shoplib.sales.metrics import untold
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View

TITLE = "Which places do best?"
SHOWN = (
    "location_name", "location_type", "city", "trading_days", "transactions", "gross_sales_minor", "share",
    "net_sales_minor", "average_transaction_minor", "gross_sales_per_day_minor", "refunds", "refunds_minor",
    "refund_share", "margin_minor", "margin_share", "unknown_margin_minor",
)  # fmt: skip
TOTALS = (
    "transactions", "gross_sales_minor", "net_sales_minor", "refunds", "refunds_minor", "margin_minor",
    "unknown_margin_minor",
)  # fmt: skip
UNTOLD = {
    "refunds": ("refunds", "refunds_minor", "refund_share", "net_sales_minor"),
    "margin": ("margin_minor", "margin_share", "unknown_margin_minor"),
}
"""The columns that tell nothing while a metric is not told at all."""


def view(scope: Scope) -> View:
    """Return the report on places."""
    table = compared(scope)
    silent = untold(scope.daily)
    hidden = {name for metric, names in UNTOLD.items() if metric in silent for name in names}
    names = tuple(name for name in SHOWN if name not in hidden)
    main = Listing(
        "locations", "All places", table, columns(*names), scope.currency,
        totals=tuple(name for name in TOTALS if name not in hidden),
    )  # fmt: skip
    return View("locations", TITLE, (), (main,))


def compared(scope: Scope) -> pd.DataFrame:
    """Return every place with its sums over the days shown, largest takings first, ties by key.

    Margins are missing where no line sold has a known cost, rates and shares where there is nothing to divide by.
    """
    daily = scope.shown_daily
    places = tables.sales_locations(daily, scope.books.locations)
    more = [
        "refunds_minor", "subtotal_minor", "discount_minor", "gift_cards_sold_minor", "margin_sales_minor", "cost_minor"
    ]  # fmt: skip
    sums = daily.groupby("location_id", sort=True)[more].sum().reindex(places["location_id"], fill_value=0)
    sums = sums.reset_index(drop=True)
    gross, sold, margin_sales = places["gross_sales_minor"], places["transactions"], sums["margin_sales_minor"]
    costed = places["location_id"].isin(_with_costs(scope))
    margin = (margin_sales - sums["cost_minor"]).astype("Int64").where(costed)
    whole = float(gross.sum())
    places["share"] = gross / (whole if whole > 0 else np.nan)
    places["average_transaction_minor"] = whole_rates(gross, sold)
    places["gross_sales_per_day_minor"] = whole_rates(gross, places["trading_days"])
    places["refunds_minor"] = sums["refunds_minor"]
    places["refund_share"] = _by(places["refunds"], places["refunds"] + sold)
    places["margin_minor"] = margin
    places["margin_share"] = _by(margin.astype("Float64").to_numpy(dtype="float64", na_value=np.nan), margin_sales)
    places["unknown_margin_minor"] = (
        sums["subtotal_minor"] - sums["discount_minor"] - sums["gift_cards_sold_minor"] - margin_sales
    )
    return places[["location_id", *SHOWN]]


def whole_rates(total: pd.Series, number: pd.Series) -> pd.Series:
    """Return ``metrics.whole_rate`` of each row (``Int64``), missing by nothing."""
    by = number.where(number > 0, 1)
    return ((2 * total + by) // (2 * by)).astype("Int64").where(number > 0)


def _with_costs(scope: Scope) -> list[str]:
    """Return the places that sold a line whose cost is known, gift cards left out."""
    lines = scope.shown.sold_lines
    costed = lines["cost_minor"].notna().to_numpy() & ~lines["gift"].to_numpy()
    place = lines["location_id"].cat
    found = np.bincount(place.codes.to_numpy()[costed], minlength=len(place.categories))
    return [str(name) for name, count in zip(place.categories, found, strict=True) if count]


def _by(top: pd.Series | np.ndarray, bottom: pd.Series) -> pd.Series:
    """Return shares, missing where there is nothing above zero to divide by."""
    return top / bottom.astype("float64").where(bottom > 0)
