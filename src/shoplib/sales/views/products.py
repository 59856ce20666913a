"""Products: what sells, what does not, and what it earns."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.base.calendar import Period
from shoplib.base.listing import Column, Listing
from shoplib.sales import attributes, mix, selling, slow, summary
from shoplib.sales.metrics import untold
from shoplib.sales.sold import Sold
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View
from shoplib.sales.window import span

CLASSES = "A: the first 80% of line sales, B: up to 95%, C: the rest"
MARGINS = ("margin_minor", "margin_share", "unknown_margin_minor")
SOLD_AT = Column("best_location", "Sells best at", "text", "place with most units, of late if any were sold")
SILENCE = (
    Column("last_sold", "Last sold", "day"),
    Column("days_without_sale", "Days without a sale", "count", "up to the last day shown"),
    Column("usual_gap_days", "Usual days between", "number", "mean days from one day with a sale to the next"),
)
PRODUCT_COLUMNS = (
    *columns("product_name", "product_category", "transactions", "units", "line_sales_minor", "share", *MARGINS),
    SILENCE[0],
    Column("cumulative_share", "Share so far", "share", "of this product and all that sell more"),
    Column("abc", "Class", "text", CLASSES),
    *columns("change_share", "rank"),
)
CATEGORY_COLUMNS = (
    *columns("product_category"),
    Column("products", "Products", "count", "products with a completed sale"),
    *columns("units", "line_sales_minor", "share", *MARGINS, "change_share"),
    Column("verdict", "Beyond chance", "text", "whether that change is more than days differ anyway"),
)
SLOW_COLUMNS = (
    *columns("product_name", "product_category"),
    Column("reason", "Why", "text"),
    *SILENCE,
    Column("units", "Units", "number", "units of all days up to the last one shown"),
    Column("category_share", "Of usual", "share", "lines a day by those of the median product of the category"),
    SOLD_AT,
    Column("list_price_minor", "List price", "money", "latest list price"),
)
PLACE_COLUMNS = (
    *columns("location_name", "product_name", "product_category"),
    *SILENCE,
    Column("units", "Units", "number", "units at this place, of all days up to the last one shown"),
    Column("missed_days", "Sale days missed", "number", "days with a sale to be expected in such a time"),
    SOLD_AT,
)
CONCENTRATION_COLUMNS = (
    Column("abc", "Class", "text", CLASSES),
    Column("products", "Products", "count"),
    Column("products_share", "Share of products", "share"),
    *columns("line_sales_minor", "share"),
)
CHOICE_COLUMNS = (
    Column("attribute", "Trait", "text"),
    Column("value", "Choice", "text"),
    Column("units", "Units", "number", "units of completed sales"),
    Column("share", "Share", "share", "of the units that tell the trait"),
    Column("latest_share", "Latest share", "share", "of the latest days"),
    Column("before_share", "Share before", "share", "of all days before them"),
    Column("trend", "Trend", "text", "gaining or losing only beyond chance"),
    Column("best_location", "Highest share at", "text"),
    Column("coverage_share", "Sales telling it", "share", "completed sales with a line that tells the trait"),
)


def view(scope: Scope) -> View:
    """Return the report on products: what sells, by category, what is slow and what people choose."""
    shown = Sold(scope.shown, scope.window.shown)
    recent, before = Sold(scope.recent, scope.window.recent), Sold(scope.before, scope.window.before)
    sold = _products(shown, recent, before, scope)
    groups = _categories(sold, recent, before, scope)
    past = slow.past(_past(shown, scope))
    quiet, chosen = _slow_products(past, scope), _favourites(scope)
    listings = [sold, groups, _concentration(sold, scope), quiet]
    if len(scope.daily["location_id"].unique()) > 1:
        listings.append(_slow_by_place(past, scope))
    if len(chosen.frame):
        listings.append(chosen)
    told = findings(sold.frame, groups.frame, quiet.frame, chosen.frame, scope)
    return View("products", "What sells, and what does not?", told, tuple(listings))


def findings(
    sold: pd.DataFrame, groups: pd.DataFrame, quiet: pd.DataFrame, chosen: pd.DataFrame, scope: Scope
) -> tuple[str, ...]:
    """Return what the tables say, the best seller first."""
    if scope.silence or sold.empty:
        return (scope.silence or summary.NO_LINE,)
    told = (
        selling.best(sold, scope.shop, scope.currency),
        selling.categories(groups, scope.shop),
        selling.slow_sellers(quiet, scope.settings.slow_days, days_known(scope)),
        selling.margins(sold, scope.shop, scope.currency),
        selling.favourites(chosen, scope.shop),
    )
    return tuple(text for text in told if text)


def days_known(scope: Scope) -> int:
    """Return over how many days the data reach, up to the last one shown."""
    days = _until_shown(scope)
    return days.days if days else 0


def _products(shown: Sold, recent: Sold, before: Sold, scope: Scope) -> Listing:
    frame = mix.products(shown, recent, before)
    most = scope.settings.top_products
    frame["rank"] = pd.Series(mix.product_ranks(frame, shown, most), dtype=object)
    return Listing(
        "products", "All products", frame, _with_margins(PRODUCT_COLUMNS, scope), scope.currency,
        f"Products with a completed sale. {CLASSES}. The first {most} are ranked; equal ranks are not surely apart.",
        totals=_totals(scope),
    )  # fmt: skip


def _categories(sold: Listing, recent: Sold, before: Sold, scope: Scope) -> Listing:
    frame = mix.categories(sold.frame, recent, before)
    return Listing(
        "categories", "Categories", frame, _with_margins(CATEGORY_COLUMNS, scope), scope.currency,
        "Line totals of completed sales, before discounts and tax; products without a category stand together.",
        totals=("products", *_totals(scope)),
    )  # fmt: skip


def _slow_products(past: slow.Past | None, scope: Scope) -> Listing:
    frame = slow.products(past, scope.settings.slow_days)
    several = len(frame["best_location"].dropna().unique()) > 1
    shown = tuple(
        column for column in SLOW_COLUMNS
        if (column.name != "best_location" or several)
        and (column.name != "list_price_minor" or frame["list_price_minor"].notna().any())
    )  # fmt: skip
    return Listing(
        "slow_products", "What does not sell", frame, shown, scope.currency,
        f"Never sold; or no sale for {words.plural(scope.settings.slow_days, 'day')} or more, which a product of its "
        "rhythm would show less than once in a hundred times; or for sure under a quarter of the sales of the usual "
        "product of its category.",
    )  # fmt: skip


def _favourites(scope: Scope) -> Listing:
    frame = attributes.choices(scope.shown, scope.settings.compare_days)
    several = len(frame) and frame["best_location"].notna().any()
    shown = tuple(column for column in CHOICE_COLUMNS if column.name != "best_location" or several)
    return Listing(
        "favourites", "What people choose", frame, shown, scope.currency,
        f"Units of completed sales by trait; latest are the last {words.plural(scope.settings.compare_days, 'day')}.",
    )  # fmt: skip


def _slow_by_place(past: slow.Past | None, scope: Scope) -> Listing:
    frame, found = slow.by_place(past, scope.settings.slow_days)
    caption = "Products a place has stopped selling, longer than its own rhythm explains, while other places sell them"
    if found > len(frame):
        caption += f"; the {len(frame)} of {found} that miss most sales"
    return Listing("slow_by_place", "What single places have stopped selling", frame, PLACE_COLUMNS, scope.currency,
                   f"{caption}.")  # fmt: skip


def _concentration(sold: Listing, scope: Scope) -> Listing:
    frame = mix.concentration(sold.frame)
    return Listing(
        "concentration", "How much hangs on few products", frame, CONCENTRATION_COLUMNS, scope.currency,
        f"Products with a completed sale by class. {CLASSES}.", totals=("products", "line_sales_minor"),
    )  # fmt: skip


def _past(shown: Sold, scope: Scope) -> Sold:
    """Return the lines of all days of the data up to the last one shown."""
    days = _until_shown(scope)
    return shown if days == scope.window.shown else Sold(scope.books.during(days), days)


def _until_shown(scope: Scope) -> Period | None:
    whole = span(scope.daily)
    return Period(whole.start, scope.window.shown.end) if whole and scope.window.shown else None


def _with_margins(shown: tuple[Column, ...], scope: Scope) -> tuple[Column, ...]:
    """Return the columns, those of margins left out where the data tell of no cost."""
    return tuple(column for column in shown if column.name not in MARGINS or _costed(scope))


def _totals(scope: Scope) -> tuple[str, ...]:
    margins = ("margin_minor", "unknown_margin_minor") if _costed(scope) else ()
    return ("units", "line_sales_minor", "share", *margins)


def _costed(scope: Scope) -> bool:
    return "margin" not in untold(scope.daily)
