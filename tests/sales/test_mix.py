"""Categories, products and locations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from shoplib.sales import mix

Make = Callable[..., Any]


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
    assert mix.location_comparison(tables["sales_locations"])["share"].sum() == pytest.approx(1)


def test_places_are_comparable_and_quiet_ones_unknown() -> None:
    places = pd.DataFrame(
        {
            "location_id": ["b", "a"],
            "location_name": ["B", "A"],
            "location_type": [None, None],
            "city": [None, None],
            "trading_days": [0, 4],
            "transactions": [0, 10],
            "gross_sales_minor": [0, 1000],
            "net_sales_minor": [0, 900],
            "refunds": [0, 2],
        }
    )
    table = mix.location_comparison(places)
    assert table["location_id"].tolist() == ["a", "b"]
    assert table.loc[0, ["share", "gross_sales_per_day_minor", "average_transaction_minor"]].tolist() == [1, 250, 100]
    assert table.loc[0, "refund_share"] == pytest.approx(1 / 6)
    assert table.loc[1, ["gross_sales_per_day_minor", "average_transaction_minor", "refund_share"]].isna().all()


def test_nothing_sold_has_no_share(make_facts: Make, derived: Make) -> None:
    tables = derived(make_facts(20, statuses=(0.0, 0.5, 0.5, 0.0)))
    assert mix.category_shares(tables["sales_products"]).empty
    assert mix.location_comparison(tables["sales_locations"])["share"].isna().all()
