"""Scores and segments: by hand, against a naive twin, with ties, and whatever the order of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.contracts import check
from shoplib.customers import rfm

Make = Callable[..., Any]


@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.integers(-5, 5), min_size=1, max_size=40))
def test_quintiles_agree_with_a_naive_twin(values: list[int]) -> None:
    """The twin counts: a value's middle rank is those below it and half of its equals."""
    wanted = []
    for value in values:
        below = sum(other < value for other in values)
        equal = sum(other == value for other in values)
        wanted.append(min(5, int(5 * (below + equal / 2) / len(values) + 1e-12) + 1))
    assert rfm.quintile(pd.Series(values)).tolist() == wanted


def test_quintiles_are_fifths_where_values_differ() -> None:
    values = pd.Series(np.random.default_rng(1).permutation(1_000))
    assert rfm.quintile(values).value_counts().tolist() == [200] * 5


def test_a_customer_by_hand(sales: Make) -> None:
    table = rfm.customer_segments(
        sales(
            [("A", "01", 500), ("A", "21", 700), ("B", "05", 100), (None, "31", 900), ("A", "30", 9_999)],
            ["completed", "completed", "completed", "completed", "refunded"],
        )
    )
    check.checked("customer_segments", table)
    one = table.set_index("customer_id").loc["A"]
    assert (one["transactions"], one["gross_sales_minor"], one["recency_days"]) == (2, 1_200, 10)
    assert (one["first_day"], one["last_day"]) == (pd.Timestamp("2024-03-01"), pd.Timestamp("2024-03-21"))
    assert table["customer_id"].tolist() == ["A", "B"]
    assert (one["recency_score"], one["frequency_score"], one["money_score"]) == (4, 4, 4)
    assert one["segment"] == "champions"


def test_segments_by_hand(sales: Make) -> None:
    made = []
    for number, name in enumerate("abcdefghij"):
        made += [(name, f"{2 * number + 1:02d}", 100 * (1 + number))] * (number + 1)
    made.append(("newcomer", "31", 50))
    table = rfm.customer_segments(sales(made)).set_index("customer_id")["segment"]
    assert table["j"] == "champions"
    assert table["newcomer"] == "new"
    assert table["h"] == "at risk"
    assert table["a"] == "lost"
    assert set(table) <= set(rfm.SEGMENTS)


def test_former_good_customers_are_at_risk(sales: Make) -> None:
    made = [("old", "01", 900)] * 9 + [(f"c{at}", f"{10 + at}", 10) for at in range(20)]
    assert rfm.customer_segments(sales(made)).set_index("customer_id").loc["old", "segment"] == "at risk"


def test_nobody_is_away_within_their_own_rhythm() -> None:
    table = pd.DataFrame(
        {
            "first_day": pd.to_datetime(["2024-01-01"] * 6),
            "last_day": pd.to_datetime(["2024-01-11"] * 2 + ["2024-03-01"] * 2 + ["2024-01-01"] * 2),
            "buying_days": [11, 11, 3, 3, 1, 1],
            "recency_days": [14, 15, 90, 91, 63, 64],
        }
    )  # fmt: skip
    # daily buyers after two weeks; every thirty days after ninety; one purchase: three times the median 15.5 is 46.5
    assert rfm.away(table).tolist() == [False, True, False, True, True, True]
    assert rfm.away(table.assign(buying_days=1)).tolist() == [False, True, True, True, True, True]


def test_planted_leavers_are_found_and_others_left_alone() -> None:
    rng = np.random.default_rng(8)
    people, days = 300, 360
    every, left = rng.integers(2, 21, people), rng.random(people) < 0.15
    until = np.where(left, days - 100, days)
    who, day = np.nonzero((rng.random((people, days)) < 1 / every[:, None]) & (np.arange(days) < until[:, None]))
    table = pd.DataFrame(
        {
            "customer_id": [f"c{number:03d}" for number in who],
            "business_date": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D"),
            "total_amount_minor": rng.integers(100, 999, len(who)),
            "transaction_status": "completed",
        }
    )
    found = rfm.customer_segments(table).set_index("customer_id")["segment"].isin(["at risk", "lost"])
    truth = pd.Series(left, index=[f"c{number:03d}" for number in range(people)]).reindex(found.index)
    assert (found & truth).sum() / truth.sum() > 0.9
    assert (found & ~truth).sum() / (~truth).sum() < 0.08  # a gap of three means comes by chance in one of twenty


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_order_of_rows_does_not_matter(data: st.DataObject, sales: Make) -> None:
    sale = st.tuples(
        st.sampled_from(["A", "B", "C", "D", None]), st.sampled_from(["01", "02", "20"]), st.integers(0, 9)
    )
    made = data.draw(st.lists(sale, min_size=1, max_size=25))
    table = sales(made)
    shuffled = table.sample(frac=1, random_state=data.draw(st.integers(0, 99)))
    pd.testing.assert_frame_equal(rfm.customer_segments(table), rfm.customer_segments(shuffled))


def test_equal_customers_score_alike(sales: Make) -> None:
    table = rfm.customer_segments(sales([(name, "05", 100) for name in "ABCDEFG"]))
    scores = table[["recency_score", "frequency_score", "money_score"]]
    assert (scores == 3).all(axis=None)
    assert len(set(table["segment"])) == 1


@pytest.mark.parametrize("made", [[], [(None, "01", 100), (None, "02", 50)]])
def test_without_customers_there_are_no_rows(made: list[Any], sales: Make) -> None:
    table = rfm.customer_segments(sales(made))
    check.checked("customer_segments", table)
    assert table.empty
    assert rfm.by_segment(table).empty


def test_segments_add_up(sales: Make) -> None:
    rng = np.random.default_rng(3)
    days = [f"{day:02d}" for day in rng.integers(1, 32, 400)]
    made = [(f"c{who}", day, int(total)) for who, day, total in
            zip(rng.integers(0, 60, 400), days, rng.integers(1, 9_999, 400), strict=True)]  # fmt: skip
    table = rfm.customer_segments(sales(made))
    groups = rfm.by_segment(table)
    assert groups["customers"].sum() == len(table) == len({who for who, _, _ in made})
    assert groups["gross_sales_minor"].sum() == sum(total for _, _, total in made)
    assert groups["sales_share"].sum() == pytest.approx(1)
    assert groups["gross_sales_minor"].is_monotonic_decreasing


def test_customers_who_took_nothing_have_no_share(sales: Make) -> None:
    groups = rfm.by_segment(rfm.customer_segments(sales([("A", "01", 0)])))
    assert groups["sales_share"].isna().all()
