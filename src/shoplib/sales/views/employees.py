"""Employees: what each takes in an hour, fairly compared, and whether that is more than chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base.listing import Column, Listing
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View
from shoplib.sales.views.locations import whole_rates

TITLE = "Who sells most in the same hours?"
MAIN = (
    "employee_id", "employee_role", "trading_days", "hours", "transactions", "gross_sales_minor",
    "average_transaction_minor", "gross_per_hour_minor",
)  # fmt: skip
HOURS = Column(
    "hours", "Hours with sales", "count",
    "hours of the clock with a completed sale of the employee; they stand in for hours worked, which are not known",
)  # fmt: skip
PER_HOUR = Column("gross_per_hour_minor", "Takings an hour", "money", "takings of known hours by hour with sales")
SHOWN = (
    *columns("employee", "employee_role", "trading_days"), HOURS,
    *columns("transactions", "gross_sales_minor", "average_transaction_minor"), PER_HOUR,
)  # fmt: skip


def view(scope: Scope) -> View:
    """Return the report on employees."""
    table = compared(scope)
    main = Listing(
        "employees", "All employees", table, SHOWN, scope.currency, totals=("transactions", "gross_sales_minor")
    )
    return View("employees", TITLE, (), (main,))


def compared(scope: Scope) -> pd.DataFrame:
    """Return every employee with a completed sale, largest takings first, ties by key.

    Sales without a known employee are left out. Hours and takings an hour are missing where no hour is known.
    """
    sold = scope.shown.sold
    sold = sold[sold["employee_id"].notna().to_numpy()]
    people = sold["employee_id"].cat
    who, number = people.codes.to_numpy(dtype="int64"), len(people.categories)
    total = sold["total_minor"].to_numpy()
    days = days_of(sold)
    known = sold["hour"].notna().to_numpy()
    hour = sold["hour"].to_numpy(dtype="int64", na_value=0)
    blocks = pd.unique(((who * (days.max(initial=0) + 1) + days) * 24 + hour)[known]) // 24
    span = days.max(initial=0) + 1
    table = pd.DataFrame(
        {
            "employee_id": np.asarray(people.categories, dtype=object),
            "trading_days": np.bincount(pd.unique(who * span + days) // span, minlength=number),
            "hours": np.bincount(blocks // span, minlength=number),
            "transactions": np.bincount(who, minlength=number),
            "gross_sales_minor": _sums(who, total, number),
            "_known": _sums(who[known], total[known], number),
        }
    )
    table = table[table["transactions"] > 0].reset_index(drop=True)
    table["average_transaction_minor"] = whole_rates(table["gross_sales_minor"], table["transactions"])
    table["gross_per_hour_minor"] = whole_rates(table["_known"], table["hours"])
    table["hours"] = table["hours"].astype("Int64").where(table["hours"] > 0)
    table = _named(table, scope)
    return table.sort_values(["gross_sales_minor", "employee_id"], ascending=[False, True], ignore_index=True)


def days_of(receipts: pd.DataFrame) -> np.ndarray:
    """Return the number of each receipt's business day, the first day being 0."""
    days = receipts["day"].to_numpy().astype("datetime64[D]").astype("int64")
    return days - days.min() if len(days) else days


def _sums(codes: np.ndarray, amounts: np.ndarray, number: int) -> np.ndarray:
    """Return whole sums by code; exact below 2**53."""
    return np.bincount(codes, weights=amounts, minlength=number).astype("int64")


def _named(table: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Return the table with role, place and the label of each employee; names only where the settings show them."""
    known = scope.books.employees.astype(object).drop_duplicates("employee_id").set_index("employee_id")
    known = known.reindex(table["employee_id"])
    role, name = (known[column].where(known[column].notna(), None).to_numpy() for column in
                  ("employee_role", "employee_name"))  # fmt: skip
    keys = table["employee_id"].to_numpy()
    shown = np.where(pd.notna(name), name, keys) if scope.settings.show_names else keys
    table = table.assign(employee_role=role, employee=np.asarray(shown, dtype=object))
    return table[[*MAIN, "employee"]]
