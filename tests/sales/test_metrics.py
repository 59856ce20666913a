"""The metric contract: each number as its own words say, worked out by a loop over transactions and lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.base.calendar import Period
from shoplib.contracts import convert
from shoplib.errors import ContractError
from shoplib.sales import metrics
from shoplib.sales.measures import sales_daily

Make = Callable[..., Any]
Facts = dict[str, pd.DataFrame]
DAY = Period(dt.date(2024, 3, 4), dt.date(2024, 3, 5))
GIFTS = ("Wine",)
MONTH = Period(dt.date(2024, 10, 20), dt.date(2024, 11, 19))


def half_up(total: int, by: int) -> int | None:
    return floor(Fraction(total, by) + Fraction(1, 2)) if by else None


def naive(facts: Facts, lines: list[dict[str, Any]], period: Period, apart: bool) -> dict[str, Any]:
    """Return every metric, from the rows of a period alone."""

    def within(sale: dict[str, Any]) -> bool:
        return period.start <= sale["business_date"].date() <= period.end

    rows = [sale for sale in facts["transactions"].to_dict("records") if within(sale)]
    done = [sale for sale in rows if sale["transaction_status"] == "completed"]
    back = [sale for sale in rows if sale["transaction_status"] == "refunded"]
    its = [line for line in lines if within(line["receipt"]) and not line["refunded"]]
    costed = [line for line in its if line["cost_minor"] is not None and not line["gift"]]

    def total(sales: list[dict[str, Any]], column: str = "total_amount_minor") -> int:
        return sum(abs(sale[column]) if sales is back else sale[column] for sale in sales)

    def paid_by(*methods: str) -> list[dict[str, Any]]:
        return [sale for sale in done if sale["payment_method"] in methods]

    digital = paid_by("credit_card", "debit_card", "mobile", "upi")
    named = [sale for sale in done if sale["payment_method"] not in ("unknown", "other")]
    status = {
        word: total([sale for sale in done if sale["payment_status"] == word]) for word in ("paid", "unpaid", "credit")
    }
    gross, tax, days = total(done), total(done, "tax_total_minor"), len({sale["business_date"] for sale in done})
    net = gross - (total(back) if apart else 0)
    gift = sum(line["net_minor"] for line in its if line["gift"])
    units, known = sum(line["quantity"] for line in its), sum(line["net_minor"] for line in costed)
    margin = known - sum(line["cost_minor"] for line in costed)
    list_sales, discounts = total(done, "subtotal_minor"), total(done, "discount_total_minor")
    return {
        "gross_sales": gross,
        "net_sales": net,
        "list_sales": list_sales,
        "discounts": discounts,
        "discount_share": discounts / list_sales,
        "tax": tax,
        "sales_before_tax": gross - tax,
        "net_revenue": net - tax + (total(back, "tax_total_minor") if apart else 0) - gift,
        "tips": total(done, "tip_amount_minor"),
        "transactions": len(done),
        "average_transaction": half_up(gross, len(done)),
        "units": units,
        "units_per_transaction": units / len(done),
        "trading_days": days,
        "gross_sales_per_day": half_up(gross, days),
        "transactions_per_day": len(done) / days,
        "margin": margin,
        "margin_share": margin / known,
        "unknown_margin": list_sales - discounts - gift - known,
        "paid": status["paid"],
        "unpaid": status["unpaid"],
        "on_credit": status["credit"],
        "unpaid_share": status["unpaid"] / gross,
        "cash": total(paid_by("cash", "coins")),
        "digital": total(digital),
        "digital_share": len(digital) / len(named),
        "gift_cards_sold": gift,
        "gift_cards_redeemed": total(paid_by("gift_card")),
        "refunds": len(back),
        "refunds_total": total(back),
        "refund_share": len(back) / (len(back) + len(done)),
        "voids": len([sale for sale in rows if sale["transaction_status"] == "void"]),
        "errors": len([sale for sale in rows if sale["transaction_status"] == "error"]),
    }


@pytest.mark.parametrize("refunds", ["apart", "status", "found"])
def test_every_metric_is_what_its_formula_says(refunds: str, make_facts: Make, books_of: Make, line_rows: Make) -> None:
    facts = make_facts(400)
    facts["transactions"]["total_amount_minor"] += facts["transactions"]["tax_total_minor"]
    daily = sales_daily(books_of(facts, gift_card_categories=GIFTS, refunds=refunds))
    wanted = naive(facts, line_rows(facts, GIFTS), MONTH, refunds != "status")
    assert list(wanted) == [m.name for m in metrics.METRICS]
    assert all(wanted.values())
    assert metrics.measure(daily, MONTH) == wanted


def test_refunds_that_never_were_in_takings_take_no_tax_out(make_facts: Make, books_of: Make) -> None:
    daily = sales_daily(books_of(make_facts(200), refunds="status"))
    values = metrics.measure(daily, MONTH)
    assert values["refunds_total"]
    assert values["net_sales"] == values["gross_sales"]
    assert values["net_revenue"] == values["sales_before_tax"]


def test_a_gift_card_is_owed_until_it_is_redeemed(make_facts: Make, books_of: Make) -> None:
    """Sold for 50.00 and paid with later: revenue once, on the day it is redeemed."""
    facts = make_facts(2, 2, places=1, products=2, statuses=(1.0, 0.0, 0.0, 0.0))
    sales = facts["transactions"].assign(
        business_date=pd.to_datetime(["2024-10-03", "2024-10-04"]), total_amount_minor=[5_000, 5_000],
        subtotal_minor=[5_000, 5_000], discount_total_minor=0, tax_total_minor=[0, 800],
        payment_method=["cash", "gift_card"],
    )  # fmt: skip
    items = facts["transaction_items"].iloc[:2].assign(
        transaction_id=sales["transaction_id"].to_numpy(), line_number=1, product_id=["P01", "P00"],
        line_total_minor=5_000, quantity=1.0,
    )  # fmt: skip
    returned = pd.concat([sales, sales.tail(1).assign(transaction_id="R", transaction_status="refunded")])
    daily = sales_daily(
        books_of({**facts, "transactions": returned.reset_index(drop=True), "transaction_items": items},
                 gift_card_categories=("wine",), refunds="status")
    )  # fmt: skip
    first, second = (metrics.measure(daily, Period(dt.date(2024, 10, day), dt.date(2024, 10, day))) for day in (3, 4))
    assert (first["gross_sales"], first["gift_cards_sold"], first["net_revenue"]) == (5_000, 5_000, 0)
    assert (second["gift_cards_redeemed"], second["gift_cards_sold"], second["net_revenue"]) == (5_000, 0, 4_200)
    assert first["unknown_margin"] == 0


def daily(**changes: object) -> pd.DataFrame:
    table = {
        **{name: [0] * 4 for name in convert.arrow_schema("sales_daily").names},
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
        "refunds_tax_minor": [16, 0, 8, 0],
        "currency": ["GBP"] * 4,
    }
    return pd.DataFrame({**table, **changes})


def test_some_metrics_by_hand() -> None:
    wanted = {
        "gross_sales": 1501, "net_sales": 1351, "net_revenue": 1351 - 240 + 24, "transactions": 5,
        "average_transaction": 300, "units": 6.5, "units_per_transaction": 1.3, "gross_sales_per_day": 1501,
        "tax": 240, "discounts": 10, "tips": 12, "refunds": 2, "refunds_total": 150, "refund_share": 2 / 7,
        "trading_days": 1, "transactions_per_day": 5.0, "paid": None, "margin": None, "cash": None, "voids": None,
    }  # fmt: skip
    values = metrics.measure(daily(), DAY)
    assert {name: values[name] for name in wanted} == wanted


def test_amounts_are_python_integers(make_facts: Make, books_of: Make) -> None:
    values = metrics.measure(sales_daily(books_of(make_facts(200), gift_card_categories=GIFTS)), MONTH)
    assert all(type(values[m.name]) is int for m in metrics.METRICS if m.unit in ("minor", "count", "days"))
    assert all(type(values[m.name]) is float for m in metrics.METRICS if m.unit in ("share", "units"))


@pytest.mark.parametrize(
    ("column", "silent"),
    [
        ("tips_minor", {"tips"}),
        ("tax_minor", {"tax", "sales_before_tax", "net_revenue"}),
        ("refunds", {"net_sales", "net_revenue", "refunds", "refunds_total", "refund_share"}),
        ("cost_minor", {"margin", "margin_share", "unknown_margin"}),
        (metrics.ANY_STATUS, {"paid", "unpaid", "on_credit", "unpaid_share"}),
        ("known_method_transactions", {"cash", "digital", "digital_share"}),
    ],
)
def test_what_no_row_tells_is_unknown_not_zero(column: str, silent: set[str]) -> None:
    told = {name: [1] * 4 for m in metrics.METRICS for names in m.told_by for name in names.split(metrics.OR)}
    full = daily(**told, subtotal_minor=[9] * 4, margin_sales_minor=[5] * 4)
    assert not metrics.untold(full)
    without = full.assign(**dict.fromkeys(column.split(metrics.OR), 0))
    assert metrics.untold(without) == silent
    values = metrics.measure(without, DAY)
    assert {name for name, value in values.items() if value is None} == silent


def test_what_other_days_tell_is_zero_not_unknown() -> None:
    table = daily(tips_minor=[0, 0, 0, 9], voids=[0, 0, 0, 1])
    values = metrics.measure(table, DAY)
    assert (values["tips"], values["voids"], values["errors"]) == (0, 0, None)


def test_days_without_rows_are_unknown_not_zero() -> None:
    values = metrics.measure(daily(), Period(dt.date(2025, 1, 1), dt.date(2025, 1, 1)))
    assert set(values.values()) == {None}
    assert set(metrics.measure(daily(), None).values()) == {None}
    assert set(metrics.measure(daily().iloc[:0], DAY).values()) == {None}


def test_days_without_a_completed_sale_have_no_average() -> None:
    values = metrics.measure(daily(), Period(dt.date(2024, 3, 5), dt.date(2024, 3, 5)))
    assert (values["gross_sales"], values["trading_days"]) == (0, 0)
    assert values["average_transaction"] is None
    assert values["gross_sales_per_day"] is None
    assert values["transactions_per_day"] is None


def test_units_are_unknown_where_no_lines_are_kept() -> None:
    values = metrics.measure(daily(units=[0.0] * 4), DAY)
    assert values["units"] is None
    assert values["units_per_transaction"] is None


@given(total=st.integers(-(10**15), 10**15), number=st.integers(0, 10**9))
def test_rates_are_rounded_half_up(total: int, number: int) -> None:
    assert metrics.whole_rate(total, number) == half_up(total, number)


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
    assert len({m.label for m in metrics.METRICS}) == len(names)
    assert metrics.metric("tips").label == "Tips"
    with pytest.raises(KeyError, match="did you mean 'net_sales'"):
        metrics.metric("net_sale")


def test_columns_that_tell_of_a_metric_are_declared() -> None:
    named = {name for m in metrics.METRICS for names in m.told_by for name in names.split(metrics.OR)}
    assert named <= set(convert.arrow_schema("sales_daily").names)


def test_a_shop_where_nothing_was_paid_at_once_knows_what_is_unpaid(daily_from: Any) -> None:
    daily = daily_from([1_000, 500]).assign(unpaid_minor=[1_000, 0], credit_minor=[0, 500])
    found = metrics.measure(daily, Period(daily["business_date"].min().date(), daily["business_date"].max().date()))
    assert (found["paid"], found["unpaid"], found["on_credit"]) == (0, 1_000, 500)


def test_the_page_of_metrics_is_what_the_contract_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert page == metrics.as_markdown().rstrip() + "\n"
    assert all(f"`{m.name}`" in page and m.definition in page for m in metrics.METRICS)
