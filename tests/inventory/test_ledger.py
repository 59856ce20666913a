"""A level is the sum of its movements, whatever their order; where it fell below zero is found."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.inventory import ledger

SEEDS = st.integers(0, 100_000)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(-1, 45))
def test_the_level_at_any_date_is_the_naive_sum(random_movements, seed: int, day: int) -> None:
    moves = random_movements(seed)
    as_of = pd.Timestamp("2024-01-01") + pd.Timedelta(days=day)
    made = ledger.levels(moves, as_of.date()).set_index(ledger.LINE)["on_hand"]
    twin: dict[tuple[str, str], float] = {}
    for row in moves.itertuples():
        if row.business_date <= as_of:
            key = (row.location_id, row.product_id)
            twin[key] = twin.get(key, 0.0) + row.quantity
    assert made.to_dict() == twin


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_running_levels_end_at_the_level_and_never_jump(random_movements, seed: int) -> None:
    moves = random_movements(seed)
    table = ledger.running(moves)
    np.testing.assert_allclose(table["before"] + table["quantity"], table["level"])
    ends = table.groupby(ledger.LINE)["level"].last()
    pd.testing.assert_series_equal(ends, ledger.levels(moves).set_index(ledger.LINE)["on_hand"], check_names=False)
    follows = table.groupby(ledger.LINE)["level"].shift()
    np.testing.assert_allclose(table["before"][follows.notna()], follows.dropna())
    assert (table.groupby(ledger.LINE)["before"].first() == 0).all()


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_the_order_of_rows_does_not_matter(random_movements, seed: int) -> None:
    moves = random_movements(seed)
    mixed = moves.sample(frac=1, random_state=seed % 1_000)
    for made in (ledger.levels, ledger.running, ledger.negatives, ledger.by_day):
        pd.testing.assert_frame_equal(made(moves), made(mixed))


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_negatives_are_those_a_walk_finds(random_movements, seed: int) -> None:
    moves = random_movements(seed)
    found = ledger.negatives(moves)
    twin = {}
    for _, rows in moves.groupby(ledger.LINE):
        level, fell = 0.0, None
        rows = rows.assign(out=rows["quantity"] < 0).sort_values(["timestamp", "out", "movement_id"])
        for row in rows.itertuples():
            before, level = level, level + row.quantity
            if before >= 0 > level:
                fell = row.movement_id
                twin[fell] = (before, level, pd.NaT)
            elif fell and level >= 0:
                twin[fell] = (*twin[fell][:2], row.business_date)
                fell = None
    made = {row.movement_id: (row.before, row.level, row.until) for row in found.itertuples()}
    assert made.keys() == twin.keys()
    for key, (before, level, until) in twin.items():
        assert made[key][:2] == (before, level)
        assert made[key][2] == until or (pd.isna(made[key][2]) and pd.isna(until))
    assert found["timestamp"].is_monotonic_decreasing


def test_a_reversal_undoes_a_movement(as_movements):
    moves = as_movements({("L0", "P0"): [(0, "opening", 10), (3, "sale", -4), (5, "reversal", 4)]})
    moves.loc[2, "reference"] = moves.loc[1, "movement_id"]
    assert ledger.levels(moves)["on_hand"].tolist() == [10]
    days = ledger.by_day(moves)
    assert days["sold"].tolist() == [0, 0, 0]
    assert days["level"].tolist() == [10, 6, 10]


def test_goods_in_are_booked_before_goods_out_at_one_instant(as_movements):
    moves = as_movements({("L0", "P0"): [(0, "sale", -3), (0, "receipt", 3)]})
    moves["timestamp"] = moves["timestamp"].iloc[0]
    assert ledger.running(moves)["movement"].tolist() == ["receipt", "sale"]
    assert ledger.negatives(moves).empty


def test_tenths_of_a_unit_add_up_to_nothing(as_movements):
    moves = as_movements({("L0", "P0"): [(0, "receipt", 0.1), (0, "receipt", 0.2), (1, "sale", -0.3)]})
    assert ledger.levels(moves)["on_hand"].tolist() == [0]
    assert ledger.negatives(moves).empty


def test_no_movements_have_no_levels(as_movements):
    moves = as_movements({})
    for made in (ledger.levels, ledger.running, ledger.negatives, ledger.by_day):
        assert made(moves).empty
