"""Panels over one axis: bars of their kind, dots with their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from shoplib.viz import palette, ticks
from shoplib.viz.panels import Panel, panels
from shoplib.viz.style import HouseFigure

LABELS = ("Busy", "Usual", "Idle", "Not judged")


def figure(kinds: list[int]) -> HouseFigure:
    count = ticks.count_ticks()
    return panels(
        ["8", "9", "10"],
        (
            Panel([1.0, 2.0, np.nan], "Sales", count),
            Panel([5.0, 6.0, 7.0], "Average", count, [4.0, np.nan, 6.0], [6.0, np.nan, 8.0]),
        ),
        kinds=kinds, kind_labels=LABELS, foot="Hour",
    )  # fmt: skip


def test_bars_and_dots_are_the_values() -> None:
    bars, dots = figure([0, 2, 1]).axes
    assert {(round(bar.get_x() + 0.37), bar.get_height()) for bar in bars.patches} == {(0, 1), (1, 2), (2, 0)}
    assert to_hex(bars.patches[0].get_facecolor()).upper() == palette.ACCENT
    sure, hollow = dots.collections[1:]
    np.testing.assert_array_equal(np.asarray(sure.get_offsets()), [[0, 5], [2, 7]])
    np.testing.assert_array_equal(np.asarray(hollow.get_offsets()), [[1, 6]])
    assert bars.get_ylim()[0] == dots.get_ylim()[0] == 0


@pytest.mark.parametrize(("kinds", "named"), [([0, 2, 1], ["Busy", "Usual", "Idle"]), ([3, 3, 3], [])])
def test_the_legend_names_the_kinds_that_are_there(kinds: list[int], named: list[str]) -> None:
    made = figure(kinds)
    assert [text.get_text() for legend in made.legends for text in legend.get_texts()] == named
