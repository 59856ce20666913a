"""When there was something to sell, by movements written by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting.availability import stocked, stockouts
from shoplib.forecasting.panel import Panel

DAYS = pd.date_range("2024-07-01", periods=6)


def panel_of(lines: list[tuple[str, str]], days: pd.DatetimeIndex = DAYS) -> Panel:
    """Return a panel of stock lines on which nothing is known yet."""
    ids = ["/".join(line) for line in lines]
    static = pd.DataFrame(lines, columns=["location_id", "product_id"], index=ids)
    shape = (len(lines), len(days))
    return Panel(tuple(ids), days, len(days), np.zeros(shape), np.zeros(shape, dtype=bool), static=static)


def moved(*rows: tuple[str, str, float], line: tuple[str, str] = ("L1", "A")) -> pd.DataFrame:
    """Return movements from (moment, kind, units)."""
    table = pd.DataFrame(rows, columns=["timestamp", "movement", "quantity"])
    table["timestamp"] = pd.to_datetime(table["timestamp"], utc=True)
    table["business_date"] = table["timestamp"].dt.tz_localize(None).dt.normalize()
    return table.assign(location_id=line[0], product_id=line[1])


STORY = moved(
    ("2024-07-01 08:00", "opening", 10), ("2024-07-01 20:00", "sale", -4), ("2024-07-02 20:00", "sale", -6),
    ("2024-07-04 14:00", "receipt", 9), ("2024-07-04 20:00", "sale", -2), ("2024-07-05 20:00", "sale", -1),
)  # fmt: skip


def test_a_day_ending_with_nothing_is_out_in_part_if_it_sold_and_wholly_if_not():
    share = stockouts(panel_of([("L1", "A")]), STORY).share[0]
    assert share[0] == 1
    assert np.isnan(share[1])
    assert share[2] == 0
    assert share[4] == share[5] == 1


def test_the_moment_of_the_last_sale_and_of_the_delivery_tell_how_much_of_the_day_had_goods():
    sales = pd.concat([
        moved(*((f"2024-07-0{day} {hour:02d}:00", "sale", 1) for day in range(1, 7) for hour in range(8, 20)),
              line=("L1", "B")),
        moved(("2024-07-02 10:30", "sale", 6)),
    ])  # fmt: skip
    share = stockouts(panel_of([("L1", "A")]), STORY, sales=sales).share[0]
    assert np.isnan(stockouts(panel_of([("L1", "A")]), STORY).share[0, 1])
    assert share[2] == 0
    assert 0 < share[1] <= 1
    lines = panel_of([("L1", "A"), ("L1", "B")])
    both = stockouts(lines, pd.concat([STORY, sales.query("product_id == 'B'")]), sales=sales).share[0]
    assert both[1] == pytest.approx((3 * 6 + 1) / 73)
    assert both[3] == pytest.approx(1 - (7 * 6 + 1) / 73)


def test_hours_are_those_of_the_place():
    sales = pd.concat([
        moved(*((f"2024-07-0{day} {hour:02d}:00", "sale", 1) for day in range(1, 7) for hour in range(8, 20)),
              line=("L1", "B")),
        moved(("2024-07-02 10:30", "sale", 6)),
    ])  # fmt: skip
    lines = panel_of([("L1", "A"), ("L1", "B")])
    here, there = (stockouts(lines, STORY, sales=sales, timezone=zone).share[0, 1] for zone in ("UTC", "Asia/Tokyo"))
    assert here == there


def test_what_a_count_found_missing_went_missing_evenly_since_the_count_before():
    """Ten in the books all week, none on the shelf on its last day: empty towards the end, full at its start."""
    books = moved(("2024-07-01 08:00", "opening", 3))
    counts = pd.DataFrame(
        {"location_id": ["L1"], "product_id": ["A"], "counted_on": [DAYS[-1]], "counted_units": [0.0]}
    )
    share = stockouts(panel_of([("L1", "A")]), books, counts).share[0]
    np.testing.assert_array_equal(share, [1, 1, 1, 1, 0, 0])
    adjusted = pd.concat([books, moved(("2024-07-06 20:00", "adjustment", -3))])
    np.testing.assert_array_equal(stockouts(panel_of([("L1", "A")]), adjusted).share[0], share)


def test_lines_without_movements_and_days_before_the_first_count_as_in_stock():
    late = moved(("2024-07-04 08:00", "receipt", 2), ("2024-07-04 20:00", "sale", -2))
    share = stockouts(panel_of([("L1", "A"), ("L2", "A")]), late).share
    np.testing.assert_array_equal(share[1], np.ones(6))
    np.testing.assert_array_equal(share[0, :3], np.ones(3))
    assert np.isnan(share[0, 3])
    np.testing.assert_array_equal(share[0, 4:], np.zeros(2))


def test_movements_before_the_panel_count_for_its_first_level_and_later_ones_not_at_all():
    rows = moved(("2024-06-01 08:00", "opening", 5), ("2024-07-02 20:00", "sale", -1), ("2024-08-01 20:00", "sale", -4))
    np.testing.assert_array_equal(stockouts(panel_of([("L1", "A")]), rows).share[0], np.ones(6))


def test_no_movements_are_no_shortage():
    panel = panel_of([("L1", "A")])
    none = STORY.iloc[:0]
    np.testing.assert_array_equal(stockouts(panel, none).share, stocked(panel).share)
    assert not stocked(panel).out.any()
