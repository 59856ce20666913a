"""A water shop keeps its promises at any size: references, amounts, hours, groups, conservation, bytes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplib.base import digest
from shoplib.config.models import Shop
from shoplib.errors import ConfigError
from shoplib.simulate import files
from shoplib.simulate.world import World

DAY = pd.Timedelta(days=1)
COLUMNS = [
    "transaction_id", "timestamp", "customer_id", "payment_mode", "can_size", "number_of_cans", "amount_minor",
    "payment_status",
]  # fmt: skip

share = st.floats(0, 0.9).map(lambda found: round(found, 3))
odd_settings = st.fixed_dictionaries(
    {
        "transactions": st.one_of(st.none(), st.integers(0, 400)),
        "visits_a_day": st.sampled_from([0.5, 20.0, 60.0]),
        "customers": st.one_of(st.none(), st.integers(1, 300)),
        "unpaid_share": st.floats(0, 0.5),
        "credit_share": st.floats(0, 0.5),
        "walked_off_share": share,
        "only_looked_share": share,
        "walk_in_share": share,
        "group_share": st.floats(0, 1),
        "missed_visit_share": st.floats(0, 1),
        "missing_sale_share": share,
        "recognised_share": st.floats(0, 1),
        "known_customer_share": st.floats(0, 1),
        "churn_share": st.floats(0, 1),
        "dispersion": st.sampled_from([0.0, 0.02, 2.0]),
        "clock_offset_s": st.integers(0, 600),
    }
)
hours = st.sampled_from([("07:00", "21:00"), ("00:00", "23:59"), ("09:00", "09:01"), ("06:30", "06:40")])


def by_key(world: World, name: str, key: str) -> pd.DataFrame:
    """Return a truth table by one of its keys, without the rows that lack it."""
    frame = world.truth[name]
    return frame[frame[key].notna()].set_index(key)


def assert_whole(world: World) -> None:
    """Assert everything that holds in any world, however small or odd."""
    assert_file(world)
    assert_prices(world)
    assert_conservation(world)
    assert_hours(world)
    assert_outcomes(world)
    assert_groups(world)


def assert_file(world: World) -> None:
    rows, sales = world.tables["transactions"], by_key(world, "sales", "transaction_id")
    assert list(rows) == COLUMNS
    assert rows["transaction_id"].is_unique
    assert rows["timestamp"].is_monotonic_increasing
    assert set(rows["payment_mode"]) <= {"Cash", "UPI", "Coins"}
    assert set(rows["payment_status"]) <= {"paid", "unpaid", "credit"}
    assert set(rows["can_size"]) <= set(world.tables["products"]["can_size"])
    assert (rows["number_of_cans"] >= 1).all()
    true = sales.loc[rows["transaction_id"]]
    for name in ("can_size", "number_of_cans", "amount_minor", "payment_mode", "payment_status"):
        assert (true[name].to_numpy() == rows[name].to_numpy()).all(), name
    keyed = rows["customer_id"].notna().to_numpy()
    assert (true["customer_id"].to_numpy()[keyed] == rows["customer_id"].to_numpy()[keyed]).all()
    assert rows["customer_id"].dropna().isin(world.tables["customers"]["customer_id"]).all()
    assert world.sales == len(rows)
    assert world.takings_minor == rows["amount_minor"].sum()


def assert_prices(world: World) -> None:
    sales = world.truth["sales"]
    prices = world.tables["product_prices"].sort_values("valid_from", kind="stable")
    dated = sales.astype({"can_size": "str"}).sort_values("date", kind="stable")
    found = pd.merge_asof(dated, prices.astype({"can_size": "str"}), left_on="date", right_on="valid_from",
                          by="can_size")  # fmt: skip
    assert (found["number_of_cans"] * found["price_minor"] == found["amount_minor"]).all()
    latest = prices.drop_duplicates("can_size", keep="last").set_index("can_size")["price_minor"]
    products = world.tables["products"].set_index("can_size")["price_minor"]
    assert (latest.loc[products.index] == products).all()


def assert_conservation(world: World) -> None:
    visits, sales, log = world.truth["visits"], world.truth["sales"], world.tables["visits"]
    assert len(visits) == len(log) + (~visits["seen"]).sum()
    assert (visits["visit_id"].notna() == visits["seen"]).all()
    seen = visits[visits["seen"]].set_index("visit_id").loc[log["visit_id"]]
    assert (seen["entered"].to_numpy() == log["entered"].to_numpy()).all()
    assert (seen["left"].to_numpy() == log["left"].to_numpy()).all()
    known = log["customer_id"].notna().to_numpy()
    assert (seen["recognised"].to_numpy() == known).all()
    assert (seen["customer_id"].to_numpy()[known] == log["customer_id"].to_numpy()[known]).all()
    assert len(sales) == world.sales + len(world.truth["missing_sales"])
    assert (sales["transaction_id"].notna() == sales["written"]).all()
    assert (sales["true_visit_id"].isna() == sales["walk_in"]).all()
    day = world.truth["demand"]
    assert (day["visits"].sum(), day["sales"].sum(), day["written_sales"].sum()) == (
        len(visits), len(sales), world.sales,
    )  # fmt: skip


def assert_hours(world: World) -> None:
    visits, sales = world.truth["visits"], world.truth["sales"]
    doors = world.truth["open_close"].set_index("date")
    for frame, first, last in ((visits, "entered", "left"), (sales, "sold_at", "sold_at")):
        door = doors.loc[frame["date"]]
        assert (frame[first].to_numpy() >= door["opened"].to_numpy()).all()
        assert (frame[last].to_numpy() <= door["closed"].to_numpy()).all()
        assert (frame[first].dt.normalize() == frame["date"]).all()
    assert (visits["left"] >= visits["entered"]).all()
    busy = doors[doors["visits"] > 0]
    assert (busy["first_visit"] == visits.groupby("date")["entered"].min().reindex(busy.index)).all()
    assert (busy["last_visit"] == visits.groupby("date")["left"].max().reindex(busy.index)).all()
    within = sales[~sales["walk_in"]]
    visit = visits.set_index("true_visit_id").loc[within["true_visit_id"]]
    assert (within["sold_at"].to_numpy() >= visit["entered"].to_numpy()).all()
    assert (within["sold_at"].to_numpy() <= visit["left"].to_numpy()).all()
    assert (within["person_id"].to_numpy() == visit["person_id"].to_numpy()).all()


def assert_outcomes(world: World) -> None:
    visits, sales = world.truth["visits"], world.truth["sales"].set_index("true_sale_id")
    served = visits[visits["true_sale_id"].notna()]
    status = sales.loc[served["true_sale_id"], "payment_status"]
    assert (served["outcome"].astype(str).to_numpy() == status.astype(str).to_numpy()).all()
    assert visits.loc[visits["true_sale_id"].isna(), "outcome"].isin(["walked_off", "only_looked"]).all()
    paying = visits[visits["pays"]].set_index("true_sale_id")["true_visit_id"]
    inside = sales[~sales["walk_in"]]
    assert paying.index.is_unique
    assert (paying.loc[inside.index] == inside["true_visit_id"]).all()
    unpaid = world.truth["unpaid_visits"]
    written = world.tables["transactions"].set_index("transaction_id")
    rung = unpaid[unpaid["transaction_id"].notna()]
    assert (written.loc[rung["transaction_id"], "payment_status"] == "unpaid").all()
    assert (written.loc[rung["transaction_id"], "amount_minor"].to_numpy() == rung["worth_minor"].to_numpy()).all()
    at_door = sales["walk_in"] & (sales["payment_status"] == "unpaid")
    assert (unpaid["outcome"] == "unpaid").sum() == (sales["payment_status"] == "unpaid").sum() - at_door.sum()


def assert_groups(world: World) -> None:
    together = by_key(world, "visits", "group_id")
    groups = together.groupby(level=0)
    assert (groups.size() >= 2).all()
    assert (groups["date"].min() == groups["date"].max()).all()
    assert (groups["entered"].max() - groups["entered"].min() <= pd.Timedelta(minutes=6)).all()
    log = world.tables["visits"]
    assert (log["group_id"].value_counts() >= 2).all()
    seen = together[together["seen"]].reset_index().set_index("visit_id")["group_id"]
    logged = log[log["group_id"].notna()].set_index("visit_id")["group_id"]
    assert (seen.loc[logged.index] == logged).all()
    assert seen.value_counts()[lambda found: found > 1].sum() == len(logged)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=odd_settings, day=hours, days=st.integers(1, 45), seed=st.integers(0, 10**6))
def test_any_world_is_whole(make, asked, day, days, seed):
    start = dt.date(2024, 2, 20)
    opens, closes = day
    world = make(seed, start=start, end=start + dt.timedelta(days=days - 1), opens=opens, closes=closes, **asked)
    if asked["transactions"] is not None:
        assert world.sales == asked["transactions"]
    assert_whole(world)


def test_the_default_world_is_whole(usual):
    assert_whole(usual(20240101))


@pytest.mark.parametrize("rows", [0, 1])
def test_no_sale_and_a_single_one(make, tmp_path, rows):
    world = make(transactions=rows)
    assert_whole(world)
    counts = files.write(world, tmp_path)
    assert counts["sample_transactions.csv"] == counts["sample_transactions.parquet"] == rows
    lines = (tmp_path / "sample_transactions.csv").read_text().splitlines()
    assert lines[0] == ",".join(COLUMNS).removesuffix("_minor").replace("amount_minor", "amount")
    assert len(lines) == rows + 1


def test_everybody_a_walk_in_leaves_the_log_empty(make):
    world = make(walk_in_share=1, visits_a_day=20)
    assert_whole(world)
    assert len(world.tables["visits"]) == 0
    assert world.sales > 500


def bytes_of(folder: Path) -> dict[str, str]:
    """Return the digest of every file."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): digest.of_bytes(path.read_bytes()) for path in found}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(make, tmp_path):
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        files.write(make(seed, transactions=600), tmp_path / folder)
    first, again, other = (bytes_of(tmp_path / folder) for folder in "abc")
    assert first == again
    prices = {"products.csv", "product_prices.csv", "truth/price_changes.parquet"}  # one of two sizes goes up
    assert {name for name in first if first[name] == other[name]} - prices == {"locations.csv", "SIMULATED.txt"}


def test_the_files_read_as_their_owner_expects(make, tmp_path):
    files.write(make(transactions=600), tmp_path)
    head = {name: (tmp_path / name).read_text().splitlines()[:3] for name in (
        "locations.csv", "products.csv", "product_prices.csv", "customers.csv", "visits.csv")}  # fmt: skip
    assert head["locations.csv"] == [
        "location_id,location_name,location_type,city,timezone,day_start,opens,closes",
        "W1,Jal Point,water shop,Hyderabad,Asia/Kolkata,04:00,07:00,21:00",
    ]
    assert head["products.csv"][0] == "can_size,name,litres,price,cost"
    assert head["product_prices.csv"][:2] == ["can_size,valid_from,price,cost", "20L,2024-03-04,40.00,18.00"]
    assert head["customers.csv"][0] == "customer_id,joined"
    assert head["visits.csv"][0] == "visit_id,location_id,customer_id,entered,left,group_id"
    raw = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("*.csv")))
    assert b"\r" not in raw
    assert b'"' not in raw


def test_a_name_with_marks_of_the_file_format_is_written_without_them(make, tmp_path):
    shop = Shop(name='Jal, "Point"', currency="JPY")
    world = make(shop=shop, transactions=5, city="Hyderabad, Telangana",
                 can_sizes=[{"litres": 5, "price": 2, "share": 1}])  # fmt: skip
    files.write(world, tmp_path)
    assert "W1,Jal Point,water shop,Hyderabad Telangana," in (tmp_path / "locations.csv").read_text()
    assert (tmp_path / "products.csv").read_text() == "can_size,name,litres,price,cost\n5L,Water can 5 L,5,3,\n"


def test_a_larger_shop_has_more_customers_with_the_same_rhythm(make, usual):
    large, small = make(transactions=60_000), usual(1)
    customers = [world.truth["customers"] for world in (small, large)]
    assert len(customers[1]) == pytest.approx(len(customers[0]) * large.sales / small.sales, rel=0.15)
    a_day = [frame["encounters"].mean() for frame in customers]
    assert a_day[1] == pytest.approx(a_day[0], rel=0.1)
    assert large.sales == 60_000


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("missing_sale_share", "1: no sale is ever written down"),
        ("only_looked_share", "1: no visit ever ends with a sale"),
        ("walked_off_share", "1: no visit ever ends with a sale"),
    ],
)
def test_shares_that_leave_no_sale_are_refused(make, name, found):
    with pytest.raises(ConfigError) as caught:
        make(transactions=1_000, **{name: 1})
    assert str(caught.value) == (
        "These shares cannot give 1,000 sales in the file\n"
        f"  where   simulate.{name}\n"
        f"  found   {found}\n"
        "  wanted  a share below 1, or simulate.transactions: 0\n"
        "  next    lower the share"
    )
    assert make(transactions=0, **{name: 1}).sales == 0
    assert np.isfinite(make(visits_a_day=5, **{name: 1}).takings_minor)
