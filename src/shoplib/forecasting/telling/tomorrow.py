"""What to prepare for the next open day."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.forecasting import known_ahead
from shoplib.forecasting.demand_series import ALL, OTHERS
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.telling import plain
from shoplib.forecasting.telling.expected import next_day

LOCATION, PRODUCT = "location_product", "product"


def sentences(view: Outlook, shop: Shop) -> list[str]:
    """Return what the next open day is expected to take, and what "prepare" means."""
    at = next_day(view)
    if view.takings is None or at is None:
        return []
    one = view.takings
    day = one.series.panel.coming(view.plan.horizon_days)[at]
    named = known_ahead.holidays_of(view.shops.country, pd.DatetimeIndex([day]))
    holiday = f", {named.iloc[0]}" if len(named) else ""
    worth = plain.amount(float(one.mean[0, at]), shop)
    text = f"{plain.day(day, shop, weekday=True)}{holiday}: takings of {worth} are expected"
    if 80 in one.bands:
        low, high = (float(bound[0, at]) for bound in one.bands[80])
        if pd.notna(low):
            text += f" (80% between {plain.amount(low, shop)} and {plain.amount(high, shop)})"
    return [f"{text}."]


def meaning(view: Outlook, shop: Shop) -> str:
    """Return what "prepare" means, for beside the list."""
    times = words.count(view.shortage_costs, shop.language, 0 if float(view.shortage_costs).is_integer() else 1)
    share = words.share(view.shortage_costs / (1 + view.shortage_costs), shop.language, 0)
    rows = next_rows(view)
    together = len(view.shops.ids) > 1 and bool((rows["location_id"] == ALL).all())
    return ("All places together. " if together else "") + (
        f"Prepare: the quantity that is enough on {share} of such days, which pays where running out of one is {times} "
        "times as bad as throwing one away (shortage_costs in the scenario). Likely: on 8 days of 10 that much sells."
    )


def to_prepare(view: Outlook, shop: Shop) -> pd.DataFrame:
    """Return what to have ready on the next open day under the words a reader sees, most first.

    Columns: Place where products are told place by place, Product, Prepare, Likely.
    """
    rows = next_rows(view)
    columns = ["Product", "Prepare", "Likely"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    named = zip(rows["product_id"], rows["category"], strict=True)
    likely = zip(rows["low_80"], rows["high_80"], strict=True)
    table = pd.DataFrame(
        {
            "Place": [plain.place(view, name) for name in rows["location_id"]],
            "Product": [plain.product(view, *names) for names in named],
            "Prepare": [plain.quantity(value, shop) for value in rows["prepare"].fillna(rows["expected"].round())],
            "Likely": [plain.quantities(low, high, shop) for low, high in likely],
        }
    )
    if (rows["location_id"] == ALL).all():
        return table[columns]
    return table


def next_rows(view: Outlook) -> pd.DataFrame:
    """Return the rows of ``forecast`` of the best sellers on the next open day, place by place where there are any."""
    at = next_day(view)
    if view.takings is None or view.units is None or at is None:
        return view.forecast.iloc[:0]
    day = view.takings.series.panel.coming(view.plan.horizon_days)[at]
    rows = view.forecast[(view.forecast["business_date"] == day) & (view.forecast["product_id"] != OTHERS)]
    split = rows["level"] == LOCATION
    rows = rows[split if split.any() else rows["level"] == PRODUCT]
    size = rows["expected"].groupby(rows["location_id"]).transform("sum") if split.any() else rows["expected"]
    return rows.assign(size=size).sort_values(
        ["size", "location_id", "expected"], ascending=[False, True, False], kind="stable"
    )
