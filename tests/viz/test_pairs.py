"""Pairs of dots: drawn where given, labelled on their outer sides, inside the canvas."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.viz import style
from shoplib.viz.pairs import pairs
from shoplib.viz.style import HouseFigure

NAMES = ["Credit card", "Salted caramel brownie with ice cream and double cream", "हिन्दी चाय"]
ONE, TWO = [0.6, 0.3, np.nan], [0.5, 0.7, 0.01]


def figure() -> HouseFigure:
    return pairs(NAMES, ONE, TWO, first_label="Sales", second_label="Takings", unit="Share", show=lambda x: f"{x:.0%}")


def test_dots_stand_where_their_values_are() -> None:
    axes = figure().axes[0]
    first, second = (np.asarray(part.get_offsets().filled(np.nan))[:, 0] for part in axes.collections[1:])  # type: ignore[attr-defined]  # masked
    np.testing.assert_array_equal(first, ONE)
    np.testing.assert_array_equal(second, TWO)
    labels = {(text.get_text(), text.get_ha()) for text in axes.texts}
    assert labels == {("60%", "left"), ("50%", "right"), ("30%", "right"), ("70%", "left"), ("1%", "left")}


@pytest.mark.parametrize("wide", [True, False])
def test_labels_stay_on_the_canvas(wide: bool) -> None:
    made = figure()
    with style.house():
        made.fit(wide=wide)
        canvas = FigureCanvasAgg(made)
        canvas.draw()
    for text in made.axes[0].texts:
        box = text.get_window_extent(canvas.get_renderer())
        assert box.x0 >= 0
        assert box.x1 <= made.bbox.width + 1


def test_no_rows_are_borne() -> None:
    assert not pairs([], [], [], first_label="a", second_label="b", unit="Share", show=str).axes[0].texts
