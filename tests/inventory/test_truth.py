"""The position beside what a simulated chain of stores knows of itself."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from shoplib.base import calendar
from shoplib.config.models import Shop
from shoplib.config.stages import Inventory
from shoplib.config.worlds import RetailWorld
from shoplib.inventory import ledger
from shoplib.inventory.position import stock_position
from shoplib.simulate.retail import world as retail

DAYS = 28


@pytest.fixture(scope="module")
def known():
    """A world of two stores over a half-year, its position by stock line, and its truth."""
    settings = RetailWorld(
        transactions=9_000, stores=2, start=dt.date(2024, 1, 1), end=dt.date(2024, 6, 30), lead_time_cv=0.4
    )
    shop = Shop()
    made = retail.world(settings, shop, 7)
    tables = {name: frame.copy() for name, frame in made.tables.items()}
    moves = tables["stock_movements"]
    moves["timestamp"] = pd.to_datetime(moves["timestamp"], utc=True)
    moves["business_date"] = calendar.business_date(moves["timestamp"], shop.timezone, shop.day_start)
    for name in ("ordered_on", "promised_on", "received_on"):
        tables["purchase_orders"][name] = pd.to_datetime(tables["purchase_orders"][name])
    tables["product_prices"]["valid_from"] = pd.to_datetime(tables["product_prices"]["valid_from"])
    for frame in tables.values():
        for key in frame.columns[frame.dtypes == "category"]:
            frame[key] = frame[key].astype(object)
    position = stock_position(
        moves, tables["purchase_orders"], tables["purchase_order_lines"], tables["product_prices"],
        tables["products"], Inventory(demand_days=DAYS),
    )  # fmt: skip
    return position.set_index(ledger.LINE), moves, made.truth


def test_levels_are_the_books_of_the_world(known):
    position, _, truth = known
    book = truth["stock"].astype({"location_id": object, "product_id": object}).set_index(ledger.LINE)["book"]
    pd.testing.assert_series_equal(position["on_hand"], book.astype("float64"), check_names=False)


def test_levels_fall_below_zero_only_where_a_record_was_wrong(known):
    _, moves, truth = known
    fallen = ledger.negatives(moves)
    wrong = moves[moves["movement_id"].isin(truth["record_errors"]["movement_id"])]
    faulty = set(zip(wrong["location_id"], wrong["product_id"], strict=True))
    assert len(fallen)
    assert set(zip(fallen["location_id"], fallen["product_id"], strict=True)) <= faulty


def test_demand_is_nearer_to_what_was_wanted_than_sales_are(known):
    position, moves, truth = known
    since = position["as_of"].iloc[0] - pd.Timedelta(days=DAYS - 1)
    sales = moves[(moves["movement"] == "sale") & (moves["business_date"] >= since)]
    sold = -sales.groupby(ledger.LINE)["quantity"].sum()
    lost = truth["lost_sales"].astype({"location_id": object, "product_id": object})
    lost = lost[pd.to_datetime(lost["date"]) >= since].groupby(ledger.LINE)["units_lost"].sum()
    ran_out = lost.index
    wanted = (sold.reindex(ran_out).fillna(0) + lost) / DAYS
    plain = sold.reindex(ran_out).fillna(0) / DAYS
    made = position["daily_demand"].reindex(ran_out).fillna(0)
    assert len(ran_out) > 20
    assert (made - wanted).abs().mean() < 0.85 * (plain - wanted).abs().mean()


def test_lead_times_are_those_of_the_suppliers(known):
    position, moves, truth = known
    receipts = moves[moves["movement"] == "receipt"].rename(columns={"reference": "order_id"})
    orders = truth["lead_times"].astype({"order_id": str})
    lines = receipts.astype({"order_id": str}).drop_duplicates(["order_id", "product_id"])
    true = lines.merge(orders, on="order_id", validate="many_to_one").groupby("product_id")["mean_days"].mean()
    made = position.groupby("product_id")["lead_time_days"].first().reindex(true.index)
    assert made.corr(true) > 0.95
    assert (made - true).abs().mean() < 0.7
