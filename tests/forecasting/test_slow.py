"""Slow sellers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting import slow, trials
from shoplib.forecasting.models.simple import RollingMean
from shoplib.forecasting.panel import Floats, Panel


def panel_of(y: Floats) -> Panel:
    """Return a panel from a Monday on."""
    days = pd.date_range("2024-01-01", periods=y.shape[1])
    return Panel(tuple(f"p{row}" for row in range(len(y))), days, y.shape[1], y, np.zeros(y.shape, dtype=bool))


def spaced(size: list[float], every: int, days: int = 120) -> Floats:
    """Return one series that sells on every so many days, the sizes in turn."""
    y = np.zeros(days)
    at = np.arange(0, days, every)
    y[at] = np.resize(size, len(at))
    return y


def test_gap_and_sizes_put_each_series_in_its_quarter():
    y = np.stack([spaced([5, 6], 1), spaced([1, 30], 1), spaced([5, 6], 3), spaced([1, 30], 3), spaced([0], 1)])
    table = slow.patterns(panel_of(y))
    assert table["pattern"].tolist() == ["smooth", "erratic", "intermittent", "lumpy", "no sales"]
    assert table["gap"].tolist()[:4] == [1, 1, 3, 3]
    assert table["sizes"][1] == pytest.approx((14.5 / 15.5) ** 2)
    assert np.isnan(table["gap"][4])
    assert pd.isna(table["last_sold"][4])
    assert table["last_sold"][2] == pd.Timestamp("2024-01-01") + pd.Timedelta(days=117)


def test_a_gap_at_the_threshold_is_still_smooth():
    y = np.zeros(132)
    y[:100] = 4
    assert slow.patterns(panel_of(y[None]))["pattern"][0] == "smooth"


def test_days_that_are_not_known_are_no_days_without_a_sale():
    y = spaced([5], 2)
    y[1::2] = np.nan
    assert slow.patterns(panel_of(y[None]))["gap"][0] == 1


def test_the_chance_of_a_sale_comes_true_as_often_as_it_says():
    rng = np.random.default_rng(5)
    rate = rng.gamma(0.6, 0.03, 4000)
    y = rng.poisson(rate[:, None], (4000, 180)).astype(float)
    told = slow.chance(panel_of(y[:, :152]), 28)
    came = (y[:, 152:] > 0).any(axis=1)
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.0)):
        some = (told >= low) & (told < high)
        assert came[some].mean() == pytest.approx(told[some].mean(), abs=0.06)


def test_a_product_that_stopped_selling_is_less_likely_than_one_that_sold_as_much_of_late():
    y = np.zeros((6, 200))
    y[0, :20], y[1, -20:] = 1, 1
    y[2:] = spaced([1], 10, 200)
    told = slow.chance(panel_of(y))
    assert told[0] < told[1] - 0.2


def test_closed_days_ahead_sell_nothing():
    y = np.stack([spaced([1], 4, 112)] * 4)
    panel = panel_of(y)
    panel.closed[0, -56:] = True
    assert slow.chance(panel)[0] == 0
    assert slow.chance(panel)[1] > 0.9


def test_zero_is_weighed_against_the_forecast_by_squares():
    y = np.zeros((2, 140))
    y[0] = 4
    y[1, :100:9] = 5
    done = trials.run(panel_of(y), [RollingMean()], 14, 2)
    table = slow.beside_zero(done, "rolling_mean")
    assert table["zero_wins"].tolist() == [False, True]
    assert table["rmse"][0] == pytest.approx(0)
    assert table["rmse_zero"].tolist() == pytest.approx([4, 0])


def test_the_list_names_what_to_order_on_demand_and_why():
    y = np.zeros((5, 182))
    y[0] = 3
    y[1, 5] = 1
    y[3, :150:3] = 6
    y[4, ::2] = 2
    done = trials.run(panel_of(y), [RollingMean()], 28, 1)
    table = slow.on_demand(panel_of(y), done, "rolling_mean")
    assert set(table["unique_id"]) == {"p1", "p2", "p3"}
    assert table.set_index("unique_id")["because"].to_dict() == {
        "p1": "no sale likely", "p2": "no sale likely", "p3": "0 was closer than the forecast",
    }  # fmt: skip
    assert table["chance"].is_monotonic_increasing


@pytest.mark.parametrize(
    "y", [np.zeros((3, 30)), np.full((3, 30), np.nan), np.full((3, 1), 2.0), np.full((3, 30), 2.0),
          (np.arange(90).reshape(3, 30) == 31).astype(float)],
    ids=["all zero", "all unknown", "one observation", "constant", "one sale"],
)  # fmt: skip
def test_the_poorest_series_get_an_answer(y):
    panel = panel_of(y)
    told = slow.chance(panel)
    assert ((told >= 0) & (told <= 1)).all()
    assert len(slow.patterns(panel)) == 3
    assert set(slow.on_demand(panel)["unique_id"]) <= set(panel.ids)
    if (y == 0).all():
        assert len(slow.on_demand(panel)) == 3
