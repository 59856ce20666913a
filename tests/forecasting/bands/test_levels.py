"""Bands of sums and their parts: each level from its own errors, in the order of the series."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting import trials
from shoplib.forecasting.bands import levels, making
from shoplib.forecasting.models.simple import WeekdayMean
from shoplib.forecasting.panel import Panel

LEVEL = pd.Series(["part", "total", "part", "part"])


@pytest.fixture
def panel() -> Panel:
    """Return three parts whose noise is mostly their own, and between them their total."""
    rng = np.random.default_rng(4)
    days = pd.date_range("2025-01-01", periods=280)
    shared = rng.normal(1, 0.05, 280)
    parts = 200 * shared * rng.normal(1, 0.4, (3, 280)).clip(0.05)
    grid = np.vstack([parts[0], parts.sum(axis=0), parts[1:]])
    return Panel(("a", "all", "b", "c"), days, 280, grid, np.zeros((4, 280), dtype=bool))


def test_each_level_has_the_bands_it_would_have_alone(panel):
    tried = trials.run(panel, [WeekdayMean()], 28, 3)
    found = levels.bands(tried, "weekday_mean", panel, LEVEL)
    alone = panel.only([1])
    single = making.bands(trials.run(alone, [WeekdayMean()], 28, 3), "weekday_mean", alone)
    for window in range(3):
        for level in (80, 95):
            for side in (0, 1):
                here = found[window].bounds[level][side]
                assert here.shape == (4, 28)
                assert np.array_equal(here[1], single[window].bounds[level][side][0], equal_nan=True)


def test_one_level_gives_what_all_series_together_give(panel):
    tried = trials.run(panel, [WeekdayMean()], 28, 3)
    same = levels.bands(tried, "weekday_mean", panel, pd.Series(["one"] * 4))
    for here, there in zip(same, making.bands(tried, "weekday_mean", panel), strict=True):
        assert np.array_equal(here.bounds[80][1], there.bounds[80][1], equal_nan=True)
        assert list(here.kind) == list(there.kind)
        assert np.array_equal(here.coverage[95], there.coverage[95], equal_nan=True)


def test_the_coming_days_have_bands_of_their_level(panel):
    tried = trials.run(panel, [WeekdayMean()], 28, 3)
    ahead = panel.until(panel.history, 28)
    said = WeekdayMean().forecast(ahead, 28, None).on(ahead)
    made = levels.ahead(tried, "weekday_mean", panel, said, LEVEL)
    low, high = made.bounds[80]
    wide = ((high - low) / said.mean).mean(axis=1)
    assert wide[1] < wide[[0, 2, 3]].min()
