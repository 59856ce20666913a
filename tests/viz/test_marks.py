"""Marked days: a ring each, names that stay on the figure and never touch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.viz import charts, style, ticks
from shoplib.viz.marks import Mark, mark_days
from shoplib.viz.style import HouseFigure

DAYS = pd.date_range("2024-10-03", periods=90)


@pytest.fixture
def figure() -> HouseFigure:
    values = pd.Series(1_000.0, index=DAYS)
    return charts.days(
        values, values, unit="Takings a day", values=ticks.money_ticks("GBP"), dates=ticks.DateLabels(),
        dots_label="Day", line_label="Mean",
    )  # fmt: skip


def some(places: list[int], value: float = 1_500.0, *, above: bool = True) -> list[Mark]:
    return [Mark(DAYS[at], value, f"{DAYS[at]:%d %b} +50%", above) for at in places]


def shown(figure: HouseFigure, *, wide: bool) -> list[str]:
    figure.fit(wide=wide)
    return [text.get_text() for text in figure.axes[0].texts if text.get_visible()]


def test_every_mark_has_its_ring(figure: HouseFigure) -> None:
    mark_days(figure, some([5, 6, 7, 80]))
    rings = np.asarray(figure.axes[0].collections[-1].get_offsets())
    assert len(rings) == 4 and set(rings[:, 1]) == {1_500.0}


def test_neighbours_are_named_by_the_first_alone_unless_they_lie_apart(figure: HouseFigure) -> None:
    mark_days(figure, [*some([40, 41, 80]), *some([42], 200.0, above=False)])
    assert shown(figure, wide=True) == ["12 Nov +50%", "22 Dec +50%", "14 Nov +50%"]


def test_a_phone_names_fewer(figure: HouseFigure) -> None:
    mark_days(figure, some([2, 22, 37, 52, 67, 88]))
    assert len(shown(figure, wide=True)) == 6
    assert len(shown(figure, wide=False)) == 2


@pytest.mark.parametrize("wide", [True, False])
def test_names_stay_on_the_figure_and_never_touch(figure: HouseFigure, wide: bool) -> None:
    rng = np.random.default_rng(4)
    mark_days(figure, [mark for at in rng.permutation(90)[:30] for mark in some([int(at)], rng.uniform(0, 3_000))])
    with style.house():
        figure.fit(wide=wide)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in figure.axes[0].texts if text.get_visible()]
    assert boxes
    for box in boxes:
        assert box.x0 >= -1 and box.x1 <= figure.bbox.width + 1 and box.y1 <= figure.bbox.height + 1
    assert not any(one.overlaps(two) for i, one in enumerate(boxes) for two in boxes[:i])


def test_no_marks_leave_the_figure_as_it_was(figure: HouseFigure) -> None:
    before = len(figure.axes[0].collections)
    assert mark_days(figure, []) is figure
    assert len(figure.axes[0].collections) == before and not figure.axes[0].texts
