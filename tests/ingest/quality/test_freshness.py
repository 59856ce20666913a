"""The newest day of the data, whatever year a till believed it to be."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from shoplib.ingest.quality import freshness


def days(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[D]")


def test_the_newest_day_is_the_last_one_that_is_not_stray():
    usual = np.repeat(days("2024-03-01", "2024-03-02"), 50)
    assert freshness.newest(np.append(usual, days("2204-03-02"))) == np.datetime64("2024-03-02")
    assert freshness.newest(np.append(usual, days("2204-03-02", "2204-03-03"))) == np.datetime64("2204-03-03")
    assert freshness.newest(np.append(usual, days("2024-04-30"))) == np.datetime64("2024-04-30")
    assert freshness.newest(np.append(usual, days("2024-05-02"))) == np.datetime64("2024-03-02")


def test_a_shop_that_opens_again_is_no_stray():
    before, after = np.repeat(days("2024-01-01"), 10_000), np.repeat(days("2024-06-01"), 11)
    assert freshness.newest(np.append(before, after)) == np.datetime64("2024-06-01")


def test_without_days_there_is_no_newest():
    assert np.isnat(freshness.newest(days()))
    assert np.isnat(freshness.newest(days("NaT")))


@given(st.lists(st.integers(0, 400), min_size=1, max_size=40))
def test_the_newest_day_is_one_of_the_days(numbers):
    known = np.array(numbers).astype("datetime64[D]")
    assert freshness.newest(known) in known


def test_each_place_has_its_own_newest_day():
    sold = pd.DataFrame(
        {"location_id": ["a", "b", "a"], "business_date": pd.to_datetime(["2024-01-01", "2024-01-05", "2024-01-03"])}
    )
    assert freshness.newest_by_place(sold).astype(str).to_dict() == {"a": "2024-01-03", "b": "2024-01-05"}
