"""Facts of small shops made from a seed, in the columns a forecast reads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from shoplib.contracts import convert
from shoplib.forecasting import demand_series

Facts = dict[str, pd.DataFrame]
WEEK = np.array([0.7, 0.75, 0.9, 1.0, 1.5, 1.6, 0.8])
PRICES = {"bread": 200, "milk": 120, "cake": 450, "tea": 90, "jam": 300, "wine": 900}
KINDS = {"bread": "Bakery", "cake": "Bakery", "milk": "Drinks", "tea": "Drinks", "wine": "Drinks", "jam": None}


def empty_facts() -> Facts:
    """Return the tables a forecast reads, without a row."""
    return {
        name: convert.to_pandas(convert.arrow_schema(name).empty_table())[list(columns)]
        for name, columns in demand_series.COLUMNS.items()
    }


def of_sales(sold: pd.DataFrame, **more: pd.DataFrame) -> Facts:
    """Return facts from rows of day, location_id, product_id and units: one transaction each."""
    keys = [f"T{at:06d}" for at in range(len(sold))]
    price = sold["product_id"].map(PRICES).to_numpy()
    heads = pd.DataFrame(
        {
            "transaction_id": keys, "timestamp": pd.DatetimeIndex(sold["day"]).tz_localize("UTC") + pd.Timedelta("12h"),
            "business_date": sold["day"].to_numpy(), "location_id": sold["location_id"].to_numpy(),
            "transaction_status": "completed", "payment_method": "cash",
            "total_amount_minor": (price * sold["units"]).to_numpy(),
        }
    )  # fmt: skip
    lines = pd.DataFrame(
        {
            "transaction_id": keys, "product_id": sold["product_id"].to_numpy(),
            "quantity": sold["units"].to_numpy(dtype="float64"), "line_total_minor": (price * sold["units"]).to_numpy(),
        }
    )  # fmt: skip
    daily = pd.DataFrame(
        {"business_date": heads["business_date"], "location_id": heads["location_id"],
         "gross_sales_minor": lines["line_total_minor"]}
    )  # fmt: skip
    daily = daily.groupby(["business_date", "location_id"], as_index=False)["gross_sales_minor"].sum()
    places = sorted(sold["location_id"].unique())
    return empty_facts() | {
        "sales_daily": daily, "transactions": heads, "transaction_items": lines,
        "locations": pd.DataFrame({"location_id": places, "location_name": [f"Shop {name}" for name in places]}),
        "products": pd.DataFrame(
            {
                "product_id": list(PRICES), "product_name": [name.title() for name in PRICES],
                "product_category": [KINDS[name] for name in PRICES], "unit_price_minor": list(PRICES.values()),
                "unit_cost_minor": [value // 2 for value in PRICES.values()],
            }
        ),
    } | more  # fmt: skip


def random_facts(
    days: int = 140, places: int = 2, seed: int = 1, closed: int | None = None, **more: pd.DataFrame
) -> Facts:
    """Return over-dispersed units with a weekly pattern (negative binomial), shut on one weekday if asked."""
    rng = np.random.default_rng(seed)
    every = pd.date_range("2024-01-01", periods=days)
    parts = []
    for place in range(places):
        for at, product in enumerate(PRICES):
            mean = 4.0 * (1 + place) * (len(PRICES) - at) * WEEK[every.weekday]
            units = rng.negative_binomial(20, 20 / (20 + mean))
            rows = pd.DataFrame({"day": every, "location_id": f"L{place}", "product_id": product, "units": units})
            parts.append(rows[(units > 0) & (every.weekday != closed)])
    return of_sales(pd.concat(parts, ignore_index=True), **more)


@pytest.fixture(scope="session")
def sales_of() -> Callable[..., Facts]:
    """The maker of facts from rows of what was sold."""
    return of_sales


@pytest.fixture(scope="session")
def shop_facts() -> Callable[..., Facts]:
    """The maker of facts of a small shop."""
    return random_facts


@pytest.fixture(scope="session")
def no_facts() -> Facts:
    """Tables without a row."""
    return empty_facts()
