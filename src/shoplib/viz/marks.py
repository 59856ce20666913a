"""Days that stand out on a chart of days: a ring on each and its name beside it, as many as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation

from shoplib.viz import palette, style
from shoplib.viz.style import HouseFigure

ROOM_WIDE, ROOM_NARROW = 0.13, 0.32  # of the width of the axis that one name takes
ROOM_UP, OFF = 0.09, 0.06  # of its height that a name takes, and lies off its day
EDGE = 0.14  # of the width at either side, where names point inwards
MOST_WIDE, MOST_NARROW = 6, 3
HEADROOM = 1.12


@dataclass(frozen=True)
class Mark:
    """A day to mark: its value (0 for a closed one), its name, and whether the name stands above or below."""

    day: pd.Timestamp
    value: float
    label: str
    above: bool = True


def mark_days(figure: HouseFigure, marks: Sequence[Mark]) -> HouseFigure:
    """Return a figure of ``charts.days`` with its marked days, the most telling given first.

    Every mark has a ring. Names are left out where they would touch that of a mark given earlier.
    """
    if not marks:
        return figure
    with style.house():
        axes = figure.axes[0]
        low, high = axes.get_xlim()
        places = [(float((mark.day - pd.Timestamp(0)).days) - low) / (high - low) for mark in marks]
        days = pd.DatetimeIndex([mark.day for mark in marks])
        axes.scatter(days, [mark.value for mark in marks], s=44, facecolors="none",
                     edgecolors=palette.WARNING, linewidths=1.5, zorder=4, clip_on=False)  # fmt: skip
        bottom, top = axes.get_ylim()
        axes.set_ylim(bottom, max(top, HEADROOM * max(mark.value for mark in marks)))
        top = axes.get_ylim()[1]
        ups = [(mark.value - bottom) / (top - bottom) + (OFF if mark.above else -OFF) for mark in marks]
        names = [_name(figure, mark, _side(place)) for mark, place in zip(marks, places, strict=True)]

        def fit(wide: bool) -> None:
            room, most = (ROOM_WIDE, MOST_WIDE) if wide else (ROOM_NARROW, MOST_NARROW)
            kept: list[tuple[float, float]] = []
            for place, up, name in zip(places, ups, names, strict=True):
                centre = place + {"left": room / 2, "right": -room / 2}.get(_side(place), 0.0)
                free = all(abs(centre - across) >= room or abs(up - at) >= ROOM_UP for across, at in kept)
                name.set_visible(free and len(kept) < most)
                if name.get_visible():
                    kept.append((centre, up))

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure


def _side(place: float) -> Literal["left", "center", "right"]:
    """Return how a name is set at a place along the axis, 0 to 1, so that it stays on the figure."""
    return "right" if place > 1 - EDGE else "left" if place < EDGE else "center"


def _name(figure: HouseFigure, mark: Mark, side: Literal["left", "center", "right"]) -> Annotation:
    name = figure.axes[0].annotate(
        style.legible(mark.label), (mark.day, mark.value), xytext=(0, 7 if mark.above else -7),
        textcoords="offset points", ha=side, va="bottom" if mark.above else "top", fontsize=9, color=palette.WARNING,
    )  # fmt: skip
    name.set_path_effects([withStroke(linewidth=2.5, foreground=palette.PAPER)])
    name.set_zorder(5)
    return name
