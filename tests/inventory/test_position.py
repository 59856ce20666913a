"""The position by hand: every column, every state, and odd stocks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.config.stages import Inventory
from shoplib.contracts import check
from shoplib.inventory import ledger, position

START = pd.Timestamp("2024-01-01")


def made(moves, orders, goods, **more):
    """Return the position, checked against its declaration."""
    table = position.stock_position(moves, *orders, goods["prices"], goods["products"], Inventory(**more))
    check.checked("stock_position", table)
    return table


def test_every_column_by_hand(as_movements, as_orders, goods):
    moves = as_movements(
        {
            ("L0", "P0"): [(0, "opening", 100), *((day, "sale", -1) for day in range(40)), (40, "waste", -10)],
            ("L0", "P1"): [(0, "opening", 3), (10, "sale", -3)],
        }
    )
    orders = as_orders([("S0", "L0", 0, 6, "received", "P0", 9, 9), ("S0", "L1", 30, None, "open", "P0", 5, 1)])
    table = made(moves, orders, goods).set_index(ledger.LINE)
    tea = table.loc[("L0", "P0")]
    assert tea["as_of"] == START + pd.Timedelta(days=40)
    assert (tea["on_hand"], tea["on_order"]) == (50, 0)
    assert tea["daily_demand"] == pytest.approx(27 / 28)
    assert tea["cover_days"] == pytest.approx(50 / (27 / 28))
    assert tea["lead_time_days"] == 6
    assert tea["last_sold"] == START + pd.Timedelta(days=39)
    assert tea["stock_value_minor"] == 50 * 120
    assert tea["state"] == "fine"
    milk = table.loc[("L0", "P1")]
    assert (milk["on_hand"], milk["state"], milk["stock_value_minor"]) == (0, "out", 0)
    assert milk["daily_demand"] == pytest.approx(3 / 11)
    waiting = table.loc[("L1", "P0")]
    assert (waiting["on_hand"], waiting["on_order"], waiting["state"]) == (0, 4, "out")
    assert pd.isna(waiting["daily_demand"])


def test_every_state(as_movements, as_orders, goods):
    daily = [(day, "sale", -1) for day in range(100)]
    moves = as_movements(
        {
            ("L0", "out"): [(0, "opening", 100), *daily],
            ("L0", "below"): [(0, "opening", 90), *daily],
            ("L0", "low"): [(0, "opening", 104), *daily],
            ("L0", "fine"): [(0, "opening", 106), *daily],
            ("L0", "over"): [(0, "opening", 191), *daily],
            ("L0", "dead"): [(0, "opening", 9), (39, "sale", -1)],
            ("L0", "nearly dead"): [(0, "opening", 4), (40, "sale", -1)],
            ("L0", "too many"): [(0, "opening", 6), (40, "sale", -1)],
            ("L0", "back again"): [(0, "opening", 1), (10, "sale", -1), (98, "receipt", 2)],
            ("L0", "new"): [(90, "receipt", 5)],
        }
    )
    orders = as_orders([("S0", "L0", 0, 5, "received", "low", 1, 1)])
    table = made(moves, orders, goods).set_index("product_id")
    assert table["state"].to_dict() == {
        "out": "out", "below": "out", "low": "low", "fine": "fine", "over": "over", "dead": "dead",
        "nearly dead": "fine", "too many": "over", "back again": "fine", "new": "fine",
    }  # fmt: skip
    assert table.loc["below", "cover_days"] == 0


def test_without_a_lead_time_nothing_is_low(as_movements, as_orders, goods):
    moves = as_movements({("L0", "P0"): [(0, "opening", 11), *((day, "sale", -1) for day in range(10))]})
    orders = as_orders([])
    orders = (orders[0].astype({"ordered_on": "datetime64[ns]", "received_on": "datetime64[ns]"}), orders[1])
    table = made(moves, orders, goods)
    assert table["lead_time_days"].isna().all()
    assert table["state"].tolist() == ["fine"]


def test_costs_are_those_valid_on_the_day(goods):
    for day, cost in ((0, 100), (19, 100), (20, 120), (499, 120), (500, 999)):
        found = position.valid(goods["prices"], goods["products"], "unit_cost_minor", START + pd.Timedelta(days=day))
        assert found["P0"] == cost
        assert found["P1"] == 50
        assert "P2" not in found.dropna().index


def test_an_unknown_cost_is_no_value(as_movements, as_orders, goods):
    moves = as_movements({("L0", "P2"): [(0, "opening", 5)], ("L0", "unheard of"): [(0, "opening", 5)]})
    orders = as_orders([("S0", "L0", 0, 6, "received", "P0", 9, 9)])
    assert made(moves, orders, goods)["stock_value_minor"].isna().all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 100_000))
def test_any_stock_keeps_the_declaration(random_movements, as_orders, goods, seed: int) -> None:
    moves = random_movements(seed)
    orders = as_orders([("S0", "L0", 0, 6, "received", "P0", 9, 9), ("S0", "L9", 3, None, "open", "P9", 2, 0)])
    table = made(moves, orders, goods)
    again = made(moves.sample(frac=1, random_state=1), orders, goods)
    pd.testing.assert_frame_equal(table, again)
    levels = ledger.levels(moves).set_index(ledger.LINE)["on_hand"]
    kept = table.set_index(ledger.LINE)["on_hand"]
    assert kept.drop(("L9", "P9")).to_dict() == levels.to_dict()
    assert ((table["state"] == "out") == (table["on_hand"] <= 0)).all()
    low = table[table["state"] == "low"]
    assert (low["cover_days"] < low["lead_time_days"]).all()
    assert (low["daily_demand"] > 0).all()


def test_no_movements_give_an_empty_position(as_movements, as_orders, goods):
    table = made(as_movements({}), as_orders([]), goods)
    assert table.empty
    assert np.array_equal(table.columns, position.POSITION)
