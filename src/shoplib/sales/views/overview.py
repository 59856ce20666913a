"""The overview: every metric of the latest days, of the same weekdays before and of all days; and what changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.base.listing import Column, Listing
from shoplib.config.models import Shop
from shoplib.sales import changes, summary
from shoplib.sales.overview import Overview
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View
from shoplib.sales.views import hours, locations, products
from shoplib.sales.views.daily import refunds_alone
from shoplib.sales.window import span

TITLE = "How is the shop doing?"
SHOWN = 5
CHANGE_COLUMNS = (
    Column("split", "Taken apart by", "text"),
    Column("reason", "What", "text"),
    Column("before_minor", "Before", "money"),
    Column("recent_minor", "Latest days", "money"),
    Column("change_minor", "Change in takings", "money", "of the latest days on the same weekdays before"),
    Column("of_before_share", "Of all takings before", "share"),
)


def view(scope: Scope) -> View:
    """Return the overview."""
    found, apart = measured(scope), changes.changes(scope)
    told = [
        *([scope.silence, *refunds_alone(scope)] if scope.silence else summary.glance(found, scope.shop)),
        changed(apart, scope),
        summary.days_sentence(found, span(scope.daily), scope.shop),
    ]
    main = Listing("overview", "The numbers", table(found), heads(scope), scope.currency, caption(scope))
    return View(
        "overview",
        TITLE,
        tuple(text for text in told if text),
        (main, *leading(scope), Listing("changes", "What changed and why", apart, CHANGE_COLUMNS, scope.currency,
                                        "Each way of taking it apart adds up to the change in takings.")),
    )  # fmt: skip


def measured(scope: Scope) -> Overview:
    """Return the metrics of the scope."""
    return Overview.of(scope.daily, scope.window)


def table(found: Overview) -> pd.DataFrame:
    """Return one row a metric as ``Overview.table`` does, and with ``change_points`` for shares, else missing."""
    rows = found.table()
    value, before = (pd.to_numeric(rows[name]).astype("float64") for name in ("value", "before"))
    rows["change_points"] = (value - before).where(rows["unit"] == "share")
    return rows


def shown(whole: Listing, shop: Shop) -> Listing:
    """Return the main table as a page shows it: metrics told by the data, their change in words, "" if not known.

    Columns: label, value, before, change, all. The change of a share is told in points: a percentage of a percentage
    reads like the share itself.
    """
    rows = whole.frame[whole.frame[["value", "before", "all"]].notna().any(axis=1)]
    told = [_change(*row, shop.language) for row in zip(rows["change_share"], rows["change_points"], strict=True)]
    known = {column.name: column for column in whole.columns}
    change = Column("change", "Change", "text", known["change_share"].meaning)
    order = (known["label"], known["value"], known["before"], change, known["all"])
    rows = rows.assign(change=told).reset_index(drop=True)
    return Listing(whole.name, "All numbers", rows, order, whole.currency, whole.caption)


def _change(by: float, points: float, language: str) -> str:
    if not np.isnan(points):
        return words.points(points, language)
    return "" if np.isnan(by) else words.change(1 + by, 1, language)


def heads(scope: Scope) -> tuple[Column, ...]:
    """Return the columns of the main table; their headings say how many days each tells of, their meanings which."""
    known, shop = scope.window, scope.shop
    latest, before, every = (summary.days_of(days, shop) if days else "" for days in
                             (known.recent, known.before, known.shown))  # fmt: skip
    return (
        *columns("metric", "label"),
        Column("value", named_days(scope), "row", latest),
        Column("before", "Same weekdays before", "row", before),
        *columns("change_share"),
        Column("all", f"All {words.plural(known.shown.days, 'day')}" if known.shown else "All days", "row", every),
        Column("change_points", "Change in points", "points", "of shares: the difference of the two percentages"),
    )


def named_days(scope: Scope) -> str:
    """Return what the latest days are called: "Last 28 days", or which they are if they do not end the data."""
    recent, shown = scope.window.recent, scope.window.shown
    if recent is None or shown is None:
        return "Latest days"
    at_end = recent.end == scope.daily["business_date"].max().date()
    if not at_end or (recent == shown and scope.window.whole):
        return summary.days_of(recent, scope.shop)
    return f"Last {recent.days} days" if recent.days > 1 else "Last day"


def caption(scope: Scope) -> str:
    """Return which days stand under which heading, "" without data."""
    recent, before, shown = scope.window.recent, scope.window.before, scope.window.shown
    if recent is None or shown is None:
        return ""
    text = f"{named_days(scope)}: {summary.days_of(recent, scope.shop)}" if recent != shown else ""
    parts = [text, f"same weekdays before: {summary.days_of(before, scope.shop)}" if before else "",
             f"all days: {summary.days_of(shown, scope.shop)}"]  # fmt: skip
    told = "; ".join(part for part in parts if part)
    return f"{told[0].upper()}{told[1:]}. What is not told by the data is empty."


def leading(scope: Scope) -> tuple[Listing, Listing, Listing]:
    """Return the five places, categories and hours that take most, each with the others in a row."""
    places, groups, day = reported(scope)
    place, category = columns("location_name", "product_category")
    hour, spans = Column("hour", "Hour", "text"), [hours.span(int(start)) for start in day["local_hour"]]
    told = ("transactions", "gross_sales_minor", "share")
    sold = ("units", "line_sales_minor", "share", "change_share")
    places = places[places["transactions"] > 0]
    return (
        _top(scope, "overview_places", "Places", places, place, (*told, "change_share")),
        _top(scope, "overview_categories", "Categories", groups, category, sold),
        _top(scope, "overview_hours", "Hours", day.assign(hour=spans), hour, told),
    )


def reported(scope: Scope) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return what the reports on places, products and hours tell: places, categories and hours of the clock."""
    made = (
        scope.once("locations", locations.view).listing("locations"),
        scope.once("products", products.view).listing("categories"),
        scope.once("hours", hours.view).listing("hours"),
    )
    places, groups, day = (listing.frame for listing in made)
    return places, groups, day


def _top(scope: Scope, name: str, title: str, rows: pd.DataFrame, head: Column, shown: tuple[str, ...]) -> Listing:
    """Return the rows that take most, in the order of ``rows`` among equals, and the others added up in one.

    The frame says of each row in ``others`` whether it is that one, and holds what it takes as ``worth_minor``.
    """
    label, worth = head.name, shown[1]
    rows = rows.sort_values(worth, ascending=False, kind="stable", ignore_index=True)[[label, *shown]]
    left = len(rows) - SHOWN if len(rows) > SHOWN + 1 else 0
    top, rest = rows.head(len(rows) - left), rows.tail(left)
    if left:
        others: dict[str, object] = dict.fromkeys(shown, np.nan)
        others |= {name: rest[name].sum(min_count=1) for name in (*shown[:2], "share")}
        others[label] = f"{words.count(left, scope.shop.language)} others"
        top = pd.concat([top.astype({label: object}), pd.DataFrame([others])], ignore_index=True)
        top = top.astype({column: rows[column].dtype for column in shown[:2]})
    top = top.assign(others=[at >= len(rows) - left for at in range(len(top))], worth_minor=top[worth])
    return Listing(name, title, top, (head, *columns(*shown)), scope.currency,
                   f"The {SHOWN} that take most, and the others together.", shown[:2])  # fmt: skip


def changed(apart: pd.DataFrame, scope: Scope) -> str:
    """Return what the change in takings is made of, and whether it can be chance, "" where nothing is compared."""
    how = apart[apart["split"] == changes.HOW]
    total = int(how["change_minor"].sum())
    if how.empty or not total:
        return ""
    largest = how.sort_values("change_minor", key=abs, ascending=False, kind="stable")
    parts = [
        f"{_signed(minor, scope)} from {NAMES[name][int(minor < 0)]}"
        for name, minor in zip(largest["reason"], largest["change_minor"], strict=True)
        if minor
    ]
    sums = summary.amount(abs(total), scope.shop, scope.currency)
    text = f"Takings {'rose' if total > 0 else 'fell'} by {sums}: {', '.join(parts)}{_most(apart, total, scope)}."
    if changes.beyond_chance(scope) is False:
        return f"{text} Days differ so much that a change of this size can be chance."
    return text


NAMES = {
    changes.DAYS: ("more days with sales", "fewer days with sales"),
    changes.RATE: ("more sales a day", "fewer sales a day"),
    changes.SIZE: ("larger sales", "smaller sales"),
}


def _most(apart: pd.DataFrame, total: int, scope: Scope) -> str:
    """Return the place that changed most in the direction of the whole, "" with one place."""
    where = apart[(apart["split"] == changes.WHERE) & (apart["reason"] != changes.OTHER_PLACES)]
    along = where[(where["change_minor"] * (1 if total > 0 else -1)) > 0]
    if along.empty:
        return ""
    at = int(along["change_minor"].abs().to_numpy().argmax())
    name, minor = along["reason"].iloc[at], int(along["change_minor"].iloc[at])
    part = "most of it" if 2 * abs(minor) > abs(total) else "the largest part"
    return f"; {part} at {summary.name(name)} ({_signed(minor, scope)})"


def _signed(minor: int, scope: Scope) -> str:
    text = summary.amount(minor, scope.shop, scope.currency)
    return f"+{text}" if minor > 0 else text
