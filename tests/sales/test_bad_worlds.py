"""All eight reports over data that are wrong, odd or hardly there: never a crash, never a word that is no word."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.base import listing
from shoplib.config.models import Sales, Shop
from shoplib.contracts import check
from shoplib.errors import ContractError
from shoplib.report import printed
from shoplib.sales import attributes, brief, reports, tables
from shoplib.sales.view import scope_of

Facts = dict[str, pd.DataFrame]
Make = Callable[..., Any]
NOT_FOR_READERS = re.compile(r"\b(nan|NaN|NaT|None(?! of)|inf|<NA>)\b")
SOLD = (1.0, 0.0, 0.0, 0.0)
AMOUNTS = ["subtotal_minor", "discount_total_minor", "tax_total_minor", "tip_amount_minor", "total_amount_minor"]
NAMES = (
    "=1+1",
    "+cmd",
    "<script>alert(1)</script>",
    "{name}",
    "%s",
    "x" * 500,
    "😀🎉",
    "चाय",
    "قهوة",
    "a\nb",
    "",
    "$x$",
)
NAMED = {
    "products": ("product_name", "product_category"), "locations": ("location_name", "location_type", "city"),
    "employees": ("employee_name", "employee_role"),
}  # fmt: skip


def without(*names: str, **shape: Any) -> Make:
    return lambda make: {
        name: table.iloc[:0] if name in names else table for name, table in make(60, 30, **shape).items()
    }


def turned(world: Facts) -> Facts:
    world["transactions"][AMOUNTS] *= -1
    world["transaction_items"][["quantity", "line_total_minor"]] *= -1
    return world


def put(world: Facts, table: str, columns: str | list[str], value: object) -> Facts:
    world[table][columns] = value
    return world


def no_words(world: Facts) -> Facts:
    kept = {name: table if name == "transactions" else table.iloc[:0] for name, table in world.items()}
    return put(kept, "transactions", ["employee_id", "payment_method", "payment_status"], None)


def gap(world: Facts) -> Facts:
    late = world["transactions"]["business_date"] > world["transactions"]["business_date"].median()
    world["transactions"].loc[late, "business_date"] += pd.Timedelta(days=400)
    return world


def named(world: Facts) -> Facts:
    for table, columns in NAMED.items():
        for at, column in enumerate(columns):
            world[table][column] = np.resize(NAMES[at:] + NAMES[:at], len(world[table]))
    lines = world["transaction_items"]
    lines["attributes"] = [json.dumps({name: name, "colour": name}) for name in np.resize(NAMES, len(lines)).tolist()]
    return world


WORLDS: dict[str, Make] = {
    "no rows at all": without("transactions", "transaction_items", *NAMED, "product_prices"),
    "no transactions": without("transactions", "transaction_items"),
    "only refunds": lambda make: make(30, 9, statuses=(0.0, 1.0, 0.0, 0.0)),
    "only refunds below zero": lambda make: turned(make(30, 9, statuses=(0.0, 1.0, 0.0, 0.0))),
    "one refund": lambda make: make(1, 1, statuses=(0.0, 1.0, 0.0, 0.0)),
    "one sale": lambda make: make(1, 1, places=1, statuses=SOLD),
    "one sale of nothing": lambda make: put(make(1, 1, statuses=SOLD), "transactions", AMOUNTS, 0),
    "sales of nothing": lambda make: put(
        put(make(200, 40), "transactions", AMOUNTS, 0), "transaction_items", ["quantity", "line_total_minor"], 0
    ),
    "all void": lambda make: make(30, 9, statuses=(0.0, 0.0, 1.0, 0.0)),
    "refunds of unknown sales": lambda make: put(make(90, 30, statuses=(0.6, 0.4, 0, 0)), "transactions", "refund_of",
                                                 "nowhere"),
    "all below zero": lambda make: turned(make(200, 40, statuses=SOLD)),
    "discounts above the subtotal": lambda make: put(make(90, 30), "transactions", "discount_total_minor", 10**6),
    "lines that do not add up": lambda make: put(make(90, 30), "transaction_items", "line_total_minor", -7_000),
    "no known cost": lambda make: put(make(90, 30), "transaction_items", "product_id", "P04"),
    "nobody at the till": lambda make: put(without("employees")(make), "transactions", "employee_id", None),
    "no lines": without("transaction_items"),
    "no lists": without(*NAMED, "product_prices"),
    "transactions alone": lambda make: no_words(make(90, 30, hours=False)),
    "one day": lambda make: make(60, 1),
    "a year without a sale": lambda make: gap(make(60, 30)),
    "many places": lambda make: make(400, 20, places=300),
    "names that nobody would choose": lambda make: named(make(300, 30, places=12)),
}  # fmt: skip


@pytest.mark.parametrize("world", WORLDS)
def test_all_is_told_in_words(world: str, make_facts: Make) -> None:
    scope = scope_of(WORLDS[world](make_facts), Shop(), Sales(show_names=True))
    told = reports.every(scope)
    texts = list(brief.brief(scope))
    assert all(len(sentence) <= brief.LONGEST for sentence in texts)
    texts += attributes.sentences(attributes.choices(scope.books), scope.shop)
    for view in told.values():
        texts += view.findings
        ready = printed.Printed(view.name, view.title, "x", "1", scope.currency, "en_GB",
                                {"shown": scope.window.shown}, view.findings, view.listings)  # fmt: skip
        texts += [printed.text(ready, form) for form in ("table", "csv", "markdown")]
        json.loads(printed.text(ready, "json"), parse_constant=pytest.fail)
        for one in view.listings:
            assert len(listing.shown(one, "en_GB")) == len(listing.plain(one)) == len(one.frame)
    for text in texts:
        assert not NOT_FOR_READERS.search(text), text
    assert all("\n" not in sentence and len(sentence) < 900 for view in told.values() for sentence in view.findings)
    for name, table in tables.derive(scope).items():
        assert check.checked(name, table).num_rows == len(table)


@pytest.mark.parametrize(
    ("world", "sentence"),
    [
        ("no transactions", "No transactions were taken in, so there is nothing to tell."),
        ("only refunds", "There was no completed sale in the days shown."),
        ("all void", "There was no completed sale in the days shown."),
    ],
)
def test_without_a_sale_all_reports_say_the_same(world: str, sentence: str, make_facts: Make) -> None:
    scope = scope_of(WORLDS[world](make_facts), Shop(), Sales())
    told = {name: view.findings for name, view in reports.every(scope).items() if name != "refunds"}
    back = scope.shown_daily["refunds"].sum()
    more = ("30 refunds gave back £",) if back else ()
    for name, findings in told.items():
        assert findings[0] == sentence
        assert not more or name not in ("overview", "daily") or findings[1].startswith(more), name
        assert len(findings) <= 3 if name in ("overview", "daily") else findings == (sentence,)
    assert brief.brief(scope)[0] == sentence
    assert not any("100.0%" in text for view in reports.every(scope).values() for text in view.findings)


@pytest.mark.parametrize("currency", ["IDR", "JPY", "KWD"])
def test_amounts_are_told_in_the_coins_of_the_currency(currency: str, make_facts: Make) -> None:
    world = make_facts(200, 40, currency=currency)
    for table, columns in (("transactions", AMOUNTS), ("transaction_items", ["line_total_minor"])):
        world[table][columns] *= 10**6
    scope = scope_of(world, Shop(currency=currency), Sales())
    for view in reports.every(scope).values():
        assert not any(NOT_FOR_READERS.search(text) for text in view.findings)


def test_currencies_are_not_added(make_facts: Make) -> None:
    world = make_facts(40, 9)
    world["transactions"]["currency"] = np.resize(["GBP", "EUR"], 40)
    with pytest.raises(ContractError, match="Takings in different currencies cannot be added"):
        scope_of(world, Shop(), Sales())
