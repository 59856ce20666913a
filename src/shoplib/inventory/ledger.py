"""The ledger of stock: a level is the sum of all movements up to it, and nothing else.

A stock line is one product at one place. Quantities are units, below 0 where goods leave.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

LINE = ["location_id", "product_id"]
DECIMALS = 6
"""Units are rounded to so many decimals after adding, so that 0.1 + 0.2 − 0.3 is nothing."""
NEGATIVES = [
    "business_date", "timestamp", "location_id", "product_id", "movement_id", "movement", "quantity", "reference",
    "before", "level", "until",
]  # fmt: skip


def levels(movements: pd.DataFrame, as_of: dt.date | None = None) -> pd.DataFrame:
    """Return units on hand at the end of a business day: location_id, product_id, on_hand, in that order.

    ``as_of`` is the last day counted, all days if left out. Lines without a movement up to then are left out.
    """
    rows = movements
    if as_of is not None:
        rows = rows[rows["business_date"] <= pd.Timestamp(as_of)]
    sums = rows.groupby(LINE, sort=True, observed=True)["quantity"].sum().astype("float64").round(DECIMALS)
    return sums.rename("on_hand").reset_index()


def running(movements: pd.DataFrame) -> pd.DataFrame:
    """Return the movements in order of time within each stock line, with ``before`` and ``level`` in units.

    At one instant what comes in is booked before what goes out, then in order of ``movement_id``: the order of the
    rows given does not matter.
    """
    table = movements.assign(goes_out=movements["quantity"] < 0)
    table = table.sort_values([*LINE, "timestamp", "goes_out", "movement_id"], kind="stable", ignore_index=True)
    level = table.groupby(LINE, sort=False, observed=True)["quantity"].cumsum().astype("float64")
    table["before"] = (level - table["quantity"]).round(DECIMALS)
    table["level"] = level.round(DECIMALS)
    return table.drop(columns="goes_out")


def negatives(movements: pd.DataFrame) -> pd.DataFrame:
    """Return each time a level fell below zero, with the movement that did it, latest first.

    Columns: business_date, timestamp, location_id, product_id, movement_id, movement, quantity, reference, before,
    level, and until: the business day on which the level was no longer below zero, missing while it is.
    """
    table = running(movements)
    below = table["level"] < 0
    mended = table["business_date"].where(~below).groupby([table[name] for name in LINE], observed=True).bfill()
    fell = below & (table["before"] >= 0)
    found = table[fell].assign(until=mended[fell])
    return found.sort_values(["timestamp", "movement_id"], ascending=False, ignore_index=True)[NEGATIVES]


def by_day(movements: pd.DataFrame) -> pd.DataFrame:
    """Return one row a stock line and business day with a movement, in order.

    Columns: location_id, product_id, business_date, before and level (units at the start and the end of the day) and
    sold (units of sales, never below 0). A reversal whose reference is the ``movement_id`` of a sale takes that
    sale's units back on the day of the sale.
    """
    key = [*LINE, "business_date"]
    change = movements.groupby(key, sort=True, observed=True)["quantity"].sum().astype("float64")
    table = change.rename("change").reset_index()
    level = table.groupby(LINE, sort=False, observed=True)["change"].cumsum()
    table["before"] = (level - table["change"]).round(DECIMALS)
    table["level"] = level.round(DECIMALS)
    sold = -_sales(movements).groupby(key, sort=True, observed=True)["quantity"].sum().rename("sold")
    table = table.merge(sold.reset_index(), on=key, how="left")
    table["sold"] = table["sold"].astype("float64").fillna(0.0).clip(lower=0).round(DECIMALS)
    return table.drop(columns="change")


def _sales(movements: pd.DataFrame) -> pd.DataFrame:
    """Return sales and the reversals of sales, the latter on the day of the sale."""
    columns = [*LINE, "business_date", "quantity"]
    sales = movements[movements["movement"] == "sale"]
    back = movements[(movements["movement"] == "reversal") & movements["reference"].isin(sales["movement_id"])]
    if back.empty:
        return sales[columns]
    days = sales.drop_duplicates("movement_id").set_index("movement_id")["business_date"]
    back = back.assign(business_date=back["reference"].map(days))
    return pd.concat([sales[columns], back[columns]], ignore_index=True)
