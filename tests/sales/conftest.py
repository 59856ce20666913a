"""Small worlds of facts, made from a seed, in the shape the tables are declared."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.config.models import Sales, Shop
from shoplib.contracts import convert
from shoplib.sales import tables
from shoplib.sales.books import Books, open_books
from shoplib.sales.view import Scope, scope_of

Facts = dict[str, pd.DataFrame]
METHODS = ("cash", "credit_card", "debit_card", "mobile", "gift_card", "unknown")
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
            "employee_id": rng.choice(["E1", "E2", "E3", "E4", None], count),
            "payment_method": rng.choice(METHODS, count, p=(0.3, 0.3, 0.2, 0.1, 0.05, 0.05)),
            "payment_status": rng.choice(["paid", "unpaid", "credit"], count, p=(0.9, 0.06, 0.04)),
            "refund_of": None,
        }
    )
    transactions["refund_of"] = transactions["refund_of"].astype(object)
    back = transactions["transaction_status"] == "refunded"
    named = back & (rng.random(count) < 0.8)
    transactions.loc[named, "refund_of"] = rng.choice(transactions["transaction_id"], int(named.sum()))
    lines = rng.integers(1, 4, count)
    owner = np.repeat(np.arange(count), lines)
    items = pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"].to_numpy()[owner],
            "line_number": np.arange(len(owner)) - np.repeat(np.cumsum(lines) - lines, lines) + 1,
            "product_id": rng.choice([f"P{i:02d}" for i in range(products)], len(owner)),
            "quantity": rng.integers(1, 4, len(owner)).astype(float),
            "line_total_minor": rng.integers(100, 3_000, len(owner)),
            "attributes": None,
        }
    )
    shuffled = items.sample(frac=1, random_state=seed).reset_index(drop=True)
    return {
        "transactions": transactions,
        "transaction_items": shuffled,
        "products": pd.DataFrame(
            {
                "product_id": [f"P{i:02d}" for i in range(products)],
                "product_name": [f"Product {i}" for i in range(products)],
                "product_category": [CATEGORIES[i % len(CATEGORIES)] for i in range(products)],
                "unit_price_minor": pd.array([300 + 25 * i for i in range(products)], "Int64"),
                "unit_cost_minor": pd.array([None if i % 5 == 4 else 100 + 10 * i for i in range(products)], "Int64"),
            }
        ),
        "product_prices": pd.DataFrame(
            {
                "product_id": [f"P{i:02d}" for i in range(products) for _ in range(2)],
                "valid_from": [day for _ in range(products) for day in (dates[0], dates[len(dates) // 2])],
                "unit_cost_minor": pd.array(
                    [None if i % 5 == 4 else 100 + 10 * i + 25 * j for i in range(products) for j in range(2)], "Int64"
                ),
            }
        ),
        "locations": pd.DataFrame(
            {
                "location_id": [f"L{i}" for i in range(places)],
                "location_name": [PLACES[i % len(PLACES)] for i in range(places)],
                "location_type": ["bar"] * places,
                "city": [None] * places,
                "timezone": "Europe/London",
                "day_start_minute": 240,
                "opens_minute": pd.array([600] * places, "Int64"),
                "closes_minute": pd.array([1_500] * places, "Int64"),
            }
        ),
        "employees": pd.DataFrame(
            {
                "employee_id": ["E1", "E2", "E3", "E4"],
                "employee_name": ["Ann Archer", "Bo Baker", "Cy Cook", None],
                "employee_role": ["Manager", "Server", "Server", None],
                "location_id": ["L0", "L0", "L1", None],
            }
        ),
    }


def _derived(world: Facts) -> dict[str, pd.DataFrame]:
    """Return the sales tables of a world."""
    return tables.derive(scope_of(world, Shop(), Sales()))


def _books(world: Facts, **more: object) -> Books:
    """Return the books of a world."""
    return open_books(world, **more)


def _scope(
    world: Facts,
    start: dt.date | None = None,
    end: dt.date | None = None,
    *,
    shop: Shop | None = None,
    **settings: object,
) -> Scope:
    """Return the scope of a world's reports; ``settings`` are those of the section ``sales``."""
    return scope_of(world, shop or Shop(), Sales(**settings), start, end)


def _daily_from(takings: list[float | None], start: str = "2024-01-01") -> pd.DataFrame:
    """Return a daily table of one place; ``None`` is a day without rows."""
    dates = pd.date_range(start, periods=len(takings))
    kept = [(date, int(value)) for date, value in zip(dates, takings, strict=True) if value is not None]
    amounts = [value for _, value in kept]
    return pd.DataFrame(
        {
            **{name: [0] * len(kept) for name in convert.arrow_schema("sales_daily").names},
            "business_date": [date for date, _ in kept],
            "location_id": "A",
            "transactions": [int(value > 0) for value in amounts],
            "units": 1.0,
            "subtotal_minor": amounts,
            "gross_sales_minor": amounts,
            "net_sales_minor": amounts,
            "currency": "GBP",
        }
    )


def _line_rows(world: Facts, gift_card_categories: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return each line of a completed or refunded transaction, by plain loops: what it brought and what it cost."""
    receipts = {sale["transaction_id"]: sale for sale in world["transactions"].to_dict("records")}
    category = dict(zip(world["products"]["product_id"], world["products"]["product_category"], strict=True))
    one_cost = dict(zip(world["products"]["product_id"], world["products"]["unit_cost_minor"], strict=True))
    prices = sorted(world["product_prices"].to_dict("records"), key=lambda price: price["valid_from"])
    lines = [line for line in world["transaction_items"].to_dict("records") if line["transaction_id"] in receipts]
    rows = []
    for line in sorted(lines, key=lambda line: (line["transaction_id"], line["line_number"])):
        receipt = receipts[line["transaction_id"]]
        if receipt["transaction_status"] not in ("completed", "refunded"):
            continue
        its = [other for other in rows if other["receipt"] is receipt]
        whole = sum(other["line_total_minor"] for other in lines if other["transaction_id"] == line["transaction_id"])
        so_far = sum(other["line_total_minor"] for other in its)
        before, upto = (
            int(receipt["discount_total_minor"]) * int(n) for n in (so_far, so_far + line["line_total_minor"])
        )
        part = upto // int(whole) - before // int(whole) if whole > 0 else 0
        dated = [price for price in prices if price["product_id"] == line["product_id"]]
        valid = [price["unit_cost_minor"] for price in dated if price["valid_from"] <= receipt["business_date"]]
        each = (valid[-1] if valid else None) if dated else one_cost.get(line["product_id"])
        known = each is not None and not pd.isna(each)
        wanted = [name.casefold() for name in gift_card_categories]
        rows.append(
            {
                "receipt": receipt,
                "product_id": line["product_id"],
                "quantity": line["quantity"],
                "line_total_minor": line["line_total_minor"],
                "net_minor": line["line_total_minor"] - part,
                "cost_minor": math.floor(line["quantity"] * each + 0.5) if known else None,
                "gift": str(category.get(line["product_id"])).casefold() in wanted,
                "refunded": receipt["transaction_status"] == "refunded",
            }
        )
    return rows


@pytest.fixture(scope="session")
def line_rows() -> Callable[..., list[dict[str, Any]]]:
    """The lines of a world by plain loops."""
    return _line_rows


@pytest.fixture(scope="session")
def make_facts() -> Callable[..., Facts]:
    """The maker of facts."""
    return _make_facts


@pytest.fixture(scope="session")
def derived() -> Callable[[Facts], dict[str, pd.DataFrame]]:
    """The sales tables of a world, by name."""
    return _derived


@pytest.fixture(scope="session")
def books_of() -> Callable[..., Books]:
    """The books of a world."""
    return _books


@pytest.fixture(scope="session")
def scoped() -> Callable[..., Scope]:
    """The scope of a world's reports."""
    return _scope


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
