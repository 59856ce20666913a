"""Ways of paying in numbers: by method, by what is still owed, by month and by place."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd

from shoplib.sales import daygrid
from shoplib.sales.daygrid import DayGrid, Floats
from shoplib.sales.measures import CASH, DIGITAL
from shoplib.sales.metrics import whole_rate
from shoplib.sales.view import Scope

Table: TypeAlias = pd.DataFrame

LABELS = {
    "cash": "Cash", "credit_card": "Credit card", "debit_card": "Debit card", "mobile": "Phone",
    "gift_card": "Gift card", "upi": "UPI", "coins": "Coins", "other": "Other", "unknown": "Not named",
}  # fmt: skip


def label(method: str) -> str:
    """Return a way of paying in a reader's words; one that nobody foresaw keeps its own.

    >>> label("credit_card"), label("store_points")
    ('Credit card', 'Store points')
    """
    return LABELS.get(method) or method.replace("_", " ").capitalize()


def methods(scope: Scope) -> Table:
    """Return what each way of paying carries, most takings first: one row a method with a completed sale.

    Columns: ``payment_method``, ``transactions``, ``transactions_share``, ``gross_sales_minor``, ``share`` (of takings),
    ``average_transaction_minor``, ``method_label``, ``kind`` (digital, cash or other), ``low_minor`` and ``high_minor``
    (the interval of the average, see ``daygrid.means``) and ``change_points``: the share of takings in the latest days
    less that before, NaN where nothing can be compared.
    """
    every, grid = method_grid(scope)
    shown = grid.over(scope.window.shown)
    counts, amounts = (part.sum(axis=1).astype("int64") for part in (shown.counts, shown.amounts))
    _, low, high = daygrid.means(shown.amounts, shown.counts)
    table = pd.DataFrame(
        {
            "payment_method": pd.Series(every, dtype=object),
            "transactions": counts,
            "transactions_share": _part(counts),
            "gross_sales_minor": amounts,
            "share": _part(amounts),
            "average_transaction_minor": pd.array(
                [whole_rate(int(a), int(n)) for a, n in zip(amounts, counts, strict=True)], dtype="Int64"
            ),
            "method_label": pd.Series([label(name) for name in every], dtype=object),
            "kind": pd.Series([_kind(name) for name in every], dtype=object),
            "low_minor": low,
            "high_minor": high,
            "change_points": _takings_share(grid.over(scope.window.recent))
            - _takings_share(grid.over(scope.window.before)),
        }
    )
    table = table[table["transactions"] > 0]
    return table.sort_values(["gross_sales_minor", "payment_method"], ascending=[False, True], ignore_index=True)


def method_grid(scope: Scope) -> tuple[list[str], DayGrid]:
    """Return all ways of paying in the data, in alphabetical order, and completed sales by them and by day."""
    method = scope.books.sold["method"].cat
    every = [str(name) for name in method.categories]
    return every, daygrid.day_grid(scope.books, method.codes.to_numpy(), len(every))


def _kind(method: str) -> str:
    return "digital" if method in DIGITAL else "cash" if method in CASH else "other"


def _takings_share(grid: DayGrid) -> Floats:
    return _part(grid.amounts.sum(axis=1))


def _part(amounts: Floats) -> Floats:
    """Return each amount by their sum, NaN if that is 0."""
    total = amounts.sum()
    return amounts / total if total else np.full(len(amounts), np.nan)
