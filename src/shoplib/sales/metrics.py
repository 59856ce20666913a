"""The metric contract: every sales number once, with its formula, filter and time rule.

Amounts are whole minor units. A number that cannot be known is ``None``, never zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from shoplib.base import words
from shoplib.base.calendar import Period
from shoplib.errors import ContractError

Unit = Literal["minor", "count", "units", "share", "days"]
Value = int | float | None

BY_BUSINESS_DATE = "business_date of the transaction's location lies in the period, both ends included"


@dataclass(frozen=True)
class Metric:
    """One number of the shop: what it is called, how it is made, and which direction is good."""

    name: str
    label: str
    unit: Unit
    definition: str
    formula: str
    filter: str
    compute: Callable[[pd.DataFrame], Value]
    time_rule: str = BY_BUSINESS_DATE
    better: Literal["up", "down", "neither"] = "up"


def _total(column: str) -> Callable[[pd.DataFrame], Value]:
    return lambda days: int(days[column].sum())


def _average_transaction(days: pd.DataFrame) -> Value:
    sold = int(days["transactions"].sum())
    return round(int(days["gross_sales_minor"].sum()) / sold) if sold else None


def _units(days: pd.DataFrame) -> Value:
    units = float(days["units"].sum())
    return units if units or not days["transactions"].sum() else None


def _units_per_transaction(days: pd.DataFrame) -> Value:
    units, sold = _units(days), int(days["transactions"].sum())
    return units / sold if units is not None and sold else None


def _refund_share(days: pd.DataFrame) -> Value:
    refunds, sold = int(days["refunds"].sum()), int(days["transactions"].sum())
    return refunds / (refunds + sold) if refunds + sold else None


def _trading_days(days: pd.DataFrame) -> Value:
    return int(days.loc[days["transactions"] > 0, "business_date"].nunique())


def _gross_per_day(days: pd.DataFrame) -> Value:
    open_days = _trading_days(days)
    return round(int(days["gross_sales_minor"].sum()) / open_days) if open_days else None


COMPLETED = "transaction_status = completed"
REFUNDED = "transaction_status = refunded"

METRICS: tuple[Metric, ...] = (
    Metric(
        "gross_sales", "Takings", "minor", "What customers owed for completed sales, tax included, tips not.",
        "sum(total_amount)", COMPLETED, _total("gross_sales_minor"),
    ),
    Metric(
        "net_sales", "Takings after refunds", "minor", "Takings less what was refunded in the same days.",
        "sum(total_amount if completed) − sum(|total_amount| if refunded)", f"{COMPLETED} or refunded",
        _total("net_sales_minor"),
    ),
    Metric("transactions", "Sales", "count", "Completed transactions.", "count(*)", COMPLETED, _total("transactions")),
    Metric(
        "average_transaction", "Average sale", "minor", "Takings by completed transaction, rounded to a minor unit.",
        "gross_sales ÷ transactions", COMPLETED, _average_transaction,
    ),
    Metric(
        "units", "Units", "units", "Units on the lines of completed transactions; unknown where no lines are kept.",
        "sum(quantity)", COMPLETED, _units,
    ),
    Metric(
        "units_per_transaction", "Units a sale", "units", "Units by completed transaction.",
        "units ÷ transactions", COMPLETED, _units_per_transaction,
    ),
    Metric(
        "gross_sales_per_day", "Takings a trading day", "minor", "Takings by day with at least one completed sale.",
        "gross_sales ÷ trading_days", COMPLETED, _gross_per_day,
    ),
    Metric(
        "tax", "Tax", "minor", "Tax within completed totals.", "sum(tax_total)", COMPLETED, _total("tax_minor"),
        better="neither",
    ),
    Metric(
        "discounts", "Discounts", "minor", "Discount given on completed transactions.", "sum(discount_total)",
        COMPLETED, _total("discount_minor"), better="neither",
    ),
    Metric(
        "tips", "Tips", "minor", "Tips on completed transactions; not part of takings.", "sum(tip_amount)", COMPLETED,
        _total("tips_minor"),
    ),
    Metric(
        "refunds", "Refunds", "count", "Refunded transactions.", "count(*)", REFUNDED, _total("refunds"), better="down",
    ),
    Metric(
        "refunds_total", "Refunded", "minor", "Totals of refunded transactions, whichever sign the till gives them.",
        "sum(|total_amount|)", REFUNDED, _total("refunds_minor"), better="down",
    ),
    Metric(
        "refund_share", "Share refunded", "share", "Refunded among completed and refunded transactions.",
        "refunds ÷ (transactions + refunds)", f"{COMPLETED} or refunded", _refund_share, better="down",
    ),
    Metric(
        "trading_days", "Trading days", "days", "Business days with a completed sale anywhere.",
        "count(distinct business_date)", COMPLETED, _trading_days, better="neither",
    ),
)  # fmt: skip


def metric(name: str) -> Metric:
    """Return the metric called ``name``; ``KeyError`` names the nearest if there is none."""
    for found in METRICS:
        if found.name == name:
            return found
    near = words.nearest(name, (m.name for m in METRICS))
    raise KeyError(f"no metric {name!r}" + (f"; did you mean {near!r}?" if near else ""))


def measure(daily: pd.DataFrame, period: Period) -> dict[str, Value]:
    """Return every metric over a period, by name, from the declared ``sales_daily`` table.

    All are ``None`` if the table has no row in the period: nothing is known of those days. Raises
    ``ContractError`` if the rows are in more than one currency.
    """
    days = daily[period.covers(daily["business_date"])]
    currency_of(days)
    return {m.name: m.compute(days) if len(days) else None for m in METRICS}


def currency_of(daily: pd.DataFrame) -> str | None:
    """Return the one currency of a daily table, ``None`` if it is empty; two raise ``ContractError``."""
    found = sorted(daily["currency"].dropna().unique())
    if len(found) > 1:
        raise ContractError(
            "Takings in different currencies cannot be added", where="sales_daily.currency",
            found=words.listed(found), wanted="one currency",
            next_step="give each currency its own scenario, or convert the amounts before they are taken in",
        )  # fmt: skip
    return str(found[0]) if found else None
