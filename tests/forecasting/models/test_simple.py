"""The baselines beside naive twins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.forecasting.models.interface import Here
from shoplib.forecasting.models.simple import RollingMean, SeasonalNaive, WeekdayMean


def last_known(values, count):
    """Return the mean of the last ``count`` known values, one by one."""
    found = [value for value in reversed(values) if not np.isnan(value)][:count]
    return float(np.mean(found)) if found else np.nan


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 20), st.sampled_from(["2024-01-01", "2024-01-06"]))
def test_means_are_their_naive_twins(panel_of, seed, days, ahead, start):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 100, (3, days)).astype(float)
    y[rng.random((3, days)) < 0.4] = np.nan
    panel = panel_of(y, start=start, horizon=ahead)
    mean, week, naive = (model.forecast(panel, ahead, Here()).mean for model in
                         (RollingMean(9), WeekdayMean(4), SeasonalNaive()))  # fmt: skip
    for row, values in enumerate(y):
        np.testing.assert_allclose(mean[row], last_known(values, 9))
        for step, day in enumerate(panel.coming(ahead)):
            same = values[panel.days[:days].weekday == day.weekday()]
            unseen = last_known(values, 28)
            for made, weeks in ((week, 4), (naive, 1)):
                twin = last_known(same, weeks)
                np.testing.assert_allclose(made[row, step], unseen if np.isnan(twin) else twin)


def test_closed_days_are_skipped_not_counted_as_nothing(panel_of):
    closed = np.zeros((1, 35), dtype=bool)
    closed[0, 20] = True
    panel = panel_of([[10.0] * 28], closed, horizon=7)
    for model in (RollingMean(), WeekdayMean(), SeasonalNaive()):
        np.testing.assert_allclose(model.forecast(panel, 7, Here()).mean, 10)


@pytest.mark.parametrize("model", [RollingMean(), WeekdayMean(), SeasonalNaive()], ids=lambda model: model.name)
def test_ten_thousand_series_take_about_a_second(model, panel_of):
    rng = np.random.default_rng(0)
    panel = panel_of(rng.poisson(3, (10_000, 100)).astype(float))
    assert np.isfinite(model.forecast(panel, 28, Here()).mean).all()
