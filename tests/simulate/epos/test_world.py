"""A simulated world keeps its promises: exact counts, shares and sums, real references, open hours, planted truth."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.errors import ConfigError
from shoplib.simulate import draws
from shoplib.simulate.epos import world as epos
from shoplib.simulate.epos.menu import NAMES
from shoplib.simulate.world import World

SHOP = Shop()
STATUS_SHARES = {"completed": 0.92, "refunded": 0.05, "error": 0.01, "void": 0.02}


@cache
def year(seed: int) -> World:
    """The default year with 20,000 transactions."""
    return epos.world(EposWorld(transactions=20_000), SHOP, seed)


def assert_whole(world: World, asked: EposWorld) -> None:
    """Assert everything that holds in any world, however small or odd."""
    sales, items = world.tables["transactions"], world.tables["items"]
    assert len(sales) == asked.transactions
    assert sales["transaction_id"].is_unique
    assert sales["timestamp"].is_monotonic_increasing
    assert_money(sales, items)
    assert_shares(sales, asked)
    assert_references(world)
    assert_hours(sales, asked)
    assert_refunds(sales, items)


def assert_money(sales: pd.DataFrame, items: pd.DataFrame) -> None:
    net = sales["subtotal_minor"] - sales["discount_total_minor"]
    assert (net + sales["tax_total_minor"] == sales["total_amount_minor"]).all()
    assert ((net * 2 + 5) // 10 == sales["tax_total_minor"]).all()
    assert (sales[["discount_total_minor", "tip_amount_minor"]] >= 0).all(axis=None)
    assert (sales["total_amount_minor"] > 0).all()
    assert (items["quantity"] * items["unit_price_minor"] == items["line_total_minor"]).all()
    by_sale = items.groupby("transaction_id")["line_total_minor"].agg(["sum", "size"])
    by_sale = by_sale.reindex(sales["transaction_id"].to_numpy())
    assert (by_sale["sum"].to_numpy() == sales["subtotal_minor"].to_numpy()).all()
    assert (by_sale["size"].to_numpy() == sales["num_items"].to_numpy()).all()
    first = items[items["line_number"] == 1].reset_index(drop=True)
    for column in ("product_id", "product_name", "product_category"):
        assert first[column].tolist() == sales[column].tolist()
    assert (first["quantity"] == sales["quantity"]).all()
    assert (first["unit_price_minor"] == sales["unit_price_minor"]).all()
    assert not items.duplicated(["transaction_id", "product_id"]).any()


def assert_shares(sales: pd.DataFrame, asked: EposWorld) -> None:
    for column, shares in (
        ("transaction_status", asked.status_shares),
        ("payment_method", asked.payment_shares),
    ):
        found = sales[column].value_counts()
        for word, count in draws.allocate(len(sales), dict(shares.items())).items():
            assert found.get(word, 0) == count
    paid = {"completed": "paid", "refunded": "refunded", "void": "unpaid", "error": "failed"}
    assert (sales["payment_status"].astype(str) == sales["transaction_status"].astype(str).map(paid)).all()
    assert (sales.loc[sales["transaction_status"] != "completed", "tip_amount_minor"] == 0).all()
    by_card = ~sales["payment_method"].isin(["cash", "gift_card"])
    agreed = by_card & sales["transaction_status"].isin(["completed", "refunded"])
    assert (sales["card_last_four"].notna() == by_card).all()
    assert (sales["authorization_code"].notna() == agreed).all()


def assert_references(world: World) -> None:
    sales = world.tables["transactions"]
    for frame, name in (
        (world.tables["locations"], "location"),
        (world.tables["employees"], "employee"),
        (world.tables["products"], "product"),
    ):
        assert frame[f"{name}_id"].is_unique
        names = frame.set_index(f"{name}_id")[f"{name}_name"]
        ids = sales[f"{name}_id"].astype(str)
        assert ids.isin(names.index).all()
        assert (ids.map(names) == sales[f"{name}_name"].astype(str)).all()
    where = world.tables["locations"].set_index("location_id")
    assert (sales["location_id"].astype(str).map(where["city"]) == sales["city"].astype(str)).all()
    assert (sales["location_id"].astype(str).map(where["location_type"]) == sales["location_type"].astype(str)).all()
    assert world.tables["employees"]["location_id"].isin(where.index).all()
    assert world.tables["items"]["transaction_id"].isin(sales["transaction_id"]).all()
    assert world.tables["items"]["product_id"].astype(str).isin(world.tables["products"]["product_id"]).all()
    device = sales["device_id"].astype(str)
    assert (device.str.replace(r"-T\d+$", "", regex=True) == sales["location_id"].astype(str)).all()


def assert_hours(sales: pd.DataFrame, asked: EposWorld) -> None:
    opens = pd.Timedelta(hours=asked.opens.hour, minutes=asked.opens.minute)
    closes = pd.Timedelta(hours=asked.closes.hour, minutes=asked.closes.minute)
    closes += pd.Timedelta(days=1) if closes <= opens else pd.Timedelta(0)
    trading_day = (sales["timestamp"] - opens).dt.normalize()
    assert trading_day.between(pd.Timestamp(asked.start), pd.Timestamp(asked.end)).all()
    assert ((sales["timestamp"] - trading_day) < closes).all()
    assert (sales["transaction_date"] == sales["timestamp"].dt.normalize()).all()
    assert [str(time) for time in sales["transaction_time"]] == sales["timestamp"].dt.strftime("%H:%M:%S").tolist()


def assert_refunds(sales: pd.DataFrame, items: pd.DataFrame) -> None:
    linked = sales[sales["refund_of"].notna()]
    assert (linked["transaction_status"] == "refunded").all()
    assert linked["refund_of"].is_unique
    source = sales.set_index("transaction_id").reindex(linked["refund_of"].to_numpy()).reset_index()
    assert (source["transaction_status"] == "completed").all()
    assert (source["timestamp"].to_numpy() <= linked["timestamp"].to_numpy()).all()
    for column in ("location_id", "num_items", "subtotal_minor", "discount_total_minor", "tax_total_minor",
                   "total_amount_minor"):  # fmt: skip
        assert source[column].tolist() == linked[column].tolist(), column
    lines = ["line_number", "product_id", "quantity", "unit_price_minor"]
    of_sale = items.set_index("transaction_id")
    for refund, original in zip(linked["transaction_id"].head(50), linked["refund_of"].head(50), strict=True):
        assert of_sale.loc[[refund], lines].to_numpy().tolist() == of_sale.loc[[original], lines].to_numpy().tolist()
    for _, here in sales.groupby("location_id", observed=True):
        free = (here["transaction_status"] == "completed").cumsum() - here["refund_of"].notna().cumsum()
        unlinked = (here["transaction_status"] == "refunded") & here["refund_of"].isna()
        assert (free[unlinked] <= 0).all(), "a refund names no sale although one was there"


@pytest.mark.parametrize("seed", [1, 2, 20240101])
def test_a_year_is_whole(seed: int) -> None:
    world = year(seed)
    assert_whole(world, EposWorld(transactions=20_000))
    assert world.tables["transactions"]["refund_of"].notna().sum() >= 995
    assert len(world.tables["locations"]) == 8
    assert world.tables["locations"]["location_type"].value_counts().to_dict() == {"restaurant": 3, "bar": 3, "pub": 2}
    assert len(world.tables["employees"]) == 25
    assert len(world.tables["products"]) == 150
    assert set(world.tables["products"]["product_category"]) == set(NAMES)


@st.composite
def worlds(draw: st.DrawFn) -> EposWorld:
    start = draw(st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31)))
    numbers = draw(st.tuples(*[st.integers(0, 3)] * 3).filter(any))
    refunded = draw(st.sampled_from([0.0, 0.05, 0.5]))
    cash = draw(st.sampled_from([0.0, 0.15, 1.0]))
    return EposWorld(
        transactions=draw(st.integers(0, 300)),
        start=start,
        end=start + dt.timedelta(days=draw(st.integers(0, 500))),
        restaurants=numbers[0],
        bars=numbers[1],
        pubs=numbers[2],
        products=draw(st.integers(10, 200)),
        employees=draw(st.integers(1, 30)),
        opens=draw(st.times().map(lambda time: time.replace(second=0, microsecond=0))),
        closes=draw(st.times().map(lambda time: time.replace(second=0, microsecond=0))),
        status_shares={"completed": 1 - refunded - 0.03, "refunded": refunded, "error": 0.01, "void": 0.02},
        payment_shares={"credit_card": 1 - cash, "cash": cash},
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=worlds(), seed=st.integers(0, 2**31))
def test_any_world_is_whole(asked: EposWorld, seed: int) -> None:
    world = epos.world(asked, SHOP, seed)
    assert_whole(world, asked)
    completed = world.tables["transactions"].loc[world.tables["transactions"]["transaction_status"] == "completed"]
    if len(completed):
        target = asked.target_revenue * asked.transactions / 1_000
        assert completed["total_amount_minor"].sum() == pytest.approx(target, rel=0.01)


@pytest.mark.parametrize("transactions", [1, 50, 2_000, 20_000])
@pytest.mark.parametrize("target", [800_000, 3_090_000, 9_000_000])
def test_takings_meet_the_target_within_one_per_cent(transactions: int, target: float) -> None:
    asked = EposWorld(transactions=transactions, target_revenue=target)
    sales = epos.world(asked, SHOP, 5).tables["transactions"]
    taken = sales.loc[sales["transaction_status"] == "completed", "total_amount_minor"].sum()
    assert taken == pytest.approx(target * transactions / 1_000, rel=0.01)


def test_a_target_below_the_least_prices_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        epos.world(EposWorld(transactions=1_000, target_revenue=1_000), SHOP, 1)
    assert str(caught.value) == (
        "No prices bring in the target revenue\n"
        "  where   simulate.target_revenue\n"
        "  found   £10.00 asked for from these transactions; the nearest prices bring in £49.40\n"
        "  wanted  a target that prices of at least one minor unit can meet within 1 %\n"
        "  next    raise simulate.target_revenue"
    )


def test_no_transactions_give_empty_frames_with_their_columns() -> None:
    world = epos.world(EposWorld(transactions=0), SHOP, 1)
    assert len(world.tables["transactions"]) == len(world.tables["items"]) == 0
    assert list(world.tables["transactions"]) == list(year(1).tables["transactions"])
    assert list(world.tables["items"]) == list(year(1).tables["items"])
    assert len(world.tables["products"]) == 150


def test_one_day_at_one_place_on_christmas_day_still_trades() -> None:
    day = dt.date(2024, 12, 25)
    asked = EposWorld(transactions=200, start=day, end=day, restaurants=0, bars=0, pubs=1, employees=1)
    world = epos.world(asked, SHOP, 3)
    assert_whole(world, asked)
    assert len(world.truth["closed_days"]) == len(world.truth["anomalies"]) == len(world.truth["price_changes"]) == 0


def test_bars_that_close_after_midnight_skip_the_hour_the_clocks_skip() -> None:
    night = dt.date(2024, 3, 30)
    asked = EposWorld(transactions=3_000, start=night, end=night, opens=dt.time(18), closes=dt.time(3))
    sales = epos.world(asked, SHOP, 1).tables["transactions"]
    sunday = sales["timestamp"].dt.normalize() == pd.Timestamp(2024, 3, 31)
    assert sunday.any()
    assert not ((sales["timestamp"].dt.hour == 1) & sunday).any()
    assert sales["timestamp"].dt.tz_localize("Europe/London").notna().all()


def test_other_currencies_have_their_own_decimals() -> None:
    yen = epos.world(EposWorld(transactions=500, target_revenue=600_000_000), Shop(currency="JPY"), 1)
    completed = yen.tables["transactions"][yen.tables["transactions"]["transaction_status"] == "completed"]
    assert completed["total_amount_minor"].sum() == pytest.approx(3_000_000, rel=0.01)


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    asked = EposWorld(transactions=500)
    first, again, other = (epos.world(asked, SHOP, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.tables["transactions"], again.tables["transactions"])
    pd.testing.assert_frame_equal(first.tables["items"], again.tables["items"])
    assert first.tables["transactions"]["timestamp"].tolist() != other.tables["transactions"]["timestamp"].tolist()
    assert first.tables["products"]["product_name"].tolist() != other.tables["products"]["product_name"].tolist()


def test_planted_days_stand_out_of_the_noise() -> None:
    world = epos.world(EposWorld(), SHOP, 1)
    planted = world.truth["anomalies"]
    assert len(planted) == 2928 // 260
    assert ((planted["factor"] <= 0.6) | (planted["factor"] >= 1.4)).all()
    ratio = planted["transactions"] / planted["expected_transactions"]
    assert ratio.to_numpy() == pytest.approx(planted["factor"].to_numpy(), rel=0.5)
    assert (np.sign(ratio - 1) == np.sign(planted["factor"] - 1)).all()


def test_one_employee_voids_far_more_than_the_others() -> None:
    for seed in (1, 2, 20240101):
        staff = year(seed).truth["staff"]
        rate = staff["voids"] / staff["transactions"]
        odd = staff["void_factor"] > 1
        assert odd.sum() == 1
        assert rate[odd].item() > 2 * rate[~odd].max() or rate[odd].item() > 4 * rate[~odd].median()


def test_price_changes_are_what_the_lines_show() -> None:
    world = year(1)
    changes = world.truth["price_changes"]
    assert changes["date"].nunique() == 3
    assert (changes["date"].dt.weekday == 0).all()
    changes = changes[changes["price_before_minor"] != changes["price_after_minor"]]
    assert changes["date"].nunique() == 2
    own = world.tables["transactions"].loc[
        world.tables["transactions"]["refund_of"].isna(), ["transaction_id", "transaction_date"]
    ]
    lines = world.tables["items"].merge(own, on="transaction_id")
    for change in changes.itertuples():
        of_product = lines[lines["product_id"] == change.product_id]
        before = of_product["transaction_date"] < change.date
        assert set(of_product.loc[before, "unit_price_minor"]) <= {change.price_before_minor}
        assert set(of_product.loc[~before, "unit_price_minor"]) <= {change.price_after_minor}
    latest = world.tables["products"].set_index("product_id")["unit_price_minor"]
    changed = changes.set_index("product_id")["price_after_minor"]
    assert (latest.loc[changed.index] == changed).all()


def test_dated_prices_tell_the_same_as_the_truth_and_a_few_costs_are_unknown() -> None:
    world = year(2)
    dated, changes, products = world.tables["product_prices"], world.truth["price_changes"], world.tables["products"]
    first = dated.drop_duplicates("product_id")
    assert (first["valid_from"] == pd.Timestamp(2024, 1, 1)).all()
    assert first["product_id"].tolist() == products["product_id"].tolist()
    unknown = set(products.loc[products["unit_cost_minor"].isna(), "product_id"])
    assert len(unknown) == 6
    assert set(dated.loc[dated["unit_cost_minor"].isna(), "product_id"]) == unknown
    latest = dated.drop_duplicates("product_id", keep="last").reset_index(drop=True)
    assert latest["unit_price_minor"].tolist() == products["unit_price_minor"].tolist()
    assert latest["unit_cost_minor"].equals(products["unit_cost_minor"])
    price_moved = changes["price_before_minor"] != changes["price_after_minor"]
    cost_moved = changes["cost_before_minor"] != changes["cost_after_minor"]
    assert (price_moved & cost_moved).any()
    assert (price_moved & ~cost_moved).any()
    assert (cost_moved & ~price_moved).any()
    told = changes[price_moved | ~changes["product_id"].isin(unknown)]
    assert len(dated) == 150 + len(told)
    after = told.merge(dated, left_on=["product_id", "date"], right_on=["product_id", "valid_from"])
    assert (after["price_after_minor"] == after["unit_price_minor"]).all()
    costs = after.dropna(subset="unit_cost_minor")
    assert (costs["cost_after_minor"] == costs["unit_cost_minor"]).all()
    assert (costs["unit_cost_minor"] < costs["unit_price_minor"]).all()


def test_closed_days_have_no_sales() -> None:
    world = year(2)
    shut = world.truth["closed_days"].assign(shut=True)
    assert (shut.loc[shut["reason"] == "Christmas Day", "date"] == pd.Timestamp(2024, 12, 25)).all()
    sold = world.tables["transactions"][["location_id", "transaction_date"]].astype({"location_id": str})
    met = sold.merge(shut, left_on=["location_id", "transaction_date"], right_on=["location_id", "date"])
    assert len(shut) == 8 * 4
    assert len(met) == 0


def test_slow_sellers_sell_far_below_their_category() -> None:
    world = year(1)
    units = world.tables["items"].groupby("product_id", observed=False)["quantity"].sum()
    units.index = units.index.astype(str)
    products = world.tables["products"].set_index("product_id").assign(units=units).fillna({"units": 0})
    median = products.groupby("product_category")["units"].median()
    slow = products.loc[world.truth["slow_sellers"]["product_id"]]
    assert len(slow) >= 3
    assert (slow["units"].to_numpy() < 0.5 * slow["product_category"].map(median).to_numpy()).all()


def test_the_rhythm_is_one_an_owner_knows() -> None:
    sales = year(20240101).tables["transactions"]
    hour, weekday = sales["timestamp"].dt.hour, sales["timestamp"].dt.weekday
    bars = sales["location_type"] == "bar"
    assert (weekday[bars] >= 4).mean() > 0.5
    assert (hour[bars] >= 20).mean() > (hour[~bars] >= 20).mean() + 0.1
    hot = sales["product_category"] == "Hot Beverages"
    cocktail = sales["product_category"] == "Cocktails"
    assert hot[hour < 12].mean() > 5 * hot[hour >= 18].mean()
    assert cocktail[hour >= 21].mean() > 5 * cocktail[hour < 12].mean()
    pubs = sales[sales["location_type"] == "pub"].groupby(sales["timestamp"].dt.month).size()
    assert pubs[[6, 7, 8]].mean() > 1.2 * pubs[[1, 2, 11]].mean()
    tipped = sales["tip_amount_minor"] > 0
    assert tipped[sales["location_type"] == "restaurant"].mean() > 3 * tipped[sales["location_type"] == "pub"].mean()
