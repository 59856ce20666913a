"""What makes up the takings: categories, products and locations."""

from __future__ import annotations

import numpy as np
import pandas as pd


def category_shares(products: pd.DataFrame) -> pd.DataFrame:
    """Return line sales by category from ``sales_products``, largest first.

    Columns: ``product_category`` (missing for products without one), ``products``, ``units``, ``line_sales_minor`` and
    ``share`` of all line sales, before discounts and tax. Shares are NaN if the total is not above zero.
    """
    table = (
        products.groupby("product_category", dropna=False, sort=True)
        .agg(
            products=("product_id", "size"),
            units=("units", "sum"),
            line_sales_minor=("line_sales_minor", "sum"),
        )
        .reset_index()
    )
    table = table.sort_values("line_sales_minor", ascending=False, kind="stable", ignore_index=True)
    return table.assign(share=_share(table["line_sales_minor"]))


def top_products(products: pd.DataFrame, count: int = 20) -> pd.DataFrame:
    """Return the ``count`` best sellers of ``sales_products`` with their ``share`` of all line sales."""
    table = products.assign(share=_share(products["line_sales_minor"]))
    order = ["line_sales_minor", "product_id"]
    return table.sort_values(order, ascending=[False, True], ignore_index=True).head(count)


def location_comparison(locations: pd.DataFrame) -> pd.DataFrame:
    """Return ``sales_locations``, largest takings first, with what makes places comparable.

    Added: ``share`` of all takings, ``gross_sales_per_day_minor`` by trading day, ``average_transaction_minor`` and
    ``refund_share`` among completed and refunded transactions; NaN where there is nothing to divide by.
    """
    table = locations.sort_values(["gross_sales_minor", "location_id"], ascending=[False, True], ignore_index=True)
    takings = table["gross_sales_minor"]
    return table.assign(
        share=_share(takings),
        gross_sales_per_day_minor=_by(takings, table["trading_days"]),
        average_transaction_minor=_by(takings, table["transactions"]),
        refund_share=_by(table["refunds"], table["refunds"] + table["transactions"]),
    )


def _share(amounts: pd.Series) -> pd.Series:
    total = float(amounts.sum())
    return amounts.astype("float64") / (total if total > 0 else np.nan)


def _by(top: pd.Series, bottom: pd.Series) -> pd.Series:
    return top.astype("float64") / bottom.astype("float64").replace(0.0, np.nan)
