"""Listings in files: values come back as they were, equal ones give equal bytes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shoplib.base.listing import Column, Listing
from shoplib.errors import StoreError
from shoplib.store import listings

COLUMNS = (
    Column("day", "Day", "day", "business day"),
    Column("place", "Place", "text"),
    Column("sales", "Sales", "count"),
    Column("takings_minor", "Takings", "money", "tax included"),
    Column("share", "Share", "share"),
)


def listing(name: str = "days", **more: object) -> Listing:
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(["2024-05-01", "2024-05-02"]), "place": ["=1+1", None], "sales": np.array([3, 4]),
            "takings_minor": [1250.0, np.nan], "share": [0.25, math.inf], "id": ["a", "b"],
        }
    )  # fmt: skip
    return Listing(name, "Days", frame, COLUMNS, "GBP", "In order.", ("sales",), **more)  # type: ignore[arg-type]


def test_values_come_back_and_what_is_not_known_stays_unknown(tmp_path: Path) -> None:
    back = listings.read(listings.write(tmp_path, listing(sheet="Daily"), 0))
    assert (back.name, back.title, back.caption, back.currency) == ("days", "Days", "In order.", "GBP")
    assert (back.columns, back.totals, back.sheet) == (COLUMNS, ("sales",), "Daily")
    assert back.frame.to_numpy().tolist() == [
        [pd.Timestamp("2024-05-01"), "=1+1", 3, 1250, 0.25],
        [pd.Timestamp("2024-05-02"), None, 4, None, None],
    ]


def test_equal_listings_give_equal_bytes(tmp_path: Path) -> None:
    first = listings.write(tmp_path / "a", listing(), 1).read_bytes()
    assert listings.write(tmp_path / "b", listing(), 1).read_bytes() == first


def test_rows_keep_units_of_their_own(tmp_path: Path) -> None:
    frame = pd.DataFrame({"label": ["Takings", "Share"], "unit": ["minor", "share"], "value": [100, 0.5]})
    columns = (Column("label", "What", "text"), Column("value", "Value", "row"))
    back = listings.read(listings.write(tmp_path, Listing("o", "O", frame, columns, "GBP"), 0))
    assert back.frame["unit"].tolist() == ["minor", "share"]
    assert back.frame["value"].tolist() == [100, 0.5]


def test_a_listing_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    back = listings.read(listings.write(tmp_path, listing().head(0), 0))
    assert list(back.frame.columns) == [column.name for column in COLUMNS]
    assert back.frame.empty


def test_all_come_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    for order, name in enumerate(("z", "a", "m")):
        listings.write(tmp_path, listing(name), order)
    assert [found.name for found in listings.read_all(tmp_path)] == ["z", "a", "m"]
    assert listings.read_all(tmp_path / "none") == []


def test_a_damaged_file_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{")
    with pytest.raises(StoreError) as caught:
        listings.read(path)
    assert str(caught.value).startswith(f"A record cannot be read\n  where   {path}\n")
