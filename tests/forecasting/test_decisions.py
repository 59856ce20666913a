"""How many to prepare, held to textbooks, to integration and to trying everything."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import nbinom, norm, poisson

from shoplib.errors import ConfigError
from shoplib.forecasting import decisions
from shoplib.forecasting.decisions import Demand
from shoplib.forecasting.models.interface import Said

SHARES = np.array([0.025, 0.1, 0.5, 0.9, 0.975])


def normal(mean: float, spread: float) -> Demand:
    """Return a normal distribution told by five quantiles."""
    return Demand(SHARES, (mean + spread * norm.ppf(SHARES))[None])


def test_the_newsvendor_of_snyder_and_shen_orders_56_6_papers_at_a_cost_of_1_9976():
    """Fundamentals of Supply Chain Theory, example 4.3: mean 50, deviation 8, h 0.18, p 0.70."""
    wanted = normal(50, 8)
    best = decisions.quantity(wanted, shortage=0.70, waste=0.18)
    assert best[0] == pytest.approx(56.6039, abs=1e-3)
    assert decisions.expected_cost(wanted, best, 0.70, 0.18)[0] == pytest.approx(1.9976, abs=1e-4)


@pytest.mark.parametrize("prepared", [30.0, 50.0, 56.6, 80.0])
def test_expected_cost_is_that_of_numerical_integration(prepared):
    def cost(wanted: float) -> float:
        return (0.18 * max(prepared - wanted, 0) + 0.70 * max(wanted - prepared, 0)) * norm.pdf(wanted, 50, 8)

    exact = quad(cost, -50, 150, points=[prepared], limit=200)[0]
    assert decisions.expected_cost(normal(50, 8), prepared, 0.70, 0.18)[0] == pytest.approx(exact, abs=1e-4)


def test_critical_ratio_of_a_cost_of_shortage_four_times_that_of_waste_is_four_fifths():
    assert decisions.critical_ratio(4.0, 1.0) == pytest.approx(0.8)
    assert decisions.critical_ratio(0.0, 1.0) == 0


def test_poisson_demand_takes_the_least_count_that_reaches_the_ratio():
    """Poisson with mean 6: F(7) = 0.744, F(8) = 0.847."""
    chances = decisions.count_chances(np.full(5, 6.0))
    ratios = np.array([0.744, 0.7439797, 0.745, 0.80, 0.85])
    assert decisions.count_quantity(chances, ratios).tolist() == poisson.ppf(ratios, 6).astype(int).tolist()


def test_wider_counts_are_negative_binomial():
    chances = decisions.count_chances(np.array([3.0, 0.0, 3.0]), np.array([9.0, 5.0, 1.0]))
    counts = np.arange(chances.shape[1])
    np.testing.assert_allclose(chances[0], nbinom.pmf(counts, 1.5, 1 / 3), atol=1e-6)
    assert chances[1].tolist() == [1.0] + [0.0] * (len(counts) - 1)
    np.testing.assert_allclose(chances[2], poisson.pmf(counts, 3), atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(mean=st.floats(0.05, 40), extra=st.floats(0, 3), shortage=st.floats(0.1, 20), waste=st.floats(0.1, 20))
def test_no_other_count_costs_less(mean, extra, shortage, waste):
    chances = decisions.count_chances(np.array([mean]), np.array([mean * (1 + extra)]))
    best = decisions.count_quantity(chances, decisions.critical_ratio(shortage, waste))
    costs = [decisions.count_cost(chances, float(other), shortage, waste)[0] for other in range(chances.shape[1])]
    assert costs[best[0]] == pytest.approx(min(costs), rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(mean=st.floats(1, 200), share=st.floats(0.02, 0.6), shortage=st.floats(0.2, 9), waste=st.floats(0.2, 9))
def test_no_other_whole_quantity_costs_less(mean, share, shortage, waste):
    wanted = normal(mean, share * mean)
    best = decisions.whole_quantity(wanted, shortage, waste)[0]
    others = np.maximum(best + np.arange(-3, 4), 0)
    costs = [decisions.expected_cost(wanted, other, shortage, waste)[0] for other in others]
    found = decisions.expected_cost(wanted, best, shortage, waste)[0]
    assert best == int(best)
    assert found <= min(costs) + 1e-4 * (shortage + waste)


def test_costs_that_say_nothing_are_refused():
    with pytest.raises(ConfigError) as refused:
        decisions.critical_ratio(0.0, 0.0)
    assert str(refused.value) == (
        "Costs of running out and of waste cannot be weighed\n"
        "  found   shortage 0, waste 0\n"
        "  wanted  both 0 or more, and one of them above 0\n"
        "  next    give the margin of one unit as the cost of running out, its purchase price as that of waste"
    )
    with pytest.raises(ConfigError, match="cannot be weighed"):
        decisions.critical_ratio(np.array([1.0, np.nan]), 1.0)


def said(mean: list[float], off: float = 0.4) -> Said:
    """Return one day of forecasts with bands of a normal distribution."""
    middle = np.array(mean)[:, None]
    bands = {level: (np.maximum(middle * (1 - off * z), 0), middle * (1 + off * z))
             for level, z in ((80, norm.ppf(0.9)), (95, norm.ppf(0.975)))}  # fmt: skip
    return Said(middle, bands)


def test_tomorrow_lists_products_by_what_is_expected_with_a_range_and_a_quantity():
    table = decisions.tomorrow(
        ["tea", "rolls", "cake", "new"], said([20, 100, 1.5, np.nan]), names={"tea": "Green tea"}
    )
    assert table["unique_id"].tolist() == ["rolls", "tea", "cake"]
    assert table["name"].tolist() == ["rolls", "Green tea", "cake"]
    assert table["prepare"][0] == pytest.approx(100 + 40 * norm.ppf(2 / 3), abs=0.6)
    assert table["prepare"].dtype == np.int64
    assert (table["low"] < table["expected"]).all()
    assert (table["high"] > table["expected"]).all()
    assert (table["enough"] >= 2 / 3 - 0.03).all()
    rolls = table.iloc[0]
    assert rolls["prepare"] - rolls["left"] + rolls["missing"] == pytest.approx(100, abs=0.5)


def test_the_slider_moves_every_quantity_the_same_way():
    ready = [decisions.tomorrow(["a", "b", "c"], said([40, 8, 0.6]), worse=worse).set_index("unique_id")["prepare"]
             for worse in (0.2, 1.0, 3.0, 10.0, 1e6)]  # fmt: skip
    for less, more in pairwise(ready):
        assert (less <= more).all()
    assert (ready[0] < ready[-1]).all()


def test_a_dear_margin_prepares_more_and_an_unknown_one_counts_like_the_cost():
    margin, cost = np.array([5.0, 1.0, np.nan]), np.array([1.0, 5.0, 1.0])
    table = decisions.tomorrow(["a", "b", "c"], said([50, 50, 50]), worse=1, margin=margin, cost=cost)
    ready = table.set_index("unique_id")["prepare"]
    assert ready["a"] > ready["c"] > ready["b"]
    assert ready["c"] == 50


def test_nothing_is_prepared_of_what_nobody_wants_and_a_forecast_without_bands_is_taken_at_its_word():
    table = decisions.tomorrow(["shut", "sure"], Said(np.array([[0.0], [12.0]])))
    assert table["prepare"].tolist() == [12, 0]
    assert table["low"].isna().all()
    assert table["missing"].tolist() == pytest.approx([0, 0])


def test_no_products_make_an_empty_list():
    table = decisions.tomorrow([], Said(np.zeros((0, 3))))
    assert table.empty
    assert "prepare" in table
    assert decisions.tomorrow(["a"], Said(np.full((1, 1), np.nan))).empty
