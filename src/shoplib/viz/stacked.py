"""Shares of a whole by name, as bars of equal length in parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.patches import Patch
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator, NullLocator

from shoplib.viz import palette, style, ticks
from shoplib.viz.charts import BAR_ROW_IN, BAR_ROW_NARROW_IN, FRAME_IN
from shoplib.viz.style import HouseFigure

LEGEND_IN, LEGEND_NARROW_IN = 0.3, 0.6
FEWEST_WIDE, FEWEST_NARROW = 0.07, 0.16  # share that has room for its label
MOST = len(palette.SERIES)


def stacked(table: pd.DataFrame, *, names: Sequence[str], unit: str, show: Callable[[float], str]) -> HouseFigure:
    """Return a bar a row of ``table``, cut into its columns' shares of one, each labelled where there is room.

    Columns are at most seven, in the order of the house's series colours and named in the legend; a missing share is
    left empty. Rows are in the order given.
    """
    if table.shape[1] > MOST:
        raise ValueError(f"a stacked bar has at most {MOST} parts, found {table.shape[1]}")
    sizes = np.nan_to_num(table.to_numpy(dtype=float))
    rows = np.arange(len(table))
    with style.house():
        figure = HouseFigure(
            FRAME_IN + LEGEND_IN + BAR_ROW_IN * len(table), FRAME_IN + LEGEND_NARROW_IN + BAR_ROW_NARROW_IN * len(table)
        )
        axes = figure.add_subplot()
        labels: list[tuple[float, Annotation]] = []
        starts = np.cumsum(sizes, axis=1) - sizes
        for part, colour in zip(range(table.shape[1]), palette.SERIES, strict=False):
            axes.barh(
                rows, sizes[:, part], left=starts[:, part], color=colour, height=0.72, edgecolor=palette.PAPER,
                linewidth=0.8,
            )  # fmt: skip
            labels += [
                (size, axes.annotate(style.legible(show(size)), (start + size / 2, row), ha="center", va="center",
                                     fontsize=8.5, color=palette.ink_on(colour)))
                for row, size, start in zip(rows, sizes[:, part], starts[:, part], strict=True)
            ]  # fmt: skip
        axes.set_ylim(len(table) - 0.4, -0.6)
        axes.set_xlim(0, 1)
        axes.yaxis.set_major_locator(FixedLocator(rows.tolist()))
        axes.yaxis.set_major_formatter(ticks.NameLabels(names))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.xaxis.set_major_locator(NullLocator())
        axes.spines["bottom"].set_visible(False)
        axes.grid(visible=False)
        axes.set_xlabel(unit, loc="left")
        patches = [Patch(color=colour) for colour in palette.SERIES[: table.shape[1]]]
        words = [style.legible(str(name)) for name in table.columns]

        def fit(wide: bool) -> None:
            for size, label in labels:
                label.set_visible(size >= (FEWEST_WIDE if wide else FEWEST_NARROW))
            for old in list(figure.legends):
                old.remove()
            figure.legend(patches, words, loc="outside upper left", ncols=MOST if wide else 3, columnspacing=1.2)

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure
