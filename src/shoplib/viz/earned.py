"""What is kept of an amount, what is not, and what nobody knows: bars in three parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, NullLocator

from shoplib.viz import palette, style, ticks
from shoplib.viz.charts import BAR_ROW_IN, BAR_ROW_NARROW_IN, FRAME_IN, HATCH
from shoplib.viz.style import HouseFigure

LEGEND_IN, LEGEND_NARROW_IN = 0.3, 0.75
LOOKS: tuple[dict[str, Any], ...] = (
    {"facecolor": palette.ACCENT, "linewidth": 0},
    {"facecolor": palette.ACCENT_PALE, "linewidth": 0},
    {"facecolor": palette.PAPER, "edgecolor": palette.DOT, "hatch": HATCH, "linewidth": 0.6},
)


def earned(
    names: Sequence[str],
    parts: tuple[Sequence[float], Sequence[float], Sequence[float]],
    labels: Sequence[str],
    *,
    part_names: tuple[str, str, str],
    unit: str,
) -> HouseFigure:
    """Return horizontal bars in the order given, each of a full, a pale and a hatched part, with a label at its end.

    Parts below zero or missing are drawn as nothing; a part that is nothing everywhere is not in the legend.
    """
    sizes = np.clip(np.nan_to_num(np.asarray(parts, dtype=float)), 0.0, None).reshape(3, len(names))
    ends = sizes.cumsum(axis=0)
    places = np.arange(len(names))
    with style.house():
        figure = HouseFigure(
            FRAME_IN + LEGEND_IN + BAR_ROW_IN * len(names), FRAME_IN + LEGEND_NARROW_IN + BAR_ROW_NARROW_IN * len(names)
        )
        axes = figure.add_subplot()
        for size, end, look in zip(sizes, ends, LOOKS, strict=True):
            there = size > 0
            axes.barh(places[there], size[there], left=(end - size)[there], height=0.68, **look)
        for place, label in enumerate(labels):
            axes.annotate(
                style.legible(label), (ends[-1, place], place), xytext=(4, 0), textcoords="offset points", ha="left",
                va="center", fontsize=9,
            )  # fmt: skip
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlim(0.0, float(ends[-1].max(initial=0)) or 1.0)
        axes.yaxis.set_major_locator(FixedLocator(places.tolist()))
        axes.yaxis.set_major_formatter(ticks.NameLabels(names))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.xaxis.set_major_locator(NullLocator())
        axes.spines["bottom"].set_visible(False)
        axes.grid(visible=False)
        axes.set_xlabel(unit, loc="left")
        drawn = [row for row in range(3) if sizes[row].any()]

        def fit(wide: bool) -> None:
            for old in list(figure.legends):
                old.remove()
            figure.legend(
                [Patch(**LOOKS[row]) for row in drawn], [part_names[row] for row in drawn], loc="outside upper left",
                ncols=3 if wide else 1, columnspacing=1.2,
            )  # fmt: skip

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure
