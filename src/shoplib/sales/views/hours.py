"""Hours: when the shop is busy, and when it is idle."""

from __future__ import annotations

from shoplib.base.listing import Listing
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View


def view(scope: Scope) -> View:
    """Return the report on hours."""
    sold = scope.shown.sold.groupby("hour", observed=True)["total_minor"].agg(["size", "sum"]).reset_index()
    table = sold.set_axis(["local_hour", "transactions", "gross_sales_minor"], axis=1)
    names = ("local_hour", "transactions", "gross_sales_minor")
    main = Listing("hours", "Hours of the clock", table, columns(*names), scope.currency)
    return View("hours", "When is the shop busy, and when idle?", (), (main,))
