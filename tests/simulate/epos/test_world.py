"""A simulated world keeps its promises: exact counts, shares and sums, real references, open hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.errors import ConfigError
from shoplib.simulate.epos import chain
from shoplib.simulate.epos import world as epos
from shoplib.simulate.epos.menu import NAMES
from shoplib.simulate.epos.sales import Seller
from shoplib.simulate.world import World

SHOP = Shop()
Year = Callable[[int], World]
Check = Callable[..., None]
NIGHTS = ((dt.date(2024, 3, 30), "2024-03-31"), (dt.date(2024, 10, 26), "2024-10-27"))


@pytest.mark.parametrize("seed", [1, 2, 20240101])
def test_a_year_is_whole(seed: int, year: Year, assert_whole: Check) -> None:
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
    numbers = draw(st.tuples(*[st.integers(0, 3)] * 4).filter(any))
    refunded = draw(st.sampled_from([0.0, 0.05, 0.5]))
    cash = draw(st.sampled_from([0.0, 0.15, 1.0]))
    return EposWorld(
        transactions=draw(st.integers(0, 300)),
        start=start,
        end=start + dt.timedelta(days=draw(st.integers(0, 500))),
        restaurants=numbers[0],
        bars=numbers[1],
        pubs=numbers[2],
        cafes=numbers[3],
        categories=draw(st.sampled_from([None, ("Beer", "Sides"), ("Hot Beverages",)])),
        dispersion=draw(st.sampled_from([0.0, 0.05, 3.0])),
        products=draw(st.integers(10, 200)),
        employees=draw(st.integers(1, 30)),
        opens=draw(st.times().map(lambda time: time.replace(second=0, microsecond=0))),
        closes=draw(st.times().map(lambda time: time.replace(second=0, microsecond=0))),
        status_shares={"completed": 1 - refunded - 0.03, "refunded": refunded, "error": 0.01, "void": 0.02},
        payment_shares={"credit_card": 1 - cash, "cash": cash},
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=worlds(), seed=st.integers(0, 2**31), block=st.sampled_from([10**6, 40]))
def test_any_world_is_whole(asked: EposWorld, seed: int, block: int, assert_whole: Check) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(chain, "BLOCK", block)
        world = epos.world(asked, SHOP, seed)
    assert_whole(world, asked, blocks=block < asked.transactions)
    completed = world.tables["transactions"].loc[world.tables["transactions"]["transaction_status"] == "completed"]
    if len(completed) and block > asked.transactions:
        target = asked.target_revenue * asked.transactions / 1_000
        assert completed["total_amount_minor"].sum() == pytest.approx(target, rel=0.01)


@pytest.mark.parametrize("transactions", [1, 50, 2_000, 20_000])
@pytest.mark.parametrize("target", [800_000, 3_090_000, 9_000_000])
def test_takings_meet_the_target_within_one_per_cent(transactions: int, target: float) -> None:
    asked = EposWorld(transactions=transactions, target_revenue=target)
    sales = epos.world(asked, SHOP, 5).tables["transactions"]
    taken = sales.loc[sales["transaction_status"] == "completed", "total_amount_minor"].sum()
    assert taken == pytest.approx(target * transactions / 1_000, rel=0.01)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_world_of_several_blocks_meets_its_target_on_average_prices(
    seed: int, monkeypatch: pytest.MonkeyPatch, year: Year, assert_whole: Check
) -> None:
    monkeypatch.setattr(chain, "BLOCK", 20_000)
    asked = EposWorld(transactions=60_000, cafes=1)
    world = epos.world(asked, SHOP, seed)
    assert_whole(world, asked, blocks=True)
    assert world.takings_minor == pytest.approx(3_090_000 * 60, rel=0.01)
    sales = world.tables["transactions"]
    assert sales["refund_of"].notna().sum() >= 2_985
    assert len(sales.columns) == len(year(1).tables["transactions"].columns)
    rolls = sales.groupby("device_id", observed=True)["transaction_number"]
    for _, numbers in rolls:  # each till counts on, from block to block
        steps = np.diff(numbers.astype(int).to_numpy())
        assert set(steps.tolist()) <= {1, -9_999}


def test_units_to_be_expected_are_those_that_are_drawn() -> None:
    asked = EposWorld(transactions=60_000, cafes=1, start=dt.date(2024, 9, 1), end=dt.date(2024, 11, 30))
    made = chain.chain(asked, SHOP, 4)
    seller = Seller(made)
    sold, expected = seller.sold(seller.drawn(0)), made.expected()
    assert sold.shape == expected.shape
    assert sold.sum() == pytest.approx(expected.sum(), rel=0.01)
    often = expected > 400
    assert often.sum() > 50
    assert np.abs(sold[often] / expected[often] - 1).mean() < 0.07


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


def test_no_transactions_give_empty_frames_with_their_columns(year: Year) -> None:
    world = epos.world(EposWorld(transactions=0), SHOP, 1)
    assert len(world.tables["transactions"]) == len(world.tables["items"]) == 0
    assert list(world.tables["transactions"]) == list(year(1).tables["transactions"])
    assert list(world.tables["items"]) == list(year(1).tables["items"])
    assert len(world.tables["products"]) == 150


def test_one_day_at_one_place_on_christmas_day_still_trades(assert_whole: Check) -> None:
    day = dt.date(2024, 12, 25)
    asked = EposWorld(transactions=200, start=day, end=day, restaurants=0, bars=0, pubs=1, employees=1)
    world = epos.world(asked, SHOP, 3)
    assert_whole(world, asked)
    assert len(world.truth["closed_days"]) == len(world.truth["anomalies"]) == len(world.truth["price_changes"]) == 0


@pytest.mark.parametrize(("night", "change"), NIGHTS)
@pytest.mark.parametrize(
    ("opens", "closes"), [("18:00", "03:00"), ("01:10", "03:00"), ("20:00", "01:30"), ("00:10", "02:00")]
)
def test_a_night_on_which_the_clocks_change(
    night: dt.date, change: str, opens: str, closes: str, assert_whole: Check
) -> None:
    asked = EposWorld(
        transactions=2_500, start=night - dt.timedelta(1), end=night + dt.timedelta(2), restaurants=0, pubs=0,
        opens=dt.time.fromisoformat(opens), closes=dt.time.fromisoformat(closes),
    )  # fmt: skip
    world = epos.world(asked, SHOP, 1)
    assert_whole(world, asked)
    sales = world.tables["transactions"]
    assert sales["timestamp"].dt.tz_localize(SHOP.timezone, ambiguous=np.ones(len(sales), dtype=bool)).notna().all()
    opened = pd.Timedelta(f"{opens}:00")
    day = (sales["timestamp"] - opened).dt.normalize()
    by_hour = sales.groupby([sales["location_id"].astype(str), day, sales["timestamp"].dt.hour]).size()
    by_day = by_hour.groupby(level=[0, 1]).sum()
    told = world.truth["demand"].query("transactions > 0").set_index(["location_id", "date"])["transactions"]
    assert by_day.to_dict() == told.to_dict()
    after = sales["timestamp"].between(pd.Timestamp(f"{change} 01:00"), pd.Timestamp(f"{change} 01:59:59"))
    assert after.any() == change.startswith("2024-10")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"start": "2024-02-01", "end": "2024-01-31"}, "end 2024-01-31 is before start 2024-02-01"),
        (
            {"status_shares": {"completed": 0.9}},
            "status_shares add up to 0.9, not to 1; name every share, for they replace the defaults",
        ),
        (
            {"payment_shares": {"cash": 0.6, "mobile": 0.6}},
            "payment_shares add up to 1.2, not to 1; name every share, for they replace the defaults",
        ),
        ({"restaurants": 0, "bars": 0, "pubs": 0}, "a world needs at least one location"),
        ({"categories": ["Sandwiches"]}, "Input should be 'Beer'"),
        ({"transactions": -1}, "greater than or equal to 0"),
    ],
)
def test_worlds_that_cannot_be_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        EposWorld.model_validate(wrong)


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
