"""A world of branches keeps its promises: exact counts, sums, hours, shares, and the truth that was planted."""

from __future__ import annotations

import datetime as dt
import io
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplib.config.models import Shop
from shoplib.config.worlds import Assortment, BranchWorld
from shoplib.errors import ConfigError
from shoplib.simulate import calendar
from shoplib.simulate.branch import calendar as year
from shoplib.simulate.branch.colours import planted
from shoplib.simulate.branch.world import world
from shoplib.simulate.world import World

SHOP = Shop(currency="IDR", timezone="Asia/Jakarta")
GOOD_POST = {"late_share": 0.0, "twice_share": 0.0, "garbled_share": 0.0}
COLUMNS = [
    "date", "time", "receipt", "branch", "sku", "product", "colour", "size", "quantity", "price", "total", "payment",
]  # fmt: skip


@cache
def half_year(seed: int) -> World:
    """The default half year, every file in order."""
    return world(BranchWorld(**GOOD_POST), SHOP, seed)


@cache
def long_world(seed: int) -> World:
    """Many receipts over a whole year: what is rare shows."""
    asked = BranchWorld(transactions=120_000, start=dt.date(2024, 1, 1), branches=("A", "B"), **GOOD_POST)
    return world(asked, SHOP, seed)


def rows(made: World) -> pd.DataFrame:
    """Return the rows of every file of a world without faults."""
    bodies = [text.split(b"\n", 1)[1] for text in made.texts.values()]
    kinds = {"quantity": "int64", "price": "float64", "total": "float64"}
    whole = ",".join(COLUMNS).encode() + b"\n" + b"".join(bodies)
    return pd.read_csv(io.BytesIO(whole), dtype={**dict.fromkeys(COLUMNS, str), **kinds}, keep_default_na=False)


def assert_whole(made: World, asked: BranchWorld) -> None:
    """Assert everything that holds in any world whose files all came in order."""
    sold = rows(made)
    assert list(sold) == COLUMNS
    assert sold["receipt"].nunique() == made.sales == asked.transactions
    assert (sold["quantity"] * sold["price"]).round(2).tolist() == sold["total"].round(2).tolist()
    assert round(sold["total"].sum() * 100) == made.takings_minor
    assert not sold.duplicated(["receipt", "sku", "colour", "size"]).any()
    if len(sold):
        assert sold.groupby("receipt").size().between(1, 4).all()
    one = sold.drop_duplicates("receipt")
    same = sold.groupby("receipt")[["date", "time", "branch", "payment"]].nunique()
    assert (same == 1).all(axis=None)
    clock = pd.to_timedelta(one["time"] + ":00")
    opens, closes = (pd.Timedelta(hours=at.hour, minutes=at.minute) for at in (asked.opens, asked.closes))
    assert clock.between(opens, closes, inclusive="left").all()
    assert pd.to_datetime(one["date"]).between(pd.Timestamp(asked.start), pd.Timestamp(asked.end)).all()
    products = made.tables["products"].set_index("product_id")["product_name"]
    assert (sold["sku"].map(products) == sold["product"]).all()
    assert set(sold["colour"]) <= set(asked.colours)
    assert set(sold["size"]) <= set(asked.sizes)
    truth = made.truth["receipts"]
    assert truth["receipts"].sum() == made.sales
    assert truth["rows"].sum() == len(sold)
    assert truth["money_minor"].sum() == made.takings_minor
    for file, text in made.texts.items():
        branch, day = file.removeprefix("inbox/").removesuffix(".csv").rsplit("_", 1)
        assert text.startswith(",".join(COLUMNS).encode() + b"\n")
        cells = [line.split(",") for line in text.decode().splitlines()[1:]]
        assert {row[3] for row in cells} == {branch}
        assert day in {row[0] for row in cells}
        assert all(len(row) == len(COLUMNS) for row in cells)


@st.composite
def worlds(draw: st.DrawFn) -> BranchWorld:
    start = draw(st.dates(dt.date(2022, 1, 1), dt.date(2026, 12, 1)))
    opens = draw(st.integers(4 * 60, 22 * 60))
    closes = draw(st.integers(opens + 1, 24 * 60 - 1))
    first = draw(st.sampled_from([0.0, 0.4, 1.0]))
    return BranchWorld(
        transactions=draw(st.integers(0, 200)),
        start=start,
        end=start + dt.timedelta(days=draw(st.integers(0, 90))),
        branches=tuple(draw(st.lists(st.sampled_from(["Ubud", "Kuta 2", "Łódź", "C-4"]), min_size=1, unique=True))),
        colours={"black": first, "white": 1 - first},
        sizes=draw(st.sampled_from([{"S": 0.5, "M": 0.5}, {"one size": 1.0}])),
        opens=dt.time(opens // 60, opens % 60),
        closes=dt.time(closes // 60, closes % 60),
        dispersion=draw(st.sampled_from([0.0, 0.3, 3.0])),
        **GOOD_POST,
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=worlds(), seed=st.integers(0, 2**31), currency=st.sampled_from(["IDR", "GBP"]))
def test_any_world_is_whole(asked: BranchWorld, seed: int, currency: str) -> None:
    assert_whole(world(asked, Shop(currency=currency), seed), asked)


@pytest.mark.parametrize("transactions", [0, 1])
def test_tiny_worlds_are_well_formed(transactions: int) -> None:
    asked = BranchWorld(transactions=transactions)
    made = world(asked, SHOP, 1)
    assert len(made.texts) <= transactions
    assert made.sales == transactions
    assert len(made.tables["products"]) == 36
    for name, frame in made.truth.items():
        assert list(frame) == list(half_year(1).truth[name])


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    asked = BranchWorld(transactions=800)
    first, again, other = (world(asked, SHOP, seed) for seed in (1, 1, 2))
    assert first.texts == again.texts
    assert list(first.texts) == list(again.texts)
    for name in first.truth:
        pd.testing.assert_frame_equal(first.truth[name], again.truth[name])
    assert first.texts != other.texts


def test_shares_of_colours_and_sizes_are_near_those_asked_for() -> None:
    shares = half_year(3).shares.set_index(["what", "value"])
    for what in ("colour", "size"):
        part = shares.loc[what]
        assert part["made"].sum() == pytest.approx(1)
        assert part["made"].to_numpy() == pytest.approx(part["asked"].to_numpy(), abs=0.01)


@pytest.mark.parametrize("seed", range(6))
def test_planted_colours_add_up_and_meet_the_shares_over_all(seed: int) -> None:
    asked = {"a": 0.5, "b": 0.3, "c": 0.2, "d": 0.0}
    trade = np.random.default_rng(seed).uniform(1, 5, (3, 4))
    share = planted(asked, trade, seed)
    assert share.shape == (3, 4, 4)
    assert share.sum(axis=2) == pytest.approx(np.ones((3, 4)))
    overall = (share * trade[:, :, None]).sum(axis=(0, 1)) / trade.sum()
    assert overall == pytest.approx(np.array(list(asked.values())), abs=1e-6)
    moved = share[:, -1].mean(axis=0) - share[:, 0].mean(axis=0)
    assert moved.max() > 0.1
    assert moved.min() < -0.1


def test_one_colour_or_one_month_has_no_trend() -> None:
    assert planted({"a": 1.0}, np.ones((2, 5)), 1) == pytest.approx(np.ones((2, 5, 1)))
    assert planted({"a": 0.7, "b": 0.3}, np.ones((1, 1)), 1)[0, 0] == pytest.approx([0.7, 0.3])


def test_colours_sold_follow_what_was_planted_by_branch_and_month() -> None:
    found = long_world(1).truth["favourite_colours"]
    found = found.assign(all=found.groupby(["branch", "month"])["units"].transform("sum"))
    error = (found["units"] / found["all"] - found["share"]) / np.sqrt(found["share"] / found["all"])
    assert error.abs().max() < 5.5
    favourite = found.pivot_table(index="branch", columns="colour", values="units", aggfunc="sum").idxmax(axis=1)
    assert set(favourite) <= {"black", "navy", "white"}


def test_demand_of_a_product_is_over_dispersed_as_asked() -> None:
    sold = rows(long_world(2))
    sold = sold[sold["sku"].isin([f"P{number:03d}" for number in (1, 2, 3, 10, 11, 17)])]
    daily = sold.pivot_table(index=["branch", "sku"], columns="date", values="total", aggfunc="size", fill_value=0)
    demand = long_world(2).truth["demand"]
    plain = demand[(demand["factor"] == 1) & (demand["expected_receipts"] > 0)]
    level = plain.pivot_table(index="branch", columns="date", values="receipts")
    level.columns = level.columns.strftime("%Y-%m-%d")
    daily, level = daily[level.columns], level.loc[daily.index.get_level_values("branch")].to_numpy()
    share = daily.sum(axis=1).to_numpy() / np.nansum(level, axis=1)
    mean = share[:, None] * level
    count = np.where(np.isnan(level), np.nan, daily.to_numpy())
    found = np.nansum((count - mean) ** 2 - mean) / np.nansum(mean**2)
    assert 0.2 < found < 0.45


def test_lebaran_is_the_height_of_the_year_and_its_first_day_is_closed() -> None:
    daily = long_world(1).truth["receipts"].groupby("business_date")["receipts"].sum()
    assert pd.Timestamp(2024, 4, 10) not in daily.index
    week_before = daily["2024-04-03":"2024-04-09"].mean()
    assert week_before > 1.6 * daily["2024-06-01":"2024-06-14"].mean()
    assert daily["2024-04-11":"2024-04-17"].mean() < 0.8 * daily["2024-06-01":"2024-06-14"].mean()
    alone = BranchWorld(transactions=30, start=dt.date(2024, 4, 10), end=dt.date(2024, 4, 10))
    assert world(alone, SHOP, 1).sales == 30


def test_paydays_and_weekends_sell_more() -> None:
    when = calendar.days(dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    level = pd.Series(year.level(when), index=pd.DatetimeIndex(when.dates))
    july = level["2023-07-03":"2023-07-30"]
    assert july[july.index.weekday >= 5].mean() > 1.3 * july[july.index.weekday < 4].mean()
    assert level["2023-07-25"] / level["2023-07-11"] == pytest.approx(1.2)
    assert level["2023-12-12"] > 1.4 * level["2023-12-05"]


@pytest.mark.parametrize("seed", [1, 2])
def test_planted_days_stand_out_of_the_noise(seed: int) -> None:
    odd = long_world(seed).truth["anomalies"]
    assert len(odd) == 4
    ratio = odd["receipts"] / odd["expected_receipts"]
    assert ratio.to_numpy() == pytest.approx(odd["factor"].to_numpy(), rel=0.4)
    assert ((odd["factor"] < 0.5) | (odd["factor"] > 1.6)).all()


def test_slow_sellers_sell_far_below_their_category() -> None:
    made = half_year(1)
    units = rows(made).groupby("sku")["quantity"].sum()
    products = made.tables["products"].set_index("product_id").assign(units=units).fillna({"units": 0})
    median = products.groupby("product_category")["units"].median()
    slow = made.truth["slow_sellers"]
    assert len(slow) >= 1
    assert (slow["units"].to_numpy() == products.loc[slow["product_id"], "units"].to_numpy()).all()
    assert (slow["units"].to_numpy() < 0.4 * products.loc[slow["product_id"], "product_category"].map(median)).all()


def test_price_changes_are_what_the_files_and_the_price_list_show() -> None:
    made = half_year(1)
    sold, changes = rows(made), made.truth["price_changes"]
    assert 5 <= len(changes) <= 9
    assert (changes["date"].dt.weekday == 0).all()
    for change in changes.itertuples():
        of_product = sold[sold["sku"] == change.product_id]
        before = pd.to_datetime(of_product["date"]) < change.date
        assert set(of_product.loc[before, "price"] * 100) <= {change.price_before_minor}
        assert set(of_product.loc[~before, "price"] * 100) <= {change.price_after_minor}
    listed = made.tables["product_prices"]
    assert len(listed) == 36 + len(changes)
    last = listed.groupby("product_id").last()["unit_price_minor"]
    assert last.tolist() == made.tables["products"]["unit_price_minor"].tolist()
    assert (listed["unit_cost_minor"] < listed["unit_price_minor"]).all()
    assert (listed["unit_price_minor"] % 100_000 == 0).all()


def test_planted_pairs_are_bought_together_more_often_than_chance() -> None:
    made = half_year(1)
    baskets = pd.crosstab(rows(made)["receipt"], rows(made)["sku"]) > 0
    several = baskets[baskets.sum(axis=1) > 1]
    assert len(made.truth["pairs"]) == 3
    for pair in made.truth["pairs"].itertuples():
        both = (several[pair.product_id] & several[pair.companion_id]).mean()
        assert both > 1.3 * several[pair.product_id].mean() * several[pair.companion_id].mean()


def test_goods_of_ones_own_sell_on_their_days_of_the_year() -> None:
    asked = BranchWorld(
        transactions=4_000, end=dt.date(2024, 8, 31), branches=("Only",), **GOOD_POST,
        assortment={
            "Flags": Assortment(products=("Flag",), price=(50, 50), peak_days={"08-17": 30}),
            "Hats": Assortment(products=("Cap", "Beret"), price=(20, 90)),
        },
    )  # fmt: skip
    sold = rows(world(asked, SHOP, 1))
    by_day = sold.pivot_table(index="date", columns="product", values="total", aggfunc="size", fill_value=0)
    share = by_day["Flag"] / by_day.sum(axis=1)
    assert share["2024-08-17"] > 0.85
    assert share.drop("2024-08-17").mean() < 0.65
    assert by_day.sum(axis=1).idxmax() == "2024-08-17"
    assert set(sold.loc[sold["product"] == "Flag", "price"]) <= {50, 46, 47, 44, 43, 53, 54, 55, 56, 57}


REFUSED = {
    "colours": (
        {"colours": {"black": 0.5, "white": 0.4}},
        "colours add up to 0.9, not to 1; name every share, for they replace the defaults",
    ),
    "sizes": (
        {"sizes": {"S": 0.5, "M": 0.6}},
        "sizes add up to 1.1, not to 1; name every share, for they replace the defaults",
    ),
    "branch twice": ({"branches": ("Dago", "dago")}, "branch 'Dago' stands twice in branches"),
    "file name": (
        {"branches": ("A/B",)},
        "branch 'A/B' is part of file names: letters, digits, blanks and hyphens only",
    ),
    "end": (
        {"start": dt.date(2024, 5, 1), "end": dt.date(2024, 4, 1)},
        "end 2024-04-01 is before start 2024-05-01",
    ),
    "hours": ({"opens": dt.time(21), "closes": dt.time(9)}, "closes 09:00 is not after opens 21:00"),
    "comma": (
        {"colours": {"black, matt": 1.0}},
        "'black, matt' stands in a file without quotation marks: no comma, mark, line end or outer blank in it",
    ),
    "post": ({"twice_share": 0.6, "garbled_share": 0.5}, "twice_share and garbled_share add up to more than 1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_settings_that_cannot_be_are_refused(case: str) -> None:
    given_, said = REFUSED[case]
    with pytest.raises(ValueError, match=r"Value error, ") as caught:
        BranchWorld(**given_)
    assert caught.value.errors()[0]["msg"] == f"Value error, {said}"


def test_branches_that_open_before_the_business_day_are_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        world(BranchWorld(opens=dt.time(3)), SHOP, 1)
    assert str(caught.value) == (
        "The branches open before the business day begins\n"
        "  where   simulate.opens\n"
        "  found   03:00\n"
        "  wanted  04:00 (shop.day_start) or later\n"
        "  next    open later, or begin the business day earlier"
    )
