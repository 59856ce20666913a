"""A year of a small chain, and everything that holds in any world of stores with stock."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.config.worlds import RetailWorld
from shoplib.simulate.retail.world import world as make
from shoplib.simulate.world import World

CELL = ["location_id", "product_id"]


@pytest.fixture(scope="session")
def year() -> World:
    """The default chain over a year, with a third of its transactions."""
    return make(RetailWorld(transactions=20_000), Shop(), 1)


@pytest.fixture(scope="session")
def true_movements() -> Callable[[World], pd.DataFrame]:
    """Movements as they really were: errors of writing put right, no book entries, thefts included."""
    return _true_movements


@pytest.fixture(scope="session")
def assert_whole() -> Callable[[World, RetailWorld], None]:
    """Assert everything that holds in any world, however small or odd."""

    def check(world: World, asked: RetailWorld) -> None:
        sales, items = world.tables["transactions"], world.tables["items"]
        assert world.sales == len(sales) == asked.transactions
        assert sales["transaction_id"].is_unique
        assert sales["timestamp"].is_monotonic_increasing
        _money(sales, items)
        _references(world)
        _hours(world, asked)
        _refunds(sales, items, asked)
        _orders(world)
        _stock(world)
        _truth(world)
        completed = sales["transaction_status"] == "completed"
        assert world.takings_minor == sales.loc[completed, "total_amount_minor"].sum()

    return check


def _true_movements(world: World) -> pd.DataFrame:
    written = world.tables["stock_movements"].astype({"location_id": str, "product_id": str, "movement": str})
    wrong = world.truth["record_errors"].set_index("movement_id")["true_quantity"]
    right = written["movement_id"].map(wrong).fillna(written["quantity"]).astype(int)
    moved = written.assign(quantity=right, date=written["timestamp"].dt.normalize())
    moved = moved[moved["movement"] != "adjustment"]
    gone = world.truth["shrinkage"].assign(movement="gone", reference=None)
    gone = gone.assign(quantity=-gone["units"].astype(int))
    names = [*CELL, "date", "movement", "quantity", "reference"]
    return pd.concat([moved[names], gone[names].astype({"reference": moved["reference"].dtype})], ignore_index=True)


def _levels(world: World) -> pd.DataFrame:
    """True stock at the end of each day on which something moved, columns cells."""
    moved = _true_movements(world)
    by_day = moved.pivot_table(index="date", columns=CELL, values="quantity", aggfunc="sum", fill_value=0)
    return by_day.sort_index().cumsum()


def _at(levels: pd.DataFrame, rows: pd.DataFrame, day: str) -> npt.NDArray[np.int64]:
    """True stock at the end of the day, store and product of each row."""
    row = levels.index.searchsorted(pd.to_datetime(rows[day]).to_numpy(), side="right") - 1
    cells = pd.MultiIndex.from_arrays([rows[name].astype(str) for name in CELL])
    return levels.to_numpy()[row, levels.columns.get_indexer(cells)]


def _money(sales: pd.DataFrame, items: pd.DataFrame) -> None:
    whole = sales["subtotal_minor"] - sales["discount_total_minor"] + sales["tax_total_minor"]
    assert (whole == sales["total_amount_minor"]).all()
    assert (sales[["discount_total_minor", "tax_total_minor", "total_amount_minor"]] >= 0).all(axis=None)
    assert (items["quantity"] * items["unit_price_minor"] == items["line_total_minor"]).all()
    assert (items["quantity"] > 0).all()
    by_sale = items.groupby("transaction_id")["line_total_minor"].agg(["sum", "size"])
    by_sale = by_sale.reindex(sales["transaction_id"].to_numpy())
    assert (by_sale["sum"].to_numpy() == sales["subtotal_minor"].to_numpy()).all()
    assert (by_sale["size"].to_numpy() == sales["num_items"].to_numpy()).all()
    assert not items.duplicated(["transaction_id", "product_id"]).any()
    assert sales["num_items"].between(1, 8).all()


def _references(world: World) -> None:
    keys = {
        name: set(world.tables[table][name])
        for name, table in {
            "location_id": "locations", "product_id": "products", "customer_id": "customers",
            "supplier_id": "suppliers", "order_id": "purchase_orders", "transaction_id": "transactions",
        }.items()
    }  # fmt: skip
    for name, table in world.tables.items():
        for key, known in keys.items():
            if key in table:
                assert set(table[key].dropna().astype(str)) <= known, (name, key)
    for name, columns in {
        "locations": ["location_id"], "products": ["product_id"], "customers": ["customer_id"],
        "suppliers": ["supplier_id"], "purchase_orders": ["order_id"], "stock_movements": ["movement_id"],
        "product_prices": ["product_id", "valid_from"], "promotions": ["promotion_id", "product_id"],
        "supplier_products": ["supplier_id", "product_id"], "purchase_order_lines": ["order_id", "product_id"],
        "items": ["transaction_id", "line_number"], "stock_counts": ["location_id", "product_id", "counted_on"],
    }.items():  # fmt: skip
        assert not world.tables[name].duplicated(columns).any(), name


def _hours(world: World, asked: RetailWorld) -> None:
    opens, closes = (pd.Timedelta(hours=time.hour, minutes=time.minute) for time in (asked.opens, asked.closes))
    shut = set(zip(world.truth["closed_days"]["location_id"], world.truth["closed_days"]["date"], strict=True))
    for name, latest in (("transactions", closes - pd.Timedelta(seconds=1)), ("stock_movements", closes)):
        when = world.tables[name]["timestamp"]
        day = when.dt.normalize()
        assert day.between(pd.Timestamp(asked.start), pd.Timestamp(asked.end)).all()
        assert (when - day).between(opens, latest).all(), name
    sold = world.tables["transactions"]
    assert not shut & set(zip(sold["location_id"].astype(str), sold["timestamp"].dt.normalize(), strict=True))


def _refunds(sales: pd.DataFrame, items: pd.DataFrame, asked: RetailWorld) -> None:
    back = sales[sales["transaction_status"] == "refunded"]
    assert len(back) == pytest.approx(asked.refund_share * len(sales), abs=1)
    assert back["refund_of"].is_unique
    assert sales["refund_of"].notna().sum() == len(back)
    source = sales.set_index("transaction_id").reindex(back["refund_of"].to_numpy())
    assert (source["transaction_status"] == "completed").all()
    assert (source["timestamp"].to_numpy() <= back["timestamp"].to_numpy()).all()
    assert (source.index.to_numpy() < back["transaction_id"].to_numpy()).all()
    for column in ("location_id", "subtotal_minor", "discount_total_minor", "total_amount_minor", "payment_method"):
        assert source[column].tolist() == back[column].tolist(), column
    lines = items.groupby("transaction_id")[["product_id", "quantity", "unit_price_minor"]].agg(tuple)
    assert lines.reindex(back["transaction_id"]).to_numpy().tolist() == lines.reindex(source.index).to_numpy().tolist()


def _orders(world: World) -> None:
    orders, lines = world.tables["purchase_orders"].set_index("order_id"), world.tables["purchase_order_lines"]
    assert (lines["ordered_units"] > 0).all()
    assert (lines["received_units"] <= lines["ordered_units"]).all()
    status = orders["order_status"].astype(str)
    got = lines.groupby("order_id")["received_units"].sum().reindex(orders.index)
    asked = lines.groupby("order_id")["ordered_units"].sum().reindex(orders.index)
    assert (got[status.isin(["open", "cancelled"])] == 0).all()
    assert (got[status.isin(["received", "part_received"])] > 0).all()
    assert (got[status == "part_received"] < asked[status == "part_received"]).all()
    assert (orders["received_on"].notna() == (status == "received")).all()
    assert (orders["promised_on"] > orders["ordered_on"]).all()
    came = orders["received_on"].dropna()
    assert (came > orders.loc[came.index, "ordered_on"]).all()
    moved = _true_movements(world)
    receipts = moved[moved["movement"] == "receipt"].groupby(["reference", "product_id"])["quantity"].sum()
    wanted = lines.astype({"order_id": str, "product_id": str}).set_index(["order_id", "product_id"])["received_units"]
    wanted = wanted[wanted > 0]
    assert receipts.to_dict() == wanted.to_dict()


def _stock(world: World) -> None:
    levels = _levels(world)
    assert (levels >= 0).all(axis=None)
    end = world.truth["stock"].set_index(CELL).sort_index()
    assert levels.iloc[-1].to_dict() == end["on_hand"].to_dict()
    book = world.tables["stock_movements"].astype({"location_id": str, "product_id": str})
    assert book.groupby(CELL)["quantity"].sum().to_dict() == end["book"].to_dict()
    counts = world.tables["stock_counts"]
    assert _at(levels, counts, "counted_on").tolist() == counts["counted_units"].tolist()
    sold = _sold(world)
    moved = _true_movements(world)
    left = -moved[moved["movement"] == "sale"].groupby([*CELL, "date"])["quantity"].sum()
    assert left.to_dict() == sold.to_dict()


def _sold(world: World) -> pd.Series:
    sales = world.tables["transactions"]
    completed = sales.loc[sales["transaction_status"] == "completed", ["transaction_id", "location_id", "timestamp"]]
    lines = world.tables["items"].merge(completed, on="transaction_id")
    lines = lines.astype({"location_id": str, "product_id": str}).assign(date=lines["timestamp"].dt.normalize())
    return lines.groupby([*CELL, "date"])["quantity"].sum()


def _truth(world: World) -> None:
    demand, lost = world.truth["demand"], world.truth["lost_sales"]
    assert (demand["units_wanted"] - demand["units_sold"] == demand["units_lost"]).all()
    assert (lost["units_lost"] > 0).all()
    assert lost["units_lost"].sum() == demand["units_lost"].sum()
    assert demand["units_sold"].sum() == _sold(world).sum()
    completed = (world.tables["transactions"]["transaction_status"] == "completed").sum()
    assert demand["sales"].sum() == completed
    out = world.truth["stockouts"]
    levels = _levels(world)
    for edge in ("first_date", "last_date"):
        assert (_at(levels, out, edge) == 0).all()
    assert (out["days"] == (out["last_date"] - out["first_date"]).dt.days + 1).all()
    assert out["units_lost"].sum() == lost["units_lost"].sum()
    assert (_at(levels, lost, "date") == 0).all(), "a sale was lost although something was left"
    assert np.isfinite(demand["expected_sales"]).all()
