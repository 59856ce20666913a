"""A few small charts in one figure: side by side on a desk page, one below the other on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import Formatter, MaxNLocator, NullLocator

from shoplib.viz import palette, style, ticks
from shoplib.viz.charts import BAR_ROW_IN, BAR_ROW_NARROW_IN
from shoplib.viz.style import HouseFigure

NAME_CHARS = 16
HEAD_IN, COLUMNS_IN = 0.55, 1.7
BETWEEN = 0.05
WIDE_MARKS, NARROW_MARKS = 24, 9


@dataclass(frozen=True)
class Bars:
    """Horizontal bars in the order given, each with its label at its end; ``title`` says of what, ``unit`` in which."""

    title: str
    names: Sequence[str]
    amounts: Sequence[float]
    labels: Sequence[str]
    muted: Sequence[bool]


@dataclass(frozen=True)
class Columns:
    """Upright bars in the order given over an axis of values."""

    title: str
    names: Sequence[str]
    amounts: Sequence[float]
    values: Formatter


def glance(tops: Sequence[Bars], below: Columns | None) -> HouseFigure:
    """Return charts of bars beside one another and one of columns below them all; on a phone all stand below another.

    Each has its title at its head. There must be one of any kind. Bars marked as muted stand back.
    """
    most = max((len(part.names) for part in tops), default=0)
    columns = COLUMNS_IN if below else 0.0
    high = HEAD_IN + BAR_ROW_IN * most if tops else 0.0
    each = [HEAD_IN + BAR_ROW_NARROW_IN * len(part.names) for part in tops]
    with style.house():
        figure = HouseFigure(high + columns, sum(each) + columns)
        panels = [figure.add_subplot() for _ in tops]
        for axes, part in zip(panels, tops, strict=True):
            _draw_bars(axes, part)
        foot = figure.add_subplot() if below else None
        if foot is not None and below is not None:
            _draw_columns(foot, below)

        def fit(wide: bool) -> None:
            heights = [high] * bool(tops) if wide else each
            grid = GridSpec(
                len(heights) + bool(below), len(tops) or 1 if wide else 1, figure,
                height_ratios=[*heights, *[columns] * bool(below)],
            )  # fmt: skip
            for at, (axes, part) in enumerate(zip(panels, tops, strict=True)):
                axes.set_subplotspec(grid[0, at] if wide else grid[at, 0])
                rows = most if wide else len(part.names)  # equal bars in panels beside one another
                axes.set_ylim(rows - 0.4, -0.6)
            if foot is not None and below is not None:
                foot.set_subplotspec(grid[-1, :])
                room = WIDE_MARKS if wide else NARROW_MARKS
                step = -(-len(below.names) // room)
                foot.set_xticks(range(0, len(below.names), step or 1), list(below.names)[:: step or 1])

        engine = figure.get_layout_engine()
        if engine is not None:
            engine.set(wspace=BETWEEN)  # type: ignore[call-arg]  # the engine is the constrained one
        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure


def _draw_bars(axes: Axes, part: Bars) -> None:
    sizes = np.nan_to_num(np.asarray(part.amounts, dtype=float))
    places = np.arange(len(sizes))
    axes.barh(places, sizes, color=[palette.MUTED if mark else palette.ACCENT for mark in part.muted], height=0.68)
    for place, size, label in zip(places, sizes, part.labels, strict=True):
        axes.annotate(
            style.legible(label), (max(size, 0.0), place), xytext=(4, 0), textcoords="offset points", ha="left",
            va="center", fontsize=9,
        )  # fmt: skip
    axes.set_xlim(min(0.0, float(sizes.min(initial=0))), float(sizes.max(initial=0)) or 1.0)
    axes.set_yticks(places, [ticks.elided(style.legible(name), NAME_CHARS) for name in part.names])
    axes.tick_params(axis="y", labelcolor=palette.INK)
    axes.xaxis.set_major_locator(NullLocator())
    axes.spines["bottom"].set_visible(False)
    axes.grid(visible=False)
    _title(axes, part.title)


def _draw_columns(axes: Axes, part: Columns) -> None:
    sizes = np.nan_to_num(np.asarray(part.amounts, dtype=float))
    axes.bar(np.arange(len(sizes)), sizes, color=palette.ACCENT, width=0.7)
    air = max(0.0, 6 - len(sizes)) / 2
    axes.set_xlim(-0.6 - air, len(sizes) - 0.4 + air)
    axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(part.values)
    axes.set_ylim(min(0.0, float(sizes.min(initial=0))), float(sizes.max(initial=0)) * 1.05 or 1.0)
    _title(axes, part.title)


def _title(axes: Axes, text: str) -> None:
    axes.set_title(style.legible(text), loc="left", fontsize=9.5, color=palette.INK_SOFT)
