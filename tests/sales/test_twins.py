"""Each SQL query answers what the report of the same name tells, to the penny and in the same order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoplib.config.models import Sales, Shop
from shoplib.contracts import convert
from shoplib.errors import ContractError, StoreError
from shoplib.sales import reports, twins
from shoplib.sales.metrics import METRICS
from shoplib.sales.view import scope_of
from shoplib.store import duck

Facts = dict[str, pd.DataFrame]
SHOP = Shop()
GIFTS = ("Wine",)  # of the made-up products, those that the random worlds sell as gift cards

STATUSES = ((0.9, 0.06, 0.02, 0.02), (0.4, 0.5, 0.05, 0.05), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0))


def saved(world: Facts, folder: Path) -> Path:
    """Write the facts as parquet, in the declared types of the columns they have."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in world.items():
        declared = convert.arrow_schema(name)
        schema = pa.schema([declared.field(column).with_nullable(True) for column in frame.columns])
        pq.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False), folder / f"{name}.parquet")
    return folder


def random_world(make_facts: Callable[..., Facts], seed: int) -> Facts:
    """Return a small chain with all that may be hard: returns, discounts above the lines, unknown people and hours."""
    rng = np.random.default_rng(seed)
    world = make_facts(
        int(rng.integers(1, 250)), int(rng.integers(8, 90)), places=int(rng.integers(1, 5)),
        products=int(rng.integers(1, 14)), seed=seed, closed_weekday=rng.choice([None, 0, 6]),
        statuses=STATUSES[seed % 4],
        hours=seed % 5 != 0,
    )  # fmt: skip
    sales, items = world["transactions"], world["transaction_items"]
    if seed % 3:
        sales["refund_of"] = None
    if seed % 3 == 2:
        back = sales["transaction_status"] == "refunded"
        sales.loc[back, ["subtotal_minor", "tax_total_minor", "total_amount_minor"]] *= -1
    if seed % 2:
        returned = rng.random(len(items)) < 0.15
        items.loc[returned, ["quantity", "line_total_minor"]] *= -1
        sales["total_amount_minor"] -= rng.integers(0, 6_000, len(sales))
    items["quantity"] = items["quantity"] * rng.choice([1.0, 0.5, 0.333], len(items))
    sales["discount_total_minor"] = rng.choice([0, 0, 7, 333, 20_000, -5], len(sales))
    if seed % 4 == 1:
        hidden = rng.random(len(sales)) < 0.3
        sales["local_hour"] = sales["local_hour"].astype("Int64").mask(hidden)
    if seed % 6 == 0:
        world["product_prices"] = world["product_prices"].iloc[: int(rng.integers(0, 6))]
    if seed % 7 == 0:
        world["transaction_items"] = items.iloc[:0]
    if seed % 8 == 0:
        world["products"]["unit_cost_minor"] = pd.array([None] * len(world["products"]), "Int64")
        world["product_prices"]["unit_cost_minor"] = pd.array([None] * len(world["product_prices"]), "Int64")
    return world


def agree(world: Facts, folder: Path, *days: dt.date | None, **settings: object) -> Facts:
    """Assert that the answer of each twin is the main table of its report, and return the answers."""
    chosen = Sales(**settings)
    scope = scope_of(world, SHOP, chosen, *days)
    given = twins.parameters(scope.window, SHOP, chosen)
    answers = {name: twins.run(name, folder, given) for name in twins.TWINS}
    for name, answered in answers.items():
        same(answered, reports.make(name, scope).listing(name).frame, name)
    return answers


def same(got: pd.DataFrame, want: pd.DataFrame, name: str) -> None:
    """Assert that two tables hold the same: whole amounts exactly, shares and units within 1e-12."""
    assert len(got) == len(want), name
    for column in got.columns:
        where, mine, theirs = f"{name}.{column}", got[column], want[column]
        assert mine.isna().tolist() == theirs.isna().tolist(), where
        known = mine.notna().to_numpy()
        mine, theirs = mine[known], theirs[known]
        if column in ("units", "value", "before", "all", "share") or column.endswith("_share"):
            assert np.allclose(mine.astype(float), theirs.astype(float), rtol=1e-12, atol=1e-12), where
        else:
            assert mine.tolist() == theirs.tolist(), where
        if column.endswith("_minor"):
            assert pd.api.types.is_integer_dtype(mine), where


@pytest.mark.parametrize("seed", range(10))
def test_random_shops_are_told_alike(make_facts: Callable[..., Facts], seed: int, tmp_path: Path) -> None:
    world = random_world(make_facts, seed)
    settings = {"gift_card_categories": GIFTS, "refunds": ("found", "apart", "status")[seed % 3]}
    agree(world, saved(world, tmp_path), **settings)


@pytest.mark.parametrize("days", [
    (dt.date(2024, 10, 20), dt.date(2024, 11, 9)), (None, dt.date(2024, 10, 9)), (dt.date(2024, 11, 20), None),
    (dt.date(2024, 10, 6), dt.date(2024, 10, 6)), (dt.date(2024, 9, 1), dt.date(2024, 12, 31)),
    (dt.date(2025, 1, 1), dt.date(2025, 2, 1)),
])  # fmt: skip
def test_days_asked_for_are_told_alike(
    make_facts: Callable[..., Facts], days: tuple[dt.date | None, dt.date | None], tmp_path: Path
) -> None:
    world = make_facts(300, 50, closed_weekday=6)
    folder = saved(world, tmp_path)
    answers = agree(world, folder, *days, compare_days=7)
    pd.testing.assert_frame_equal(twins.answer("daily", folder, SHOP, Sales(), *days), answers["daily"])


def test_a_chain_that_sold_nothing_is_told_alike(make_facts: Callable[..., Facts], tmp_path: Path) -> None:
    world = make_facts(1)
    world |= {name: world[name].iloc[:0] for name in ("transactions", "transaction_items")}
    rows = {name: len(answered) for name, answered in agree(world, saved(world, tmp_path)).items()}
    assert rows == {"overview": len(METRICS), "daily": 0, "locations": 3, "products": 0, "employees": 0, "payments": 0,
                    "hours": 0, "refunds": 0}  # fmt: skip


@pytest.mark.parametrize("status", ["completed", "refunded", "void"])
def test_one_receipt_is_told_alike(make_facts: Callable[..., Facts], status: str, tmp_path: Path) -> None:
    world = make_facts(1, 1)
    world["transactions"]["transaction_status"] = status
    world["transactions"]["refund_of"] = None
    agree(world, saved(world, tmp_path))


def test_a_closed_day_is_a_gap_and_its_refunds_are_numbers(make_facts: Callable[..., Facts], tmp_path: Path) -> None:
    world = make_facts(400, 21, statuses=(1.0, 0.0, 0.0, 0.0))
    sales = world["transactions"]
    sales.loc[sales["business_date"] == "2024-10-10", "transaction_status"] = "refunded"
    kept = (sales["business_date"] != "2024-10-12").to_numpy()
    world["transactions"] = sales[kept]
    daily = agree(world, saved(world, tmp_path))["daily"].set_index("business_date")
    assert len(daily) == 21
    refunded, closed = daily.loc["2024-10-10"], daily.loc["2024-10-12"]
    sold = ["transactions", "units", "gross_sales_minor", "net_sales_minor", "average_transaction_minor"]
    assert refunded[sold].isna().all()
    assert closed[sold].isna().all()
    assert refunded["refunds"] == (sales["business_date"] == "2024-10-10").sum()
    assert (closed["refunds"], closed["refunds_minor"]) == (0, 0)


def test_names_are_told_as_they_stand(make_facts: Callable[..., Facts], tmp_path: Path) -> None:
    world = make_facts(80, products=4)
    names = ["=1+1", "<script>alert(1)</script>", "पानी 🥤", "O'Brien; DROP TABLE products --"]
    world["products"]["product_name"] = names
    world["products"]["product_category"] = names
    world["locations"]["location_name"] = names[:3]
    found = agree(world, saved(world, tmp_path), gift_card_categories=(names[3],))
    assert set(found["products"]["product_name"]) == set(names)
    assert set(found["locations"]["location_name"]) == set(names[:3])


def test_amounts_beyond_what_a_float_tells_stay_exact(make_facts: Callable[..., Facts], tmp_path: Path) -> None:
    world = make_facts(3, 1, places=1, statuses=(1.0, 0.0, 0.0, 0.0))
    world["transactions"]["discount_total_minor"] = 33_333_333_331
    world["transaction_items"]["line_total_minor"] = 77_777_777_777 + np.arange(len(world["transaction_items"]))
    products = agree(world, saved(world, tmp_path))["products"]
    assert (products["margin_minor"].dropna() > 10**9).all()


def test_several_currencies_are_refused(make_facts: Callable[..., Facts], tmp_path: Path) -> None:
    world = make_facts(9)
    world["transactions"].loc[3, "currency"] = "INR"
    with pytest.raises(ContractError) as refused:
        twins.answer("daily", saved(world, tmp_path), SHOP, Sales())
    assert str(refused.value) == (
        "Takings in different currencies cannot be added\n"
        "  where   transactions.currency\n"
        "  found   GBP, INR\n"
        "  wanted  one currency\n"
        "  next    give each currency its own scenario, or convert the amounts before they are taken in"
    )


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There are no tables to ask"):
        twins.answer("daily", tmp_path, SHOP, Sales())


def test_the_short_queries_add_up_in_major_units(make_facts: Callable[..., Facts], tmp_path: Path) -> None:
    world = make_facts(200, 30)
    folder = saved(world, tmp_path)
    sold = world["transactions"].query("transaction_status == 'completed'")
    daily, places, hours = (twins.answer(name, folder, SHOP, Sales()) for name in twins.SAMPLES)
    assert daily.columns.tolist() == ["date", "transactions", "total_sales", "average_sale"]
    by_day = sold.groupby("business_date")["total_amount_minor"]
    assert daily["date"].tolist() == list(by_day.groups)
    assert daily["total_sales"].tolist() == pytest.approx((by_day.sum() / 100).tolist())
    assert daily["average_sale"].tolist() == pytest.approx((by_day.mean() / 100).tolist())
    assert places.columns.tolist() == ["location_name", "city", "transactions", "revenue"]
    assert places["revenue"].is_monotonic_decreasing
    assert hours.columns.tolist() == ["hour", "transactions", "revenue"]
    for table in (places, hours):
        assert table["revenue"].sum() == pytest.approx(sold["total_amount_minor"].sum() / 100)
        assert table["transactions"].sum() == len(sold)


@pytest.mark.parametrize("name", [*twins.TWINS, *twins.SAMPLES])
def test_a_query_with_its_parameters_written_in_answers_the_same(
    make_facts: Callable[..., Facts], name: str, tmp_path: Path
) -> None:
    folder = saved(make_facts(120), tmp_path)
    settings = Sales(gift_card_categories=("wine", "it's; --"))
    known, currency = twins.data_of(folder)
    assert (str(known), currency) == ("Period(start=datetime.date(2024, 10, 3), end=datetime.date(2024, 12, 1))", "GBP")
    given = twins.parameters(twins.window(known), SHOP, settings)
    whole = twins.filled(name, given)
    answered = convert.to_pandas(duck.table(folder, whole, {}))
    pd.testing.assert_frame_equal(answered, twins.run(name, folder, given))
    assert whole.startswith("-- ")
    assert "DATE '2024-10-03' /* $from_day */" in whole
    assert twins.text(name).count("\n") == whole.count("\n")


def test_days_that_are_not_there_are_written_as_null(shop: Shop) -> None:
    given = twins.parameters(twins.window(None), shop, Sales())
    assert "BETWEEN NULL /* $from_day */ AND NULL /* $to_day */" in twins.filled("payments", given)


def test_a_query_that_nobody_wrote() -> None:
    with pytest.raises(KeyError, match="no query 'dailly'; there are overview, daily, locations"):
        twins.text("dailly")


def test_each_query_says_first_what_it_answers_and_its_parameters() -> None:
    for name in (*twins.TWINS, *twins.SAMPLES):
        head, code = twins.text(name).split("\nWITH\n" if name in twins.TWINS else "\nSELECT\n", 1)
        assert head.startswith("-- ")
        assert "?" in head.splitlines()[0]
        assert set(twins.PARAMETER.findall(head)) == set(twins.PARAMETER.findall(code))
        assert all(len(line) <= 120 for line in twins.text(name).splitlines())


def test_margins_are_made_by_the_same_words_in_each_query() -> None:
    parts = [twins.text(name).partition("-- what one unit")[2] for name in ("locations", "products", "overview")]
    shared = [part[: part.index("),\n", part.index("\nsold AS"))] for part in parts]
    days = " AND t.business_date BETWEEN $from_day AND $to_day"
    assert shared[0] == shared[1]
    assert shared[0].replace(days, "") == shared[2]


def test_every_answer_can_be_shown(make_facts: Callable[..., Facts], tmp_path: Path) -> None:
    folder = saved(make_facts(50), tmp_path)
    for name in twins.TWINS:
        answered = twins.answer(name, folder, SHOP, Sales())
        shown = twins.listing(name, answered, "GBP")
        assert [column.name for column in shown.columns] == answered.columns.tolist()
