"""What is said about a forecast."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.config.stages import Forecasting
from shoplib.forecasting.monitor.data import Day
from shoplib.forecasting.outlook import outlook
from shoplib.forecasting.telling import expected, league, parts, plain, record, slowly, tomorrow, zeros

SIMPLE = Forecasting(models=("rolling_mean", "seasonal_naive"), max_series=30)


@pytest.fixture(scope="module")
def view(shop_facts):
    return outlook(shop_facts(140), SIMPLE, Shop())


def test_the_headline_tells_sum_band_and_error(view):
    shop, whole = Shop(), view.takings.whole.iloc[0]
    score = view.score(view.takings.series)
    assert expected.sentences(view, shop)[0] == (
        f"Over the next 28 days takings of {plain.amount(view.takings.mean[0].sum(), shop)} are expected (80% between "
        f"{plain.amount(whole['low_80'], shop)} and {plain.amount(whole['high_80'], shop)}); on days it had not seen a "
        f"day’s forecast was off by {100 * score['wape']:.1f}%."
    )


def test_a_season_nobody_could_have_learnt_is_told(view, shop_facts):
    told = "The data cover 140 days; a season of the year is told from chance only after two years."
    assert told in expected.sentences(view, Shop())
    long = outlook(shop_facts(740, places=1), SIMPLE, Shop())
    assert not any("season" in text for text in expected.sentences(long, Shop()))


def test_leaning_and_the_bands_that_held_are_told_in_words(view):
    scores = view.scores.assign(bias=-0.0123, coverage_80=0.725, coverage_95=0.95)
    odd = dataclasses.replace(
        view, scores=scores, takings=dataclasses.replace(view.takings, widened=("80",) * len(view.takings.mean))
    )
    assert expected.sentences(odd, Shop())[1] == (
        "It expected 1.2% too little; made of what was known before, the bands held 72.5% of days at 80% and 95.0% of "
        "days at 95%; bands that had held too few days are widened (80%)."
    )
    even = dataclasses.replace(view, scores=scores.assign(bias=0.0004))
    assert expected.sentences(even, Shop())[1].startswith("It leaned neither way; ")


def test_what_is_known_ahead_is_told(shop_facts):
    offer = {
        "promotion_id": ["O"], "product_id": ["bread"], "location_id": [None], "discount_share": [0.2],
        "starts": [pd.Timestamp("2024-03-20")], "ends": [pd.Timestamp("2024-04-20")],
    }  # fmt: skip
    view = outlook(shop_facts(79, closed=6, promotions=pd.DataFrame(offer)), SIMPLE, Shop())
    assert (
        "Known ahead: closing days, Good Friday on 29\xa0Mar\xa02024, Easter Monday on 1\xa0Apr\xa02024, 1 offer "
        "planned."
    ) in expected.sentences(view, Shop())


def test_no_change_is_promised(view):
    numbers = expected.numbers(view, Shop())
    assert numbers["change_share"].isna().all()
    assert set(numbers["better"]) == {"neither"}
    assert set(expected.TILES) <= set(numbers["metric"])
    table = numbers.set_index("metric")
    assert table.loc["expected_takings", "value"] == round(view.takings.mean[0].sum())
    assert table.loc["forecast_error", "value"] == view.score(view.takings.series)["wape"]


def test_a_sum_expected_can_be_paid_in_coins_and_notes(view):
    table = expected.numbers(view, Shop(currency="IDR")).set_index("metric")
    assert table.loc["expected_takings", "value"] == round(view.takings.mean[0].sum() / 100) * 100


def test_nothing_is_claimed_of_a_short_history(shop_facts, no_facts):
    shop = Shop()
    none, untested, few = (outlook(shop_facts(days, places=1), SIMPLE, shop) for days in (9, 15, 30))
    assert expected.sentences(none, shop) == [
        "There is no forecast: it needs a place with 14 days of history that has traded within the last 28 days, "
        "and the data reach over 9 days."
    ]
    assert expected.sentences(untested, shop)[0].endswith("are expected; how far off that may be cannot be told yet.")
    assert expected.sentences(outlook(no_facts, SIMPLE, shop), shop) == [expected.NO_HISTORY]
    assert expected.notes(none) == []
    assert expected.notes(untested) == [
        "The history of 15 days is too short to try any forecast on days it has not seen, so nothing says how far off "
        "the next 7 days may be."
    ]
    assert expected.notes(few) == [
        "The history of 30 days is too short to try forecasts 28 days ahead; 7 days are forecast."
    ]


def test_places_without_a_forecast_are_named(sales_of):
    days = pd.date_range("2024-01-01", periods=90)
    old = pd.DataFrame({"day": days, "location_id": "A", "product_id": "bread", "units": 7.0})
    new = old.assign(location_id="new").iloc[80:]
    view = outlook(sales_of(pd.concat([old, new], ignore_index=True)), SIMPLE, Shop())
    assert expected.notes(view) == [
        "No forecast, and none in the sum, for Shop new: known for less than 14 days, or without trade for 28 days."
    ]


def test_what_to_prepare_is_told_place_by_place_with_a_range(view):
    shop = Shop()
    table = tomorrow.to_prepare(view, shop)
    assert table.columns.tolist() == ["Place", "Product", "Prepare", "Likely"]
    assert table.iloc[0, :2].tolist() == ["Shop L1", "Bread"]
    rows = tomorrow.next_rows(view)
    assert (rows["business_date"] == pd.Timestamp("2024-05-20")).all()
    assert (rows["prepare"] >= rows["expected"] - 1).all(), "running out costs three times as much"
    assert (rows["prepare"] <= rows["high_80"] + 1).all()
    text = tomorrow.sentences(view, shop)[0]
    assert text.startswith("Mon\xa020\xa0May\xa02024: takings of £")
    assert "enough on 75% of such days" in tomorrow.meaning(view, shop)


def test_the_slider_moves_what_to_prepare(shop_facts):
    facts = shop_facts(90, places=1)
    many, few = (outlook(facts, SIMPLE.model_copy(update={"shortage_costs": costs}), Shop()) for costs in (19.0, 0.25))
    assert (many.forecast["prepare"].dropna() > few.forecast["prepare"].dropna()).mean() > 0.9
    assert tomorrow.to_prepare(many, Shop()).columns.tolist() == ["Product", "Prepare", "Likely"]


def test_a_closed_day_is_skipped_and_a_holiday_named(shop_facts):
    view = outlook(shop_facts(84, closed=0), SIMPLE, Shop())
    assert tomorrow.sentences(view, Shop())[0].startswith("Tue\xa026\xa0Mar\xa02024: ")
    easter = outlook(shop_facts(88), SIMPLE, Shop())
    assert tomorrow.sentences(easter, Shop())[0].startswith("Fri\xa029\xa0Mar\xa02024, Good Friday: ")


def test_tables_of_parts_agree_with_the_forecast(view):
    shop = Shop()
    places = parts.places_table(view, shop)
    assert places["Place"].tolist() == ["All places", "Shop L1", "Shop L0"]
    assert places.columns.tolist() == [
        "Place", "Next 7 days", "Next 28 days", "80% between", "Off by", "In band", "Error a day"
    ]  # fmt: skip
    total = view.forecast[(view.forecast["measure"] == "gross_sales") & (view.forecast["level"] == "total")]
    assert places["Next 28 days"][0] == plain.amount(total["expected"].sum(), shop)
    products = parts.products_table(view, shop)
    assert products["Product"].iloc[0] == "Bread"
    assert not products["Product"].str.startswith("Other").any()
    assert parts.categories_table(view, shop)["Category"].tolist()[0] == "All products"


def test_one_place_alone_has_no_table(shop_facts):
    assert parts.places_table(outlook(shop_facts(60, places=1), SIMPLE, Shop()), Shop()).empty


def test_the_league_lists_every_model_with_the_used_forecast_on_top(view):
    table = league.table(view, view.units, Shop())
    assert table["Model"].tolist()[0] == "Used"
    assert set(table["Model"]) == {"Used", "Weekday mean", "Rolling mean", "Same as last week"}
    weekday = table.set_index("Model").loc["Weekday mean"]
    assert (weekday["Loses to the mark"], weekday["Error a day"][0]) == ("", "£")
    wins = table["Wins"].iloc[1:].str.rstrip("%").astype(float)
    assert wins.sum() >= 99
    text = league.sentences(view, Shop())[0]
    assert text.startswith("The forecast of takings is made of Weekday mean")
    assert text.endswith("of the mean of the last four same weekdays.")


def test_kinds_of_zero_are_told_apart(shop_facts):
    view = outlook(shop_facts(90, closed=6), SIMPLE, Shop())
    assert zeros.sentences(view, Shop()) == [
        "Closed: 24 days on which a place did not trade (of 2 places). They count as 0, and nothing is learnt from "
        "them."
    ]
    assert zeros.table(view, Shop()).empty
    series = view.units.series
    row = series.row("product", category="Bakery", product_id="bread")
    out, sold = series.out.copy(), series.sold.copy()
    out[row, 10:12], sold[row, 10:12] = True, 0.0
    odd = dataclasses.replace(
        view, units=dataclasses.replace(view.units, series=dataclasses.replace(series, out=out, sold=sold))
    )
    missed = series.panel.sold[row, 10:12].sum()
    table = zeros.table(odd, Shop())
    assert table["Product"].tolist() == ["Bread"]
    assert table["Days out"].tolist() == [2]
    assert f"{plain.quantity(missed, Shop())} units more were probably wanted" in zeros.sentences(odd, Shop())[1]


def test_the_newest_trial_is_told_as_such(view):
    first, score = record.sentences(view, Shop())
    assert first == (
        "No earlier forecast is kept yet whose days have come. This is what would have been said on 21\xa0Apr\xa02024, "
        "from what was known then, beside what came: 28 days."
    )
    assert score.startswith("A day was off by ")
    table = record.table(view, Shop())
    assert len(table) == record.SHOWN_DAYS
    assert table["Day"].iloc[0] == "Sun\xa019\xa0May\xa02024"


def test_the_newest_day_is_told_where_enough_was_sold(view):
    table = pd.DataFrame(
        {"column": ["payment_method"], "word": ["card"], "before": [0.5], "now": [0.8], "change_share": [0.6],
         "rows": [90], "p_value": [0.0], "alarm": [True], "money": [100.0]}
    )  # fmt: skip
    moved = Day(table, pd.Timestamp("2024-05-19"), 8, judged=True)
    calm = replace(moved, table=table.assign(alarm=False))
    told = record.sentences(replace(view, newest={"sales": (calm, moved)}), Shop())[-1]
    assert told == "On the newest day sales were not like those of such days before: paid by card up 60.0%."
    told = record.sentences(replace(view, newest={"sales": (moved, calm)}), Shop())[-1]
    assert told == "Amounts, ways of paying and what is bought were on the newest day as on such days before."


def test_kept_forecasts_are_told_with_whether_the_models_still_fit(view):
    mine = (view.said["measure"] == "gross_sales") & (view.said["level"] == "total")
    kept = view.said[mine].assign(kept="yes")
    live = dataclasses.replace(view, said=pd.concat([view.said, kept], ignore_index=True))
    told = record.sentences(live, Shop())
    assert told[0] == "Forecasts of earlier runs, beside what has come since: 28 days."
    assert told[2].startswith("The models need no look: ")
    off = dataclasses.replace(view, said=pd.concat([kept.assign(expected=kept["expected"] * 4)], ignore_index=True))
    assert record.sentences(off, Shop())[2].startswith("The models deserve a look: over 28 days beyond the back-test")


def test_what_hardly_sells_is_listed_to_order_on_demand(sales_of):
    days = pd.date_range("2024-01-01", periods=120)
    usual = pd.DataFrame({"day": days, "location_id": "A", "product_id": "bread", "units": 7.0})
    rare = pd.DataFrame({"day": days[[3]], "location_id": "A", "product_id": "wine", "units": 1.0})
    view = outlook(sales_of(pd.concat([usual, rare], ignore_index=True)), SIMPLE, Shop())
    assert slowly.table(view, Shop())["Product"].tolist() == ["Wine"]
    assert slowly.sentences(view, Shop()) == [
        "1 of 2 products will more likely than not stay unsold over the next 28 days: a forecast helps little there, "
        "so order them when somebody asks."
    ]
    alone = outlook(sales_of(usual), SIMPLE, Shop())
    assert slowly.sentences(alone, Shop()) == ["Each of 1 product will probably sell within the next 28 days."]


@pytest.mark.parametrize("days", [0, 1, 15, 30, 140])
def test_no_text_holds_what_is_not_known(shop_facts, no_facts, days):
    view = outlook(shop_facts(days, closed=6) if days else no_facts, SIMPLE, Shop())
    shop = Shop(currency="INR", language="hi_IN")
    texts = [
        text for part in (expected, tomorrow, slowly, zeros, record, league) for text in part.sentences(view, shop)
    ]
    tables = [
        tomorrow.to_prepare(view, shop), parts.places_table(view, shop), parts.products_table(view, shop),
        parts.categories_table(view, shop), slowly.table(view, shop), zeros.table(view, shop),
        record.table(view, shop), league.table(view, view.takings, shop), league.table(view, view.units, shop),
    ]  # fmt: skip
    texts += [str(cell) for table in tables for cell in np.ravel(table.select_dtypes("object").to_numpy())]
    for text in texts:
        assert not any(word in text for word in ("nan", "None", "NaT", "..", "  ")), text
