"""Payments: how customers pay."""

from __future__ import annotations

from shoplib.base.listing import Listing
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View


def view(scope: Scope) -> View:
    """Return the report on payments."""
    sold = scope.shown.sold.groupby("method", observed=True)["total_minor"].agg(["size", "sum"]).reset_index()
    table = sold.set_axis(["payment_method", "transactions", "gross_sales_minor"], axis=1)
    names = ("payment_method", "transactions", "gross_sales_minor")
    main = Listing("payments", "Ways of paying", table, columns(*names), scope.currency)
    return View("payments", "How do customers pay?", (), (main,))
