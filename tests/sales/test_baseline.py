"""Usual days of simulated worlds and of holidays: planted days are found, and hardly any other is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.sales.baseline import FARTHEST, MONTH, NEAREST, Judged, judge

Make = Callable[..., Any]
WEEK = np.array([0.7, 0.7, 0.8, 0.9, 1.4, 1.6, 0.9])


def _daily(made: np.ndarray, start: str) -> pd.DataFrame:
    days, places = made.shape
    table = pd.DataFrame(
        {
            "business_date": np.repeat(pd.date_range(start, periods=days), places),
            "location_id": np.tile([f"L{i:03}" for i in range(places)], days),
            "transactions": made.ravel().astype("int64"),
            "gross_sales_minor": made.ravel().astype("int64") * 1_000,
            "refunds": 0,
        }
    )
    return table[table["transactions"] > 0]


def _planted(seed: int, days: int, places: int, sales: float, spread: float) -> tuple[Judged, Any, Any]:
    """Return days judged of which one in 200 sold 40 % less or more without noise, their places, and their sides."""
    rng = np.random.default_rng(seed)
    rate = sales * WEEK[np.arange(days) % 7, None] * rng.gamma(spread**-2, spread**2, (days, places))
    at = np.sort(rng.choice(days * places, days * places // 200, replace=False))
    factor = np.where(rng.random(len(at)) < 0.5, 0.6, 1.4)
    rate.flat[at] = sales * WEEK[at // places % 7] * factor
    judged = judge(_daily(rng.poisson(rate), "2023-01-02"))
    return judged, np.unravel_index(at, rate.shape), np.sign(factor - 1)


@pytest.mark.parametrize(("sales", "spread"), [(250, 0.05), (400, 0.09), (1_000, 0.1)])
def test_nine_in_ten_days_of_40_percent_more_or_less_are_found_at_one_false_alarm_a_month(
    sales: float, spread: float
) -> None:
    judged, at, side = _planted(3, 365, 60, sales, spread)
    odd = judged.odd[:, :-1].copy()
    assert (odd[at] == side).mean() >= 0.9
    odd[at] = 0
    months = 365 / MONTH
    assert (odd != 0).sum() / (months * 60) <= 1
    assert ((odd != 0).sum(axis=0) > months * 1.5).mean() <= 0.05


def test_a_place_with_wild_days_is_held_to_a_farther_limit_within_bounds() -> None:
    rng = np.random.default_rng(1)
    wild = rng.poisson(200 * np.exp(0.2 * rng.standard_t(1.5, (365, 8))).clip(0.1, 10))
    limits = judge(_daily(wild, "2023-01-02")).limits[:-1]
    assert (limits >= NEAREST).all() and (limits <= FARTHEST).all() and limits.mean() > 2.2


def test_a_holiday_is_usual_as_it_was_in_other_years_and_at_other_places() -> None:
    made = np.full((800, 5), 100)
    days = pd.date_range("2022-06-01", periods=800)
    for year in (2022, 2023):
        made[days.get_loc(pd.Timestamp(f"{year}-12-26"))] = 30
    judged = judge(_daily(made, "2022-06-01"), "Europe/London")
    later = days.get_loc(pd.Timestamp("2023-12-26"))
    assert judged.takings.usual[later, 0] == pytest.approx(30_000, rel=0.35)
    assert judge(_daily(made, "2022-06-01")).takings.usual[later, 0] == pytest.approx(100_000, rel=0.05)


def test_one_place_that_differs_on_a_holiday_is_odd_and_the_others_are_not() -> None:
    rng = np.random.default_rng(2)
    made = rng.poisson(400, (300, 8))
    day = pd.date_range("2023-01-02", periods=300).get_loc(pd.Timestamp("2023-05-29"))
    made[day] = rng.poisson(200, 8)
    made[day, 3] = 800
    judged = judge(_daily(made, "2023-01-02"), "Europe/London")
    assert judged.odd[day, 3] == 1
    assert (judged.odd[day, [0, 1, 2, 4, 5, 6, 7]] == 0).all()
    assert (judge(_daily(made, "2023-01-02")).odd[day, [0, 1, 2, 4, 5, 6, 7]] == -1).all()


def test_a_constant_series_has_no_odd_day(daily_from: Make) -> None:
    judged = judge(daily_from([5_000.0] * 100))
    assert not judged.odd.any() and not judged.closed.any()


def test_sales_without_takings_and_single_days_are_judged_without_a_warning(daily_from: Make) -> None:
    assert not judge(daily_from([0.0] * 60)).odd.any()
    assert not judge(daily_from([7.0])).odd.any()
