"""Two values a name, side by side as dots on one line, such as the share of sales and the share of takings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from shoplib.viz import palette, style, ticks
from shoplib.viz.charts import BAR_ROW_IN, BAR_ROW_NARROW_IN, FRAME_IN
from shoplib.viz.style import HouseFigure

LEGEND_IN = 0.25
ROOM = 0.16  # of the width, on either side for the labels


def pairs(
    names: Sequence[str],
    first: Sequence[float],
    second: Sequence[float],
    *,
    first_label: str,
    second_label: str,
    unit: str,
    show: Callable[[float], str],
) -> HouseFigure:
    """Return a line a name, in the order given, with a filled dot for the first value and a hollow one for the second.

    Each dot is labelled on its outer side, so there is no value axis; a missing value has no dot. The height grows with
    the number of names.
    """
    one, two = (np.asarray(part, dtype=float) for part in (first, second))
    rows = np.arange(len(names))
    with style.house():
        height = FRAME_IN + LEGEND_IN
        figure = HouseFigure(height + BAR_ROW_IN * len(names), height + BAR_ROW_NARROW_IN * len(names))
        axes = figure.add_subplot()
        axes.hlines(rows, np.fmin(one, two), np.fmax(one, two), color=palette.MUTED, linewidth=2, zorder=1)
        axes.scatter(one, rows, s=46, color=palette.ACCENT, zorder=3)
        axes.scatter(two, rows, s=46, facecolors=palette.PAPER, edgecolors=palette.WARNING, linewidths=1.8, zorder=2)
        for row, (a, b) in enumerate(zip(one, two, strict=True)):
            for value, other, colour in ((a, b, palette.ACCENT), (b, a, palette.WARNING)):
                if not np.isnan(value):
                    left = value < other or (value == other and colour == palette.ACCENT)
                    axes.annotate(
                        style.legible(show(value)), (value, row), xytext=(-8 if left else 8, 0),
                        textcoords="offset points", ha="right" if left else "left", va="center", fontsize=9,
                        color=colour,
                    )  # fmt: skip
        axes.set_ylim(len(names) - 0.4, -0.6)
        known = np.concatenate([one, two])[~np.isnan(np.concatenate([one, two]))]
        low, high = min(0.0, float(known.min(initial=0.0))), float(known.max(initial=0.0)) or 1.0

        def fit(wide: bool) -> None:
            room = (ROOM if wide else 2 * ROOM) * (high - low)
            axes.set_xlim(low - room, high + room)

        figure.fitters.append(fit)
        axes.yaxis.set_major_locator(FixedLocator(rows.tolist()))
        axes.yaxis.set_major_formatter(ticks.NameLabels(names))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.xaxis.set_major_locator(NullLocator())
        axes.spines["bottom"].set_visible(False)
        axes.grid(visible=False)
        axes.set_xlabel(unit, loc="left")
        marks = [
            Line2D([], [], linestyle="", marker="o", markersize=6.5, color=palette.ACCENT),
            Line2D([], [], linestyle="", marker="o", markersize=6.5, markerfacecolor=palette.PAPER,
                   markeredgecolor=palette.WARNING, markeredgewidth=1.8),
        ]  # fmt: skip
        figure.legend(marks, [first_label, second_label], loc="outside upper left", ncols=2, columnspacing=1.2)
        figure.fit(wide=True)
    return figure
