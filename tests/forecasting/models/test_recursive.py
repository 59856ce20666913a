"""Trees by mlforecast, each day fed back in: finite, deterministic, blind to the future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting.models.boosted import recursive
from shoplib.forecasting.models.boosted.recursive import LEAST_DAYS, Recursive
from shoplib.forecasting.models.interface import Here
from shoplib.forecasting.panel import Panel


def shops(days: int = 200, horizon: int = 14, seed: int = 3) -> Panel:
    """Return four shops with a week, Sundays shut in one, and offers known ahead that double sales."""
    rng = np.random.default_rng(seed)
    span = pd.date_range("2023-01-02", periods=days + horizon)
    offer = (rng.random((4, -(-len(span) // 7))) < 0.3).repeat(7, axis=1)[:, : len(span)].astype(float)
    closed = np.zeros((4, len(span)), dtype=bool)
    closed[1] = span.weekday == 6
    mean = np.array([[20], [40], [60], [80]]) * (1 + 0.3 * (span.weekday == 5)) * (1 + offer)
    y = np.where(closed, np.nan, rng.poisson(mean))[:, :days]
    return Panel(("a", "b", "c", "d"), span, days, y, closed, {"offer": offer}, country="GB")


def asked(panel: Panel, horizon: int = 14) -> np.ndarray:
    """Return what the model says under the rules of every forecast."""
    return Recursive().forecast(panel, horizon, Here()).on(panel).mean


@pytest.fixture
def quick(monkeypatch):
    """Few trees, for what does not depend on their number."""
    monkeypatch.setattr(recursive, "ROUNDS", 12)


def test_offers_known_ahead_are_learnt():
    panel = shops()
    offered, plain = (replace(panel, known={"offer": np.where(np.arange(214) < 200, panel.known["offer"], value)})
                      for value in (1.0, 0.0))  # fmt: skip
    assert np.median(asked(offered)[0] / asked(plain)[0]) > 1.4


def test_the_same_panel_gives_the_same_bytes_whatever_came_later(quick):
    whole = shops(days=214)
    noise = np.random.default_rng(1).uniform(0, 1e6, whole.y.shape)
    other = replace(whole, y=np.where(np.arange(214) >= 200, noise, whole.y))
    assert asked(whole.until(200, 14)).tobytes() == asked(other.until(200, 14)).tobytes()


def test_rows_are_those_of_their_series(quick):
    panel = shops()
    mean = asked(replace(panel, y=panel.y * np.array([[100.0], [1.0], [1.0], [0.01]])))
    assert (mean[0] > 500).all()
    assert (mean[3] < 5).all()
    assert (mean[1][panel.closed[1, 200:]] == 0).all()


def test_series_that_are_short_or_never_sold_are_left_out(quick):
    y = shops().y
    y[0] = 0
    y[1, : 200 - LEAST_DAYS + 1] = np.nan
    y[2, : 200 - LEAST_DAYS] = np.nan
    mean = asked(replace(shops(), y=y))
    assert np.isnan(mean).all(axis=1).tolist() == [True, True, False, False]
    assert np.isfinite(mean[2:]).all()
    assert np.isnan(asked(shops(days=50))).all()


@pytest.mark.parametrize("horizon", [1, 28, 150])
def test_any_horizon_is_answered(quick, horizon):
    mean = asked(shops(days=140, horizon=horizon), horizon)
    assert mean.shape == (4, horizon)
    assert np.isfinite(mean).all()


def test_columns_with_gaps_or_with_names_of_its_own_are_no_hindrance(quick):
    panel = shops()
    gaps = np.where(np.random.default_rng(0).random(panel.closed.shape) < 0.3, np.nan, panel.known["offer"])
    known = dict.fromkeys(("y", "ds", "unique_id", "closed", "holiday", "lag7", "dayofweek", "odd, [name]"), gaps)
    mean = asked(replace(panel, known={"never": np.full_like(gaps, np.nan), **known}))
    assert np.isfinite(mean).all()


def test_a_constant_series_stays_constant(quick):
    panel = shops()
    mean = asked(replace(panel, y=np.full((4, 200), 12.0), closed=np.zeros((4, 214), dtype=bool)))
    np.testing.assert_allclose(mean, 12, rtol=0.02)
