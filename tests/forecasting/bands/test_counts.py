"""Quantiles of counts and the shape that is chosen for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from shoplib.forecasting.bands import counts
from shoplib.forecasting.bands.past import Past
from shoplib.forecasting.panel import Panel

SHARES = [0.025, 0.1, 0.5, 0.9, 0.975]
LEVELS = (80, 95)


@settings(max_examples=60, deadline=None)
@given(some.floats(0.03, 19.0), some.floats(0.001, 6.0))
def test_quantiles_are_those_of_the_negative_binomial(mean: float, dispersion: float):
    variance = mean + dispersion * mean**2
    found = counts.negative_binomial(np.array([[mean]]), np.array([[variance]]), SHARES)
    wanted = stats.nbinom.ppf(SHARES, mean**2 / (variance - mean), mean / variance)
    assert np.abs(np.array(found).ravel() - wanted).max() <= (
        1 if np.isclose(stats.nbinom.cdf(wanted, mean**2 / (variance - mean), mean / variance), SHARES).any() else 0
    )


def test_large_means_are_close_to_the_negative_binomial():
    found = np.array(counts.negative_binomial(np.array([[45.0]]), np.array([[45 + 0.3 * 45**2]]), SHARES)).ravel()
    wanted = stats.nbinom.ppf(SHARES, 1 / 0.3, 45 / (45 + 0.3 * 45**2))
    assert np.abs(found - wanted).max() <= 1


def test_what_is_not_known_has_no_quantile_and_nothing_expected_has_nothing():
    found = counts.negative_binomial(np.array([[np.nan, 0.001]]), np.array([[np.nan, 0.001]]), SHARES)
    assert all(np.isnan(row[0, 0]) and row[0, 1] == 0 for row in found)


def _counts(dispersion: float, rows: int = 40, days: int = 400, seed: int = 3) -> Panel:
    rng = np.random.default_rng(seed)
    mean = rng.uniform(1, 5, (rows, 1))
    if dispersion:
        mean = mean * rng.gamma(1 / dispersion, dispersion, (rows, days))
    y = rng.poisson(mean, (rows, days)).astype(float)
    calendar = pd.date_range("2023-01-01", periods=days)
    return Panel(tuple(f"s{row:02d}" for row in range(rows)), calendar, days, y, np.zeros(y.shape, dtype=bool))


def test_the_dispersion_of_a_known_law_is_found():
    for planted in (0.0, 0.5, 1.0):
        past = Past(_counts(planted))
        found = counts.dispersion(past.ground(400), np.ones(40, dtype=bool))
        assert abs(float(found.mean()) - planted) < 0.1


def test_the_half_year_as_it_was_is_an_order_statistic():
    past = Past(_counts(0.5))
    everyone = np.ones(40, dtype=bool)
    mean = np.ones((40, 3))
    found = counts._quantiles(past, past.ground(400), mean, everyone, counts.Shape(np.nan, 1.0), [0.1, 0.9])
    wanted = np.quantile(past.panel.y[:, -182:], 0.9, axis=1, method="inverted_cdf")
    np.testing.assert_array_equal(found[1], np.repeat(wanted[:, None], 3, axis=1))


def test_bands_are_for_the_wanted_series_alone():
    past = Past(_counts(0.5))
    rows = np.arange(40) < 5
    found = counts.bands(past, past.ground(400), [], np.ones((40, 7)), rows, LEVELS)
    assert np.isnan(found[80][0][~rows]).all()
    assert (found[95][0][rows] <= found[80][0][rows]).all() and (found[80][1][rows] <= found[95][1][rows]).all()
