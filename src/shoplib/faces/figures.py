"""The figure of the visits: who was in the shop when. No picture of a face is ever drawn."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.faces import summary
from shoplib.viz import charts, palette, style, ticks
from shoplib.viz.export import Chart
from shoplib.viz.style import HouseFigure

MOST_ROWS = 40
ROW_IN, FRAME_IN = 0.24, 0.95
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200)
TICKS = (7, 4)
NOT_RECOGNISED = "not recognised"
FIRST, AGAIN, UNKNOWN = "First visit", "Came back", "Not recognised"


def visits_chart(customers: pd.DataFrame, stays: pd.DataFrame, shop: Shop) -> Chart:
    """Return the stays in the footage, one row a person in order of coming, by the shop's clock.

    Of more than forty rows the first forty are drawn, and the caption says so.
    """
    table = visits_table(stays)
    title = summary.came(customers, stays)
    if table.empty:
        return Chart(charts.message(title), title, title, title, table)
    rows = table["who"].drop_duplicates().tolist()
    shown = table[table["who"].isin(rows[:MOST_ROWS])]
    cut = f" The first {MOST_ROWS} of {words.count(len(rows))} rows are shown." if len(rows) > MOST_ROWS else ""
    most = table["who"].value_counts()
    longest = (table["left"] - table["entered"]).max().total_seconds()
    clock = f"{table['entered'].min().tz_convert(shop.timezone):%H:%M:%S}"
    until = f"{table['left'].max().tz_convert(shop.timezone):%H:%M:%S}"
    return Chart(
        _drawn(shown, shop),
        title,
        f"One row a person, one bar a stay from the first sighting of the face to the last, in local time, "
        f"{words.day(table['entered'].min().tz_convert(shop.timezone).date(), shop.language)}.{cut}",
        f"Stays between {clock} and {until}: {words.plural(len(rows), 'row')}, {words.plural(len(table), 'bar')}, at "
        f"most {most.max()} in a row; the longest stay is {words.plural(round(longest), 'second')}.",
        table,
    )


def visits_table(stays: pd.DataFrame) -> pd.DataFrame:
    """Return one row a stay in order of coming in: visit_id, who, kind (first, again, unknown), entered, left."""
    table = stays[["visit_id", "entered", "left"]].copy()
    known = stays["customer_id"].notna()
    table.insert(1, "who", stays["customer_id"].where(known, NOT_RECOGNISED))
    again = stays.groupby("customer_id").cumcount() > 0
    table.insert(2, "kind", [UNKNOWN if not k else AGAIN if a else FIRST for k, a in zip(known, again, strict=True)])
    order = table.groupby("who")["entered"].transform("min").where(known, pd.Timestamp.max.tz_localize("UTC"))
    return table.assign(order=order).sort_values(["order", "who", "entered"], ignore_index=True).drop(columns="order")


def _drawn(table: pd.DataFrame, shop: Shop) -> HouseFigure:
    rows = table["who"].drop_duplicates().tolist()
    zero = table["entered"].min().tz_convert(shop.timezone)
    begins = (table["entered"] - zero).dt.total_seconds()
    lasts = (table["left"] - table["entered"]).dt.total_seconds()
    span = max(float((begins + lasts).max()), 1.0)
    lasts = lasts.clip(lower=span / 150)
    looks: dict[str, dict[str, Any]] = {
        FIRST: {"facecolor": palette.ACCENT},
        AGAIN: {"facecolor": palette.SERIES[1]},
        UNKNOWN: {"facecolor": palette.PAPER, "edgecolor": palette.MUTED, "hatch": charts.HATCH},
    }
    with style.house():
        height = FRAME_IN + ROW_IN * len(rows)
        figure = HouseFigure(height, height + 0.1)
        axes = figure.add_subplot()
        for kind, look in looks.items():
            of = table["kind"] == kind
            axes.barh(
                [rows.index(who) for who in table.loc[of, "who"]], lasts[of], left=begins[of], height=0.6,
                linewidth=0, **look,
            )  # fmt: skip
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(-0.01 * span, span * 1.01)
        axes.yaxis.set_major_locator(FixedLocator(list(range(len(rows)))))
        axes.yaxis.set_major_formatter(ticks.NameLabels(rows))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        axes.set_xlabel("Local time", loc="left")
        there = [kind for kind in (FIRST, AGAIN) if (table["kind"] == kind).any()]
        patches = [Patch(linewidth=0, **looks[kind]) for kind in there]
        if patches:
            figure.legend(patches, there, loc="outside upper left", ncols=2)

        def fit(wide: bool) -> None:
            most = TICKS[0 if wide else 1]
            step = next((step for step in STEPS_S if span / step <= most), math.ceil(span / most))
            first = -(zero.second + zero.minute * 60 + zero.hour * 3_600 + zero.microsecond / 1e6) % step
            places = [first + step * number for number in range(math.floor((span - first) / step) + 1)]
            pattern = "%H:%M" if step >= 60 else "%H:%M:%S"
            moments = [(zero + pd.Timedelta(seconds=place)).round("s") for place in places]
            axes.set_xticks(places, [f"{moment:{pattern}}" for moment in moments])

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure
