"""Boosted trees for all days ahead at once: same bytes, sane on odd panels, kept and read back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting import keeping, trials
from shoplib.forecasting.models.boosted import direct, trees
from shoplib.forecasting.models.boosted.direct import CODES_FILE, TREES_FILE, Boosted
from shoplib.forecasting.models.interface import Here
from shoplib.forecasting.models.trained import Trainable
from shoplib.forecasting.panel import Panel

KINDS = [Boosted(), direct.by_week(), direct.counts(), direct.counts_by_week(), direct.few()]
each_kind = pytest.mark.parametrize("model", KINDS, ids=lambda model: model.name)
WEEK = np.array([0.8, 0.9, 1.0, 1.0, 1.4, 1.6, 0.6])


def shops(series: int = 6, days: int = 200, horizon: int = 28, seed: int = 3) -> Panel:
    """Return shops with a week, every other Sunday shut, offers known ahead that double sales, kinds and noise."""
    rng = np.random.default_rng(seed)
    span = pd.date_range("2023-01-02", periods=days + horizon)
    offer = (rng.random((series, -(-len(span) // 7))) < 0.3).repeat(7, axis=1)[:, : len(span)].astype(float)
    closed = np.tile((span.weekday == 6) & (np.arange(len(span)) % 14 > 6), (series, 1))
    mean = (20 * (1 + np.arange(series)))[:, None] * WEEK[span.weekday] * (1 + offer)
    y = np.where(closed, np.nan, rng.poisson(mean))[:, :days]
    ids = tuple(f"s{at}" for at in range(series))
    static = pd.DataFrame({"kind": (["a", "b", None] * series)[:series], "size": np.arange(series)}, index=ids)
    return Panel(ids, span, days, y, closed, {"offer": offer}, static, "GB")


def asked(model: Boosted, panel: Panel, horizon: int = 28) -> np.ndarray:
    """Return what a model says under the rules of every forecast."""
    return model.forecast(panel, horizon, Here()).on(panel).mean


@pytest.fixture
def quick(monkeypatch):
    """Few trees, for what does not depend on their number."""
    monkeypatch.setattr(trees, "ROUNDS", 12)
    monkeypatch.setattr(trees, "FEW_ROUNDS", 12)


@each_kind
def test_offers_known_ahead_are_learnt(model):
    found = trials.run(shops(series=12, days=400), [model], 28, 1)
    opened = ~found.closed[0]
    error = np.abs(found.mean(model.name)[0] - found.actual[0])[opened].sum() / found.actual[0][opened].sum()
    assert error < 0.2  # the noise alone makes about 0.08, a doubling missed 0.3


@each_kind
def test_the_same_panel_gives_the_same_bytes(quick, model):
    assert asked(model, shops()).tobytes() == asked(model, shops()).tobytes()


@each_kind
def test_what_was_learnt_is_read_back_and_says_the_same_without_training(quick, monkeypatch, model):
    panel = shops()
    trained = model.train(panel, 28, Here())
    kept = trained.weights()
    monkeypatch.setattr(trees, "grown", None)
    again = model.restore(kept)
    assert isinstance(model, Trainable)
    assert list(kept) == [TREES_FILE, CODES_FILE]
    assert again.weights() == kept
    for horizon in (28, 7):
        one, two = (found.forecast(panel, horizon, Here()).mean for found in (trained, again))
        assert np.isfinite(one).all()
        assert one.tobytes() == two.tobytes()


def test_kept_trees_are_asked_again_without_growing(quick, monkeypatch, tmp_path):
    now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    asked_for = keeping.Asked(("boosted", "boosted_few"), 28, 1)
    panel = replace(shops(), static=shops().static.fillna("none"))
    made, notes = keeping.train(panel, asked_for, tmp_path, lambda: now)
    assert notes == ()
    assert {place.name for place in (tmp_path / made / "weights" / "boosted").iterdir()} == {TREES_FILE, CODES_FILE}
    monkeypatch.setattr(trees, "grown", None)
    kept = keeping.load(tmp_path, made)
    pd.testing.assert_frame_equal(keeping.forecast(kept), keeping.forecast(kept, anew=True), check_exact=True)


def test_series_read_back_keep_their_names_and_words(quick):
    panel = shops()
    trained = Boosted().train(panel, 28, Here())
    turned = panel.only([4, 1])
    np.testing.assert_array_equal(trained.forecast(turned, 28, Here()).mean,
                                  trained.forecast(panel, 28, Here()).mean[[4, 1]])  # fmt: skip
    strange = replace(turned, ids=("x", "y"), static=pd.DataFrame({"kind": ["new", "b"]}, index=["x", "y"]))
    assert np.isfinite(trained.forecast(strange, 28, Here()).mean).all()


@each_kind
def test_nothing_sold_after_the_history_is_read(quick, model):
    whole = shops(days=228)
    noise = np.random.default_rng(1).uniform(0, 1e6, whole.y.shape)
    other = replace(whole, y=np.where(np.arange(228) >= 200, noise, whole.y))
    assert asked(model, whole.until(200, 28)).tobytes() == asked(model, other.until(200, 28)).tobytes()


def test_a_sample_teaches_all_and_parts_are_asked_alike(quick, monkeypatch):
    panel = shops(series=11)
    shut = panel.closed.copy()
    shut[3:] = False  # parts without a closed day, and with
    panel = replace(panel, closed=shut, y=np.nan_to_num(panel.y, nan=5.0))
    monkeypatch.setattr(direct, "MOST_SERIES", 4)
    trained = Boosted().train(panel, 28, Here())
    mean = trained.forecast(panel, 28, Here()).mean
    assert trained.codes.series == ()
    assert np.isfinite(mean).all()
    monkeypatch.setattr(direct, "MOST_SERIES", 100)
    np.testing.assert_array_equal(mean, trained.forecast(panel, 28, Here()).mean)
    assert asked(Boosted(), panel).tobytes() != mean.tobytes()


@each_kind
def test_odd_series_are_answered_or_left_out(quick, model):
    panel = shops(series=8)
    y = panel.y.copy()
    y[0] = 0
    y[1] = np.nan
    y[2, :-1] = np.nan
    y[3] = 12
    y[4, :-20] = np.nan
    y[5] = 0
    y[5, 3] = 4
    y[6, 150:] = np.nan
    mean = asked(model, replace(panel, y=y))
    assert np.isnan(mean).all(axis=1).tolist() == [True, True, *[False] * 6]
    assert np.isfinite(mean[2:]).all()
    assert (mean[2:] >= 0).all()
    assert (mean[2:][panel.closed[2:, 200:]] == 0).all()


@each_kind
@pytest.mark.parametrize("value", [0.0, 12.0])
def test_a_panel_without_a_change_is_answered_so(quick, model, value):
    panel = shops()
    mean = asked(model, replace(panel, y=np.full(panel.y.shape, value), closed=np.zeros_like(panel.closed)))
    np.testing.assert_allclose(mean, np.nan if value == 0 else value, rtol=0.02)


@each_kind
def test_nothing_sold_since_long_teaches_nothing(quick, model):
    panel = shops()
    y = np.zeros_like(panel.y)
    y[:, :3] = 5
    assert np.nansum(asked(model, replace(panel, y=y))) == 0


@each_kind
@pytest.mark.parametrize("days", [1, 5, 14, 15, 20])
def test_too_little_history_is_an_answer_of_nothing(quick, model, days):
    assert np.isnan(asked(model, shops(series=1, days=days))).all()


@pytest.mark.parametrize("days", [40, 60])
def test_a_short_history_of_some_series_is_enough(quick, days):
    assert np.isfinite(asked(Boosted(), shops(days=days))).all()


@pytest.mark.parametrize("horizon", [1, 7, 28, 100, 400])
@pytest.mark.parametrize("days", [100, 500])
def test_any_horizon_is_answered(quick, days, horizon):
    panel = shops(series=4, days=days, horizon=horizon)
    mean = asked(Boosted(), panel, horizon)
    assert mean.shape == (4, horizon)
    assert np.isfinite(mean).all()


def test_no_series_are_no_rows(quick):
    assert asked(Boosted(), shops().only(np.zeros(0, dtype=int))).shape == (0, 28)


def test_gaps_in_columns_known_ahead_are_no_hindrance(quick):
    panel = shops()
    gaps = np.where(np.random.default_rng(0).random(panel.closed.shape) < 0.3, np.nan, panel.known["offer"])
    known = {"offer": gaps, "never": np.full_like(gaps, np.nan), "weekday": gaps, "series": gaps}
    assert np.isfinite(asked(Boosted(), replace(panel, known=known))).all()


def test_static_columns_may_be_words_numbers_flags_or_gaps(quick):
    panel = shops()
    ids = list(panel.ids)
    static = pd.DataFrame(
        {
            "series": ["x", "y"] * 3, "whole": pd.array([1, None] * 3, dtype="Int64"), "flag": [True, False] * 3,
            "text": pd.array(["ü", None] * 3, dtype="string"), "nothing": [None] * 6,
            "kind": pd.Categorical(list("abcabc")),
        }, index=ids,
    )  # fmt: skip
    trained = Boosted().train(replace(panel, static=static), 28, Here())
    assert trained.codes.own == {"series": ("x", "y"), "whole": None, "flag": None, "text": ("ü",), "nothing": (),
                                 "kind": ("a", "b", "c")}  # fmt: skip
    said = Boosted().restore(trained.weights()).forecast(replace(panel, static=static), 28, Here())
    assert np.isfinite(said.mean).all()


@pytest.mark.parametrize("horizon", [1, 2, 6, 7, 28])
@pytest.mark.parametrize(("days", "most"), [(60, 9_999), (400, 9_999), (400, 47 * 4), (400, 100)])
def test_every_weekday_is_learnt_from(monkeypatch, horizon, days, most):
    monkeypatch.setattr(direct, "MOST_ROWS", most * horizon)
    panel = shops(series=4, days=days, horizon=horizon)
    targets = direct._origins(panel, horizon)[:, None] + np.arange(horizon)
    assert set(panel.days.weekday[targets[targets < days]]) == set(range(7))


def test_ten_years_of_days_are_thinned_out(quick, monkeypatch):
    panel = shops(series=3, days=3_653)
    monkeypatch.setattr(direct, "MOST_ROWS", 3 * 28 * 40)
    assert len(direct._origins(panel, 28)) <= 40
    assert np.isfinite(asked(Boosted(), panel)).all()
