"""The kinds of chart the house draws. Each takes plain numbers and returns a figure that fits two widths.

Figures carry no title: the finding stands in the text beside them. Axes carry their unit. Missing values
are gaps, never zeros; what is incomplete is hatched.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, Formatter, MaxNLocator, NullLocator

from shoplib.viz import palette, style, ticks
from shoplib.viz.style import HouseFigure

BAR_ROW_IN = 0.3
BAR_ROW_NARROW_IN = 0.36
FRAME_IN = 0.75
MANY_DAYS = 120
FEWEST_COLUMNS = 6
WIDE_LETTERS, NARROW_LETTERS = 84, 36
HATCH = "////"


def on_calendar(dates: pd.Series, values: pd.Series) -> pd.Series:
    """Return ``values`` indexed by every day from the first date to the last; days without one are NaN."""
    series = pd.Series(values.to_numpy(dtype="float64", na_value=np.nan), index=pd.DatetimeIndex(dates)).sort_index()
    if series.empty:
        return series
    return series.reindex(pd.date_range(series.index[0], series.index[-1], freq="D"))


def message(text: str) -> HouseFigure:
    """Return a small figure that says why there is no chart."""
    with style.house():
        figure = HouseFigure(1.2, 1.2)
        label = figure.text(0.5, 0.5, "", ha="center", va="center", color=palette.INK_SOFT)

        def fit(wide: bool) -> None:
            label.set_text(ticks.elided(style.legible(text), 70 if wide else 34, lines=4))

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure


def days(
    dots: pd.Series,
    line: pd.Series,
    *,
    unit: str,
    values: Formatter,
    dates: Formatter,
    dots_label: str,
    line_label: str,
    low: pd.Series | None = None,
    high: pd.Series | None = None,
    whole: bool = False,
) -> HouseFigure:
    """Return daily values as dots with a line through them, and a band from ``low`` to ``high`` if given.

    All series are indexed by day; a missing day is a gap in the line. The value axis starts at zero unless
    a value is negative; ``whole`` keeps its marks to whole numbers.
    """
    with style.house():
        figure = HouseFigure()
        axes = figure.add_subplot()
        size = 10 if len(dots) <= MANY_DAYS else 4
        axes.scatter(dots.index, dots, s=size, color=palette.DOT, label=dots_label, linewidths=0, zorder=2)
        if low is not None and high is not None:
            axes.fill_between(line.index, low, high, color=palette.ACCENT_PALE, linewidth=0, zorder=1)
        if line.notna().any():
            axes.plot(line.index, line, color=palette.ACCENT, label=line_label, zorder=3)
        _date_axis(axes, dots.index.union(line.index), dates)
        _value_axis(axes, values, unit, whole=whole)
        figure.legend(loc="outside upper left", ncols=2, columnspacing=1.2)
    return figure


def bars(
    names: Sequence[str],
    amounts: Sequence[float],
    labels: Sequence[str],
    *,
    unit: str,
    accent: Sequence[bool] | None = None,
) -> HouseFigure:
    """Return horizontal bars, largest on top, each with its label at the end and no value axis.

    Bars marked in ``accent`` stand out (all do if it is left out). The height grows with the number of bars.
    Order among equals is the order given. Missing amounts are drawn as bars of no length.
    """
    sizes = np.nan_to_num(np.asarray(amounts, dtype=float))
    order = np.argsort(-sizes, kind="stable")
    marks = np.ones(len(sizes), dtype=bool) if accent is None else np.asarray(accent, dtype=bool)
    with style.house():
        figure = HouseFigure(FRAME_IN + BAR_ROW_IN * len(sizes), FRAME_IN + BAR_ROW_NARROW_IN * len(sizes))
        axes = figure.add_subplot()
        places = np.arange(len(sizes))
        colours = [palette.ACCENT if mark else palette.MUTED for mark in marks[order]]
        axes.barh(places, sizes[order], color=colours, height=0.68)
        for place, index in enumerate(order):
            axes.annotate(
                style.legible(labels[index]), (sizes[index], place), xytext=(4, 0), textcoords="offset points",
                ha="left", va="center", fontsize=9,
            )  # fmt: skip
        axes.set_ylim(len(sizes) - 0.4, -0.6)
        axes.set_xlim(min(0.0, float(sizes.min(initial=0))), float(sizes.max(initial=0)) or 1.0)
        axes.yaxis.set_major_locator(FixedLocator(places.tolist()))
        axes.yaxis.set_major_formatter(ticks.NameLabels([names[i] for i in order]))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.xaxis.set_major_locator(NullLocator())
        axes.spines["bottom"].set_visible(False)
        axes.grid(visible=False)
        axes.set_xlabel(unit, loc="left")
    return figure


def columns(
    names: Sequence[str],
    heights: Sequence[float],
    *,
    unit: str,
    values: Formatter,
    short_names: Sequence[str] | None = None,
    partial: Sequence[bool] | None = None,
    partial_label: str = "",
    accent: Sequence[bool] | None = None,
) -> HouseFigure:
    """Return upright bars in the order given; ``partial`` ones are hatched and pale, with a legend saying why.

    Names are thinned where there is no room for all of them; ``short_names`` stand in on a narrow page.
    """
    sizes = np.nan_to_num(np.asarray(heights, dtype=float))
    pale = np.zeros(len(sizes), dtype=bool) if partial is None else np.asarray(partial, dtype=bool)
    marks = np.ones(len(sizes), dtype=bool) if accent is None else np.asarray(accent, dtype=bool)
    with style.house():
        figure = HouseFigure()
        axes = figure.add_subplot()
        places = np.arange(len(sizes))
        for chosen, look in (
            (~pale & marks, {"color": palette.ACCENT}),
            (~pale & ~marks, {"color": palette.MUTED}),
            (pale, {"facecolor": palette.ACCENT_PALE, "edgecolor": palette.ACCENT, "hatch": HATCH, "linewidth": 0}),
        ):
            axes.bar(places[chosen], sizes[chosen], width=0.7, **look)
        air = max(0.0, FEWEST_COLUMNS - len(sizes)) / 2
        axes.set_xlim(-0.6 - air, len(sizes) - 0.4 + air)
        _value_axis(axes, values, unit)
        _names_below(figure, axes, names, short_names or names)
        if pale.any():
            patch = Patch(facecolor=palette.ACCENT_PALE, edgecolor=palette.ACCENT, hatch=HATCH, linewidth=0)
            figure.legend([patch], [partial_label], loc="outside upper left")
    return figure


def intervals(
    names: Sequence[str],
    centres: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    unit: str,
    values: Formatter,
    short_names: Sequence[str] | None = None,
) -> HouseFigure:
    """Return one dot a name with a line from ``low`` to ``high``; a NaN centre leaves its place empty.

    A dot without an interval (NaN bounds) is drawn hollow. The value axis starts at zero.
    """
    middle, bottom, top = (np.asarray(part, dtype=float) for part in (centres, low, high))
    places = np.arange(len(middle))
    bounded = ~np.isnan(bottom) & ~np.isnan(top)
    with style.house():
        figure = HouseFigure()
        axes = figure.add_subplot()
        axes.vlines(places[bounded], bottom[bounded], top[bounded], color=palette.ACCENT, linewidth=2.4, alpha=0.55)
        axes.scatter(places[bounded], middle[bounded], s=42, color=palette.ACCENT, zorder=3)
        axes.scatter(
            places[~bounded], middle[~bounded], s=42, facecolors=palette.PAPER, edgecolors=palette.ACCENT, zorder=3
        )
        axes.set_xlim(-0.6, max(len(middle), 1) - 0.4)
        _value_axis(axes, values, unit)
        _names_below(figure, axes, names, short_names or names)
    return figure


def heat(grid: pd.DataFrame, *, unit: str, values: Formatter, row_names: Sequence[str]) -> HouseFigure:
    """Return a heat map of ``grid``: rows downwards, columns (hours) to the right, pale to dark from zero.

    NaN cells are hatched: nothing was open then. Column labels are the grid's own, thinned to the room.
    """
    shades = LinearSegmentedColormap.from_list("house", palette.HEAT)
    with style.house():
        height = 1.25 + 0.3 * len(grid)
        figure = HouseFigure(height, height + 0.35)
        axes = figure.add_subplot()
        axes.patch.set(facecolor=palette.PAPER, hatch=HATCH, hatchcolor=palette.MUTED, linewidth=0)
        top = float(np.nanmax(grid.to_numpy(dtype=float))) if grid.notna().to_numpy().any() else 1.0
        sns.heatmap(
            grid.astype(float), ax=axes, cmap=shades, vmin=0, vmax=top or 1.0, linewidths=1, linecolor=palette.PAPER,
            cbar_kws={"orientation": "horizontal", "aspect": 40, "shrink": 0.6, "format": values, "pad": 0.02},
        )  # fmt: skip
        bar = axes.collections[0].colorbar
        if bar is not None:
            bar.set_label(unit)
            bar.locator = MaxNLocator(4)
            bar.outline.set_visible(False)
        axes.grid(visible=False)
        axes.set(xlabel="", ylabel="")
        axes.spines["bottom"].set_visible(False)
        axes.yaxis.set_major_locator(FixedLocator([row + 0.5 for row in range(len(grid))]))
        axes.set_yticklabels([style.legible(name) for name in row_names], rotation=0)
        hours = [str(column) for column in grid.columns]

        def fit(wide: bool) -> None:
            step = _step(len(hours), 24 if wide else 8)
            axes.set_xticks(np.arange(0, len(hours), step) + 0.5, hours[::step], rotation=0)

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure


def _value_axis(axes: Axes, values: Formatter, unit: str, *, whole: bool = False) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=whole))
    axes.yaxis.set_major_formatter(values)
    low, high = axes.get_ylim()
    axes.set_ylim(min(0.0, low) if axes.dataLim.y0 < 0 else 0.0, high * 1.03 if high > 0 else 1.0)
    axes.set_ylabel(unit)


def _date_axis(axes: Axes, span: pd.Index, dates: Formatter) -> None:
    axes.xaxis.set_major_locator(ticks.DateTicks())
    axes.xaxis.set_major_formatter(dates)
    if len(span):
        margin = pd.Timedelta(hours=12)
        axes.set_xlim(span[0] - margin, span[-1] + margin)


def _names_below(figure: HouseFigure, axes: Axes, names: Sequence[str], short: Sequence[str]) -> None:
    """Label places 0, 1, 2 … of the x axis, thinned so that neighbours never touch; names may have two lines."""

    def fit(wide: bool) -> None:
        chosen = ["\n".join(style.legible(line) for line in name.split("\n")) for name in (names if wide else short)]
        longest = max((_letters(line) for name in chosen for line in name.split("\n")), default=1)
        low, high = axes.get_xlim()
        step = _step(round(high - low), max(1, (WIDE_LETTERS if wide else NARROW_LETTERS) // (longest + 2)))
        axes.set_xticks(range(0, len(chosen), step), chosen[::step])

    figure.fitters.append(fit)
    figure.fit(wide=True)


def _letters(text: str) -> int:
    """Return how many marks of ``text`` take room of their own; vowel signs and accents do not."""
    return sum(not unicodedata.category(mark).startswith("M") for mark in text)


def _step(count: int, room: int) -> int:
    """Return the smallest step that leaves at most ``room`` of ``count`` labels."""
    return next((step for step in (1, 2, 3, 4, 6, 12, 24) if count <= room * step), -(-count // room))
