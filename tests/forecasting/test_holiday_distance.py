"""Public holidays and the days to and since them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.forecasting import holiday_distance
from shoplib.forecasting.holiday_distance import FAR


def told(first: str, days: int, country: str) -> list[list[float]]:
    return holiday_distance.near(pd.date_range(first, periods=days), country).tolist()


def test_christmas_in_england_by_hand():
    assert told("2023-12-23", 6, "GB-ENG") == [[0, 2, 15], [0, 1, 15], [1, 0, 0], [1, 0, 0], [0, 5, 1], [0, 4, 2]]


def test_a_part_of_a_country_has_holidays_of_its_own():
    corpus_christi = "2024-05-30"
    assert told(corpus_christi, 1, "DE-NW")[0][0] == 1
    assert told(corpus_christi, 1, "DE-BE")[0][0] == 0
    assert told(corpus_christi, 1, "DE")[0][0] == 0


def test_the_turn_of_the_year_sees_the_holidays_of_both():
    assert told("2023-12-31", 1, "GB") == [[0, 1, 5]]
    assert told("2024-12-31", 1, "GB") == [[0, 1, 5]]


def test_years_without_a_known_holiday_have_none_near():
    assert told("1800-01-01", 2, "GB") == [[0, FAR, FAR]] * 2


@settings(max_examples=20, deadline=None)
@given(st.dates(pd.Timestamp("2000-01-01").date(), pd.Timestamp("2030-01-01").date()), st.integers(1, 400),
       st.sampled_from(["GB", "US", "DE-NW", "JP"]))  # fmt: skip
def test_distances_change_by_a_day_a_day(first, days, country):
    near = holiday_distance.near(pd.date_range(first, periods=days), country)
    there, ahead, since = near.T
    assert near.shape == (days, 3)
    assert ((near[:, 1:] >= 0) & (near[:, 1:] <= FAR)).all()
    assert ((there == 1) == (ahead == 0)).all()
    assert ((there == 1) == (since == 0)).all()
    close = (ahead[:-1] > 0) & (ahead[:-1] < FAR)
    assert (np.diff(ahead)[close] == -1).all()
    again = (since[1:] > 0) & (since[1:] < FAR)
    assert (np.diff(since)[again] == 1).all()


def test_an_unknown_country_is_told_by_the_package():
    with pytest.raises(NotImplementedError, match="XX"):
        told("2024-01-01", 1, "XX")
