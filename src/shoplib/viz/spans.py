"""Stretches of the day by name: what is said, and what is seen, on one line each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter

from shoplib.viz import palette, style, ticks
from shoplib.viz.charts import BAR_ROW_IN, BAR_ROW_NARROW_IN, FRAME_IN
from shoplib.viz.style import HouseFigure

LEGEND_IN, LEGEND_NARROW_IN = 0.3, 0.75
HOURS = 24
Stretch = tuple[float, float] | None


def spans(
    names: Sequence[str],
    frame: Sequence[Stretch],
    outer: Sequence[Stretch],
    inner: Sequence[Stretch],
    *,
    labels: tuple[str, str, str],
    unit: str,
) -> HouseFigure:
    """Return a line a name with a pale band (``frame``), a thin stroke (``outer``) and a thick one on it (``inner``).

    Each is a start and an end in hours after midnight, counted on past it, or ``None``; ``labels`` names the three in
    the legend, those never drawn left out. The axis reaches over all of them in hours of the clock.
    """
    with style.house():
        rows = len(names)
        figure = HouseFigure(
            FRAME_IN + LEGEND_IN + BAR_ROW_IN * rows, FRAME_IN + LEGEND_NARROW_IN + BAR_ROW_NARROW_IN * rows
        )
        axes = figure.add_subplot()
        for row, (band, thin, thick) in enumerate(zip(frame, outer, inner, strict=True)):
            if band:
                axes.barh(row, band[1] - band[0], left=band[0], color=palette.ACCENT_PALE, height=0.66, zorder=1)
            if thin:
                axes.hlines(row, *thin, color=palette.ACCENT, linewidth=1.6, zorder=2)
            if thick:
                axes.hlines(row, *thick, color=palette.ACCENT, linewidth=5.5, zorder=3)
        edges = [edge for stretch in (*frame, *outer, *inner) if stretch for edge in stretch]
        low, high = (int(np.floor(min(edges))), int(np.ceil(max(edges)))) if edges else (0, HOURS)
        axes.set_xlim(low - 0.3, high + 0.3)
        axes.set_ylim(rows - 0.4, -0.6)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda hour, _: f"{int(hour) % HOURS}:00"))
        axes.yaxis.set_major_locator(FixedLocator(list(range(rows))))
        axes.yaxis.set_major_formatter(ticks.NameLabels(names))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.set_xlabel(unit, loc="left")
        marks = (
            (frame, Patch(color=palette.ACCENT_PALE)),
            (outer, Line2D([], [], color=palette.ACCENT, linewidth=1.6)),
            (inner, Line2D([], [], color=palette.ACCENT, linewidth=5.5, solid_capstyle="butt")),
        )
        drawn = [(mark, label) for (stretches, mark), label in zip(marks, labels, strict=True) if any(stretches)]

        def fit(wide: bool) -> None:
            step = next(
                step for step in (1, 2, 3, 4, 6, 12) if (high - low) <= step * (12 if wide else 5) or step == 12
            )
            axes.xaxis.set_major_locator(FixedLocator([hour for hour in range(low, high + 1) if hour % step == 0]))
            for old in list(figure.legends):
                old.remove()
            if drawn:
                figure.legend([mark for mark, _ in drawn], [label for _, label in drawn], loc="outside upper left",
                              ncols=3 if wide else 1, columnspacing=1.2)  # fmt: skip

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure
