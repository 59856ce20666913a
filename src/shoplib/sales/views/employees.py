"""Employees: what each sold, fairly compared."""

from __future__ import annotations

from shoplib.base.listing import Listing
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View


def view(scope: Scope) -> View:
    """Return the report on employees."""
    sold = scope.shown.sold.groupby("employee_id", observed=True)["total_minor"].agg(["size", "sum"]).reset_index()
    table = sold.set_axis(["employee", "transactions", "gross_sales_minor"], axis=1)
    names = ("employee", "transactions", "gross_sales_minor")
    main = Listing("employees", "All employees", table, columns(*names), scope.currency)
    return View("employees", "Who sells most?", (), (main,))
