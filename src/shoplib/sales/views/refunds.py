"""Refunds: how much is given back, where, of what and when."""

from __future__ import annotations

from shoplib.base.listing import Listing
from shoplib.sales import tables
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View


def view(scope: Scope) -> View:
    """Return the report on refunds."""
    names = ("location_name", "transactions", "refunds", "refunds_minor")
    table = tables.sales_locations(scope.shown_daily, scope.books.locations).assign(refunds_minor=0)
    main = Listing("refunds", "Refunds by place", table, columns(*names), scope.currency)
    return View("refunds", "What is given back, and where?", (), (main,))
