"""Small worlds of facts, made from a seed, in the shape the tables are declared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.sales import views

Facts = dict[str, pd.DataFrame]
STATUSES = ("completed", "refunded", "void", "error")
CATEGORIES = ("Beer", "Wine", "Hot food", None)
PLACES = ("Harbour Bar", "Hill Restaurant", "The Old Lighthouse at the End of the Pier", "Mill Pub")


def _make_facts(
    count: int = 600,
    days: int = 60,
    *,
    start: dt.date = dt.date(2024, 10, 3),
    places: int = 3,
    products: int = 12,
    seed: int = 1,
    currency: str = "GBP",
    statuses: tuple[float, ...] = (0.9, 0.06, 0.02, 0.02),
    closed_weekday: int | None = None,
    hours: bool = True,
) -> Facts:
    """Return transactions, transaction_items, products and locations of a made-up chain."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range(start, periods=days)
    if closed_weekday is not None:
        dates = dates[dates.weekday != closed_weekday]
    weight = 1 + 0.5 * (dates.weekday >= 4)
    picked = np.sort(rng.choice(len(dates), count, p=weight / weight.sum()))
    hour = rng.choice([11, 12, 13, 18, 19, 20, 23, 0], count)
    total = rng.integers(150, 9_000, count)
    transactions = pd.DataFrame(
        {
            "transaction_id": [f"T{seed}-{i:07d}" for i in range(count)],
            "transaction_number": [None] * count,
            "timestamp": pd.to_datetime(dates[picked] + pd.to_timedelta(hour % 24, unit="h")).tz_localize("UTC"),
            "business_date": dates[picked],
            "local_hour": hour if hours else pd.array([pd.NA] * count, dtype="Int64"),
            "location_id": rng.choice([f"L{i}" for i in range(places)], count),
            "num_items": 1,
            "currency": currency,
            "subtotal_minor": total,
            "discount_total_minor": rng.integers(0, 50, count),
            "tax_total_minor": total // 6,
            "tip_amount_minor": rng.integers(0, 200, count),
            "total_amount_minor": total,
            "transaction_status": rng.choice(STATUSES, count, p=statuses),
        }
    )
    lines = rng.integers(1, 4, count)
    owner = np.repeat(np.arange(count), lines)
    items = pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"].to_numpy()[owner],
            "line_number": np.arange(len(owner)) - np.repeat(np.cumsum(lines) - lines, lines) + 1,
            "product_id": rng.choice([f"P{i:02d}" for i in range(products)], len(owner)),
            "quantity": rng.integers(1, 4, len(owner)).astype(float),
            "line_total_minor": rng.integers(100, 3_000, len(owner)),
        }
    )
    shuffled = items.sample(frac=1, random_state=seed).reset_index(drop=True)
    return {
        "transactions": transactions,
        "items": shuffled,
        "products": pd.DataFrame(
            {
                "product_id": [f"P{i:02d}" for i in range(products)],
                "product_name": [f"Product {i}" for i in range(products)],
                "product_category": [CATEGORIES[i % len(CATEGORIES)] for i in range(products)],
            }
        ),
        "locations": pd.DataFrame(
            {
                "location_id": [f"L{i}" for i in range(places)],
                "location_name": [PLACES[i % len(PLACES)] for i in range(places)],
                "location_type": ["bar"] * places,
                "city": [None] * places,
            }
        ),
    }


def _derived(world: Facts) -> dict[str, pd.DataFrame]:
    """Return the four sales tables of a world."""
    return views.derive(world["transactions"], world["items"], world["products"], world["locations"])


def _daily_from(takings: list[float | None], start: str = "2024-01-01") -> pd.DataFrame:
    """Return a daily table of one place; ``None`` is a day without rows."""
    dates = pd.date_range(start, periods=len(takings))
    kept = [(date, int(value)) for date, value in zip(dates, takings, strict=True) if value is not None]
    amounts = [value for _, value in kept]
    return pd.DataFrame(
        {
            "business_date": [date for date, _ in kept],
            "location_id": "A",
            "transactions": [int(value > 0) for value in amounts],
            "units": 1.0,
            "gross_sales_minor": amounts,
            "net_sales_minor": amounts,
            "tax_minor": 0,
            "discount_minor": 0,
            "tips_minor": 0,
            "refunds": 0,
            "refunds_minor": 0,
            "currency": "GBP",
        }
    )


@pytest.fixture(scope="session")
def make_facts() -> Callable[..., Facts]:
    """The maker of facts."""
    return _make_facts


@pytest.fixture(scope="session")
def derived() -> Callable[[Facts], dict[str, pd.DataFrame]]:
    """The four sales tables of a world, by name."""
    return _derived


@pytest.fixture(scope="session")
def daily_from() -> Callable[..., pd.DataFrame]:
    """The maker of a daily table from a list of takings."""
    return _daily_from


@pytest.fixture
def facts() -> Facts:
    """A chain of three places over sixty days."""
    return _make_facts()


@pytest.fixture(scope="session")
def shop() -> Shop:
    """A British shop."""
    return Shop()
