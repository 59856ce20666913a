"""The default choice: learnt on earlier windows only, told in full, and not broken by one of its models."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplib.forecasting import choosing, trials
from shoplib.forecasting.models import catalogue
from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.panel import Panel

WEEK = np.array([0.8, 0.9, 1.0, 1.0, 1.4, 1.6, 0.6])
HORIZON = 7


def shops(series: int = 5, days: int = 90, seed: int = 3, level: float = 20.0) -> Panel:
    """Return shops with a week and noise, Sundays shut in the first."""
    rng = np.random.default_rng(seed)
    span = pd.date_range("2023-01-02", periods=days)
    closed = np.zeros((series, days), dtype=bool)
    closed[0] = span.weekday == 6
    mean = (level * (1 + np.arange(series)))[:, None] * WEEK[span.weekday]
    y = np.where(closed, np.nan, rng.poisson(mean)).astype(float)
    return Panel(tuple(f"s{at}" for at in range(series)), span, days, y, closed)


@dataclass
class Usual:
    """A test's own model: the weekday of the last four weeks times ``off``; ``odd`` does as it likes before that."""

    name: str
    off: float = 1.0
    odd: Callable[[Panel, np.ndarray], np.ndarray] = lambda panel, mean: mean
    label: str = "Usual"
    told: str = "the usual, a little off"
    asked: list[int] = field(default_factory=list)

    def forecast(self, panel, horizon, crew):
        self.asked.append(panel.history)
        weekday = panel.days.weekday.to_numpy()
        recent = np.nan_to_num(panel.y[:, -28:])
        week = np.stack([recent[:, weekday[: panel.history][-28:] == day].mean(axis=1) for day in range(7)], axis=1)
        return Said(self.odd(panel, week[:, weekday[panel.history : panel.history + horizon]] * self.off))


def knowing(panel: Panel, off: Callable[[int], float | np.ndarray]) -> Callable[[Panel, np.ndarray], np.ndarray]:
    """Return how a model is off by a factor from what came, told by the days known; from the usual at the end."""

    def odd(part, mean):
        came = np.nan_to_num(panel.y[:, part.history : part.history + HORIZON])
        return (came if came.shape == mean.shape else mean) * off(part.history)

    return odd


@pytest.fixture
def pool(monkeypatch):
    """Lets models of a test stand in the catalogue, and returns the pool of them and the baseline."""

    def made(*models: Usual) -> tuple[str, ...]:
        room = ModuleType("of_tests")
        monkeypatch.setitem(sys.modules, catalogue.HOME + "of_tests", room)
        for model in models:
            monkeypatch.setitem(catalogue.PLACES, model.name, f"of_tests:{model.name}")
            setattr(room, model.name, lambda model=model: model)
        return (catalogue.BASELINE, *(model.name for model in models))

    return made


def remade(found: choosing.Auto, panel: Panel) -> np.ndarray:
    """Return the forecast that the models and weights of ``chosen`` make, NaN where others lend."""
    mean = np.full(found.future["auto"].mean.shape, np.nan)
    for place, (models, weights) in enumerate(zip(found.chosen["models"], found.chosen["weights"], strict=True)):
        if models not in ("", "group"):
            parts = zip(models.split("+"), map(float, weights.split("+")), strict=True)
            mean[place] = sum(found.future[name].mean[place] * weight for name, weight in parts)
    return mean


def test_a_first_window_sorts_out_what_is_far_behind(pool):
    far, near, best = Usual("far", 0.5), Usual("near", 1.02), Usual("best")
    found = choosing.auto(shops(), HORIZON, 3, pool=pool(far, near, best))
    assert far.asked == [62]
    assert near.asked[:4] == best.asked[:4] == [62, 69, 76, 83]
    assert list(found.trials.said) == [catalogue.BASELINE, "near", "best", "auto"]
    assert (len(found.trials.cutoffs), len(found.longer.cutoffs)) == (3, 4)
    assert all(len(answers) == 3 for answers in found.trials.said.values())
    assert set(found.seconds) == {catalogue.BASELINE, "far", "near", "best"}


def test_the_coming_days_are_asked_of_members_and_the_baseline_only(pool):
    panel = shops()
    far, best = Usual("far", odd=knowing(panel, lambda day: 1.107)), Usual("best", odd=knowing(panel, lambda day: 1.1))
    found = choosing.auto(panel, HORIZON, 3, pool=pool(far, best))
    assert far.asked == [62, 69, 76, 83]
    assert best.asked == [62, 69, 76, 83, 90]
    assert found.mix.names == ("best",)
    assert set(found.future) == {catalogue.BASELINE, "best", "auto"}


def test_no_window_is_sorted_by_where_there_is_none_to_spare(pool):
    far, best = Usual("far", 0.5), Usual("best")
    found = choosing.auto(shops(days=30), HORIZON, 3, pool=pool(far, best))
    assert far.asked == [16, 23]
    assert len(found.trials.cutoffs) == 2


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 9_999), st.integers(0, 3))
def test_what_came_in_a_window_changes_no_forecast_up_to_it(pool, seed, window):
    panel = shops(seed=seed)
    names = pool(Usual("one", 1.03), Usual("ets", 0.95), Usual("boosted_few", 1.2))  # untried, they are mixed
    noise = np.random.default_rng(seed).uniform(0, 400, panel.y.shape)
    later = (np.arange(90) >= 62 + 7 * window) & ~panel.closed
    one, two = (choosing.auto(each, HORIZON, 3, pool=names).longer.said["auto"]
                for each in (panel, replace(panel, y=np.where(later, noise, panel.y))))  # fmt: skip
    for place in range(window + 1):
        np.testing.assert_array_equal(one[place].mean, two[place].mean)


def test_each_window_is_mixed_by_those_before_it(pool):
    panel = shops()
    early = Usual("early", odd=knowing(panel, lambda day: 1.3 if day > 62 else 1.05))
    late = Usual("late", odd=knowing(panel, lambda day: 1.01 if day > 62 else 1.054))
    found = choosing.auto(panel, HORIZON, 3, pool=pool(early, late)[1:])
    opened = ~found.trials.closed
    over = [found.trials.said["auto"][at].mean[opened[at]] / found.trials.actual[at][opened[at]] for at in range(3)]
    np.testing.assert_allclose(over[0], 1.3)
    np.testing.assert_allclose(over[1], 1.01)
    np.testing.assert_allclose(over[2], 1.01)


@pytest.mark.parametrize("days", [15, 28, 60, 120])
def test_models_and_weights_told_make_the_forecast(days):
    panel = shops(days=days)
    found = choosing.auto(panel, HORIZON, 2)
    assert list(found.chosen.columns) == ["unique_id", "models", "weights", "fallback", "reason"]
    assert found.chosen["unique_id"].tolist() == list(panel.ids)
    assert (found.chosen["fallback"] == "weekday_mean").all()
    made, mean = remade(found, panel), found.future["auto"].mean
    assert np.isfinite(mean).all()
    assert (mean >= 0).all()
    shut = panel.until(days, HORIZON).closed[:, days:]
    assert (mean[shut] == 0).all()
    told = ~np.isnan(made) & ~shut
    assert told.any()
    np.testing.assert_allclose(mean[told], made[told], rtol=1e-5)


@pytest.mark.parametrize(
    ("off", "place", "reason"),
    [(np.nan, 1, "no other model has anything to say"), (1.9, 0, "no model beat the baseline")],
    ids=["silent", "losing"],
)
def test_weights_told_hold_where_the_baseline_stands_in(pool, off, place, reason):
    panel = shops(series=6, level=4)
    panel.y[5, :-20] = np.nan
    factor = np.full((6, 1), 0.8)
    factor[place] = off
    found = choosing.auto(panel, HORIZON, 3, pool=pool(Usual("one", odd=knowing(panel, lambda day: factor))))
    assert found.mix.names == ("one",)
    assert found.mix.factor > 1
    wanted = [["one", f"{found.mix.factor:.6g}", "within 4 % of the best in 4 windows"] for _ in range(6)]
    wanted[place] = ["weekday_mean", "1", reason]
    wanted[5] = ["group", "", "too short for any model: level and week of its group"]
    assert found.chosen[["models", "weights", "reason"]].to_numpy().tolist() == wanted
    opened = ~panel.until(90, HORIZON).closed[:5, 90:]
    np.testing.assert_allclose(found.future["auto"].mean[:5][opened], remade(found, panel)[:5][opened], rtol=1e-5)


def test_where_nothing_could_be_tried_safe_models_are_mixed():
    panel = shops(days=20)
    found = choosing.auto(panel, HORIZON, 2)
    assert len(found.trials.cutoffs) == 0
    assert found.mix.names == choosing.UNTRIED
    assert found.mix.factor == 1
    assert np.isfinite(found.future["auto"].mean).all()


def test_one_observation_and_none_are_answered_from_the_others():
    panel = shops(series=4)
    panel.y[2] = np.nan
    panel.y[3, :-1] = np.nan
    found = choosing.auto(panel, HORIZON, 2)
    assert np.isfinite(found.future["auto"].mean).all()
    assert found.chosen["models"].tolist()[2:] == ["group", "group"]
    assert found.chosen["weights"].tolist()[2:] == ["", ""]
    assert found.notes == (
        "1 series with too little history for a model borrowed from the others of the group: s3.",
        "1 series never sold yet took the typical level of the group: s2.",
    )


def test_nothing_known_of_anything_is_told():
    panel = shops(series=2)
    found = choosing.auto(replace(panel, y=np.full_like(panel.y, np.nan)), HORIZON, 2)
    assert found.future["auto"].mean.shape == (2, HORIZON)
    assert np.nansum(found.future["auto"].mean) == 0


def test_models_fitted_one_by_one_are_left_out_of_large_panels(monkeypatch):
    monkeypatch.setattr(choosing, "ONE_BY_ONE", 4)
    found = choosing.auto(shops(), HORIZON, 1)
    assert "ets" not in found.seconds
    assert found.notes[0] == "ets is left out: it is fitted series by series, and there are 5"


@pytest.mark.parametrize("when", [62, 76, 90])
def test_a_model_whose_library_fails_is_left_out_with_a_note(pool, when):
    def broken(panel, mean):
        if panel.history == when:
            raise np.linalg.LinAlgError("Singular matrix")
        return mean

    panel = shops()
    found = choosing.auto(panel, HORIZON, 3, pool=pool(Usual("broken", odd=broken), Usual("fine", 1.01)))
    day = panel.days[when - 1].date()
    assert found.notes == (f"broken says nothing of the days after {day}: LinAlgError: Singular matrix",)
    assert np.isfinite(found.trials.mean("auto")).all()
    assert np.isfinite(found.future["auto"].mean).all()
    assert ("broken" in found.trials.said) == (when > 62)
    opened = ~panel.until(90, HORIZON).closed[:, 90:]
    np.testing.assert_allclose(found.future["auto"].mean[opened], remade(found, panel)[opened], rtol=1e-5)


def test_a_slip_of_our_own_is_not_hidden(pool):
    def slip(panel, mean):
        raise TypeError("a slip")

    with pytest.raises(TypeError, match="a slip"):
        choosing.auto(shops(), HORIZON, 1, pool=pool(Usual("slip", odd=slip)))


def test_the_share_that_is_done_grows_to_all_of_it(pool):
    heard: list[float] = []
    choosing.auto(shops(), HORIZON, 3, tell=heard.append, pool=pool(Usual("far", 0.5), Usual("best")))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert heard[0] < 0.2


def test_the_same_panel_gives_the_same_bytes_and_reads_no_later_day():
    panel = shops(days=120)
    noise = np.random.default_rng(1).uniform(0, 1e4, panel.y.shape)
    other = replace(panel, y=np.where((np.arange(120) >= 113) & ~panel.closed, noise, panel.y))
    one, two = (choosing.auto(each.until(113, HORIZON), HORIZON, 2).future["auto"].mean for each in (panel, other))
    assert one.tobytes() == two.tobytes()


def test_origins_of_its_trials_are_those_of_any_model():
    panel = shops()
    found = choosing.auto(panel, HORIZON, 2)
    plain = trials.run(panel, [], HORIZON, 2)
    assert found.trials.cutoffs.equals(plain.cutoffs)
    np.testing.assert_array_equal(found.trials.actual, plain.actual)
    np.testing.assert_array_equal(found.trials.square, plain.square)
