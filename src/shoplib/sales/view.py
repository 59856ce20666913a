"""What every one of the eight reports is made from, and what it gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from shoplib.base.listing import Listing
from shoplib.config.models import Sales, Shop
from shoplib.sales import summary
from shoplib.sales.books import Books, open_books
from shoplib.sales.measures import sales_daily
from shoplib.sales.metrics import currency_of
from shoplib.sales.window import Window, span, window

Made = TypeVar("Made")


@dataclass(frozen=True)
class Scope:
    """The books of a shop, all its days, the days a report tells of, and the settings it is told under.

    ``daily`` is the whole ``sales_daily``.
    """

    books: Books
    daily: pd.DataFrame
    window: Window
    shop: Shop
    settings: Sales

    @property
    def currency(self) -> str:
        """The currency of the amounts."""
        return currency_of(self.daily) or self.shop.currency

    @cached_property
    def shown(self) -> Books:
        """The books of all days that totals cover."""
        return self.books.during(self.window.shown)

    @cached_property
    def recent(self) -> Books:
        """The books of the latest days, whose change is told."""
        return self.books.during(self.window.recent)

    @cached_property
    def before(self) -> Books:
        """The books of the days those are compared with; empty where nothing can be compared."""
        return self.books.during(self.window.before)

    @cached_property
    def shown_daily(self) -> pd.DataFrame:
        """``sales_daily`` of the days shown."""
        if self.window.shown is None:
            return self.daily.iloc[:0]
        return self.daily[self.window.shown.covers(self.daily["business_date"])]

    @property
    def silence(self) -> str:
        """Why there is no sale to tell of, in the one sentence of all reports; ``""`` if there is any."""
        if self.daily.empty:
            return summary.NO_DATA
        if self.window.shown is None:
            return summary.OUTSIDE
        return "" if self.shown_daily["transactions"].any() else summary.NO_SALE

    def once(self, name: str, make: Callable[[Scope], View]) -> View:
        """Return a report of this scope, made the first time it is asked for."""
        return self.kept(f"report {name}", lambda scope: make(scope).on_its_sheet())

    def kept(self, name: str, make: Callable[[Scope], Made]) -> Made:
        """Return what ``make`` gives for this scope, made the first time it is asked for by this name."""
        if name not in self._made:
            self._made[name] = make(self)
        found: Made = self._made[name]
        return found

    @cached_property
    def _made(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class View:
    """One report: its question, what was found, in sentences, and its tables, the main one first."""

    name: str
    title: str
    findings: tuple[str, ...]
    listings: tuple[Listing, ...]

    def on_its_sheet(self) -> View:
        """Return the report with its tables on a sheet of its own name."""
        sheet = self.name.capitalize()
        return replace(self, listings=tuple(replace(listing, sheet=sheet) for listing in self.listings))

    def sentences(self, fewest: int = 1) -> tuple[str, ...]:
        """Return the findings, none where the main table has fewer rows: they would say only that."""
        return self.findings if len(self.listings[0].frame) >= fewest else ()

    def listing(self, name: str) -> Listing:
        """Return a table by its name; ``KeyError`` if there is none."""
        return {listing.name: listing for listing in self.listings}[name]


def scope_of(
    facts: Mapping[str, pd.DataFrame], shop: Shop, settings: Sales, start: dt.date | None = None,
    end: dt.date | None = None,
) -> Scope:  # fmt: skip
    """Return the scope of reports over the facts, by table name; see ``books.open_books``."""
    books = open_books(facts, settings.gift_card_categories, settings.refunds)
    daily = sales_daily(books)
    return Scope(books, daily, window(span(daily), settings.compare_days, start, end), shop, settings)
