"""The figure of the forecast: the weeks behind, the weeks ahead, and the band around them."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.forecasting import summary
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.series import EVERYWHERE
from shoplib.viz import charts, palette, style, ticks
from shoplib.viz.export import Chart

SHOWN_DAYS = 56
AMOUNTS = {name: f"{name}_minor" for name in ("expected", "low_80", "high_80")}
"""What the columns of the forecast that are amounts are called beside a chart."""


def outlook_chart(view: Outlook, shop: Shop) -> Chart:
    """Return takings of the last eight weeks (dots) and those expected (line, band), all places together."""
    table = _table(view)
    if view.total is None or view.chosen is None or table.empty:
        reason = summary.sentences(view, shop)[0]
        return Chart(charts.message(reason), reason, reason, reason, table.iloc[:0].rename(columns=AMOUNTS))
    days = words.plural(view.plan.horizon_days, "day")
    worth = summary.amount(view.total.expected, shop)
    ahead = table[table["expected"].notna()]
    banded = bool(ahead["low_80"].notna().any())
    known = charts.on_calendar(table["business_date"], table["gross_sales_minor"])
    low, high, line = (_ahead(ahead, column) for column in ("low_80", "high_80", "expected"))
    figure = charts.days(
        known,
        line,
        unit="Takings a day",
        values=ticks.money_ticks(shop.currency, shop.language),
        dates=ticks.DateLabels(shop.language),
        dots_label="Taken",
        line_label="Expected, with 80% band" if banded else "Expected",
        low=low if banded else None,
        high=high if banded else None,
    )
    with style.house():  # what was taken is one thing with what is expected, not a cloud beside it
        figure.axes[0].plot(known.index, known, color=palette.MUTED, linewidth=1.0, zorder=1)
    best = ahead.nlargest(1, "expected").to_dict("records")[0]
    alt = f"Dots of daily takings up to {_day(view.history.index[-1], shop)}, then a line of what is expected to "
    alt += (
        f"{_day(ahead['business_date'].iloc[-1], shop)}: {worth} in all, most on {_day(best['business_date'], shop)} "
    )
    alt += f"with {summary.amount(float(best['expected']), shop)}"
    if banded:
        edges = (summary.amount(float(best[side]), shop) for side in ("low_80", "high_80"))
        alt += f" (80% between {' and '.join(edges)})"
    caption = "Completed sales of all places, tax included: the last eight weeks and the days to come. "
    caption += "The band is made of errors on days the model had not seen. " if banded else ""
    return Chart(
        figure,
        f"Takings of {worth} are expected over the next {days}.",
        f"{caption}Weekly closing days are left out.",
        f"{alt}.",
        table.rename(columns=AMOUNTS),
    )


def _table(view: Outlook) -> pd.DataFrame:
    """Return days known and to come of all places: business_date, gross_sales_minor, expected, low_80, high_80."""
    rows = view.forecast[view.forecast["location_id"] == EVERYWHERE]
    known = view.history.iloc[-SHOWN_DAYS:].rename("gross_sales_minor").rename_axis("business_date").reset_index()
    ahead = rows[["business_date", "expected", "low_80", "high_80"]].astype({"business_date": "datetime64[ns]"})
    return known.merge(ahead, on="business_date", how="outer")


def _ahead(rows: pd.DataFrame, column: str) -> pd.Series:
    """Return a column by day, closed days as gaps; without two days in a row there would be no line, so none then."""
    series = charts.on_calendar(rows["business_date"], rows[column])
    lines = (series.notna() & series.shift().notna()).any()
    return series if lines else series.dropna()


def _day(date: pd.Timestamp, shop: Shop) -> str:
    return words.day(date.date(), shop.language)
