"""Quantiles and tails are those of scipy.stats."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from shoplib.sales import chances

CHANCES = (0.001, 0.01, 0.5, 0.95, 0.975, 0.99999)
FREEDOM = np.array([-1.0, 0.0, 1.0, 2.0, 3.0, 9.0, 40.0, 300.0, 1e5])
VALUES = np.array([-np.inf, -4.0, -1e-9, 0.0, 0.3, 2.5, 40.0, np.inf, np.nan])
CLOSE = {"rtol": 1e-12, "atol": 1e-12, "equal_nan": True}


@pytest.mark.parametrize("chance", CHANCES)
def test_quantiles(chance: float) -> None:
    assert chances.normal_quantile(chance) == pytest.approx(stats.norm.ppf(chance), rel=1e-12, abs=1e-12)
    assert np.allclose(chances.student_quantile(chance, FREEDOM), stats.t.ppf(chance, FREEDOM), **CLOSE)
    above = FREEDOM[FREEDOM > 0]
    assert np.allclose(chances.chi_square_quantile(chance, above), stats.chi2.ppf(chance, above), **CLOSE)


def test_tails() -> None:
    value, freedom = (grid.ravel() for grid in np.meshgrid(VALUES, FREEDOM))
    assert np.allclose(chances.student_beyond(value, freedom), stats.t.sf(value, freedom), **CLOSE)
    for total in (0.0, 0.5, 3.0, 80.0):
        for degrees in (1, 4, 60):
            found = chances.chi_square_beyond(total, degrees)
            assert found == pytest.approx(stats.chi2.sf(total, degrees), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("chance", [0.001, 0.05, 0.5])
def test_counts_beyond_chance(chance: float) -> None:
    means = np.array([0.0, 1e-6, 0.0010005, 0.02, 0.5, 1.0, 3.3, 40.0, 2_000.0])
    assert chances.poisson_at_most(chance, means).tolist() == stats.poisson.isf(chance, means).tolist()


@pytest.mark.parametrize("count", [2, 3, 6, 12, 53])
def test_slopes_by_ranks(count: int) -> None:
    rng = np.random.default_rng(count)
    at = np.sort(rng.choice(200, count, replace=False)).astype("float64")
    for values in (rng.normal(size=count), rng.integers(0, 4, count).astype("float64"), np.full(count, 7.0)):
        slope, _, low, high = stats.theilslopes(values, at, alpha=0.95)
        assert chances.theil_sen(values, at) == pytest.approx((slope, low, high), rel=1e-12, abs=1e-12)
