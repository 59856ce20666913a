"""What a tree is told: values counted by hand, and nothing that was not known at the origin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.forecasting.models.boosted import features
from shoplib.forecasting.panel import Panel

DAYS, HORIZON = 420, 28


def panel(days: int = DAYS, horizon: int = HORIZON, seed: int = 0) -> Panel:
    """Return two series that grow by 1 a day from 1 and from 11, with offers, closed days and kinds."""
    rng = np.random.default_rng(seed)
    y = np.arange(1.0, days + 1) + np.array([[0.0], [10.0]])
    closed = rng.random((2, days + horizon)) < 0.05 if seed else np.zeros((2, days + horizon), dtype=bool)
    y[closed[:, :days]] = np.nan
    offer = np.tile((np.arange(days + horizon) // 7 % 2).astype(float), (2, 1))
    static = pd.DataFrame({"kind": ["b", "a"], "size": [1.5, np.nan]}, index=["s0", "s1"])
    return Panel(("s0", "s1"), pd.date_range("2023-01-02", periods=days + horizon), days, y, closed,
                 {"offer": offer}, static, "GB")  # fmt: skip


def column(rows: features.Rows, name: str) -> np.ndarray:
    """Return one feature, (series, origins, horizon)."""
    return rows.table[..., rows.names.index(name)]


@pytest.fixture(scope="module")
def rows():
    return features.at(panel(), np.array([400]), HORIZON)


LEVEL = np.mean(np.arange(345, 401))
"""Mean of the 56 days before day 400 of the first series."""


def test_the_level_is_the_mean_of_the_last_eight_weeks(rows):
    np.testing.assert_array_equal(rows.level, [[LEVEL], [LEVEL + 10]])
    np.testing.assert_allclose(column(rows, "level")[:, 0, 0], np.log([LEVEL, LEVEL + 10]), rtol=1e-6)
    np.testing.assert_allclose(column(rows, "mean_7")[0, 0], 397 / LEVEL, rtol=1e-6)
    np.testing.assert_allclose(column(rows, "sold_28"), 1)


@pytest.mark.parametrize(("ahead", "newest"), [(0, 393), (6, 399), (7, 393), (27, 399)])
def test_same_weekdays_are_the_newest_before_the_origin(rows, ahead, newest):
    sold = newest + 1  # day 0 sold 1
    np.testing.assert_allclose(column(rows, "weekday_1")[0, 0, ahead], sold / LEVEL, rtol=1e-6)
    np.testing.assert_allclose(column(rows, "weekday_2")[0, 0, ahead], (sold - 7) / LEVEL, rtol=1e-6)
    np.testing.assert_allclose(column(rows, "weekday_mean_4")[0, 0, ahead], (sold - 10.5) / LEVEL, rtol=1e-6)
    np.testing.assert_allclose(column(rows, "weekday_mean_8")[0, 0, ahead], (sold - 24.5) / LEVEL, rtol=1e-6)
    assert column(rows, "ahead")[0, 0, ahead] == ahead + 1


def test_the_year_before_is_the_same_weekday_and_its_week(rows):
    np.testing.assert_allclose(column(rows, "year_day")[0, 0, :2], [37 / LEVEL, 38 / LEVEL], rtol=1e-6)
    np.testing.assert_allclose(column(rows, "year_week")[0, 0, 0], 37 / LEVEL, rtol=1e-6)
    stood, moved = np.mean(np.arange(9, 37)), np.mean(np.arange(373, 401)) / LEVEL
    np.testing.assert_allclose(column(rows, "year_growth")[0, 0, 0], 37 / stood * moved, rtol=1e-6)


def test_a_column_known_ahead_is_told_with_what_was_sold_when_it_was_the_same(rows):
    assert column(rows, "now:offer")[0, 0, :7].tolist() == [1, 1, 1, 1, 1, 1, 0]  # day 400 is the second of an offer
    assert column(rows, "before:offer")[0, 0, 6] == 1
    assert column(rows, "after:offer")[0, 0, 5] == 0
    assert column(rows, "week_before:offer")[0, 0, 0] == 0
    assert column(rows, "run:offer")[0, 0, :7].tolist() == [1, 2, 3, 4, 5, 6, 0]
    alike = [400 - 14 * back + 1 for back in range(1, 14)]  # every other week of the last 26
    np.testing.assert_allclose(column(rows, "usual:offer")[0, 0, 0], np.mean(alike) / LEVEL, rtol=1e-6)


def test_calendar_and_holidays_are_those_of_the_day(rows):
    day = pd.Timestamp("2023-01-02") + pd.Timedelta(days=400)
    assert day.date().isoformat() == "2024-02-06"
    assert [float(column(rows, name)[0, 0, 0]) for name in ("weekday", "day_of_year", "day_of_month")] == [1, 37, 6]
    assert [float(column(rows, name)[0, 0, 0]) for name in ("holiday", "to_holiday", "since_holiday")] == [0, 15, 15]
    without = features.at(panel(), np.array([400]), HORIZON, of_year=False)
    assert {"day_of_year", "day_of_month"} & set(without.names) == set()


def test_closed_days_around_are_counted():
    shut = np.zeros((2, DAYS + HORIZON), dtype=bool)
    shut[0, 403:406] = True
    told = features.at(replace(panel(), closed=shut), np.array([400]), HORIZON)
    assert column(told, "closed_run")[0, 0, :8].tolist() == [0, 0, 0, 0, 1, 2, 3, 0]
    assert column(told, "closed_before")[0, 0, :8].tolist() == [0, 0, 0, 0, 1, 1, 1, 0]
    assert column(told, "closed_after")[0, 0, :8].tolist() == [0, 0, 1, 1, 1, 0, 0, 0]
    assert column(told, "closed_in_two")[0, 0, :8].tolist() == [0, 1, 1, 1, 0, 0, 0, 0]
    assert not any(name.startswith("closed") for name in features.at(panel(), np.array([400]), 7, closing=False).names)


def test_words_are_categories_and_numbers_stay_numbers(rows):
    assert column(rows, "of:kind")[:, 0, 0].tolist() == [1, 0]
    np.testing.assert_array_equal(column(rows, "of:size")[:, 0, 0], [1.5, np.nan])
    assert rows.categories == ("weekday", "of:kind")


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 9_999), st.sampled_from([1, 7, 28, 100, 400]),
    st.lists(st.integers(14, 420), min_size=1, max_size=3, unique=True),
)  # fmt: skip
def test_nothing_sold_at_or_after_an_origin_is_told(seed, horizon, origins):
    whole = panel(horizon=400, seed=seed)
    first = features.at(whole, np.array(origins), horizon)
    noise = np.random.default_rng(seed).uniform(0, 1e6, whole.y.shape)
    for place, origin in enumerate(origins):
        other = replace(whole, y=np.where(np.arange(DAYS) >= origin, noise, whole.y))
        again = features.at(other, np.array(origins), horizon)
        np.testing.assert_array_equal(again.table[:, place], first.table[:, place])
        np.testing.assert_array_equal(again.level[:, place], first.level[:, place])


def test_what_is_known_ahead_and_closed_of_coming_days_is_told():
    whole = panel()
    coming = np.arange(DAYS + HORIZON) >= DAYS
    before = features.at(whole, np.array([DAYS]), HORIZON).table
    offered = replace(whole, known={"offer": np.where(coming, 9.0, whole.known["offer"])})
    shut = replace(whole, closed=whole.closed | coming)
    for other in (offered, shut):
        assert (features.at(other, np.array([DAYS]), HORIZON).table != before).any()


def test_a_series_without_a_sale_has_no_level_and_one_long_ago_has():
    y = np.zeros((2, DAYS))
    y[1, 5] = 7
    told = features.at(replace(panel(), y=y), np.array([DAYS]), HORIZON)
    assert np.isnan(told.level[0, 0])
    assert told.level[1, 0] == pytest.approx(7 / DAYS)


def test_columns_named_like_features_take_no_place_of_theirs():
    names = ("weekday", "level", "offer", "usual:offer", "series", "of:kind")
    grid = panel().known["offer"]
    told = features.at(replace(panel(), known={name: grid * place for place, name in enumerate(names)}),
                       np.array([400]), HORIZON)  # fmt: skip
    assert len(set(told.names)) == len(told.names)
    assert column(told, "weekday")[0, 0, 0] == 1
    assert column(told, "now:of:kind")[0, 0, 0] == 5
