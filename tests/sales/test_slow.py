"""What does not sell: a silence is judged by the product's own rhythm, and all of it by plain loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.sales import slow
from shoplib.sales.sold import Sold
from shoplib.sales.view import Scope

Make = Callable[..., Any]
DAYS = 200


def world(make_facts: Make, sales: list[tuple[str, str, int]], names: tuple[str, ...] = (), category: str = "") -> Any:
    """Return facts of one line a sale, from (product, place, day); ``names`` are products never sold."""
    facts = make_facts(len(sales), 1, places=2, products=1, statuses=(1.0, 0.0, 0.0, 0.0))
    transactions = facts["transactions"].assign(
        business_date=pd.Timestamp("2024-01-01") + pd.to_timedelta([day for _, _, day in sales], unit="D"),
        location_id=[place for _, place, _ in sales],
    )
    items = pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"],
            "line_number": 1,
            "product_id": [product for product, _, _ in sales],
            "quantity": 1.0,
            "line_total_minor": 100,
            "attributes": None,
        }
    )
    listed = sorted({product for product, _, _ in sales} | set(names))
    products = pd.DataFrame(
        {
            "product_id": listed, "product_name": [f"Name of {name}" for name in listed],
            "product_category": category or None, "unit_cost_minor": pd.array([None] * len(listed), "Int64"),
            "unit_price_minor": pd.array([250] * len(listed), "Int64"),
        }
    )  # fmt: skip
    prices = facts["product_prices"].iloc[:0]
    return facts | {"transactions": transactions, "transaction_items": items, "products": products,
                    "product_prices": prices}  # fmt: skip


def past(scope: Scope) -> slow.Past | None:
    return slow.past(Sold(scope.shown, scope.window.shown))


def every(product: str, step: int, until: int, place: str = "L0") -> list[tuple[str, str, int]]:
    return [(product, place, day) for day in range(0, until, step)]


def test_once_in_forty_days_is_not_slow_after_thirty(make_facts: Make, scoped: Make) -> None:
    sales = [*every("daily", 1, DAYS), *every("rare", 40, DAYS - 35)]
    table = slow.products(past(scoped(world(make_facts, sales))), 28)
    assert table.empty


def test_a_daily_seller_that_stops_is_slow(make_facts: Make, scoped: Make) -> None:
    sales = [*every("daily", 1, DAYS), *every("stopped", 1, 150), *every("weekly", 7, DAYS)]
    table = slow.products(past(scoped(world(make_facts, sales, ("new",)))), 28)
    assert list(table) == slow.PRODUCTS
    assert table[["product_id", "reason", "units"]].to_numpy().tolist() == [
        ["new", slow.NEVER, 0.0], ["stopped", slow.SILENT, 150.0],
    ]  # fmt: skip
    row = table.iloc[1]
    assert (row["last_sold"], row["days_without_sale"]) == (pd.Timestamp("2024-05-29"), 50)
    assert (row["usual_gap_days"], row["list_price_minor"], row["best_location"]) == (1.0, 250, "Harbour Bar")
    assert pd.isna(table.iloc[0]["last_sold"]) and pd.isna(table.iloc[0]["days_without_sale"])


def test_sold_once_long_ago_is_slow(make_facts: Make, scoped: Make) -> None:
    table = slow.products(past(scoped(world(make_facts, [*every("daily", 1, DAYS), ("once", "L0", 10)]))), 28)
    assert table[["product_id", "reason"]].to_numpy().tolist() == [["once", slow.SILENT]]
    assert pd.isna(table["usual_gap_days"].iloc[0])


def test_closed_days_are_no_silence(make_facts: Make, scoped: Make) -> None:
    sales = [*every("a", 1, 40), *every("b", 1, 40), ("a", "L0", 120), ("a", "L0", 121)]
    assert slow.products(past(scoped(world(make_facts, sales))), 28).empty


def test_far_below_its_category(make_facts: Make, scoped: Make) -> None:
    peers = [sale for name in "abcd" for sale in every(name, 1, DAYS)]
    few = every("few", 20, DAYS)
    beer = slow.products(past(scoped(world(make_facts, [*peers, *few], category="Beer"))), 28)
    assert beer[["product_id", "reason"]].to_numpy().tolist() == [["few", slow.BELOW]]
    assert beer["category_share"].iloc[0] == pytest.approx(10 / DAYS)
    assert slow.products(past(scoped(world(make_facts, [*peers, *few]))), 28).empty  # no category, no peers
    two = [*every("a", 1, DAYS), *every("b", 1, DAYS), *few]
    assert slow.products(past(scoped(world(make_facts, two, category="Beer"))), 28).empty


def test_chance_of_a_silence_is_that_of_a_simulation() -> None:
    """The next gap of a Poisson stream against n − 1 gaps known: the formula of the module, whatever the rate."""
    rng = np.random.default_rng(4)
    gaps = rng.exponential(17.0, (200_000, 6))
    known, following = gaps[:, :5].sum(axis=1), gaps[:, 5]
    for ratio in (0.2, 0.5, 1.0):
        assert (following > ratio * known).mean() == pytest.approx((1 / (1 + ratio)) ** 5, abs=0.004)


def test_a_steady_stream_is_seldom_called_slow(make_facts: Make, scoped: Make) -> None:
    rng = np.random.default_rng(2)
    streams = {f"p{i:03d}": np.flatnonzero(rng.random(400) < 0.05) for i in range(200)}
    sales = [*every("daily", 1, 400), *((name, "L0", int(day)) for name, days in streams.items() for day in days)]
    found = slow.products(past(scoped(world(make_facts, sales))), 28)
    assert len(found) <= 7  # 1 % of 200 is 2; more than 7 has a chance of 1 in 1,000


def test_one_place_stops_what_others_sell(make_facts: Make, scoped: Make) -> None:
    sales = [*every("x", 1, DAYS, "L0"), *every("x", 1, DAYS, "L1"), *every("y", 2, DAYS, "L0"),
             *every("y", 2, 100, "L1"), ("z", "L1", 3), *every("z", 2, DAYS, "L0")]  # fmt: skip
    known = past(scoped(world(make_facts, sales)))
    table, found = slow.by_place(known, 28)
    assert found == 1 and list(table) == slow.PLACES
    row = table.iloc[0]
    assert (row["product_id"], row["location_name"], row["best_location"]) == ("y", "Hill Restaurant", "Harbour Bar")
    assert (row["days_without_sale"], row["units"], row["usual_gap_days"]) == (101, 50.0, 2.0)
    assert row["missed_days"] == pytest.approx(101 * 49 / 98)
    assert slow.by_place(known, 28, most=0)[1] == 1
    assert slow.products(known, 28).empty


def test_rhythms_equal_a_loop(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts(400, 90, products=40))
    known = past(scope)
    assert known is not None
    table = slow._rhythm(slow._by_product(known), len(known.sold.keys), known.anywhere, 10)
    lines = scope.books.sold_lines
    first, last = scope.window.shown.start, scope.window.shown.end
    opened = sorted(lines["day"].unique())
    for key, row in zip(known.sold.keys, table.to_dict("records"), strict=True):
        days = sorted(lines.loc[lines["product_id"] == key, "day"].unique())
        gaps = len(days) - 1
        within = sum(days[0] < day <= days[-1] for day in opened)
        silent = sum(day > days[-1] for day in opened)
        silence = (pd.Timestamp(last) - days[-1]).days
        chance = (within / (within + silent)) ** gaps if gaps else 0.0 if silent else 1.0
        assert (row["sale_days"], row["first"]) == (len(days), (days[0] - pd.Timestamp(first)).days)
        assert row["days_without_sale"] == silence
        assert row["slow"] == (silence >= 10 and chance < slow.UNUSUAL)
        if gaps:
            assert row["usual_gap_days"] == pytest.approx((days[-1] - days[0]).days / gaps)
            assert row["missed_days"] == pytest.approx(silent * gaps / within)


def test_distinct_keys_either_way() -> None:
    keys = np.random.default_rng(1).integers(0, 900, 2_000)
    wanted = sorted(set(keys.tolist()))
    assert slow._distinct(keys, 900).tolist() == slow._distinct(keys, slow.MOST_COUNTED + 1).tolist() == wanted


def test_nothing_sold_has_nothing_slow(make_facts: Make, scoped: Make) -> None:
    known = past(scoped(make_facts(0, 1)))
    assert known is None
    assert slow.products(known, 28).empty and slow.by_place(known, 28)[1] == 0
