"""Small tables of a run."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from shoplib.contracts import convert
from shoplib.sales.anomalies import sales_anomalies

Made = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def table() -> Made:
    """Make a declared table of a few columns; the others are filled with what fits."""

    def made(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
        schema = convert.arrow_schema(name)
        blank: dict[str, object] = {}
        for field in schema:
            number = any(word in str(field.type) for word in ("int", "double", "float"))
            blank[field.name] = None if field.nullable else 0 if number else "x"
        frame = pd.DataFrame([{**blank, **row} for row in rows], columns=schema.names)
        return convert.to_pandas(convert.to_arrow(name, frame))

    return made


@pytest.fixture(scope="session")
def daily(table: Made) -> Callable[[dict[str, list[int | None]]], pd.DataFrame]:
    """Make sales_daily from takings a day by place, from Monday 1 January 2024; ``None`` is a closed day."""

    def made(takings: dict[str, list[int | None]]) -> pd.DataFrame:
        start = pd.Timestamp("2024-01-01")
        return table(
            "sales_daily",
            [
                {"business_date": start + pd.Timedelta(days=day), "location_id": place, "transactions": 1,
                 "gross_sales_minor": amount, "net_sales_minor": amount, "currency": "GBP"}
                for place, amounts in takings.items() for day, amount in enumerate(amounts) if amount is not None
            ],
        )  # fmt: skip

    return made


@pytest.fixture(scope="session")
def odd() -> Made:
    """Make sales_anomalies from sales_daily, as the chain does."""
    return sales_anomalies
