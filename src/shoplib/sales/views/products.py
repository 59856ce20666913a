"""Products: what sells, what does not, and what it earns."""

from __future__ import annotations

from shoplib.base.listing import Listing
from shoplib.sales import tables
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View


def view(scope: Scope) -> View:
    """Return the report on products."""
    table = tables.sales_products(scope.shown)
    names = ("product_name", "product_category", "transactions", "units", "line_sales_minor")
    main = Listing("products", "All products", table, columns(*names), scope.currency)
    return View("products", "What sells, and what does not?", (), (main,))
