"""A year of the default chain, and everything that holds in any world of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.simulate import draws
from shoplib.simulate.epos import world as epos
from shoplib.simulate.world import World

SHOP = Shop()
Year = Callable[[int], World]
Check = Callable[..., None]


@pytest.fixture(scope="session")
def year() -> Year:
    """The default year with 20,000 transactions, by seed; made once."""

    @cache
    def made(seed: int) -> World:
        return epos.world(EposWorld(transactions=20_000), SHOP, seed)

    return made


@pytest.fixture(scope="session")
def assert_whole() -> Check:
    """Assert everything that holds in any world, however small or odd."""
    return _whole


def _whole(world: World, asked: EposWorld, *, blocks: bool = False) -> None:
    """Assert everything that holds in any world, however small or odd."""
    sales, items = world.tables["transactions"], world.tables["items"]
    assert len(sales) == asked.transactions
    assert sales["transaction_id"].is_unique
    assert sales["timestamp"].is_monotonic_increasing
    _money(sales, items)
    _shares(sales, asked)
    _references(world)
    _hours(sales, asked)
    _refunds(sales, items, blocks=blocks)


def _money(sales: pd.DataFrame, items: pd.DataFrame) -> None:
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


def _shares(sales: pd.DataFrame, asked: EposWorld) -> None:
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


def _references(world: World) -> None:
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


def _hours(sales: pd.DataFrame, asked: EposWorld) -> None:
    opens = pd.Timedelta(hours=asked.opens.hour, minutes=asked.opens.minute)
    closes = pd.Timedelta(hours=asked.closes.hour, minutes=asked.closes.minute)
    closes += pd.Timedelta(days=1) if closes <= opens else pd.Timedelta(0)
    trading_day = (sales["timestamp"] - opens).dt.normalize()
    assert trading_day.between(pd.Timestamp(asked.start), pd.Timestamp(asked.end)).all()
    assert ((sales["timestamp"] - trading_day) < closes).all()
    assert (sales["transaction_date"] == sales["timestamp"].dt.normalize()).all()
    assert [str(time) for time in sales["transaction_time"]] == sales["timestamp"].dt.strftime("%H:%M:%S").tolist()


def _refunds(sales: pd.DataFrame, items: pd.DataFrame, *, blocks: bool) -> None:
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
        assert blocks or (free[unlinked] <= 0).all(), "a refund names no sale although one was there"
