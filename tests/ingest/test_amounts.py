"""Written numbers: exact, or refused."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.base import money
from shoplib.config.mapping import FileFormat
from shoplib.ingest.amounts import read_number, read_numbers


@pytest.mark.parametrize(
    ("cell", "decimal", "thousands", "currency", "wanted"),
    [
        ("12", ".", "", None, "12"),
        ("0012.50", ".", "", None, "12.50"),
        (".5", ".", "", None, "0.5"),
        ("5.", ".", "", None, "5"),
        ("1,234,567.89", ".", ",", None, "1234567.89"),
        ("1.234,5", ",", ".", None, "1234.5"),
        ("1 234,5", ",", " ", None, "1234.5"),
        ("1\u202f234,5", ",", " ", None, "1234.5"),
        ("1’234.50", ".", "'", None, "1234.50"),
        ("1,00,000.50", ".", ",", "INR", "100000.50"),
        ("-5", ".", "", None, "-5"),
        ("−5", ".", "", None, "-5"),
        ("5.00-", ".", "", None, "-5.00"),
        ("(5.00)", ".", "", None, "-5.00"),
        ("£-5", ".", "", "GBP", "-5"),
        ("-£5", ".", "", "GBP", "-5"),
        ("£ 5", ".", "", "GBP", "5"),
        ("5 GBP", ".", "", "GBP", "5"),
        ("Rs. 500", ".", "", "INR", "500"),
        ("₹500", ".", "", "INR", "500"),
        ("$5", ".", "", "AUD", "5"),
        ("5 kr", ".", "", "SEK", "5"),
        ("5 zł", ".", "", "PLN", "5"),
    ],
)  # fmt: skip
def test_numbers_are_read_exactly(cell: str, decimal: str, thousands: str, currency: str | None, wanted: str) -> None:
    assert read_number(cell, decimal, thousands, currency) == (Decimal(wanted), "")


@pytest.mark.parametrize(
    "cell",
    ["", "abc", "12-34", "1e3", "12%", "--5", "(-5)", "(5", "1,5", "1,234", "1.2.3", "5 pcs", "£5", "NaN", "inf"],
)
def test_anything_else_is_unreadable(cell: str) -> None:
    assert read_number(cell, ".", "", None) == (None, "unreadable_number")


@pytest.mark.parametrize("cell", ["1,23", "12,34.5", "1,2345", ",123", "1,,234"])
def test_thousands_marks_must_stand_between_groups(cell: str) -> None:
    assert read_number(cell, ".", ",", None) == (None, "unreadable_number")


@pytest.mark.parametrize("cell", ["$5", "5 EUR", "€5", "Rs 5", "₺5"])
def test_signs_of_other_currencies_are_refused_as_such(cell: str) -> None:
    assert read_number(cell, ".", "", "GBP") == (None, "other_currency")


def test_a_number_larger_than_any_sale_is_refused() -> None:
    assert read_number("9" * 14, ".", "", None) == (None, "unreadable_number")


def test_columns_round_once_half_away_from_zero_and_keep_the_exact_sum() -> None:
    cells = pd.Series(["548.9715", "0.005", "-0.005", "", "x", "0.005"], index=[3, 4, 5, 6, 7, 8])
    numbers = read_numbers(cells, FileFormat(), "GBP")
    assert numbers.minor("GBP").tolist() == [54897, 1, -1, pd.NA, pd.NA, 1]
    assert numbers.minor("JPY").tolist()[:2] == [549, 0]
    assert numbers.total() == Decimal("548.9765")
    assert numbers.rules().to_dict() == {3: "", 4: "", 5: "", 6: "", 7: "unreadable_number", 8: ""}
    assert numbers.real()[3] == 548.9715


def test_products_are_exact_and_missing_where_a_side_is() -> None:
    quantity = read_numbers(pd.Series(["3", "0.1", "", "2"]), FileFormat())
    price = read_numbers(pd.Series(["0.335", "0.05", "9", "x"]), FileFormat())
    product = quantity.times(price)
    assert product.total() == Decimal("1.010")
    assert product.minor("GBP").tolist() == [101, 1, pd.NA, pd.NA]


def test_a_column_without_any_value_gives_missing_numbers() -> None:
    numbers = read_numbers(pd.Series(["", ""]), FileFormat())
    assert numbers.minor("GBP").isna().all() and numbers.total() == 0 and (numbers.rules() == "").all()


@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=4), max_size=30))
def test_columns_agree_with_one_number_at_a_time(values: list[Decimal]) -> None:
    numbers = read_numbers(pd.Series([format(v, "f") for v in values], dtype=object), FileFormat())
    assert numbers.minor("GBP").tolist() == [money.to_minor(value, "GBP") for value in values]
    assert numbers.total() == sum(values, Decimal(0))
