"""Days expected to be odd: what they do to alarms and to the baseline, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.errors import SourceError
from shoplib.sales.anomalies import sales_anomalies, unexpected
from shoplib.sales.baseline import judge
from shoplib.sales.expected_days import marks

Make = Callable[..., Any]
DAYS = pd.date_range("2024-01-01", periods=5)


def _expected(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["location_id", "business_date", "note"])


def test_a_marked_day_keeps_its_row_with_its_note_and_is_no_alarm(daily_from: Make) -> None:
    takings: list[float | None] = [10_000.0] * 60
    takings[30], takings[40] = 30_000.0, 3_000.0
    daily = daily_from(takings)
    table = sales_anomalies(daily, expected=_expected(("*", "2024-01-31", "street party")))
    assert list(table["business_date"].dt.strftime("%m-%d")) == ["01-31", "02-10"] * 2
    assert list(table["reason"].str.startswith("expected: street party")) == [True, False] * 2
    assert list(unexpected(table)["business_date"].dt.strftime("%m-%d").unique()) == ["02-10"]


def test_marked_days_no_longer_count_in_what_is_usual(daily_from: Make) -> None:
    rng = np.random.default_rng(1)
    takings = rng.integers(9_000, 11_000, 84).astype(float).tolist()
    marked = [3, 10, 17, 24, 38, 45]
    for day in marked:
        takings[day] *= 4
    daily = daily_from(takings)
    dates = pd.date_range("2024-01-01", periods=84)
    told = _expected(*(("A", str(dates[day].date()), "market day") for day in marked))
    before, after = judge(daily).takings.usual[31, 0], judge(daily, "", told).takings.usual[31, 0]
    assert before > 14_000
    assert after == pytest.approx(10_000, rel=0.1)


def test_a_note_on_one_place_stands_before_one_on_all() -> None:
    expected = _expected(("B", "2024-01-02", "fair"), ("*", "2024-01-02", "holiday"), ("C", "2024-01-03", "nowhere"),
                         ("A", "2025-01-01", "beyond the days"), ("A", "2024-01-05", None))  # fmt: skip
    assert marks(expected, DAYS, ["A", "B", "*"]) == {(1, 0): "holiday", (1, 1): "fair", (1, 2): "holiday", (4, 0): ""}


def test_no_table_marks_nothing() -> None:
    assert marks(None, DAYS, ["A", "*"]) == marks(_expected(), DAYS, ["A", "*"]) == {}


def test_a_table_without_its_columns_is_refused() -> None:
    with pytest.raises(SourceError) as caught:
        marks(pd.DataFrame({"day": ["2024-01-01"]}), DAYS, ["A", "*"])
    assert str(caught.value) == (
        "The table of expected days lacks columns\n"
        "  where   expected days\n  found   day\n  wanted  location_id, business_date, note\n"
        "  next    name the columns so and run again"
    )


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(SourceError) as caught:
        marks(_expected(("*", "31/31/2024", "x")), DAYS, ["A", "*"])
    assert str(caught.value) == (
        "A date of an expected day cannot be read\n"
        "  where   expected days, business_date\n  found   31/31/2024\n  wanted  a date such as 2024-12-24\n"
        "  next    write the date so and run again"
    )
