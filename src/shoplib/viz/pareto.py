"""How much hangs on few: the share of the whole that the largest make up, with marks on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator, Formatter

from shoplib.viz import palette, style, ticks
from shoplib.viz.style import HouseFigure

QUARTERS = [0.0, 0.25, 0.5, 0.75, 1.0]
MIDDLE = 0.5
WIDE_CHARS, NARROW_CHARS = 40, 15


@dataclass(frozen=True)
class Mark:
    """A point of the curve with what it says."""

    across: float
    up: float
    label: str


def pareto(
    across: Sequence[float],
    up: Sequence[float],
    marks: Sequence[Mark],
    *,
    unit: str,
    unit_across: str,
    values: Formatter,
) -> HouseFigure:
    """Return a rising curve over shares of one on both axes, from 0, with labelled points.

    Labels stand below the curve on its left half and above it on its right, where it leaves room.
    """
    with style.house():
        figure = HouseFigure()
        axes = figure.add_subplot()
        axes.plot([0.0, *across], [0.0, *up], color=palette.ACCENT)
        axes.fill_between([0.0, *across], [0.0, *up], color=palette.ACCENT_PALE, alpha=0.45, linewidth=0)
        told: list[tuple[Mark, Annotation]] = []
        for mark in marks:
            left = mark.across > MIDDLE
            axes.plot([mark.across] * 2, [0.0, mark.up], color=palette.DOT, linewidth=0.8, linestyle=(0, (3, 3)))
            axes.scatter([mark.across], [mark.up], s=36, color=palette.ACCENT, zorder=3)
            label = axes.annotate(
                "", (mark.across, mark.up), xytext=(-5, 4) if left else (5, -4), textcoords="offset points",
                ha="right" if left else "left", va="bottom" if left else "top", fontsize=9,
            )  # fmt: skip
            told.append((mark, label))
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, 1.18)
        axes.grid(visible=False)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(FixedLocator(QUARTERS))
            axis.set_major_formatter(values)
        axes.set_xlabel(unit_across)
        axes.set_ylabel(unit)

        def fit(wide: bool) -> None:
            for mark, label in told:
                label.set_text(ticks.elided(style.legible(mark.label), WIDE_CHARS if wide else NARROW_CHARS, lines=3))

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure
