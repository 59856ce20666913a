"""The figure of the stock: how much money lies how long."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.config.stages import Inventory
from shoplib.inventory import summary
from shoplib.inventory.position import DEAD, OUT, OVER
from shoplib.viz import charts, ticks
from shoplib.viz.export import Chart

EDGES_DAYS = (7, 28)
NOT_SOLD, NOT_SURE = "not sold", "not sure"


def cover_table(position: pd.DataFrame, settings: Inventory) -> pd.DataFrame:
    """Return the value of stock by how long it lasts: lasts, stock_lines, value_minor and idle, in order of time.

    The last rows are what lasts over ``over_days``, what is dead, and, if there is any, what sold too seldom to
    tell. Lines that are out are left out.
    """
    rows = position[position["state"] != OUT]
    edges = [edge for edge in EDGES_DAYS if edge < settings.over_days] + [settings.over_days]
    starts = [0, *edges[:-1]]
    names = [f"up to {edges[0]}", *(f"{low + 1}–{high}" for low, high in zip(starts[1:], edges[1:], strict=True))]
    over = f"over {settings.over_days}"
    place = np.searchsorted(edges, rows["cover_days"].to_numpy(dtype="float64"), side="left")
    told = np.array([*names, over], dtype=object)[np.minimum(place, len(names))]
    told = np.where(rows["cover_days"].isna(), NOT_SURE, told)
    told = np.where(rows["state"] == OVER, over, np.where(rows["state"] == DEAD, NOT_SOLD, told))
    order = [*names, over, NOT_SOLD, *([NOT_SURE] if (told == NOT_SURE).any() else [])]
    groups = rows["stock_value_minor"].astype("Float64").fillna(0).groupby(told)
    table = pd.DataFrame({"lasts": order})
    table["stock_lines"] = table["lasts"].map(groups.size()).fillna(0).astype("int64")
    table["value_minor"] = table["lasts"].map(groups.sum()).astype("Float64").fillna(0).astype("int64")
    table["idle"] = table["lasts"].isin([over, NOT_SOLD])
    return table


def cover_chart(position: pd.DataFrame, shop: Shop, settings: Inventory) -> Chart:
    """Return the value of stock by how long it lasts, what lies too long standing out."""
    table = cover_table(position, settings)
    total = int(table["value_minor"].sum())
    if not total:
        reason = summary.NO_STOCK if position.empty else "Nothing of known cost is in stock."
        return Chart(charts.message(reason), reason, reason, reason, table.iloc[:0])
    idle = int(table.loc[table["idle"], "value_minor"].sum())
    part = words.share(idle / total, shop.language, 0)
    title = f"{part} of the stock's value ({summary.amount(idle, shop)} of {summary.amount(total, shop)}) lasts "
    title += f"longer than {settings.over_days} days or did not sell for {settings.dead_days}."
    if not table.loc[table["idle"], "stock_lines"].any():
        title = (
            f"Nothing in stock lasts longer than {settings.over_days} days, or went unsold for {settings.dead_days}."
        )
    told = [
        f"{row['lasts']}: {summary.amount(row['value_minor'], shop)} ({words.plural(row['stock_lines'], 'stock line')})"
        for row in table.to_dict("records")
    ]
    return Chart(
        charts.columns(
            table["lasts"].tolist(),
            table["value_minor"].tolist(),
            unit="Stock at cost, by days it lasts",
            values=ticks.money_ticks(shop.currency, shop.language),
            short_names=[_short(name) for name in table["lasts"]],
            accent=table["idle"].tolist(),
        ),
        title,
        f"Units on hand at cost, by the days they last at the sales of the last {settings.demand_days} days, days "
        "without stock left out. What lies too long is dark.",
        f"Bars by days of cover: {words.listed(told, limit=12)}.",
        table,
    )


def _short(name: str) -> str:
    """Return the name of a bar for a narrow page.

    >>> [_short(name) for name in ("up to 7", "8–28", "over 90", "not sold")]
    ['≤ 7', '≤ 28', '> 90', 'not\\nsold']
    """
    if name in (NOT_SOLD, NOT_SURE):
        return name.replace(" ", "\n")
    edge = name.split()[-1].split("–")[-1]
    return f"> {edge}" if name.startswith("over") else f"≤ {edge}"
