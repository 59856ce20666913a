"""Bars to both sides of zero: as long as their numbers, under the headings of their groups."""

from __future__ import annotations

import math

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

from shoplib.viz import export, palette, style
from shoplib.viz.diverging import diverging
from shoplib.viz.style import HouseFigure

GROUPS = ["How", "How", "Where", "Where"]
NAMES = ["Days open", "Average sale", "The Old Lighthouse at the End of the Pier", "Others"]
LABELS = ["−£11,962", "+£50,055", "+£38,000", "£93"]


def drawn(**changes: object) -> HouseFigure:
    amounts = changes.pop("amounts", [-11_962.0, 50_055.0, 38_000.0, 93.0])
    return diverging(GROUPS, NAMES, amounts, LABELS, unit="Change in takings", **changes)


def test_bars_are_as_long_as_their_numbers_and_headings_have_rows_of_their_own() -> None:
    axes = drawn().axes[0]
    assert [bar.get_width() for bar in axes.patches] == [-11_962.0, 50_055.0, 38_000.0, 93.0]
    assert [bar.get_y() + bar.get_height() / 2 for bar in axes.patches] == pytest.approx([1, 2, 4, 5])
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "How", "Days open", "Average sale", "Where", "The Old Lighthouse at the End\nof the Pier", "Others",
    ]  # fmt: skip
    assert [text.get_text() for text in axes.texts] == LABELS
    assert axes.get_xlabel() == "Change in takings"


def test_the_colour_is_that_of_the_side() -> None:
    colours = [to_hex(bar.get_facecolor()).upper() for bar in drawn(muted=["Others"]).axes[0].patches]
    assert colours == [palette.WARNING, palette.ACCENT, palette.ACCENT, palette.MUTED]


@pytest.mark.parametrize("wide", [True, False])
def test_labels_stay_on_the_page_and_off_one_another(wide: bool) -> None:
    figure = drawn()
    with style.house():
        figure.fit(wide=wide)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in (*figure.axes[0].texts,)]
    names = [label.get_window_extent(canvas.get_renderer()) for label in figure.axes[0].get_yticklabels()]
    assert all(box.x1 <= figure.bbox.width + 1 for box in boxes)
    assert all(box.x0 >= -1 for box in names)
    assert not any(one.overlaps(two) for at, one in enumerate(names) for two in names[:at])
    assert not any(box.overlaps(name) for box in boxes for name in names)


@pytest.mark.parametrize("amounts", [[0.0] * 4, [-5.0, -1.0, -2.0, -3.0], [math.nan, 1.0, math.nan, -1.0]])
def test_odd_numbers_are_drawn(amounts: list[float]) -> None:
    figure = drawn(amounts=amounts)
    assert [bar.get_width() for bar in figure.axes[0].patches] == [0.0 if math.isnan(one) else one for one in amounts]
    low, high = figure.axes[0].get_xlim()
    assert low < high
    assert export.svg(figure, "x", wide=False)


def test_no_rows_and_no_groups_are_drawn() -> None:
    assert export.svg(diverging([], [], [], [], unit="x"), "x")
    bare = diverging(["", ""], ["a", "b"], [1.0, 2.0], ["1", "2"], unit="x")
    assert [label.get_text() for label in bare.axes[0].get_yticklabels()] == ["a", "b"]


def test_equal_numbers_give_equal_bytes() -> None:
    assert export.svg(drawn(), "x", wide=False) == export.svg(drawn(), "x", wide=False)
