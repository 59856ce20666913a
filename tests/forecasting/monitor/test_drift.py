"""The watch of errors: false alarms in stable months, drifts that are found, and nothing to compare with."""

from __future__ import annotations

import numpy as np
import pytest

from shoplib.forecasting.monitor.drift import watch
from shoplib.forecasting.monitor.due import retrain_due, standing

WEEK = np.array([0.7, 0.7, 0.8, 0.9, 1.4, 1.6, 0.9])


def _errors(rng: np.random.Generator, days: int, rows: int = 1, noise: float = 0.15, tie: float = 0.0) -> np.ndarray:
    """Return errors of a weekly pattern that is forecast, with noise tied to that of the day before."""
    drawn = rng.normal(size=(rows, days))
    for day in range(1, days):
        drawn[:, day] = tie * drawn[:, day - 1] + np.sqrt(1 - tie**2) * drawn[:, day]
    usual: np.ndarray = 100 * WEEK[np.arange(days) % 7] * noise * drawn
    return usual


@pytest.mark.parametrize(("months", "tie", "rows"), [(500, 0.0, 1), (100, 0.3, 1), (20, 0.0, 10)])
def test_at_most_five_in_a_hundred_stable_months_are_due(months: int, tie: float, rows: int) -> None:
    rng = np.random.default_rng(7)
    due = 0
    for month in range(months):
        errors = _errors(rng, 84 + 28, rows, tie=tie)
        ids = [f"S{i}" for i in range(rows)]
        due += retrain_due(ids, errors[:, :84], errors[:, 84:], seed=month).due
    assert due / months <= 0.05


def test_a_level_20_percent_up_is_found_with_its_side_and_day() -> None:
    rng = np.random.default_rng(3)
    found = []
    for month in range(40):
        errors = _errors(rng, 84 + 28)
        errors[:, 84:] -= 0.2 * 100 * WEEK[np.arange(84, 112) % 7]
        found.append(retrain_due(["A"], errors[:, :84], errors[:, 84:], seed=month))
    assert np.mean([one.due for one in found]) >= 0.95
    assert np.median([one.since for one in found if one.since is not None]) <= 14
    assert all("A (too little was said)" in one.reason or "A (errors grew)" in one.reason for one in found if one.due)


def test_errors_that_double_are_found_without_a_side() -> None:
    rng = np.random.default_rng(4)
    due = [
        retrain_due(["A"], errors[:, :84], errors[:, 84:] * 2.0, seed=month).due
        for month in range(30)
        for errors in [_errors(rng, 112)]
    ]
    assert np.mean(due) >= 0.8


def test_the_same_errors_give_the_same_watch() -> None:
    errors = _errors(np.random.default_rng(1), 112, 3)
    first, second = (watch(errors[:, :84], errors[:, 84:], seed=5) for _ in range(2))
    np.testing.assert_array_equal(first.distance, second.distance)
    assert first.limit == second.limit


def test_unscored_days_are_left_out_and_do_not_count() -> None:
    errors = _errors(np.random.default_rng(1), 112, 2)
    errors[:, [5, 6, 40, 100]] = np.nan
    found = watch(errors[:, :84], errors[:, 84:])
    assert np.isnan(found.distance[:, 100 - 84]).all() and np.isfinite(found.distance[:, 0]).all()


@pytest.mark.parametrize(
    ("past", "live", "reason"),
    [
        (np.zeros((1, 84)), np.zeros((1, 0)), "nothing has come yet that was forecast"),
        (np.zeros((1, 84)), np.full((1, 28), np.nan), "nothing has come yet that was forecast"),
        (np.zeros((0, 84)), np.zeros((0, 28)), "nothing has come yet that was forecast"),
        (np.ones((1, 20)), np.ones((1, 28)), "the back-test is too short to compare with"),
        (np.zeros((1, 84)), np.zeros((1, 28)), "the back-test is too short to compare with"),
        (np.full((1, 84), np.nan), np.ones((1, 3)), "the back-test is too short to compare with"),
        (np.ones((1, 84)), np.ones((1, 28)), "errors are as in the back-test"),
    ],
)
def test_without_evidence_nothing_is_due(past: np.ndarray, live: np.ndarray, reason: str) -> None:
    found = retrain_due([f"S{i}" for i in range(len(past))], past, live)
    assert (found.due, found.reason, found.since) == (False, reason, None)


def test_one_odd_day_alone_is_not_due() -> None:
    errors = _errors(np.random.default_rng(2), 112)
    errors[0, 90] = -1_000
    assert not retrain_due(["A"], errors[:, :84], errors[:, 84:]).due


def test_live_errors_stand_beside_those_of_the_back_test() -> None:
    past, live = np.tile([10.0, -10.0], (1, 14)), np.array([[30.0, 30.0]])
    table = standing(["A"], past, live, np.full((1, 28), 100.0), np.full((1, 2), 100.0))
    assert table.to_dict("records") == [
        {"unique_id": "A", "days": 2, "live_wape": 0.3, "tested_wape": 0.1, "worse_share": 0.0}
    ]
    nothing = standing(["A"], past, np.zeros((1, 0)), np.full((1, 28), 0.0), np.zeros((1, 0)))
    assert nothing[["live_wape", "tested_wape", "worse_share"]].isna().all(axis=None)
