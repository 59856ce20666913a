"""The figures of the report on products: categories, best sellers, concentration, margins, what people choose."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import attributes, captions, mix, summary
from shoplib.sales.figures import shared
from shoplib.viz import charts, ticks
from shoplib.viz.earned import earned
from shoplib.viz.export import Chart
from shoplib.viz.pareto import Mark, pareto

FEWEST_SPREAD = 5


def category_chart(products: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return line sales by category as bars, products without one together in their own; ``None`` with fewer than two.

    ``products`` is the main table of the report or ``sales_products``.
    """
    table = mix.category_shares(products)
    if len(table) < 2:
        return None
    title = summary.category_sentence(table, shop)
    if table["share"].isna().all():
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


def products_chart(products: pd.DataFrame, shop: Shop, count: int = 20, currency: str | None = None) -> Chart | None:
    """Return the best sellers as bars, as many as ``count`` but no more than fit; ``None`` without any.

    ``products`` as above.
    """
    table = mix.top_products(products, min(count, shared.MANY_NAMES))
    if table.empty:
        return None
    if table["share"].isna().all():
        return shared.empty(summary.NO_SHARE, table.iloc[:0])
    names = table["product_name"].tolist()
    if len(table) == 1:
        title = f"{summary.name(names[0])} is the one product sold."
    elif len(table) == len(products):
        part = words.share(float(table["share"].iloc[0]), shop.language, 0)
        title = f"{summary.name(names[0])} sells best: {part} of what was sold."
    else:
        part = words.share(float(table["share"].sum()), shop.language, 0)
        title = f"{summary.name(names[0])} sells best; the {len(table)} products shown make up {part} of what was sold."
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


def pareto_chart(products: pd.DataFrame, shop: Shop) -> Chart | None:
    """Return how line sales are spread over products; ``None`` with fewer than five products.

    ``products`` is the main table of the report.
    """
    table = products[["product_id", "product_name", "line_sales_minor", "cumulative_share", "abc"]]
    if len(table) < FEWEST_SPREAD or table["cumulative_share"].isna().all():
        return None
    number = len(table)
    marks = []
    for classes, share in ((("A",), mix.CLASS_A), (("A", "B"), mix.CLASS_B)):
        count = int(table["abc"].isin(classes).sum())
        up = float(table["cumulative_share"].iloc[count - 1])
        label = f"{words.plural(count, 'product')} make {words.share(share, shop.language, 0)}"
        marks.append(Mark(count / number, up, label))
    first = int((table["abc"] == "A").sum())
    part = words.share(first / number, shop.language, 0)
    made = words.share(mix.CLASS_A, shop.language, 0)
    title = f"{words.count(first, shop.language)} of {number} products ({part}) make {made} of what was sold."
    ten = max(1, round(number / 10))
    top = words.share(float(table["cumulative_share"].iloc[ten - 1]), shop.language, 0)
    return Chart(
        pareto(
            [(place + 1) / number for place in range(number)], table["cumulative_share"].tolist(), marks,
            unit="Share of line sales", unit_across="Share of products, best sellers first",
            values=ticks.share_ticks(shop.language),
        ),
        title,
        "Line totals of completed sales, added up from the best seller on. The straighter the line, the more evenly "
        "products sell.",
        f"Curve over {words.plural(number, 'product')}: the first {words.count(ten, shop.language)} make up {top}, "
        f"{words.count(first, shop.language)} make {made}.",
        table,
    )  # fmt: skip


def margin_chart(categories: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return what categories earned as bars of sales after discount: margin, cost, and hatched what has no known cost.

    ``categories`` is that table of the report. ``None`` if no cost is known.
    """
    columns = ["product_category", "margin_minor", "margin_share", "margin_sales_minor", "unknown_margin_minor"]
    table = categories[columns]
    if table["margin_minor"].isna().all():
        return None
    code = currency or shop.currency
    shown = table.head(shared.MANY_NAMES)
    margin = shown["margin_minor"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    sales, unknown = shown["margin_sales_minor"].to_numpy(), shown["unknown_margin_minor"].to_numpy()
    kept = np.clip(np.nan_to_num(margin), 0, np.maximum(sales, 0))
    labels = [_margin_label(row, code, shop) for row in shown.to_dict("records")]
    names = shown["product_category"].tolist()
    caption = (
        "Sales after discounts by category, gift cards left out, in margin and cost on the day of sale; at the end of "
        "each bar the margin and its share of the sales with a known cost"
    )
    missing = int(table["unknown_margin_minor"].sum())
    if missing > 0:
        caption += f"; hatched: {summary.amount(missing, shop, currency)} sold without a known cost, margin unknown"
    return Chart(
        earned(
            names, (kept.tolist(), (sales - kept).tolist(), unknown.tolist()), labels,
            part_names=("Margin", "Cost", "Margin unknown"), unit="Sales after discounts",
        ),
        _margin_title(table, shop, currency),
        f"{caption}{captions.cut(len(table), shared.MANY_NAMES)}.",
        "Bars by category: " + captions.listed(f"{name} {label}" for name, label in zip(names, labels, strict=True)),
        table,
    )  # fmt: skip


def _margin_label(row: dict[Hashable, Any], currency: str, shop: Shop) -> str:
    if pd.isna(row["margin_minor"]):
        return "unknown"
    text = ticks.money_label(int(row["margin_minor"]), currency, shop.language)
    return text if pd.isna(row["margin_share"]) else f"{text} · {words.share(row['margin_share'], shop.language, 0)}"


def _margin_title(table: pd.DataFrame, shop: Shop, currency: str | None) -> str:
    known = table[table["margin_minor"].notna()]
    top = known.loc[known["margin_minor"].astype("int64").idxmax()]
    worth = summary.amount(int(top["margin_minor"]), shop, currency)
    title = f"{shared.category(top['product_category'])} earns most: {worth} margin"
    shares = known[known["margin_share"].notna()]
    if len(shares) > 1:
        most = shares.loc[shares["margin_share"].idxmax()]
        part = words.share(float(most["margin_share"]), shop.language, 0)
        again = most["product_category"] == top["product_category"]
        title += (
            f"; {'it also' if again else shared.category(most['product_category'])} keeps most of its sales, {part}"
        )
    return f"{title[0].upper()}{title[1:]}."


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
    shares = ["" if pd.isna(share) else words.share(float(share), shop.language, 0) for share in table["share"]]
    labels = [
        f"{share} · {trend}" if moves else share
        for share, trend, moves in zip(shares, table["trend"], moved, strict=True)
    ]
    names, count = table["value"].tolist(), min(len(table), shared.MANY_NAMES)
    trait = summary.name(attribute)
    caption = f"Units of completed sales by {trait}, shares of all that have one{captions.cut(len(table), count)}."
    if moved.any():
        caption += (
            f" Marked: shares of the last {compare_days} days that differ from those before by more than chance "
            "(95% interval for all of them together)."
        )
    return Chart(
        charts.bars(names[:count], table["share"].tolist()[:count], labels[:count], unit="Share of units"),
        attributes.sentence(choices, attribute, shop, compare_days),
        caption,
        f"Bars by {trait}: " + captions.listed(f"{name} {label}" for name, label in zip(names, labels, strict=True)),
        table,
    )
