"""Small charts in one figure: beside one another on a desk page, one below the other on a phone."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.viz import export, style, ticks
from shoplib.viz.glance import Bars, Columns, glance
from shoplib.viz.style import HouseFigure

PLACES = Bars(
    "Takings by place", ["The Glasshouse Grill", "Bar"], [700.0, 300.0], ["£700k · 70%", "£300k · 30%"], [False, True]
)
GROUPS = Bars("Line sales by category", ["Wine", "Beer", "<b>"], [5.0, 4.0, 0.0], ["5", "4", "0"], [False] * 3)
CLOCK = range(24)
HOURS = Columns("Takings by hour", [str(hour) for hour in CLOCK], [float(hour) for hour in CLOCK], ticks.count_ticks())


def laid(figure: HouseFigure, *, wide: bool) -> FigureCanvasAgg:
    with style.house():
        figure.fit(wide=wide)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    return canvas


def test_parts_draw_their_numbers() -> None:
    first, second, foot = glance([PLACES, GROUPS], HOURS).axes
    assert [bar.get_width() for bar in first.patches] == [700.0, 300.0]
    assert [bar.get_width() for bar in second.patches] == [5.0, 4.0, 0.0]
    assert [bar.get_height() for bar in foot.patches] == HOURS.amounts
    assert [axes.get_title(loc="left") for axes in (first, second, foot)] == [
        "Takings by place", "Line sales by category", "Takings by hour",
    ]  # fmt: skip
    assert [label.get_text() for label in first.get_yticklabels()] == ["The Glasshouse\nGrill", "Bar"]


def test_parts_stand_side_by_side_or_one_below_the_other() -> None:
    figure = glance([PLACES, GROUPS], HOURS)
    laid(figure, wide=True)
    first, second, foot = (axes.get_position() for axes in figure.axes)
    assert first.x1 < second.x0
    assert foot.y1 < first.y0
    laid(figure, wide=False)
    first, second, foot = (axes.get_position() for axes in figure.axes)
    assert second.y1 < first.y0
    assert foot.y1 < second.y0
    laid(figure, wide=True)
    assert figure.axes[0].get_position().x1 < figure.axes[1].get_position().x0


@pytest.mark.parametrize("wide", [True, False])
def test_nothing_is_cut_off_or_covered(wide: bool) -> None:
    figure = glance([PLACES, GROUPS], HOURS)
    canvas = laid(figure, wide=wide)
    boxes = [
        text.get_window_extent(canvas.get_renderer())
        for axes in figure.axes
        for text in (*axes.texts, *axes.get_yticklabels(), *axes.get_xticklabels(), axes.title)
        if text.get_text()
    ]
    assert all(box.x0 >= -1 and box.x1 <= figure.bbox.width + 1 for box in boxes)
    assert all(box.y0 >= -1 and box.y1 <= figure.bbox.height + 1 for box in boxes)
    assert not any(one.overlaps(two) for at, one in enumerate(boxes) for two in boxes[:at])


def test_hours_are_thinned_on_a_phone() -> None:
    figure = glance([], HOURS)
    marks = []
    for wide in (True, False):
        laid(figure, wide=wide)
        marks.append([label.get_text() for label in figure.axes[0].get_xticklabels()])
    assert marks == [[str(hour) for hour in range(24)], [str(hour) for hour in range(0, 24, 3)]]


@pytest.mark.parametrize(
    ("tops", "below"),
    [
        ([PLACES], None),
        ([PLACES], HOURS),
        ([], Columns("One", ["12"], [0.0], ticks.count_ticks())),
        ([GROUPS, PLACES], None),
    ],
)
def test_any_of_the_parts_may_be_missing(tops: list[Bars], below: Columns | None) -> None:
    figure = glance(tops, below)
    assert len(figure.axes) == len(tops) + bool(below)
    for wide in (True, False):
        assert export.svg(figure, "x", wide=wide)


def test_equal_numbers_give_equal_bytes() -> None:
    one, two = (export.svg(glance([PLACES, GROUPS], HOURS), "x", wide=False) for _ in range(2))
    assert one == two
