"""The figures of the report on refunds."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import summary, trends
from shoplib.sales.figures import shared
from shoplib.sales.metrics import currency_of
from shoplib.viz import charts, ticks
from shoplib.viz.export import Chart


def refunds_chart(daily: pd.DataFrame, shop: Shop, weeks: int = 26) -> Chart | None:
    """Return the refunded share of sales by week: refunds among completed and refunded transactions.

    ``None`` if no refund is known: such a till does not tell that there was none.
    """
    table = trends.weekly(daily).tail(weeks).reset_index(drop=True)
    made = table["refunds"] + table["transactions"].fillna(0)
    table["refund_share"] = table["refunds"] / made.where(made > 0)
    if not daily["refunds"].any():
        return None
    if table["refund_share"].isna().all():
        return shared.empty("There is no whole week of sales to set refunds against.", table.iloc[:0])
    currency = currency_of(daily) or shop.currency
    total = float(table["refunds"].sum() / made.sum())
    peak = table.loc[table["refund_share"].idxmax()]
    when = words.day(peak["week_end"].date(), shop.language)
    title = f"{words.share(total, shop.language)} of sales were refunded"
    if not table["refunds"].any():
        title = f"Nothing was refunded in {words.plural(len(table), 'week')}"
    elif len(table) > 1:
        title += f", most in the week to {when} ({words.share(float(peak['refund_share']), shop.language)})"
    names = [summary.short_day(end.date(), shared.drawn(shop)) for end in table["week_end"]]
    worth = summary.amount(float(table["refunds_minor"].sum()), shop, currency)
    return Chart(
        charts.columns(
            names, table["refund_share"].tolist(), unit="Share refunded", values=ticks.share_ticks(shop.language)
        ),
        f"{title}.",
        f"Refunded among completed and refunded transactions, by week ending on the day shown; {worth} in all.",
        f"Bars over {words.plural(len(table), 'week')}: {words.share(total, shop.language)} overall, between "
        f"{words.share(float(table['refund_share'].min()), shop.language)} and "
        f"{words.share(float(table['refund_share'].max()), shop.language)} a week.",
        table,
    )
