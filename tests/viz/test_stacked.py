"""Bars in parts: as long as their shares, labelled where there is room."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.viz.stacked import stacked
from shoplib.viz.style import HouseFigure

TABLE = pd.DataFrame({"Cash": [0.5, 0.1], "Credit card": [0.45, np.nan], "UPI": [0.05, 0.9]})


def figure() -> HouseFigure:
    return stacked(TABLE, names=["Hill", "Harbour"], unit="Share", show=lambda x: f"{x:.0%}")


def test_parts_follow_one_another() -> None:
    bars = [(bar.get_x(), bar.get_width()) for bar in figure().axes[0].patches]
    np.testing.assert_allclose(bars, [(0, 0.5), (0, 0.1), (0.5, 0.45), (0.1, 0), (0.95, 0.05), (0.1, 0.9)])


@pytest.mark.parametrize(("wide", "seen"), [(True, ["10%", "45%", "50%", "90%"]), (False, ["45%", "50%", "90%"])])
def test_labels_are_seen_where_there_is_room(wide: bool, seen: list[str]) -> None:
    made = figure()
    made.fit(wide=wide)
    assert sorted(text.get_text() for text in made.axes[0].texts if text.get_visible()) == seen
    assert len(made.legends) == 1


def test_more_parts_than_colours_are_refused() -> None:
    wide = pd.DataFrame({str(i): [0.1] for i in range(8)})
    with pytest.raises(ValueError, match=r"^a stacked bar has at most 7 parts, found 8$"):
        stacked(wide, names=["Hill"], unit="Share", show=str)
