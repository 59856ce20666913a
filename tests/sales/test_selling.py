"""Sentences about products, in full."""

from __future__ import annotations

import pandas as pd

from shoplib.config.models import Shop
from shoplib.sales import mix, selling, slow

SHOP = Shop()


def sold(rows: list[tuple[str, int, float]], margins: list[int | None] | None = None) -> pd.DataFrame:
    total = sum(amount for _, amount, _ in rows)
    return pd.DataFrame(
        {
            "product_id": [name for name, _, _ in rows],
            "product_name": [name for name, _, _ in rows],
            "line_sales_minor": [amount for _, amount, _ in rows],
            "units": [units for _, _, units in rows],
            "share": [amount / total if total > 0 else None for _, amount, _ in rows],
            "margin_minor": pd.array(margins or [None] * len(rows), "Int64"),
            "margin_sales_minor": [amount if m is not None else 0 for (_, amount, _), m in
                                   zip(rows, margins or [None] * len(rows), strict=True)],
            "unknown_margin_minor": [amount if m is None else 0 for (_, amount, _), m in
                                     zip(rows, margins or [None] * len(rows), strict=True)],
        }
    )  # fmt: skip


def slows(rows: list[tuple[str, str, int | None, float | None]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "product_name": [row[0] for row in rows],
            "reason": [row[1] for row in rows],
            "days_without_sale": pd.array([row[2] for row in rows], "Int64"),
            "category_share": [row[3] for row in rows],
        }
    )


NOTHING_LEFT = "No product sold for more than was given back or taken off."


def test_best() -> None:
    assert selling.best(sold([]), SHOP) == "No product line was sold."
    assert selling.best(sold([("Tea", 250, 1.0)]), SHOP) == "Tea is the one product sold: £2.50."
    assert selling.best(sold([("Tea", 75_000, 9.0), ("Bun", 25_000, 9.0)]), SHOP) == (
        "Tea sells best: £750, 75% of line sales."
    )
    assert selling.best(sold([("Tea", 75_000, 9.0), ("Bun", 25_000, 12.5)]), SHOP) == (
        "Tea sells best: £750, 75% of line sales; by units it is Bun (12.5)."
    )
    assert selling.best(sold([("Tea", 0, 1.0), ("Bun", -100, -1.0)]), SHOP) == NOTHING_LEFT


def test_categories() -> None:
    table = pd.DataFrame(
        {
            "product_category": ["Beer", mix.NO_CATEGORY],
            "share": [0.6, 0.4],
            "change_share": [0.05, -0.2],
            "verdict": [mix.STEADY, mix.DOWN],
        }
    )
    assert selling.categories(table, SHOP) == (
        "The category Beer leads with 60% of line sales; what has no category changed most: down 20.0% on the same "
        "weekdays before."
    )
    assert selling.categories(table.assign(verdict=mix.STEADY), SHOP) == (
        "The category Beer leads with 60% of line sales; no category changed beyond chance."
    )
    assert (
        selling.categories(table.assign(verdict=mix.UNKNOWN), SHOP) == "The category Beer leads with 60% of line sales."
    )
    assert selling.categories(table.iloc[1:], SHOP) == "No product sold has a category."
    assert selling.categories(table.iloc[:1], SHOP) == "Everything sold is in the category Beer."
    assert selling.categories(table.iloc[:0], SHOP) == selling.categories(table.assign(share=None), SHOP) == ""


def test_slow_sellers() -> None:
    rows = [("Tea", slow.SILENT, 90, 0.4), ("Bun", slow.SILENT, 41, 0.2), ("Jam", slow.BELOW, 2, 0.037),
            *((f"New {n}", slow.NEVER, None, None) for n in range(5))]  # fmt: skip
    assert selling.slow_sellers(slows(rows), 28, 365) == (
        "2 products have not sold for 28 days or more: Tea (90 days), Bun (41 days); 1 product sells far below others "
        "of its category: Jam; 5 products never sold: New 0, New 1, New 2 and 2 more."
    )
    none, early = selling.none_slow(28, 365), selling.none_slow(28, 1)
    assert none == "No product is slow: none was silent for 28 days or more against its own rhythm."
    assert early == "It is too early to call a product slow: the data reach over 1 day."
    assert (selling.slow_sellers(slows([]), 28, 365), selling.slow_sellers(slows([]), 28, 1)) == (none, early)
    assert selling.slowest(slows(rows), SHOP, 28, 365) == (
        "Slowest is Tea, not sold for 90 days; 7 more products are slow."
    )
    assert selling.slowest(slows(rows[2:4]), SHOP, 28, 365) == (
        "Slowest is Jam, at 4% of the usual sales of its category; 1 more product is slow."
    )
    assert selling.slowest(slows(rows[4:5]), SHOP, 28, 365) == "New 1 never sold."
    assert selling.slowest(slows([]), SHOP, 28, 365) == none


def test_margins() -> None:
    rows = [("Tea", 75_000, 9.0), ("Bun", 25_000, 9.0)]
    assert selling.margins(sold(rows, [50_000, 10_000]), SHOP) == (
        "Products earned £600 margin, 60.0% of £1,000 sold after discounts."
    )
    assert selling.margins(sold(rows, [50_000, None]), SHOP) == (
        "Products with a known cost earned £500 margin, 66.7% of £750 sold after discounts; another £250 has no known "
        "cost, so its margin is unknown."
    )
    assert selling.margins(sold(rows), SHOP) == "No cost is known of what was sold, so nothing can be said of margins."
    assert selling.margins(sold([]), SHOP) == ""


def test_favourites() -> None:
    choices = pd.DataFrame(
        {
            "attribute": ["colour", "colour", "size"],
            "value": ["red", "blue", "M"],
            "share": [0.7, 0.3, None],
            "coverage_share": [1.0, 1.0, 0.25],
        }
    )
    assert selling.favourites(choices, SHOP) == (
        "Favourites: colour red (70% of units), size M (told by 25% of sales)."
    )
    assert selling.favourites(choices.iloc[:0], SHOP) == ""
