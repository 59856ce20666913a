"""Products: what sells, what does not, and what it earns."""

from __future__ import annotations

from shoplib.base.listing import Column, Listing
from shoplib.sales import mix
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View

CUMULATIVE = Column("cumulative_share", "Share so far", "share", "of this product and all that sell more")
ABC = Column("abc", "Class", "text", "A: the first 80% of line sales, B: up to 95%, C: the rest")
PRODUCTS = Column("products", "Products", "count", "products with a completed sale")
LAST_SOLD = Column("last_sold", "Last sold", "day")


def view(scope: Scope) -> View:
    """Return the report on products."""
    sold = mix.products(scope.shown, scope.recent, scope.before)
    groups = mix.categories(sold, scope.recent, scope.before)
    main = Listing(
        "products", "All products", sold,
        (
            *columns("product_name", "product_category", "transactions", "units", "line_sales_minor", "share",
                     "margin_minor", "margin_share", "unknown_margin_minor"),
            LAST_SOLD, CUMULATIVE, ABC, *columns("change_share"),
        ),
        scope.currency, totals=("units", "line_sales_minor", "share", "margin_minor", "unknown_margin_minor"),
    )  # fmt: skip
    categories = Listing(
        "categories", "Categories", groups,
        (
            *columns("product_category"), PRODUCTS,
            *columns("units", "line_sales_minor", "share", "margin_minor", "margin_share", "unknown_margin_minor",
                     "change_share"),
        ),
        scope.currency,
        totals=("products", "units", "line_sales_minor", "share", "margin_minor", "unknown_margin_minor"),
    )  # fmt: skip
    return View("products", "What sells, and what does not?", (), (main, categories))
