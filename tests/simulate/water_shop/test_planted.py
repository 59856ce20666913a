"""What was planted comes out: shares and noise as asked, and truth that the raw files alone give back."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from shoplib.simulate.world import World

SEEDS = (1, 2, 20240101)


def minutes(times: pd.Series) -> pd.Series:
    return (times - times.dt.normalize()).dt.total_seconds() / 60


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_come_out_within_half_a_point(usual, seed):
    shares = usual(seed).shares
    assert len(shares) == 16
    assert ((shares["made"] - shares["asked"]).abs() < 0.005).all(), shares


@pytest.mark.parametrize("seed", SEEDS)
def test_noise_is_as_asked_when_counted_in_the_truth(usual, seed):
    truth = usual(seed).truth
    visits, sales = truth["visits"], truth["sales"]
    assert (~visits["seen"]).mean() == pytest.approx(0.05, abs=0.001)
    assert (~sales["written"]).mean() == pytest.approx(0.03, abs=0.001)
    assert sales["walk_in"].mean() == pytest.approx(0.10, abs=0.001)
    assert visits["group_id"].notna().mean() == pytest.approx(0.10, abs=0.005)
    assert (visits["outcome"] == "only_looked").mean() == pytest.approx(0.12, abs=0.005)
    taking = visits[visits["outcome"] != "only_looked"]
    assert (taking["outcome"] == "walked_off").mean() == pytest.approx(0.02, abs=0.004)
    covered = visits["true_sale_id"].notna() & ~visits["pays"]
    assert covered.sum() > 0.2 * visits["group_id"].notna().sum()
    stays = (visits["left"] - visits["entered"]).dt.total_seconds()
    assert stays.between(60, 360).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_clock_offset_of_a_day_can_be_recovered_from_the_two_logs(usual, seed):
    """Sales of a customer seen once on a day, less the time from coming in; the usual delay is known only roughly."""
    world = usual(seed)
    sales = (
        world.tables["transactions"].dropna(subset="customer_id").assign(date=lambda f: f["timestamp"].dt.normalize())
    )
    visits = world.tables["visits"].dropna(subset="customer_id").assign(date=lambda f: f["entered"].dt.normalize())
    met = sales.merge(visits, on=["customer_id", "date"])
    middle = met["entered"] + (met["left"] - met["entered"]) * 0.675
    apart = (met["timestamp"] - middle).dt.total_seconds()
    near = apart.abs() < 600
    found = apart[near].groupby(met["date"][near]).median()
    planted = world.truth["clock_offsets"].set_index("date")["offset_s"].reindex(found.index)
    assert len(found) == 54
    assert planted.abs().max() <= 180
    assert planted.std() > 60
    assert (found - planted).abs().median() < 10
    assert (found - planted).abs().max() < 45


def test_till_times_are_true_times_by_a_wrong_clock(usual):
    world = usual(1)
    truth = world.truth["sales"].dropna(subset="transaction_id").set_index("transaction_id")
    rows = world.tables["transactions"].set_index("transaction_id")
    off = (rows["timestamp"] - truth.loc[rows.index, "sold_at"]).dt.total_seconds()
    planted = truth.loc[rows.index, "date"].map(world.truth["clock_offsets"].set_index("date")["offset_s"])
    jitter = off - planted
    assert jitter.abs().max() <= 10
    assert jitter.std() == pytest.approx(3, abs=0.3)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_one_price_change_shows_in_the_file(usual, seed):
    world = usual(seed)
    (change,) = world.truth["price_changes"].itertuples()
    assert change.date.weekday() == 0
    assert abs((change.date - pd.Timestamp(2024, 4, 1)).days) <= 7
    assert change.price_after_minor % 100 == 0
    assert 1.05 < change.price_after_minor / change.price_before_minor < 1.3
    rows = world.tables["transactions"]
    price = rows["amount_minor"] / rows["number_of_cans"]
    changed, late = rows["can_size"] == change.can_size, rows["timestamp"] >= change.date
    assert set(price[changed & ~late]) == {change.price_before_minor}
    assert set(price[changed & late]) == {change.price_after_minor}
    assert len(set(price[~changed])) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_those_who_stop_are_never_met_again(usual, seed):
    world = usual(seed)
    gone, customers = world.truth["churn"], world.truth["customers"]
    regular = customers["kind"].isin(["household", "business"]).sum()
    assert len(gone) == round(0.12 * regular)
    assert (gone["last_date"].dropna() < gone["stops_date"][gone["last_date"].notna()]).all()
    met = pd.concat([world.truth["visits"], world.truth["sales"]])
    last = met.dropna(subset="customer_id").groupby("customer_id")["date"].max().reindex(gone["customer_id"])
    assert last.reset_index(drop=True).equals(gone["last_date"].astype(last.dtype).rename("date"))
    new = customers[customers["joins_date"].notna()]
    first = met.dropna(subset="customer_id").groupby("customer_id")["date"].min().reindex(new["customer_id"])
    come = first.notna().to_numpy()
    assert (first[come].to_numpy() >= new["joins_date"][come].to_numpy()).all()
    joined = world.tables["customers"].set_index("customer_id")["joined"]
    assert (joined.loc[new["customer_id"]].to_numpy() == new["joins_date"].to_numpy()).all()
    assert (joined.drop(new["customer_id"]) < pd.Timestamp(2024, 3, 4)).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_customers_keep_their_rhythm(usual, seed):
    customers = usual(seed).truth["customers"]
    steady = customers[customers["joins_date"].isna() & customers["stops_date"].isna() & (customers["encounters"] > 0)]
    made = 54 / steady["encounters"]
    assert np.corrcoef(made, steady["interval_days"])[0, 1] > 0.85
    by_kind = made.groupby(steady["kind"], observed=True).median()
    assert by_kind["business"] < by_kind["household"] < by_kind["occasional"]
    assert by_kind["household"] == pytest.approx(2.7, rel=0.25)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_few_customers_do_not_pay_again_and_again(usual, seed):
    truth = usual(seed).truth
    few = truth["non_payers"]
    often = few[few["encounters"] >= 10]
    assert 2 <= len(few) <= 0.05 * len(truth["customers"])
    assert often["not_paid"].sum() / often["encounters"].sum() > 0.2
    unpaid = truth["unpaid_visits"]["customer_id"].value_counts()
    honest = unpaid.drop(few["customer_id"], errors="ignore")
    assert honest.sum() / len(truth["customers"]) < 2


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_days_stand_out(usual, seed):
    world = usual(seed)
    planted = world.truth["anomalies"]
    days = planted[planted["factor"] != 1]
    assert len(days) == 3
    assert (np.sign(days["visits"] / days["expected_visits"] - 1) == np.sign(days["factor"] - 1)).all()
    (outage,) = planted.loc[planted["factor"] == 1, "date"]
    rows = world.tables["transactions"]
    that_day = rows[rows["timestamp"].dt.normalize() == outage]
    assert len(that_day) > 40
    assert (that_day["payment_mode"] != "UPI").all()
    shut = world.truth["closed_days"]["date"]
    assert len(shut) == 2
    assert not rows["timestamp"].dt.normalize().isin(shut).any()
    assert not world.tables["visits"]["entered"].dt.normalize().isin(shut).any()


def test_footfall_is_over_dispersed(make):
    plain, noisy = (
        make(dispersion=found, end=dt.date(2025, 3, 3), visits_a_day=60).truth["demand"] for found in (0.0, 0.2)
    )

    def index(days: pd.DataFrame) -> float:
        usual = days[days["open"] & (days["factor"] == 1)]
        level = usual["visits"].sum() * usual["expected_visits"] / usual["expected_visits"].sum()
        return float(((usual["visits"] - level) ** 2 / level).mean())

    assert index(plain) == pytest.approx(1.1, abs=0.25)  # groups make a little more than 1
    assert index(noisy) == pytest.approx(1.1 + 0.2 * 60, rel=0.3)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_day_has_two_peaks_and_an_idle_noon(usual, seed):
    visits = usual(seed).tables["visits"]
    hour = visits["entered"].dt.hour.value_counts()
    assert hour[[8, 9]].mean() > 3 * hour[[13, 14]].mean()
    assert hour[[18, 19]].mean() > 2.5 * hour[[13, 14]].mean()
    doors = usual(seed).truth["open_close"]
    for side, about in (("opened", 7 * 60), ("closed", 21 * 60)):
        off = minutes(doors[side]) - about
        assert off.abs().max() <= 20
        assert 2 < off.std() < 12


@pytest.mark.parametrize("seed", SEEDS)
def test_coins_are_for_small_amounts_and_upi_grows(usual, seed):
    rows = usual(seed).tables["transactions"]
    rows = rows[rows["payment_status"] == "paid"]
    amount = rows.groupby("payment_mode", observed=True)["amount_minor"].mean()
    assert amount["Coins"] < 0.8 * min(amount["Cash"], amount["UPI"])
    upi = rows["payment_mode"] == "UPI"
    assert upi.tail(2_000).mean() > upi.head(2_000).mean() + 0.03


def test_heat_brings_people(make):
    days = make(end=dt.date(2025, 3, 3)).truth["demand"]
    usual = days[days["open"] & ~days["holiday"] & (days["factor"] == 1)]
    assert np.corrcoef(usual["temperature_c"], usual["visits"])[0, 1] > 0.5
    month = days.groupby(days["date"].dt.month)["temperature_c"].mean()
    assert month.idxmax() in (4, 5)
    assert month.max() - month.min() > 8


def longest(world: World) -> int:
    return int(world.tables["transactions"]["number_of_cans"].max())


def test_businesses_take_more_cans_and_rest_on_sundays(usual):
    world = usual(1)
    sales = world.truth["sales"].merge(world.truth["customers"][["customer_id", "kind"]], on="customer_id")
    cans = sales.groupby("kind", observed=True)["number_of_cans"].mean()
    assert cans["business"] > 1.5 * cans["household"]
    business = sales[sales["kind"] == "business"]["date"].dt.weekday.value_counts(normalize=True)
    assert business.get(6, 0) < 0.03
    assert longest(world) < 20
