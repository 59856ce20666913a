"""Errors pooled, their quantiles, and what a series' own variation is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from shoplib.forecasting.bands import cheap, pooled
from shoplib.forecasting.bands.past import CONTINUOUS, COUNT, SPARSE, Lesson, Past
from shoplib.forecasting.panel import Panel


def as_panel(y: np.ndarray) -> Panel:
    days = pd.date_range("2023-01-01", periods=y.shape[1])
    return Panel(tuple(f"s{row}" for row in range(len(y))), days, y.shape[1], y, np.zeros(y.shape, dtype=bool))


def steady(rows: int = 8, days: int = 300, noise: float = 10.0, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    week = 100 + 20 * np.sin(np.arange(days) * 2 * np.pi / 7)
    return np.maximum(week + rng.normal(0, noise, (rows, days)), 0.0)


@given(some.lists(some.floats(-5, 5), min_size=1, max_size=60), some.sampled_from([0.025, 0.1, 0.9, 0.975]))
def test_a_weighted_quantile_of_equal_weights_is_the_conformal_order_statistic(values: list[float], share: float):
    ordered, count = np.sort(np.array(values)), len(values)
    outer = max(share, 1 - share)
    place = min(int(np.ceil(outer * (count + 1) - 1e-9)), count)
    wanted = ordered[place - 1] if share > 0.5 else ordered[count - place]
    assert pooled.weighted_quantile(ordered, np.ones(count), share) == wanted


def test_a_heavy_error_counts_as_often_as_it_weighs():
    ordered = np.array([1.0, 2.0, 3.0])
    assert pooled.weighted_quantile(ordered, np.array([1.0, 1.0, 98.0]), 0.5) == 3.0
    assert pooled.weighted_quantile(ordered, np.array([98.0, 1.0, 1.0]), 0.4) == 1.0


def test_series_are_grouped_by_what_they_sell():
    rng = np.random.default_rng(0)
    amounts = rng.uniform(50, 90, 300)
    low = rng.poisson(2.0, 300).astype(float)
    spiky = np.where(rng.random(300) < 0.4, 0.0, rng.integers(20, 90, 300))
    money = np.where(rng.random(300) < 0.4, 0.0, rng.uniform(0.1, 3, 300))
    ground = Past(as_panel(np.stack([amounts, low, spiky, money]))).ground(300)
    assert ground.group.tolist() == [CONTINUOUS, COUNT, SPARSE, SPARSE]
    assert ground.whole.tolist() == [False, True, True, False]


def test_the_scale_is_the_error_of_a_mean_of_four_same_weekdays():
    y = steady(noise=10.0)
    ground = Past(as_panel(y)).ground(300)
    wanted = 10 * np.sqrt(1.25) * np.sqrt(2 / np.pi)
    assert np.abs(ground.scale / wanted - 1).max() < 0.25
    assert Past(as_panel(np.full((1, 60), 7.0))).ground(60).scale.tolist() == [0.0]


def test_the_cheap_forecast_skips_days_not_known():
    y = np.tile(np.arange(1.0, 8.0), (1, 8))
    y[0, -7] = np.nan
    np.testing.assert_allclose(cheap.usual(y, 56, 9), [[*range(1, 8), 1, 2]])
    never = cheap.usual(np.full((1, 56), np.nan), 56, 7)
    assert np.isnan(never).all()


def test_nothing_after_an_origin_is_seen():
    y = steady()
    late = y.copy()
    late[:, 200:] *= 9
    first, second = (Past(as_panel(grid)) for grid in (y, late))
    np.testing.assert_array_equal(first.ground(200).scale, second.ground(200).scale)
    for one, other in zip(first.standins(200, 28), second.standins(200, 28), strict=True):
        np.testing.assert_array_equal(one.actual, other.actual)
        np.testing.assert_array_equal(one.mean, other.mean)


def test_days_at_the_edge_of_the_history_are_cut_from_a_lesson():
    looking = Past(as_panel(steady()))
    lesson = looking.standin(190, 28, 200)
    assert (~np.isnan(lesson.actual)).sum(axis=1).tolist() == [10] * 8


@pytest.mark.parametrize("better", [1.0, 0.5])
def test_bands_are_as_narrow_as_the_model_is_good(better: float):
    y = steady(rows=30, noise=10.0)
    looking = Past(as_panel(y))
    truth = 100 + 20 * np.sin(np.arange(300) * 2 * np.pi / 7)
    own = []
    for end in (216, 244):
        mean = truth[None, end : end + 28] + (1 - better) * (y[:, end : end + 28] - truth[None, end : end + 28])
        own.append(Lesson(looking.ground(end), mean, y[:, end : end + 28]))
    low, high = pooled.bands(looking, looking.ground(272), own, np.tile(truth[272:], (30, 1)), (80,))[80]
    assert float((high - low).mean()) == pytest.approx(2 * 1.2816 * 10 * better * pooled.UNEVEN, rel=0.08)


def test_too_few_errors_give_no_band_and_a_newcomer_borrows_the_variation_of_the_others():
    looking = Past(as_panel(np.array([[3.0]])))
    low, _ = pooled.bands(looking, looking.ground(1), [], np.array([[3.0] * 7]), (80,))[80]
    assert np.isnan(low).all()
    y = steady()
    y[0] = np.nan
    looking = Past(as_panel(y))
    low, high = pooled.bands(looking, looking.ground(300), [], np.full((8, 7), 50.0), (80,))[80]
    others = (high - low)[1:].mean()
    assert 0.3 * others < (high - low)[0].mean() < 0.7 * others
