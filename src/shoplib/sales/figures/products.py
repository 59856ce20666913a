"""The figures of the report on products: categories, best sellers, what people choose."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import attributes, captions, mix, summary
from shoplib.sales.figures import shared
from shoplib.viz import charts
from shoplib.viz.export import Chart


def category_chart(products: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return line sales by category as bars, products without one together in their own; ``None`` if all are in one."""
    table = mix.category_shares(products)
    if len(table) == 1:
        return None
    title = summary.category_sentence(table, shop)
    if table.empty or table["share"].isna().all():
        return shared.empty(title, table.iloc[:0])
    names = table["product_category"].fillna(shared.NO_CATEGORY).tolist()
    return Chart(
        shared.money_bars(
            names, table["line_sales_minor"], table["share"], "Line sales and share of all", shop, currency
        ),
        title,
        "Line totals of completed sales by category, before discounts and tax"
        f"{captions.cut(len(table), shared.MANY_NAMES)}.",
        "Bars by category: " + captions.amounts(names, table["line_sales_minor"], shop, currency),
        table,
    )


def products_chart(products: pd.DataFrame, shop: Shop, count: int = 20, currency: str | None = None) -> Chart:
    """Return the best sellers as bars, as many as ``count``."""
    table = mix.top_products(products, count)
    if table.empty or table["share"].isna().all():
        return shared.empty("No product line was sold.", table.iloc[:0])
    names = table["product_name"].tolist()
    if len(table) == 1:
        title = f"{names[0]} is the one product sold."
    elif len(table) == len(products):
        part = words.share(float(table["share"].iloc[0]), shop.language, 0)
        title = f"{names[0]} sells best: {part} of what was sold."
    else:
        part = words.share(float(table["share"].sum()), shop.language, 0)
        title = f"{names[0]} sells best; the {len(table)} products shown make up {part} of what was sold."
    return Chart(
        shared.money_bars(
            names, table["line_sales_minor"], table["share"], "Line sales and share of all", shop, currency
        ),
        title,
        f"Best sellers by line totals of completed sales, before discounts and tax; "
        f"{words.plural(len(products), 'product')} sold in all.",
        "Bars by product: " + captions.amounts(names, table["line_sales_minor"], shop, currency),
        table,
    )


def choice_charts(choices: pd.DataFrame, shop: Shop, compare_days: int = 28) -> dict[str, Chart]:
    """Return the favourites of each attribute as bars, by the name of the figure; none without attributes.

    ``choices`` is the table of :func:`attributes.choices`.
    """
    charts_: dict[str, Chart] = {}
    for number, attribute in enumerate(choices["attribute"].unique(), 1):
        charts_[f"favourites_{number}"] = _choice_chart(choices, attribute, shop, compare_days)
    return charts_


def _choice_chart(choices: pd.DataFrame, attribute: str, shop: Shop, compare_days: int) -> Chart:
    table = choices[choices["attribute"] == attribute].reset_index(drop=True)
    moved = table["trend"].isin([attributes.GAINING, attributes.LOSING])
    shares = [words.share(float(share), shop.language, 0) for share in table["share"]]
    labels = [
        f"{share} · {trend}" if moves else share
        for share, trend, moves in zip(shares, table["trend"], moved, strict=True)
    ]
    names, count = table["value"].tolist(), min(len(table), shared.MANY_NAMES)
    caption = f"Units of completed sales by {attribute}, shares of all that have one{captions.cut(len(table), count)}."
    if moved.any():
        caption += (
            f" Marked: shares of the last {compare_days} days that differ from those before by more than chance "
            "(95% interval for all of them together)."
        )
    return Chart(
        charts.bars(names[:count], table["share"].tolist()[:count], labels[:count], unit="Share of units"),
        attributes.sentence(choices, attribute, shop, compare_days),
        caption,
        f"Bars by {attribute}: "
        + captions.listed(f"{name} {label}" for name, label in zip(names, labels, strict=True)),
        table,
    )
