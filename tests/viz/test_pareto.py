"""A rising curve with labelled points."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.viz import style, ticks
from shoplib.viz.pareto import Mark, pareto
from shoplib.viz.style import HouseFigure


def drawn(first: float) -> HouseFigure:
    marks = [Mark(first, 0.8, "1,045 products make 80%"), Mark(0.9, 0.95, "2,000 products make 95%")]
    return pareto(
        [first, 0.9, 1.0], [0.8, 0.95, 1.0], marks, unit="Share", unit_across="Products", values=ticks.share_ticks()
    )


def test_the_curve_begins_at_nothing() -> None:
    line = drawn(0.2).axes[0].lines[0]
    assert (list(line.get_xdata()), list(line.get_ydata())) == ([0.0, 0.2, 0.9, 1.0], [0.0, 0.8, 0.95, 1.0])


@pytest.mark.parametrize("first", [0.01, 0.3, 0.5, 0.7])
@pytest.mark.parametrize("wide", [True, False])
def test_labels_stay_inside_and_apart(first: float, wide: bool) -> None:
    figure = drawn(first)
    with style.house():
        figure.fit(wide=wide)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in figure.axes[0].texts]
    assert len(boxes) == 2
    assert not boxes[0].overlaps(boxes[1])
    for box in boxes:
        assert box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height
