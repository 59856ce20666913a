"""The figure of the footage: which camera ran when, and what could not be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.faces import summary
from shoplib.faces.figures import clock
from shoplib.faces.footage.watched import Watched
from shoplib.viz import charts, palette, style, ticks
from shoplib.viz.export import Chart
from shoplib.viz.style import HouseFigure

MOST_ROWS = 31
ROW_IN, FRAME_IN, LEGEND_IN = 0.28, 0.8, 0.3
THINNEST = 1 / 150
MIDNIGHT = pd.Timestamp(0, tz="UTC")
SEEN, GAP, FROZEN, DARK = "Watched", "No frames", "Picture stands still", "Too dark"
LOOKS: dict[str, dict[str, Any]] = {
    SEEN: {"facecolor": palette.ACCENT},
    GAP: {"facecolor": palette.PAPER, "edgecolor": palette.WARNING, "hatch": charts.HATCH},
    FROZEN: {"facecolor": palette.SERIES[1]},
    DARK: {"facecolor": palette.INK},
}


def footage_chart(watched: Sequence[Watched], clips: pd.DataFrame, shop: Shop) -> Chart:
    """Return the clips by day and camera as bars over the clock, with gaps, still pictures and darkness marked.

    ``clips`` is the table ``footage_clips``. Of more than 31 rows the last are drawn, and the caption says so.
    """
    table = spans_table(watched, shop)
    title = summary.footage(clips)
    if table.empty:
        return Chart(charts.message(title), title, title, title, table)
    rows = table[["business_date", "camera"]].drop_duplicates().sort_values(["business_date", "camera"])
    cut = f" The last {MOST_ROWS} of {words.count(len(rows))} rows." if len(rows) > MOST_ROWS else ""
    shown = table.merge(rows.tail(MOST_ROWS).assign(row=range(min(len(rows), MOST_ROWS))))
    lost = table[table["what"] != SEEN].groupby("what", sort=False)["seconds"].sum()
    told = [f"{str(what).lower()} for {summary.lasting(seconds)}" for what, seconds in lost.items()]
    return Chart(
        _drawn(shown, shop),
        title,
        f"One row a day and camera, in local time; hours without footage on any day are left out.{cut}",
        f"Bars of footage in {words.plural(len(rows), 'row')}; {words.listed(told) or 'nothing in it is missing'}.",
        table.drop(columns=["from_s"]),
    )


def spans_table(watched: Sequence[Watched], shop: Shop) -> pd.DataFrame:
    """Return one row a span: clip, camera, business_date, begins (UTC), seconds, what, from_s (of the local day)."""
    rows = []
    for one in watched:
        kinds = ((GAP, one.about.gaps), (FROZEN, one.about.frozen), (DARK, one.about.dark))
        spans = [(SEEN, 0.0, one.about.seconds), *((what, *span) for what, found in kinds for span in found)]
        rows += [(one.clip.name, one.clip.camera, one.clip.starts, *span) for span in spans]
    table = pd.DataFrame(rows, columns=["clip", "camera", "starts", "what", "begin_s", "end_s"])
    table["starts"] = pd.to_datetime(table["starts"], utc=True)
    days, since = clock.of_day(table["starts"], shop)
    made = table.assign(
        business_date=days, begins=table["starts"] + pd.to_timedelta(table["begin_s"], unit="s"),
        seconds=(table["end_s"] - table["begin_s"]).astype("float64"),
        from_s=since + table["begin_s"].astype("float64"),
    )  # fmt: skip
    order = ["business_date", "camera", "begins"]
    made = made.sort_values(order, kind="stable", ignore_index=True)
    return made[["clip", "camera", "business_date", "begins", "seconds", "what", "from_s"]]


def _drawn(table: pd.DataFrame, shop: Shop) -> HouseFigure:
    rows = table.drop_duplicates("row").sort_values("row")
    language = ticks.drawn_language(shop.language)
    days = [words.day(day.date(), language, weekday=True) for day in rows["business_date"]]
    cameras = rows["camera"].tolist()
    one_camera = len(set(cameras)) == 1
    names = days if one_camera else [f"{day} · {name}" for day, name in zip(days, cameras, strict=True)]
    begins, ends = (MIDNIGHT + pd.to_timedelta(one, unit="s") for one in
                    (table["from_s"], table["from_s"] + table["seconds"]))  # fmt: skip
    along = clock.stretches(begins, ends)
    left, right = along.places(begins), along.places(ends)
    lasts = np.maximum(right - left, along.end * THINNEST)
    there = [what for what in LOOKS if (table["what"] == what).any()]
    with style.house():
        height = FRAME_IN + LEGEND_IN + ROW_IN * len(rows)
        figure = HouseFigure(height, height + 0.3 + (0 if one_camera else 0.14 * len(rows)))
        axes = figure.add_subplot()
        for what in there:
            of = (table["what"] == what).to_numpy()
            axes.barh(table["row"][of], lasts[of], left=left[of], height=0.62, linewidth=0, **LOOKS[what])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.yaxis.set_major_locator(FixedLocator(list(range(len(rows)))))
        axes.yaxis.set_major_formatter(ticks.NameLabels(names))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.set_xlabel("Local time", loc="left")
        clock.time_axis(figure, axes, along, "UTC")

        def fit(wide: bool) -> None:
            for old in list(figure.legends):
                old.remove()
            if len(there) > 1:
                patches = [Patch(linewidth=0, **LOOKS[what]) for what in there]
                figure.legend(patches, there, loc="outside upper left", ncols=4 if wide else 2, columnspacing=1.2)

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure
