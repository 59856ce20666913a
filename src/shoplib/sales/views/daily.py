"""Days: what each took, closed days as gaps."""

from __future__ import annotations

from shoplib.base.listing import Listing
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View


def view(scope: Scope) -> View:
    """Return the report on days."""
    names = ("business_date", "transactions", "gross_sales_minor", "net_sales_minor", "refunds", "refunds_minor")
    table = scope.shown_daily.groupby("business_date")[list(names[1:])].sum().reset_index()
    main = Listing("daily", "All days", table, columns(*names), scope.currency)
    return View("daily", "How do sales go from day to day?", (), (main,))
