"""Which models are near the best, which lose on a series, and what a mix makes of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.forecasting.models import ensemble
from shoplib.forecasting.models.ensemble import BEST, MIDDLE, Mix
from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.trials import Trials

BASE = "usual"


def tried(actual: np.ndarray, square: float = 1.0, **said: np.ndarray) -> Trials:
    """Return trials of models that said this, each (windows, series, horizon)."""
    windows, series, horizon = actual.shape
    told = {name: [Said(mean) for mean in np.broadcast_to(means, actual.shape)] for name, means in said.items()}
    grid = np.full((windows, series), square)
    ids = tuple(f"s{at}" for at in range(series))
    return Trials(ids, pd.date_range("2024-01-01", periods=windows, freq="28D"), horizon, actual,
                  np.zeros(actual.shape, dtype=bool), grid, grid, told)  # fmt: skip


TEN = np.full((3, 4, 5), 10.0)


def test_the_scaled_error_by_hand():
    actual = np.array([[[1.0, 2.0, np.nan], [4.0, 4.0, 4.0]]])
    found = tried(actual, 4.0, model=np.array([[[4.0, 6.0, 99.0], [np.nan] * 3]]))
    np.testing.assert_allclose(ensemble.rmsse(found, "model"), [[np.sqrt((9 + 16) / 2 / 4), np.nan]])
    np.testing.assert_array_equal(ensemble.rmsse(tried(actual, 0.0, model=actual), "model"), [[np.nan] * 2])


def test_those_within_four_per_cent_of_the_best_are_members_best_first():
    found = tried(TEN, usual=TEN + 9, near=TEN + 1.03, best=TEN - 1, far=TEN + 1.05)
    mix = ensemble.learned(found, ["usual", "near", "far", "best"], BASE, 3)
    assert mix.names == ("best", "near")
    assert mix.used.all()
    assert mix.factor == 1
    means = {name: answers[0].mean for name, answers in found.said.items()}
    np.testing.assert_allclose(mix.of(means, BASE), 10.015)


def test_there_are_four_members_at_most():
    said = {f"m{at}": TEN + 1 + at / 1000 for at in range(6)}
    assert ensemble.learned(tried(TEN, **said, usual=TEN + 9), list(said), BASE, 2).names == ("m0", "m1", "m2", "m3")


def test_only_the_first_windows_are_learnt_from():
    later = np.array([TEN[0] + 1, TEN[0], TEN[0]])
    found = tried(TEN, usual=TEN + 9, first=TEN + 0.5, later=later)
    assert ensemble.learned(found, ["first", "later"], BASE, 1).names == ("first",)
    assert ensemble.learned(found, ["first", "later"], BASE, 3).names == ("later",)


def test_without_a_window_or_a_score_all_are_members():
    for found, windows in ((tried(TEN, one=TEN, other=TEN, usual=TEN), 0),
                           (tried(TEN * np.nan, one=TEN, other=TEN, usual=TEN), 3)):  # fmt: skip
        mix = ensemble.learned(found, ["one", "other"], BASE, windows)
        assert mix == Mix(("one", "other"), mix.used)
        assert mix.used.all()


def test_a_member_that_lost_in_every_window_is_not_used_on_that_series():
    hundred = TEN * 10
    model = hundred + 0.5
    model[:, 1] += 4  # lost in each of three windows
    model[:2, 2] += 4  # won once
    actual = hundred.copy()
    model[:, 3] += 4
    actual[0, 3] = np.nan  # lost in both windows that can be measured
    found = tried(actual, usual=hundred + 2, model=model)
    mix = ensemble.learned(found, ["model"], BASE, 3)
    assert mix.used.tolist() == [[True, False, True, False]]
    told = {name: answers[2].mean for name, answers in found.said.items()}
    np.testing.assert_allclose(mix.of(told, BASE)[:, 0], [100.5, 102, 100.5, 102])


def test_one_lost_window_decides_nothing():
    found = tried(TEN, usual=TEN + 2, model=TEN + np.array([0, 3, 0, 0])[None, :, None])
    assert ensemble.learned(found, ["model"], BASE, 1).used.all()
    assert not ensemble.learned(found, ["model"], BASE, 2).used.all()


def test_silence_counts_as_the_error_of_the_baseline_that_stands_in():
    hard = TEN + np.array([0, 0, 0, 8])[None, :, None]
    silent = hard - np.array([0.4, 0.4, 0.4, 0])[None, :, None]
    silent[:, 3] = np.nan  # says nothing of the hard series
    brave = hard + np.array([0.5, 0.5, 0.5, 2])[None, :, None]
    usual = hard + np.array([2, 2, 2, 6])[None, :, None]
    found = tried(hard, usual=usual, silent=silent, brave=brave)
    assert ensemble.learned(found, ["silent", "brave"], BASE, 3).names == ("brave",)


@pytest.mark.parametrize(("off", "wanted"), [(1.09, 1), (1.25, 0.95), (0.8, 1.0625), (3, 0.85), (0.2, 1.2)])
def test_a_sum_off_by_more_than_a_tenth_is_set_right_by_a_quarter_within_bounds(off, wanted):
    mix = ensemble.learned(tried(TEN, usual=TEN * 9, model=TEN * off), ["model"], BASE, 3)
    assert mix.factor == pytest.approx(wanted)
    assert mix.of({"model": TEN[0], BASE: TEN[0]}, BASE)[0, 0] == pytest.approx(10 * wanted)


def test_nothing_sold_and_nothing_expected_is_left_as_it_is():
    assert ensemble.learned(tried(TEN * 0, usual=TEN * 0, model=TEN * 0), ["model"], BASE, 3).factor == 1


def test_a_mix_falls_back_to_the_baseline_where_no_member_says_anything():
    one, other, usual = (np.full((3, 2), value) for value in (4.0, 8.0, 100.0))
    one[1:] = np.nan
    other[2] = np.nan
    mix = Mix(("one", "other"), np.array([[True, True, True], [True, True, True]]), 0.5)
    told = {"one": one, "other": other, BASE: usual}
    assert mix.of(told, BASE).tolist() == [[3, 3], [4, 4], [100, 100]]
    assert mix.heard(told).tolist() == [[True, False, False], [True, True, False]]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9_999))
def test_a_mix_lies_between_its_members_but_for_its_factor(seed):
    rng = np.random.default_rng(seed)
    actual = rng.gamma(2, 5, (3, 4, 6))
    said = {name: actual * rng.gamma(9, 1 / 9, actual.shape) for name in ("usual", "one", "two", "three")}
    said["one"][:, 0] = np.nan
    found = tried(actual, **said)
    mix = ensemble.learned(found, list(said), BASE, 2)
    told = {name: grid[2] for name, grid in said.items()}
    mean, all_of_them = mix.of(told, BASE), np.stack(list(told.values()))
    assert np.isfinite(mean).all()
    assert (mean <= np.nanmax(all_of_them, axis=0) * max(mix.factor, 1) + 1e-9).all()
    assert (mean >= np.nanmin(all_of_them, axis=0) * min(mix.factor, 1) - 1e-9).all()


def test_the_median_ignores_silence():
    found = tried(TEN, one=TEN, two=TEN * np.nan, three=TEN + 4)
    np.testing.assert_array_equal(ensemble.median(found, ["one", "two", "three"], 0), TEN[0] + 2)
    assert np.isnan(ensemble.median(found, ["two"], 0)).all()


@pytest.mark.parametrize(
    ("apart", "wanted", "mean"), [((0.2, 5, 6, 7), BEST, 10.2), ((-4.0, -4.1, 4.0, 4.1, 0.3, 4.2), BEST, 10.3)]
)
def test_the_mean_of_the_best_is_taken_where_it_was_better(apart, wanted, mean):
    said = {f"m{at}": TEN + off for at, off in enumerate(apart)}
    found = tried(TEN, usual=TEN + 9, **said)
    answers, now, how = ensemble.entered(found, list(said), BASE, {n: told[0] for n, told in found.said.items()})
    assert how == wanted
    np.testing.assert_array_equal(answers[0].mean, ensemble.median(found, list(said), 0))  # nothing came before it
    np.testing.assert_allclose([answers[1].mean, answers[2].mean, now.mean], mean)


def test_the_median_of_all_is_taken_where_it_was_better():
    wrong = np.stack([TEN[0], TEN[0] + 9, TEN[0]])  # the best of one window is off in the next
    said = {"a": wrong, "b": TEN[::-1] * 1.2 - wrong * 0.1, "c": TEN + 0.9, "d": TEN - 1, "e": TEN + 1.1}
    found = tried(TEN, usual=TEN + 9, **said)
    answers, now, how = ensemble.entered(found, list(said), BASE, {n: told[2] for n, told in found.said.items()})
    assert how == MIDDLE
    np.testing.assert_array_equal(answers[2].mean, ensemble.median(found, list(said), 2))
    np.testing.assert_array_equal(now.mean, ensemble.median(found, list(said), 2))


def test_an_ensemble_of_no_windows_is_the_median():
    found = tried(TEN[:0], one=TEN[:0], two=TEN[:0], usual=TEN[:0])
    future = {"one": Said(TEN[0]), "two": Said(TEN[0] + 1), "usual": Said(TEN[0] + 9)}
    said, now, how = ensemble.entered(found, ["one", "two"], BASE, future)
    assert (said, how) == ([], MIDDLE)
    np.testing.assert_array_equal(now.mean, TEN[0] + 0.5)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 9_999), st.integers(0, 2))
def test_what_came_in_a_window_changes_nothing_said_up_to_it(seed, window):
    rng = np.random.default_rng(seed)
    actual = rng.gamma(2, 5, (3, 4, 6))
    said = {name: actual * rng.gamma(9, 1 / 9, actual.shape) for name in ("usual", "one", "two")}
    other = actual.copy()
    other[window:] = rng.gamma(2, 50, other[window:].shape)
    future = {name: Said(grid[0]) for name, grid in said.items()}
    one, two = (ensemble.entered(tried(came, **said), list(said), BASE, future)[0] for came in (actual, other))
    for place in range(window + 1):
        np.testing.assert_array_equal(one[place].mean, two[place].mean)
