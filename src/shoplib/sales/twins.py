"""The eight reports as SQL: each main table once more, by a query that starts from the facts and can be copied.

The queries stand in ``sql/``, in DuckDB's dialect, each with what it answers and its parameters on top.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from shoplib.base import words
from shoplib.base.calendar import Period
from shoplib.base.listing import Column, Listing
from shoplib.base.money import digits
from shoplib.config.models import Sales, Shop
from shoplib.contracts import convert
from shoplib.errors import ContractError
from shoplib.sales.terms import TERMS
from shoplib.sales.window import Window, window
from shoplib.store import duck

TWINS = ("overview", "daily", "locations", "products", "employees", "payments", "hours", "refunds")
"""The queries that give the main table of the report of the same name."""

SAMPLES = ("daily_revenue", "top_locations", "hourly")
"""Short queries to begin with, in major units."""

PARAMETER = re.compile(r"\$(\w+)")
OWN = {
    column.name: column
    for column in (
        Column("value", "Latest days", "row"),
        Column("before", "Same weekdays before", "row"),
        Column("all", "All days", "row"),
        Column("unit", "Unit", "text"),
        Column("location_id", "Place key", "text"),
        Column("product_id", "Product key", "text"),
        Column("employee_id", "Employee", "text"),
        Column("last_sold", "Last sold", "day"),
        Column("hours", "Hours with sales", "count"),
        Column("gross_per_hour_minor", "Takings an hour", "money"),
        Column("value_share", "Share of value", "share"),
        Column("date", "Day", "day"),
        Column("hour", "Hour", "hour"),
    )
}


def text(name: str) -> str:
    """Return a query as it is stored; ``KeyError`` if there is none of this name."""
    if name not in (*TWINS, *SAMPLES):
        raise KeyError(f"no query {name!r}; there are {words.listed((*TWINS, *SAMPLES), limit=20)}")
    return resources.files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def data_of(folder: Path) -> tuple[Period | None, str | None]:
    """Return the business days of the transactions of a folder of tables, and their currency, ``None`` without any.

    Raises ``ContractError`` if they are in several currencies, ``StoreError`` if there are no such tables.
    """
    found = duck.table(
        folder,
        "SELECT min(business_date) AS first, max(business_date) AS last, list(DISTINCT currency) AS currencies "
        "FROM transactions",
        {},
    ).to_pylist()[0]
    currencies = sorted(found["currencies"] or [])
    if len(currencies) > 1:
        raise ContractError(
            "Takings in different currencies cannot be added", where="transactions.currency",
            found=words.listed(currencies), wanted="one currency",
            next_step="give each currency its own scenario, or convert the amounts before they are taken in",
        )  # fmt: skip
    return (Period(found["first"], found["last"]), str(currencies[0])) if currencies else (None, None)


def parameters(days: Window, shop: Shop, settings: Sales) -> dict[str, object]:
    """Return the parameters of all queries by name; days that are not there are ``None``, which finds no rows."""
    named = {"": days.shown, "recent": days.recent, "before": days.before}
    edges: dict[str, object] = {}
    for part, period in named.items():
        first, last = (f"{part}_from", f"{part}_to") if part else ("from_day", "to_day")
        edges |= {first: period and period.start, last: period and period.end}
    return {
        **edges,
        "day_start": shop.day_start.hour,
        "gift_card_categories": [name.casefold() for name in settings.gift_card_categories],
        "refunds": settings.refunds,
        "minor_units": 10 ** digits(shop.currency),
    }


def answer(
    name: str, folder: Path, shop: Shop, settings: Sales, start: dt.date | None = None, end: dt.date | None = None
) -> pd.DataFrame:
    """Return the answer of a query over a folder of parquet files, over the days a report would tell of.

    Whole numbers that may be missing are ``Int64``, days ``datetime64``. Errors: see :func:`data_of` and
    ``window.window``.
    """
    known, _ = data_of(folder)
    return run(name, folder, parameters(window(known, settings.compare_days, start, end), shop, settings))


def run(name: str, folder: Path, given: Mapping[str, object]) -> pd.DataFrame:
    """Return the answer of a query with given parameters; those it does not use are left out."""
    sql = text(name)
    used = set(PARAMETER.findall(sql))
    return convert.to_pandas(duck.table(folder, sql, {key: value for key, value in given.items() if key in used}))


def transactions(folder: Path, given: Mapping[str, object]) -> int:
    """Return how many transactions of any status lie in the days of the given parameters."""
    sql = "SELECT count(*) AS found FROM transactions WHERE business_date BETWEEN $from_day AND $to_day"
    days = {name: given[name] for name in ("from_day", "to_day")}
    return int(duck.table(folder, sql, days)["found"][0].as_py())


def listing(name: str, answered: pd.DataFrame, currency: str) -> Listing:
    """Return the answer of a twin as a listing with all its columns."""
    columns = tuple(OWN.get(column) or TERMS[column] for column in answered.columns)
    return Listing(name, "Answered by SQL", answered, columns, currency)


def filled(name: str, given: Mapping[str, object]) -> str:
    """Return a query with its parameters written in, each with its name behind it, ready to be run as it is.

    The comments on top stay as they are.
    """
    lines = text(name).splitlines(keepends=True)
    return "".join(line if line.lstrip().startswith("--") else _written(line, given) for line in lines)


def _written(line: str, given: Mapping[str, object]) -> str:
    return PARAMETER.sub(lambda found: f"{_literal(given[found[1]])} /* ${found[1]} */", line)


def _literal(value: Any) -> str:
    """Return a value as SQL; texts are quoted, so that none of them ends its own quotes."""
    if value is None:
        return "NULL"
    if isinstance(value, dt.date):
        return f"DATE '{value}'"
    if isinstance(value, list):
        return f"[{', '.join(_literal(item) for item in value)}]::VARCHAR[]"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
