"""Pairs: lifts by hand, a naive twin, planted pairs, and baskets that cannot be."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.contracts import check
from shoplib.customers import baskets

Make = Callable[..., Any]
BASKETS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=5), min_size=1, max_size=30)


def found(sales: Make, lines: Make, content: list[Any]) -> baskets.Baskets:
    return baskets.baskets(sales([(None, "01", 100)] * len(content)), lines(content))


def test_lift_by_hand(sales: Make, lines: Make) -> None:
    # Bread in 4 of 8, butter in 2 of 8, both in 2: lift = (2 / 8) / (4 / 8 × 2 / 8) = 2.
    content = [["bread", "butter"], ["bread", "butter"], ["bread"], ["bread"], ["milk"], ["milk"], ["tea"], []]
    table = baskets.basket_pairs(found(sales, lines, content), 1)
    check.checked("basket_pairs", table)
    assert table.to_dict("records") == [
        {
            "product_a": "bread",
            "product_b": "butter",
            "baskets": 2,
            "support": 0.25,
            "confidence_a_b": 0.5,
            "confidence_b_a": 1.0,
            "lift": 2.0,
        }
    ]


@settings(max_examples=60, deadline=None)
@given(content=BASKETS, least=st.integers(1, 4))
def test_pairs_agree_with_a_naive_twin(content: list[list[str]], least: int, sales: Make, lines: Make) -> None:
    """The twin takes each basket as a set and counts its pairs."""
    sets = [set(basket) for basket in content]
    both = Counter(pair for basket in sets for pair in itertools.combinations(sorted(basket), 2))
    alone = Counter(product for basket in sets for product in basket)
    wanted = {
        (a, b): (count, count / len(sets), count / alone[a], count / alone[b],
                 count * len(sets) / (alone[a] * alone[b]))
        for (a, b), count in both.items() if count >= least
    }  # fmt: skip
    table = baskets.basket_pairs(found(sales, lines, content), least)
    got = {(row[0], row[1]): row[2:] for row in table.itertuples(index=False)}
    assert set(got) == set(wanted)
    for pair, values in wanted.items():
        assert got[pair] == pytest.approx(values)
    order = list(zip(-table["lift"], -table["baskets"], table["product_a"], table["product_b"], strict=True))
    assert order == sorted(order)


@settings(max_examples=20, deadline=None)
@given(content=BASKETS, seed=st.integers(0, 99))
def test_order_of_rows_does_not_matter(content: list[list[str]], seed: int, sales: Make, lines: Make) -> None:
    table, rows = sales([(None, "01", 100)] * len(content)), lines(content)
    one = baskets.basket_pairs(baskets.baskets(table, rows), 1)
    other = baskets.basket_pairs(
        baskets.baskets(table.sample(frac=1, random_state=seed), rows.sample(frac=1, random_state=seed)), 1
    )
    pd.testing.assert_frame_equal(one, other)


def test_only_completed_sales_and_units_sold_count(sales: Make, lines: Make) -> None:
    table = sales([(None, "01", 100)] * 4, ["completed", "void", "refunded", "completed"])
    rows = lines([["a", "b"], ["a", "b"], ["a", "b"], ["a", "b"]])
    rows.loc[rows["transaction_id"].eq("T0003") & rows["product_id"].eq("b"), "quantity"] = -1.0
    made = baskets.baskets(table, rows)
    assert (made.count, made.several) == (2, 1)
    assert baskets.basket_pairs(made, 1)["baskets"].tolist() == [1]


def test_a_huge_basket_is_left_out_everywhere(sales: Make, lines: Make) -> None:
    many = [f"p{at:03d}" for at in range(baskets.MOST_PRODUCTS + 1)]
    made = found(sales, lines, [many, ["p000", "p001"], ["p000"]])
    assert (made.count, made.too_large) == (2, 1)
    table = baskets.basket_pairs(made, 1)
    assert table[["product_a", "product_b", "support", "confidence_a_b"]].to_numpy().tolist() == [
        ["p000", "p001", 0.5, 0.5]
    ]
    assert found(sales, lines, [many[:-1]]).too_large == 0


@pytest.mark.parametrize("content", [[], [[]], [["a"], ["b"], ["a"]]])
def test_nothing_together_gives_no_rows(content: list[list[str]], sales: Make, lines: Make) -> None:
    made = found(sales, lines, content)
    assert made.several == 0
    table = baskets.basket_pairs(made, 1)
    check.checked("basket_pairs", table)
    assert table.empty
    assert baskets.beyond_chance(table, len(made.products)).empty


def test_a_product_the_products_do_not_list_keeps_its_key(sales: Make, lines: Make) -> None:
    pairs = baskets.basket_pairs(found(sales, lines, [["a", "b"]]), 1)
    named = baskets.named(pairs, pd.DataFrame({"product_id": ["a"], "product_name": ["Apple"]}))
    assert (named.loc[0, "name_a"], named.loc[0, "name_b"]) == ("Apple", "b")


def random_baskets(seed: int, count: int = 4_000, planted: bool = False) -> list[list[str]]:
    """Return baskets of independent products of unequal popularity, a pair planted in some if asked."""
    rng = np.random.default_rng(seed)
    popular = np.linspace(0.01, 0.2, 25)
    bought = rng.random((count, 25)) < popular
    if planted:
        together = rng.random(count) < 0.02
        bought[together, 3] = bought[together, 7] = True
    return [[f"p{at:02d}" for at in np.flatnonzero(row)] for row in bought]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_chance_is_not_told_and_a_planted_pair_is(seed: int, sales: Make, lines: Make) -> None:
    made = found(sales, lines, random_baskets(seed))
    pairs = baskets.basket_pairs(made, 5)
    assert len(pairs) > 200
    assert len(baskets.beyond_chance(pairs, len(made.products))) <= 1
    made = found(sales, lines, random_baskets(seed, planted=True))
    told = baskets.beyond_chance(baskets.basket_pairs(made, 5), len(made.products))
    assert (told.loc[0, "product_a"], told.loc[0, "product_b"]) == ("p03", "p07")
    assert len(told) <= 2


def test_fewer_pairs_pass_where_more_were_tried(sales: Make, lines: Make) -> None:
    made = found(sales, lines, random_baskets(5, planted=True))
    pairs = baskets.basket_pairs(made, 5)
    few, many = (len(baskets.beyond_chance(pairs, products)) for products in (25, 100_000))
    assert many <= few
