"""Places: what each took, and which are apart."""

from __future__ import annotations

from shoplib.base.listing import Listing
from shoplib.sales import tables
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View


def view(scope: Scope) -> View:
    """Return the report on places."""
    table = tables.sales_locations(scope.shown_daily, scope.books.locations)
    names = ("location_name", "location_type", "city", "trading_days", "transactions", "gross_sales_minor")
    main = Listing("locations", "All places", table, columns(*names), scope.currency)
    return View("locations", "Which places do best?", (), (main,))
