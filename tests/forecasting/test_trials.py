"""Trials from earlier days: what is scored, what a model may see, and what happens when its library fails."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.errors import ConfigError
from shoplib.forecasting import trials
from shoplib.forecasting.models import catalogue
from shoplib.forecasting.models.interface import Here, Said
from shoplib.forecasting.models.lstm import Lstm
from shoplib.forecasting.panel import Panel

WEEK = np.array([0.8, 0.9, 1.0, 1.0, 1.4, 1.6, 0.6])


def shops(series: int = 4, days: int = 200, seed: int = 3) -> Panel:
    """Return shops with a week, Sundays shut in the first, offers known ahead and a word each."""
    rng = np.random.default_rng(seed)
    span = pd.date_range("2023-01-02", periods=days)
    offer = (rng.random((series, -(-days // 7))) < 0.3).repeat(7, axis=1)[:, :days].astype(float)
    closed = np.zeros((series, days), dtype=bool)
    closed[0] = span.weekday == 6
    mean = (20 * (1 + np.arange(series)))[:, None] * WEEK[span.weekday] * (1 + offer)
    ids = tuple(f"s{at}" for at in range(series))
    static = pd.DataFrame({"kind": (["a", "b"] * series)[:series]}, index=ids)
    return Panel(ids, span, days, np.where(closed, np.nan, rng.poisson(mean)), closed, {"offer": offer}, static, "GB")


@dataclass
class Raises:
    """A model whose library raises."""

    error: Exception
    name: str = "raises"
    label: str = "Raises"
    told: str = "nothing"

    def forecast(self, panel, horizon, crew):
        raise self.error


@dataclass
class Negative:
    """A model that says what the rules of every forecast forbid."""

    name: str = "negative"
    label: str = "Negative"
    told: str = "too much on closed days, less than nothing on others"

    def forecast(self, panel, horizon, crew):
        mean = np.full((len(panel.ids), horizon), -3.0)
        return Said(mean, {80: (mean + 9, mean - 9)})


@pytest.mark.parametrize(
    ("days", "wanted"), [(200, [116, 144, 172]), (97, [41, 69]), (70, [14, 42]), (42, [14]), (41, []), (1, [])]
)
def test_origins_lie_a_horizon_apart_and_know_two_weeks(days, wanted):
    assert trials.origins(shops(days=days), 28, 3) == [end for end in wanted if end >= 14]


def test_what_is_scored_is_what_was_sold():
    panel = shops()
    found = trials.run(panel, [Negative()], 28, 2)
    assert found.cutoffs.tolist() == [panel.days[143], panel.days[171]]
    assert found.actual.shape == found.closed.shape == found.mean("negative").shape == (2, 4, 28)
    np.testing.assert_array_equal(found.actual, np.stack([panel.sold[:, 144:172], panel.sold[:, 172:]]))
    assert (found.actual[found.closed] == 0).all()
    assert (found.mean("negative") == 0).all()
    low, high = found.said["negative"][0].bands[80]
    assert (low == 0).all()
    assert (high == 0).all()
    np.testing.assert_allclose(found.scale[1, 1], np.abs(panel.y[1, 7:172] - panel.y[1, :165]).mean())
    np.testing.assert_allclose(found.square[1, 1], (np.diff(panel.y[1, :172]) ** 2).mean())


def test_too_short_a_history_is_a_trial_of_nothing():
    found = trials.run(shops(days=20), [Negative()], 28, 3)
    assert found.actual.shape == (0, 4, 28)
    assert found.said == {"negative": []}
    assert (len(found.cutoffs), found.scale.shape) == (0, (0, 4))


def test_the_share_that_is_done_is_told():
    heard: list[float] = []
    trials.run(shops(), [Negative(), Negative("other")], 28, 2, tell=heard.append)
    assert heard == [0.25, 0.5, 0.75, 1.0]


def test_changes_by_hand():
    sold = np.array([[1.0, 4.0, np.nan, 2.0, 4.0], [np.nan] * 5, [3.0] * 5])
    np.testing.assert_array_equal(trials.change(sold, 1), [2.5, np.nan, 0])
    np.testing.assert_array_equal(trials.change(sold, 1, squared=True), [6.5, np.nan, 0])
    np.testing.assert_array_equal(trials.change(sold, 5), [np.nan] * 3)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 99), st.integers(1, 9), st.integers(1, 40))
def test_changes_are_those_of_pandas(seed, lag, days):
    rng = np.random.default_rng(seed)
    sold = np.where(rng.random((3, days)) < 0.3, np.nan, rng.random((3, days)))
    wanted = pd.DataFrame(sold.T).diff(lag).abs().mean().to_numpy()
    np.testing.assert_allclose(trials.change(sold, lag), wanted)


def test_no_model_of_the_league_sees_a_day_after_its_origin():
    panel = shops(series=2, days=210)
    elsewhere = {"lstm", "arima", "prophet"}  # the last two, which are slow: see test_every_model
    names = [name for name in catalogue.names() if name not in elsewhere]
    models, notes = catalogue.make(names)
    assert notes == []
    noise = np.random.default_rng(1).uniform(0, 1e4, panel.y.shape)
    later = np.arange(210) >= 182
    other = replace(panel, y=np.where(later & ~panel.closed, noise, panel.y))
    one, two = (trials.run(each, [*models, Lstm(steps=10)], 14, 2) for each in (panel, other))
    assert one.cutoffs[0] == panel.days[181]
    for name in [*names, "lstm"]:
        assert np.isfinite(one.said[name][0].mean).all()
        assert one.said[name][0].mean.tobytes() == two.said[name][0].mean.tobytes(), name
        assert one.said[name][1].mean.tobytes() != two.said[name][1].mean.tobytes(), name


def lightgbm_error() -> Exception:
    from lightgbm.basic import LightGBMError

    return LightGBMError("Check failed: (num_data) > (0)\n at line 7")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (lightgbm_error(), "LightGBMError: Check failed: (num_data) > (0) at line 7"),
        (np.linalg.LinAlgError("Singular matrix"), "LinAlgError: Singular matrix"),
        (ValueError("x" * 999), f"ValueError: {'x' * 188}"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (RuntimeError("did not converge"), "RuntimeError: did not converge"),
    ],
)
def test_a_library_that_fails_leaves_the_model_out_with_a_note(error, told):
    found = trials.run(shops(), [Raises(error), Negative()], 28, 1)
    said = found.said["raises"][0]
    assert said.mean.shape == (4, 28)
    assert np.isnan(said.mean).all()
    assert said.notes == (f"raises says nothing of the days after 2023-06-22: {told}",)
    assert (found.mean("negative") == 0).all()


@pytest.mark.parametrize("error", [TypeError("a slip"), KeyError("a slip"), ConfigError("not so"), OSError("full")])
def test_other_errors_are_not_hidden(error):
    with pytest.raises(type(error)):
        trials.ask(Raises(error), shops(), 28, Here())
