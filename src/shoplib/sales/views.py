"""The four declared sales tables, made from the facts.

Only completed transactions are sales. A refund counts with the size of its total, whichever sign the till
gives it. Every function takes and gives the tables of ``contracts.tables`` in the declared column order.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

DAILY_KEY = ["business_date", "location_id"]


def derive(
    transactions: pd.DataFrame, items: pd.DataFrame, products: pd.DataFrame, locations: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return ``sales_daily``, ``sales_hourly``, ``sales_products`` and ``sales_locations`` by name.

    Lines are matched to their transactions once for all four. Tables without rows give tables without rows;
    locations are listed even if nothing was sold there.
    """
    lines = sold_lines(transactions, items)
    daily = sales_daily(transactions, lines)
    return {
        "sales_daily": daily,
        "sales_hourly": sales_hourly(transactions),
        "sales_products": sales_products(lines, products),
        "sales_locations": sales_locations(daily, locations),
    }


def sold_lines(transactions: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of completed transactions, in their own order.

    Columns: ``transaction`` (number of the receipt among the completed), ``business_date``, ``location_id``,
    ``product_id`` (both categorical), ``quantity``, ``line_total_minor``.
    """
    sold = transactions[(transactions["transaction_status"] == "completed").to_numpy()]
    # Arrow matches text keys several times faster than pandas, and without a copy of every string.
    keys = pa.array(sold["transaction_id"], type=pa.string())
    rows = pc.index_in(pa.array(items["transaction_id"], type=pa.string()), value_set=keys)
    row = np.asarray(rows.fill_null(-1))
    kept = row >= 0
    row = row[kept]
    return pd.DataFrame(
        {
            "transaction": row,
            "business_date": sold["business_date"].to_numpy()[row],
            "location_id": sold["location_id"].astype("category").iloc[row].array,
            "product_id": items["product_id"].astype("category")[kept].array,
            "quantity": items["quantity"].to_numpy(dtype="float64")[kept],
            "line_total_minor": items["line_total_minor"].to_numpy(dtype="int64")[kept],
        }
    )


def sales_daily(transactions: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Return takings by business day and location, in that order: one row where any transaction was made.

    ``lines`` are those of :func:`sold_lines`. Days with only void or failed transactions have zeros.
    """
    status = transactions["transaction_status"].to_numpy()
    done, refunded = status == "completed", status == "refunded"
    total = transactions["total_amount_minor"].to_numpy(dtype="int64")
    frame = pd.DataFrame(
        {
            "business_date": _days(transactions["business_date"]),
            "location_id": transactions["location_id"].astype("category"),
            "transactions": done.astype("int64"),
            "gross_sales_minor": np.where(done, total, 0),
            "tax_minor": _where(done, transactions["tax_total_minor"]),
            "discount_minor": _where(done, transactions["discount_total_minor"]),
            "tips_minor": _where(done, transactions["tip_amount_minor"]),
            "refunds": refunded.astype("int64"),
            "refunds_minor": np.where(refunded, np.abs(total), 0),
            "currency": transactions["currency"].astype("category"),
        }
    )
    daily = frame.groupby([*DAILY_KEY, "currency"], observed=True, sort=True).sum().reset_index()
    units = lines.assign(business_date=_days(lines["business_date"]))
    by_day = units.groupby(DAILY_KEY, observed=True)["quantity"].sum().rename("units").reset_index()
    for part in (daily, by_day):
        part["location_id"] = part["location_id"].astype(object)
    daily = daily.merge(by_day, on=DAILY_KEY, how="left")
    daily["units"] = daily["units"].astype("float64").fillna(0.0)
    daily["net_sales_minor"] = daily["gross_sales_minor"] - daily["refunds_minor"]
    daily["currency"] = daily["currency"].astype(object)
    columns = [
        "business_date", "location_id", "transactions", "units", "gross_sales_minor", "net_sales_minor", "tax_minor",
        "discount_minor", "tips_minor", "refunds", "refunds_minor", "currency",
    ]  # fmt: skip
    return daily.sort_values(DAILY_KEY, kind="stable", ignore_index=True)[columns]


def sales_hourly(transactions: pd.DataFrame) -> pd.DataFrame:
    """Return completed sales by location, business weekday and wall-clock hour, hours without a sale left out.

    Transactions without a known hour are left out (see :func:`unknown_hours`); ``days`` counts the business
    days of that weekday and location that have a completed sale with a known hour.
    """
    hour = transactions["local_hour"]
    kept = (transactions["transaction_status"] == "completed").to_numpy() & hour.notna().to_numpy()
    sold = transactions[kept]
    dates = _days(sold["business_date"])
    frame = pd.DataFrame(
        {
            "location_id": sold["location_id"].astype("category"),
            "business_date": dates,
            "weekday": dates.dt.weekday.astype("int64"),
            "local_hour": hour[kept].astype("int64"),
            "gross_sales_minor": sold["total_amount_minor"].astype("int64"),
        }
    )
    key = ["location_id", "weekday", "local_hour"]
    hourly = (
        frame.groupby(key, observed=True, sort=True)
        .agg(transactions=("gross_sales_minor", "size"), gross_sales_minor=("gross_sales_minor", "sum"))
        .reset_index()
    )
    open_days = frame.drop_duplicates(["location_id", "business_date"])
    days = open_days.groupby(["location_id", "weekday"], observed=True).size().rename("days").reset_index()
    for part in (hourly, days):
        part["location_id"] = part["location_id"].astype(object)
    hourly = hourly.merge(days, on=["location_id", "weekday"], how="left")
    hourly = hourly.astype({"days": "int64", "transactions": "int64"})
    hourly = hourly.sort_values(key, kind="stable", ignore_index=True)
    return hourly[[*key, "days", "transactions", "gross_sales_minor"]]


def unknown_hours(transactions: pd.DataFrame) -> int:
    """Return how many completed transactions have no known hour and are left out of ``sales_hourly``."""
    done = transactions["transaction_status"] == "completed"
    return int((done & transactions["local_hour"].isna()).sum())


def sales_products(lines: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Return what sold, best sellers by line sales first: one row a product with a completed sale.

    A product that is not in ``products`` keeps its key as its name and has no category.
    """
    totals = (
        lines.groupby("product_id", observed=True)
        .agg(units=("quantity", "sum"), line_sales_minor=("line_total_minor", "sum"))
        .reset_index()
    )
    # A product may stand on two lines of one receipt: count pairs of receipt and product once.
    codes = lines["product_id"].cat.codes.to_numpy(dtype="int64")
    known = lines["product_id"].cat.categories
    pairs = pd.unique(lines["transaction"].to_numpy(dtype="int64") * len(known) + codes)
    receipts = pd.Series(np.bincount(pairs % max(len(known), 1), minlength=len(known)), index=known)
    totals["product_id"] = totals["product_id"].astype(object)
    totals["transactions"] = totals["product_id"].map(receipts).astype("int64")
    sold = totals.merge(products[["product_id", "product_name", "product_category"]], on="product_id", how="left")
    sold["product_name"] = sold["product_name"].where(sold["product_name"].notna(), sold["product_id"])
    sold = sold.sort_values(["line_sales_minor", "product_id"], ascending=[False, True], ignore_index=True)
    return sold[["product_id", "product_name", "product_category", "transactions", "units", "line_sales_minor"]]


def sales_locations(daily: pd.DataFrame, locations: pd.DataFrame) -> pd.DataFrame:
    """Return where it sold, largest takings first: one row a location, also those without a sale.

    A location that is not in ``locations`` keeps its key as its name.
    """
    known = locations[["location_id", "location_name", "location_type", "city"]]
    totals = daily.groupby("location_id", sort=True)[
        ["transactions", "gross_sales_minor", "net_sales_minor", "refunds"]
    ].sum()
    # Within one location the daily table has one row a business day.
    totals["trading_days"] = daily[daily["transactions"] > 0].groupby("location_id").size()
    table = known.merge(totals.reset_index(), on="location_id", how="outer")
    numbers = ["trading_days", "transactions", "gross_sales_minor", "net_sales_minor", "refunds"]
    table[numbers] = table[numbers].astype("Int64").fillna(0).astype("int64")
    table["location_name"] = table["location_name"].where(table["location_name"].notna(), table["location_id"])
    table = table.sort_values(["gross_sales_minor", "location_id"], ascending=[False, True], ignore_index=True)
    return table[["location_id", "location_name", "location_type", "city", *numbers]]


def _where(chosen: np.ndarray, amounts: pd.Series) -> np.ndarray:
    return np.where(chosen, amounts.to_numpy(dtype="int64"), 0)


def _days(dates: pd.Series) -> pd.Series:
    return pd.to_datetime(dates).astype("datetime64[ns]")
