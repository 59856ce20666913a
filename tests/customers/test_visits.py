"""Visits: weeks by hand and against a naive twin, bins, stays that cannot be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.customers import dues, visits

Make = Callable[..., Any]


def test_weeks_by_hand(visits_of: Make) -> None:
    # 4 and 11 March 2024 are Mondays; the data end on Sunday the 24th.
    table = visits.weekly(
        visits_of([("A", "04", 5), ("A", "05", 5), (None, "06", 5), ("A", "12", 5), ("B", "12", 5), ("B", "24", 5)])
    )
    assert table["week"].dt.day.tolist() == [4, 11, 18]
    assert table["visits"].tolist() == [3, 2, 1]
    assert table["recognised"].tolist() == [2, 2, 1]
    assert table["new"].tolist() == [1, 1, 0]
    assert table["returning"].tolist() == [0, 1, 1]
    assert table["whole"].tolist() == [True, True, True]


def test_weeks_cut_by_the_data_and_without_visits_are_told(visits_of: Make) -> None:
    table = visits.weekly(visits_of([("A", "05", 5), ("A", "19", 5)]))
    assert table["visits"].tolist() == [1, 0, 1]
    assert table["whole"].tolist() == [False, True, False]


@settings(max_examples=40, deadline=None)
@given(made=st.lists(st.tuples(st.sampled_from(["A", "B", "C", None]), st.integers(1, 31)), min_size=1, max_size=25))
def test_weeks_agree_with_a_naive_twin(made: list[tuple[str | None, int]], visits_of: Make) -> None:
    """The twin walks week by week and remembers whom it has met."""
    table = visits.weekly(visits_of([(who, f"{day:02d}", 1.0) for who, day in made]))
    met: set[str] = set()
    for row in table.itertuples():
        week = [who for who, day in made if 0 <= (dt.date(2024, 3, day) - row.week.date()).days < 7]
        known = {who for who in week if who}
        assert (row.visits, row.recognised) == (len(week), sum(who is not None for who in week))
        assert (row.new, row.returning) == (len(known - met), len(known & met))
        met |= known
    assert table["visits"].sum() == len(made)


def test_footfall_by_hand(visits_of: Make) -> None:
    seen = visits.footfall(
        visits_of([("A", "01", 4), ("A", "02", 6), ("B", "02", None), (None, "03", 20), ("C", "03", -5)])
    )
    assert (seen.visits, seen.recognised, seen.customers, seen.returning) == (5, 4, 3, 1)
    assert seen.recognised_share == 0.8
    assert seen.returning_share == 1 / 3
    assert (seen.median_visits, seen.mean_stay_minutes, seen.median_stay_minutes) == (1, 10, 6)


def test_no_visits_give_nothing(visits_of: Make) -> None:
    seen = visits.footfall(visits_of([]))
    assert (seen.visits, seen.recognised_share, seen.returning_share, seen.mean_stay_minutes) == (0, None, None, None)
    assert visits.weekly(visits_of([])).empty
    assert visits.visits_each(visits_of([])).empty


def test_bins_hold_every_known_customer(visits_of: Make) -> None:
    made = [("A", "01", 1)] + [("B", f"{day:02d}", 1) for day in range(1, 8)] + [("C", "01", 1)] * 25
    table = visits.visits_each(visits_of(made)).set_index("visits")
    assert table.loc[["1", "5–9", "20+"], "customers"].tolist() == [1, 1, 1]
    assert table["customers"].sum() == 3
    assert table["share"].sum() == 1


def test_dues_add_up_what_the_till_marks(sales: Make) -> None:
    table = dues.dues(
        sales(
            [(None, "01", 100), (None, "01", 250), (None, "02", 400), (None, "02", 50), (None, "02", 999)],
            ["completed"] * 4 + ["void"],
            ["credit", "unpaid", "unpaid", "paid", "unpaid"],
        )
    )
    assert table.to_dict("records") == [
        {"payment_status": "unpaid", "transactions": 2, "total_minor": 650, "currency": "GBP"},
        {"payment_status": "credit", "transactions": 1, "total_minor": 100, "currency": "GBP"},
    ]
    assert dues.dues(sales([(None, "01", 100)])).empty
    assert dues.dues(sales([])).empty
