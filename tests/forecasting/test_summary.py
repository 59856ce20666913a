"""What is said about a forecast, and its figure."""

from __future__ import annotations

import dataclasses

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.config.models import Shop
from shoplib.forecasting import figures, summary, weekly
from shoplib.forecasting.outlook import outlook
from shoplib.viz import export, style


@pytest.fixture(scope="module")
def view(random_daily):
    return outlook(random_daily(140))


def test_the_headline_tells_sum_band_and_error(view):
    shop = Shop()
    total, error = view.total, view.score_of()["wape"]
    assert summary.sentences(view, shop)[0] == (
        f"Over the next 28 days takings of {summary.amount(total.expected, shop)} are expected (80% between "
        f"{summary.amount(total.low, shop)} and {summary.amount(total.high, shop)}); on days it had not seen the "
        f"forecast was off by {100 * error:.1f}%."
    )


def test_the_season_nobody_can_know_is_told_right_after(view, random_daily):
    missing = "a season such as the weeks around a festival is not in this forecast."
    assert summary.sentences(view, Shop())[1] == (
        f"The data cover 140 days: these models know the week, not the year, so {missing}"
    )
    long = outlook(random_daily(800, places=1), models=[weekly.WeekdayMean()])
    assert summary.sentences(long, Shop())[1] == f"These models know the week, not the year: {missing}"


def test_no_change_is_promised(view):
    numbers, chart = summary.numbers(view, Shop()), figures.outlook_chart(view, Shop())
    assert numbers["change_share"].isna().all()
    assert set(numbers["better"]) == {"neither"}
    total = summary.amount(view.total.expected, Shop())
    assert chart.title == f"Takings of {total} are expected over the next 28 days."


@pytest.mark.parametrize(
    ("bias", "told"),
    [
        (0.0004, "It leaned neither way, and 72.5% of days lay within the 80% band."),
        (-0.0123, "It expected 1.2% too little, and 72.5% of days lay within the 80% band."),
    ],
)
def test_leaning_is_told_in_words(view, bias, told):
    scores = view.scores.assign(bias=bias, coverage_80=0.725)
    assert summary.sentences(dataclasses.replace(view, scores=scores), Shop())[-1] == told


def test_one_place_alone_has_no_table(random_daily):
    assert summary.places_table(outlook(random_daily(60, places=1)), {}, Shop()).empty


def test_nothing_is_claimed_of_a_short_history(random_daily):
    shop = Shop()
    none, untested, few = (outlook(random_daily(days, places=1)) for days in (9, 15, 30))
    assert summary.sentences(none, shop) == [
        "There is no forecast: it needs a place with 14 days of history that has traded within the last 28 days, "
        "and the data reach over 9 days."
    ]
    assert summary.sentences(untested, shop)[0].endswith("are expected; how far off that may be cannot be told yet.")
    assert summary.sentences(few, shop)[0].endswith("but too few trials were possible to give a range for the sum.")
    assert summary.sentences(outlook(random_daily(1).iloc[:0]), shop) == [summary.NO_HISTORY]
    assert summary.notes(none, {}) == []
    assert summary.notes(untested, {}) == [
        "The history of 15 days is too short to try any forecast on days it has not seen; the mean of the same "
        "weekdays is shown for 7 days, without a band."
    ]
    assert summary.notes(few, {}) == [
        "The history of 30 days is too short to try forecasts 28 days ahead; 7 days are forecast."
    ]


def test_places_without_a_forecast_are_named(as_daily):
    view = outlook(as_daily({"A": [7.0] * 90, "new": [None] * 80 + [3.0] * 10}))
    assert summary.notes(view, {"new": "Mill Pub"}) == [
        "No forecast, and none in the sum, for Mill Pub: known for less than 14 days, or without trade for 28 days."
    ]


def test_tables_list_every_model_and_every_place(view):
    scores = summary.scores_table(view)
    assert len(scores) == 4
    assert scores["Off by"].is_monotonic_increasing
    assert (scores["Used"] == "yes").sum() == 1
    places = summary.places_table(view, {"L0": "Bar"}, Shop())
    assert places["Place"].tolist() == ["All places", "L2", "L1", "Bar"]
    assert places.columns.tolist() == ["Place", "Next 7 days", "Next 28 days", "Off by"]


def test_numbers_are_those_of_the_tables(view):
    table = summary.numbers(view, Shop()).set_index("metric")
    assert table.loc["expected_takings", "value"] == round(view.total.expected)
    assert table.loc["forecast_error", "value"] == view.score_of()["wape"]


def test_a_sum_expected_can_be_paid_in_coins_and_notes(view):
    table = summary.numbers(view, Shop(currency="IDR")).set_index("metric")
    assert table.loc["expected_takings", "value"] == round(view.total.expected / 100) * 100


@pytest.mark.parametrize("days", [0, 1, 15, 30, 140])
@pytest.mark.parametrize("shop", [Shop(), Shop(currency="INR", language="hi_IN")], ids=["pounds", "rupees"])
def test_the_figure_survives_every_history(random_daily, days, shop):
    daily = random_daily(max(days, 1), places=2, closed=6)
    view = outlook(daily if days else daily.iloc[:0])
    chart = figures.outlook_chart(view, shop)
    words = [chart.title, chart.caption, chart.alt, *summary.sentences(view, shop)]
    for text in words:
        assert text.endswith("."), text
        assert not any(word in text for word in ("nan", "None", "NaT", "..", "  ")), text
    with style.house():
        chart.figure.fit(wide=False)
        FigureCanvasAgg(chart.figure).draw()


def test_the_figure_holds_eight_weeks_and_the_days_to_come(view):
    chart = figures.outlook_chart(view, Shop())
    assert len(chart.data) == 56 + 28
    assert chart.data["gross_sales_minor"].notna().sum() == 56
    assert chart.data["expected_minor"].notna().sum() == 28
    again = figures.outlook_chart(view, Shop())
    assert export.svg(chart.figure, "a") == export.svg(again.figure, "a")
