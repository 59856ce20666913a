"""What is said about stock, its tables and its figure."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.config.models import Shop
from shoplib.config.stages import Inventory
from shoplib.inventory import figures, ledger, summary
from shoplib.inventory.position import stock_position
from shoplib.viz import export, style

SHOP, SETTINGS = Shop(), Inventory()


@pytest.fixture(scope="module")
def stock(as_movements, as_orders, goods):
    """Two places: tea sells, milk is out and sells best, soap has no known cost, tea lies at the other place."""
    moves = as_movements(
        {
            ("L0", "P0"): [(0, "opening", 102), *((day, "sale", -1) for day in range(100))],
            ("L0", "P1"): [(0, "opening", 60), *((day, "sale", -3) for day in range(50, 71))],
            ("L0", "P2"): [(0, "opening", 30), (98, "sale", -1)],
            ("L1", "P0"): [(0, "opening", 40)],
        }
    )
    orders = as_orders([("S0", "L0", 0, 6, "received", "P0", 9, 9), ("S0", "L0", 95, None, "open", "P1", 24, 0)])
    return stock_position(moves, *orders, goods["prices"], goods["products"], SETTINGS), ledger.negatives(moves)


def test_sentences_by_hand(stock):
    assert summary.sentences(*stock, SHOP, SETTINGS) == [
        "On 9 Apr 2024 goods worth £50.40 at cost lay in 2 places: 1 of 4 stock lines is out, and 1 will be out before "
        "a delivery can come.",
        "Goods worth £48.00 (95%) last longer than 90 days or did not sell for 60.",
        "1 stock line is not in these values: the cost is not known.",
        "By the books the level fell below zero 1 time, on 1 stock line; 1 is below zero now. Nothing can be sold "
        "that is not there: a movement is missing or wrong.",
    ]


def test_lines_long_gone_are_told_apart(stock):
    first = summary.sentences(*stock, SHOP, Inventory(dead_days=29))[0]
    assert "1 of 4 stock lines is out (1 of them not sold for 29 days), and" in first


def test_nothing_is_said_of_no_stock(stock):
    none, fallen = stock[0].iloc[:0], stock[1].iloc[:0]
    assert summary.sentences(none, fallen, SHOP, SETTINGS) == [summary.NO_STOCK]
    assert summary.numbers(none, fallen, SETTINGS).empty
    chart = figures.cover_chart(none, SHOP, SETTINGS)
    assert chart.title == summary.NO_STOCK


def test_numbers_are_those_of_the_position(stock):
    table = summary.numbers(*stock, SETTINGS).set_index("metric")["value"]
    assert table["stock_value"] == 2 * 120 + 40 * 120
    assert table[["lines_out", "lines_low", "levels_below_zero"]].tolist() == [1, 1, 1]
    assert table["idle_value"] == 40 * 120


def test_the_most_urgent_come_first(stock, goods):
    table = summary.urgent_table(stock[0], goods["prices"], goods["products"], goods["locations"], SHOP)
    assert table["Product"].tolist() == ["Milk", "Tea"]
    assert table["Place"].tolist() == ["Harbour", "Harbour"]
    assert table["Sales a day"].tolist() == ["£6.75", "£2.50"]
    assert table["On order"].tolist() == [24, 0]
    assert summary.urgent(stock[0].iloc[:0], goods["prices"], goods["products"]).empty


def test_places_add_up(stock, goods):
    table = summary.places_table(stock[0], goods["locations"], SHOP)
    assert table["Place"].tolist() == ["Hill", "Harbour"]
    states = table[["Out", "Low", "Fine", "Over", "Dead"]].to_numpy()
    assert (states.sum(axis=1) == table["Stock lines"]).all()
    assert summary.places_table(stock[0].iloc[:0], goods["locations"], SHOP).empty


def test_a_level_below_zero_is_told_with_its_movement(stock, goods):
    table = summary.negatives_table(stock[1], goods["products"], goods["locations"])
    row = table.iloc[0]
    assert row[["Product", "Place", "Movement", "Units", "Level before", "Level after"]].tolist() == [
        "Milk", "Harbour", "sale L0-P1-0021", -3, 0, -3,
    ]  # fmt: skip
    assert pd.isna(row["Mended on"])


@pytest.mark.parametrize("over_days", [5, 30, 90])
def test_bars_hold_all_value_in_order(stock, over_days):
    asked = Inventory(over_days=over_days)
    table = figures.cover_table(stock[0], asked)
    known = stock[0][stock[0]["state"] != "out"]
    assert table["value_minor"].sum() == known["stock_value_minor"].fillna(0).sum()
    assert table["stock_lines"].sum() == len(known)
    if over_days == 90:
        assert table["lasts"].tolist() == ["up to 7", "8–28", "29–90", "over 90", "not sold"]


def test_a_stock_that_moves_is_told_as_such(stock):
    moving = stock[0][stock[0]["product_id"] == "P0"].iloc[:1]
    assert figures.cover_chart(moving, SHOP, SETTINGS).title == (
        "Nothing in stock lasts longer than 90 days, or went unsold for 60."
    )
    assert not any("last longer" in text for text in summary.sentences(moving, stock[1], SHOP, SETTINGS))


def test_the_figure_is_drawn_the_same_twice(stock):
    one, two = (figures.cover_chart(stock[0], SHOP, SETTINGS) for _ in range(2))
    assert one.title == (
        "95% of the stock's value (£48.00 of £50.40) lasts longer than 90 days or did not sell for 60."
    )
    for text in (one.title, one.caption, one.alt):
        assert text.endswith(".")
        assert not any(word in text for word in ("nan", "None", "NaT", "..", "  ")), text
    assert export.svg(one.figure, "a", wide=False) == export.svg(two.figure, "a", wide=False)
    with style.house():
        one.figure.fit(wide=False)
        FigureCanvasAgg(one.figure).draw()
