"""The figures of the report on refunds."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import captions, summary
from shoplib.sales.figures import shared
from shoplib.sales.refunding import ABOVE, BELOW
from shoplib.viz import dots, panels, ticks
from shoplib.viz.export import Chart


def weeks_chart(weeks: pd.DataFrame, shop: Shop, currency: str | None = None, most: int = 26) -> Chart | None:
    """Return takings by week above the share of sales refunded, with its interval.

    ``None`` without a sale in a whole week. ``weeks`` is the table of weeks of the report on refunds.
    """
    table = weeks.tail(most).reset_index(drop=True)
    if table["refund_share"].isna().all() or not table["transactions"].sum():
        return None
    code = currency or shop.currency
    takings = table["gross_sales_minor"].astype("float64")
    back, made = int(table["refunds"].sum()), int(table["transactions"].fillna(0).sum() + table["refunds"].sum())
    share = words.share(back / made, shop.language)
    worth = summary.amount(int(table["refunds_minor"].sum()), shop, code)
    among = "" if pd.isna(takings.sum()) else f" beside takings of {summary.amount(float(takings.sum()), shop, code)}"
    known = table["refund_share"].dropna()
    ends = [words.share(float(end), shop.language) for end in (known.min(), known.max())]
    return Chart(
        panels.panels(
            [summary.short_day(end.date(), shared.drawn(shop)) for end in table["week_end"]],
            [
                panels.Panel(takings.tolist(), "Takings a week", ticks.money_ticks(code, shop.language)),
                panels.Panel(
                    table["refund_share"].tolist(), "Share of sales refunded", ticks.share_ticks(shop.language),
                    table["low_share"].tolist(), table["high_share"].tolist(),
                ),
            ],
            kinds=[0] * len(table), kind_labels=("",), foot="Week to",
        ),
        f"{worth} was refunded in {words.plural(len(table), 'week')}{among}: {share} of sales.",
        "Takings (bars) and refunded among completed and refunded transactions (dots, with the 95% interval) of whole "
        "weeks, named by their last day.",
        f"Two panels over {words.plural(len(table), 'week')}: takings, and a share refunded between {ends[0]} and "
        f"{ends[1]} a week.",
        table,
    )  # fmt: skip


def places_chart(places: pd.DataFrame, shop: Shop) -> Chart | None:
    """Return the share refunded by place with its interval, against all places together, the highest first.

    ``places`` is the main table of the report on refunds; ``None`` with fewer than two places or no sale.
    """
    if len(places) < 2 or not places["transactions"].any():
        return None
    table = places.sort_values("refund_share", ascending=False, kind="stable", ignore_index=True)
    shown = table.head(shared.MANY_NAMES)
    apart = shown["verdict"].isin((ABOVE, BELOW))
    overall = float(table["refunds"].sum() / (table["refunds"] + table["transactions"]).sum())
    labels = [words.share(float(value), shop.language) for value in shown["refund_share"]]
    above = table.loc[table["verdict"] == ABOVE, "location_name"].tolist()
    if above:
        title = f"Refunded more often than the others, beyond chance: {summary.names(above, 3)}."
    elif (table["verdict"] == BELOW).any():
        fewer = table.loc[table["verdict"] == BELOW, "location_name"].tolist()
        title = f"Refunded less often than the others, beyond chance: {summary.names(fewer, 3)}."
    else:
        title = (
            f"{words.share(overall, shop.language)} of sales are refunded; no place is above the others beyond chance."
        )
    return Chart(
        dots.dots(
            shown["location_name"].tolist(), shown["refund_share"].tolist(), shown["low_share"].tolist(),
            shown["high_share"].tolist(), labels, unit="Share of sales refunded",
            values=ticks.share_ticks(shop.language), accent=apart.tolist(), reference=overall,
        ),
        title,
        "Refunded among completed and refunded transactions by place, with the 95% interval; the upright line is all "
        f"places together. Places in colour differ beyond chance{captions.cut(len(table), shared.MANY_NAMES)}.",
        "Dots by place: " + captions.listed(
            f"{name} {label}" for name, label in zip(shown["location_name"], labels, strict=True)
        ),
        shown,
    )  # fmt: skip
