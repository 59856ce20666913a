"""Demand on days in stock beside a walk through the days; lead times and open orders by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.inventory import demand, ledger

START = pd.Timestamp("2024-01-01")


def walked(moves: pd.DataFrame, end: int, demand_days: int, forget_days: int) -> dict[str, object]:
    """Return what ``observed`` returns for one line, day by day; days are counted from ``START``."""
    change, sold = Counter(), Counter()
    days = {row.movement_id: (row.business_date - START).days for row in moves.itertuples()}
    kinds = dict(zip(moves["movement_id"], moves["movement"], strict=True))
    for row in moves.itertuples():
        change[days[row.movement_id]] += row.quantity
        if row.movement == "sale":
            sold[days[row.movement_id]] -= row.quantity
        elif row.movement == "reversal" and kinds.get(row.reference) == "sale":
            sold[days[row.reference]] -= row.quantity
    level, there, last_sold, since = 0.0, [], None, None
    for day in range(end + 1):
        before, level = level, level + change[day]
        if before > 0 or level > 0 or sold[day] > 0:
            there.append(day)
        last_sold = day if sold[day] > 0 else last_sold
        since = day if before <= 0 < level else since
    if there and there[-1] <= end - demand_days:
        end, there = (there[-1], there) if there[-1] > end - forget_days else (end, [])
    window = [day for day in there if end - demand_days < day <= end]
    rate = sum(sold[day] for day in window) / len(window) if window else None
    return {"daily_demand": rate, "stocked_days": len(window), "there_since": since, "last_sold": last_sold}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 100_000), st.integers(7, 30), st.integers(1, 60), st.integers(0, 60))
def test_demand_is_its_naive_twin(random_movements, seed: int, demand_days: int, forget_days: int, later: int) -> None:
    moves = random_movements(seed)
    as_of = moves["business_date"].max() + pd.Timedelta(days=later)
    table = demand.observed(ledger.by_day(moves), as_of, demand_days, forget_days)
    lines = dict(list(moves.groupby(ledger.LINE)))
    assert len(table) == len(lines)
    for row in table.itertuples():
        twin = walked(lines[(row.location_id, row.product_id)], (as_of - START).days, demand_days, forget_days)
        for name, value in twin.items():
            made = getattr(row, name)
            made = (made - START).days if isinstance(made, pd.Timestamp) else made
            assert pd.isna(made) if value is None else made == pytest.approx(value), name


def test_an_empty_shelf_is_no_lack_of_demand(as_movements):
    moves = as_movements(
        {
            ("L0", "out"): [(0, "opening", 20), *((day, "sale", -2) for day in range(10))],
            ("L0", "full"): [(0, "opening", 90), *((day, "sale", -2) for day in range(28))],
            ("L0", "never"): [(0, "opening", 0)],
        }
    )
    table = demand.observed(ledger.by_day(moves), START + pd.Timedelta(days=27), 28, 60).set_index("product_id")
    assert table["daily_demand"].to_dict() == pytest.approx({"out": 2.0, "full": 2.0, "never": np.nan}, nan_ok=True)
    assert table["stocked_days"].to_dict() == {"out": 10, "full": 28, "never": 0}


def test_a_line_long_out_is_judged_by_its_last_days_in_stock(as_movements):
    moves = as_movements(
        {
            ("L0", "gone"): [(0, "opening", 20), *((day, "sale", -2) for day in range(10))],
            ("L0", "other"): [(0, "opening", 1), (99, "waste", -1)],
        }
    )
    table = demand.observed(ledger.by_day(moves), START + pd.Timedelta(days=99), 7, 100).set_index("product_id")
    assert table.loc["gone", "daily_demand"] == 2
    assert table.loc["gone", "stocked_days"] == 7
    later = demand.observed(ledger.by_day(moves), START + pd.Timedelta(days=99), 7, 60).set_index("product_id")
    assert np.isnan(later.loc["gone", "daily_demand"])
    assert later.loc["gone", "last_sold"] == START + pd.Timedelta(days=9)


def test_lead_times_by_hand(as_orders):
    orders, lines = as_orders(
        [
            ("S0", "L0", 0, 4, "received", "P0", 10, 10),
            ("S0", "L1", 1, 7, "received", "P0", 10, 8),
            ("S1", "L0", 2, 4, "received", "P1", 5, 5),
            ("S0", "L0", 9, None, "open", "P2", 6, 0),
            ("S2", "L0", 9, None, "open", "P3", 6, 0),
            ("S0", "L0", 3, 99, "received", "P0", 6, 6),
            ("S0", "L0", 3, 5, "cancelled", "P0", 6, 0),
        ]
    )
    as_of = START + pd.Timedelta(days=20)
    leads = demand.lead_times(orders, lines, as_of)
    assert leads.to_dict() == {"P0": 5.0, "P1": 2.0, "P2": 5.0}  # P2 as its supplier, P3 never told
    assert demand.usual_lead_time(orders, as_of) == pytest.approx((4 + 6 + 2) / 3)


def test_only_what_may_still_come_is_on_order(as_orders):
    orders, lines = as_orders(
        [
            ("S0", "L0", 0, None, "open", "P0", 10, 0),
            ("S0", "L0", 1, None, "part_received", "P0", 10, 8),
            ("S0", "L1", 1, None, "part_received", "P0", 4, 6),
            ("S0", "L0", 1, 3, "received", "P0", 10, 2),
            ("S0", "L0", 1, None, "cancelled", "P0", 7, 0),
        ]
    )
    assert demand.on_order(orders, lines).to_numpy().tolist() == [["L0", "P0", 12.0]]


def test_no_orders_tell_nothing(as_orders):
    orders, lines = as_orders([])
    orders = orders.astype({"ordered_on": "datetime64[ns]", "received_on": "datetime64[ns]"})
    assert demand.on_order(orders, lines).empty
    assert demand.lead_times(orders, lines, START).empty
    assert np.isnan(demand.usual_lead_time(orders, START))
