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
    """Return one of the eight reports, made once a scope; ``KeyError`` if there is none of this name."""
    return scope.once(name, REPORTS[name])


def every(scope: Scope) -> dict[str, View]:
    """Return all eight reports by name."""
    return {name: make(name, scope) for name in REPORTS}
