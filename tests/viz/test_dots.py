"""Dots with intervals: what is drawn is what was given, and nothing leaves the canvas."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex

from shoplib.viz import export, palette, style, ticks
from shoplib.viz.dots import dots
from shoplib.viz.style import HouseFigure

NAN = float("nan")
LONG = ["Salted caramel brownie with ice cream and double cream", "<b>東京</b>", "=1+1"]


def three(**more: object) -> HouseFigure:
    return dots(
        LONG, [5.0, 3.0, 1.0], [4.0, 2.0, NAN], [6.0, 4.0, NAN], ["£5 · rank 1", "£3", "£1"], unit="Takings",
        values=ticks.count_ticks(), **more,
    )  # fmt: skip


def test_dots_and_lines_stand_where_the_numbers_are() -> None:
    axes = three().axes[0]
    points = [c for c in axes.collections if isinstance(c, PathCollection)]
    assert [tuple(np.asarray(c.get_offsets())[0]) for c in points] == [(5.0, 0.0), (3.0, 1.0), (1.0, 2.0)]
    lines = [c for c in axes.collections if isinstance(c, LineCollection)]
    assert [c.get_segments()[0].tolist() for c in lines] == [[[4.0, 0.0], [6.0, 0.0]], [[2.0, 1.0], [4.0, 1.0]]]
    assert axes.get_xlim()[0] == 0.0


def test_a_dot_without_an_interval_is_hollow_and_an_unmarked_one_grey() -> None:
    axes = three(accent=[True, False, False]).axes[0]
    points = [c for c in axes.collections if isinstance(c, PathCollection)]
    faces = [to_hex(c.get_facecolor()[0]).upper() for c in points]
    assert faces == [palette.ACCENT.upper(), palette.DOT.upper(), palette.PAPER.upper()]


def test_a_reference_is_drawn_and_lies_inside() -> None:
    axes = three(reference=7.0).axes[0]
    assert axes.lines[0].get_xdata()[0] == 7.0
    low, high = axes.get_xlim()
    assert 0 < low < 1.0 < 7.0 < high


@pytest.mark.parametrize("wide", [True, False])
def test_nothing_leaves_the_canvas(wide: bool) -> None:
    figure = three(short_labels=["£5 · 1", "£3", "£1"])
    with style.house():
        figure.fit(wide=wide)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    texts = [text for text in (*figure.axes[0].texts, *figure.axes[0].get_yticklabels()) if text.get_text()]
    assert texts[0].get_text() == ("£5 · rank 1" if wide else "£5 · 1")
    for text in texts:
        box = text.get_window_extent(canvas.get_renderer())
        assert box.x0 >= -1
        assert box.x1 <= figure.bbox.width + 1


def test_no_rows_and_one_row_of_nothing() -> None:
    for rows in (0, 1):
        figure = dots(["a"] * rows, [0.0] * rows, [NAN] * rows, [NAN] * rows, ["0"] * rows, unit="x",
                      values=ticks.count_ticks())  # fmt: skip
        assert export.svg(figure, "empty").startswith(b"<?xml")


def test_equal_numbers_give_equal_bytes() -> None:
    assert export.svg(three(), "dots", wide=False) == export.svg(three(), "dots", wide=False)
