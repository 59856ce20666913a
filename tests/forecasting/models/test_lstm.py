"""One network over all series: better than the weekday's mean, the same every time, sane on odd series."""

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting import trials
from shoplib.forecasting.models.interface import Here
from shoplib.forecasting.models.lstm import FILE, LEAST, Lstm
from shoplib.forecasting.models.windows import PAST, windows
from shoplib.forecasting.panel import Panel

HORIZON = 14
WEEK = np.array([0.8, 0.9, 1.0, 1.0, 1.4, 1.6, 0.6])
QUICK = Lstm(steps=20)


def shops(series: int = 8, days: int = 420, seed: int = 3) -> Panel:
    """Return shops with a week, Sundays shut, offers known ahead that sell half as much again, and noise."""
    rng = np.random.default_rng(seed)
    span = pd.date_range("2023-01-02", periods=days + HORIZON)
    offer = (rng.random((series, -(-len(span) // 7))) < 0.3).repeat(7, axis=1)[:, : len(span)].astype(float)
    closed = np.tile(span.weekday == 6, (series, 1))
    mean = (50 * (1 + np.arange(series)))[:, None] * WEEK[span.weekday] * (1 + 0.5 * offer)
    y = rng.poisson(mean).astype(float)[:, :days]
    y[closed[:, :days]] = np.nan
    ids = tuple(f"s{at}" for at in range(series))
    return Panel(ids, span, days, y, closed, {"offer": offer}, pd.DataFrame({"kind": ["a", "b"] * 4}, index=ids), "GB")


@pytest.fixture(scope="module")
def panel():
    return shops()


@pytest.fixture(scope="module")
def found(panel):
    return trials.run(panel, [Lstm(steps=120)], HORIZON, 1)


def test_it_beats_the_mean_of_the_weekday_where_offers_are_known_ahead(panel, found):
    end = panel.history - HORIZON
    usual = np.mean(panel.sold[:, end - 28 : end].reshape(len(panel.ids), 4, 7), axis=1)[:, np.arange(HORIZON) % 7]
    opened = ~found.closed[0]

    def error(mean):
        return np.abs(mean - found.actual[0])[opened].sum()

    assert error(found.mean("lstm")[0]) < 0.75 * error(usual)


def test_bands_lie_around_the_mean_and_hold_most_days(found):
    said, actual, opened = found.said["lstm"][0], found.actual[0], ~found.closed[0]
    (low, high), (lower, higher) = said.bands[80], said.bands[95]
    assert ((lower >= 0) & (lower <= low) & (low <= said.mean) & (said.mean <= high) & (high <= higher)).all()
    assert 0.6 < ((low <= actual) & (actual <= high))[opened].mean() <= 1.0
    assert (low % 1 == 0).all()


def test_it_says_the_same_every_time_and_leaves_torch_as_it_was(panel):
    import torch

    torch.manual_seed(1)
    before = torch.get_rng_state(), torch.get_num_threads()
    first, second = (QUICK.forecast(panel, HORIZON, Here()) for _ in range(2))
    assert first.mean.tobytes() == second.mean.tobytes()
    assert all(first.bands[at][0].tobytes() == second.bands[at][0].tobytes() for at in first.bands)
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == torch.get_num_threads()


def test_weights_taken_out_and_put_back_say_the_same_without_training(panel):
    trained = QUICK.train(panel, HORIZON, Here())
    kept = trained.weights()
    again = QUICK.restore(kept)
    assert again.weights() == kept == QUICK.train(panel, HORIZON, Here()).weights()
    assert list(kept) == [FILE]
    one, two = (model.forecast(panel, HORIZON, Here()) for model in (trained, again))
    assert one.mean.tobytes() == two.mean.tobytes()


def test_nothing_after_the_history_is_read_but_what_is_known_ahead(panel):
    cut = panel.until(300, HORIZON)
    later = shops(seed=4)
    mixed = np.hstack([panel.y[:, :300], later.y[:, 300:]])
    other = Panel(panel.ids, panel.days, panel.history, mixed, panel.closed, panel.known, panel.static, "GB")
    assert (
        QUICK.forecast(cut, HORIZON, Here()).mean.tobytes()
        == QUICK.forecast(other.until(300, HORIZON), HORIZON, Here()).mean.tobytes()
    )
    view = windows(panel)
    rows = np.arange(len(panel.ids))
    for origin in (0, 10, PAST, 250):
        at = np.full(len(rows), origin)
        ahead = np.tile(np.arange(HORIZON), (len(rows), 1))
        assert view.past(rows, at).shape == (len(rows), PAST, 6)
        assert np.isfinite(view.coming(rows, at, ahead)).all()


def test_a_short_series_and_an_empty_one_are_left_out_with_a_note(panel):
    y = panel.y.copy()
    y[0] = np.nan
    y[1, : -(LEAST - 1)] = np.nan
    said = QUICK.forecast(Panel(panel.ids, panel.days, panel.history, y, panel.closed), HORIZON, Here())
    assert np.isnan(said.mean).all(axis=1).tolist() == [True, True, *[False] * 6]
    assert said.notes == (f"LSTM: 2 series with fewer than {LEAST} known days are left out",)


@pytest.mark.parametrize("days", [0, 1, 5, 20])
def test_too_little_history_is_an_answer_of_nothing(days):
    span = pd.date_range("2024-01-01", periods=days + HORIZON)
    short = Panel(("a",), span, days, np.ones((1, days)), np.zeros((1, len(span)), dtype=bool))
    said = QUICK.forecast(short, HORIZON, Here())
    assert np.isnan(said.mean).all()
    assert said.mean.shape == (1, HORIZON)
    assert said.notes == ("LSTM: too little history to learn from",)


@pytest.mark.parametrize("horizon", [1, 400])
def test_odd_series_get_numbers_for_any_horizon(horizon):
    span = pd.date_range("2024-01-01", periods=90 + horizon)
    rng = np.random.default_rng(5)
    spiky = np.where(rng.random(90) < 0.05, 5_000.0, 0.0)
    rows = [np.zeros(90), np.full(90, 7.0), spiky, np.where(np.arange(90) == 50, 1.0, 0.0), -rng.random(90)]
    closed = np.zeros((len(rows), len(span)), dtype=bool)
    missing = np.full(closed.shape, np.nan)
    odd = Panel(tuple("abcde"), span, 90, np.stack(rows), closed, {"price": missing})
    said = Lstm(steps=20).forecast(odd, horizon, Here()).on(odd)
    assert np.isfinite(said.mean).all()
    assert (said.mean >= 0).all()
    assert said.mean[0].max() < 1.5
    assert 3 < said.mean[1].mean() < 15


def test_no_series_at_all_is_no_rows():
    span = pd.date_range("2024-01-01", periods=60 + HORIZON)
    none = Panel((), span, 60, np.zeros((0, 60)), np.zeros((0, len(span)), dtype=bool))
    assert QUICK.forecast(none, HORIZON, Here()).mean.shape == (0, HORIZON)
