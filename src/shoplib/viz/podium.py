"""A podium: as many steps as there are ranks, shared ones at one height."""

from __future__ import annotations

from collections.abc import Sequence

from shoplib.viz import palette, style, ticks
from shoplib.viz.style import HouseFigure

STEPS = (1.0, 0.72, 0.5)
"""Heights of the first three steps."""
SHADES = (palette.ACCENT, palette.HEAT[3], palette.HEAT[2])
WIDE_NAME, NARROW_NAME = 22, 12
WIDTH = 0.94


def podium(names: Sequence[str], steps: Sequence[int], ranks: Sequence[str], labels: Sequence[str]) -> HouseFigure:
    """Return columns on steps 0 (first), 1 and 2, in the order given, best first; height tells the step alone.

    If one alone is first and two or more follow, the second stands to its left, as on a podium. ``ranks`` stand on the
    columns, ``names`` and ``labels`` above them.
    """
    order = list(range(len(names)))
    if len(order) > 2 and steps[0] != steps[1]:
        order[:2] = [1, 0]
    with style.house():
        figure = HouseFigure(2.9, 2.9)
        axes = figure.add_subplot()
        texts = []
        for place, index in enumerate(order):
            colour = SHADES[steps[index]]
            axes.bar(place, STEPS[steps[index]], width=WIDTH, color=colour)
            axes.text(place, STEPS[steps[index]] - 0.06, style.legible(ranks[index]), ha="center", va="top",
                      fontsize=16, color=palette.ink_on(colour))  # fmt: skip
            texts.append(axes.annotate("", (place, STEPS[steps[index]]), xytext=(0, 5), textcoords="offset points",
                                       ha="center", va="bottom", fontsize=9.5, linespacing=1.25))  # fmt: skip
        air = max(0.0, 3 - len(order)) / 2
        axes.set(xlim=(-0.5 - air, len(order) - 0.5 + air), ylim=(0, 1.5), xticks=[], yticks=[])
        axes.grid(visible=False)

        def fit(wide: bool) -> None:
            letters = (WIDE_NAME if wide else NARROW_NAME) * 3 // max(len(order), 3)
            for text, index in zip(texts, order, strict=True):
                name = ticks.elided(style.legible(names[index]), letters, lines=2 if wide else 3)
                text.set_text(f"{name}\n{style.legible(labels[index])}")

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure
