"""A value from step to step with what is not sure about it: dots on a line, their intervals, a second line beside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.ticker import Formatter, MaxNLocator

from shoplib.viz import palette, style
from shoplib.viz.charts import _names_below
from shoplib.viz.style import HouseFigure

Floats = npt.NDArray[np.float64]

LEAST_SPAN = 0.2
AIR = 0.08


def course(
    names: Sequence[str],
    values: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    beside: Sequence[float],
    *,
    unit: str,
    ticks: Formatter,
    label: str,
    beside_label: str,
    short_names: Sequence[str] | None = None,
    partial: Sequence[bool] | None = None,
) -> HouseFigure:
    """Return shares of one in the order given as dots with intervals, joined, and a dashed line of others ``beside``.

    Missing values are gaps. Dots of ``partial`` steps are hollow. The axis need not start at zero, but spans at least
    twenty points, so that small moves look small.
    """
    middle, bottom, top, other = (np.asarray(part, dtype=float) for part in (values, low, high, beside))
    hollow = np.zeros(len(middle), dtype=bool) if partial is None else np.asarray(partial, dtype=bool)
    places = np.arange(len(middle))
    with style.house():
        figure = HouseFigure()
        axes = figure.add_subplot()
        axes.plot(places, middle, color=palette.ACCENT, linewidth=1.4, label=label)
        axes.plot(
            places, other, color=palette.WARNING, linestyle=(0, (4, 3)), linewidth=1.4, label=beside_label, zorder=1.5
        )
        axes.vlines(places, bottom, top, color=palette.ACCENT, linewidth=2.4, alpha=0.45)
        axes.scatter(places[~hollow], middle[~hollow], s=34, color=palette.ACCENT, zorder=3)
        axes.scatter(
            places[hollow], middle[hollow], s=34, facecolors=palette.PAPER, edgecolors=palette.ACCENT, zorder=3
        )  # fmt: skip
        axes.set_xlim(-0.6, max(len(middle), 1) - 0.4)
        axes.set_ylim(*_range(np.concatenate([middle, bottom, top, other])))
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axes.yaxis.set_major_formatter(ticks)
        axes.set_ylabel(unit)
        figure.legend(loc="outside upper left", ncols=2, columnspacing=1.2)
        _names_below(figure, axes, names, short_names or names)
    return figure


def _range(values: Floats) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    air = max(AIR * (high - low), (LEAST_SPAN - (high - low)) / 2)
    return max(low - air, 0.0), min(high + air, 1.0 + AIR * (high - low) / 2)
