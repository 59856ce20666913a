"""The data behind a chart for readers: amounts in major units, days as days, weekdays by name, nothing that runs."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from pandas.api import types

from shoplib.base import listing, money

MINOR = "_minor"
RUNS = ("=", "+", "-", "@", "\t")
BREAKS = re.compile(r"[\r\n]")
NUMERAL = re.compile(r"[-+]?\d*\.?\d+(e[-+]?\d+)?", re.IGNORECASE)


def csv_of(data: pd.DataFrame, currency: str = "", language: str = "en_GB") -> bytes:
    """Return a table as UTF-8 CSV in its own row order.

    Columns that end in ``_minor`` are written in major units under a name without it, where a currency is given.
    Days are ISO 8601, moments carry their zone, whole numbers have no decimals, and what is not known is empty. A text
    that a spreadsheet would run as a formula starts with ``'``.
    """
    names = [str(column) for column in data.columns]
    columns = [_told(data.iloc[:, at], name, currency, language) for at, name in enumerate(names)]
    told = pd.concat(columns, axis=1) if columns else data
    told.columns = pd.Index([guarded(name) for name in plain_names(names, currency)])
    return told.to_csv(index=False, lineterminator="\n").encode()


def plain_names(names: list[str], currency: str) -> list[str]:
    """Return the names of columns in the file: amounts without ``_minor``, ending in ``_amount`` if that is taken.

    >>> plain_names(["refunds", "refunds_minor", "share"], "GBP")
    ['refunds', 'refunds_amount', 'share']
    """
    short = [name.removesuffix(MINOR) if currency else name for name in names]
    return [f"{cut}_amount" if cut != name and cut in names else cut for cut, name in zip(short, names, strict=True)]


def heads(data: pd.DataFrame, currency: str = "") -> tuple[str, ...]:
    """Return the headings of a table's columns in words.

    >>> heads(pd.DataFrame(columns=["business_date", "gross_sales_minor", "Sales"]), "GBP")
    ('Business date', 'Gross sales (GBP)', 'Sales')
    """
    found = []
    for name in map(str, data.columns):
        words = name.removesuffix(MINOR).replace("_", " ").strip() or name
        amount = bool(currency) and name.endswith(MINOR)
        found.append(words[0].upper() + words[1:] + (f" ({currency})" if amount else ""))
    return tuple(found)


def guarded(text: str) -> str:
    """Return a text on one line that no spreadsheet runs: ``'`` stands before what would begin a formula.

    >>> guarded("=1+1"), guarded("-5.2"), guarded("Tea")
    ("'=1+1", '-5.2', 'Tea')
    """
    text = " ".join(text.splitlines()) if BREAKS.search(text) else text
    return f"'{text}" if text.startswith(RUNS) and not NUMERAL.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Return a text as it was before :func:`guarded`."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(RUNS) else text


def _told(column: pd.Series, name: str, currency: str, language: str) -> pd.Series:
    if types.is_datetime64_any_dtype(column):
        known = column.dropna()
        of_days = known.dt.tz is None and bool((known == known.dt.normalize()).all())
        return pd.Series(column.dt.strftime("%Y-%m-%d" if of_days else "%Y-%m-%dT%H:%M:%S%z"))
    if currency and name.endswith(MINOR):
        return _each(column, lambda value: str(money.to_major(round(value), currency)))
    if types.is_bool_dtype(column):
        return column
    if types.is_numeric_dtype(column):
        if name == "weekday" and column.dropna().isin(range(7)).all():
            return _each(column, lambda value: listing.text(value, "weekday", currency, language))
        whole = types.is_float_dtype(column) and bool((column.dropna() % 1 == 0).all())
        return _each(column, lambda value: str(int(value))) if whole else column
    return _each(column, lambda value: guarded(value) if isinstance(value, str) else value)


def _each(column: pd.Series, tell: Any) -> pd.Series:
    """Return a column with each known value told; the others empty."""
    told = [None if listing.missing(value) else tell(value) for value in column]
    return pd.Series(told, index=column.index, dtype=object)
