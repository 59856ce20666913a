"""Bars to both sides of zero, in groups with headings: what adds and what takes away."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from matplotlib.ticker import NullLocator

from shoplib.viz import palette, style, ticks
from shoplib.viz.charts import BAR_ROW_IN, BAR_ROW_NARROW_IN, FRAME_IN
from shoplib.viz.style import HouseFigure


def diverging(
    groups: Sequence[str], names: Sequence[str], amounts: Sequence[float], labels: Sequence[str], *, unit: str,
    muted: Collection[str] = (),
) -> HouseFigure:  # fmt: skip
    """Return horizontal bars from zero to the left or right, in the order given, each with its label at its right.

    Neighbours of one group stand under its name, which has a row of its own; an empty name has none. Bars above zero
    are of the house's colour, those below of that of warnings, those named in ``muted`` grey; labels should carry the
    sign. Missing amounts are drawn as bars of no length.
    """
    sizes = np.nan_to_num(np.asarray(amounts, dtype=float))
    rows: list[tuple[str, int | None]] = []
    for at, group in enumerate(groups):
        if group and (at == 0 or groups[at - 1] != group):
            rows.append((group, None))
        rows.append((names[at], at))
    places = [place for place, (_, at) in enumerate(rows) if at is not None]
    with style.house():
        figure = HouseFigure(FRAME_IN + BAR_ROW_IN * len(rows), FRAME_IN + BAR_ROW_NARROW_IN * len(rows))
        axes = figure.add_subplot()
        colours = [
            palette.MUTED if name in muted else palette.ACCENT if size >= 0 else palette.WARNING
            for name, size in zip(names, sizes, strict=True)
        ]
        axes.barh(places, sizes, color=colours, height=0.68)
        axes.axvline(0, color=palette.MUTED, linewidth=0.8, zorder=3)
        for place, size, label in zip(places, sizes, labels, strict=True):
            axes.annotate(
                style.legible(label), (max(size, 0.0), place), xytext=(4, 0), textcoords="offset points", ha="left",
                va="center", fontsize=9,
            )  # fmt: skip
        low, high = min(0.0, float(sizes.min(initial=0))), max(0.0, float(sizes.max(initial=0)))
        axes.set_xlim(low, high if high > low else low + 1.0)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.xaxis.set_major_locator(NullLocator())
        axes.spines["bottom"].set_visible(False)
        axes.grid(visible=False)
        axes.set_xlabel(unit, loc="left")

        def fit(wide: bool) -> None:
            width = ticks.WIDE_CHARS if wide else ticks.NARROW_CHARS
            axes.set_yticks(range(len(rows)), [ticks.elided(style.legible(text), width) for text, _ in rows])
            for label, (_, at) in zip(axes.get_yticklabels(), rows, strict=True):
                label.set_color(palette.INK_SOFT if at is None else palette.INK)

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure
