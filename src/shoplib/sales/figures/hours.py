"""The figures of the report on hours."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.sales import captions, rhythm, summary
from shoplib.sales.figures import shared
from shoplib.sales.opening import HOURS, MINUTES
from shoplib.sales.view import Scope, View
from shoplib.viz import charts, ticks
from shoplib.viz.export import Chart
from shoplib.viz.panels import Panel, panels
from shoplib.viz.spans import spans

FEW_WEEKDAYS = 4
MOST_PLACES = 25
KINDS = {"busy": 0, "usual": 1, "idle": 2}
KIND_LABELS = ("Busy", "Usual", "Idle", "Not judged")


def hours_chart(view: View, scope: Scope) -> Chart:
    """Return sales, takings and average sale by hour in three panels over one clock, busy and idle hours marked."""
    table, shop = view.listing("hours").frame, scope.shop
    title = view.findings[0]
    if table.empty:
        return shared.empty(title, table)
    language = ticks.drawn_language(shop.language)
    drawn = _without_gaps(table, scope)
    money = ticks.money_ticks(scope.currency, language)
    per_day = drawn["gross_sales_per_day_minor"].astype("float64").tolist()
    average = drawn["average_transaction_minor"].astype("float64").tolist()
    figure = panels(
        [str(hour) for hour in drawn["local_hour"]],
        (
            Panel(drawn["transactions_per_day"].tolist(), "Sales a day", ticks.count_ticks(language)),
            Panel(per_day, "Takings a day", money),
            Panel(average, "Average sale", money, drawn["low_minor"].tolist(), drawn["high_minor"].tolist()),
        ),
        kinds=[KINDS.get(level, 3) for level in drawn["level"]], kind_labels=KIND_LABELS, foot="Hour of the clock",
    )  # fmt: skip
    told = (
        f"{row['local_hour']}:00 {words.count(row['transactions_per_day'], shop.language, 1)} sales a day of "
        f"{summary.amount(row['average_transaction_minor'], shop, scope.currency)}"
        for row in table.to_dict("records")
    )
    return Chart(
        figure,
        title,
        "Completed sales by hour, on a day with a sale; the last panel has 95% intervals from how far days differ.",
        f"Bars by hour: {words.listed(told, limit=HOURS)}.",
        table,
    )


def _without_gaps(table: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Return the hours from the first to the last with a sale; one between them without any has rates of 0."""
    order = rhythm.in_order(scope).tolist()
    places = [order.index(hour) for hour in table["local_hour"]]
    every = pd.Index(order[min(places) : max(places) + 1], name="local_hour")
    filled = table.set_index("local_hour").reindex(every).reset_index()
    rates = ["transactions_per_day", "gross_sales_per_day_minor"]
    filled[rates] = filled[rates].fillna(0)
    return filled


def week_chart(view: View, scope: Scope, *, takings: bool = False) -> Chart:
    """Return sales, or takings, a day by weekday and hour as a heat map; bars if fewer than four weekdays traded.

    Hours in which no place is open on a weekday are hatched.
    """
    table, shop = view.listing("weekday_hours").frame, scope.shop
    column = "gross_per_day_minor" if takings else "transactions_per_day"
    unit = "Takings an hour" if takings else "Sales an hour"
    title = _busiest(table, column, scope)
    if table.empty:
        return shared.empty(title, table)
    language = ticks.drawn_language(shop.language)
    values = ticks.money_ticks(scope.currency, language) if takings else ticks.count_ticks(language)
    grid = table.assign(**{column: table[column].astype("float64")}).pivot_table(
        index="weekday", columns="local_hour", values=column
    )
    order = [hour for hour in rhythm.in_order(scope).tolist() if hour in grid.columns]
    grid = grid[order]
    if len(grid) < FEW_WEEKDAYS:
        figure = charts.columns([str(hour) for hour in order], grid.mean().tolist(), unit=unit, values=values)
    else:
        names = [summary.weekday(number, shared.drawn(shop), "short") for number in range(7)]
        figure = charts.heat(grid.reindex(range(7)), unit=unit, values=values, row_names=names)
    ranked = table[table["transactions"] > 0].assign(rank=table[column].astype("float64"))
    top = ranked.nlargest(3, "rank", keep="first").to_dict("records")
    told = (
        f"{summary.weekday(row['weekday'], shop)} {row['local_hour']}:00 with "
        f"{_said(row[column], scope, takings=takings)}"
        for row in top
    )
    return Chart(
        figure,
        title,
        f"{unit} by business weekday and hour of the clock, on days with a sale; hatched where no place is open.",
        f"{unit} by weekday and hour, {order[0]}:00 to {order[-1]}:59. Highest: {captions.listed(told)}",
        table,
    )


def _busiest(table: pd.DataFrame, column: str, scope: Scope) -> str:
    """Return the hour of the week at the top, or why there is none to name."""
    if table.empty:
        return scope.silence or "The hour of sale is not known."
    known = table[table["level"].isin(rhythm.LEVELS)]
    if known.empty:
        return "There are too few days to say which hour of the week is highest."
    if not column.startswith("gross"):
        return summary.hour_sentence(known, scope.shop)
    top = known.loc[known[column].astype("float64").idxmax()]
    hour, name = int(top["local_hour"]), summary.weekday(int(top["weekday"]), scope.shop)
    worth = summary.amount(int(top[column]), scope.shop, scope.currency)
    return f"{name}, {hour}:00 to {(hour + 1) % HOURS}:00, takes most: {worth} on average."


def _said(value: float, scope: Scope, *, takings: bool) -> str:
    if takings:
        return summary.amount(int(value), scope.shop, scope.currency)
    return f"{words.count(float(value), scope.shop.language, 1 if value < 10 else 0)} sales"


def opening_chart(view: View, scope: Scope) -> Chart | None:
    """Return when each place sells against its stated hours; places alike in both share a line.

    ``None`` if no hour is known.
    """
    table = view.listing("opening_hours").frame
    if table.empty:
        return None
    found = _places(table, scope.shop.day_start.hour)
    shown = found[:MOST_PLACES]
    outside = table["outside_transactions"].sum() if table["outside_transactions"].notna().any() else None
    told = (f"{_name(row)} {row['outer'][0] % HOURS}:00 to {_end(row['outer'][1])}" for row in shown)
    cut = f" The first {MOST_PLACES} of {len(found)} lines are shown." if len(found) > MOST_PLACES else ""
    return Chart(
        spans(
            [_name(row) for row in shown], [row["stated"] for row in shown], [row["outer"] for row in shown],
            [row["inner"] for row in shown], labels=("Stated", "Sells on some weekdays", "Sells on every weekday"),
            unit="Hour of the clock",
        ),
        _opening_title(found, outside, scope),
        f"From the first to the last sale of the middle day of each weekday, by place.{cut}",
        "Lines by place, first to last sale: " + captions.listed(told),
        table,
    )  # fmt: skip


def _opening_title(found: list[dict[str, Any]], outside: float | None, scope: Scope) -> str:
    number = sum(len(row["names"]) for row in found)
    if outside is None:
        start, end = min(row["outer"][0] for row in found), max(row["outer"][1] for row in found)
        sells = "The shop sells" if number == 1 else f"The {number} places sell"
        return f"{sells} from {start % HOURS}:00 to {_end(end)}; no opening hours are stated."
    if not outside:
        return f"Every sale fell into the stated hours of {'the place' if number == 1 else 'its place'}."
    made = "sale was" if outside == 1 else "sales were"
    return f"{words.count(int(outside), scope.shop.language)} {made} made outside the stated hours."


def _places(table: pd.DataFrame, begins: int) -> list[dict[str, Any]]:
    """Return places that sell and state the same hours together: names, stated, outer and inner stretches."""
    at = table.assign(
        start=begins + (table["first_hour"] - begins) % HOURS, end=begins + (table["last_hour"] - begins) % HOURS + 1
    )
    rows: dict[tuple[Hashable, ...], dict[str, Any]] = {}
    for _, mine in at.groupby("location_id", sort=True):
        first = mine.iloc[0]
        outer = (int(mine["start"].min()), int(mine["end"].max()))
        inner = (int(mine["start"].max()), int(mine["end"].min()))
        stated = _stated(first, begins)
        kept = inner if inner[0] < inner[1] else None
        rows.setdefault((outer, kept, stated), {"names": [], "outer": outer, "inner": kept, "stated": stated})
        rows[outer, kept, stated]["names"].append(str(first["location_name"]))
    return list(rows.values())


def _stated(row: pd.Series, begins: int) -> tuple[float, float] | None:
    if np.isnan(row["opens_minute"]) or np.isnan(row["closes_minute"]):
        return None
    return max(row["opens_minute"] / MINUTES, begins), min(row["closes_minute"] / MINUTES, begins + HOURS)


def _name(row: Mapping[str, Any]) -> str:
    first, *others = row["names"]
    return f"{first} and {len(others)} more" if others else str(first)


def _end(hour: int) -> str:
    return f"{hour % HOURS}:00"
