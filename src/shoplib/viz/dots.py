"""A dot a row with the interval it may lie in: for means and ratios whose chance matters as much as their size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.ticker import FixedLocator, Formatter, MaxNLocator

from shoplib.viz import palette, style, ticks
from shoplib.viz.charts import BAR_ROW_IN, BAR_ROW_NARROW_IN
from shoplib.viz.style import HouseFigure

Floats = npt.NDArray[np.float64]

FRAME_IN = 0.85


def dots(
    names: Sequence[str],
    centres: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    labels: Sequence[str],
    *,
    unit: str,
    values: Formatter,
    short_labels: Sequence[str] | None = None,
    accent: Sequence[bool] | None = None,
    reference: float | None = None,
) -> HouseFigure:
    """Return one row a name, in the order given: a dot, a line from ``low`` to ``high`` and a label at its end.

    ``short_labels`` stand in on a narrow page. A dot without an interval (NaN bounds) is hollow. With a ``reference`` a
    line stands there and the axis reaches as far as the data; without, it starts at zero. Rows not marked in ``accent``
    are grey (all are marked if left out). With a ``reference`` labels stand in a column, clear of its line.
    """
    middle, bottom, top = (np.asarray(part, dtype=float) for part in (centres, low, high))
    bounded = ~np.isnan(bottom) & ~np.isnan(top)
    marks = np.ones(len(middle), dtype=bool) if accent is None else np.asarray(accent, dtype=bool)
    left, right = np.where(bounded, bottom, middle), np.where(bounded, top, middle)
    with style.house():
        figure = HouseFigure(FRAME_IN + BAR_ROW_IN * len(middle), FRAME_IN + BAR_ROW_NARROW_IN * len(middle))
        axes = figure.add_subplot()
        texts = []
        along = axes.transData if reference is None else axes.get_yaxis_transform()
        for place in range(len(middle)):
            colour = palette.ACCENT if marks[place] else palette.DOT
            if bounded[place]:
                axes.hlines(place, left[place], right[place], color=colour, linewidth=2.4, alpha=0.55)
            axes.scatter(
                middle[place], place, s=30, zorder=3, edgecolors=colour, facecolors=colour if bounded[place] else
                palette.PAPER,
            )  # fmt: skip
            texts.append(axes.annotate(
                "", (right[place] if reference is None else 1, place), xycoords=along, xytext=(7, 0),
                textcoords="offset points", ha="left", va="center", fontsize=9,
            ))  # fmt: skip
        if reference is not None:
            axes.axvline(reference, color=palette.INK_SOFT, linewidth=0.9, zorder=1)
        axes.set_ylim(len(middle) - 0.4, -0.6)
        axes.set_xlim(*_reach(left, right, reference))
        axes.yaxis.set_major_locator(FixedLocator(list(range(len(middle)))))
        axes.yaxis.set_major_formatter(ticks.NameLabels(list(names)))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.xaxis.set_major_formatter(values)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.set_xlabel(unit, loc="left")

        def fit(wide: bool) -> None:
            axes.xaxis.set_major_locator(MaxNLocator(6 if wide else 3, steps=[1, 2, 2.5, 5, 10]))
            for text, label in zip(texts, labels if wide else short_labels or labels, strict=True):
                text.set_text(style.legible(label))

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure


def _reach(left: Floats, right: Floats, reference: float | None) -> tuple[float, float]:
    """Return the ends of the axis: from zero, or around a reference with a little air."""
    known = np.r_[left, right, 0.0 if reference is None else reference]
    known = known[~np.isnan(known)]
    low, high = float(known.min()), float(known.max())
    air = 0.03 * (high - low) or 1.0
    return (low if reference is None and low == 0 else low - air), high + air
