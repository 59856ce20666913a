"""Demand on days without goods, held to what was planted in simulated chains and to cases by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.config.models import Shop
from shoplib.config.worlds import RetailWorld
from shoplib.forecasting.availability import Shelf, stocked, stockouts
from shoplib.forecasting.censoring import censored, demand, missed, reconstructed
from shoplib.forecasting.models.interface import Here
from shoplib.forecasting.models.simple import WeekdayMean
from shoplib.forecasting.panel import Flags, Floats, Panel
from shoplib.simulate.retail.world import world

LINE = ["location_id", "product_id"]


@dataclass(frozen=True)
class SmallWorld:
    """The panel of what was sold, what was wanted in truth, and the tables a shop would have."""

    panel: Panel
    wanted: Floats
    empty: Flags
    movements: pd.DataFrame
    counts: pd.DataFrame
    sales: pd.DataFrame


def small_world(seed: int = 1, transactions: int = 16_000, service_level: float = 0.85) -> SmallWorld:
    """Return a year of a chain whose shelves often run empty."""
    asked = RetailWorld(transactions=transactions, products=30, service_level=service_level)
    made = world(asked, Shop(), seed)
    table = {name: frame.copy() for name, frame in made.tables.items()}
    days = pd.date_range(asked.start, asked.end)
    movements = table["stock_movements"]
    movements["business_date"] = movements["timestamp"].dt.normalize()
    movements["quantity"] = movements["quantity"].astype(float)
    lines = movements[LINE].astype(str).drop_duplicates().sort_values(LINE, ignore_index=True)
    lines.index = pd.Index(lines["location_id"] + "/" + lines["product_id"], name="unique_id")
    sold_rows = movements[movements["movement"].astype(str) == "sale"]

    def grid(frame: pd.DataFrame, day: str, value: str) -> Floats:
        row = pd.MultiIndex.from_frame(lines).get_indexer(pd.MultiIndex.from_frame(frame[LINE].astype(str)))
        found = np.zeros((len(lines), len(days)))
        np.add.at(found, (row, days.get_indexer(pd.to_datetime(frame[day]))), frame[value].to_numpy())
        return found

    sold = -grid(sold_rows, "business_date", "quantity")
    lost = grid(made.truth["lost_sales"], "date", "units_lost")
    closed = np.zeros(sold.shape, dtype=bool)
    for place, day in made.truth["closed_days"][["location_id", "date"]].itertuples(index=False):
        closed[lines["location_id"] == place, days.get_loc(pd.Timestamp(day))] = True
    bought = table["items"].merge(
        table["transactions"].loc[table["transactions"]["transaction_status"] == "completed",
                                  ["transaction_id", "timestamp", "location_id"]], on="transaction_id",
    )  # fmt: skip
    panel = Panel(tuple(lines.index), days, len(days), np.where(closed, np.nan, sold), closed, static=lines)
    return SmallWorld(
        panel, sold + lost, lost > 0, movements, table["stock_counts"],
        bought.assign(business_date=bought["timestamp"].dt.normalize()),
    )  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> SmallWorld:
    """A chain that loses an eighth of what is wanted to empty shelves."""
    return small_world()


def mean_bias(y: Floats, wanted: Floats, closed: Flags) -> float:
    """Return how far the series' mean days are off, together."""
    return float(np.nanmean(y, axis=1).sum() / np.nanmean(np.where(closed, np.nan, wanted), axis=1).sum() - 1)


def test_demand_from_a_censored_history_is_within_five_per_cent_where_sales_are_far_off(shop):
    closed = shop.panel.closed
    naive = mean_bias(shop.panel.y, shop.wanted, closed)
    days = censored(shop.panel, stockouts(shop.panel, shop.movements), "product_id")
    hours = censored(shop.panel, stockouts(shop.panel, shop.movements, shop.counts, shop.sales), "product_id")
    assert naive < -0.10
    assert abs(mean_bias(days.y, shop.wanted, closed)) < 0.03
    assert abs(mean_bias(hours.y, shop.wanted, closed)) < 0.03


def test_leaving_out_days_that_sold_out_makes_demand_look_smaller_still(shop):
    shelf = stockouts(shop.panel, shop.movements)
    without = censored(shop.panel, shelf, "product_id", parts=False)
    assert mean_bias(without.y, shop.wanted, shop.panel.closed) < mean_bias(
        shop.panel.y, shop.wanted, shop.panel.closed
    )


def test_forecasts_from_a_censored_history_are_unbiased(shop):
    known = censored(shop.panel, stockouts(shop.panel, shop.movements), "product_id")

    def bias(panel: Panel) -> float:
        ends = range(90, panel.history - 28, 28)
        said = sum(np.nansum(WeekdayMean().forecast(panel.until(end, 28), 28, Here()).on(panel.until(end, 28)).mean)
                   for end in ends)  # fmt: skip
        return float(said / sum(shop.wanted[:, end : end + 28].sum() for end in ends) - 1)

    assert bias(shop.panel) < -0.10
    assert abs(bias(known)) < 0.05


@pytest.mark.parametrize(("seed", "service_level"), [(3, 0.7), (4, 0.97)])
def test_other_chains_with_more_and_with_fewer_empty_shelves_come_out_right_too(seed, service_level):
    shop = small_world(seed, 8_000, service_level)
    shelf = stockouts(shop.panel, shop.movements, shop.counts, shop.sales)
    filled = reconstructed(shop.panel, shelf, "product_id")
    assert abs(np.nansum(filled) / shop.wanted.sum() - 1) < 0.05


def test_most_lost_sales_fall_on_days_found_out_of_stock(shop):
    shelf = stockouts(shop.panel, shop.movements, shop.counts, shop.sales)
    lost = shop.wanted - shop.panel.sold
    assert np.nansum(lost[shelf.out]) / np.nansum(lost) > 0.8


def test_missed_units_are_told_by_series_and_add_up(shop):
    table = missed(shop.panel, stockouts(shop.panel, shop.movements), "product_id")
    assert (table["units_missed"] >= -1e-9).all()
    np.testing.assert_allclose(table["units_sold"] + table["units_missed"], table["units_wanted"])
    assert table["share_missed"].between(0, 1).all()
    assert table["units_sold"].sum() == pytest.approx(np.nansum(shop.panel.sold))


def panel_of(y: Floats, closed: Flags | None = None) -> Panel:
    """Return a panel of one place from a Monday on."""
    ids = tuple(f"p{row}" for row in range(len(y)))
    static = pd.DataFrame({"location_id": "L1", "product_id": list(ids)}, index=list(ids))
    days = pd.date_range("2024-01-01", periods=y.shape[1])
    return Panel(ids, days, y.shape[1], y, np.zeros(y.shape, bool) if closed is None else closed, static=static)


def test_a_day_without_goods_is_not_known_and_a_closed_day_stays_nothing():
    y, shut = np.full((2, 28), 6.0), np.zeros((2, 28), dtype=bool)
    shut[:, 6::7] = True
    y[shut] = np.nan
    y[0, 8:10] = 0
    share = np.ones(y.shape)
    share[0, 8:10] = 0
    panel = panel_of(y, shut)
    known = censored(panel, Shelf(share))
    assert np.isnan(known.y[0, 8:10]).all()
    np.testing.assert_array_equal(np.delete(known.y, [8, 9], axis=1), np.delete(y, [8, 9], axis=1))
    filled = reconstructed(panel, Shelf(share))
    np.testing.assert_allclose(filled[0, 8:10], 6, rtol=0.25)
    assert (filled[shut] == 0).all()


def test_half_a_day_of_sales_stands_for_a_whole_one():
    y = np.full((3, 56), 8.0)
    y[0, 30] = 4
    share = np.ones(y.shape)
    share[0, 30] = 0.5
    assert censored(panel_of(y), Shelf(share)).y[0, 30] == pytest.approx(8, rel=0.03)


def test_a_day_that_sold_out_at_an_unknown_hour_wanted_at_least_what_it_sold():
    rng = np.random.default_rng(1)
    y = rng.poisson(6, (6, 112)).astype(float)
    share = np.ones(y.shape)
    share[:, ::9] = np.nan
    filled = reconstructed(panel_of(y), Shelf(share))
    assert (filled[:, ::9] >= y[:, ::9]).all()
    assert filled[:, ::9].mean() > y[:, ::9].mean() + 1


def test_after_eight_weeks_without_goods_nobody_knows_who_would_still_want_them():
    y = np.full((2, 160), 5.0)
    y[0, 50:] = 0
    share = np.ones(y.shape)
    share[0, 50:] = 0
    filled = reconstructed(panel_of(y), Shelf(share))
    assert np.isfinite(filled[0, :105]).all()
    assert np.isnan(filled[0, 110:]).all()


def test_a_series_hardly_ever_in_stock_takes_the_level_of_its_product_elsewhere():
    y = np.full((3, 70), 10.0)
    y[0] = 0
    y[0, 3] = 30
    share = np.ones(y.shape)
    share[0] = 0
    share[0, 3] = 1
    panel = panel_of(y)
    panel.static["product_id"] = "one"
    usual = demand(panel, Shelf(share), "product_id").usual[0]
    assert 8 < np.nanmean(usual) < 16


@pytest.mark.parametrize(
    "y", [np.zeros((2, 30)), np.full((2, 30), np.nan), np.full((2, 1), 3.0), np.full((2, 30), 4.0),
          np.where(np.arange(60).reshape(2, 30) == 17, 1.0, 0.0)],
    ids=["all zero", "all unknown", "one observation", "constant", "one sale"],
)  # fmt: skip
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0, np.nan])
def test_the_poorest_series_get_an_answer(y, share):
    panel = panel_of(y)
    shelf = Shelf(np.full(y.shape, share))
    filled = reconstructed(panel, shelf)
    fine = ~np.isnan(filled)
    assert np.isfinite(filled[fine]).all()
    assert (filled[fine] >= np.nan_to_num(y)[fine] - 1e-9).all()
    assert censored(panel, shelf).y.shape == y.shape


def test_where_shelves_were_never_empty_nothing_changes():
    y = np.random.default_rng(2).poisson(3, (4, 50)).astype(float)
    panel = panel_of(y)
    np.testing.assert_array_equal(censored(panel, stocked(panel)).y, y)
    np.testing.assert_array_equal(reconstructed(panel, stocked(panel)), y)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), out=st.floats(0, 0.9))
def test_demand_is_never_below_sales_and_never_without_end(seed, out):
    rng = np.random.default_rng(seed)
    size = (4, 60)
    share = np.where(rng.random(size) < out, rng.choice([0.0, 0.001, 0.3, np.nan], size), 1.0)
    y = rng.poisson(rng.uniform(0.1, 20, (4, 1)) * np.nan_to_num(share, nan=0.6)).astype(float)
    filled = reconstructed(panel_of(y), Shelf(share))
    fine = ~np.isnan(filled)
    assert (filled[fine] >= y[fine] - 1e-9).all()
    assert np.nanmax(filled) <= 8 * y.max() + 10
