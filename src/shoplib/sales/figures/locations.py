"""The figures of the report on places."""

from __future__ import annotations

import pandas as pd

from shoplib.config.models import Shop
from shoplib.sales import captions, mix, summary
from shoplib.sales.figures import shared
from shoplib.viz.export import Chart


def location_chart(locations: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return takings by location as bars; ``None`` where there is one, because that is all takings."""
    table = mix.location_comparison(locations)
    if len(table) == 1:
        return None
    title = summary.location_sentence(table, shop, currency)
    if not table["transactions"].any():
        return shared.empty(title, table.iloc[:0])
    names = table["location_name"].tolist()
    return Chart(
        shared.money_bars(
            names, table["gross_sales_minor"], table["share"], "Takings and share of all", shop, currency
        ),
        title,
        f"Completed sales by location, tax included{captions.cut(len(table), shared.MANY_NAMES)}.",
        "Bars by location: " + captions.amounts(names, table["gross_sales_minor"], shop, currency),
        table,
    )
