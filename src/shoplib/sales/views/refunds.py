"""Refunds: how much is given back, where, of what and when."""

from __future__ import annotations

import pandas as pd

from shoplib.base.listing import Column, Listing
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View

MAIN = ["location_id", "location_name", "transactions", "refunds", "refund_share", "refunds_minor", "value_share"]
VALUE_SHARE = Column("value_share", "Share of value", "share", "refunded among takings and refunded")


def view(scope: Scope) -> View:
    """Return the report on refunds."""
    main = Listing(
        "refunds", "Refunds by place", by_place(scope), (*columns(*MAIN[1:6]), VALUE_SHARE), scope.currency,
        totals=("transactions", "refunds", "refunds_minor"),
    )  # fmt: skip
    return View("refunds", "What is given back, and where?", (), (main,))


def by_place(scope: Scope) -> pd.DataFrame:
    """Return places with a completed or refunded transaction, most refunded first: the columns :data:`MAIN`.

    ``refund_share`` is of completed and refunded transactions, ``value_share`` of their totals. While the data hold no
    refund at all nothing is known of them, and no row is returned.
    """
    sums = scope.shown_daily.groupby("location_id", sort=True)[
        ["transactions", "refunds", "refunds_minor", "gross_sales_minor"]
    ].sum()
    made = sums["transactions"] + sums["refunds"]
    sums, made = sums[made > 0], made[made > 0]
    if not scope.daily["refunds"].any():
        sums, made = sums.iloc[:0], made.iloc[:0]
    table = sums.reset_index().astype({"location_id": object})
    names = scope.books.locations.set_index("location_id")["location_name"].astype(object)
    table["location_name"] = table["location_id"].map(names).fillna(table["location_id"]).astype(object)
    table["refund_share"] = (table["refunds"] / made.to_numpy()).astype("float64")
    value = table["gross_sales_minor"] + table["refunds_minor"]
    table["value_share"] = (table["refunds_minor"] / value.where(value > 0)).astype("float64")
    return table.sort_values(["refunds_minor", "location_id"], ascending=[False, True], ignore_index=True)[MAIN]
