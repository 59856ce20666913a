"""Measures by hand, and held to another library's on the same input."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from utilsforecast import losses

from shoplib.forecasting import accuracy
from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.trials import Trials, change

NAN = float("nan")
Grid = list[list[list[float]]]


def as_trials(actual: Grid, said: dict[str, Grid], scale: float = 2.0, square: float = 4.0) -> Trials:
    """Return trials of (windows, series, horizon) with the same denominators everywhere."""
    came = np.array(actual, dtype=float)
    windows, rows, horizon = came.shape
    return Trials(
        ids=tuple("abcdefgh"[:rows]),
        cutoffs=pd.date_range("2024-03-01", periods=windows, freq=f"{horizon}D"),
        horizon=horizon,
        actual=came,
        closed=np.zeros(came.shape, dtype=bool),
        scale=np.full((windows, rows), scale),
        square=np.full((windows, rows), square),
        said={model: [Said(np.array(window, dtype=float)) for window in grid] for model, grid in said.items()},
    )


def test_measures_by_hand():
    trials = as_trials([[[10, 20, 0, NAN]], [[30, 0, 0, 20]]], {"m": [[[12, 16, 0, 9]], [[30, 6, NAN, 20]]]})
    row = accuracy.scores(trials, "m").loc["a"]
    assert row["days"] == 6
    assert row["wape"] == pytest.approx((2 + 4 + 6) / 80)
    assert row["mase"] == pytest.approx((6 / 3 / 2 + 6 / 3 / 2) / 2)
    assert row["rmsse"] == pytest.approx((np.sqrt(20 / 3 / 4) + np.sqrt(36 / 3 / 4)) / 2)
    assert row["mape"] == pytest.approx((2 / 10 + 4 / 20 + 0 + 0) / 4)
    assert row["rmse"] == pytest.approx(np.sqrt((4 + 16 + 36) / 6))
    around = np.array([10, 20, 0, 30, 0, 20]) - 80 / 6
    assert row["r2"] == pytest.approx(1 - 56 / (around**2).sum())
    assert row["bias"] == pytest.approx((2 - 4 + 6) / 80)


def test_over_the_panel_sums_run_over_series_and_scaled_errors_are_means_of_series():
    trials = as_trials([[[10, 10], [1, 1]]], {"m": [[[14, 10], [1, 2]]]})
    row = accuracy.pooled(trials, "m")
    assert row["wape"] == pytest.approx(5 / 22)
    assert row["mase"] == pytest.approx((2 / 2 + 0.5 / 2) / 2)
    assert row["rmsse"] == pytest.approx((np.sqrt(8 / 4) + np.sqrt(0.5 / 4)) / 2)
    assert row["r2"] == pytest.approx(1 - 17 / 81)
    assert accuracy.pooled(trials, "m", rows=[1])["wape"] == pytest.approx(0.5)


def test_coverage_width_and_pinball_by_hand_leave_closed_days_out():
    trials = as_trials([[[10, 20, 0]]], {"m": [[[10, 10, 0]]]})
    trials.closed[0, 0, 2] = True
    low, high = np.array([[8.0, 8, 0]]), np.array([[12.0, 15, 0]])
    row = accuracy.scores(trials, "m", bands=[{80: (low, high)}]).loc["a"]
    assert row["coverage_80"] == 0.5
    assert row["width_80"] == pytest.approx((4 + 7) / 30)
    lower, upper = 0.1 * 2 + 0.1 * 12, 0.1 * 2 + 0.9 * 5
    assert row["pinball"] == pytest.approx((lower + upper) / 2 / 30)
    native = as_trials([[[10, 20, 0]]], {"m": [[[10, 10, 0]]]})
    native.said["m"][0] = Said(np.array([[10.0, 10, 0]]), {80: (low, high)})
    assert accuracy.scores(native, "m").loc["a", "coverage_80"] == pytest.approx(2 / 3)


@pytest.mark.filterwarnings("error")
def test_what_is_not_defined_is_missing_and_never_infinite():
    trials = as_trials(
        [[[0, 0], [5, 5], [NAN, NAN], [7, 7]]], {"m": [[[1, 0], [5, 6], [1, 1], [NAN, NAN]]]}, scale=0.0, square=0.0
    )
    nothing = np.full((4, 2), np.nan)
    table = accuracy.scores(trials, "m", bands=[{80: (nothing, nothing)}])
    assert not np.isinf(table.to_numpy()).any()
    assert table.loc["a", ["wape", "mape", "mase", "rmsse", "bias", "r2"]].isna().all()
    assert table.loc["b", "wape"] == pytest.approx(0.1)
    assert np.isnan(table.loc["b", "r2"])
    assert table.loc[["c", "d"], "days"].tolist() == [0, 0]
    assert table.loc[["c", "d"]].drop(columns="days").isna().all(axis=None)
    assert table[["coverage_80", "width_80", "pinball"]].isna().all(axis=None)


@pytest.mark.filterwarnings("error")
def test_trials_without_a_window_have_no_measure():
    trials = as_trials([[[1.0]]], {"m": [[[1.0]]]})
    none = Trials(
        trials.ids, trials.cutoffs[:0], 1, *(grid[:0] for grid in (trials.actual, trials.closed)),
        trials.scale[:0], trials.square[:0], {"m": []},
    )  # fmt: skip
    assert accuracy.scores(none, "m").loc["a", "days"] == 0
    assert accuracy.pooled(none, "m").drop("days").isna().all()
    assert accuracy.league(none, ["m"])["wape"].isna().all()
    assert accuracy.error_money(none, "m")["cost"].isna().all()


Case = tuple[np.ndarray, np.ndarray, np.ndarray]
AMOUNT = some.integers(0, 40)


@some.composite
def cases(draw: Callable[..., list[int]]) -> Case:
    """Return history, what came and what was said of two series, whole numbers with zeros."""
    days, horizon = 16, 5
    grids = [
        np.array(draw(some.lists(AMOUNT, min_size=2 * size, max_size=2 * size)), dtype=float).reshape(2, size)
        for size in (days, horizon, horizon)
    ]
    return grids[0], grids[1], grids[2]


@settings(max_examples=40, deadline=None)
@given(cases())
def test_measures_are_those_of_another_library(case: Case):
    history, came, said = case
    trials = as_trials([came.tolist()], {"m": [said.tolist()]})
    scaled = Trials(
        trials.ids, trials.cutoffs, trials.horizon, trials.actual, trials.closed,
        change(history, 7)[None], change(history, 1, squared=True)[None], trials.said,
    )  # fmt: skip
    low, high = said - 3, said + 5
    ours = accuracy.scores(scaled, "m", bands=[{80: (low, high), 95: (low - 2, high + 2)}])

    ids = np.repeat(["a", "b"], came.shape[1])
    days = pd.date_range("2024-02-01", periods=history.shape[1] + came.shape[1])
    ahead = np.tile(days[history.shape[1] :], 2)
    frame = pd.DataFrame({"unique_id": ids, "ds": ahead, "y": came.ravel(), "m": said.ravel()})
    bounds = {"m-lo-80": low, "m-hi-80": high, "m-lo-95": low - 2, "m-hi-95": high + 2}
    frame = frame.assign(**{name: grid.ravel() for name, grid in bounds.items()})
    past = pd.DataFrame(
        {
            "unique_id": np.repeat(["a", "b"], history.shape[1]),
            "ds": np.tile(days[: history.shape[1]], 2),
            "y": history.ravel(),
        }
    )

    def theirs(table: pd.DataFrame) -> np.ndarray:
        return table.set_index("unique_id")["m"].loc[["a", "b"]].to_numpy(dtype=float)

    def alike(name: str, other: np.ndarray) -> None:
        np.testing.assert_allclose(ours[name], np.where(np.isfinite(other), other, np.nan), rtol=1e-9, err_msg=name)

    sold = np.where(came.sum(axis=1) > 0, came.mean(axis=1), np.nan)
    alike("rmse", theirs(losses.rmse(frame, ["m"])))
    alike("wape", theirs(losses.mae(frame, ["m"])) / sold)
    alike("wape", theirs(losses.nd(frame, ["m"])))
    alike("bias", theirs(losses.bias(frame, ["m"])) / sold)
    alike("mape", theirs(losses.mape(frame, ["m"])))
    for name, judged, other in (
        ("mase", change(history, 7), losses.mase(frame, ["m"], 7, past)),
        ("rmsse", change(history, 1), losses.rmsse(frame, ["m"], 1, past)),
    ):
        alike(name, np.where(judged > 0, theirs(other), np.nan))
    for level in (80, 95):
        alike(f"coverage_{level}", theirs(losses.coverage(frame, ["m"], level)))
    pinball = [
        theirs(losses.quantile_loss(frame, {"m": f"m-{side}-{level}"}, q=share))
        for level in (80, 95)
        for side, share in zip(("lo", "hi"), accuracy.tails(level), strict=True)
    ]
    alike("pinball", np.mean(pinball, axis=0) / sold)


def test_the_league_is_sorted_and_tells_who_loses_to_the_weekday_mean():
    said = {
        "weekday_mean": [[[12, 12], [12, 12], [12, 12]]],
        "good": [[[11, 11], [11, 11], [13, 13]]],
        "silent": [[[NAN, NAN], [10, 10], [NAN, NAN]]],
    }
    trials = as_trials([[[10, 10]] * 3], said)
    table = accuracy.league(trials, ["weekday_mean", "good", "silent"])
    assert list(table.index) == ["silent", "good", "weekday_mean"]
    assert table["share_won"].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert table["skill"].tolist() == pytest.approx([1.0, 1 - (0.5 + 0.5 + 1.5) / 3, 0.0])
    assert table["worse"].tolist() == pytest.approx([0.0, 1 / 3, 0.0])
    assert accuracy.losing(trials, ["good"])["good"].tolist() == [False, False, True]
    alone = accuracy.league(trials, ["good"])
    assert alone["share_won"].tolist() == [1.0]


def test_without_the_weekday_mean_nobody_is_compared_with_it():
    trials = as_trials([[[10, 10]]], {"good": [[[11, 11]]]})
    assert accuracy.league(trials, ["good"])[["skill", "worse"]].isna().all(axis=None)
    assert not accuracy.losing(trials, ["good"]).any(axis=None)


def test_what_an_error_cost():
    trials = as_trials([[[10, 10], [4, 4]]], {"m": [[[13, 8], [4, NAN]]]})
    table = accuracy.error_money(trials, "m", margin=5.0, waste=[2.0, 1.0])
    assert table.loc["a"].tolist() == [3, 2, 6, 10, 16]
    assert table.loc["b"].tolist() == [0, 0, 0, 0, 0]
    assert accuracy.error_money(trials, "m").loc["a", "cost"] == 5
