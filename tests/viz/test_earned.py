"""Bars in three parts."""

from __future__ import annotations

import pytest

from shoplib.viz.earned import earned

NAMES = ("Kept", "Gone", "Unknown")


def test_parts_follow_one_another_and_nothing_is_not_drawn() -> None:
    figure = earned(
        ["a", "b"], ([6.0, -1.0], [4.0, float("nan")], [0.0, 5.0]), ["60%", "unknown"], part_names=NAMES, unit="Sales"
    )
    bars = [(bar.get_x(), bar.get_width(), bool(bar.get_hatch())) for bar in figure.axes[0].patches]
    assert bars == [(0.0, 6.0, False), (6.0, 4.0, False), (0.0, 5.0, True)]
    assert [text.get_text() for text in figure.axes[0].texts] == ["60%", "unknown"]


@pytest.mark.parametrize("wide", [True, False])
def test_the_legend_names_only_what_is_there(wide: bool) -> None:
    figure = earned(["a"], ([6.0], [4.0], [0.0]), ["60%"], part_names=NAMES, unit="Sales")
    figure.fit(wide=wide)
    [legend] = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["Kept", "Gone"]


def test_no_bars_at_all() -> None:
    assert not earned([], ([], [], []), [], part_names=NAMES, unit="Sales").axes[0].patches
