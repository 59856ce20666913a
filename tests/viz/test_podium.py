"""The podium: steps of the height of their rank, in the order of a podium."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.viz import export, style
from shoplib.viz.podium import STEPS, podium

NAMES = ["Harbour Bar", "The Old Lighthouse at the End of the Pier", "Hill Restaurant", "<Mill>"]


@pytest.mark.parametrize(
    ("steps", "heights"),
    [
        ([0, 1, 2], [1, 0, 2]),
        ([0, 0, 1], [0, 0, 1]),
        ([0, 1, 1], [1, 0, 1]),
        ([0, 1, 2, 2], [1, 0, 2, 2]),
        ([0, 1], [0, 1]),
        ([0], [0]),
    ],
)
def test_heights_tell_the_steps(steps: list[int], heights: list[int]) -> None:
    figure = podium(NAMES[: len(steps)], steps, ["1"] * len(steps), ["£9"] * len(steps))
    assert [bar.get_height() for bar in figure.axes[0].patches] == [STEPS[step] for step in heights]


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_names_stay_apart_and_inside(count: int, wide: bool) -> None:
    figure = podium(NAMES[:count], [0, 1, 1, 1][:count], ["1", "2=", "2=", "2="][:count], ["£699,998"] * count)
    with style.house():
        figure.fit(wide=wide)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in figure.axes[0].texts]
    for number, box in enumerate(boxes):
        assert box.x0 >= -1
        assert box.x1 <= figure.bbox.width + 1
        assert box.y1 <= figure.bbox.height + 1
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def test_equal_podiums_give_equal_bytes() -> None:
    one, two = (podium(NAMES[:3], [0, 1, 2], ["1", "2", "3"], ["£9"] * 3) for _ in range(2))
    assert export.svg(one, "podium") == export.svg(two, "podium")
