"""Days: what each took, closed days as gaps."""

from __future__ import annotations

import pandas as pd

from shoplib.base.listing import Listing
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View

AMOUNTS = ["transactions", "gross_sales_minor", "net_sales_minor"]
GIVEN_BACK = ["refunds", "refunds_minor"]
MAIN = [
    "business_date", "transactions", "units", "gross_sales_minor", "net_sales_minor", "average_transaction_minor",
    "refunds", "refunds_minor",
]  # fmt: skip


def view(scope: Scope) -> View:
    """Return the report on days."""
    main = Listing("daily", "All days", by_day(scope), columns(*MAIN, "weekday"), scope.currency)
    return View("daily", "How do sales go from day to day?", (), (main,))


def by_day(scope: Scope) -> pd.DataFrame:
    """Return one row a calendar day shown, oldest first: the columns :data:`MAIN` and weekday.

    A day without a completed sale has missing amounts (whole numbers are ``Int64``); its refunds stay numbers. Units
    are missing where no line tells them.
    """
    shown = scope.window.shown
    every = pd.date_range(shown.start, shown.end) if shown else pd.DatetimeIndex([])
    sums = scope.shown_daily.groupby("business_date")[[*AMOUNTS, "units", *GIVEN_BACK]].sum().reindex(every)
    table = sums[[*AMOUNTS, *GIVEN_BACK]].astype("Int64")
    table.loc[~(table["transactions"].fillna(0) > 0).to_numpy(dtype=bool), AMOUNTS] = pd.NA
    table["units"] = sums["units"].where((sums["transactions"] > 0) & (sums["units"] != 0))
    sold, taken = table["transactions"], table["gross_sales_minor"]
    table["average_transaction_minor"] = (2 * taken + sold) // (2 * sold)  # metrics.whole_rate, of whole columns
    table[GIVEN_BACK] = table[GIVEN_BACK].fillna(0).astype("int64")
    table = table.rename_axis("business_date").reset_index()[MAIN]
    table["weekday"] = table["business_date"].dt.weekday.astype("int64")
    return table
