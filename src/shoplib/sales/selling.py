"""What the tables of products say, in sentences: what sells best, what leads, what is slow, what is chosen."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import mix, slow, summary

NAMED = 3
"""Products named in a sentence before the rest are counted."""
LONGEST_NAME = 40


def name(text: object) -> str:
    """Return a name as it stands in a sentence on products: past forty characters it is cut.

    >>> name("Loaf"), len(name("x" * 99))
    ('Loaf', 40)
    """
    return summary.name(text, LONGEST_NAME)


def best(sold: pd.DataFrame, shop: Shop, currency: str | None = None) -> str:
    """Return which product sells best by line sales, and which by units if it is another, from ``mix.products``."""
    if sold.empty:
        return summary.NO_LINE
    top = sold.iloc[0]
    worth = summary.amount(int(top["line_sales_minor"]), shop, currency)
    if top["line_sales_minor"] <= 0:
        return "No product sold for more than was given back or taken off."
    if len(sold) == 1:
        return f"{name(top['product_name'])} is the one product sold: {worth}."
    text = f"{name(top['product_name'])} sells best: {worth}"
    if pd.notna(top["share"]):
        text += f", {words.share(float(top['share']), shop.language, 0)} of line sales"
    most = sold.loc[sold["units"].idxmax()]
    if most["product_id"] != top["product_id"] and most["units"] > top["units"]:
        text += f"; by units it is {name(most['product_name'])} ({_count(float(most['units']), shop)})"
    return f"{text}."


def categories(table: pd.DataFrame, shop: Shop) -> str:
    """Return which category leads and which changed most beyond chance, from ``mix.categories``; "" without any."""
    if table.empty or table["share"].isna().all():
        return ""
    named = table[table["product_category"] != mix.NO_CATEGORY]
    if named.empty:
        return "No product sold has a category."
    top = named.iloc[0]
    if len(table) == 1:
        return f"Everything sold is in the category {name(top['product_category'])}."
    part = words.share(float(top["share"]), shop.language, 0)
    text = f"The category {name(top['product_category'])} leads with {part} of line sales"
    judged = table[table["verdict"] != mix.UNKNOWN]
    moved = judged[judged["verdict"].isin((mix.UP, mix.DOWN)) & judged["change_share"].notna()]
    if len(moved):
        most = moved.loc[moved["change_share"].abs().idxmax()]
        by = words.change(1 + float(most["change_share"]), 1, shop.language)
        none = most["product_category"] == mix.NO_CATEGORY
        what = "what has no category" if none else f"the category {name(most['product_category'])}"
        text += f"; {what} changed most: {by} on the same weekdays before"
    elif len(judged):
        text += "; no category changed beyond chance"
    return f"{text}."


def slow_sellers(table: pd.DataFrame, slow_days: int, days: int) -> str:
    """Return how many products are slow, and the slowest by name, from ``slow.products`` over so many days of data."""
    if table.empty:
        return none_slow(slow_days, days)
    parts = []
    for reason, one, many in (
        (slow.SILENT, "has not sold for {days} or more", "have not sold for {days} or more"),
        (slow.BELOW, "sells far below others of its category", "sell far below others of their category"),
        (slow.NEVER, "never sold", "never sold"),
    ):
        mine = table[table["reason"] == reason]
        if len(mine):
            what = (one if len(mine) == 1 else many).format(days=words.plural(slow_days, "day"))
            names = [name(text) for text in mine["product_name"]]
            if reason == slow.SILENT:
                silence = [words.plural(int(number), "day") for number in mine["days_without_sale"]]
                names = [f"{one} ({number})" for one, number in zip(names, silence, strict=True)]
            parts.append(f"{words.plural(len(mine), 'product')} {what}: {words.listed(names, NAMED)}")
    return f"{'; '.join(parts)}."


def slowest(table: pd.DataFrame, shop: Shop, slow_days: int, days: int) -> str:
    """Return the slowest product in one short sentence, from ``slow.products``."""
    if table.empty:
        return none_slow(slow_days, days)
    rank = table["reason"].map({slow.SILENT: 0, slow.BELOW: 1, slow.NEVER: 2})
    top = table.loc[rank.idxmin()]
    called = name(top["product_name"])
    if top["reason"] == slow.SILENT:
        text = f"Slowest is {called}, not sold for {words.plural(int(top['days_without_sale']), 'day')}"
    elif top["reason"] == slow.BELOW:
        part = words.share(float(top["category_share"]), shop.language, 0)
        text = f"Slowest is {called}, at {part} of the usual sales of its category"
    else:
        text = f"{called} never sold"
    more = len(table) - 1
    return f"{text}; {_more(more)} slow." if more else f"{text}."


def none_slow(slow_days: int, days: int) -> str:
    """Return that no product is slow, or that the data are too short to say so."""
    if days <= slow_days:
        return f"It is too early to call a product slow: the data reach over {words.plural(days, 'day')}."
    return f"No product is slow: none was silent for {words.plural(slow_days, 'day')} or more against its own rhythm."


def margins(sold: pd.DataFrame, shop: Shop, currency: str | None = None) -> str:
    """Return how much was sold with an unknown margin, and the margin of the rest; "" of nothing.

    ``sold`` is that of ``mix.products``. Gift cards count on neither side.
    """
    unknown, known = int(sold["unknown_margin_minor"].sum()), int(sold["margin_sales_minor"].sum())
    if sold.empty or not (unknown or known):
        return ""
    if sold["margin_minor"].isna().all():
        return "No cost is known of what was sold, so nothing can be said of margins."
    margin = int(sold["margin_minor"].sum())
    rest = f"{summary.amount(margin, shop, currency)} margin"
    if known > 0:
        rest += f", {words.share(margin / known, shop.language)} of {summary.amount(known, shop, currency)} sold"
    if unknown < 0:
        return f"Products with a known cost earned {rest} after discounts."
    if not unknown:
        return f"Products earned {rest} after discounts."
    return (
        f"Products with a known cost earned {rest} after discounts; another {summary.amount(unknown, shop, currency)} "
        "has no known cost, so its margin is unknown."
    )


def favourites(choices: pd.DataFrame, shop: Shop) -> str:
    """Return the favourite of every attribute in one sentence, from ``attributes.choices``; "" without any."""
    told = [favourite(choices, attribute, shop) for attribute in choices["attribute"].unique()]
    return f"Favourites: {', '.join(told)}." if told else ""


def favourite(choices: pd.DataFrame, attribute: str, shop: Shop) -> str:
    """Return the favourite of one attribute, its share of units, and how many sales tell the attribute if not all."""
    top = choices[choices["attribute"] == attribute].iloc[0]
    share = "" if pd.isna(top["share"]) else f"{words.share(float(top['share']), shop.language, 0)} of units"
    if top["coverage_share"] < 1:
        told = f"told by {words.share(float(top['coverage_share']), shop.language, 0)} of sales"
        share = f"{share}, {told}" if share else told
    return f"{name(attribute)} {name(top['value'])}" + (f" ({share})" if share else "")


def favourite_sentence(choices: pd.DataFrame, attribute: str, shop: Shop) -> str:
    """Return the favourite of one attribute as a sentence, with its share of units."""
    top = choices[choices["attribute"] == attribute].iloc[0]
    share = "" if pd.isna(top["share"]) else f", {words.share(float(top['share']), shop.language, 0)} of units"
    return f"The favourite {name(attribute)} is {name(top['value'])}{share}."


def _count(value: float, shop: Shop) -> str:
    return words.count(value, shop.language, 0 if value.is_integer() else 1)


def _more(number: int) -> str:
    return f"{words.plural(number, 'more product')} {'is' if number == 1 else 'are'}"
