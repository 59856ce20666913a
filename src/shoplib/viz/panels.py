"""Several values of the same steps, one panel above the other over one axis of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import Formatter, MaxNLocator

from shoplib.viz import palette, style
from shoplib.viz.charts import HATCH, _names_below
from shoplib.viz.style import HouseFigure

Floats = npt.NDArray[np.float64]

PANEL_IN, FOOT_IN = 1.45, 0.75
LOOKS: tuple[dict[str, Any], ...] = (
    {"facecolor": palette.ACCENT},
    {"facecolor": palette.HEAT[2]},
    {"facecolor": palette.ACCENT_PALE, "edgecolor": palette.ACCENT, "hatch": HATCH, "linewidth": 0},
    {"facecolor": palette.MUTED},
)
"""How bars of each kind look, most marked first: dark, middling, hatched, grey."""


@dataclass(frozen=True)
class Panel:
    """Bars of ``values``, or dots with their interval where ``low`` and ``high`` are given."""

    values: Sequence[float]
    unit: str
    ticks: Formatter
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


def panels(
    names: Sequence[str], parts: Sequence[Panel], *, kinds: Sequence[int], kind_labels: Sequence[str], foot: str
) -> HouseFigure:
    """Return the panels one above the other; ``kinds`` says for each name which of :data:`LOOKS` its bars have.

    ``kind_labels`` names the looks in the legend, those without a bar left out; ``foot`` names the common axis. Value
    axes start at zero. Missing values are gaps; a dot without an interval is hollow.
    """
    which = np.asarray(kinds, dtype=int)
    with style.house():
        height = FOOT_IN + PANEL_IN * len(parts)
        figure = HouseFigure(height, height)
        grid = figure.subplots(len(parts), sharex=True, squeeze=False)[:, 0]
        for axes, part in zip(grid, parts, strict=True):
            if part.low is None or part.high is None:
                _bars(axes, np.asarray(part.values, dtype=float), which)
            else:
                _dots(axes, *(np.asarray(one, dtype=float) for one in (part.values, part.low, part.high)))
            axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 2.5, 5, 10]))
            axes.yaxis.set_major_formatter(part.ticks)
            low, high = axes.get_ylim()
            axes.set_ylim(low if axes.dataLim.y0 < 0 else 0.0, high * 1.05 if high > 0 else 1.0)
            axes.set_title(style.legible(part.unit), loc="left", fontsize=9.5, color=palette.INK_SOFT)
        grid[-1].set_xlim(-0.6, max(len(names), 1) - 0.4)
        grid[-1].set_xlabel(foot, loc="left")
        _names_below(figure, grid[-1], names, names)
        used = [kind for kind in range(len(kind_labels)) if (which == kind).any()]
        if len(used) > 1:
            patches = [Patch(**LOOKS[kind]) for kind in used]
            figure.legend(patches, [kind_labels[kind] for kind in used], loc="outside upper left", ncols=len(used),
                          columnspacing=1.2)  # fmt: skip
    return figure


def _bars(axes: Axes, heights: Floats, which: npt.NDArray[np.int_]) -> None:
    places = np.arange(len(heights))
    for kind, look in enumerate(LOOKS):
        axes.bar(places[which == kind], np.nan_to_num(heights[which == kind]), width=0.74, **look)


def _dots(axes: Axes, middle: Floats, low: Floats, high: Floats) -> None:
    places = np.arange(len(middle))
    sure = ~np.isnan(low) & ~np.isnan(high)
    axes.vlines(places[sure], low[sure], high[sure], color=palette.ACCENT, linewidth=2.4, alpha=0.55)
    axes.scatter(places[sure], middle[sure], s=26, color=palette.ACCENT, zorder=3)
    axes.scatter(places[~sure], middle[~sure], s=26, facecolors=palette.PAPER, edgecolors=palette.ACCENT, zorder=3)
