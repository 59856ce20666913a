"""What holds for every model of one series at a time, on the series that break models."""

from __future__ import annotations

import numpy as np
import pytest

from shoplib.forecasting.models import catalogue
from shoplib.forecasting.models.interface import Here

NAMES = [name for name, place in catalogue.PLACES.items() if place.split(":")[0] in
         {"simple", "statistical", "intermittent", "prophet"}]  # fmt: skip
ODD = ("one day", "yesterday", "zeros", "constant", "nothing", "one sale", "short", "closed since", "plain")


@pytest.fixture(scope="module")
def odd(panel_of, shop_days):
    """A panel of the odd series above, closed on Sundays, with one column known ahead that has gaps."""
    days, coming = 120, 28
    rows = {name: np.full(days, np.nan) for name in ODD}
    rows["one day"][30] = 7
    rows["yesterday"][-1] = 5
    rows["zeros"][:] = 0
    rows["constant"][:] = 12
    rows["one sale"][:] = 0
    rows["one sale"][70] = 3
    rows["short"][-9:] = shop_days(9)
    rows["closed since"][:] = shop_days(days)
    rows["plain"][:] = shop_days(days, seed=2)
    closed = np.tile(np.arange(days + coming) % 7 == 6, (len(ODD), 1))
    closed[ODD.index("closed since"), 60:] = True
    promo = np.tile((np.arange(days + coming) % 14 < 5).astype(float), (len(ODD), 1))
    promo[:, 40] = np.nan
    promo[:3, -5] = np.nan
    return panel_of(list(rows.values()), closed, {"promo": promo})


@pytest.fixture(scope="module")
def answers(odd):
    """What each model says of the odd series, asked once."""
    return {name: _model(name).forecast(odd, 28, Here()) for name in NAMES}


def _model(name):
    models, notes = catalogue.make([name])
    assert notes == []
    return models[0]


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_whole_or_left_out(name, odd, answers):
    said = answers[name]
    assert said.mean.shape == (len(ODD), 28)
    unsaid = np.isnan(said.mean)
    assert (unsaid.all(axis=1) | ~unsaid.any(axis=1)).all()
    for low, high in said.bands.values():
        np.testing.assert_array_equal(np.isnan(low), unsaid)
        assert (low[~unsaid] <= high[~unsaid]).all()
    assert unsaid[ODD.index("nothing")].all()
    assert not unsaid[ODD.index("plain")].any()


@pytest.mark.parametrize("name", NAMES)
def test_rules_of_every_forecast_hold_on_odd_series(name, odd, answers):
    said = answers[name].on(odd)
    mean = np.nan_to_num(said.mean)
    assert (mean >= 0).all()
    assert (mean[:, odd.closed[0, odd.history :]] == 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_sold_is_expected_to_stay_so(name, odd, answers):
    np.testing.assert_allclose(answers[name].on(odd).mean[ODD.index("zeros")], 0, atol=1e-9)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"croston_sba", "prophet_default", "arima"}])
def test_a_constant_series_stays_constant(name, odd, answers):
    expected = answers[name].on(odd).mean[ODD.index("constant")]
    np.testing.assert_allclose(expected[~odd.closed[3, odd.history :]], 12, rtol=0.02)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_deterministic_and_knows_no_neighbours(name, odd, answers):
    rows = [ODD.index("plain"), ODD.index("one sale")]
    again = _model(name).forecast(odd.only(rows), 28, Here())
    np.testing.assert_array_equal(again.mean, answers[name].mean[rows])


@pytest.mark.parametrize("name", NAMES)
def test_a_model_sees_no_day_after_the_history(name, odd, panel_of):
    plain = odd.only([ODD.index("plain"), ODD.index("one sale")])
    cut = plain.until(plain.history - 28, 28)
    changed = plain.y.copy()
    changed[:, -28:] = 9_999
    other = panel_of(changed, plain.closed, plain.known).until(plain.history - 28, 28)
    one, two = (_model(name).forecast(part, 28, Here()).mean for part in (cut, other))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("name", NAMES)
def test_a_horizon_may_be_longer_than_the_history(name, panel_of, shop_days):
    panel = panel_of([shop_days(35)], horizon=90)
    said = _model(name).forecast(panel, 90, Here()).on(panel)
    assert said.mean.shape == (1, 90)
    assert np.isfinite(said.mean).all()


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name not in {"rolling_mean", "croston_sba", "tsb", "imapa"}]
)
def test_a_weekly_pattern_is_repeated(name, panel_of):
    week = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0]
    panel = panel_of([week * 20], horizon=14)
    np.testing.assert_allclose(_model(name).forecast(panel, 14, Here()).mean[0], week * 2, rtol=0.02)


@pytest.mark.parametrize("name", NAMES)
def test_no_series_give_no_rows(name, panel_of, shop_days):
    none = panel_of([shop_days(60)]).only(np.zeros(0, dtype=int))
    assert _model(name).forecast(none, 28, Here()).mean.shape == (0, 28)
