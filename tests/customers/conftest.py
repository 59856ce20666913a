"""Makers of small tables of sales, lines and visits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import pytest

from shoplib.contracts import convert

Sale = tuple[str | None, str, int]
DAY = "2024-03-"


def _sales(made: Sequence[Sale], statuses: Sequence[str] | None = None, paid: Sequence[str] | None = None):
    """Return transactions from (customer, day of March 2024, total)."""
    table = pd.DataFrame(
        {
            "transaction_id": [f"T{at:04d}" for at in range(len(made))],
            "customer_id": pd.Series([who for who, _, _ in made], dtype=object),
            "business_date": pd.to_datetime([DAY + day for _, day, _ in made]),
            "total_amount_minor": pd.Series([total for _, _, total in made], dtype="int64"),
            "transaction_status": list(statuses or ["completed"] * len(made)),
            "payment_status": list(paid or ["paid"] * len(made)),
            "currency": "GBP",
        }
    )
    return table if len(made) else convert.empty("transactions")


def _lines(baskets: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return lines of one unit each: the n-th basket belongs to the n-th transaction."""
    rows = [(f"T{at:04d}", product, 1.0) for at, basket in enumerate(baskets) for product in basket]
    return pd.DataFrame(rows, columns=["transaction_id", "product_id", "quantity"]).astype(
        {"transaction_id": object, "product_id": object, "quantity": "float64"}
    )


def _visits(made: Sequence[tuple[str | None, str, float | None]]) -> pd.DataFrame:
    """Return visits from (customer, day of March 2024, minutes stayed)."""
    if not made:
        return convert.empty("visits")
    entered = pd.to_datetime([f"{DAY}{day} 10:00" for _, day, _ in made], utc=True)
    stay = pd.to_timedelta([pd.NaT if minutes is None else pd.Timedelta(minutes=minutes) for _, _, minutes in made])
    return pd.DataFrame(
        {
            "customer_id": pd.Series([who for who, _, _ in made], dtype=object),
            "entered": entered,
            "left": entered + stay,
            "business_date": pd.to_datetime([DAY + day for _, day, _ in made]),
        }
    )


@pytest.fixture(scope="session")
def sales() -> Callable[..., pd.DataFrame]:
    """The maker of transactions."""
    return _sales


@pytest.fixture(scope="session")
def lines() -> Callable[..., pd.DataFrame]:
    """The maker of lines."""
    return _lines


@pytest.fixture(scope="session")
def visits_of() -> Callable[..., pd.DataFrame]:
    """The maker of visits."""
    return _visits
