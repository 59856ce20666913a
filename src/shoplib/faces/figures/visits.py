"""The figure of the visits: who was in the shop when. No picture of a face is drawn."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.config.privacy import Mode
from shoplib.faces import summary
from shoplib.faces.figures import clock
from shoplib.viz import charts, palette, style, ticks
from shoplib.viz.export import Chart
from shoplib.viz.style import HouseFigure

MOST_ROWS, MOST_STRETCHES = 40, 14
ROW_IN, FRAME_IN = 0.24, 0.95
THINNEST = 1 / 150
NOT_RECOGNISED, COUNTED = "not recognised", "visits"
FIRST, AGAIN, STAFF, UNKNOWN = "First visit", "Came back", "Works here", "Not recognised"
TOGETHER = "Came together"
LOOKS: dict[str, dict[str, Any]] = {
    FIRST: {"facecolor": palette.ACCENT},
    AGAIN: {"facecolor": palette.SERIES[1]},
    STAFF: {"facecolor": palette.GRID, "edgecolor": palette.MUTED, "hatch": charts.HATCH},
    UNKNOWN: {"facecolor": palette.PAPER, "edgecolor": palette.MUTED, "hatch": charts.HATCH},
}
IN_COUNT = {"facecolor": palette.ACCENT}


def visits_chart(
    customers: pd.DataFrame, stays: pd.DataFrame, shop: Shop, clips: pd.DataFrame | None = None,
    mode: Mode = "recognise",
) -> Chart:  # fmt: skip
    """Return the stays in the footage, one row a person in order of coming, by the shop's clock.

    ``clips`` is the table ``footage_clips``; times without footage are left out of the axis. Stays of somebody not
    recognised share as few rows as they can without touching. Of more than forty rows those with most visits are
    drawn, of more than fourteen stretches of footage the last; the caption says so.
    """
    table = visits_table(stays, mode)
    title = summary.came(customers, stays, mode)
    if table.empty:
        return Chart(charts.message(title), title, title, title, table.drop(columns="row"))
    along = clock.stretches(table["entered"], table["left"], shop) if clips is None else clock.of_clips(clips, shop)
    drawn = along.last(MOST_STRETCHES)
    shown = table[table["left"] >= drawn.begins[0]]
    rows = shown["row"].drop_duplicates()
    busiest = shown.groupby("row", sort=False).size().sort_values(ascending=False, kind="stable").index[:MOST_ROWS]
    shown = shown[shown["row"].isin(busiest)]
    notes = [
        f" {MOST_ROWS} of {words.count(len(rows))} rows are shown, those with most visits."
        if len(rows) > MOST_ROWS
        else "",
        f" The last {MOST_STRETCHES} of {words.count(len(along.begins))} stretches of footage are shown."
        if len(along.begins) > MOST_STRETCHES
        else "",
        " Grey upright bands are times without footage, left out." if len(drawn.begins) > 1 else "",
    ]
    row = "Rows only keep visits apart" if mode == "count" else "One row a person"
    return Chart(
        _drawn(shown, drawn, shop, mode),
        title,
        f"{row}, one bar a stay from the first sighting of the face to the last, in local time, "
        f"{_days(shown, shop)}.{''.join(notes)}",
        _told(table, shop, mode),
        table.drop(columns="row"),
    )


def visits_table(stays: pd.DataFrame, mode: Mode = "recognise") -> pd.DataFrame:
    """Return one row a stay in order of rows, then of coming in.

    Columns visit_id, who, kind (first, again, works here, unknown), entered, left, group_id, row. People stand in order
    of coming, then those who work here, then stays of somebody not recognised, in rows that no two share at a time.
    """
    known = stays["customer_id"].notna()
    again = stays.groupby("customer_id").cumcount() > 0
    if "came_before" in stays:
        again = stays["came_before"].astype("boolean").fillna(value=False).astype(bool)
    staff = stays["staff"].notna() if "staff" in stays else pd.Series(data=False, index=stays.index)
    table = pd.DataFrame(
        {
            "visit_id": stays["visit_id"],
            "who": stays["customer_id"].where(known, COUNTED if mode == "count" else NOT_RECOGNISED).astype("object"),
            "kind": np.select([staff, ~known, again], [STAFF, UNKNOWN, AGAIN], default=FIRST),
            "entered": stays["entered"],
            "left": stays["left"].fillna(stays["entered"]),
            "group_id": stays.get("group_id"),
        }
    )
    block = np.select([~known, staff.groupby(table["who"]).transform("any")], [2, 1], default=0)
    order = table.groupby("who")["entered"].transform("min").where(known, table["entered"])
    table = table.assign(block=block, order=order)
    table = table.sort_values(["block", "order", "who", "entered"], ignore_index=True)
    strangers = (table["block"] == 2).to_numpy()
    lanes = [f"row {lane}" for lane in _lanes(table[strangers])]
    table["row"] = np.concatenate([table.loc[~strangers, "who"].to_numpy(dtype=object), np.array(lanes, dtype=object)])
    table["row"] = table["block"] * len(table) + pd.factorize(table["row"])[0]
    ordered = table.sort_values(["block", "row", "entered"], kind="stable", ignore_index=True)
    return ordered.assign(row=pd.factorize(ordered["row"])[0]).drop(columns=["block", "order"])


def _lanes(table: pd.DataFrame) -> list[int]:
    """Return for stays in order of coming the first row that is free when each begins."""
    free: list[int] = []
    busy: list[tuple[pd.Timestamp, int]] = []
    lanes = []
    for entered, left in zip(table["entered"], table["left"], strict=True):
        while busy and busy[0][0] < entered:
            heapq.heappush(free, heapq.heappop(busy)[1])
        lane = heapq.heappop(free) if free else len(busy)
        heapq.heappush(busy, (left, lane))
        lanes.append(lane)
    return lanes


def _days(table: pd.DataFrame, shop: Shop) -> str:
    first, last = (moment.tz_convert(shop.timezone).date() for moment in (table["entered"].min(), table["left"].max()))
    told = words.day(first, shop.language)
    return told if first == last else f"{told} to {words.day(last, shop.language)}"


def _told(table: pd.DataFrame, shop: Shop, mode: Mode) -> str:
    first, last = (moment.tz_convert(shop.timezone) for moment in (table["entered"].min(), table["left"].max()))
    pattern = "%H:%M:%S" if first.date() == last.date() else "%Y-%m-%d %H:%M"
    longest = summary.lasting((table["left"] - table["entered"]).max().total_seconds())
    rows = table["row"].nunique()
    most = "" if mode == "count" else f", at most {table['row'].value_counts().max()} in a row"
    kinds = table["kind"].value_counts()
    parts = [f"{kinds[kind]} of somebody who works here" for kind in (STAFF,) if kind in kinds]
    groups = table["group_id"].dropna().nunique()
    parts += [f"{words.plural(groups, 'group')} of people who came together"] if groups else []
    return (
        f"Stays between {first:{pattern}} and {last:{pattern}}: {words.plural(rows, 'row')}, "
        f"{words.plural(len(table), 'bar')}{most}; the longest stay is {longest}{''.join(f'; {p}' for p in parts)}."
    )


def _drawn(table: pd.DataFrame, along: clock.Stretches, shop: Shop, mode: Mode) -> HouseFigure:
    names = table.drop_duplicates("row")["who"]
    labels = names.where(~names.duplicated(), "").tolist()
    row = pd.factorize(table["row"])[0]
    begins, ends = along.places(table["entered"]), along.places(table["left"])
    lasts = np.maximum(ends - begins, along.end * THINNEST)
    looks = LOOKS | ({UNKNOWN: IN_COUNT} if mode == "count" else {})
    with style.house():
        height = FRAME_IN + ROW_IN * len(labels)
        figure = HouseFigure(height, height + 0.3)
        axes = figure.add_subplot()
        for kind, look in looks.items():
            of = (table["kind"] == kind).to_numpy()
            axes.barh(row[of], lasts[of], left=begins[of], height=0.6, linewidth=0, **look)
        groups = _join(axes, table["group_id"].to_numpy(), row, begins)
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.yaxis.set_major_locator(FixedLocator(list(range(len(labels)))))
        axes.yaxis.set_major_formatter(ticks.NameLabels(labels))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.set_xlabel("Local time", loc="left")
        clock.time_axis(figure, axes, along, shop.timezone, shop.language)
        there = [kind for kind in looks if (table["kind"] == kind).any() and not (mode == "count" and kind == UNKNOWN)]
        marks: list[Any] = [Patch(linewidth=0, **looks[kind]) for kind in there]
        if groups is not None:
            marks, there = [*marks, groups], [*there, TOGETHER]

        def legend(wide: bool) -> None:
            for old in list(figure.legends):
                old.remove()
            if marks:
                figure.legend(marks, there, loc="outside upper left", ncols=5 if wide else 2, columnspacing=1.2)

        figure.fitters.append(legend)
        figure.fit(wide=True)
    return figure


def _join(axes: Axes, groups: Any, row: Any, begins: Any) -> Any:
    """Draw a line between the bars of each group and return the last, for the legend; none without a group."""
    bars = pd.DataFrame({"group": groups, "row": row, "begins": begins}).dropna(subset=["group"])
    ends = bars.groupby("group").agg(top=("row", "min"), foot=("row", "max"), at=("begins", "min"))
    ends = ends[ends["top"] < ends["foot"]]
    line = None
    for at, top, foot in ends[["at", "top", "foot"]].itertuples(index=False):
        (line,) = axes.plot(
            [at, at], [top, foot], color=palette.INK_SOFT, linewidth=0.8, marker="o", markersize=3, zorder=4
        )
    return line
