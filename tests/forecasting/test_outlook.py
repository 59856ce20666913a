"""The whole way from the facts to the declared tables, on good and on odd histories."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.config.stages import Forecasting
from shoplib.contracts import check
from shoplib.forecasting import engine
from shoplib.forecasting.demand_series import ALL, KEYS
from shoplib.forecasting.outlook import outlook

SIMPLE = Forecasting(models=("rolling_mean", "seasonal_naive"), max_series=30)
TABLES = {"forecast": "forecast", "forecast_scores": "scores", "forecast_models": "models", "forecast_said": "said"}


def keeps_its_word(view) -> None:
    """Check the tables against their declarations and the forecast against its own rules."""
    for name, field in TABLES.items():
        check.checked(name, getattr(view, field))
    rows = view.forecast
    assert (rows["expected"] >= 0).all()
    banded = rows[rows["low_80"].notna()]
    order = ["low_95", "low_80", "expected", "high_80", "high_95"]
    assert (np.diff(banded[order].to_numpy(dtype="float64"), axis=1) >= -1e-9).all()
    for one in (view.takings, view.units):
        if one is not None:
            below = one.series.sums @ one.mean[one.series.bottom]
            assert np.abs(below - one.mean).max() < 1e-6 * max(float(one.mean.max()), 1.0)


@pytest.fixture(scope="module")
def view(shop_facts):
    return outlook(shop_facts(140, closed=6), SIMPLE, Shop())


def test_parts_add_up_and_closing_days_stay_closed(view):
    keeps_its_word(view)
    assert view.plan == engine.Plan(139, 28, 28, 3), "the last day is a Sunday"
    assert 6 not in set(view.forecast["business_date"].dt.weekday)
    assert set(view.forecast["level"]) == {"total", "location", "category", "product", "location_product"}
    by_day = view.forecast.groupby(["measure", "level", "business_date"])["expected"].sum()
    pd.testing.assert_series_equal(by_day["gross_sales", "location"], by_day["gross_sales", "total"], check_names=False)


def test_every_series_has_one_used_forecast_and_the_models_behind_it(view):
    used = view.scores[view.scores["chosen"] == "yes"]
    assert set(used["model"]) == {engine.USED}
    assert not used.duplicated(KEYS).any()
    assert len(used) == len(view.takings.series.keys) + len(view.units.series.keys)
    weights = view.models.groupby(KEYS)["weight"].sum()
    assert np.allclose(weights, 1.0)
    assert len(weights) == len(used)


def test_no_series_is_worse_than_the_mark_it_falls_back_to(view):
    rows = view.scores.pivot_table(index=KEYS, columns="model", values="rmsse")
    apart = [*KEYS[:3], "measure"]
    single = rows.reset_index().query("level == 'location_product'").set_index(KEYS)
    assert (view.models["fallback"] == "yes").mean() > 0.5, "the weekday mean is the true law here"
    assert (single[engine.USED] <= single["weekday_mean"] * 1.05).all(), single[[*rows]].groupby(apart).mean()


def test_a_known_law_is_met(shop_facts):
    view = outlook(shop_facts(280, places=1, seed=5), SIMPLE, Shop())
    keeps_its_word(view)
    days = pd.DatetimeIndex(view.forecast.loc[view.forecast["level"] == "total", "business_date"].unique())
    week = np.array([0.7, 0.75, 0.9, 1.0, 1.5, 1.6, 0.8])[days.weekday]
    true = 4.0 * sum(range(1, 7)) * week
    whole = view.forecast[(view.forecast["measure"] == "units") & (view.forecast["level"] == "total")]
    assert np.abs(whole["expected"].to_numpy() / true - 1).max() < 0.25
    assert view.units.whole["low_95"].iloc[0] < true.sum() < view.units.whole["high_95"].iloc[0]


def test_the_default_choice_gives_whole_tables(shop_facts):
    view = outlook(shop_facts(120, places=1), Forecasting(max_series=12, windows=2), Shop())
    keeps_its_word(view)
    assert len(view.takings.series.keys) + len(view.units.series.keys) <= 12
    assert len(view.takings.trials.cutoffs) == 2
    assert {"weekday_mean", engine.USED} < set(view.takings.trials.said)


@pytest.mark.parametrize(
    ("days", "kind", "horizon"),
    [
        (1, "none", 0),
        (9, "none", 0),
        (15, "untested", 7),
        (25, "shortened", 7),
        (60, "shortened", 21),
        (90, "as asked", 28),
    ],
)
def test_short_histories_shorten_the_horizon(shop_facts, days, kind, horizon):
    view = outlook(shop_facts(days), SIMPLE, Shop())
    keeps_its_word(view)
    assert (view.plan.kind, view.plan.horizon_days) == (kind, horizon)
    assert view.forecast.empty == (horizon == 0)
    assert view.forecast["low_80"].isna().all() == (view.plan.windows == 0)


@pytest.mark.parametrize(
    "units",
    [
        {"A": [5.0] * 90},
        {"A": [5.0] * 90, "B": [None] * 80 + [3.0] * 10},
        {"A": [9.0 if at % 7 == 3 else None for at in range(120)]},
        {"A": [100.0 if at < 40 else None for at in range(100)], "B": [5.0 + at % 3 for at in range(100)]},
        {"A": [5.0 + at % 3 if at % 11 else None for at in range(100)]},
        {"A": [None] * 60 + [0.25] + [None] * 20 + [7.5] * 20},
    ],
    ids=["constant", "a new place", "Thursdays only", "a closed place", "missing days", "a late start"],
)
def test_odd_histories_give_true_tables(sales_of, units):
    rows = [
        (pd.Timestamp("2024-01-01") + pd.Timedelta(days=at), place, "bread", value)
        for place, values in units.items() for at, value in enumerate(values) if value is not None
    ]  # fmt: skip
    view = outlook(sales_of(pd.DataFrame(rows, columns=["day", "location_id", "product_id", "units"])), SIMPLE, Shop())
    keeps_its_word(view)
    assert view.forecast.empty == (view.takings is None)


def test_no_rows_give_empty_tables(no_facts):
    view = outlook(no_facts, SIMPLE, Shop())
    keeps_its_word(view)
    assert (view.plan.kind, view.takings, view.units, view.shops.left_out) == ("none", None, None, ())


def test_takings_without_lines_are_forecast_alone(shop_facts, no_facts):
    view = outlook(shop_facts(90) | {"transaction_items": no_facts["transaction_items"]}, SIMPLE, Shop())
    keeps_its_word(view)
    assert view.units is None
    assert set(view.forecast["measure"]) == {"gross_sales"}


def test_order_of_rows_does_not_matter(shop_facts):
    facts = shop_facts(80)
    mixed = {name: table.sample(frac=1, random_state=2) for name, table in facts.items()}
    one, two = outlook(facts, SIMPLE, Shop()), outlook(mixed, SIMPLE, Shop())
    for field in TABLES.values():
        pd.testing.assert_frame_equal(getattr(one, field), getattr(two, field))


def test_series_stay_within_their_number_and_still_add_up(shop_facts):
    for most in (10, 14, 25):
        settings = Forecasting(models=("rolling_mean",), max_series=most)
        view = outlook(shop_facts(90, places=5), settings, Shop())
        keeps_its_word(view)
        assert len(view.takings.series.keys) + len(view.units.series.keys) <= most
        sold = view.takings.series.sold[0]
        assert np.nansum(sold) == view.goods.pairs["value"].sum()
        assert np.nansum(view.units.series.sold[0]) == pytest.approx(view.goods.pairs["units"].sum())


def test_what_was_said_earlier_is_set_beside_what_came(shop_facts):
    facts = shop_facts(120)
    early = dict(facts)
    cut = pd.Timestamp("2024-04-09")
    early["sales_daily"] = facts["sales_daily"][facts["sales_daily"]["business_date"] <= cut]
    before = outlook(early, SIMPLE, Shop())
    view = outlook(facts, SIMPLE, Shop(), before.forecast.assign(said_on=cut))
    keeps_its_word(view)
    kept = view.said[view.said["kept"] == "yes"]
    assert set(kept["said_on"]) == {cut}
    assert kept["business_date"].between("2024-04-10", "2024-04-29").all()
    mine = kept[(kept["level"] == "total") & (kept["measure"] == "gross_sales")].set_index("business_date")
    came = facts["sales_daily"].groupby("business_date")["gross_sales_minor"].sum()
    pd.testing.assert_series_equal(mine["found"], came.loc[mine.index].astype("float64"), check_names=False)
    assert (view.said["kept"] == "no").any()
    assert (view.said["location_id"] == ALL).any()
