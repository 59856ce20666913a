"""The figures of how many come: by day, new and known, and by hour of the clock where there is footage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from shoplib.base import calendar, words
from shoplib.config.models import Shop
from shoplib.config.privacy import Mode
from shoplib.faces import summary
from shoplib.faces.figures import clock
from shoplib.viz import charts, palette, style, ticks
from shoplib.viz.export import Chart
from shoplib.viz.style import HouseFigure

NEW, AGAIN, UNKNOWN = "New", "Known before", "Not recognised"
LOOKS: dict[str, dict[str, Any]] = {
    NEW: {"facecolor": palette.ACCENT},
    AGAIN: {"facecolor": palette.SERIES[1]},
    UNKNOWN: {"facecolor": palette.PAPER, "edgecolor": palette.MUTED, "hatch": charts.HATCH, "linewidth": 0.6},
}
MOST_DAYS = 62
FEWEST_COLUMNS = 6
LEAST_S = 900
HOURS, HOUR_S = 24, 3_600


def returning_chart(stays: pd.DataFrame, days: pd.DataFrame, shop: Shop, mode: Mode = "recognise") -> Chart:
    """Return the visits of each day with footage: of new customers, of known ones, of those not recognised.

    ``days`` is the table ``footage_days``; a day with footage and nobody is a day of 0. The last 62 are drawn.
    """
    mine = summary.outsiders(stays)
    dates = calendar.business_date(mine["entered"], shop.timezone, shop.day_start)
    again = mine["returning"].astype("boolean").fillna(value=False).astype(bool)
    kind = np.select([mine["customer_id"].isna(), again], [UNKNOWN, AGAIN], default=NEW)
    counts = pd.crosstab(dates, pd.Series(kind, index=mine.index)).reindex(
        index=pd.DatetimeIndex(days["business_date"]), columns=list(LOOKS), fill_value=0
    )
    table = counts.sort_index().rename_axis(index="business_date", columns=None)
    told = table.rename(columns={NEW: "new", AGAIN: "known", UNKNOWN: "not_recognised"}).reset_index()
    if table.empty or not table.to_numpy().any():
        return Chart(charts.message(summary.NOBODY_SEEN), summary.NOBODY_SEEN, summary.NOBODY_SEEN,
                     summary.NOBODY_SEEN, told)  # fmt: skip
    total, known = int(table.to_numpy().sum()), int(table[AGAIN].sum())
    over = words.plural(len(table), "day")
    if mode == "count":
        title = f"{words.plural(total, 'visit')} on {over} with footage; who came again is not known."
    else:
        named = total - int(table[UNKNOWN].sum())
        share = f", {words.share(known / named, shop.language, 0)} of those recognised" if named else ""
        inside = " that day" if mode == "session" else ""
        title = (
            f"{words.count(known)} of {words.plural(total, 'visit')} on {over} by somebody known before{inside}{share}."
        )
    cut = f" The last {MOST_DAYS} of {len(table)} days." if len(table) > MOST_DAYS else ""
    per_day = [
        f"{words.day(day.date(), shop.language)} {number}"
        for day, number in zip(pd.DatetimeIndex(table.index), table.sum(axis=1).astype(int), strict=True)
    ]
    return Chart(
        _stacked(table.tail(MOST_DAYS), shop, mode),
        title,
        "Visits by business day, people who work here left out. Days differ in how much of them is on footage. "
        f"Somebody known before was seen earlier in the footage{', that day' if mode == 'session' else ''}.{cut}",
        f"Columns by day, visits: {words.listed(per_day, limit=14)}.",
        told,
    )


def _stacked(table: pd.DataFrame, shop: Shop, mode: Mode) -> HouseFigure:
    language = ticks.drawn_language(shop.language)
    names = [clock.day_mark(day, language) for day in pd.DatetimeIndex(table.index)]
    looks = LOOKS if mode != "count" else {UNKNOWN: {"facecolor": palette.ACCENT}}
    with style.house():
        figure = HouseFigure(2.9, 3.2)
        axes = figure.add_subplot()
        below = np.zeros(len(table))
        for kind, look in looks.items():
            heights = table[kind].to_numpy(dtype="float64")
            axes.bar(np.arange(len(table)), heights, bottom=below, width=0.66, **look)
            below += heights
        air = max(0.0, FEWEST_COLUMNS - len(table)) / 2
        axes.set_xlim(-0.6 - air, len(table) - 0.4 + air)
        axes.set_ylim(0, 1.06 * float(below.max()))
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.yaxis.set_major_formatter(ticks.count_ticks(shop.language))
        axes.set_ylabel("Visits a day")
        there = [kind for kind in looks if table[kind].any()]
        patches = [Patch(**looks[kind]) for kind in there]

        def fit(wide: bool) -> None:
            step = -(-len(names) // (9 if wide else 4))
            axes.set_xticks(range(0, len(names), step), names[::step])
            for old in list(figure.legends):
                old.remove()
            if len(there) > 1:
                figure.legend(patches, there, loc="outside upper left", ncols=3 if wide else 2, columnspacing=1.2)

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure


def hours_chart(stays: pd.DataFrame, clips: pd.DataFrame, shop: Shop) -> Chart:
    """Return how many come in in an hour, by hour of the clock, for the hours that footage covers.

    Hours with less than a quarter of an hour of footage are not told. Two cameras at the same time count once, and
    people who work here not at all.
    """
    table = hours_table(stays, clips, shop)
    known = table[table["visits_an_hour"].notna()]
    if known.empty or not known["visits"].any():
        reason = (
            "No hour of the clock has a quarter of an hour of footage, so visits an hour are not told."
            if known.empty
            else summary.NOBODY_SEEN
        )
        return Chart(charts.message(reason), reason, reason, reason, table)
    top = known.loc[known["visits_an_hour"].idxmax()]
    hour, most = int(top["local_hour"]), words.count(float(top["visits_an_hour"]), shop.language, 1)
    told = [
        f"{int(hour)}:00 {words.count(float(rate), shop.language, 1)}"
        for hour, rate in zip(known["local_hour"], known["visits_an_hour"], strict=True)
    ]
    return Chart(
        charts.columns(
            [str(hour) for hour in table["local_hour"]], table["visits_an_hour"].tolist(), unit="Visits an hour",
            values=ticks.count_ticks(shop.language), partial=(table["seen_s"] < HOUR_S).tolist(),
            partial_label="Less than an hour of footage",
        ),
        f"Most come from {hour}:00 to {(hour + 1) % HOURS}:00: {most} visits an hour, in {summary.lasting(float(top['seen_s']))} of footage.",
        "Visits that begin, by hour of the clock, over the time that footage shows of that hour; people who work here "
        "left out. An hour without a column has less than 15 minutes of footage: what happened then is not known.",
        f"Columns by hour, visits an hour: {words.listed(told, limit=HOURS)}.",
        table,
    )  # fmt: skip


def hours_table(stays: pd.DataFrame, clips: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return local_hour, seen_s (footage of it), visits (begun in it), visits_an_hour, in order of the business day."""
    mine = summary.outsiders(stays)
    along = clock.touching(clips)
    seen = pd.Series(0.0, index=range(HOURS))
    if len(along):
        edges = pd.Series(
            pd.date_range(along["begins"].min().floor("h"), along["ends"].max().ceil("h"), freq="h", tz="UTC")
        )
        starts, ends = edges.iloc[:-1].to_numpy(), edges.iloc[1:].to_numpy()
        shared = np.zeros(len(starts))
        for begin, end in along[["begins", "ends"]].itertuples(index=False):
            low, high = np.maximum(starts, np.datetime64(begin.tz_localize(None))), ends
            inside = (np.minimum(high, np.datetime64(end.tz_localize(None))) - low) / np.timedelta64(1, "s")
            shared += np.clip(inside, 0, None)
        seen = seen.add(pd.Series(shared).groupby(calendar.local_hour(edges.iloc[:-1], shop.timezone)).sum()).fillna(0)
    visits = calendar.local_hour(mine["entered"], shop.timezone).value_counts().reindex(range(HOURS), fill_value=0)
    order = [(shop.day_start.hour + place) % HOURS for place in range(HOURS)]
    table = pd.DataFrame({"local_hour": order, "seen_s": seen[order].to_numpy(), "visits": visits[order].to_numpy()})
    rate = table["visits"] / (table["seen_s"] / HOUR_S).where(table["seen_s"] >= LEAST_S)
    table = table.assign(visits_an_hour=rate)
    filled = np.flatnonzero(table["seen_s"] > 0)
    return table.iloc[filled[0] : filled[-1] + 1].reset_index(drop=True) if len(filled) else table.iloc[:0]
