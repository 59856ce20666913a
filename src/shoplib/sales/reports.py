"""The eight reports by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shoplib.sales.view import Scope, View
from shoplib.sales.views import daily, employees, hours, locations, overview, payments, products, refunds

REPORTS: Mapping[str, Callable[[Scope], View]] = {
    "overview": overview.view,
    "daily": daily.view,
    "locations": locations.view,
    "products": products.view,
    "employees": employees.view,
    "payments": payments.view,
    "hours": hours.view,
    "refunds": refunds.view,
}


def make(name: str, scope: Scope) -> View:
    """Return one of the eight reports; ``KeyError`` if there is none of this name."""
    return REPORTS[name](scope)
