"""The models of rare sales beside statsforecast's and cases counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.forecasting.models.interface import Here
from shoplib.forecasting.models.intermittent import TSB, CrostonSBA, Imapa


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 80), st.sampled_from([0.0, 0.05, 0.3, 1.0]))
def test_levels_are_those_of_statsforecast(panel_of, seed, days, share):
    from statsforecast import models

    rng = np.random.default_rng(seed)
    y = np.where(rng.random((3, days)) < share, rng.integers(1, 9, (3, days)), 0).astype(float)
    panel = panel_of(y, horizon=2)
    for ours, theirs in ((CrostonSBA(), models.CrostonSBA()), (TSB(), models.TSB(0.1, 0.1)), (Imapa(), models.IMAPA())):
        twin = [theirs.forecast(row, 2)["mean"] if row.any() else [0, 0] for row in y]
        np.testing.assert_allclose(ours.forecast(panel, 2, Here()).mean, twin, rtol=1e-9)


def test_croston_by_hand(panel_of):
    panel = panel_of([[0, 4, 0, 0, 8, 0]], horizon=3)
    size, between = 0.9 * 4 + 0.1 * 8, 0.9 * 2 + 0.1 * 3
    np.testing.assert_allclose(CrostonSBA().forecast(panel, 3, Here()).mean, [[0.95 * size / between] * 3])


def test_tsb_falls_while_nothing_sells(panel_of):
    fresh, stale = (TSB().forecast(panel_of([[5.0] * 20 + [0.0] * days]), 28, Here()).mean[0, 0] for days in (0, 30))
    assert fresh == pytest.approx(5)
    assert stale == pytest.approx(5 * 0.9**30)


@pytest.mark.parametrize("model", [CrostonSBA(), TSB(), Imapa()], ids=lambda model: model.name)
def test_a_closed_day_is_no_day_without_a_sale(model, panel_of):
    rng = np.random.default_rng(3)
    known = rng.poisson(0.5, 60).astype(float)
    with_gaps = np.insert(known, [10, 10, 33, 50], np.nan)
    plain, gaps = (model.forecast(panel_of([row]), 28, Here()).mean for row in (known, with_gaps))
    np.testing.assert_allclose(gaps, plain)


def test_one_sale_on_the_last_day_of_ten_years_gives_an_answer(panel_of):
    panel = panel_of([np.r_[np.zeros(3_649), 7.0]])
    for model in (CrostonSBA(), TSB(), Imapa()):
        level = model.forecast(panel, 28, Here()).mean[0, 0]
        assert 0 < level <= 7
