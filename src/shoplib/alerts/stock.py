"""Goods that are out or will be before a delivery can come, and stock that does not move."""

from __future__ import annotations

import pandas as pd

from shoplib.alerts.problem import problems
from shoplib.base import words
from shoplib.config.models import Shop

STOCK_OUT, STOCK_LOW, STOCK_DEAD = "stock_out", "stock_low", "stock_dead"
RULES = {"out": (STOCK_OUT, "urgent"), "low": (STOCK_LOW, "warning")}


def alerts(position: pd.DataFrame | None, products: pd.DataFrame, locations: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return one alert for each product that is out or low and in demand, and one a place for dead stock.

    ``position`` is the table ``stock_position``; without it there are none. Money at stake is one day's usual
    sales at the list price, for dead stock its value.
    """
    if position is None or position.empty:
        return problems([])
    names = locations.set_index("location_id")["location_name"]
    goods = products.set_index("product_id")
    needed = position[position["state"].isin(list(RULES)) & (position["daily_demand"].fillna(0) > 0)]
    rows = []
    for line in needed.to_dict("records"):
        rule, severity = RULES[line["state"]]
        what = goods["product_name"].get(line["product_id"], line["product_id"])
        place = names.get(line["location_id"], line["location_id"])
        price = goods["unit_price_minor"].get(line["product_id"])
        a_day = words.count(line["daily_demand"], shop.language, 1)
        coming = words.count(line["on_order"], shop.language) if line["on_order"] else "nothing"
        if line["state"] == "out":
            said = f"{what} is out at {place}; {a_day} a day usually sell, {coming} on order."
        else:
            left = words.count(line["cover_days"], shop.language, 1)
            waits = words.count(line["lead_time_days"], shop.language, 1)
            said = f"{what} at {place} lasts {left} days, a delivery takes {waits}; {coming} on order."
        rows.append(
            {
                "alert_id": f"{rule}:{line['location_id']}:{line['product_id']}", "rule": rule, "severity": severity,
                "location_id": line["location_id"], "product_id": line["product_id"], "since": line["as_of"],
                "sentence": said, "found": line["on_hand"], "usual": line["daily_demand"],
                "money_minor": None if pd.isna(price) else round(line["daily_demand"] * price),
            }
        )  # fmt: skip
    return problems([*rows, *_dead(position, names)])


def _dead(position: pd.DataFrame, names: pd.Series) -> list[dict[str, object]]:
    dead = position[(position["state"] == "dead") & (position["on_hand"] > 0)]
    rows: list[dict[str, object]] = []
    for place, lines in dead.groupby("location_id", sort=True):
        value = lines["stock_value_minor"].dropna()
        said = f"{words.plural(len(lines), 'product')} at {names.get(place, place)} did not sell at all for weeks."
        rows.append(
            {
                "alert_id": f"{STOCK_DEAD}:{place}", "rule": STOCK_DEAD, "severity": "information",
                "location_id": place, "since": lines["as_of"].max(), "sentence": said, "found": float(len(lines)),
                "usual": 0.0, "money_minor": int(value.sum()) if len(value) else None,
            }
        )  # fmt: skip
    return rows
