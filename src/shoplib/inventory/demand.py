"""How fast stock goes, and how long a delivery takes: what was observed, days without stock left out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.inventory.ledger import LINE

ARRIVED = "received"
LONG_AGO = -(10**9)
COMING = ("open", "part_received")


def observed(days: pd.DataFrame, as_of: pd.Timestamp, demand_days: int, forget_days: int) -> pd.DataFrame:
    """Return how each stock line sold while it was in stock, from :func:`ledger.by_day`, in order of line.

    Columns: location_id, product_id, daily_demand (units a calendar day, NaN if not known), stocked_days (days
    it rests on), there_since (day the level last rose above zero, NaT if never) and last_sold (NaT without a sale).

    The days are the last ``demand_days`` up to ``as_of``; for a line that was out on all of them, those up to its last
    day in stock, and none if that is ``forget_days`` ago: nobody knows who would still want it. A day counts if
    anything lay there at its start or end or was sold, the last also where the books are wrong and say that
    nothing was there to sell.
    """
    columns = [*LINE, "daily_demand", "stocked_days", "there_since", "last_sold"]
    if days.empty:
        return pd.DataFrame(columns=columns)
    table = days.copy()
    line = table.groupby(LINE, sort=False, observed=True).ngroup().to_numpy()
    day = _number(table["business_date"])
    end = int(_number(pd.Series([as_of]))[0])
    last = np.append(line[1:] != line[:-1], True)
    following = np.where(last, end + 1, np.append(day[1:], 0))  # day of the line's next movement
    stays = table["level"].to_numpy() > 0
    there = stays | (table["before"].to_numpy() > 0) | (table["sold"].to_numpy() > 0)
    count = int(line[-1]) + 1

    last_there = np.full(count, LONG_AGO)
    np.maximum.at(last_there, line, np.where(stays, following - 1, np.where(there, day, last_there[line])))
    until = np.where(
        last_there > end - demand_days, end, np.where(last_there > end - forget_days, last_there, LONG_AGO)
    )
    until = until[line]
    since = until - demand_days + 1
    inside = (day >= since) & (day <= until)
    between = np.minimum(following - 1, until) - np.maximum(day + 1, since) + 1  # quiet days after each movement
    stocked = np.bincount(line, np.where(inside & there, 1, 0) + np.where(stays, np.maximum(between, 0), 0), count)
    units = np.bincount(line, np.where(inside, table["sold"], 0.0), count)

    rose = (table["before"] <= 0) & (table["level"] > 0)
    found = table.loc[last, LINE].reset_index(drop=True)
    found["daily_demand"] = np.divide(units, stocked, out=np.full(count, np.nan), where=stocked > 0)
    found["stocked_days"] = stocked.astype("int64")
    found["there_since"] = table["business_date"].where(rose).groupby(line).max().to_numpy()
    found["last_sold"] = table["business_date"].where(table["sold"] > 0).groupby(line).max().to_numpy()
    return found[columns]


def lead_times(orders: pd.DataFrame, lines: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """Return the mean days from order to receipt by product, over orders received by ``as_of``.

    A product that was ordered but never received takes the mean of its suppliers' orders. Products that were never
    ordered are left out; see :func:`usual_lead_time`.
    """
    known = orders[orders["ordered_on"] <= as_of].copy()
    known["lead_days"] = _leads(known, as_of)
    rows = lines[["order_id", "product_id"]].merge(
        known[["order_id", "supplier_id", "lead_days"]], on="order_id", how="inner"
    )
    own = rows.groupby("product_id", observed=True)["lead_days"].mean()
    by_supplier = known.groupby("supplier_id", observed=True)["lead_days"].mean()
    pairs = rows[["product_id", "supplier_id"]].drop_duplicates()
    theirs = pairs["supplier_id"].map(by_supplier).groupby(pairs["product_id"], observed=True).mean()
    return own.fillna(theirs).dropna().rename("lead_time_days")


def usual_lead_time(orders: pd.DataFrame, as_of: pd.Timestamp) -> float:
    """Return the mean days from order to receipt of all orders received by ``as_of``; NaN if there is none."""
    return float(_leads(orders, as_of).mean())


def on_order(orders: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Return units ordered and not yet received, by stock line: location_id, product_id, on_order.

    Only orders that are open or came in part count: what is missing from one that is closed will not come.
    """
    waiting = orders.loc[orders["order_status"].isin(COMING), ["order_id", "location_id"]]
    rows = lines.merge(waiting, on="order_id", how="inner")
    rows["on_order"] = (rows["ordered_units"] - rows["received_units"]).astype("float64").clip(lower=0)
    sums = rows.groupby(LINE, sort=True, observed=True)["on_order"].sum().reset_index()
    return sums[sums["on_order"] > 0].reset_index(drop=True)


def _leads(orders: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    done = (orders["order_status"] == ARRIVED) & orders["received_on"].notna() & (orders["received_on"] <= as_of)
    days = (pd.to_datetime(orders["received_on"]) - pd.to_datetime(orders["ordered_on"])).dt.days
    return days.astype("float64").where(done)


def _number(days: pd.Series) -> np.ndarray:
    return days.to_numpy(dtype="datetime64[D]").astype("int64")
