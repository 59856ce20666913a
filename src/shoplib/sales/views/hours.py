"""Hours: when the shop is busy, and when it is idle."""

from __future__ import annotations

from shoplib.base.listing import Listing
from shoplib.sales import rhythm
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View


def view(scope: Scope) -> View:
    """Return the report on hours."""
    names = (
        "local_hour", "transactions", "transactions_per_day", "gross_sales_minor", "average_transaction_minor", "share",
    )  # fmt: skip
    main = Listing("hours", "Hours of the clock", rhythm.hours(scope), columns(*names), scope.currency)
    return View("hours", "When is the shop busy, and when idle?", (), (main,))
