"""Scores by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting import backtest, scores


def as_errors(rows: list[tuple[str, float, float, float]], model: str = "m") -> pd.DataFrame:
    """Return errors of one start from (place, expected, actual, scale)."""
    table = pd.DataFrame(rows, columns=["location_id", "expected", "actual", "scale"])
    table["step"] = table.groupby("location_id").cumcount() + 1
    start = pd.Timestamp("2024-05-01")
    table["start"], table["model"] = start, model
    table["business_date"] = start + pd.to_timedelta(table["step"], unit="D")
    return table[backtest.ERRORS]


def test_scores_by_hand():
    errors = as_errors([("A", 12, 10, 4), ("A", 24, 30, 4), ("A", np.nan, 5, 4), ("A", 9, np.nan, 4)])
    row = scores.score(errors).loc[("A", "m")]
    assert row["days"] == 2
    assert row["wape"] == pytest.approx((2 + 6) / 40)
    assert row["mase"] == pytest.approx((2 / 4 + 6 / 4) / 2)
    assert row["bias"] == pytest.approx((2 - 6) / 40)


def test_what_cannot_be_told_is_missing_and_not_zero():
    errors = as_errors([("zero", 0, 0, 0), ("zero", 0, 0, 0), ("never", np.nan, 5, 1)])
    table = scores.score(errors)
    assert list(table.index) == [("zero", "m")]
    assert table.loc[("zero", "m"), ["wape", "mase", "bias"]].isna().all()


def test_no_errors_have_no_scores():
    assert scores.score(pd.DataFrame(columns=backtest.ERRORS)).empty


def test_a_day_forecast_twice_is_one_day():
    once = as_errors([("A", 12, 10, 4)])
    again = once.assign(start=once["start"] - pd.Timedelta(days=7), step=8)
    assert scores.score(pd.concat([once, again])).loc[("A", "m"), "days"] == 1
