"""What the statistical models do with closed days, gaps and bands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.forecasting.models.interface import Here
from shoplib.forecasting.models.statistical import LONG_CLOSED, Arima, Ets, Mstl, Theta

ALL = [Ets(), Theta(), Mstl(), Arima()]


def by_name(model):
    return model.name


@pytest.mark.parametrize("model", ALL, ids=by_name)
def test_weekly_closing_days_do_not_pull_the_others_down(model, panel_of):
    week = [100.0, 200.0, 300.0, 400.0, 500.0, 0.0, 0.0]
    closed = np.tile(np.arange(147) % 7 >= 5, (1, 1))
    panel = panel_of([week * 17], closed, horizon=28)
    made = model.forecast(panel, 28, Here()).on(panel)
    np.testing.assert_allclose(made.mean[0], week * 4, rtol=0.02, atol=1)


@pytest.mark.parametrize("model", ALL, ids=by_name)
def test_a_long_closure_is_not_learnt_from(model, panel_of, shop_days):
    days = shop_days(140)
    closed = np.zeros((1, 168), dtype=bool)
    closed[0, 90 : 90 + LONG_CLOSED + 10] = True
    shut, plain = (panel_of([days], flags) for flags in (closed, None))
    one, two = (model.forecast(panel, 28, Here()).mean.sum() for panel in (shut, plain))
    assert one == pytest.approx(two, rel=0.05)


@pytest.mark.parametrize("model", ALL, ids=by_name)
def test_days_without_goods_are_filled_not_taken_as_nothing(model, panel_of, shop_days):
    days = shop_days(140)
    gaps = days.copy()
    gaps[100:108] = np.nan
    gaps[50::17] = np.nan
    one, two = (model.forecast(panel_of([row]), 28, Here()).mean.sum() for row in (gaps, days))
    assert one == pytest.approx(two, rel=0.05)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(28, 120), st.integers(1, 7), st.sampled_from([0.0, 0.3, 0.9]))
def test_smoothing_bears_any_week(panel_of, seed, days, open_weekdays, missing):
    rng = np.random.default_rng(seed)
    y = rng.poisson(rng.choice([0.1, 5, 500]), (1, days)).astype(float)
    y[rng.random((1, days)) < missing] = np.nan
    closed = np.tile(np.arange(days + 28) % 7 >= open_weekdays, (1, 1))
    panel = panel_of(y, closed)
    for model in (Ets(), Theta(), Mstl()):
        mean = model.forecast(panel, 28, Here()).on(panel).mean
        assert np.isnan(mean).all() or (np.isfinite(mean).all() and (mean >= 0).all())


def test_a_year_is_repeated_once_two_are_known(panel_of):
    day = np.arange(365 * 3 + 28)
    y = 100 + 40 * np.sin(2 * np.pi * day / 365)
    panel = panel_of([y[:-28]])
    made = Mstl().forecast(panel, 28, Here()).mean[0]
    np.testing.assert_allclose(made, y[-28:], rtol=0.03)


@pytest.mark.parametrize("model", [Ets(), Mstl()], ids=by_name)
def test_bands_hold_the_mean_and_about_their_share(model, panel_of, shop_days):
    rows = [shop_days(168, seed=seed) for seed in range(12)]
    panel = panel_of([row[:140] for row in rows])
    said = model.forecast(panel, 28, Here()).on(panel)
    came = np.array([row[140:] for row in rows])
    assert list(said.bands) == [80, 95]
    for level, (low, high) in said.bands.items():
        assert (low <= said.mean).all()
        assert (said.mean <= high).all()
        assert abs(((low <= came) & (came <= high)).mean() - level / 100) < 0.15
    assert (said.bands[80][1] <= said.bands[95][1]).all()


def test_less_than_four_weeks_are_left_to_others(panel_of, shop_days):
    days = shop_days(60)
    days[:33] = np.nan
    short, enough = (panel_of([row]) for row in (days, np.r_[days[1:], 90.0]))
    assert np.isnan(Ets().forecast(short, 28, Here()).mean).all()
    assert np.isfinite(Ets().forecast(enough, 28, Here()).mean).all()
