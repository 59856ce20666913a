"""The data behind a chart reads as a person reads it, and no spreadsheet runs what somebody typed."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

from shoplib.viz import behind


def rows(data: pd.DataFrame, currency: str = "GBP", language: str = "en_GB") -> list[list[str]]:
    return list(csv.reader(io.StringIO(behind.csv_of(data, currency, language).decode(), newline="")))


def test_amounts_are_in_major_units_and_lose_their_suffix() -> None:
    data = pd.DataFrame({"refunds": [2.0, np.nan], "refunds_minor": [123456.4, np.nan], "mean_minor": [-5, 10**17]})
    assert rows(data) == [
        ["refunds", "refunds_amount", "mean"], ["2", "1234.56", "-0.05"], ["", "", "1000000000000000.00"],
    ]  # fmt: skip
    assert rows(data.head(1), "") == [["refunds", "refunds_minor", "mean_minor"], ["2", "123456.4", "-5"]]
    assert rows(pd.DataFrame({"price_minor": [500]}), "JPY") == [["price"], ["500"]]


def test_days_months_and_weekdays_are_told() -> None:
    data = pd.DataFrame({"business_date": [pd.Timestamp("2024-05-03")], "weekday": [4]})
    assert rows(data) == [["business_date", "weekday"], ["2024-05-03", "Friday"]]
    assert rows(data, language="de_DE")[1] == ["2024-05-03", "Freitag"]


def test_what_a_spreadsheet_would_run_is_guarded_and_numbers_are_not() -> None:
    typed = ["=1+1", "+cmd", "-x", "@sum", "\tx", "=a\r\nb", "Tea", "-5.2", "चाय 🍰", None]
    data = pd.DataFrame({"=name": typed, "amount": [-1.5] * len(typed)})
    found = rows(data)
    assert found[0] == ["'=name", "amount"]
    assert [row[0] for row in found[1:]] == [
        "'=1+1", "'+cmd", "'-x", "'@sum", "'\tx", "'=a b", "Tea", "-5.2", "चाय 🍰", "",
    ]  # fmt: skip
    assert {row[1] for row in found[1:]} == {"-1.5"}
    assert [behind.unguarded(row[0]) for row in found[1:6]] == typed[:5]
    assert rows(data.astype({"=name": "category"})) == found


@pytest.mark.parametrize("data", [pd.DataFrame(), pd.DataFrame({"a_minor": pd.Series([], dtype="float64")})])
def test_no_rows_give_a_header_alone(data: pd.DataFrame) -> None:
    assert rows(data) == [["a"]] if len(data.columns) else [[]]


def test_two_columns_may_be_called_alike() -> None:
    data = pd.DataFrame([[1, "x"]], columns=["a", "a"])
    assert rows(data) == [["a", "a"], ["1", "x"]]


def test_equal_tables_give_equal_bytes() -> None:
    data = pd.DataFrame({"a_minor": [1.5, 2.5], "b": [True, False]})
    assert behind.csv_of(data, "GBP") == behind.csv_of(data.copy(), "GBP")
    assert rows(data) == [["a", "b"], ["0.02", "True"], ["0.02", "False"]]
