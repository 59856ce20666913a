"""Daily takings made from a seed, in the shape of ``sales_daily``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

Daily = Callable[..., pd.DataFrame]
WEEK = np.array([0.7, 0.75, 0.9, 1.0, 1.5, 1.6, 0.8])


def _as_daily(takings: dict[str, list[float | None]], start: str = "2024-01-01") -> pd.DataFrame:
    """Return ``sales_daily`` of the columns a forecast reads; ``None`` is a day without a row."""
    rows = [
        (pd.Timestamp(start) + pd.Timedelta(days=at), place, int(value))
        for place, values in takings.items()
        for at, value in enumerate(values)
        if value is not None
    ]
    table = pd.DataFrame(rows, columns=["business_date", "location_id", "gross_sales_minor"])
    return table.astype({"business_date": "datetime64[ns]", "gross_sales_minor": "int64"})


def _random_daily(days: int = 140, places: int = 3, seed: int = 1, closed: int | None = None) -> pd.DataFrame:
    """Return over-dispersed takings (negative binomial, variance = mean + 0.05 mean²) with a weekly pattern."""
    rng = np.random.default_rng(seed)
    weekday = pd.date_range("2024-01-01", periods=days).weekday
    takings: dict[str, list[float | None]] = {}
    for place in range(places):
        mean = 2_000 * (1 + place) * WEEK[weekday]
        size = 20.0
        values = rng.negative_binomial(size, size / (size + mean))
        takings[f"L{place}"] = [
            None if day == closed else float(value) for day, value in zip(weekday, values, strict=True)
        ]
    return _as_daily(takings)


@pytest.fixture(scope="session")
def as_daily() -> Daily:
    """The maker of a daily table from lists of takings by place."""
    return _as_daily


@pytest.fixture(scope="session")
def random_daily() -> Daily:
    """The maker of over-dispersed daily tables."""
    return _random_daily
