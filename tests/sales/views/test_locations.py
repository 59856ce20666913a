"""The report on places: its main table against a plain loop, what it finds, and that odd shops do not break it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.base.calendar import Period
from shoplib.base.listing import plain, shown
from shoplib.sales.metrics import whole_rate
from shoplib.sales.view import Scope
from shoplib.sales.views import locations

Make = Callable[..., Any]
Facts = dict[str, pd.DataFrame]
HARD_NAMES = ("=1+1", "<script>alert(1)</script>", "🍺 हिन्दी चाय")


def without_costs(facts: Facts) -> Facts:
    nothing = pd.array([None] * len(facts["products"]), "Int64")
    return facts | {
        "products": facts["products"].assign(unit_cost_minor=nothing),
        "product_prices": facts["product_prices"].iloc[:0],
    }


def hard_names(facts: Facts) -> Facts:
    return facts | {"locations": facts["locations"].assign(location_name=HARD_NAMES)}


def returned(facts: Facts) -> Facts:
    """Every third line gives goods back within its sale."""
    lines = facts["transaction_items"]
    sign = np.where(np.arange(len(lines)) % 3 == 0, -1, 1)
    lines = lines.assign(quantity=lines["quantity"] * sign, line_total_minor=lines["line_total_minor"] * sign)
    return facts | {"transaction_items": lines}


SHOPS: dict[str, Callable[[Make], Facts]] = {
    "nothing": lambda make: make(0, 1),
    "one sale": lambda make: make(1, 1, places=1, statuses=(1.0, 0.0, 0.0, 0.0)),
    "only refunds": lambda make: make(30, 10, statuses=(0.0, 1.0, 0.0, 0.0)),
    "only cancelled": lambda make: make(30, 10, statuses=(0.0, 0.0, 1.0, 0.0)),
    "no lines": lambda make: (facts := make(200)) | {"transaction_items": facts["transaction_items"].iloc[:0]},
    "no costs": lambda make: without_costs(make(200)),
    "returns in sales": lambda make: returned(make(300)),
    "no hours, nobody": lambda make: (
        (facts := make(200, hours=False))
        | {"transactions": facts["transactions"].assign(employee_id=None), "employees": facts["employees"].iloc[:0]}
    ),
    "one place": lambda make: make(200, places=1),
    "hard names": lambda make: hard_names(make(200)),
    "no master data": lambda make: (facts := make(200)) | {"locations": facts["locations"].iloc[:0]},
    "a place that never sold": lambda make: make(200, places=2) | {"locations": make(1, places=3)["locations"]},
    "many places": lambda make: make(3_000, 70, places=30),
}


@pytest.mark.parametrize("name", SHOPS)
def test_every_shop_is_told(name: str, make_facts: Make, scoped: Make) -> None:
    scope = scoped(SHOPS[name](make_facts))
    view = locations.view(scope)
    assert (view.name, view.listings[0].name, view.listings[1].name) == ("locations", "locations", "location_types")
    assert 1 <= len(view.findings) <= 5
    for text in view.findings:
        assert text.endswith("."), text
        assert not any(word in text for word in ("nan", "None", "<NA>", "unknown", "..", "  ")), text
    for listing in view.listings:
        assert len(shown(listing, "en_GB")) == len(plain(listing)) == len(listing.frame)
    assert view.listings[0].frame["location_id"].is_unique
    assert view.listings[0].frame["gross_sales_minor"].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nothing", "No transactions were taken in, so there is nothing to tell."),
        ("only refunds", "There was no completed sale in the days shown."),
        ("only cancelled", "There was no completed sale in the days shown."),
    ],
)
def test_nothing_sold_is_one_sentence(name: str, sentence: str, make_facts: Make, scoped: Make) -> None:
    assert locations.view(scoped(SHOPS[name](make_facts))).findings == (sentence,)


def test_days_without_data_are_said_so(make_facts: Make, scoped: Make) -> None:
    view = locations.view(scoped(make_facts(200), dt.date(2030, 1, 1)))
    assert view.findings == ("The data hold none of the days asked for.",)
    assert view.listings[0].frame["transactions"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", ["returns in sales", "no costs", "a place that never sold", "one sale", "no lines"])
def test_the_main_table_equals_a_loop(name: str, make_facts: Make, scoped: Make) -> None:
    scope = scoped(SHOPS[name](make_facts))
    table = locations.view(scope).listings[0].frame
    receipts, lines = scope.books.receipts, scope.books.sold_lines
    whole = sum(r.total_minor for r in receipts.itertuples() if r.status == "completed")
    for row in table.itertuples():
        mine = [r for r in receipts.itertuples() if r.location_id == row.location_id]
        sold = [r for r in mine if r.status == "completed"]
        back = [r for r in mine if r.status == "refunded"]
        sales = [i for i in lines.itertuples() if i.location_id == row.location_id and not i.gift]
        costed = [i for i in sales if not pd.isna(i.cost_minor)]
        gross, days = sum(r.total_minor for r in sold), len({r.day for r in sold})
        net, cost = sum(i.net_minor for i in costed), sum(int(i.cost_minor) for i in costed)
        before_tax = sum(r.subtotal_minor - r.discount_minor - r.gift_sold_minor for r in sold)
        assert (row.trading_days, row.transactions, row.gross_sales_minor) == (days, len(sold), gross)
        assert (row.refunds, row.refunds_minor) == (len(back), sum(abs(r.total_minor) for r in back))
        assert row.net_sales_minor == gross - (row.refunds_minor if scope.books.refunds_apart else 0)
        assert row.share == pytest.approx(gross / whole)
        assert none(row.average_transaction_minor) == whole_rate(gross, len(sold))
        assert none(row.gross_sales_per_day_minor) == whole_rate(gross, days)
        assert none(row.refund_share) == (len(back) / (len(back) + len(sold)) if mine and (back or sold) else None)
        assert none(row.margin_minor) == (net - cost if costed else None)
        assert none(row.margin_share) == (pytest.approx((net - cost) / net) if costed and net > 0 else None)
        assert row.unknown_margin_minor == before_tax - net
        assert none(row.transactions_per_day) == (pytest.approx(len(sold) / days) if days else None)


def none(value: Any) -> Any:
    return None if pd.isna(value) else value


def test_columns_that_tell_nothing_are_not_shown(make_facts: Make, scoped: Make) -> None:
    facts = without_costs(make_facts(300, statuses=(1.0, 0.0, 0.0, 0.0)))
    names = [column.name for column in locations.view(scoped(facts)).listings[0].columns]
    assert not {"refunds", "refund_share", "net_sales_minor", "margin_minor", "margin_share", "city"}.intersection(
        names
    )
    assert {"gross_sales_minor", "share", "rank"} <= set(names)


def grown(scope_of_world: Make, make: Make, factors: tuple[float, ...], days: int = 84, **more: Any) -> Scope:
    """Return the scope of places that take one sale a day each, of about £10 times their factor."""
    rng = np.random.default_rng(3)
    facts = make(days * len(factors), days, places=len(factors), statuses=(1.0, 0.0, 0.0, 0.0))
    table = facts["transactions"].assign(
        business_date=np.repeat(pd.date_range("2024-01-01", periods=days), len(factors)),
        location_id=np.tile([f"L{i}" for i in range(len(factors))], days),
        total_amount_minor=(1_000 * np.tile(factors, days) * rng.normal(1, 0.1, days * len(factors))).astype(int),
    )
    return scope_of_world(facts | {"transactions": table}, **more)


def test_ranks_and_the_best_place_are_told_only_where_apart(make_facts: Make, scoped: Make) -> None:
    apart = locations.view(grown(scoped, make_facts, (2.0, 1.0, 1.0)))
    assert apart.listings[0].frame["rank"].tolist() == ["1", "2=", "2="]
    assert apart.findings[0].startswith("Of 3 places, Harbour Bar takes most: £1,6")
    assert ", the second, beyond chance." in apart.findings[0]
    equal = locations.view(grown(scoped, make_facts, (1.0, 1.0, 1.0)))
    assert equal.listings[0].frame["rank"].tolist() == ["1=", "1=", "1="]
    assert equal.findings[0].endswith("; but no place is apart from it beyond chance.")
    two = locations.view(grown(scoped, make_facts, (2.0, 2.0, 1.0)))
    first, second = two.listings[0].frame["location_name"].head(2)
    assert f"{first} takes most" in two.findings[0]
    assert two.findings[0].endswith(f"; not apart from it beyond chance: {second}.")
    few = locations.view(grown(scoped, make_facts, (2.0, 1.0), days=5))
    assert few.listings[0].frame["rank"].isna().all()
    assert few.findings[0].endswith("; there are too few days to say whether Hill Restaurant is apart from it.")


def test_a_change_beyond_chance_is_named(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(84 * 2, 84, places=2, statuses=(1.0, 0.0, 0.0, 0.0))
    rng = np.random.default_rng(5)
    size = np.tile([1_000.0, 1_000.0], 84) * rng.normal(1, 0.05, 168)
    size[28 * 2 * 2 :: 2] *= 1.5
    table = facts["transactions"].assign(
        business_date=np.repeat(pd.date_range("2024-01-01", periods=84), 2), location_id=np.tile(["L0", "L1"], 84),
        total_amount_minor=size.astype(int),
    )  # fmt: skip
    found = locations.view(scoped(facts | {"transactions": table})).findings
    changed = next(text for text in found if "changed" in text)
    assert changed.startswith("Harbour Bar changed most beyond chance: up ")
    assert "% in the last 28 days on the same weekdays before; all places together: up " in changed
    steady = locations.view(grown(scoped, make_facts, (1.0, 1.0))).findings
    assert "No place changed beyond chance in the last 28 days against the same weekdays before." in steady


def test_refunds_stand_out_only_beyond_chance(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(1_200, 60, places=3, statuses=(0.95, 0.05, 0.0, 0.0))
    assert not any("refunds more" in text for text in locations.view(scoped(facts)).findings)
    table = facts["transactions"]
    more = (table["location_id"] == "L1") & (np.arange(len(table)) % 4 == 0)
    worse = facts | {
        "transactions": table.assign(transaction_status=table["transaction_status"].mask(more, "refunded"))
    }
    found = next(text for text in locations.view(scoped(worse)).findings if "refunds more" in text)
    assert found.startswith("Hill Restaurant refunds more of its sales than the others, beyond chance: 2")


def test_silent_places_are_named(make_facts: Make, scoped: Make) -> None:
    never = locations.view(scoped(SHOPS["a place that never sold"](make_facts))).findings
    assert never[-1] == "Without a completed sale: The Old Lighthouse at the End of the Pier."
    facts = make_facts(1_000, 60, places=3)
    table = facts["transactions"]
    closed = (table["location_id"] == "L2") & (
        table["business_date"] > table["business_date"].max() - pd.Timedelta("28D")
    )
    stopped = locations.view(scoped(facts | {"transactions": table[~closed].reset_index(drop=True)})).findings
    assert stopped[-1] == "Without a completed sale in the last 28 days: The Old Lighthouse at the End of the Pier."


def test_margins_not_known_are_told(make_facts: Make, scoped: Make) -> None:
    view = locations.view(scoped(make_facts(400)))
    worth = view.listings[0].frame["unknown_margin_minor"].sum()
    found = next(text for text in view.findings if "cost is not known" in text)
    assert found.startswith(f"For sales of £{round(worth / 100):,} the cost is not known, so nothing is said of their ")


def test_kinds_of_place_add_up(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(400, places=4)
    kinds = facts["locations"].assign(location_type=["bar", "bar", "pub", None])
    view = locations.view(scoped(facts | {"locations": kinds}))
    table, types = view.listings[0].frame, view.listings[1].frame
    for row in types.itertuples():
        same = (
            table["location_type"].isna() if pd.isna(row.location_type) else table["location_type"] == row.location_type
        )
        mine = table[same]
        gross = int(mine["gross_sales_minor"].sum())
        assert (row.places, row.transactions, row.gross_sales_minor) == (len(mine), mine["transactions"].sum(), gross)
        assert row.gross_per_place_day_minor == whole_rate(gross, int(mine["trading_days"].sum()))
    assert types["share"].sum() == pytest.approx(1)
    assert types["gross_sales_minor"].is_monotonic_decreasing
    assert len(types) == 3
    none_known = facts["locations"].assign(location_type=None)
    assert locations.view(scoped(facts | {"locations": none_known})).listings[1].frame.empty


def test_quadrants_are_set_against_the_medians(make_facts: Make, scoped: Make) -> None:
    table = pd.DataFrame(
        {
            "transactions": [9, 9, 9, 9, 0],
            "transactions_per_day": [1.0, 2.0, 3.0, 4.0, np.nan],
            "average_transaction_minor": pd.array([400, 100, 300, 200, None], "Int64"),
        }
    )
    assert locations.quadrants(table).tolist() == [
        "few sales, high value", "few sales, low value", "many sales, high value", "many sales, low value", None,
    ]  # fmt: skip
    assert locations.quadrants(table.iloc[[0, 1, 2, 4]]).isna().all()
    assert locations.view(scoped(make_facts(400, places=3))).listings[0].frame["quadrant"].isna().all()


def test_a_place_is_set_against_its_kind_on_the_same_days(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(600, places=4)
    kinds = facts["locations"].assign(location_type=["bar", "bar", "bar", "pub"])
    scope = scoped(facts | {"locations": kinds})
    table = locations.view(scope).listings[0].frame.set_index("location_id")
    daily = scope.daily[scope.daily["transactions"] > 0]
    taken = {(r.business_date, r.location_id): r.gross_sales_minor for r in daily.itertuples()}
    for place in ("L0", "L1", "L2"):
        got = wanted = 0.0
        for (day, where), amount in taken.items():
            others = [taken[day, o] for o in ("L0", "L1", "L2") if o != place and (day, o) in taken]
            if where == place and others:
                got, wanted = got + amount, wanted + sum(others) / len(others)
        assert table.loc[place, "against_type_share"] == pytest.approx(got / wanted - 1)
    assert pd.isna(table.loc["L3", "against_type_share"])


def test_takings_by_day_leave_closed_days_out(daily_from: Make) -> None:
    daily = daily_from([100.0, None, 0.0, 300.0])
    days = Period(dt.date(2024, 1, 1), dt.date(2024, 1, 5))
    grid = locations.by_day(daily, days, pd.Series(["A", "B"]))
    np.testing.assert_array_equal(grid["A"], [100.0, np.nan, np.nan, 300.0, np.nan])
    assert grid["B"].isna().all()
    assert locations.by_day(daily, None, pd.Series(["A"])).shape == (0, 1)


def test_rates_are_rounded_as_in_the_contract() -> None:
    total, number = pd.Series([5, -5, 1, 7]), pd.Series([2, 2, 0, 3])
    wanted = [whole_rate(int(t), int(n)) for t, n in zip(total, number, strict=True)]
    assert [none(rate) for rate in locations.whole_rates(total, number)] == wanted
