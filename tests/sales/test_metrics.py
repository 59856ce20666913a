"""The metric contract: each number by hand once."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from shoplib.base.calendar import Period
from shoplib.errors import ContractError
from shoplib.sales import metrics

DAY = Period(dt.date(2024, 3, 4), dt.date(2024, 3, 5))


def daily(**changes: object) -> pd.DataFrame:
    table = {
        "business_date": pd.to_datetime(["2024-03-04", "2024-03-04", "2024-03-05", "2024-03-06"]),
        "location_id": ["A", "B", "A", "A"],
        "transactions": [3, 2, 0, 9],
        "units": [4.0, 2.5, 0.0, 9.0],
        "gross_sales_minor": [1000, 501, 0, 9000],
        "net_sales_minor": [900, 501, -50, 9000],
        "tax_minor": [160, 80, 0, 900],
        "discount_minor": [10, 0, 0, 90],
        "tips_minor": [5, 7, 0, 9],
        "refunds": [1, 0, 1, 0],
        "refunds_minor": [100, 0, 50, 0],
        "currency": ["GBP"] * 4,
    }
    return pd.DataFrame({**table, **changes})


def test_every_metric_by_hand() -> None:
    assert metrics.measure(daily(), DAY) == {
        "gross_sales": 1501,
        "net_sales": 1351,
        "transactions": 5,
        "average_transaction": 300,
        "units": 6.5,
        "units_per_transaction": 1.3,
        "gross_sales_per_day": 1501,
        "tax": 240,
        "discounts": 10,
        "tips": 12,
        "refunds": 2,
        "refunds_total": 150,
        "refund_share": 2 / 7,
        "trading_days": 1,
    }


def test_amounts_are_python_integers() -> None:
    values = metrics.measure(daily(), DAY)
    assert all(type(values[m.name]) is int for m in metrics.METRICS if m.unit == "minor")


def test_days_without_rows_are_unknown_not_zero() -> None:
    values = metrics.measure(daily(), Period(dt.date(2025, 1, 1), dt.date(2025, 1, 1)))
    assert set(values.values()) == {None}


def test_days_without_a_completed_sale_have_no_average() -> None:
    values = metrics.measure(daily(), Period(dt.date(2024, 3, 5), dt.date(2024, 3, 5)))
    assert (values["gross_sales"], values["trading_days"]) == (0, 0)
    assert values["average_transaction"] is None
    assert values["gross_sales_per_day"] is None


def test_units_are_unknown_where_no_lines_are_kept() -> None:
    values = metrics.measure(daily(units=[0.0] * 4), DAY)
    assert values["units"] is None
    assert values["units_per_transaction"] is None


def test_two_currencies_are_refused() -> None:
    with pytest.raises(ContractError) as caught:
        metrics.measure(daily(currency=["GBP", "EUR", "GBP", "GBP"]), DAY)
    assert str(caught.value) == (
        "Takings in different currencies cannot be added\n"
        "  where   sales_daily.currency\n"
        "  found   EUR, GBP\n"
        "  wanted  one currency\n"
        "  next    give each currency its own scenario, or convert the amounts before they are taken in"
    )


def test_metrics_are_named_once() -> None:
    names = [m.name for m in metrics.METRICS]
    assert len(set(names)) == len(names)
    assert metrics.metric("tips").label == "Tips"
    with pytest.raises(KeyError, match="did you mean 'net_sales'"):
        metrics.metric("net_sale")
