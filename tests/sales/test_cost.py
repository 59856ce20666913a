"""What lines brought and cost, against plain loops."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.sales import cost

AMOUNT = st.one_of(st.integers(-500, 3_000), st.sampled_from([0, 1, -1, 4_000_000_000, 900_000_000_000]))
RECEIPT = st.tuples(st.lists(AMOUNT, max_size=5), st.one_of(st.integers(-50, 900), st.just(3_999_999_999)))


def naive(receipts: list[tuple[list[int], int]]) -> list[list[int]]:
    parts = []
    for totals, discount in receipts:
        taken, so_far, its = 0, 0, []
        for total in totals:
            so_far += total
            upto = discount * so_far // sum(totals) if sum(totals) > 0 else 0
            its.append(upto - taken)
            taken = upto
        parts.append(its)
    return parts


@given(receipts=st.lists(RECEIPT, max_size=6), random=st.randoms(use_true_random=False))
def test_parts_of_a_discount_equal_a_loop_and_add_up(receipts: list[tuple[list[int], int]], random: object) -> None:
    rows = [(at, number, total) for at, (totals, _) in enumerate(receipts) for number, total in enumerate(totals)]
    random.shuffle(rows)  # type: ignore[attr-defined]  # a random.Random
    at, number, total = (np.array([row[i] for row in rows], dtype="int64") for i in range(3))
    discounts = pd.Series([discount for _, discount in receipts], dtype="int64")
    parts = cost.discount_parts(at, number, total, discounts)
    wanted = naive(receipts)
    assert parts.tolist() == [wanted[receipt][line] for receipt, line, _ in rows]
    for receipt, (totals, discount) in enumerate(receipts):
        assert parts[at == receipt].sum() == (discount if sum(totals) > 0 else 0)


def test_discounts_of_huge_receipts_are_exact() -> None:
    """The product of the two amounts has no place in 64 bits."""
    totals = np.array([4_000_000_001, 4_000_000_000])
    parts = cost.discount_parts(np.zeros(2, int), np.array([1, 2]), totals, pd.Series([4_000_000_001]))
    assert parts.tolist() == [2_000_000_000, 2_000_000_001]


PRODUCTS = pd.DataFrame(
    {"product_id": list("abcde"), "unit_cost_minor": pd.array([10, 20, None, 40, 50], dtype="Int64")}
)
PRICES = pd.DataFrame(
    {
        "product_id": ["b", "a", "a", "e", "z"],
        "valid_from": [
            dt.date(2024, 3, 1), dt.date(2024, 2, 1), dt.date(2024, 3, 1), dt.date(1960, 1, 1), dt.date(2024, 1, 1),
        ],
        "unit_cost_minor": pd.array([25, 11, None, 55, 99], dtype="Int64"),
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("product", "day", "wanted"),
    [
        ("a", "2024-01-31", None),  # before its first price
        ("a", "2024-02-01", 11),  # on the first day of a price
        ("a", "2024-02-29", 11),
        ("a", "2024-03-01", None),  # the latest price has no cost
        ("b", "2024-02-29", None),
        ("b", "2030-01-01", 25),
        ("c", "2024-02-01", None),  # no cost anywhere
        ("d", "1999-01-01", 40),  # only in products
        ("e", "2024-02-01", 55),  # a price from before 1970
        ("x", "2024-02-01", None),  # in neither
    ],
)
def test_cost_is_the_one_valid_on_the_day(product: str, day: str, wanted: int | None) -> None:
    product_of = pd.Categorical([product, "d"], categories=["a", "b", "c", "d", "e", "x"])
    days = np.array([day, "2024-01-01"], dtype="datetime64[ns]")
    found = cost.unit_costs(product_of, days, PRODUCTS, PRICES)
    assert found[1] == 40
    assert math.isnan(found[0]) if wanted is None else found[0] == wanted


def test_a_line_of_no_product_has_no_cost() -> None:
    product = pd.Categorical([None, "e"], categories=["a", "e"])
    found = cost.unit_costs(product, np.array(["2024-01-01"] * 2, dtype="datetime64[ns]"), PRODUCTS, PRICES.iloc[:0])
    assert np.isnan(found).tolist() == [True, False]


@given(st.lists(st.tuples(st.floats(-50, 50), st.one_of(st.none(), st.integers(0, 5_000)))))
def test_line_costs_equal_a_loop(lines: list[tuple[float, int | None]]) -> None:
    quantity = np.array([each for each, _ in lines], dtype=float)
    unit = np.array([np.nan if each is None else each for _, each in lines], dtype=float)
    found = cost.line_costs(quantity, unit)
    wanted = [None if each is None else math.floor(number * each + 0.5) for number, each in lines]
    assert [None if pd.isna(one) else one for one in found] == wanted
