"""Products, categories and places: shares, classes, changes beyond chance, ranks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.sales import mix
from shoplib.sales.sold import Sold
from shoplib.sales.view import Scope

Make = Callable[..., Any]


def periods(scope: Scope) -> tuple[Sold, Sold, Sold]:
    return (
        Sold(scope.shown, scope.window.shown),
        Sold(scope.recent, scope.window.recent),
        Sold(scope.before, scope.window.before),
    )


def ordered(amounts: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"line_sales_minor": pd.Series(amounts, dtype="int64")})


def test_shares_by_hand() -> None:
    products = pd.DataFrame(
        {
            "product_id": ["a", "b", "c", "d"],
            "product_name": ["A", "B", "C", "D"],
            "product_category": ["Beer", None, "Wine", "Beer"],
            "transactions": [1, 1, 1, 1],
            "units": [1.0, 2.0, 3.0, 4.0],
            "line_sales_minor": [100, 300, 500, 100],
        }
    )
    table = mix.category_shares(products)
    assert table["product_category"].isna().tolist() == [False, True, False]
    assert table["line_sales_minor"].tolist() == [500, 300, 200]
    assert table["share"].tolist() == [0.5, 0.3, 0.2]
    assert table["products"].tolist() == [1, 1, 2]
    assert mix.top_products(products, 2)["product_id"].tolist() == ["c", "b"]
    assert mix.top_products(products, 2)["share"].tolist() == [0.5, 0.3]


def test_shares_add_up_to_one(make_facts: Make, derived: Make) -> None:
    tables = derived(make_facts())
    assert mix.category_shares(tables["sales_products"])["share"].sum() == pytest.approx(1)


def test_the_product_that_crosses_a_bound_is_of_the_higher_class() -> None:
    table = mix.classes(ordered([79, 2, 13, 2, 4]))
    assert table["abc"].tolist() == ["A", "A", "B", "B", "C"]
    assert mix.classes(ordered([80, 15, 5]))["abc"].tolist() == ["A", "B", "C"]
    assert mix.classes(ordered([7]))["abc"].tolist() == ["A"]
    assert mix.classes(ordered([80, 30, -10]))["cumulative_share"].tolist() == pytest.approx([80 / 110, 1, 1])
    assert mix.classes(ordered([0, -5]))["abc"].tolist() == [None, None]
    assert mix.classes(ordered([]))["cumulative_share"].tolist() == []


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40).filter(any))
def test_classes_equal_a_loop(amounts: list[int]) -> None:
    amounts = sorted(amounts, reverse=True)
    table, so_far, total = mix.classes(ordered(amounts)), 0, sum(amounts)
    for amount, grade, share in zip(amounts, table["abc"], table["cumulative_share"], strict=True):
        wanted = "A" if so_far * 100 < 80 * total else "B" if so_far * 100 < 95 * total else "C"
        so_far += amount
        assert (grade, share) == (wanted, pytest.approx(so_far / total))


def test_concentration_by_hand() -> None:
    table = mix.concentration(mix.classes(ordered([79, 2, 13, 2, 4])))
    assert table["abc"].tolist() == ["A", "B", "C"]
    assert table["products"].tolist() == [2, 2, 1]
    assert table["products_share"].tolist() == [0.4, 0.4, 0.2]
    assert table["line_sales_minor"].tolist() == [81, 15, 4]
    assert mix.concentration(mix.classes(ordered([]))).empty


def test_a_planted_change_of_one_category_is_told(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(6_000, 60)
    late = facts["transactions"]["business_date"] > facts["transactions"]["business_date"].max() - pd.Timedelta(days=28)
    category = facts["products"].set_index("product_id")["product_category"]
    lines = facts["transaction_items"]
    doubled = lines["transaction_id"].isin(set(facts["transactions"].loc[late, "transaction_id"]))
    doubled &= lines["product_id"].map(category) == "Wine"
    lines = lines.assign(line_total_minor=lines["line_total_minor"] * np.where(doubled, 2, 1))
    shown, recent, before = periods(scoped(facts | {"transaction_items": lines}))
    table = mix.categories(mix.products(shown, recent, before), recent, before).set_index("product_category")
    assert table["verdict"].to_dict() == {
        "Wine": mix.UP, "Beer": mix.STEADY, "Hot food": mix.STEADY, "No category": mix.STEADY
    }  # fmt: skip
    assert table.loc["Wine", "change_share"] == pytest.approx(1, abs=0.2)


def test_chance_alone_seldom_moves_a_category() -> None:
    rng = np.random.default_rng(5)
    days = rng.gamma(4.0, 1_000.0, (200, 2, 6, 28))
    moved = [any(word in (mix.UP, mix.DOWN) for word in mix._verdicts(*pair)) for pair in days]
    assert sum(moved) <= 20  # 5 % of 200 is 10; more than 20 has a chance of 1 in 1,000


def test_without_days_before_nothing_is_said_of_change(make_facts: Make, scoped: Make) -> None:
    shown, recent, before = periods(scoped(make_facts(100, 20)))
    table = mix.categories(mix.products(shown, recent, before), recent, before)
    assert set(table["verdict"]) == {mix.UNKNOWN}
    assert table["change_share"].isna().all()


def test_products_of_one_size_share_a_rank(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(8_000, 100, products=6, statuses=(1.0, 0.0, 0.0, 0.0))
    lines = facts["transaction_items"]
    big = lines["product_id"] == "P02"
    lines = lines.assign(line_total_minor=lines["line_total_minor"] * np.where(big, 3, 1))
    shown, recent, before = periods(scoped(facts | {"transaction_items": lines}))
    table = mix.products(shown, recent, before)
    assert mix.product_ranks(table, shown, 4) == ["1", "2=", "2=", "2=", "", ""]
    assert table["product_id"].iloc[0] == "P02"


def test_few_days_have_no_ranks(make_facts: Make, scoped: Make) -> None:
    shown, recent, before = periods(scoped(make_facts(100, 5)))
    assert set(mix.product_ranks(mix.products(shown, recent, before), shown, 20)) == {""}


def test_lines_by_group_and_day_equal_a_table(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts(300, 40))
    shown, recent, _ = periods(scope)
    group = np.arange(len(shown.keys)) % 3 - 1
    for side in (shown, recent):
        daily = side.by_day(group, 2)
        assert daily.shape == (2, side.days)
        lines = side.lines
        of = lines["product_id"].astype(object).map(dict(zip(side.keys, group, strict=True)))
        for number in (0, 1):
            wanted = lines[of == number].groupby("day")["line_total_minor"].sum()
            dates = pd.date_range(side.period.start, side.period.end)
            assert daily[number].tolist() == wanted.reindex(dates, fill_value=0).tolist()
        assert side.line_sales.sum() == lines["line_total_minor"].sum()
        assert side.open_days.sum() == lines["day"].nunique()


def test_a_scope_without_days_has_no_lines(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts(0, 1))
    nothing = Sold(scope.before, scope.window.before)
    assert (nothing.days, len(nothing.day), nothing.by_day(np.zeros(0, dtype="int64"), 2).shape) == (0, 0, (2, 0))


def test_nothing_sold_has_no_share(make_facts: Make, derived: Make) -> None:
    tables = derived(make_facts(20, statuses=(0.0, 0.5, 0.5, 0.0)))
    assert mix.category_shares(tables["sales_products"]).empty
