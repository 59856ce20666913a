"""Products as series, what is known ahead of them, and what an empty shelf hid."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting import demand_series, goods, known_ahead

LEVELS = ("location", "category", "product", "location_product")


def made(facts, most=40, levels=LEVELS, country=""):
    """Return places, takings and units of some facts over a horizon of four weeks."""
    shops = demand_series.places(facts["sales_daily"], 28, country)
    found = goods.goods(facts, shops)
    planned = goods.offers(facts, found, shops)
    takings = demand_series.takings(shops, planned, most)
    return shops, takings, goods.units(facts, found, shops, planned, levels, most, "UTC")


def test_levels_left_out_are_not_forecast(shop_facts):
    _, _, units = made(shop_facts(60), levels=("product",))
    assert set(units.keys["level"]) == {"total", "product"}
    _, _, units = made(shop_facts(60), levels=("category",))
    assert set(units.keys["level"]) == {"total", "category"}


def test_best_sellers_come_first_and_the_others_are_one_series(shop_facts):
    _, _, units = made(shop_facts(60, places=1), most=10)
    named = units.keys[(units.keys["level"] == "product") & (units.keys["product_id"] != "+")]
    assert named["product_id"].iloc[0] == "bread"
    assert np.nansum(units.sold[0]) == np.nansum(units.sold[units.bottom])


def test_a_product_without_category_and_refunds_do_no_harm(shop_facts):
    facts = shop_facts(60)
    status = facts["transactions"]["transaction_status"].mask(
        np.arange(len(facts["transactions"])) % 9 == 0, "refunded"
    )
    facts["transactions"] = facts["transactions"].assign(transaction_status=status)
    _, _, units = made(facts)
    kept = facts["transaction_items"][(status == "completed").to_numpy()]
    assert np.nansum(units.sold[0]) == kept["quantity"].sum()
    assert "none" in set(units.keys["category"])


def test_an_offer_is_known_ahead_by_product_and_weighs_on_what_it_is_part_of(shop_facts, no_facts):
    offer = pd.DataFrame(
        {
            "promotion_id": ["O1", "O2"], "product_id": ["bread", "milk"], "location_id": [None, "L0"],
            "starts": pd.to_datetime(["2024-02-20", "2024-03-05"]),
            "ends": pd.to_datetime(["2024-03-04", "2024-03-10"]),
            "discount_share": [0.2, None],
        }
    )  # fmt: skip
    shops, takings, units = made(shop_facts(60, promotions=offer))
    at = {key: row for row, key in enumerate(units.panel.ids)}
    grid = units.panel.known["offers"]
    day = {name: (pd.Timestamp(name) - shops.whole[0]).days for name in ("2024-02-25", "2024-03-07", "2024-03-20")}
    assert grid[at["product|*|Bakery|bread"], day["2024-02-25"]] == pytest.approx(0.2)
    assert grid[at["location_product|L0|Drinks|milk"], day["2024-03-07"]] == pytest.approx(1.0)
    assert grid[at["location_product|L1|Drinks|milk"], day["2024-03-07"]] == 0
    assert 0 < grid[0, day["2024-02-25"]] < 0.2
    assert (grid[:, day["2024-03-20"]] == 0).all()
    assert takings.panel.known["offers"].shape == (3, 88)
    _, none, _ = made(shop_facts(60))
    assert none.panel.known == {}


def test_empty_shelves_are_filled_in_and_sales_are_kept_beside(shop_facts):
    facts = shop_facts(60, places=1)
    days = pd.date_range("2024-01-01", periods=60)
    gone = days[30:33]
    keys = facts["transactions"].loc[facts["transactions"]["business_date"].isin(gone), "transaction_id"]
    items = facts["transaction_items"]
    bread = (items["product_id"] == "bread") & items["transaction_id"].isin(keys)
    facts["transaction_items"] = items[~bread]
    heads = facts["transactions"].set_index("transaction_id")
    sales = facts["transaction_items"].query("product_id == 'bread'")
    moved = pd.DataFrame(
        {
            "timestamp": heads.loc[sales["transaction_id"], "timestamp"].to_numpy(),
            "business_date": heads.loc[sales["transaction_id"], "business_date"].to_numpy(),
            "location_id": "L0", "product_id": "bread", "movement": "sale", "quantity": -sales["quantity"].to_numpy(),
        }
    )  # fmt: skip
    before = moved.loc[moved["business_date"] < gone[0], "quantity"].sum()
    moved["timestamp"] = pd.DatetimeIndex(moved["timestamp"]).tz_convert("UTC").tz_localize(None)
    noon = [pd.Timestamp("2024-01-01 06:00"), gone[-1] + pd.Timedelta("30h")]
    came = pd.DataFrame(
        {
            "timestamp": noon, "business_date": [days[0], gone[-1] + pd.Timedelta(days=1)], "location_id": "L0",
            "product_id": "bread", "movement": ["opening", "receipt"], "quantity": [-before, 10_000.0],
        }
    )  # fmt: skip
    moves = pd.concat([came, moved], ignore_index=True)
    facts["stock_movements"] = moves.assign(timestamp=pd.DatetimeIndex(moves["timestamp"]).tz_localize("UTC"))
    _, _, units = made(facts)
    row = units.row("product", category="Bakery", product_id="bread")
    assert units.out[row, 30:33].all()
    assert units.sold[row, 30:33].sum() == 0
    usual = np.nanmean(units.sold[row, :30])
    assert np.all(units.panel.y[row, 30:33] > 0.3 * usual)
    assert np.nansum(units.panel.sold[0]) == pytest.approx(np.nansum(units.panel.sold[units.bottom]))
    assert not units.out[row, :29].any()


def test_a_place_is_expected_shut_on_its_weekday_and_on_the_holidays_it_keeps():
    days = pd.date_range("2023-12-01", "2024-12-10")
    closed = np.zeros((2, len(days)), dtype=bool)
    closed[0, days.weekday == 6] = True
    closed[1, days == "2023-12-25"] = True
    coming = known_ahead.shut(closed, days, 28, "GB-ENG")[:, len(days) :]
    ahead = pd.date_range("2024-12-11", periods=28)
    assert set(ahead[coming[0]].weekday) == {6}
    assert ahead[coming[1]].tolist() == [pd.Timestamp("2024-12-25")]
    assert not known_ahead.shut(closed, days, 28, "")[1, len(days) :].any()


def test_what_one_unit_is_worth_falls_back_to_what_it_sold_for(shop_facts):
    facts = shop_facts(40, places=1)
    facts["products"] = facts["products"].assign(unit_cost_minor=None, unit_price_minor=None)
    shops = demand_series.places(facts["sales_daily"], 7, "")
    found = goods.goods(facts, shops)
    keys = pd.DataFrame({"location_id": ["*"], "category": ["Bakery"], "product_id": ["bread"]})
    worth = goods.worth(keys, found, facts["products"], 3.0)
    assert worth.iloc[0].tolist() == [200.0, 50.0, False]
