"""The overview: every metric of the latest days, of the same weekdays before, and of all days."""

from __future__ import annotations

from shoplib.base.listing import Column, Listing
from shoplib.sales.overview import Overview
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View

METRIC_COLUMNS = (
    *columns("metric", "label"),
    Column("value", "Latest days", "row"),
    Column("before", "Same weekdays before", "row"),
    *columns("change_share"),
    Column("all", "All days", "row"),
)


def view(scope: Scope) -> View:
    """Return the overview."""
    main = Listing("overview", "The numbers", measured(scope).table(), METRIC_COLUMNS, scope.currency)
    return View("overview", "How is the shop doing?", (), (main,))


def measured(scope: Scope) -> Overview:
    """Return the metrics of the scope."""
    return Overview.of(scope.daily, scope.window)
