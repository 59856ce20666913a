"""The newest days of a shop's sales beside the days before them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from shoplib.forecasting.monitor.data import Day, day_drift, shifts
from shoplib.forecasting.monitor.due import DAYS_IN_A_ROW

AMOUNT = "total_amount_minor"
SALES, LINES = "sales", "lines"


def newest_days(facts: Mapping[str, pd.DataFrame]) -> dict[str, tuple[Day, ...]]:
    """Return how the latest days differ from those before, oldest first: of ``sales`` and of their ``lines``.

    Watched are amounts, lines a sale, ways of paying, quantities and categories of completed sales. Each day is judged
    against what was before it.
    """
    transactions, items = facts["transactions"], facts["transaction_items"]
    sold = transactions[(transactions["transaction_status"] == "completed").to_numpy()]
    sales = pd.DataFrame(
        {
            "business_date": pd.to_datetime(sold["business_date"]),
            AMOUNT: sold[AMOUNT].astype("float64"),
            "lines": sold["transaction_id"].map(items.groupby("transaction_id").size()).astype("float64"),
            "payment_method": sold["payment_method"].astype(object),
        }
    )
    dates = pd.Series(sales["business_date"].to_numpy(), index=sold["transaction_id"].to_numpy())
    category = facts["products"].set_index("product_id")["product_category"].astype(object)
    lines = pd.DataFrame(
        {
            "business_date": items["transaction_id"].map(dates),
            "line_total_minor": items["line_total_minor"].astype("float64"),
            "quantity": items["quantity"].astype("float64"),
            "product_category": items["product_id"].astype(object).map(category),
        }
    ).dropna(subset="business_date")
    days = sales["business_date"].drop_duplicates().sort_values().iloc[-DAYS_IN_A_ROW:]
    return {
        SALES: tuple(day_drift(sales, (AMOUNT, "lines"), ("payment_method",), money=AMOUNT, day=day) for day in days),
        LINES: tuple(
            day_drift(lines, ("quantity",), ("product_category",), money="line_total_minor", day=day) for day in days
        ),
    }


def moved(newest: Mapping[str, tuple[Day, ...]]) -> pd.DataFrame:
    """Return what moved on the newest day, most money first; see :func:`shoplib.forecasting.monitor.data.shifts`."""
    return shifts({name: days[-1] for name, days in newest.items() if days})
