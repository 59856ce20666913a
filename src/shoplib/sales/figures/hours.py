"""The figures of the report on hours."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import captions, rhythm, summary
from shoplib.sales.figures import shared
from shoplib.viz import charts, ticks
from shoplib.viz.export import Chart

FEW_WEEKDAYS = 4


def hourly_chart(hourly: pd.DataFrame, shop: Shop, unknown_hours: int = 0) -> Chart:
    """Return sales an hour by weekday and hour as a heat map; bars by hour if fewer than four weekdays traded.

    ``unknown_hours`` is the number of sales whose hour is not known; the caption says they are left out.
    """
    table = rhythm.hourly_pattern(hourly, shop.day_start.hour)
    title = summary.hour_sentence(table, shop)
    if table.empty:
        return shared.empty(title, table)
    left_out = f" {words.plural(unknown_hours, 'sale')} without a known hour are left out." if unknown_hours else ""
    caption = f"Completed transactions an hour on an open day, by business weekday and hour of the clock.{left_out}"
    order = table["local_hour"].drop_duplicates().tolist()
    grid = table.pivot_table(index="weekday", columns="local_hour", values="transactions_per_day")[order]
    top = table.nlargest(3, "transactions_per_day", keep="first")
    told = [
        f"{summary.weekday(day, shop)} {hour}:00 with {words.count(rate, shop.language, 1)}"
        for day, hour, rate in zip(top["weekday"], top["local_hour"], top["transactions_per_day"], strict=True)
    ]
    if len(grid) < FEW_WEEKDAYS:
        rates = grid.mean()
        figure = charts.columns(
            [str(hour) for hour in order], rates.tolist(), unit="Sales an hour", values=ticks.count_ticks(shop.language)
        )
    else:
        figure = charts.heat(
            grid.reindex(range(7)), unit="Sales an hour", values=ticks.count_ticks(shop.language),
            row_names=[summary.weekday(number, shared.drawn(shop), "short") for number in range(7)],
        )  # fmt: skip
    return Chart(
        figure,
        title,
        caption,
        f"Sales by weekday and hour, {order[0]}:00 to {order[-1]}:59. Busiest: {captions.listed(told)}",
        table,
    )
