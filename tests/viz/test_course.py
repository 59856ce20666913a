"""A value from step to step: what is drawn is what was given, and small moves look small."""

from __future__ import annotations

import numpy as np
import pytest

from shoplib.viz import ticks
from shoplib.viz.course import course
from shoplib.viz.style import HouseFigure


def figure(values: list[float]) -> HouseFigure:
    middle = np.array(values)
    return course(
        [str(i) for i in range(len(values))], values, (middle - 0.01).tolist(), (middle + 0.01).tolist(), values,
        unit="Share", ticks=ticks.share_ticks(), label="Sales", beside_label="Takings",
        partial=[i == 0 for i in range(len(values))],
    )  # fmt: skip


def test_lines_and_dots_are_the_values_and_partial_ones_hollow() -> None:
    axes = figure([0.5, 0.6, np.nan, 0.55]).axes[0]
    np.testing.assert_array_equal(np.asarray(axes.lines[0].get_ydata(), dtype=float), [0.5, 0.6, np.nan, 0.55])
    full, hollow = axes.collections[1], axes.collections[2]
    assert len(full.get_offsets()) == 3
    assert len(hollow.get_offsets()) == 1


@pytest.mark.parametrize("values", [[0.5, 0.51], [0.99, 1.0], [0.0, 0.01], [0.1, 0.9]])
def test_the_axis_spans_twenty_points_or_stops_at_its_ends(values: list[float]) -> None:
    low, high = figure(values).axes[0].get_ylim()
    assert low >= 0
    assert high <= 1.1
    assert low <= min(values)
    assert high >= max(values)
    assert high - low > 0.1


def test_nothing_known_is_borne() -> None:
    assert figure([np.nan]).axes[0].get_ylim() == (0, 1)
