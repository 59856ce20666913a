"""Listings: raw values, and how each unit is read by people and by programs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.base import listing
from shoplib.base.listing import Column, Listing

DAY = pd.Timestamp("2024-12-31")


def one(value: object, unit: Any, currency: str = "GBP", row_unit: str | None = None) -> Listing:
    frame = pd.DataFrame({"x": pd.Series([value], dtype=object), "unit": [row_unit]})
    return Listing("one", "One", frame, (Column("x", "X", unit),), currency)


@pytest.mark.parametrize(
    ("unit", "value", "read", "plain"),
    [
        ("text", "Hill & Sons <b>", "Hill & Sons <b>", "Hill & Sons <b>"),
        ("text", "=1+1", "=1+1", "=1+1"),
        ("text", "समोसा 🥟", "समोसा 🥟", "समोसा 🥟"),
        ("text", "nan", "nan", "nan"),
        ("day", DAY, "31 Dec 2024", dt.date(2024, 12, 31)),
        ("day", dt.date(2024, 12, 31), "31 Dec 2024", dt.date(2024, 12, 31)),
        ("month", pd.Timestamp("2024-12-01"), "Dec 2024", dt.date(2024, 12, 1)),
        ("weekday", 0, "Monday", 0),
        ("weekday", np.int64(6), "Sunday", 6),
        ("hour", 0, "0:00", 0),
        ("hour", 23.0, "23:00", 23),
        ("count", 1_234_567, "1,234,567", 1_234_567),
        ("count", 5.0, "5", 5),
        ("number", 12_345.678, "12,345.7", 12_345.678),
        ("number", 2.346, "2.35", 2.346),
        ("number", -0.5, "−0.50", -0.5),
        ("money", 123_456, "£1,234.56", Decimal("1234.56")),
        ("money", -5.0, "−£0.05", Decimal("-0.05")),
        ("money", np.float64(2**53), "£90,071,992,547,409.92", Decimal("90071992547409.92")),
        ("share", 0.125, "12.5%", 0.125),
        ("share", -0.031, "−3.1%", -0.031),
        ("points", -0.0031, "down 0.3 points", -0.0031),
        ("points", 0.0, "unchanged", 0.0),
    ],
)
def test_each_unit_is_read_by_people_and_programs(unit: Any, value: object, read: str, plain: object) -> None:
    told = one(value, unit)
    assert listing.shown(told, "en_GB")["X"].tolist() == [read]
    found = listing.plain(told)[0]["x"]
    assert found == plain
    assert type(found) is type(plain)


@pytest.mark.parametrize(
    "unit", ["text", "day", "month", "weekday", "hour", "count", "number", "money", "share", "points"]
)
@pytest.mark.parametrize("value", [None, np.nan, pd.NA, pd.NaT])
def test_what_is_not_known_is_empty_and_none(unit: Any, value: object) -> None:
    assert listing.shown(one(value, unit), "en_GB")["X"].tolist() == [""]
    assert listing.plain(one(value, unit)) == [{"x": None}]


@pytest.mark.parametrize(
    ("unit", "value", "read", "plain"),
    [
        ("minor", 123_456, "£1,234.56", Decimal("1234.56")),
        ("count", 12, "12", 12),
        ("days", 28, "28", 28),
        ("units", 2.5, "2.50", 2.5),
        ("units", 2, "2", 2.0),
        ("share", 0.5, "50.0%", 0.5),
    ],
)
def test_a_row_may_have_a_unit_of_its_own(unit: str, value: object, read: str, plain: object) -> None:
    told = one(value, "row", row_unit=unit)
    assert listing.shown(told, "en_GB")["X"].tolist() == [read]
    found = listing.plain(told)[0]["x"]
    assert found == plain
    assert type(found) is type(plain)
    assert listing.shown(one(None, "row", row_unit=unit), "en_GB")["X"].tolist() == [""]


@pytest.mark.parametrize(
    ("currency", "language", "read", "plain"),
    [
        ("JPY", "ja_JP", "￥1,234,567", Decimal(1234567)),
        ("INR", "en_IN", "₹12,345.67", Decimal("12345.67")),
        ("IDR", "en_GB", "IDR12,345.67", Decimal("12345.67")),
        ("KWD", "en_GB", "KWD1,234.567", Decimal("1234.567")),
    ],
)
def test_money_follows_its_currency(currency: str, language: str, read: str, plain: Decimal) -> None:
    told = one(1_234_567, "money", currency)
    assert listing.shown(told, language)["X"].tolist()[0].replace("\xa0", "") == read
    assert listing.plain(told)[0]["x"] == plain
    assert listing.major(plain) == float(plain)
    assert listing.major(None) is None


def test_rupiah_without_coins_are_whole() -> None:
    assert listing.text(14_900_000, "money", "IDR", "en_GB") == "IDR149,000"


FRAME = pd.DataFrame({"place": ["A", "B"], "refunds": [1, 2], "refunds_minor": [100, 250], "share": [0.2, 0.8]})
COLUMNS = (
    Column("place", "Place", "text"), Column("refunds", "Refunds", "count"),
    Column("refunds_minor", "Refunds", "money"), Column("share", "Share", "share"),
)  # fmt: skip


def test_no_column_takes_the_place_of_another() -> None:
    """A count and an amount may be called alike, by people and by programs."""
    told = Listing("x", "X", FRAME, COLUMNS, "GBP")
    assert listing.shown(told, "en_GB").columns.tolist() == ["Place", "Refunds", "Refunds", "Share"]
    assert listing.shown(told, "en_GB").iloc[1].tolist() == ["B", "2", "£2.50", "80.0%"]
    assert listing.plain(told)[0] == {"place": "A", "refunds": 1, "refunds_amount": Decimal("1.00"), "share": 0.2}
    assert listing.plain_names(COLUMNS[2:]) == ["refunds", "share"]


def test_the_head_of_a_list_has_no_totals() -> None:
    told = Listing("x", "X", FRAME, COLUMNS, "GBP", totals=("refunds",), sheet="Places")
    assert told.head(2).totals == ("refunds",)
    assert told.head(1).totals == ()
    assert told.head(1).frame["place"].tolist() == ["A"]
    assert told.head(1).sheet == "Places"


def test_no_rows_keep_their_columns() -> None:
    told = Listing("x", "X", FRAME.iloc[:0], COLUMNS, "GBP")
    assert listing.shown(told, "en_GB").shape == (0, 4)
    assert listing.plain(told) == []


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^listing x has no column nope, none$"):
        Listing("x", "X", FRAME, (*COLUMNS, Column("nope", "No", "text"), Column("none", "No", "text")), "GBP")
