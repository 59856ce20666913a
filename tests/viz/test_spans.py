"""Stretches of the day: drawn from their start to their end, in hours of the clock."""

from __future__ import annotations

import pytest

from shoplib.viz.spans import Stretch, spans
from shoplib.viz.style import HouseFigure


def figure(frame: Stretch, outer: Stretch, inner: Stretch) -> HouseFigure:
    return spans(["Hill"], [frame], [outer], [inner], labels=("Stated", "Some", "Every"), unit="Hour")


@pytest.mark.parametrize("wide", [True, False])
def test_bands_and_strokes_reach_over_their_hours(wide: bool) -> None:
    made = figure((7.5, 26), (8, 26), (10, 24))
    made.fit(wide=wide)
    axes = made.axes[0]
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches] == [(7.5, 18.5)]
    ends = [line.get_segments()[0][:, 0].tolist() for line in axes.collections]  # type: ignore[attr-defined]  # lines
    assert ends == [[8, 26], [10, 24]]
    assert axes.get_xlim() == pytest.approx((6.7, 26.3))
    assert axes.xaxis.get_major_formatter()(25) == "1:00"
    assert [text.get_text() for text in made.legends[0].get_texts()] == ["Stated", "Some", "Every"]


def test_what_is_never_drawn_is_not_in_the_legend() -> None:
    made = figure(None, (8, 9), None)
    assert [text.get_text() for text in made.legends[0].get_texts()] == ["Some"]
    assert not figure(None, None, None).legends
