"""What is planted in a simulated chain is there to be found, and what its customers like is as one knows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld, MenuCategory
from shoplib.errors import ConfigError
from shoplib.simulate.epos import world as epos
from shoplib.simulate.epos.menu import NAMES
from shoplib.simulate.world import World

SHOP = Shop()
Year = Callable[[int], World]
Check = Callable[..., None]


def test_days_are_far_more_uneven_than_chance() -> None:
    asked = EposWorld(transactions=150_000)
    demand = epos.world(asked, SHOP, 6).truth
    days = demand["demand"].query("expected_transactions > 0")
    planted = demand["anomalies"].set_index(["location_id", "date"]).index
    plain = days[~days.set_index(["location_id", "date"]).index.isin(planted)]
    mean = plain["expected_transactions"]
    off = plain["transactions"] - mean * (plain["transactions"].sum() / mean.sum())
    beyond = (off**2 - mean).sum() / (mean**2).sum()  # moment estimate of the dispersion
    assert beyond == pytest.approx(asked.dispersion, rel=0.2)
    assert (off**2 / mean).mean() > 2.5
    for _, here in plain.assign(ratio=off**2 / mean).groupby("location_id"):
        assert here["ratio"].mean() > 1.5
    even = epos.world(EposWorld(transactions=150_000, dispersion=0), SHOP, 6).truth["demand"]
    even = even.query("expected_transactions > 0")
    assert ((even["transactions"] - even["expected_transactions"]) ** 2 / even["expected_transactions"]).median() < 1


def test_a_cafe_sells_coffee_and_cake_in_the_morning_and_no_spirits(assert_whole: Check) -> None:
    asked = EposWorld(transactions=8_000, bars=0, pubs=0, restaurants=1, cafes=2, opens=dt.time(7, 30))
    world = epos.world(asked, SHOP, 1)
    assert_whole(world, asked)
    where = world.tables["locations"].set_index("location_id")["location_type"]
    sales = world.tables["transactions"]
    lines = world.tables["items"].merge(sales[["transaction_id", "location_id"]], on="transaction_id")
    cafe = lines["location_id"].astype(str).map(where) == "cafe"
    share = lines[cafe]["product_category"].value_counts(normalize=True)
    assert share["Hot Beverages"] > 0.3
    assert share["Hot Beverages"] + share["Desserts"] + share["Appetizers"] + share["Soft Drinks"] > 0.8
    assert share["Spirits"] == share["Cocktails"] == 0
    morning = sales["timestamp"].dt.hour < 12
    at_cafe = sales["location_type"] == "cafe"
    assert morning[at_cafe].mean() > 0.3 > 0.15 > morning[~at_cafe].mean()
    assert set(world.tables["employees"]["employee_role"]) >= {"Barista"}


def test_only_the_categories_asked_for_are_sold(assert_whole: Check) -> None:
    asked = EposWorld(transactions=500, categories=("Beer", "Sides"))
    world = epos.world(asked, SHOP, 1)
    assert_whole(world, asked)
    assert set(world.tables["products"]["product_category"]) == {"Beer", "Sides"}
    assert len(world.tables["products"]) == 150
    assert set(get_args(MenuCategory)) == set(NAMES)


def test_a_place_without_anything_to_sell_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        epos.world(EposWorld(cafes=1, categories=("Spirits", "Cocktails")), SHOP, 1)
    assert str(caught.value) == (
        "A location has no products to sell\n"
        "  where   simulate.categories\n"
        "  found   a cafe sells none of Spirits, Cocktails\n"
        "  wanted  at least one of Beer, Wine, Soft Drinks, Appetizers, Main Course, Desserts, Sides, Hot Beverages\n"
        "  next    add one to simulate.categories, or set simulate.cafes to 0"
    )


def test_planted_days_stand_out_of_the_noise() -> None:
    world = epos.world(EposWorld(), SHOP, 1)
    planted = world.truth["anomalies"]
    assert len(planted) == 2928 // 260
    assert ((planted["factor"] <= 0.6) | (planted["factor"] >= 1.4)).all()
    ratio = planted["transactions"] / planted["expected_transactions"]
    assert ratio.to_numpy() == pytest.approx(planted["factor"].to_numpy(), rel=0.5)
    assert (np.sign(ratio - 1) == np.sign(planted["factor"] - 1)).all()


def test_one_employee_voids_far_more_than_the_others(year: Year) -> None:
    for seed in (1, 2, 20240101):
        staff = year(seed).truth["staff"]
        rate = staff["voids"] / staff["transactions"]
        odd = staff["void_factor"] > 1
        assert odd.sum() == 1
        assert rate[odd].item() > 2 * rate[~odd].max() or rate[odd].item() > 4 * rate[~odd].median()


def test_price_changes_are_what_the_lines_show(year: Year) -> None:
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


def test_dated_prices_tell_the_same_as_the_truth_and_a_few_costs_are_unknown(year: Year) -> None:
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


def test_closed_days_have_no_sales(year: Year) -> None:
    world = year(2)
    shut = world.truth["closed_days"].assign(shut=True)
    assert (shut.loc[shut["reason"] == "Christmas Day", "date"] == pd.Timestamp(2024, 12, 25)).all()
    sold = world.tables["transactions"][["location_id", "transaction_date"]].astype({"location_id": str})
    met = sold.merge(shut, left_on=["location_id", "transaction_date"], right_on=["location_id", "date"])
    assert len(shut) == 8 * 4
    assert len(met) == 0


def test_slow_sellers_sell_far_below_their_category(year: Year) -> None:
    world = year(1)
    units = world.tables["items"].groupby("product_id", observed=False)["quantity"].sum()
    units.index = units.index.astype(str)
    products = world.tables["products"].set_index("product_id").assign(units=units).fillna({"units": 0})
    median = products.groupby("product_category")["units"].median()
    slow = products.loc[world.truth["slow_sellers"]["product_id"]]
    assert len(slow) >= 3
    assert (slow["units"].to_numpy() < 0.5 * slow["product_category"].map(median).to_numpy()).all()


def test_the_rhythm_is_one_an_owner_knows(year: Year) -> None:
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
