"""The words under and behind the figures: periods, lists and alternative texts."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from shoplib.base import words
from shoplib.base.calendar import Period
from shoplib.config.models import Shop
from shoplib.sales import summary
from shoplib.sales.window import span

MOST_LISTED = 12


def days_shown(table: pd.DataFrame, shop: Shop) -> str:
    """Return the days of a table sorted by ``business_date``, in words; it must have a row."""
    dates = table["business_date"]
    return summary.days_of(Period(dates.iloc[0].date(), dates.iloc[-1].date()), shop)


def days_known(daily: pd.DataFrame, shop: Shop) -> str:
    """Return the days ``sales_daily`` reaches over, in words, ``""`` if it has no rows."""
    known = span(daily)
    return summary.days_of(known, shop) if known else ""


def cut(rows: int, most: int) -> str:
    """Return the remark that only some bars are shown, ``""`` if all are.

    >>> cut(30, 20), cut(3, 20)
    ('; the 20 largest of 30', '')
    """
    return f"; the {most} largest of {rows}" if rows > most else ""


def listed(parts: Iterable[str]) -> str:
    """Return parts as a list that ends with a full stop; past twelve the rest are counted."""
    return words.listed(parts, limit=MOST_LISTED) + "."


def amounts(names: Iterable[str], minor: pd.Series, shop: Shop, currency: str | None) -> str:
    """Return each name with its amount, in the order given."""
    return listed(f"{name} {summary.amount(int(one), shop, currency)}" for name, one in zip(names, minor, strict=True))


def line(table: pd.DataFrame, dots: str, mean: str, what: str, shop: Shop, currency: str | None) -> str:
    """Return what a daily line chart shows: where its mean goes, its highest and lowest day, closed days.

    ``table`` is that of ``trends.trend`` with at least one open day; values are minor units if there is a
    ``currency``, else counts.
    """

    def say(value: float) -> str:
        return summary.amount(value, shop, currency) if currency else words.count(value, shop.language)

    def peak(rank: pd.Series) -> str:
        row = known[rank == rank.max()].iloc[0]
        return f"{say(float(row[dots]))} on {words.day(row['business_date'].date(), shop.language)}"

    known = table[table[dots].notna()]
    high, low = peak(known[dots]), peak(-known[dots])
    if len(known) == 1:
        return f"One day of sales: {high}."
    text = f"Line chart of {what} by day, {days_shown(table, shop)}: "
    means = known[mean].dropna()
    if len(means) > 1:
        text += f"the seven-day mean goes from {say(float(means.iloc[0]))} to {say(float(means.iloc[-1]))}; "
    text += f"highest {high}, lowest {low}"
    closed = int((~table["open"].astype(bool)).sum())
    return f"{text}; {words.plural(closed, 'day')} without sales." if closed else f"{text}."
