"""The figures of opening and closing: what the light, the first person and the first sale say of each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
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

MOST_DAYS, MOST_LIGHT = 31, 4
ROW_IN, FRAME_IN, PANEL_IN = 0.36, 1.15, 1.35
WITNESSES = (
    ("Light", ("light_on", "light_off"), "s", palette.SERIES[1], -0.22),
    ("Person", ("first_person", "last_person"), "o", palette.SERIES[2], 0.0),
    ("Sale", ("first_sale", "last_sale"), "^", palette.SERIES[4], 0.22),
)
ENDS = ("opened", "closed")
PAUSES, MOST_POINTS = 3, 400
NO_FOOTAGE = "There is no footage, so opening and closing are not visible."


def opening_chart(days: pd.DataFrame, shop: Shop) -> Chart:
    """Return one row a day: footage as a pale bar, the three witnesses as marks, opening and closing as lines.

    ``days`` is the table ``footage_days``. A witness the footage does not show has no mark. The last 31 are drawn.
    """
    ordered = days.sort_values("business_date", ignore_index=True)
    if ordered.empty:
        return Chart(charts.message(NO_FOOTAGE), NO_FOOTAGE, NO_FOOTAGE, NO_FOOTAGE, ordered)
    cut = f" The last {MOST_DAYS} of {len(ordered)} days." if len(ordered) > MOST_DAYS else ""
    told = summary.opening(ordered, shop)
    seen = ordered.tail(MOST_DAYS)
    alt = [
        f"{words.day(day.date(), shop.language)} {_said(opened, shop)} to {_said(closed, shop)}"
        for day, opened, closed in zip(seen["business_date"], seen["opened"], seen["closed"], strict=True)
    ]
    return Chart(
        _rows(seen, shop),
        told[-1] if len(told) > 1 else told[0],
        "Pale: from the first frame to the last. Marks: when the light went on and off, the first and the last person, "
        f"the first and the last sale. Upright lines: opening and closing as they are told; none if not visible.{cut}",
        f"Opening to closing by day: {words.listed(alt, limit=10)}.",
        ordered,
    )


def _said(moment: pd.Timestamp, shop: Shop) -> str:
    return "not visible" if pd.isna(moment) else f"{moment.tz_convert(shop.timezone):%H:%M}"


def _seconds(moments: pd.Series, days: pd.Series, shop: Shop) -> pd.Series:
    """Return seconds of each moment after the midnight its business day begins with."""
    local = moments.dt.tz_convert(shop.timezone).dt.tz_localize(None)
    return pd.Series((local - days).dt.total_seconds())


def _rows(days: pd.DataFrame, shop: Shop) -> HouseFigure:
    dates = days["business_date"].reset_index(drop=True)
    names = [words.day(day.date(), ticks.drawn_language(shop.language), weekday=True) for day in dates]
    place = np.arange(len(days))
    of = {
        name: _seconds(pd.to_datetime(days[name], utc=True).reset_index(drop=True), dates, shop)
        for name in ("footage_from", "footage_to", *ENDS, *(side for one in WITNESSES for side in one[1]))
    }
    low, high = (float(getattr(pd.concat(list(of.values())), end)()) for end in ("min", "max"))
    span = max(high - low, 1.0)
    with style.house():
        height = FRAME_IN + ROW_IN * len(days)
        figure = HouseFigure(height, height + 0.3)
        axes = figure.add_subplot()
        lasts = (of["footage_to"] - of["footage_from"]).clip(lower=span / 150)
        axes.barh(place, lasts, left=of["footage_from"], height=0.74, color=palette.ACCENT_PALE, zorder=1)
        marks: list[Any] = [Patch(color=palette.ACCENT_PALE)]
        labels = ["Footage"]
        for end in ENDS:
            axes.vlines(of[end], place - 0.42, place + 0.42, color=palette.INK, linewidth=2, zorder=2)
        if of["opened"].notna().any() or of["closed"].notna().any():
            marks.append(_upright())
            labels.append("Opening, closing")
        for name, sides, shape, colour, up in WITNESSES:
            for side in sides:
                axes.plot(of[side], place + up, shape, color=colour, markersize=4.6, zorder=4, linestyle="none")
            if any(of[side].notna().any() for side in sides):
                marks.append(Line2D([], [], color=colour, marker=shape, markersize=4.6, linewidth=0))
                labels.append(name)
        axes.set_ylim(len(days) - 0.4, -0.6)
        axes.set_xlim(low - 0.03 * span, high + 0.03 * span)
        axes.yaxis.set_major_locator(FixedLocator(place.tolist()))
        axes.yaxis.set_major_formatter(ticks.NameLabels(names))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        axes.set_xlabel("Local time", loc="left")

        def fit(wide: bool) -> None:
            axes.set_xticks(*clock.round_marks(low, span, wide=wide))
            for old in list(figure.legends):
                old.remove()
            figure.legend(marks, labels, loc="outside upper left", ncols=5 if wide else 3, columnspacing=1.2)

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure


def _upright() -> Line2D:
    """Return the mark of opening and closing in a legend."""
    return Line2D([], [], color=palette.INK, marker="|", markersize=10, markeredgewidth=2, linewidth=0)


def light_chart(watched: Sequence[Watched], days: pd.DataFrame, shop: Shop) -> Chart | None:
    """Return how bright the picture is over each of the last four days with footage, opening and closing marked.

    None without a clip in which light was measured.
    """
    table = light_table(watched, shop)
    if table.empty:
        return None
    dates = sorted(table["business_date"].unique())
    shown = dates[-MOST_LIGHT:]
    cut = f" The last {MOST_LIGHT} of {len(dates)} days." if len(dates) > MOST_LIGHT else ""
    swing = table.groupby("business_date")["level"].agg(["min", "max"])
    told = [
        f"{words.day(day.date(), shop.language)} from {words.share(row['min'], shop.language, 0)} to "
        f"{words.share(row['max'], shop.language, 0)}"
        for day, row in zip(pd.DatetimeIndex(swing.index), swing.to_dict("records"), strict=True)
    ]
    return Chart(
        _light(table, days, [pd.Timestamp(day) for day in shown], shop),
        _swing(days),
        "Mean brightness of the picture as a share of full white, camera by camera, in local time; times without "
        "footage are left out. Marks within it: light on or off, first and last person, first and last sale; upright "
        f"lines: opening and closing.{cut}",
        f"Brightness by day: {words.listed(told, limit=8)}.",
        table,
    )


def _swing(days: pd.DataFrame) -> str:
    on, off = (int(days[side].notna().sum()) for side in ("light_on", "light_off"))
    if not on and not off:
        return "The light is never seen to go on or off."
    seen = f"{words.plural(len(days), 'day')} with footage"
    return f"Of {seen}, {words.count(on)} {'shows' if on == 1 else 'show'} the light going on, {words.count(off)} off."


def light_table(watched: Sequence[Watched], shop: Shop) -> pd.DataFrame:
    """Return how bright the picture is: camera, business_date, at (UTC), level (share of full white).

    One row a camera and second, or as many seconds as leave about four hundred rows a day.
    """
    parts = [
        pd.DataFrame(
            {
                "camera": one.clip.camera,
                "at": pd.Timestamp(one.clip.starts) + pd.to_timedelta(one.light["at_s"], unit="s"),
                "level": one.light["level"],
            }
        )
        for one in watched
        if len(one.light)
    ]
    if not parts:
        return pd.DataFrame(columns=["camera", "business_date", "at", "level"])
    table = pd.concat(parts).sort_values(["camera", "at"], ignore_index=True)
    table["at"] = pd.to_datetime(table["at"], utc=True)
    table.insert(1, "business_date", clock.of_day(table["at"], shop)[0])
    longest = int(table.groupby(["camera", "business_date"]).size().max())
    step = f"{-(-longest // MOST_POINTS)}s"
    table["at"] = table["at"].dt.floor(step)
    return table.groupby(["camera", "business_date", "at"])["level"].mean().reset_index()


def _light(table: pd.DataFrame, days: pd.DataFrame, shown: list[pd.Timestamp], shop: Shop) -> HouseFigure:
    language = ticks.drawn_language(shop.language)
    with style.house():
        height = 0.8 + PANEL_IN * len(shown)
        figure = HouseFigure(height, height + 0.3)
        panels = figure.subplots(len(shown), squeeze=False)[:, 0]
        marks: dict[str, Line2D] = {}
        for axes, day in zip(panels, shown, strict=True):
            mine = table[table["business_date"] == day]
            pause = mine["at"].diff() > PAUSES * mine["at"].diff().median()
            runs = mine.groupby([mine["camera"], pause.cumsum()])
            spans = runs["at"].agg(["min", "max"])
            along = clock.stretches(spans["min"], spans["max"], shop)
            for number, camera in enumerate(mine["camera"].unique()):
                for (name, _), run in runs:
                    if name == camera:
                        axes.plot(along.places(run["at"]), run["level"], color=palette.ACCENT, linewidth=1.3,
                                  linestyle=("-", "--", ":", "-.")[number % 4])  # fmt: skip
            for told in days[days["business_date"] == day].to_dict("records"):
                _mark(axes, told, along, marks)
            axes.set_ylim(0, 1.12)
            axes.yaxis.set_major_locator(FixedLocator([0, 0.5, 1]))
            axes.yaxis.set_major_formatter(ticks.share_ticks(shop.language))
            title = words.day(day.date(), language, weekday=True)
            axes.set_title(title, loc="left", fontsize=9.5, color=palette.INK_SOFT)
            clock.time_axis(figure, axes, along, shop.timezone)
            axes.grid(axis="y", visible=True)
        panels[-1].set_xlabel("Local time", loc="left")

        def fit(wide: bool) -> None:
            for old in list(figure.legends):
                old.remove()
            if marks:
                figure.legend(list(marks.values()), list(marks), loc="outside upper left", ncols=4 if wide else 2,
                              columnspacing=1.2)  # fmt: skip

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure


def _mark(axes: Axes, day: Mapping[Any, Any], along: clock.Stretches, marks: dict[str, Line2D]) -> None:
    """Draw the witnesses of one day at the top of its panel, and its opening and closing across it."""
    for end in ENDS:
        if pd.notna(day[end]) and along.cover(day[end]):
            axes.axvline(along.places(pd.Series([day[end]]))[0], color=palette.INK, linewidth=1.6, zorder=2)
            marks["Opening, closing"] = _upright()
    for name, sides, shape, colour, up in WITNESSES:
        for side in sides:
            if pd.notna(day[side]) and along.cover(day[side]):
                place = along.places(pd.Series([day[side]]))
                (marks[name],) = axes.plot(place, [1.0 + up / 4], shape, color=colour, markersize=4.6, zorder=4,
                                           linestyle="none", clip_on=False)  # fmt: skip
