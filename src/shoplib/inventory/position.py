"""What is on hand, on its way, and how long it lasts: the table ``stock_position``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.config.stages import Inventory
from shoplib.inventory import demand, ledger
from shoplib.inventory.ledger import LINE

POSITION = [
    "location_id", "product_id", "as_of", "on_hand", "on_order", "daily_demand", "cover_days", "lead_time_days",
    "last_sold", "stock_value_minor", "state",
]  # fmt: skip
OUT, LOW, FINE, OVER, DEAD = "out", "low", "fine", "over", "dead"
URGENT = (OUT, LOW)
IDLE = (OVER, DEAD)


def stock_position(
    movements: pd.DataFrame,
    orders: pd.DataFrame,
    lines: pd.DataFrame,
    prices: pd.DataFrame,
    products: pd.DataFrame,
    settings: Inventory | None = None,
) -> pd.DataFrame:
    """Return the declared table ``stock_position``: one row a product and place with a movement or an open order.

    The arguments are the tables ``stock_movements``, ``purchase_orders``, ``purchase_order_lines``,
    ``product_prices`` and ``products``. The day is the last business day of the movements. A level below zero
    has no value and no cover. Without movements there are no rows.
    """
    asked = settings or Inventory()
    if movements.empty:
        return pd.DataFrame(columns=POSITION)
    as_of = pd.Timestamp(movements["business_date"].max())
    table = ledger.levels(movements).merge(demand.on_order(orders, lines), on=LINE, how="outer")
    sold = demand.observed(ledger.by_day(movements), as_of, asked.demand_days, asked.dead_days)
    table = table.merge(sold, on=LINE, how="left")
    table[["on_hand", "on_order"]] = table[["on_hand", "on_order"]].fillna(0.0)
    table["as_of"] = as_of
    leads = table["product_id"].map(demand.lead_times(orders, lines, as_of)).astype("float64")
    table["lead_time_days"] = leads.fillna(demand.usual_lead_time(orders, as_of))
    there = table["on_hand"].clip(lower=0)
    table["cover_days"] = there / table["daily_demand"].where(table["daily_demand"] > 0)
    cost = table["product_id"].map(valid(prices, products, "unit_cost_minor", as_of)).astype("Float64")
    table["stock_value_minor"] = (there * cost).round().astype("Int64")
    table["state"] = states(table, asked)
    return table.sort_values(LINE, kind="stable", ignore_index=True)[POSITION]


def states(table: pd.DataFrame, settings: Inventory) -> np.ndarray:
    """Return the state of each line, the first that fits: out, dead, low, over, fine.

    out: nothing on hand. dead: on hand for ``dead_days`` without a sale. low: cover under the lead time. over: cover
    above ``over_days``; where nothing was sold in the days looked at, if even one sale in them would mean that.
    Takes on_hand, daily_demand, cover_days, lead_time_days, stocked_days, there_since, last_sold and as_of.
    """
    quiet = (table["as_of"] - table[["there_since", "last_sold"]].max(axis=1)).dt.days
    at_least = table["on_hand"] * table["stocked_days"]
    lasts = table["cover_days"].where(table["daily_demand"] != 0, at_least)
    conditions = [
        table["on_hand"] <= 0,
        quiet >= settings.dead_days,
        table["cover_days"] < table["lead_time_days"],
        lasts > settings.over_days,
    ]
    found: np.ndarray = np.select([rule.to_numpy(dtype=bool) for rule in conditions], [OUT, DEAD, LOW, OVER], FINE)
    return found.astype(object)


def valid(prices: pd.DataFrame, products: pd.DataFrame, column: str, as_of: pd.Timestamp) -> pd.Series:
    """Return a price or cost by product, minor units: the latest known one that was valid on a day.

    ``column`` is ``unit_price_minor`` or ``unit_cost_minor``. Products without a row in ``product_prices`` take the
    latest of the table ``products``; missing where neither tells it.
    """
    known = prices[(prices["valid_from"] <= as_of) & prices[column].notna()].sort_values("valid_from", kind="stable")
    dated = known.groupby("product_id", observed=True)[column].last().astype("Float64")
    plain = products[~products["product_id"].isin(prices["product_id"])]
    latest = plain.set_index("product_id")[column].astype("Float64")
    return pd.concat([part for part in (dated, latest) if len(part)] or [dated])
