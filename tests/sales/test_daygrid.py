"""Sums by group and day against loops, and intervals against published values and against chance itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from shoplib.base.calendar import Period
from shoplib.sales import daygrid

Make = Callable[..., Any]


def test_the_grid_equals_a_loop_and_its_days_those_of_a_period(make_facts: Make, books_of: Make) -> None:
    books = books_of(make_facts(300, 30))
    sold = books.sold
    codes = sold["location_id"].cat.codes.to_numpy()
    codes = np.where(codes == 2, -1, codes)
    grid = daygrid.day_grid(books, codes, 2)
    for group in (0, 1):
        for column, day in enumerate(grid.dates):
            mine = sold[(codes == group) & (sold["day"] == day).to_numpy()]
            assert grid.counts[group, column] == len(mine)
            assert grid.amounts[group, column] == mine["total_minor"].sum()
    part = grid.over(Period(dt.date(2024, 10, 1), dt.date(2024, 10, 5)))
    assert part.dates.tolist() == pd.date_range("2024-10-03", "2024-10-05").tolist()
    np.testing.assert_array_equal(part.counts, grid.counts[:, :3])
    assert grid.over(None).counts.shape == (2, 0)
    assert grid.over(Period(dt.date(2020, 1, 1), dt.date(2020, 1, 2))).counts.shape == (2, 0)


def test_no_receipts_have_no_days(make_facts: Make, books_of: Make) -> None:
    grid = daygrid.day_grid(books_of(make_facts(0, 1)), np.array([], dtype="int64"), 3)
    assert grid.counts.shape == grid.amounts.shape == (3, 0)
    for part in (*daygrid.means(grid.amounts, grid.counts), *daygrid.shares(grid.counts, grid.counts)):
        assert np.isnan(part).all()


def test_one_sale_a_day_has_the_interval_of_a_t_test() -> None:
    amounts = np.random.default_rng(1).gamma(2, 500, 40)[None, :]
    mean, low, high = daygrid.means(amounts, np.ones((1, 40)))
    wanted = stats.ttest_1samp(amounts[0], 0).confidence_interval(0.95)
    assert (mean[0], low[0], high[0]) == pytest.approx((amounts.mean(), wanted.low, wanted.high))
    _, few, _ = daygrid.means(amounts[:, :4], np.ones((1, 4)))
    assert np.isnan(few).all()


def test_independent_sales_have_the_interval_of_wilson() -> None:
    part, whole = np.array([[3.0, 2, 3, 2, 3]]), np.full((1, 5), 10.0)
    share, low, high = daygrid.shares(part, whole)
    wanted = stats.binomtest(13, 50).proportion_ci(0.95, method="wilson")
    assert (share[0], low[0], high[0]) == pytest.approx((0.26, wanted.low, wanted.high))
    odd = np.array([[10.0, 0, 3, 0, 0]])  # the same sales, but by days that differ: surely less is known
    _, wide_low, wide_high = daygrid.shares(odd, whole)
    assert wide_low[0] < low[0] < high[0] < wide_high[0]
    none, least, most = daygrid.shares(np.zeros((1, 5)), whole)
    assert (none[0], least[0]) == pytest.approx((0, 0), abs=1e-12)
    assert 0 < most[0] < 0.1


def test_intervals_hold_their_word_where_days_differ() -> None:
    rng = np.random.default_rng(7)
    held_mean = held_share = 0
    for _ in range(300):
        counts = rng.poisson(20, (1, 30)).astype(float) + 1
        level = rng.normal(1_000, 150, 30)
        _, low, high = daygrid.means(counts * level, counts)
        held_mean += int(low[0] <= 1_000 <= high[0])
        part = rng.binomial(counts.astype(int), rng.beta(20, 20, (1, 30))).astype(float)
        _, least, most = daygrid.shares(part, counts)
        held_share += int(least[0] <= 0.5 <= most[0])
    assert 0.91 < held_mean / 300 <= 1
    assert 0.91 < held_share / 300 <= 1


def test_rows_alike_are_seldom_apart_and_unlike_ones_are() -> None:
    rng = np.random.default_rng(11)
    false = []
    for _ in range(200):
        counts = rng.poisson(10, (3, 40)).astype(float)
        part = rng.binomial(counts.astype(int), 0.3).astype(float)
        false.append(daygrid.shares_apart(part, counts)[0] < 0.05)
        false.append(daygrid.means_apart(counts * rng.normal(100, 9, (3, 40)), counts)[0] < 0.05)
    assert 0.01 < np.mean(false) < 0.09
    part[0] = np.minimum(part[0] + 3, counts[0])
    assert daygrid.shares_apart(part, counts)[0] < 0.001
    worth = counts * np.array([[130.0], [100.0], [100.0]])
    assert daygrid.means_apart(worth, counts)[0] == 0
    assert daygrid.means_apart(counts * 100.0, counts).tolist() == [1, 1, 1]


def test_rare_shares_and_few_days_are_not_judged() -> None:
    whole = np.full((2, 20), 2.0)
    rare = np.zeros((2, 20))
    rare[0, :2] = 1
    assert np.isnan(daygrid.shares_apart(rare, whole)).all()
    assert np.isnan(daygrid.shares_apart(np.ones((2, 4)) * 5, np.ones((2, 4)) * 50)).all()
