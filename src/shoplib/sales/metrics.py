"""The metric contract: every sales number once, with its formula, filter and time rule.

Amounts are whole minor units. A number that cannot be known is ``None``, never zero: a till that never names a tip does
not tell that there was none.
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

PAGE = "docs/metrics.md"
BY_BUSINESS_DATE = "business_date of the transaction's location lies in the period, both ends included"


@dataclass(frozen=True)
class Metric:
    """One number of the shop: what it is called, how it is made, and which direction is good.

    ``report`` is the one of the eight that answers for it. ``told_by`` names columns of ``sales_daily``, ``a or b``
    being one of two: while any of them is zero in all the data, nothing is known of this number.
    """

    name: str
    label: str
    unit: Unit
    definition: str
    formula: str
    filter: str
    compute: Callable[[pd.DataFrame], Value]
    report: str = "overview"
    told_by: tuple[str, ...] = ()
    time_rule: str = BY_BUSINESS_DATE
    better: Literal["up", "down", "neither"] = "up"


def whole_rate(total: int, number: int) -> int | None:
    """Return ``total ÷ number`` in whole units, half a unit rounded up, ``None`` by nothing.

    >>> whole_rate(5, 2), whole_rate(-5, 2), whole_rate(1, 0)
    (3, -2, None)
    """
    return (2 * total + number) // (2 * number) if number else None


def _sum(days: pd.DataFrame, column: str) -> int:
    return int(days[column].sum())


def _total(*plus: str, minus: tuple[str, ...] = ()) -> Callable[[pd.DataFrame], Value]:
    return lambda days: sum(_sum(days, name) for name in plus) - sum(_sum(days, name) for name in minus)


def _by_sale(column: str) -> Callable[[pd.DataFrame], Value]:
    return lambda days: whole_rate(_sum(days, column), _sum(days, "transactions"))


def _share(part: str, *whole: str) -> Callable[[pd.DataFrame], Value]:
    def of(days: pd.DataFrame) -> Value:
        total = sum(_sum(days, name) for name in whole)
        return _sum(days, part) / total if total else None

    return of


def _units(days: pd.DataFrame) -> Value:
    units = float(days["units"].sum())
    return units if units or not days["transactions"].sum() else None


def _units_per_transaction(days: pd.DataFrame) -> Value:
    units, sold = _units(days), _sum(days, "transactions")
    return units / sold if units is not None and sold else None


def _trading_days(days: pd.DataFrame) -> int:
    return int(days.loc[days["transactions"] > 0, "business_date"].nunique())


def _gross_per_day(days: pd.DataFrame) -> Value:
    return whole_rate(_sum(days, "gross_sales_minor"), _trading_days(days))


def _transactions_per_day(days: pd.DataFrame) -> Value:
    open_days = _trading_days(days)
    return _sum(days, "transactions") / open_days if open_days else None


def _net_revenue(days: pd.DataFrame) -> Value:
    """Return takings after refunds without the tax of either and without gift cards sold."""
    tax = _sum(days, "tax_minor") - _sum(days, "refunds_tax_minor")
    return _sum(days, "net_sales_minor") - tax - _sum(days, "gift_cards_sold_minor")


def _margin_share(days: pd.DataFrame) -> Value:
    sales = _sum(days, "margin_sales_minor")
    return (sales - _sum(days, "cost_minor")) / sales if sales > 0 else None


COMPLETED = "transaction_status = completed"
OR = " or "
ANY_STATUS = OR.join(("paid_minor", "unpaid_minor", "credit_minor"))
REFUNDED = "transaction_status = refunded"
EITHER = f"{COMPLETED} or refunded"
COSTED = f"{COMPLETED}; lines whose product has a cost on the business day, gift cards left out"
DIGITAL = f"{COMPLETED} and payment_method is credit_card, debit_card, mobile or upi"

METRICS: tuple[Metric, ...] = (
    Metric(
        "gross_sales", "Takings", "minor", "What customers owed for completed sales, tax included, tips not.",
        "sum(total_amount)", COMPLETED, _total("gross_sales_minor"),
    ),
    Metric(
        "net_sales", "Takings after refunds", "minor",
        "Takings less what was refunded in the same days. Sales whose own status says refunded never were in takings, "
        "so they are not subtracted.",
        "sum(total_amount if completed) − sum(|total_amount| if refunded and an entry of its own)", EITHER,
        _total("net_sales_minor"), told_by=("refunds",),
    ),
    Metric(
        "list_sales", "Sales at list prices", "minor", "Subtotals of completed sales, before discount and tax.",
        "sum(subtotal)", COMPLETED, _total("subtotal_minor"),
    ),
    Metric(
        "discounts", "Discounts", "minor", "Discount given on completed transactions.", "sum(discount_total)",
        COMPLETED, _total("discount_minor"), told_by=("discount_minor",), better="neither",
    ),
    Metric(
        "discount_share", "Share discounted", "share", "Discounts among sales at list prices.",
        "discounts ÷ list_sales", COMPLETED, _share("discount_minor", "subtotal_minor"), told_by=("discount_minor",),
        better="neither",
    ),
    Metric(
        "tax", "Tax", "minor", "Tax within completed totals.", "sum(tax_total)", COMPLETED, _total("tax_minor"),
        told_by=("tax_minor",), better="neither",
    ),
    Metric(
        "sales_before_tax", "Takings before tax", "minor", "Takings less the tax within them.", "gross_sales − tax",
        COMPLETED, _total("gross_sales_minor", minus=("tax_minor",)), told_by=("tax_minor",),
    ),
    Metric(
        "net_revenue", "Net revenue", "minor",
        "Takings after refunds, without the tax of sales and refunds and without gift cards sold, which are owed in "
        "goods until they are redeemed. A gift card given back counts like any other refund.",
        "net_sales − tax + tax of refunds − gift_cards_sold", EITHER, _net_revenue, told_by=("tax_minor", "refunds"),
    ),
    Metric(
        "tips", "Tips", "minor", "Tips on completed transactions; not part of takings.", "sum(tip_amount)", COMPLETED,
        _total("tips_minor"), told_by=("tips_minor",),
    ),
    Metric("transactions", "Sales", "count", "Completed transactions.", "count(*)", COMPLETED, _total("transactions")),
    Metric(
        "average_transaction", "Average sale", "minor", "Takings by completed transaction, rounded to a minor unit.",
        "gross_sales ÷ transactions", COMPLETED, _by_sale("gross_sales_minor"),
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
        "trading_days", "Trading days", "days", "Business days with a completed sale anywhere.",
        "count(distinct business_date)", COMPLETED, _trading_days, "daily", better="neither",
    ),
    Metric(
        "gross_sales_per_day", "Takings a trading day", "minor", "Takings by day with at least one completed sale.",
        "gross_sales ÷ trading_days", COMPLETED, _gross_per_day, "daily",
    ),
    Metric(
        "transactions_per_day", "Sales a trading day", "units", "Completed transactions by day with at least one.",
        "transactions ÷ trading_days", COMPLETED, _transactions_per_day, "daily",
    ),
    Metric(
        "margin", "Margin", "minor",
        "Line sales after discount and before tax, less the cost valid on the day of sale, where that cost is known.",
        "sum(line_total − part of discount − quantity × unit_cost)", COSTED,
        _total("margin_sales_minor", minus=("cost_minor",)), "products", told_by=("cost_minor",),
    ),
    Metric(
        "margin_share", "Margin share", "share", "Margin among the line sales whose cost is known.",
        "margin ÷ line sales with a known cost", COSTED, _margin_share, "products", told_by=("cost_minor",),
    ),
    Metric(
        "unknown_margin", "Sales of unknown margin", "minor",
        "Sales before tax, gift cards left out, whose cost on the day is not known, or which no line tells of: nothing "
        "is said of their margin.",
        "list_sales − discounts − gift_cards_sold − line sales with a known cost", COMPLETED,
        _total("subtotal_minor", minus=("discount_minor", "gift_cards_sold_minor", "margin_sales_minor")), "products",
        told_by=("cost_minor",), better="down",
    ),
    Metric(
        "paid", "Paid", "minor", "Completed totals marked as paid.", "sum(total_amount)",
        f"{COMPLETED} and payment_status = paid", _total("paid_minor"), "payments", told_by=(ANY_STATUS,),
    ),
    Metric(
        "unpaid", "Unpaid", "minor", "Completed totals marked as unpaid.", "sum(total_amount)",
        f"{COMPLETED} and payment_status = unpaid", _total("unpaid_minor"), "payments", told_by=(ANY_STATUS,),
        better="down",
    ),
    Metric(
        "on_credit", "On credit", "minor", "Completed totals on agreed credit.", "sum(total_amount)",
        f"{COMPLETED} and payment_status = credit", _total("credit_minor"), "payments", told_by=(ANY_STATUS,),
        better="neither",
    ),
    Metric(
        "unpaid_share", "Share unpaid", "share", "Unpaid among takings.", "unpaid ÷ gross_sales", COMPLETED,
        _share("unpaid_minor", "gross_sales_minor"), "payments", told_by=(ANY_STATUS,), better="down",
    ),
    Metric(
        "cash", "Cash", "minor", "Completed totals paid in notes and coins.", "sum(total_amount)",
        f"{COMPLETED} and payment_method is cash or coins", _total("cash_minor"), "payments",
        told_by=("known_method_transactions",), better="neither",
    ),
    Metric(
        "digital", "Digital", "minor", "Completed totals paid by card, phone or UPI.", "sum(total_amount)", DIGITAL,
        _total("digital_minor"), "payments", told_by=("known_method_transactions",), better="neither",
    ),
    Metric(
        "digital_share", "Share of digital sales", "share",
        "Sales by card, phone or UPI among those whose way of paying is named.",
        "count(digital) ÷ count(method named)", DIGITAL, _share("digital_transactions", "known_method_transactions"),
        "payments", told_by=("known_method_transactions",), better="neither",
    ),
    Metric(
        "gift_cards_sold", "Gift cards sold", "minor",
        "Line totals after discount of products that are gift cards: a liability, not revenue.",
        "sum(line_total − part of discount)", f"{COMPLETED}; lines of a gift card category",
        _total("gift_cards_sold_minor"), "payments", told_by=("gift_cards_sold_minor",), better="neither",
    ),
    Metric(
        "gift_cards_redeemed", "Gift cards redeemed", "minor",
        "Completed totals paid with gift cards: revenue that settles what was owed.", "sum(total_amount)",
        f"{COMPLETED} and payment_method = gift_card", _total("gift_cards_redeemed_minor"), "payments",
        told_by=("gift_cards_redeemed_minor",), better="neither",
    ),
    Metric(
        "refunds", "Refunds", "count", "Refunded transactions.", "count(*)", REFUNDED, _total("refunds"), "refunds",
        told_by=("refunds",), better="down",
    ),
    Metric(
        "refunds_total", "Refunded", "minor", "Totals of refunded transactions, whichever sign the till gives them.",
        "sum(|total_amount|)", REFUNDED, _total("refunds_minor"), "refunds", told_by=("refunds",), better="down",
    ),
    Metric(
        "refund_share", "Share refunded", "share", "Refunded among completed and refunded transactions.",
        "refunds ÷ (transactions + refunds)", EITHER, _share("refunds", "refunds", "transactions"), "refunds",
        told_by=("refunds",), better="down",
    ),
    Metric(
        "voids", "Cancelled at the till", "count", "Transactions with the status void.", "count(*)",
        "transaction_status = void", _total("voids"), "refunds", told_by=("voids",), better="down",
    ),
    Metric(
        "errors", "Failed", "count", "Transactions with the status error.", "count(*)", "transaction_status = error",
        _total("errors"), "refunds", told_by=("errors",), better="down",
    ),
)  # fmt: skip


def metric(name: str) -> Metric:
    """Return the metric called ``name``; ``KeyError`` names the nearest if there is none."""
    for found in METRICS:
        if found.name == name:
            return found
    near = words.nearest(name, (m.name for m in METRICS))
    raise KeyError(f"no metric {name!r}" + (f"; did you mean {near!r}?" if near else ""))


def untold(daily: pd.DataFrame) -> frozenset[str]:
    """Return the metrics of which all the data tell nothing."""
    silent = {names for m in METRICS for names in m.told_by if not daily[names.split(OR)].any(axis=None)}
    return frozenset(m.name for m in METRICS if silent.intersection(m.told_by))


def measure(daily: pd.DataFrame, period: Period | None) -> dict[str, Value]:
    """Return every metric over a period, by name, from the whole ``sales_daily`` table.

    All are ``None`` without a period, or if the table has no row in it: nothing is known of those days. Raises
    ``ContractError`` if the rows are in more than one currency.
    """
    days = daily.iloc[:0] if period is None else daily[period.covers(daily["business_date"])]
    currency_of(days)
    silent = untold(daily)
    return {m.name: m.compute(days) if len(days) and m.name not in silent else None for m in METRICS}


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


UNITS = {"minor": "money", "count": "count", "units": "number", "share": "share of one", "days": "days"}


def as_markdown() -> str:
    """Return the page that tells every metric to readers, in the order of the contract."""
    lines = [
        "# Metrics",
        "",
        "Written by `shoplib docs` from `src/shoplib/sales/metrics.py`; edit that file, not this page.",
        "",
        "Every sales number stands here once, and every report, page, workbook and query gives the same. Money is "
        "counted in whole minor units (pence, cents, paise) and never as a fraction. Amounts by sale or day are "
        "rounded half up to the minor unit. What cannot be known is left empty, never zero: a number is unknown while "
        "one of the columns of `sales_daily` that tell of it is zero in all the data, and on days without any "
        f"transaction. A transaction counts in a period if the {BY_BUSINESS_DATE}.",
        "",
    ]
    for report in dict.fromkeys(m.report for m in METRICS):
        lines += [f"## {report.capitalize()}", ""]
        for m in (m for m in METRICS if m.report == report):
            lines += [
                f"### {m.label}", "", m.definition, "", f"- name: `{m.name}`, {UNITS[m.unit]}",
                f"- formula: {m.formula}", f"- counts: {m.filter}",
            ]  # fmt: skip
            lines += [f"- time: {m.time_rule}"] if m.time_rule != BY_BUSINESS_DATE else []
            lines += [f"- told by: {', '.join(f'`{name}`' for name in m.told_by)}"] if m.told_by else []
            lines += [f"- better: {m.better}" if m.better != "neither" else "- better: neither way", ""]
    return "\n".join(lines)
