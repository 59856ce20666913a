"""What the figures of all sales reports share. All survive empty tables: the figure then says why it is empty."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import summary
from shoplib.viz import charts, ticks
from shoplib.viz.export import Chart
from shoplib.viz.style import HouseFigure

MANY_NAMES = 20
NO_CATEGORY = "No category"


def dated(table: pd.DataFrame, dots: str, line: str, unit: str, shop: Shop, currency: str | None) -> HouseFigure:
    """Return days as dots with a line over them; values are minor units if there is a ``currency``, else counts."""
    return charts.days(
        charts.on_calendar(table["business_date"], table[dots]),
        charts.on_calendar(table["business_date"], table[line]),
        unit=unit,
        values=ticks.money_ticks(currency, shop.language) if currency else ticks.count_ticks(shop.language),
        dates=ticks.DateLabels(shop.language),
        dots_label="Day",
        line_label="Mean of 7 days",
        whole=currency is None,
    )


def money_bars(
    names: list[str], amounts: pd.Series, shares: pd.Series, unit: str, shop: Shop, currency: str | None
) -> HouseFigure:
    """Return bars of amounts labelled with amount and share, the first twenty."""
    code = currency or shop.currency
    shown = list(zip(names, amounts, shares, strict=True))[:MANY_NAMES]
    labels = [
        f"{ticks.money_label(int(minor), code, shop.language)} · {words.share(share, shop.language, 0)}"
        for _, minor, share in shown
    ]
    accent = [name != NO_CATEGORY for name, _, _ in shown]
    return charts.bars([n for n, _, _ in shown], [float(v) for _, v, _ in shown], labels, unit=unit, accent=accent)


def category(name: object) -> str:
    """Return a category as the subject of a sentence, with a verb in the singular whatever its name.

    >>> category("Dresses"), category(NO_CATEGORY)
    ('the category Dresses', 'what has no category')
    """
    return "what has no category" if name == NO_CATEGORY else f"the category {summary.name(name)}"


def drawn(shop: Shop) -> Shop:
    """Return the shop with a language whose names of days and months the fonts can draw."""
    return shop.model_copy(update={"language": ticks.drawn_language(shop.language)})


def empty(reason: str, table: pd.DataFrame) -> Chart:
    """Return a chart that says why it is empty."""
    return Chart(charts.message(reason), reason, reason, reason, table)
