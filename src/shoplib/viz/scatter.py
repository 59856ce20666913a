"""Points in four quarters, with as many names beside them as there is room for."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.ticker import Formatter, MaxNLocator
from matplotlib.transforms import Bbox

from shoplib.viz import palette, style, ticks
from shoplib.viz.style import HouseFigure

Floats = npt.NDArray[np.float64]

POINT = 34
AIR_ACROSS, AIR_UP_WIDE, AIR_UP_NARROW = 1.22, 1.25, 1.5
"""How far the axes reach past the farthest point, for names and for the words in the corners."""
POINT_RADIUS_PT = 4.0
GAP_PT = 3.0
ONE_LINE, TWO_LINES = 26, 14
SIDES = (("left", "center", 1, 0), ("right", "center", -1, 0), ("center", "bottom", 0, 1), ("center", "top", 0, -1),
         ("left", "bottom", 0.7, 0.7), ("left", "top", 0.7, -0.7), ("right", "bottom", -0.7, 0.7),
         ("right", "top", -0.7, -0.7))  # fmt: skip
"""Where a name may stand: its alignment and the direction it is moved in, the first that is free being taken."""
BEFORE = {"left": 0.0, "bottom": 0.0, "center": 0.5, "right": 1.0, "top": 1.0}
"""Which part of a text lies before the point it is aligned to."""


def quarters(
    names: Sequence[str],
    across: Sequence[float],
    up: Sequence[float],
    *,
    across_unit: str,
    up_unit: str,
    across_values: Formatter,
    up_values: Formatter,
    middle: tuple[float, float],
    corners: tuple[str, str, str, str],
) -> HouseFigure:
    """Return points by two values, lines through ``middle``, and the name of each quarter in its corner.

    Corners go from upper left, upper right to lower left, lower right; a comma may break them. Names are written in
    the order given, each at the first side of its point where it covers nothing; those without room are left out, so
    the important come first.
    """
    x, y = np.asarray(across, dtype=float), np.asarray(up, dtype=float)
    with style.house():
        figure = HouseFigure(4.4, 4.0)
        axes = figure.add_subplot()
        axes.axvline(middle[0], color=palette.MUTED, linewidth=0.9, zorder=1)
        axes.axhline(middle[1], color=palette.MUTED, linewidth=0.9, zorder=1)
        axes.scatter(x, y, s=POINT, color=palette.ACCENT, linewidths=0.8, edgecolors=palette.PAPER, zorder=3)
        for text, (at_x, at_y) in zip(corners, ((0, 1), (1, 1), (0, 0), (1, 0)), strict=True):
            axes.annotate(
                style.legible(text), (at_x, at_y), xycoords="axes fraction", fontsize=8.5, color=palette.INK_SOFT,
                xytext=(4 - 8 * at_x, 4 - 8 * at_y), textcoords="offset points",
                ha="right" if at_x else "left", va="top" if at_y else "bottom",
            )  # fmt: skip
        axes.xaxis.set_major_formatter(across_values)
        axes.yaxis.set_major_formatter(up_values)
        axes.set(xlabel=across_unit, ylabel=up_unit)
        axes.grid(visible=False)
        axes.spines["left"].set_visible(True)
        words = list(axes.texts)
        labels = [
            axes.annotate("", (a, b), xytext=(0, 0), textcoords="offset points", fontsize=9)
            for a, b in zip(x, y, strict=True)
        ]

        def fit(wide: bool) -> None:
            axes.xaxis.set_major_locator(MaxNLocator(6 if wide else 4, steps=[1, 2, 2.5, 5, 10]))
            axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
            axes.set_xlim(_reach(x, middle[0], AIR_ACROSS))
            axes.set_ylim(_reach(y, middle[1], AIR_UP_WIDE if wide else AIR_UP_NARROW))
            for label in labels:
                label.set_text("")
            for word, text in zip(words, corners, strict=True):
                word.set_text(text if wide else text.replace(", ", ",\n"))
            figure.draw_without_rendering()
            taken = [word.get_window_extent() for word in words] + _points(axes, x, y)
            lines = _lines(axes, middle)
            for label, name in zip(labels, names, strict=True):
                _place(axes, label, _spellings(style.legible(name)), taken, lines)

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure


def _place(axes: Axes, label: Annotation, spellings: list[str], taken: list[Bbox], lines: list[Bbox]) -> None:
    """Ensure a label stands where it covers nothing that is taken, and is taken itself; else it is left empty.

    The best spelling comes first, and places that do not cross the ``lines``.
    """
    inside = axes.get_window_extent()
    sizes = [_size(label, text) for text in spellings]
    x, y = axes.transData.transform(label.xy)
    gap = (POINT_RADIUS_PT + GAP_PT) * axes.figure.dpi / 72
    for (text, (width, height)), avoided, (ha, va, right, up) in itertools.product(
        zip(spellings, sizes, strict=True), (taken + lines, taken), SIDES
    ):
        x0, y0 = x + right * gap - width * BEFORE[ha], y + up * gap - height * BEFORE[va]
        box = Bbox.from_bounds(x0, y0, width, height)
        within = x0 >= inside.x0 and box.x1 <= inside.x1 and y0 >= inside.y0 and box.y1 <= inside.y1
        if within and not any(box.overlaps(other) for other in avoided):
            label.set(text=text, ha=ha, va=va, multialignment=ha)
            label.xyann = (right * (POINT_RADIUS_PT + GAP_PT), up * (POINT_RADIUS_PT + GAP_PT))
            taken.append(box.padded(1.5))
            return
    label.set_text("")


def _size(label: Annotation, text: str) -> tuple[float, float]:
    label.set_text(text)
    box = label.get_window_extent()
    return box.width, box.height


def _spellings(name: str) -> list[str]:
    """Return how a name may be written, the best first: on one line, else on two."""
    return list(dict.fromkeys((ticks.elided(name, ONE_LINE, lines=1), ticks.elided(name, TWO_LINES))))


def _lines(axes: Axes, middle: tuple[float, float]) -> list[Bbox]:
    inside = axes.get_window_extent()
    x, y = axes.transData.transform(middle)
    return [
        Bbox.from_extents(x - 1, inside.y0, x + 1, inside.y1),
        Bbox.from_extents(inside.x0, y - 1, inside.x1, y + 1),
    ]


def _points(axes: Axes, x: Floats, y: Floats) -> list[Bbox]:
    size = POINT_RADIUS_PT * axes.figure.dpi / 72
    return [Bbox.from_extents(a - size, b - size, a + size, b + size)
            for a, b in axes.transData.transform(np.column_stack([x, y]))]  # fmt: skip


def _reach(values: Floats, centre: float, air: float) -> tuple[float, float]:
    """Return the ends of an axis with all values inside and neither side of the centre under half of the other."""
    below = max(float(np.max(centre - values, initial=0.0)), 0.0)
    above = max(float(np.max(values - centre, initial=0.0)), 0.0)
    widest = max(below, above) or abs(centre) or 1.0
    return centre - air * max(below, widest / 2), centre + air * max(above, widest / 2)
