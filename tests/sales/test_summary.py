"""Sentences, word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.sales import mix, rhythm, summary, trends
from shoplib.sales.overview import overview
from shoplib.sales.window import span

Make = Callable[..., Any]


def test_takings_compared(daily_from: Make, shop: Shop) -> None:
    view = overview(daily_from([10_000.0] * 28 + [10_300.0] * 28))
    assert summary.takings_sentence(view, shop) == (
        "Takings were £2,884 in the 28 days to 25 Feb 2024, up 3.0% on the same weekdays before (£2,800)."
    )
    assert summary.sales_sentence(view, shop) == (
        "There were 28 sales of £103.00 on average: their number is unchanged, the average up 3.0%."
    )


def test_takings_without_a_past(daily_from: Make, shop: Shop) -> None:
    view = overview(daily_from([10_000.0] * 10))
    assert summary.takings_sentence(view, shop) == (
        "Takings were £1,000 in the 10 days to 10 Jan 2024; there is nothing before them to compare with."
    )


@pytest.mark.parametrize(
    ("takings", "text"),
    [
        ([], "No transactions were taken in, so there is nothing to tell."),
        ([0.0, 0.0], "Nothing was sold in the 2 days to 2 Jan 2024."),
        ([999.0], "Takings were £9.99 in the one day to 1 Jan 2024; there is nothing before them to compare with."),
    ],
)
def test_takings_of_odd_shops(takings: list[float], text: str, daily_from: Make, shop: Shop) -> None:
    assert summary.takings_sentence(overview(daily_from(takings)), shop) == text


def test_single_sale_and_no_sale(daily_from: Make, shop: Shop) -> None:
    assert summary.sales_sentence(overview(daily_from([999.0])), shop) == "There was 1 sale, of £9.99."
    assert summary.sales_sentence(overview(daily_from([0.0])), shop) == "There was no completed sale."


def test_averages_have_no_coins_where_the_currency_has_none(daily_from: Make) -> None:
    shop = Shop(currency="IDR")
    daily = daily_from([80_820_704.0] * 28).assign(currency="IDR", transactions=3)
    assert summary.sales_sentence(overview(daily), shop) == "There were 84 sales of IDR269,402 on average."


def test_days_that_are_not_whole_or_closed(daily_from: Make, shop: Shop) -> None:
    daily = daily_from([None, 100.0, None, 100.0, 100.0])
    assert summary.days_sentence(overview(daily, 28), span(daily), shop) == (
        "The data begin only on 2 Jan 2024, so only 4 days can be told of. There were sales on 3 of the 4 days."
    )
    assert summary.days_sentence(overview(daily.iloc[:0]), None, shop) == ""
    whole = daily_from([100.0] * 14)
    assert summary.days_sentence(overview(whole, 7), span(whole), shop) == ""


def test_refunds(daily_from: Make, shop: Shop) -> None:
    daily = daily_from([100.0] * 56)
    assert summary.refunds_sentence(overview(daily), shop) == "No refund is among the rows loaded."
    daily["refunds"] = [1] * 7 + [0] * 48 + [1]
    daily["refunds_minor"] = 500
    assert summary.refunds_sentence(overview(daily), shop) == (
        "1 refund gave back £140, 3.4% of sales and refunds; before it was 20.0%."
    )


def test_trends_rise_fall_or_stay(daily_from: Make, shop: Shop) -> None:
    rising = trends.trend_verdict(daily_from([100_000.0 + 1_000 * day for day in range(91)]))
    assert summary.trend_sentence(rising, shop) == (
        "Takings are rising by about £490 a week over the last 13 weeks (likely between £490 and £490)."
    )
    flat = trends.Verdict("no clear trend", 13, 10.0, -50_000.0, 60_000.0, 0.0)
    assert summary.trend_sentence(flat, shop) == (
        "There is no clear trend over the last 13 weeks: takings change by between −£500 and £600 a week."
    )
    falling = trends.Verdict("falling", 9, -30_000.0, -50_000.0, -10_000.0, -0.1)
    assert summary.trend_sentence(falling, shop) == (
        "Takings are falling by about £300 a week over the last 9 weeks (likely between £100 and £500)."
    )
    short = trends.trend_verdict(daily_from([1.0] * 8))
    assert summary.trend_sentence(short, shop) == "A trend needs at least 6 whole weeks of sales; there is 1."


def pattern(means: list[float], reach: float) -> pd.DataFrame:
    table = pd.DataFrame({"weekday": range(7), "days": 9, "mean_minor": means})
    return table.assign(low_minor=table["mean_minor"] - reach, high_minor=table["mean_minor"] + reach)


@pytest.mark.parametrize(
    ("means", "reach", "text"),
    [
        ([1e4] * 4 + [9e4, 5e4, 1e4], 1e4, "Friday is the best day of the week, at £900 on average."),
        (
            [1e4] * 4 + [9e4, 8e4, 1e4],
            1e4,
            "Friday and Saturday are the best days of the week; Friday averages £900.",
        ),
        ([1e4] * 4 + [2e4, 1e4, 1e4], 1e4, "No weekday stands out; Friday averages £200."),
    ],
)
def test_weekdays_are_best_only_beyond_doubt(means: list[float], reach: float, text: str, shop: Shop) -> None:
    assert summary.weekday_sentence(pattern(means, reach), shop) == text


def test_weekdays_of_short_histories(daily_from: Make, shop: Shop) -> None:
    def told(takings: list[float]) -> str:
        return summary.weekday_sentence(rhythm.weekday_pattern(daily_from(takings)), shop)

    assert told([]) == "There was no completed sale in the days shown."
    assert told([10_000.0]) == "All sales were on a Monday: £100 a day."
    assert (
        told([10_000.0, 20_000.0]) == "Tuesday takes most so far (£200 a day), but there are too few weeks to be sure."
    )


SINGLE = "Everything sold is in the category Beer."


def test_one_category_is_all_there_is(make_facts: Make, derived: Make, shop: Shop) -> None:
    tables = derived(make_facts(count=3, days=1, places=1, products=1, statuses=(1.0, 0.0, 0.0, 0.0)))
    assert summary.category_sentence(mix.category_shares(tables["sales_products"]), shop) == SINGLE


def test_the_busiest_hour(shop: Shop) -> None:
    hours = pd.DataFrame({"weekday": [4, 5], "local_hour": [23, 12], "transactions_per_day": [12.4, 3.0]})
    assert summary.hour_sentence(hours, shop) == "Friday, 23:00 to 0:00, is busiest: 12 sales an hour."
    assert summary.hour_sentence(hours.iloc[1:], shop) == "Saturday, 12:00 to 13:00, is busiest: 3.0 sales an hour."
    assert summary.hour_sentence(hours.iloc[:0], shop) == "The hour of sale is not known."


def test_uncategorised_goods_are_mentioned(shop: Shop) -> None:
    shares = pd.DataFrame({"product_category": ["Beer", None], "share": [0.7, 0.3]})
    assert summary.category_sentence(shares, shop) == (
        "The category Beer makes up 70% of what was sold, more than any other; 30% has no category."
    )
    assert summary.category_sentence(shares.iloc[1:], shop) == "No product has a category."
    assert summary.category_sentence(shares.iloc[:0], shop) == "No product line was sold."


def test_amounts_follow_currency_and_language() -> None:
    assert summary.amount(12_345_678, Shop(currency="INR", language="en_IN")) == "₹1,23,457"
    assert summary.amount(1_234, Shop(currency="JPY", language="en_GB")) == "JP¥1,234"
