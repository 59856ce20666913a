"""A day of sales beside the days before: re-samples without a change, shifts of one column, and too little to tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting.monitor.data import COLUMNS, Day, day_drift, holm, shifts

WEEK = np.array([0.8, 0.8, 0.9, 1.0, 1.3, 1.4, 0.8])


def _rows(seed: int, days: int = 60, a_day: int = 500, between: float = 0.03) -> pd.DataFrame:
    """Return sales whose mean differs from day to day beyond what their number explains."""
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(days), rng.poisson(a_day * WEEK[np.arange(days) % 7]))
    level = np.exp(between * rng.normal(size=days))
    return pd.DataFrame(
        {
            "business_date": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D"),
            "total": rng.gamma(3.0, 400.0, len(day)) * level[day],
            "items": 1.0 + rng.poisson(1.5, len(day)),
            "method": rng.choice(["card", "cash", "mobile", "gift"], len(day), p=[0.6, 0.25, 0.13, 0.02]),
            "category": rng.choice(list("uvwxyz"), len(day), p=[0.3, 0.25, 0.2, 0.15, 0.05, 0.05]),
        }
    )


def _found(rows: pd.DataFrame) -> Day:
    return day_drift(rows, ["total", "items"], ["method", "category"], money="total")


def test_twenty_resamples_without_a_change_give_one_false_alarm_at_most() -> None:
    assert sum(len(_found(_rows(seed)).alarms) > 0 for seed in range(20)) <= 1


@pytest.mark.parametrize("column", ["total", "items", "method"])
def test_a_shift_of_20_percent_in_one_column_is_found_in_one_day(column: str) -> None:
    found = 0
    for seed in range(20):
        rows = _rows(seed)
        last = rows["business_date"] == rows["business_date"].max()
        if column == "method":
            rows.loc[last & (np.random.default_rng(seed).random(len(rows)) < 0.2), "method"] = "cash"
        else:
            rows.loc[last, column] *= 1.2
        alarms = _found(rows).alarms
        found += set(alarms["column"]) == {column}
    assert found >= 17


def test_days_that_differ_anyway_are_not_held_to_the_noise_of_their_rows() -> None:
    assert sum(len(_found(_rows(seed, a_day=1_000, between=0.1)).alarms) > 0 for seed in range(20)) <= 1


def test_alarms_come_first_and_the_most_money_before_less() -> None:
    rows = _rows(1)
    last = rows["business_date"] == rows["business_date"].max()
    rows.loc[last, "total"] *= 2
    rows.loc[last & (rows["category"] == "v"), "category"] = "new"
    table = _found(rows).table
    assert list(table.columns) == list(COLUMNS)
    assert table["alarm"].tolist() == sorted(table["alarm"], reverse=True)
    assert table.loc[0, "column"] == "total" and table.loc[0, "money"] > table.loc[1, "money"]
    assert {"new", "v"} <= set(table.loc[table["alarm"], "word"])
    every = shifts({"sales": _found(rows), "more": _found(_rows(2))})
    assert every["money"].is_monotonic_decreasing and set(every["table"]) == {"sales"}
    assert shifts({}).empty


@pytest.mark.parametrize(("days", "a_day"), [(5, 500), (60, 20), (1, 500)])
def test_too_few_days_or_rows_tell_nothing(days: int, a_day: int) -> None:
    found = _found(_rows(1, days, a_day))
    assert not found.judged and found.table.empty


def test_no_rows_and_constant_columns_are_no_alarm() -> None:
    assert not _found(_rows(1).head(0)).judged
    rows = _rows(1).assign(total=0.0, items=3.0, method="card")
    assert _found(rows).alarms.empty


def test_holm_shares_the_chance_by_weight() -> None:
    p, one = np.array([0.01, 0.02, 0.04, np.nan]), np.ones(4)
    assert holm(p, one, 0.05).tolist() == [True, False, False, False]
    assert holm(p, np.array([1, 10, 1, 1.0]), 0.05).tolist() == [True, True, False, False]
