"""What is expected place by place, category by category and product by product."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.forecasting.demand_series import ALL, OTHERS, TAKINGS, UNITS
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.panel import WEEK
from shoplib.forecasting.telling import plain

SHARES = ("Off by", "In band")
WIDEST = 9
"""Letters of an amount above which the column of the next week is left out, so that the others fit the page."""
TOLD = (
    "Off by: sum of daily errors over sum of what came, on days the models had not seen. In band: share of those days "
    "within the 80% band made of what was known before; 80% is meant. "
)
MONEY = "Error a day: what the errors of a day cost, too much at its cost and too little at the margin lost."
MONEY_TAKEN = "Error a day: by how much a day was off."


def places_table(view: Outlook, shop: Shop) -> pd.DataFrame:
    """Return takings expected of each place, largest first, all together on top.

    With one place only there are no rows: they would repeat what is said of all.
    """
    rows = _rows(
        view, TAKINGS, ("total", "location"), lambda key: plain.place(view, str(key["location_id"])), "Place", shop
    )
    return rows if len(rows) > 1 else rows.iloc[:0]


def categories_table(view: Outlook, shop: Shop) -> pd.DataFrame:
    """Return units expected of each category, all on top, what is in none of them last; none for a single category."""
    rows = _rows(
        view, UNITS, ("total", "category"), lambda key: plain.product(view, ALL, str(key["category"])), "Category", shop
    )
    return rows if len(rows) > 2 else rows.iloc[:0]


def products_table(view: Outlook, shop: Shop) -> pd.DataFrame:
    """Return units expected of each best seller at all places together, most first."""

    def name(key: pd.Series) -> str:
        return plain.product(view, str(key["product_id"]), str(key["category"]))

    return _rows(view, UNITS, ("product",), name, "Product", shop)


def _rows(
    view: Outlook, measure: str, levels: tuple[str, ...], name: Callable[[pd.Series], str], head: str, shop: Shop
) -> pd.DataFrame:
    one = view.takings if measure == TAKINGS else view.units
    if one is None:
        return pd.DataFrame(columns=[head, *SHARES])
    keys = one.series.keys
    rows = keys[keys["level"].isin(levels) & (keys["product_id"] != OTHERS)]
    whole = pd.Series(one.mean.sum(axis=1)).loc[rows.index]
    top = rows["level"] == "total"
    order = pd.DataFrame({"top": ~top, "rest": rows["location_id"] == OTHERS, "size": -whole}).sort_values(
        ["top", "rest", "size"], kind="stable"
    )
    picked = order.index.to_numpy()
    days = view.plan.horizon_days
    told = plain.amount if measure == TAKINGS else plain.quantity
    table = pd.DataFrame({head: [name(keys.loc[row]) for row in picked]})
    week = [told(float(one.mean[row, :WEEK].sum()), shop) for row in picked]
    if days > WEEK and max(map(len, week), default=0) <= WIDEST:
        table["Next 7 days"] = week
    table[f"Next {words.plural(days, 'day')}"] = [told(float(one.mean[row].sum()), shop) for row in picked]
    if len(one.whole):
        ends = one.whole[["low_80", "high_80"]].to_numpy()[picked]
        span = plain.amounts if measure == TAKINGS else plain.quantities
        table["80% between"] = [span(float(low), float(high), shop) for low, high in ends]
    scores = [view.score(one.series, int(row)) for row in picked]
    for label, column in (("Off by", "wape"), ("In band", "coverage_80")):
        table[label] = [float("nan") if score is None else score[column] for score in scores]
    table["Error a day"] = ["" if score is None else plain.amount(score["error_minor"], shop) for score in scores]
    return table
