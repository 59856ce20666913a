"""The declared sales tables, made from the books over all their days."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.sales import odd_days
from shoplib.sales.books import Books
from shoplib.sales.view import Scope


def derive(scope: Scope) -> dict[str, pd.DataFrame]:
    """Return the five sales tables by name: daily, hourly, products, locations and anomalies.

    Books without rows give tables without rows; locations are listed even if nothing was sold there.
    """
    books, daily = scope.books, scope.daily
    return {
        "sales_daily": daily,
        "sales_hourly": sales_hourly(books),
        "sales_products": sales_products(books),
        "sales_locations": sales_locations(daily, books.locations),
        "sales_anomalies": odd_days.odd(scope),
    }


def sales_hourly(books: Books) -> pd.DataFrame:
    """Return completed sales by location, business weekday and wall-clock hour, hours without a sale left out.

    Transactions without a known hour are left out (see :func:`unknown_hours`); ``days`` counts the business
    days of that weekday and location that have a completed sale with a known hour.
    """
    sold = books.sold[books.sold["hour"].notna().to_numpy()]
    frame = pd.DataFrame(
        {
            "location_id": sold["location_id"],
            "day": sold["day"],
            "weekday": sold["day"].dt.weekday.astype("int64"),
            "local_hour": sold["hour"].astype("int64"),
            "gross_sales_minor": sold["total_minor"],
        }
    )
    key = ["location_id", "weekday", "local_hour"]
    hourly = (
        frame.groupby(key, observed=True, sort=True)
        .agg(transactions=("gross_sales_minor", "size"), gross_sales_minor=("gross_sales_minor", "sum"))
        .reset_index()
    )
    open_days = frame.drop_duplicates(["location_id", "day"])
    days = open_days.groupby(["location_id", "weekday"], observed=True).size().rename("days").reset_index()
    for part in (hourly, days):
        part["location_id"] = part["location_id"].astype(object)
    hourly = hourly.merge(days, on=["location_id", "weekday"], how="left")
    hourly = hourly.astype({"days": "int64", "transactions": "int64"})
    return hourly.sort_values(key, kind="stable", ignore_index=True)[
        [*key, "days", "transactions", "gross_sales_minor"]
    ]


def unknown_hours(books: Books) -> int:
    """Return how many completed transactions have no known hour and are left out of ``sales_hourly``."""
    return int(books.sold["hour"].isna().sum())


def sales_products(books: Books) -> pd.DataFrame:
    """Return what sold, best sellers by line sales first: one row a product on a completed sale.

    A product that is not in ``products`` keeps its key as its name and has no category.
    """
    lines = books.sold_lines
    totals = (
        lines.groupby("product_id", observed=True)
        .agg(units=("quantity", "sum"), line_sales_minor=("line_total_minor", "sum"))
        .reset_index()
    )
    totals["product_id"] = totals["product_id"].astype(object)
    totals["transactions"] = totals["product_id"].map(receipts_with(lines, "product_id")).astype("int64")
    sold = totals.merge(named_products(books), on="product_id", how="left")
    sold["product_name"] = sold["product_name"].where(sold["product_name"].notna(), sold["product_id"])
    sold = sold.sort_values(["line_sales_minor", "product_id"], ascending=[False, True], ignore_index=True)
    return sold[["product_id", "product_name", "product_category", "transactions", "units", "line_sales_minor"]]


def named_products(books: Books) -> pd.DataFrame:
    """Return product_id, product_name and product_category as plain texts."""
    return books.products[["product_id", "product_name", "product_category"]].astype(object)


def receipts_with(lines: pd.DataFrame, key: str) -> pd.Series:
    """Return how many receipts sell each value of a category of ``lines``; twice on a receipt counts once.

    Lines that give back or take off do not count, see :func:`sells`.
    """
    known = lines[key].cat.categories
    size = max(len(known), 1)
    pairs = lines["receipt"].to_numpy(dtype="int64") * size
    pairs += lines[key].cat.codes.to_numpy()
    kept = sells(lines)
    pairs = pairs if kept.all() else pairs[kept]
    pairs.sort(kind="stable")  # they come nearly in order, which this is fast with
    first = np.ones(len(pairs), dtype=bool)
    np.not_equal(pairs[1:], pairs[:-1], out=first[1:])
    pairs %= size
    return pd.Series(np.bincount(pairs[first], minlength=len(known))[: len(known)], index=known)


def sells(lines: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which lines of completed sales sell: neither quantity nor total is below zero.

    The others are returns and discounts written as lines; they count in units and line sales, but are no sales.
    """
    found: npt.NDArray[np.bool_] = (lines["quantity"].to_numpy() >= 0) & (lines["line_total_minor"].to_numpy() >= 0)
    return found


def sales_locations(daily: pd.DataFrame, locations: pd.DataFrame) -> pd.DataFrame:
    """Return where it sold, largest takings first: one row a location, also those without a sale.

    A location that is not in ``locations`` keeps its key as its name.
    """
    known = locations[["location_id", "location_name", "location_type", "city"]].astype(object)
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
