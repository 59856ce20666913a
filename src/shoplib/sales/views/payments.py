"""Payments: how customers pay."""

from __future__ import annotations

from shoplib.base.listing import Column, Listing
from shoplib.sales import paying
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View

METHOD = Column("method_label", "Way of paying", "text")
OF_TAKINGS = Column("share", "Share of takings", "share", "of the totals of all completed transactions")
CHANGE = Column(
    "change_points", "Change", "points", "of the share of takings in the latest days on the same weekdays before"
)


def view(scope: Scope) -> View:
    """Return the report on payments."""
    return View("payments", "How do customers pay?", (), (_methods(paying.methods(scope), scope),))


def _methods(table: paying.Table, scope: Scope) -> Listing:
    shown = (
        METHOD, *columns("transactions", "transactions_share", "gross_sales_minor"), OF_TAKINGS,
        *columns("average_transaction_minor", "low_minor", "high_minor"), CHANGE,
    )  # fmt: skip
    return Listing(
        "payments", "Ways of paying", table, shown, scope.currency,
        "Completed sales by how they were paid, with the 95% interval of the average sale where there are enough days.",
        totals=("transactions", "gross_sales_minor"),
    )  # fmt: skip
