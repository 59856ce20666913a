"""The figures of how many come: by day, new and known, and by hour of the clock where there is footage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.config.privacy import Mode
from shoplib.faces import summary
from shoplib.faces.figures import clock
from shoplib.faces.footage.watched import Watched
from shoplib.faces.visits import periods
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
LEAST_HOURS = 0.25
HOURS, HOUR_S = 24, 3_600
TOO_LITTLE = "No hour of the clock has a quarter of an hour of footage, so visits an hour are not told."
SEEN_BEFORE: dict[Mode, str] = {
    "session": " Somebody known before was seen earlier on the same day.",
    "recognise": " Somebody known before was seen earlier.",
}


def returning_chart(stays: pd.DataFrame, days: pd.DataFrame, shop: Shop, mode: Mode = "recognise") -> Chart:
    """Return the visits of each day with footage: of new customers, of known ones, of those not recognised.

    ``days`` is the table ``footage_days``. The last 62 days are drawn.
    """
    told = periods.visits_by(stays, days, shop, "day")[
        ["period", "hours", "new_people", "repeat_visits", "not_recognised"]
    ]
    table = told.set_index("period").rename(
        columns={"new_people": NEW, "repeat_visits": AGAIN, "not_recognised": UNKNOWN}
    )[list(LOOKS)]
    total, known = int(table.to_numpy().sum()), int(table[AGAIN].sum())
    if not total:
        return Chart(charts.message(summary.NOBODY_SEEN), summary.NOBODY_SEEN, summary.NOBODY_SEEN,
                     summary.NOBODY_SEEN, told)  # fmt: skip
    of = f"{words.plural(total, 'visit')} on {words.plural(len(table), 'day')}"
    if mode == "count":
        title = f"{of} with footage; who came again is not known."
    else:
        named = total - int(table[UNKNOWN].sum())
        share = f", {words.share(known / named, shop.language, 0)} of those recognised" if named else ""
        inside = " that day" if mode == "session" else ""
        title = f"{words.count(known)} of {of} were by somebody known before{inside}{share}."
    cut = f" The last {MOST_DAYS} of {len(table)} days." if len(table) > MOST_DAYS else ""
    per_day = [
        f"{words.day(day.date(), shop.language)} {number}"
        for day, number in zip(pd.DatetimeIndex(table.index), table.sum(axis=1).astype(int), strict=True)
    ]
    return Chart(
        _stacked(table.tail(MOST_DAYS), shop, mode),
        title,
        "Visits by business day, people who work here left out. Days differ in how much of them is on footage."
        f"{'' if mode == 'count' else SEEN_BEFORE[mode]}{cut}",
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


def hours_chart(stays: pd.DataFrame, watched: Sequence[Watched], shop: Shop) -> Chart:
    """Return how many come in in an hour, by hour of the clock, for the hours that footage covers.

    Hours with less than a quarter of an hour of footage on all days together are not told.
    """
    table = _by_hour(periods.traffic(stays, watched, shop), shop)
    known = table[table["visits_an_hour"].notna()]
    if known.empty or not known["visits"].any():
        reason = TOO_LITTLE if known.empty else summary.NOBODY_SEEN
        return Chart(charts.message(reason), reason, reason, reason, table)
    top = known.loc[known["visits_an_hour"].idxmax()]
    hour, most = int(top["hour"]), words.count(float(top["visits_an_hour"]), shop.language, 1)
    seen = summary.lasting(float(top["hours"]) * HOUR_S)
    told = [
        f"{int(hour)}:00 {words.count(float(rate), shop.language, 1)}"
        for hour, rate in zip(known["hour"], known["visits_an_hour"], strict=True)
    ]
    return Chart(
        charts.columns(
            [f"{hour}:00" for hour in table["hour"]], table["visits_an_hour"].tolist(), unit="Visits an hour",
            values=ticks.count_ticks(shop.language), partial=(table["hours"] < 1).tolist(),
            partial_label="Less than an hour of footage", short_names=[str(hour) for hour in table["hour"]],
        ),
        f"Most come from {hour}:00 to {(hour + 1) % HOURS}:00: {most} visits an hour, in {seen} of footage.",
        "Visits that begin, by hour of the clock, over the time that footage shows of that hour; people who work here "
        "left out. An hour without a column has less than 15 minutes of footage: what happened then is not known.",
        f"Columns by hour, visits an hour: {words.listed(told, limit=HOURS)}.",
        table,
    )  # fmt: skip


def _by_hour(traffic: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return hour, hours (of footage of it), visits, visits_an_hour from the first hour with footage to the last."""
    order = [(shop.day_start.hour + place) % HOURS for place in range(HOURS)]
    added = traffic.groupby("hour")[["filmed_share", "visits"]].sum().reindex(order, fill_value=0)
    table = added.rename(columns={"filmed_share": "hours"}).reset_index()
    table["visits_an_hour"] = table["visits"] / table["hours"].where(table["hours"] >= LEAST_HOURS)
    filled = np.flatnonzero(table["hours"] > 0)
    return table.iloc[filled[0] : filled[-1] + 1].reset_index(drop=True) if len(filled) else table.iloc[:0]
