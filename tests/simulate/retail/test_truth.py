"""What was planted is there to be found: lead times, noise, dead goods, churn, prices, offers, wrong records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd

from shoplib.config.models import Shop
from shoplib.config.worlds import Assortment, RetailWorld
from shoplib.simulate import calendar
from shoplib.simulate.retail import baskets
from shoplib.simulate.retail.demand import demand
from shoplib.simulate.retail.world import world as make
from shoplib.simulate.world import World


def lines(world: World) -> pd.DataFrame:
    """Lines of completed sales with their store, day and customer."""
    sales = world.tables["transactions"]
    sales = sales[sales["transaction_status"] == "completed"]
    sales = sales.assign(date=sales["timestamp"].dt.normalize())
    names = ["transaction_id", "location_id", "date", "customer_id"]
    found = world.tables["items"].merge(sales[names], on="transaction_id")
    return found.astype({"location_id": str, "product_id": str})


def test_lead_times_scatter_and_one_supplier_is_late(year: World) -> None:
    truth = year.truth["lead_times"]
    ratio = truth["true_days"] / truth.groupby("supplier_id")["true_days"].transform("mean")
    assert 0.30 <= ratio.std() <= 0.45
    over = truth.groupby("supplier_id")["mean_days"].first() / truth.groupby("supplier_id")["stated_days"].first()
    assert (over > 1.3).sum() == 1
    orders = year.tables["purchase_orders"].set_index("order_id")
    seen = orders.loc[truth["order_id"]]
    first = pd.to_datetime(truth["came_date"].to_numpy()) - pd.to_datetime(seen["ordered_on"]).to_numpy()
    came = ~np.isnat(first)
    assert ((first.days[came] - truth["true_days"][came]) >= 0).all()
    assert ((first.days[came] - truth["true_days"][came]) <= 2).all()
    late = pd.to_datetime(seen["received_on"]) > pd.to_datetime(seen["promised_on"])
    assert 0.2 < late.mean() < 0.7


def test_daily_demand_is_negative_binomial() -> None:
    when = calendar.days(dt.date(2023, 1, 2), dt.date(2024, 12, 29))
    usual = np.ones((len(when), 2, 20))
    hours = (dt.time(8), dt.time(20))
    for dispersion in (0.35, 1.0):
        wanted = demand(30_000, usual, dispersion, when, 0, 1)
        wish = baskets.wished(wanted.baskets, wanted.weights, when, hours, 0, 1)
        plain = np.repeat((wanted.factor == 1).ravel(), 20)
        lines = np.bincount(baskets.cells(wish, 20), minlength=usual.size)[plain]
        asked = lines.mean() + dispersion * lines.mean() ** 2
        assert abs(lines.var() / asked - 1) < 0.15  # a product twice in a basket is one line


def test_sales_are_over_dispersed(year: World) -> None:
    sold = lines(year).pivot_table(index="date", columns=["location_id", "product_id"], values="quantity",
                                   aggfunc="sum", fill_value=0)  # fmt: skip
    tuesdays = sold[(sold.index.weekday == 1) & sold.index.month.isin([3, 4, 5])]
    best = tuesdays.loc[:, tuesdays.mean().nlargest(50).index]
    assert (best.var() / best.mean()).median() > 1.5


def test_shelves_run_empty_on_a_few_days_in_a_hundred(year: World) -> None:
    out, demand = year.truth["stockouts"], year.truth["demand"]
    cells = len(year.truth["stock"]) * 366
    assert 0.01 < out["days"].sum() / cells < 0.12
    assert 0.01 < demand["units_lost"].sum() / demand["units_wanted"].sum() < 0.12
    assert (out["units_lost"] > 0).any()


def test_every_kind_of_movement_occurs(year: World) -> None:
    moved = year.tables["stock_movements"]
    assert set(moved["movement"].astype(str)) == {
        "opening", "receipt", "transfer_in", "waste", "sale", "return", "transfer_out", "adjustment",
    }  # fmt: skip
    keeps = year.tables["products"].set_index("product_id")["shelf_life_days"]
    spoilt = moved[(moved["movement"] == "waste") & moved["reference"].isna()]
    assert keeps.loc[spoilt["product_id"].astype(str).unique()].notna().all()


def test_nothing_is_sold_after_its_life(true_movements: Callable[[World], pd.DataFrame]) -> None:
    goods = {"Bread": Assortment(products=("Loaf", "Roll"), price=(2, 3), shelf_life_days=4)}
    asked = RetailWorld(transactions=1_500, end=dt.date(2024, 4, 30), stores=2, suppliers=1, assortment=goods)
    world = make(asked, Shop(), 1)
    moved = true_movements(world).sort_values("date", kind="stable")
    for _, here in moved.groupby(["location_id", "product_id"]):
        days = here["date"].unique()
        came = here[here["quantity"] > 0].groupby("date")["quantity"].sum().reindex(days, fill_value=0).cumsum()
        went = -here[here["quantity"] < 0].groupby("date")["quantity"].sum().reindex(days, fill_value=0).cumsum()
        for day in days:
            old = came[came.index <= day - pd.Timedelta(days=4)]
            assert old.empty or went[day] >= old.iloc[-1], "a unit is here longer than four days"


def test_dead_products_stop_selling_and_slow_ones_crawl(year: World) -> None:
    slow = year.truth["slow_products"].set_index("product_id")
    sold = lines(year)
    dead = slow[slow["kind"] == "dead"]
    assert len(dead) == 4
    for product, row in dead.iterrows():
        mine = sold.loc[sold["product_id"] == product, "date"]
        assert mine.max() < row["dead_date"]
        assert len(mine) > 0
    left = year.truth["stock"].groupby("product_id")["on_hand"].sum()
    assert (left[dead.index] > 0).any()
    units = sold.groupby("product_id")["quantity"].sum()
    assert units.reindex(slow.index[slow["kind"] == "slow"]).fillna(0).max() < 0.3 * units.median()


def test_card_holders_who_left_do_not_come_back(year: World) -> None:
    churn = year.truth["churn"].set_index("customer_id")["churn_date"]
    assert len(churn) == 250
    sold = year.tables["transactions"]
    sold = sold[(sold["transaction_status"] == "completed") & sold["customer_id"].notna()]
    day = sold["timestamp"].dt.normalize()
    last = day.groupby(sold["customer_id"]).max()
    both = last.index.intersection(churn.index)
    assert len(both) > 100
    assert (last[both] < churn[both]).all()
    joined = pd.to_datetime(year.tables["customers"].set_index("customer_id")["joined"])
    first = day.groupby(sold["customer_id"]).min()
    assert (first >= joined[first.index].to_numpy()).all()
    visits = sold["customer_id"].value_counts()
    assert visits.head(len(visits) // 5).sum() > 0.4 * visits.sum()


def test_lines_show_the_dated_price(year: World) -> None:
    prices = year.tables["product_prices"].assign(date=lambda table: pd.to_datetime(table["valid_from"]))
    prices = prices.astype({"product_id": str})[["product_id", "date", "unit_price_minor"]].sort_values("date")
    sold = lines(year).sort_values("date")
    sold["date"], prices["date"] = (part["date"].astype("datetime64[ns]") for part in (sold, prices))
    met = pd.merge_asof(sold, prices, on="date", by="product_id", suffixes=("", "_listed"))
    assert (met["unit_price_minor"] == met["unit_price_minor_listed"]).all()
    changes = year.truth["price_changes"]
    assert set(changes["what"]) == {"price", "cost"}
    assert (changes["date"].dt.weekday == 0).all()
    latest = changes[changes["what"] == "price"].drop_duplicates("product_id", keep="last")
    listed = year.tables["products"].set_index("product_id")["unit_price_minor"]
    assert (listed[latest["product_id"]].to_numpy() == latest["after_minor"].to_numpy()).all()
    assert year.tables["products"]["unit_cost_minor"].isna().sum() == 4
    known = year.tables["products"].dropna()
    assert (known["unit_cost_minor"] < known["unit_price_minor"]).all()


def test_offers_are_known_ahead_and_work(year: World) -> None:
    offers = year.tables["promotions"].astype({"product_id": str, "location_id": object})
    starts, ends = pd.to_datetime(offers["starts"]), pd.to_datetime(offers["ends"])
    assert offers["promotion_id"].nunique() == 12
    assert (starts > pd.Timestamp(2024, 12, 31)).any()
    assert (ends >= starts).all()
    truth = year.truth["promotions"]
    assert truth["discount_share"].tolist() == offers["discount_share"].tolist()
    sold = lines(year).groupby(["product_id", "date"])["quantity"].sum()
    seen, expected = 0.0, 0.0
    for row, factor, first, last in zip(offers.itertuples(), truth["demand_factor"], starts, ends, strict=True):
        if last > pd.Timestamp(2024, 11, 30) or pd.notna(row.location_id) or first < pd.Timestamp(2024, 1, 15):
            continue
        mine = sold[row.product_id].reindex(pd.date_range("2024-01-01", "2024-12-31"), fill_value=0)
        other = mine[first - pd.Timedelta(days=14) : first - pd.Timedelta(days=1)].mean()
        seen += mine[first:last].mean()
        expected += other * factor
    assert 0.7 < seen / expected < 1.3


def test_an_offer_takes_its_share_off_the_lines() -> None:
    goods = {"Goods": Assortment(products=("a", "b", "c"), price=(1, 9), tax_share=0.2)}
    asked = RetailWorld(transactions=3_000, end=dt.date(2024, 3, 31), stores=1, assortment=goods, promotions=3)
    world = make(asked, Shop(), 4)
    sold, offers = lines(world), world.tables["promotions"].astype({"product_id": str})
    off = np.zeros(len(sold))
    for row in offers.itertuples():
        days = sold["date"].between(pd.Timestamp(row.starts), pd.Timestamp(row.ends))
        off = np.maximum(off, row.discount_share * (days & (sold["product_id"] == row.product_id)))
    discount = np.floor(sold["line_total_minor"] * off + 0.5).astype(int)
    tax = ((sold["line_total_minor"] - discount) * 2 + 5) // 10
    by_sale = pd.DataFrame({"id": sold["transaction_id"], "discount": discount, "tax": tax}).groupby("id").sum()
    sales = world.tables["transactions"].set_index("transaction_id").loc[by_sale.index]
    assert by_sale["discount"].tolist() == sales["discount_total_minor"].tolist()
    assert by_sale["tax"].tolist() == sales["tax_total_minor"].tolist()
    assert (discount > 0).any()


def test_wrong_records_are_put_right_by_counts(year: World) -> None:
    wrong = year.truth["record_errors"]
    moved = year.tables["stock_movements"].set_index("movement_id")
    assert set(wrong["movement"]) <= {"receipt", "waste", "transfer_in"}
    assert (moved.loc[wrong["movement_id"], "quantity"].to_numpy() == wrong["quantity"].to_numpy()).all()
    assert (wrong["quantity"] != wrong["true_quantity"]).all()
    able = moved["movement"].isin(["receipt", "waste", "transfer_in"]) & (moved["movement"] != "return")
    assert 0.005 < len(wrong) / able.sum() < 0.015
    counts = year.tables["stock_counts"]
    assert pd.to_datetime(counts["counted_on"]).dt.month.nunique() == 12
    gaps = (counts["counted_units"] - counts["book_units"])[lambda gap: gap != 0]
    assert sorted(gaps) == sorted(moved.loc[moved["movement"] == "adjustment", "quantity"])
    assert 0.002 < year.truth["shrinkage"]["units"].sum() / year.truth["demand"]["units_sold"].sum() < 0.02


def test_planted_days_stand_out(year: World) -> None:
    planted = year.truth["anomalies"]
    assert len(planted) == 366 * 5 // 220
    ratio = planted["sales"] / planted["expected_sales"]
    assert (np.sign(ratio - 1) == np.sign(planted["factor"] - 1)).all()
    closed = year.truth["closed_days"]
    assert (closed["reason"] == "Christmas Day").sum() == 5
    assert (closed["reason"] == "repairs").sum() == 15
