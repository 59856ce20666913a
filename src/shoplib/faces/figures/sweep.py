"""The figure of how sure the number of people is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.faces import summary
from shoplib.viz import charts, palette, style, ticks
from shoplib.viz.export import Chart
from shoplib.viz.style import HouseFigure

NOBODY = "Nobody was told apart, so there is no number of people to doubt."


def sweep_chart(sweep: pd.DataFrame, between: tuple[int, int], cut: float, shop: Shop) -> Chart:
    """Return the number of people by how far apart two faces of one person may be, with the chosen cut and the band.

    ``sweep`` has columns max_distance and people; ``between`` is the range the number may lie in.
    """
    table = sweep.sort_values("max_distance", ignore_index=True)
    if table.empty or not table["people"].any():
        return Chart(charts.message(NOBODY), NOBODY, NOBODY, NOBODY, table)
    far, people = table["max_distance"].to_numpy(dtype="float64"), table["people"].to_numpy(dtype="int64")
    number = int(people[np.abs(far - cut).argmin()])
    title = summary.uncertain(number, between, cut)
    ends = f"{words.count(int(people[0]))} people at {far[0]:.2f} to {words.count(int(people[-1]))} at {far[-1]:.2f}"
    return Chart(
        _drawn(far, people.astype("float64"), between, cut),
        title,
        "People told apart, by how far apart two faces of one person may be. Left of the dashed line, which is the "
        "setting, faces are split too readily, right of it different people become one. The band is the range the "
        "number may lie in.",
        f"Falling line from {ends}; the setting is {cut:.2f} with {words.count(number)} people, the band "
        f"{words.count(between[0])} to {words.count(between[1])}.",
        table,
    )


def _drawn(far: np.ndarray, people: np.ndarray, between: tuple[int, int], cut: float) -> HouseFigure:
    with style.house():
        figure = HouseFigure(2.9, 3.2)
        axes = figure.add_subplot()
        low, high = between[0] - 0.15, between[1] + 0.15
        axes.axhspan(low, high, color=palette.ACCENT_PALE, linewidth=0, zorder=0)
        axes.plot(far, people, color=palette.ACCENT, marker="o", markersize=3.5, zorder=3)
        axes.axvline(cut, color=palette.WARNING, linewidth=1.3, linestyle=(0, (4, 3)), zorder=2)
        top = max(float(people.max()), high)
        axes.set_ylim(0, 1.1 * top)
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.yaxis.set_major_formatter(ticks.count_ticks())
        told = f"{between[0]} to {between[1]}" if between[0] != between[1] else str(between[0])
        axes.annotate(told, (far[-1], high), xytext=(0, 3), textcoords="offset points", ha="right", va="bottom",
                      fontsize=9, color=palette.ACCENT)  # fmt: skip
        axes.annotate(f"setting {cut:.2f}", (cut, 0), xytext=(4, 4), textcoords="offset points", ha="left",
                      va="bottom", fontsize=9, color=palette.WARNING)  # fmt: skip
        axes.set_xlabel("Faces so far apart are still one person", loc="left")
        axes.set_ylabel("People")

        def fit(wide: bool) -> None:
            axes.xaxis.set_major_locator(MaxNLocator(8 if wide else 5, steps=[1, 2, 5, 10]))

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure
