"""The overview: its numbers are those of the contract, its parts those of the other reports, its words are true."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.base import listing, words
from shoplib.config.models import Shop
from shoplib.sales import changes, metrics, reports, summary
from shoplib.sales.view import Scope, View
from shoplib.sales.views import overview

Make = Callable[..., Any]
Facts = dict[str, pd.DataFrame]
NAMES = ["overview", "overview_places", "overview_categories", "overview_hours", "changes"]

ODD: dict[str, dict[str, Any]] = {
    "nothing": {"count": 0, "days": 1},
    "one sale": {"count": 1, "days": 1, "places": 1, "products": 1, "statuses": (1.0, 0.0, 0.0, 0.0)},
    "only refunds": {"count": 20, "statuses": (0.0, 1.0, 0.0, 0.0)},
    "nothing completed": {"count": 30, "statuses": (0.0, 0.5, 0.3, 0.2)},
    "no hours": {"hours": False},
    "one place": {"places": 1, "products": 1},
    "few days": {"count": 30, "days": 9},
    "Mondays closed": {"count": 200, "closed_weekday": 0},
}


def odd(name: str, make_facts: Make) -> Facts:
    facts: Facts = make_facts(**ODD[name])
    return facts


def bare(facts: Facts, *names: str) -> Facts:
    """Return facts with some tables left without rows."""
    return {name: table.iloc[:0] if name in names else table for name, table in facts.items()}


def check(view: View, scope: Scope) -> None:
    assert [one.name for one in view.listings] == NAMES
    assert view.findings
    for text in view.findings:
        assert text.endswith(".")
        assert not any(word in text for word in ("nan", "None", "NaT", "  ", "unknown")), text
    for one in view.listings:
        shown = listing.shown(one, scope.shop.language)
        assert not shown.isin(["nan", "None", "NaT", "<NA>"]).to_numpy().any()
        listing.plain(one)
    assert view.listing("overview").frame["metric"].tolist() == [m.name for m in metrics.METRICS]


@pytest.mark.parametrize("name", ODD)
def test_odd_shops_are_survived(name: str, make_facts: Make, scoped: Make) -> None:
    scope = scoped(odd(name, make_facts))
    check(overview.view(scope), scope)


@pytest.mark.parametrize(
    "empty",
    [("transaction_items",), ("products",), ("products", "product_prices"), ("employees",), ("locations",)],
    ids=lambda names: " and ".join(names),
)
def test_missing_tables_are_survived(empty: tuple[str, ...], facts: Facts, scoped: Make) -> None:
    scope = scoped(bare(facts, *empty))
    check(overview.view(scope), scope)


def test_odd_names_and_returns_are_survived(facts: Facts, scoped: Make) -> None:
    facts["locations"]["location_name"] = ["=1+1", "<script>alert(1)</script>", "समोसा 🥟"]
    facts["products"]["product_category"] = ["=1+1", "<b>", "🥟", None] * 3
    facts["transaction_items"].loc[::5, ["quantity", "line_total_minor"]] *= -1
    scope = scoped(facts)
    view = overview.view(scope)
    check(view, scope)
    assert {"=1+1", "<script>alert(1)</script>", "समोसा 🥟"} == set(
        view.listing("overview_places").frame["location_name"]
    )


def test_days_outside_the_data_are_told_as_nothing(facts: Facts, scoped: Make) -> None:
    scope = scoped(facts, start=dt.date(2030, 1, 1))
    view = overview.view(scope)
    check(view, scope)
    assert view.findings == ("The data hold none of the days asked for.",)


def test_the_numbers_are_those_of_the_contract(facts: Facts, scoped: Make) -> None:
    scope: Scope = scoped(facts)
    frame = overview.view(scope).listing("overview").frame
    periods = {"value": scope.window.recent, "before": scope.window.before, "all": scope.window.shown}
    for column, period in periods.items():
        assert dict(zip(frame["metric"], frame[column], strict=True)) == metrics.measure(scope.daily, period)
    rows = frame.set_index("metric")
    was = rows["before"]["gross_sales"]
    assert rows["change_share"]["gross_sales"] == (rows["value"]["gross_sales"] - was) / was
    assert rows["change_points"]["refund_share"] == rows["value"]["refund_share"] - rows["before"]["refund_share"]
    assert rows["change_points"][rows["unit"] != "share"].isna().all()
    named = [column.name for column in overview.heads(scope)]
    assert named == ["metric", "label", "value", "before", "change_share", "all", "change_points"]


@pytest.mark.parametrize(
    ("asked", "labels", "meanings"),
    [
        (
            {},
            ("Last 28 days", "Same weekdays before", "All 60 days"),
            ("4 Nov 2024 to 1 Dec 2024", "7 Oct 2024 to 3 Nov 2024", "3 Oct 2024 to 1 Dec 2024"),
        ),
        (
            {"start": dt.date(2024, 11, 1), "end": dt.date(2024, 11, 7)},
            ("1 Nov 2024 to 7 Nov 2024", "Same weekdays before", "All 7 days"),
            ("1 Nov 2024 to 7 Nov 2024", "25 Oct 2024 to 31 Oct 2024", "1 Nov 2024 to 7 Nov 2024"),
        ),
        (
            {"end": dt.date(2024, 11, 30)},
            ("3 Nov 2024 to 30 Nov 2024", "Same weekdays before", "All 59 days"),
            ("3 Nov 2024 to 30 Nov 2024", "6 Oct 2024 to 2 Nov 2024", "3 Oct 2024 to 30 Nov 2024"),
        ),
        (
            {"compare_days": 100},
            ("Last 60 days", "Same weekdays before", "All 60 days"),
            ("3 Oct 2024 to 1 Dec 2024", "", "3 Oct 2024 to 1 Dec 2024"),
        ),
    ],
)
def test_headings_carry_the_days(
    asked: dict[str, Any], labels: tuple[str, ...], meanings: tuple[str, ...], facts: Facts, scoped: Make
) -> None:
    heads = {column.name: column for column in overview.heads(scoped(facts, **asked))}
    told = [heads[name] for name in ("value", "before", "all")]
    assert tuple(column.label for column in told) == labels
    assert tuple(column.meaning for column in told) == meanings


def test_the_caption_names_the_days(facts: Facts, scoped: Make) -> None:
    assert overview.caption(scoped(facts)) == (
        "Last 28 days: 4 Nov 2024 to 1 Dec 2024; same weekdays before: 7 Oct 2024 to 3 Nov 2024; all days: 3 Oct 2024 "
        "to 1 Dec 2024. What is not told by the data is empty."
    )
    assert overview.caption(scoped(facts, start=dt.date(2024, 10, 4))) == (
        "All days: 4 Oct 2024 to 1 Dec 2024. What is not told by the data is empty."
    )
    assert overview.caption(scoped(bare(facts, "transactions", "transaction_items"))) == ""


def test_a_page_shows_what_is_known_and_changes_in_words(facts: Facts, scoped: Make) -> None:
    scope = scoped(facts)
    whole = overview.view(scope).listing("overview")
    page = overview.shown(whole, scope.shop)
    assert [column.label for column in page.columns] == [
        "What", "Last 28 days", "Same weekdays before", "Change", "All 60 days",
    ]  # fmt: skip
    silent = [row["metric"] for row in whole.frame.to_dict("records")
              if all(listing.missing(row[part]) for part in ("value", "before", "all"))]  # fmt: skip
    assert silent
    assert page.frame["metric"].tolist() == [name for name in whole.frame["metric"] if name not in silent]
    for row in page.frame.to_dict("records"):
        now, was = row["value"], row["before"]
        if now is None or not was:
            assert row["change"] == ""
        elif row["unit"] == "share":
            assert row["change"] == words.points(now - was)
        else:
            assert row["change"] == words.change(now, was), row["metric"]


def test_a_page_has_no_rows_where_nothing_is_known(facts: Facts, scoped: Make) -> None:
    scope = scoped(facts, start=dt.date(2030, 1, 1))
    assert overview.shown(overview.view(scope).listing("overview"), scope.shop).frame.empty


def test_what_is_shown_below_the_cards_is_in_the_contract() -> None:
    named = {metric.name for metric in metrics.METRICS}
    assert {*summary.CARDS, *summary.TILES} <= named
    assert not {*summary.CARDS} & {*summary.TILES}


def test_leaders_are_those_of_the_other_reports(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts(900, places=8, products=40))
    view = reports.make("overview", scope)
    takings = scope.shown.sold["total_minor"].sum()
    places = view.listing("overview_places").frame
    full = reports.make("locations", scope).listing("locations").frame
    assert len(places) == overview.SHOWN + 1
    assert places["location_name"].tolist() == [*full["location_name"].head(5), "3 others"]
    assert places["others"].tolist() == [False] * 5 + [True]
    assert places["gross_sales_minor"].sum() == takings
    assert places["share"].sum() == pytest.approx(1)
    assert places["change_share"].head(5).tolist() == full["change_share"].head(5).tolist()
    assert np.isnan(places["change_share"].iloc[5])
    day = reports.make("hours", scope).listing("hours").frame
    hours = view.listing("overview_hours").frame
    assert hours["gross_sales_minor"].head(5).tolist() == sorted(day["gross_sales_minor"], reverse=True)[:5]
    assert hours["transactions"].sum() == len(scope.shown.sold)
    groups = view.listing("overview_categories").frame
    assert groups["line_sales_minor"].sum() == scope.shown.sold_lines["line_total_minor"].sum()
    assert groups["units"].sum() == scope.shown.sold_lines["quantity"].sum()


def test_six_need_no_row_of_others(make_facts: Make, scoped: Make) -> None:
    places = overview.view(scoped(make_facts(600, places=6))).listing("overview_places").frame
    assert len(places) == 6
    assert not places["others"].any()


def test_a_report_is_made_once_a_scope(facts: Facts, scoped: Make) -> None:
    scope = scoped(facts)
    assert reports.make("overview", scope) is reports.make("overview", scope)
    assert scope.once("locations", lambda _scope: View("other", "", (), ())).name == "locations"
    with pytest.raises(KeyError, match="nope"):
        reports.make("nope", scope)


def two_months(make_facts: Make, **late: Any) -> Facts:
    """Return one sale of 100.00 a day over 56 days; ``late`` changes columns of the last 28."""
    facts: Facts = make_facts(56, 56, places=1, statuses=(1.0, 0.0, 0.0, 0.0))
    sales = facts["transactions"]
    sales["business_date"] = pd.date_range("2024-01-01", periods=56)
    sales["total_amount_minor"] = 10_000
    for column, value in late.items():
        sales.loc[28:, column] = value
    return facts


def test_what_changed_is_said_to_the_penny(make_facts: Make, scoped: Make) -> None:
    scope = scoped(two_months(make_facts, total_amount_minor=12_000))
    assert overview.view(scope).findings == (
        "Takings were £3,360 in the 28 days to 25 Feb 2024, up 20.0% on the same weekdays before (£2,800).",
        "There were 28 sales of £120.00 on average: their number is unchanged, the average up 20.0%.",
        "Takings rose by £560: +£560 from larger sales.",
    )


def test_closed_days_are_a_reason_of_their_own(make_facts: Make, scoped: Make) -> None:
    facts = two_months(make_facts)
    facts["transactions"].loc[[30, 31], "transaction_status"] = "void"
    scope = scoped(facts)
    assert overview.view(scope).findings[2:] == (
        "Takings fell by £200: −£200 from fewer days with sales. "
        "Days differ so much that a change of this size can be chance.",
        "There were sales on 26 of the 28 days, and on 28 of those before.",
    )


def test_the_place_that_changed_most_is_named(make_facts: Make, scoped: Make) -> None:
    facts = two_months(make_facts)
    sales = facts["transactions"]
    facts["locations"] = make_facts(1, places=2)["locations"]
    sales["location_id"] = ["L0", "L1"] * 28
    sales.loc[(sales.index >= 28) & (sales["location_id"] == "L1"), "total_amount_minor"] = 4_000
    sales.loc[(sales.index >= 28) & (sales["location_id"] == "L0"), "total_amount_minor"] = 10_100
    text = overview.view(scoped(facts)).findings[2]
    assert text == "Takings fell by £826: −£826 from smaller sales; most of it at Hill Restaurant (−£840)."


def test_without_a_change_nothing_is_said_to_have_changed(make_facts: Make, scoped: Make) -> None:
    scope = scoped(two_months(make_facts))
    assert len(overview.view(scope).findings) == 2
    apart = changes.changes(scope)
    assert apart.loc[apart["split"] == changes.HOW, "change_minor"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"compare_days": 100}, "The data begin only on 1 Jan 2024, so only 56 days can be told of."),
        (
            {"start": dt.date(2024, 2, 12), "end": dt.date(2024, 3, 1)},
            "The data end on 25 Feb 2024, so only 14 days can be told of.",
        ),
        (
            {"end": dt.date(2024, 1, 20)},
            "The data begin only on 1 Jan 2024, so only 20 days can be told of.",
        ),
    ],
)
def test_days_that_are_not_whole_are_told(asked: dict[str, Any], text: str, make_facts: Make, scoped: Make) -> None:
    assert overview.view(scoped(two_months(make_facts), **asked)).findings[-1] == text


def test_closed_days_without_anything_before_are_told(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(400, 30, closed_weekday=6, statuses=(1.0, 0.0, 0.0, 0.0))
    assert overview.view(scoped(facts)).findings[-1] == "There were sales on 24 of the 28 days."


def test_refunds_are_told_where_the_till_knows_them(facts: Facts, scoped: Make) -> None:
    assert any("% of sales and refunds" in text for text in overview.view(scoped(facts)).findings)


def test_words_follow_the_shop(make_facts: Make, scoped: Make) -> None:
    shop = Shop(currency="INR", language="en_IN", timezone="Asia/Kolkata")
    facts = two_months(make_facts, total_amount_minor=25_000_000)
    facts["transactions"]["currency"] = "INR"
    assert (
        overview.view(scoped(facts, shop=shop)).findings[2]
        == "Takings rose by ₹69,97,200: +₹69,97,200 from larger sales."
    )
