"""The shop in a few sentences: their order, their length, and that they say what the reports say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.sales import reports, selling
from shoplib.sales.brief import LONGEST, brief, short

Make = Callable[..., Any]

LONG = "The long name of a thing that never seems to come to an end at all"
RUPIAH = Shop(currency="IDR", language="en_GB", timezone="Asia/Jakarta")
WORLDS: dict[str, tuple[dict[str, Any], Shop]] = {
    "a chain": ({}, Shop()),
    "one place": ({"places": 1}, Shop()),
    "one sale": ({"count": 1, "days": 1, "places": 1, "statuses": (1.0, 0.0, 0.0, 0.0)}, Shop()),
    "half a year": ({"count": 3_000, "days": 180, "products": 60}, Shop()),
    "rupiah": ({"currency": "IDR"}, RUPIAH),
}


def with_colours(facts: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    cells = ['{"colour":"red","size":"M"}' if row % 3 else '{"colour":"blue"}'
             for row in range(len(facts["transaction_items"]))]  # fmt: skip
    return facts | {"transaction_items": facts["transaction_items"].assign(attributes=cells)}


@pytest.mark.parametrize("world", WORLDS)
def test_sentences_are_few_short_and_complete(world: str, make_facts: Make, scoped: Make) -> None:
    shape, shop = WORLDS[world]
    facts = with_colours(make_facts(**shape))
    facts["products"]["product_name"] = LONG + facts["products"]["product_name"]
    facts["locations"]["location_name"] = LONG + facts["locations"]["location_id"]
    facts["transactions"]["total_amount_minor"] *= 100_000 if shop is RUPIAH else 1
    told = brief(scoped(facts, shop=shop))
    assert 4 <= len(told) <= 7
    for sentence in told:
        assert len(sentence) <= LONGEST and sentence.endswith((".", "…")), sentence
        assert not any(word in sentence for word in ("nan", "None", "<NA>", "..", "  ")), sentence


def test_in_full(make_facts: Make, scoped: Make) -> None:
    assert brief(scoped(with_colours(make_facts()))) == [
        "Takings were £10,976 in the 28 days to 1 Dec 2024, down 10.7% on the same weekdays before (£12,295).",
        "There is no clear trend over the last 8 weeks: takings change by between −£308 and £96.04 a week.",
        "Since 3 Oct 2024 Product 11 sells best: £1,611, 10% of line sales; by units it is Product 7 (204).",
        "No product is slow: none was silent for 28 days or more against its own rhythm.",
        "Since 3 Oct 2024 Hill Restaurant takes most of 3 places: £8,660, 35% of takings, but Harbour Bar is not "
        "surely behind.",
        "The favourite colour is red, 67% of units.",
        "18 refunds gave back £904, 7.0% of sales and refunds; before it was 5.8%.",
    ]


def test_a_single_place_is_not_compared_and_days_asked_for_need_no_since(make_facts: Make, scoped: Make) -> None:
    told = brief(scoped(make_facts(places=1), dt.date(2024, 10, 10)))
    assert not any("place" in sentence or "Since" in sentence for sentence in told)


def test_numbers_are_those_of_the_reports(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts(2_000, 150, products=40))
    told = brief(scope)
    sold = reports.make("products", scope).listing("products").frame
    assert told[2].removeprefix("Since 3 Oct 2024 ") == selling.best(sold, Shop(), "GBP")
    places = reports.make("locations", scope).listing("locations").frame
    assert f" {selling.name(places['location_name'].iloc[0])} takes most of 3 places" in told[4]


def test_a_place_far_ahead_and_places_that_sold_nothing(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(3_000, 150, places=2)
    sales = facts["transactions"]
    first = sales["location_id"] == "L0"
    for name in ("total_amount_minor", "subtotal_minor"):
        sales[name] = sales[name].where(~first, sales[name] * 3)
    ahead = [sentence for sentence in brief(scoped(facts)) if "takes most" in sentence]
    assert ahead[0].endswith("% of takings; Hill Restaurant comes second.")
    alone = facts | {"transactions": sales[first]}
    [only] = [sentence for sentence in brief(scoped(alone)) if "takes most" in sentence]
    assert only.endswith("100% of takings; no other sold anything.")
    few = brief(scoped(make_facts(40, 4)))
    assert "; too few days to tell it from " in few[4]


def test_without_a_sale_there_is_one_sentence(make_facts: Make, scoped: Make) -> None:
    nothing = "There was no completed sale in the days shown."
    assert brief(scoped(make_facts(0, 1))) == ["No transactions were taken in, so there is nothing to tell."]
    assert brief(scoped(make_facts(30, statuses=(0.0, 0.0, 1.0, 0.0)))) == [nothing]
    back = make_facts(30, statuses=(0.0, 1.0, 0.0, 0.0))
    assert brief(scoped(back)) == [nothing, f"30 refunds gave back £{worth_of(back):,.0f}."]
    assert brief(scoped(make_facts(), dt.date(2030, 1, 1))) == ["The data hold none of the days asked for."]


def worth_of(facts: dict[str, pd.DataFrame]) -> float:
    return float(facts["transactions"]["total_amount_minor"].sum()) / 100


def test_without_lines_other_things_are_told(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(places=1, statuses=(1.0, 0.0, 0.0, 0.0))
    told = brief(scoped(facts | {"transaction_items": facts["transaction_items"].iloc[:0]}))
    assert [sentence.split()[0] for sentence in told] == ["Takings", "There", "There", "No"]
    assert told[3] == "No product line was sold."


def test_long_sentences_lose_their_end() -> None:
    assert short("a" * 160) == "a" * 160
    assert short("Up; down (" + "x" * 160) == "Up."
    assert short("word " * 40) == "word " * 30 + "word…"
