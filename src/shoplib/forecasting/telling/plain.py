"""Amounts, quantities, ranges and names as a reader sees them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from shoplib.base import money, words
from shoplib.config.models import Shop
from shoplib.forecasting.demand_series import ALL, NO_CATEGORY, OTHERS
from shoplib.forecasting.outlook import Outlook

WHOLE_FROM = 100
NO_BREAK = "\u00a0"
DASH = f"{NO_BREAK}–{NO_BREAK}"


def amount(minor: float | None, shop: Shop) -> str:
    """Return an amount for reading: without decimals from a hundred up, ``""`` if it is not known.

    >>> amount(1_234_567.4, Shop()), amount(999, Shop())
    ('£12,346', '£9.99')
    """
    if minor is None or pd.isna(minor):
        return ""
    whole = abs(money.to_major(round(minor), shop.currency)) >= WHOLE_FROM
    return money.show(round(minor), shop.currency, language=shop.language, whole=whole)


def quantity(units: float | None, shop: Shop) -> str:
    """Return a quantity for reading: whole from ten up and where it is whole, ``""`` if it is not known.

    >>> quantity(1234.4, Shop()), quantity(3.26, Shop()), quantity(4, Shop())
    ('1,234', '3.3', '4')
    """
    if units is None or pd.isna(units):
        return ""
    decimals = 0 if units >= 10 or float(units).is_integer() else 1
    return words.count(units, shop.language, decimals)


def amounts(low: float | None, high: float | None, shop: Shop) -> str:
    """Return a range of amounts, ``""`` if it is not known."""
    unknown = low is None or high is None or pd.isna(low) or pd.isna(high)
    return "" if unknown else DASH.join((amount(low, shop), amount(high, shop)))


def quantities(low: float | None, high: float | None, shop: Shop) -> str:
    """Return a range of whole quantities, ``""`` if it is not known.

    >>> quantities(2.2, 7.7, Shop()), quantities(3, 3, Shop())
    ('2\\xa0–\\xa08', '3')
    """
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return ""
    ends = [words.count(round(end), shop.language) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else DASH.join(ends)


def share(value: float | None, shop: Shop, decimals: int = 0) -> str:
    """Return a share of one, ``""`` if it is not known."""
    return "" if value is None or pd.isna(value) else words.share(value, shop.language, decimals)


def day(date: pd.Timestamp, shop: Shop, *, weekday: bool = False) -> str:
    """Return a day that does not break over two lines."""
    return words.day(date.date(), shop.language, weekday=weekday).replace(" ", NO_BREAK)


def place(view: Outlook, location_id: str) -> str:
    """Return the name of a place."""
    known = {ALL: "All places", OTHERS: "Other places"}
    return known.get(location_id, view.names["location_id"].get(location_id, location_id))


def product(view: Outlook, product_id: str, category: str = ALL) -> str:
    """Return the name of a product, of the others of a category, or of the category itself."""
    if product_id == OTHERS:
        return "Other products" if category == OTHERS else f"Other {group(category).lower()}"
    if product_id == ALL:
        return "All products" if category == ALL else group(category)
    return view.names["product_id"].get(product_id, product_id)


def group(category: str) -> str:
    """Return the name of a category."""
    return {NO_CATEGORY: "Without category", OTHERS: "Other categories"}.get(category, category)


def ceiling(units: float) -> float:
    """Return the next whole number at or above a quantity."""
    return float(np.ceil(units - 1e-9))


def labels(view: Outlook, models: Sequence[str]) -> list[str]:
    """Return the words a reader sees of models."""
    known = {name: told[0] for one in (view.takings, view.units) if one for name, told in one.labels.items()}
    return [known.get(name, name) for name in models]
