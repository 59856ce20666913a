"""Goods that are out or will be before a delivery can come, and stock that does not move."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from shoplib.alerts.problem import problems
from shoplib.base import words
from shoplib.config.models import Shop

STOCK_OUT, STOCK_LOW, STOCK_DEAD = "stock_out", "stock_low", "stock_dead"
RULES = {"out": STOCK_OUT, "low": STOCK_LOW}
URGENT_SHARE = 0.8
"""Share of the money at stake of all goods that are out; the dearest lines that make it up may be urgent."""
MOST_LOW_LINES = 20
"""More lines of one place that run low with a delivery on its way become one alert."""


def alerts(position: pd.DataFrame | None, products: pd.DataFrame, locations: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return one alert for each product that is out or low and in demand, and one a place for dead stock.

    Goods that are out are urgent if nothing is on order and they are among the dearest lines that together make 80 %
    of the money at stake of all that is out (all of them where no price is known), else a warning. Goods that run low
    are a warning if nothing is on order, else information; more than 20 of the latter at a place are one alert.

    ``position`` is the table ``stock_position``; without it there are none. Money at stake is one day's usual
    sales at the list price, for dead stock its value.
    """
    if position is None or position.empty:
        return problems([])
    names = locations.set_index("location_id")["location_name"]
    needed = position[position["state"].isin(list(RULES)) & (position["daily_demand"].fillna(0) > 0)]
    lines = needed.assign(
        product_name=needed["product_id"].map(products.set_index("product_id")["product_name"]),
        location_name=needed["location_id"].map(names),
        money=_money(needed, products),
        coming=needed["on_order"].fillna(0) > 0,
    )
    lines["product_name"] = lines["product_name"].fillna(lines["product_id"])
    lines["location_name"] = lines["location_name"].fillna(lines["location_id"])
    lines["severity"] = _severity(lines)
    waiting = lines[(lines["state"] == "low") & lines["coming"]]
    crowds = [part for _, part in waiting.groupby("location_id", sort=True) if len(part) > MOST_LOW_LINES]
    alone = lines.drop([row for part in crowds for row in part.index])
    rows = [_line(line, shop) for line in alone.to_dict("records")]
    return problems([*rows, *(_crowd(part) for part in crowds), *_dead(position, names)])


def _money(needed: pd.DataFrame, products: pd.DataFrame) -> pd.Series:
    """Return one day's usual sales of each line in minor units, missing without a list price."""
    prices = needed["product_id"].map(products.set_index("product_id")["unit_price_minor"]).astype("Float64")
    return (prices * needed["daily_demand"].astype("Float64")).round().astype("Int64")


def _severity(lines: pd.DataFrame) -> pd.Series:
    out = (lines["state"] == "out").astype(bool)
    dearest = lines[out].sort_values(["money", "location_id", "product_id"], ascending=[False, True, True])
    amounts = dearest["money"].fillna(0).astype(float)
    top = amounts.cumsum() - amounts < URGENT_SHARE * amounts.sum()
    if dearest["money"].isna().all():
        top[:] = True
    urgent = top.reindex(lines.index, fill_value=False).astype(bool) & ~lines["coming"]
    severity = pd.Series("warning", index=lines.index, dtype=object)
    severity[urgent] = "urgent"
    severity[~out & lines["coming"]] = "information"
    return severity


def _line(line: dict[Hashable, Any], shop: Shop) -> dict[str, object]:
    rule, what, place = RULES[line["state"]], line["product_name"], line["location_name"]
    coming = _amount(line["on_order"], shop) if line["coming"] else "nothing"
    if line["state"] == "out":
        a_day = _amount(line["daily_demand"], shop)
        sell = "sells" if a_day == "1" else "sell"
        said = f"{what} is out at {place}; {a_day} a day usually {sell}, {coming} on order."
    else:
        left, waits = _days(line["cover_days"], shop), _amount(line["lead_time_days"], shop)
        said = f"{what} at {place} lasts {left}, a delivery takes {waits}; {coming} on order."
    return {
        "alert_id": f"{rule}:{line['location_id']}:{line['product_id']}", "rule": rule, "severity": line["severity"],
        "location_id": line["location_id"], "product_id": line["product_id"], "since": line["as_of"],
        "sentence": said, "found": line["on_hand"], "usual": line["daily_demand"],
        "money_minor": None if pd.isna(line["money"]) else int(line["money"]),
    }  # fmt: skip


def _crowd(lines: pd.DataFrame) -> dict[str, object]:
    """Return one alert for many goods of a place that run low with a delivery on its way."""
    first, worth = lines.iloc[0], lines["money"].dropna()
    said = f"{words.plural(len(lines), 'product')} at {first['location_name']} run low with a delivery on its way."
    return {
        "alert_id": f"{STOCK_LOW}:{first['location_id']}", "rule": STOCK_LOW, "severity": "information",
        "location_id": first["location_id"], "since": lines["as_of"].max(), "sentence": said,
        "found": float(len(lines)), "usual": 0.0, "money_minor": int(worth.sum()) if len(worth) else None,
    }  # fmt: skip


def _amount(number: float, shop: Shop) -> str:
    """Return a number with one decimal, or none where that would be a nought."""
    rounded = round(float(number), 1)
    if number > 0 and not rounded:
        return f"under {words.count(0.1, shop.language, 1)}"
    return words.count(rounded, shop.language, 0 if rounded.is_integer() else 1)


def _days(number: float, shop: Shop) -> str:
    amount = _amount(number, shop)
    return f"{amount} {'day' if amount == '1' else 'days'}"


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
