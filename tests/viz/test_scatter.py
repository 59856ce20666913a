"""Points in quarters: names never cover one another, a point or the words in the corners."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.viz import export, style, ticks
from shoplib.viz.scatter import quarters
from shoplib.viz.style import HouseFigure

CORNERS = ("Few, large", "Many, large", "Few, small", "Many, small")


def points(count: int, seed: int = 1, spread: float = 1.0, name: str = "The Place of Number {}") -> HouseFigure:
    rng = np.random.default_rng(seed)
    x, y = 50 + spread * rng.normal(size=count), 3_000 + 100 * spread * rng.normal(size=count)
    return quarters(
        [name.format(number) for number in range(count)], x.tolist(), y.tolist(), across_unit="Sales a day",
        up_unit="Average sale", across_values=ticks.count_ticks(), up_values=ticks.money_ticks("GBP"),
        middle=(float(np.median(x)), float(np.median(y))), corners=CORNERS,
    )  # fmt: skip


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("count", [4, 25])
def test_names_cover_nothing(count: int, wide: bool) -> None:
    figure = points(count)
    with style.house():
        figure.fit(wide=wide)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    renderer, axes = canvas.get_renderer(), figure.axes[0]
    shown = [text for text in axes.texts if text.get_text()]
    boxes = [text.get_window_extent(renderer) for text in shown]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    at = axes.transData.transform(np.asarray(axes.collections[0].get_offsets()))
    assert not any(box.contains(x, y) for box in boxes for x, y in at)
    inside = axes.get_window_extent(renderer).padded(2)
    assert all(inside.containsx(box.x0) and inside.containsx(box.x1) for box in boxes)
    names = len(shown) - len(CORNERS)
    assert names == 4 if count == 4 else names >= 8


def test_the_first_names_are_written_where_there_is_no_room_for_all() -> None:
    figure = points(40, spread=0.0)
    written = [text.get_text() for text in figure.axes[0].texts[len(CORNERS) :] if text.get_text()]
    assert written[0] == "The Place of Number 0"
    assert len(written) < 40


def test_no_quarter_is_too_narrow_and_points_are_where_they_were_given() -> None:
    figure = quarters(
        ["a", "b"], [1.0, 9.0], [10.0, 20.0], across_unit="x", up_unit="y", across_values=ticks.count_ticks(),
        up_values=ticks.count_ticks(), middle=(4.0, 15.0), corners=CORNERS,
    )  # fmt: skip
    axes = figure.axes[0]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert left < 1.0 < 9.0 < right
    assert (4.0 - left) / (right - 4.0) == pytest.approx(3.0 / 5.0)
    assert np.mean([bottom, top]) == pytest.approx(15.0)
    assert np.asarray(axes.collections[0].get_offsets()).tolist() == [[1.0, 10.0], [9.0, 20.0]]


def test_corners_break_at_their_comma_on_a_narrow_page() -> None:
    figure = points(4)
    assert figure.axes[0].texts[0].get_text() == "Few, large"
    with style.house():
        figure.fit(wide=False)
    assert figure.axes[0].texts[0].get_text() == "Few,\nlarge"


def test_equal_points_give_equal_bytes() -> None:
    one, two = (export.svg(points(9), "quarters", wide=False) for _ in range(2))
    assert one == two
    figure = points(9)
    first = export.svg(figure, "quarters")
    export.svg(figure, "quarters", wide=False)
    assert export.svg(figure, "quarters") == first
