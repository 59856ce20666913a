"""The shop in a few sentences, for the head of the page and for messages on a phone."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.sales import reports, selling, summary, trends
from shoplib.sales.overview import Overview
from shoplib.sales.view import Scope
from shoplib.sales.views import products
from shoplib.sales.views.daily import refunds_alone

LONGEST = 160
FEWEST = 4


def brief(scope: Scope) -> list[str]:
    """Return four to seven sentences, each complete and at most 160 characters long.

    In order: takings with their change, the trend, the best product, the slowest, the best place where there are
    several, the favourite of the first trait that lines tell, and refunds if they are known. Their numbers are those of
    the reports. Without any completed sale in the days shown one sentence says so, and one tells refunds if there are
    any.
    """
    if scope.silence or scope.window.shown is None:
        return [scope.silence, *refunds_alone(scope)]
    days = Overview.of(scope.daily, scope.window)
    until = scope.daily[scope.daily["business_date"] <= pd.Timestamp(scope.window.shown.end)]
    told = [
        summary.takings_sentence(days, scope.shop),
        summary.trend_sentence(trends.trend_verdict(until), scope.shop, scope.currency),
        *_products(scope),
        *_places(scope),
        *_favourite(scope),
    ]
    if days.now["refunds"] is not None:
        told.append(summary.refunds_sentence(days, scope.shop))
    if len(told) < FEWEST:
        told.insert(1, summary.sales_sentence(days, scope.shop))
    return [short(sentence) for sentence in told]


def short(sentence: str) -> str:
    """Return a sentence of at most 160 characters: a longer one loses its last clauses, or else its last words.

    >>> short("Sales are up; " + "and so on " * 20)
    'Sales are up.'
    """
    if len(sentence) <= LONGEST:
        return sentence
    kept = sentence[:LONGEST]
    for end in ("; ", " ("):
        if end in kept:
            return f"{kept[: kept.rindex(end)]}."
    return f"{kept[: LONGEST - 1].rsplit(' ', 1)[0]}…"


def _products(scope: Scope) -> list[str]:
    view = reports.make("products", scope)
    sold, quiet = view.listing("products").frame, view.listing("slow_products").frame
    if sold.empty:
        return [summary.NO_LINE]
    return [
        f"{_since(scope)}{selling.best(sold, scope.shop, scope.currency)}",
        selling.slowest(quiet, scope.shop, scope.settings.slow_days, products.days_known(scope)),
    ]


def _places(scope: Scope) -> list[str]:
    """Return which place takes most, and whether the second is surely behind; nothing with a single place."""
    table = reports.make("locations", scope).listing("locations").frame
    sold = table[table["transactions"] > 0]
    if len(table) < 2 or sold.empty:
        return []
    top = sold.iloc[0]
    name, worth = (
        selling.name(top["location_name"]),
        summary.amount(int(top["gross_sales_minor"]), scope.shop, scope.currency),
    )
    text = f"{_since(scope)}{name} takes most of {words.plural(len(table), 'place')}: {worth}"
    if pd.notna(top["share"]):
        text += f", {words.share(float(top['share']), scope.shop.language, 0)} of takings"
    if len(sold) == 1:
        return [f"{text}; no other sold anything."]
    second = sold.iloc[1]
    other = selling.name(second["location_name"])
    if not (top["rank"] and second["rank"]):
        return [f"{text}; too few days to tell it from {other}."]
    if top["rank"] == second["rank"]:
        return [f"{text}, but {other} is not surely behind."]
    return [f"{text}; {other} comes second."]


def _since(scope: Scope) -> str:
    """Return the words before a total of all days shown, "" where they are those whose change is told."""
    shown = scope.window.shown
    if shown is None or shown == scope.window.recent:
        return ""
    return f"Since {words.day(shown.start, scope.shop.language)} "


def _favourite(scope: Scope) -> list[str]:
    """Return the favourite of the first trait that lines tell, if they tell any."""
    listings = {listing.name: listing for listing in reports.make("products", scope).listings}
    if "favourites" not in listings:
        return []
    frame = listings["favourites"].frame
    return [selling.favourite_sentence(frame, str(frame["attribute"].iloc[0]), scope.shop)]
