"""Series at rest: long silent against all chance, but not those that sell seldom, or pause every year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting import resting
from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.panel import Panel


def panel(*series) -> Panel:
    y = np.array(series, dtype=float)
    days = pd.date_range("2023-01-01", periods=y.shape[1])
    return Panel(tuple(f"s{place}" for place in range(len(y))), days, y.shape[1], y, np.zeros(y.shape, dtype=bool))


DAILY = np.ones(800)


@pytest.mark.parametrize(("silence", "rests"), [(0, False), (27, False), (28, True), (300, True)])
def test_a_series_sold_daily_rests_after_four_weeks_of_silence(silence, rests):
    y = DAILY.copy()
    y[800 - silence :] = 0
    assert resting.at_rest(panel(y), 28).tolist() == [rests]


def test_one_sold_seldom_rests_after_longer_silence_only():
    y = np.zeros(800)
    y[::10] = 3
    for silence, rests in ((40, False), (100, True)):
        quiet = y.copy()
        quiet[800 - silence :] = 0
        assert resting.at_rest(panel(quiet), 28).tolist() == [rests]


def test_a_season_that_came_back_a_year_ago_is_a_pause():
    y = np.zeros(800)
    for start in (72, 436):
        y[start : start + 200] = 5
    assert resting.at_rest(panel(y), 28).tolist() == [False]
    y[436:464] = 0
    assert resting.at_rest(panel(y), 28).tolist() == [True]


def test_unknown_days_are_no_silence():
    y = DAILY.copy()
    y[700:] = np.nan
    assert resting.at_rest(panel(y, np.full(800, np.nan), np.zeros(800)), 28).tolist() == [False] * 3


def test_what_is_said_of_series_at_rest_is_zero():
    y = DAILY.copy()
    y[700:] = 0
    said = resting.still(panel(y, DAILY), Said(np.full((2, 7), 0.3)))
    assert said.mean.tolist() == [[0.0] * 7, [0.3] * 7]
