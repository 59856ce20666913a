"""A world of stores keeps its promises: sums, references, hours, stock, orders, planted truth, in any settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shoplib.base import digest
from shoplib.config.models import Shop
from shoplib.config.worlds import Assortment, RetailWorld, StoreRange
from shoplib.errors import ConfigError
from shoplib.simulate import files
from shoplib.simulate.retail.world import world as make
from shoplib.simulate.world import World

Check = Callable[[World, RetailWorld], None]
FLOWERS = {
    "Roses": Assortment(products=("Red", "White", "Yellow"), price=(4, 20), shelf_life_days=5, peak_days={"02-14": 5}),
    "Cards": Assortment(products=("Birthday", "Thanks"), price=(2, 4), tax_share=0.2, peak_month=5),
}


def test_a_year_is_whole(year: World, assert_whole: Check) -> None:
    assert_whole(year, RetailWorld(transactions=20_000))
    assert len(year.tables["locations"]) == 5
    assert len(year.tables["products"]) == 100
    assert year.tables["products"]["product_category"].nunique() == 10


@st.composite
def worlds(draw: st.DrawFn) -> RetailWorld:
    start = draw(st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31)))
    own = draw(st.booleans())
    some = (StoreRange(name="A", categories=("Roses",)), StoreRange(name="B", size=0.4))
    return RetailWorld(
        transactions=draw(st.sampled_from([0, 1, 2, 7, 60, 400])),
        start=start,
        end=start + dt.timedelta(days=draw(st.integers(7, 130))),
        stores=draw(st.integers(1, 4)),
        store_list=some if own and draw(st.booleans()) else (),
        assortment=FLOWERS if own else {},
        products=draw(st.sampled_from([None, 2, 13])),
        suppliers=draw(st.integers(1, 8)),
        customers=draw(st.sampled_from([0, 1, 50])),
        opens=dt.time(draw(st.integers(0, 11)), draw(st.sampled_from([0, 59]))),
        closes=dt.time(draw(st.integers(12, 23)), draw(st.sampled_from([0, 59]))),
        closed_weekday=draw(st.sampled_from([None, 0, 6])),
        refund_share=draw(st.sampled_from([0.0, 0.02, 0.5])),
        dispersion=draw(st.sampled_from([0.0, 0.35, 3.0])),
        lead_time_cv=draw(st.sampled_from([0.0, 0.35, 1.5])),
        service_level=draw(st.sampled_from([0.0, 0.95, 1.0])),
        record_error_share=draw(st.sampled_from([0.0, 0.01, 0.5])),
        promotions=draw(st.integers(0, 5)),
        churn_share=draw(st.sampled_from([0.0, 0.1, 1.0])),
        missing_cost_share=draw(st.sampled_from([0.0, 1.0])),
    )


@settings(max_examples=16, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=worlds(), seed=st.integers(0, 2**31))
def test_any_world_is_whole(asked: RetailWorld, seed: int, assert_whole: Check) -> None:
    assert_whole(make(asked, Shop(), seed), asked)


@pytest.mark.parametrize("transactions", [0, 1])
def test_hardly_any_transactions_make_a_world_of_full_stores(transactions: int, tmp_path: Path) -> None:
    world = make(RetailWorld(transactions=transactions), Shop(), 1)
    rows = files.write(world, tmp_path)
    assert rows["transactions.csv"] == rows["transactions.parquet"] == transactions
    header = (tmp_path / "transaction_items.csv").read_text().splitlines()[0]
    assert header == "transaction_id,line_number,product_id,quantity,unit_price,line_total"
    assert rows["stock_movements.csv"] >= 500
    assert world.truth["demand"]["units_sold"].sum() >= transactions


def test_one_product_that_hardly_keeps_still_gives_every_transaction(assert_whole: Check) -> None:
    asked = RetailWorld(
        transactions=3_000, stores=1, suppliers=1, end=dt.date(2024, 2, 29), service_level=0, dispersion=2,
        assortment={"Bread": Assortment(products=("Bread",), price=(2, 2), shelf_life_days=1)},
    )  # fmt: skip
    world = make(asked, Shop(), 5)
    assert_whole(world, asked)
    assert world.truth["demand"]["units_lost"].sum() > 1_000


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    asked = RetailWorld(transactions=500, end=dt.date(2024, 4, 30), products=30, customers=60)
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        files.write(make(asked, Shop(), seed), tmp_path / folder)
    first, again, other = (
        {str(at.relative_to(tmp_path / folder)): digest.of_bytes(at.read_bytes())
         for at in (tmp_path / folder).rglob("*") if at.is_file()}
        for folder in "abc"
    )  # fmt: skip
    assert first == again
    assert {name for name in first if first[name] == other[name]} == {"SIMULATED.txt"}


def test_files_hold_days_amounts_and_blanks(tmp_path: Path) -> None:
    asked = RetailWorld(transactions=300, end=dt.date(2024, 3, 31), products=20, missing_cost_share=0.5)
    files.write(make(asked, Shop(), 1), tmp_path)
    prices = pd.read_csv(tmp_path / "product_prices.csv", dtype=str, keep_default_na=False)
    assert prices["valid_from"].str.fullmatch(r"2024-\d\d-\d\d").all()
    assert prices["unit_price"].str.fullmatch(r"\d+\.\d\d").all()
    products = pd.read_csv(tmp_path / "products.csv", dtype=str, keep_default_na=False)
    assert (products["unit_cost"] == "").sum() == 10
    assert list(products) == [
        "product_id", "barcode", "product_name", "product_category", "brand", "unit_price", "unit_cost", "pack_units",
        "shelf_life_days",
    ]  # fmt: skip
    orders = pd.read_csv(tmp_path / "purchase_orders.csv", dtype=str, keep_default_na=False)
    assert orders["received_on"].str.fullmatch(r"(2024-\d\d-\d\d)?").all()
    moved = pd.read_csv(tmp_path / "stock_movements.csv", dtype=str, keep_default_na=False)
    assert moved["quantity"].str.fullmatch(r"-?\d+").all()
    for file in tmp_path.glob("*.csv"):
        assert b'"' not in file.read_bytes(), file.name


def test_hours_over_the_night_the_clocks_change_exist() -> None:
    night = dt.date(2024, 3, 31)
    asked = RetailWorld(transactions=400, start=night, end=night, opens=dt.time(0, 30), closes=dt.time(4))
    for name in ("transactions", "stock_movements"):
        when = make(asked, Shop(), 1).tables[name]["timestamp"]
        assert not (when.dt.hour == 1).any()
        assert when.dt.tz_localize("Europe/London").notna().all()
        assert when.is_monotonic_increasing
    assert make(asked, Shop(), 1).tables["locations"]["day_start"].eq("00:30").all()


def test_currencies_without_decimals_and_names_of_other_languages(assert_whole: Check) -> None:
    asked = RetailWorld(transactions=300, end=dt.date(2024, 2, 29), assortment=FLOWERS, customers=20)
    world = make(asked, Shop(currency="JPY", timezone="Asia/Tokyo", language="ja_JP"), 1)
    assert_whole(world, asked)
    assert world.tables["products"]["unit_price_minor"].between(2, 20).all()
    assert make(asked, Shop(language="ur_PK"), 1).tables["customers"]["customer_name"].str.contains(" ").all()


def test_stores_carry_their_categories_only() -> None:
    asked = RetailWorld(
        transactions=2_000, end=dt.date(2024, 3, 31), assortment=FLOWERS,
        store_list=(StoreRange(name="Shop"), StoreRange(name="Stall", city="York", categories=("Cards",))),
    )  # fmt: skip
    world = make(asked, Shop(), 1)
    assert world.tables["locations"]["location_name"].tolist() == ["Shop", "Stall"]
    kind = world.tables["products"].set_index("product_id")["product_category"].astype(str)
    moved = world.tables["stock_movements"]
    stall = moved[moved["location_id"] == "S02"]
    assert set(stall["product_id"].astype(str).map(kind)) == {"Cards"}
    assert (stall["movement"] == "sale").any()


def test_the_rhythm_is_one_a_shopkeeper_knows(year: World) -> None:
    sales = year.tables["transactions"]
    weekday = sales["timestamp"].dt.weekday
    assert (weekday == 5).mean() > 1.3 * (weekday == 6).mean()
    hour = sales["timestamp"].dt.hour
    assert hour.between(11, 13).mean() > 1.3 * hour.between(8, 9).mean() + 0.05
    december = sales[sales["timestamp"].dt.month == 12]
    run = december["timestamp"].dt.day.between(18, 24)
    assert run.sum() / 7 > 1.15 * (~run).sum() / 23


def test_peak_days_bring_people_in() -> None:
    asked = RetailWorld(transactions=20_000, end=dt.date(2024, 6, 30), stores=2, assortment=FLOWERS,
                        promotions=0, dispersion=0.02)  # fmt: skip
    world = make(asked, Shop(), 1)
    demand = world.truth["demand"].groupby("date")["units_wanted"].sum()
    peak = demand[pd.Timestamp(2024, 2, 14)] / demand[[pd.Timestamp(2024, 2, 7), pd.Timestamp(2024, 2, 21)]].mean()
    assert 2.2 < peak < 6


def test_a_store_left_without_products_is_refused() -> None:
    asked = RetailWorld(products=1, store_list=(StoreRange(name="Stall", categories=("Dairy", "Fruit")),))
    with pytest.raises(ConfigError) as caught:
        make(asked, Shop(), 1)
    assert str(caught.value) == (
        'Store "Stall" has no products\n'
        "  where   simulate.store_list.0.categories\n"
        "  found   Dairy, Fruit, of which simulate.products leaves nothing\n"
        "  wanted  at least one product in every store\n"
        "  next    raise simulate.products, or let the store carry more"
    )


def test_a_category_nobody_knows_is_refused() -> None:
    asked = RetailWorld(store_list=(StoreRange(name="Stall"), StoreRange(name="Shop", categories=("Fish", "Fruit"))))
    with pytest.raises(ConfigError) as caught:
        make(asked, Shop(), 1)
    assert str(caught.value) == (
        'Store "Shop" carries a category that is not in the assortment\n'
        "  where   simulate.store_list.1.categories\n"
        "  found   Fish\n"
        "  wanted  Bakery, Dairy, Fruit, Vegetables, Meat and Fish, Cupboard, Drinks, Sweets, Household, Frozen\n"
        "  next    name one of these, or add the category to simulate.assortment"
    )


def test_a_world_that_never_opens_is_refused() -> None:
    monday = dt.date(2024, 3, 4)
    with pytest.raises(ConfigError) as caught:
        make(RetailWorld(start=monday, end=monday, closed_weekday=0), Shop(), 1)
    assert str(caught.value) == (
        "No store opens on any day of the world\n"
        "  where   simulate.closed_weekday\n"
        "  found   2024-03-04 to 2024-03-04, shut on weekday 0 (0 is Monday)\n"
        "  wanted  at least one day with open doors\n"
        "  next    move simulate.end, or leave closed_weekday out"
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"end": "2023-01-01"}, "end 2023-01-01 is before start 2024-01-01"),
        ({"opens": "20:00", "closes": "08:00"}, "closes 08:00 is not after opens 20:00"),
        ({"refund_share": 0.6}, "less than or equal to 0.5"),
        ({"store_list": [{"name": "A"}, {"name": "A"}]}, "two stores in store_list have the same name"),
        ({"store_list": [{"name": "A", "categories": []}]}, "store 'A' carries no category, so it has no products"),
        ({"assortment": {"X": {"products": ["a", "a"], "price": [1, 2]}}}, "a product stands twice"),
        ({"assortment": {"X": {"products": ["a"], "price": [1, 2], "peak_days": {"02-30": 2}}}}, "is not a day such"),
        ({"assortment": {"X": {"products": ["a"], "price": [1, 2], "peak_days": {"02-20": 0}}}}, "is not above 0"),
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        RetailWorld.model_validate(wrong)


def test_shares_come_out_as_asked(year: World) -> None:
    points = (year.shares["made"] - year.shares["asked"]).abs() * 100
    assert (points < 0.5).all()
    assert np.isclose(year.shares.groupby("what")["made"].sum(), 1).all()
