"""Ways of paying in numbers: by method, by what is still owed, by month and by place."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import words
from shoplib.sales import daygrid
from shoplib.sales.daygrid import DayGrid, Floats
from shoplib.sales.measures import CASH, DIGITAL, UNNAMED
from shoplib.sales.metrics import whole_rate
from shoplib.sales.ranks import holm
from shoplib.sales.view import Scope

Table: TypeAlias = pd.DataFrame
Bools: TypeAlias = npt.NDArray[np.bool_]

LABELS = {
    "cash": "Cash", "credit_card": "Credit card", "debit_card": "Debit card", "mobile": "Phone",
    "gift_card": "Gift card", "upi": "UPI", "coins": "Coins", "other": "Other", "unknown": "Not named",
}  # fmt: skip


DIGITAL_WORDS = {"card": ("credit_card", "debit_card"), "phone": ("mobile",), "UPI": ("upi",)}
STATUS_LABELS = {
    "paid": "Paid", "unpaid": "Unpaid", "credit": "On credit", "refunded": "Given back", "failed": "Failed",
    "unknown": "Not told",
}  # fmt: skip
UNTOLD = ("unknown",)


def label(method: str) -> str:
    """Return a way of paying in a reader's words; one that nobody foresaw keeps its own.

    >>> label("credit_card"), label("store_points")
    ('Credit card', 'Store points')
    """
    return LABELS.get(method) or method.replace("_", " ").capitalize()


def methods(scope: Scope) -> Table:
    """Return what each way of paying carries, most takings first: one row a method with a completed sale.

    Columns: ``payment_method``, ``transactions``, ``transactions_share``, ``gross_sales_minor``, ``share`` of takings,
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


def statuses(scope: Scope) -> Table | None:
    """Return what is paid, unpaid, on credit and so on: one row a status of a completed sale; sums are all takings.

    Columns: ``payment_status``, ``transactions``, ``transactions_share``, ``gross_sales_minor``, ``share``,
    ``status_label``. ``None`` if no sale of all the data tells whether it was paid.
    """
    payment = scope.books.sold["payment"].cat
    every = [str(name) for name in payment.categories]
    grid = daygrid.day_grid(scope.books, payment.codes.to_numpy(), len(every))
    told = [name not in UNTOLD for name in every]
    if not grid.counts[told].any():
        return None
    shown = grid.over(scope.window.shown)
    counts, amounts = (part.sum(axis=1).astype("int64") for part in (shown.counts, shown.amounts))
    table = pd.DataFrame(
        {
            "payment_status": pd.Series(every, dtype=object),
            "transactions": counts,
            "transactions_share": _part(counts),
            "gross_sales_minor": amounts,
            "share": _part(amounts),
            "status_label": pd.Series([STATUS_LABELS.get(name) or label(name) for name in every], dtype=object),
        }
    )
    known = list(STATUS_LABELS)
    order = sorted(range(len(every)), key=lambda i: (known.index(every[i]) if every[i] in known else -1, every[i]))
    table = table.iloc[order]
    sold: Table = table[table["transactions"] > 0].reset_index(drop=True)
    return sold


def places(scope: Scope) -> Table:
    """Return how the ways of paying are spread over sales by place, places in order of their key.

    Columns: ``location_id``, ``location_name``, ``transactions``, for each method its share of the place's sales under
    the method's name with ``_share`` behind, ``note``: the share furthest from that elsewhere, if chance alone does not
    explain it, corrected for how many were looked at, ``apart_points``: how far, 0 without a note, and ``compared``:
    whether any share could be. Places with fewer sales than ``fewest_sales`` are left out.
    """
    place, method = (scope.books.sold[name].cat for name in ("location_id", "method"))
    ids, every = ([str(name) for name in part.categories] for part in (place, method))
    group = place.codes.to_numpy(dtype="int64") * len(every) + method.codes.to_numpy()
    grid = daygrid.day_grid(scope.books, group, len(ids) * len(every)).over(scope.window.shown)
    counts = grid.counts.reshape(len(ids), len(every), grid.counts.shape[1])
    number = counts.sum(axis=(1, 2))
    judged = number >= scope.settings.fewest_sales
    parts = counts.sum(axis=2)
    chances = _chances(counts, judged, every)
    sure = (holm(chances.ravel()) < 1 - daygrid.CONFIDENCE).reshape(parts.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = parts / number[:, None]
        elsewhere = (parts.sum(axis=0) - parts) / (number.sum() - number)[:, None]
    used = [i for i, _ in enumerate(every) if parts[judged, i].any()]
    used.sort(key=lambda i: (-parts[:, i].sum(), every[i]))
    away = np.where(sure, share - elsewhere, 0.0)
    furthest = np.abs(away).argmax(axis=1) if every else np.zeros(len(ids), dtype="int64")
    notes = [
        _unlike(every[column], share[row, column], elsewhere[row, column], scope.shop.language)
        if sure[row, column] else None
        for row, column in enumerate(furthest)
    ] if every else [None] * len(ids)  # fmt: skip
    table = pd.DataFrame(
        {
            "location_id": pd.Series(ids, dtype=object),
            "location_name": place_names(scope, ids),
            "transactions": number.astype("int64"),
            **{f"{every[i]}_share": share[:, i] for i in used},
            "apart_points": away[np.arange(len(ids)), furthest] if every else np.zeros(len(ids)),
            "note": pd.Series(notes, dtype=object),
            "compared": ~np.isnan(chances).all(axis=1),
        }
    )
    kept: Table = table[judged].reset_index(drop=True)
    return kept


def _chances(counts: Floats, judged: Bools, every: list[str]) -> Floats:
    """Return by place and method how likely chance alone sets a share this far from elsewhere; NaN if not judged."""
    chances = np.full(counts.shape[:2], np.nan)
    if judged.sum() > 1:
        whole = counts.sum(axis=1)
        for column, name in enumerate(every):
            if name not in UNNAMED:
                chances[judged, column] = daygrid.shares_apart(counts[:, column, :], whole)[judged]
    return chances


def _unlike(method: str, share: float, elsewhere: float, language: str) -> str:
    return f"{in_sentence(method)} {words.share(share, language)} (elsewhere {words.share(elsewhere, language)})"


def place_names(scope: Scope, ids: list[str]) -> pd.Series:
    """Return the names of places by their keys; one that nobody named keeps its key."""
    known = scope.books.locations.set_index("location_id")["location_name"].to_dict()
    return pd.Series([known[one] if isinstance(known.get(one), str) else one for one in ids], dtype=object)


def in_sentence(method: str) -> str:
    """Return a way of paying as it stands inside a sentence.

    >>> in_sentence("credit_card"), in_sentence("upi")
    ('credit card', 'UPI')
    """
    name = label(method)
    return name if name.isupper() else name[:1].lower() + name[1:]


def digital_ways(scope: Scope) -> str:
    """Return in words the digital ways of paying that the data name; all of them if they name none."""
    used = set(scope.books.sold["method"].cat.categories)
    found = [word for word, methods in DIGITAL_WORDS.items() if used.intersection(methods)] or list(DIGITAL_WORDS)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} or {found[-1]}"


def _kind(method: str) -> str:
    return "digital" if method in DIGITAL else "cash" if method in CASH else "other"


def _takings_share(grid: DayGrid) -> Floats:
    return _part(grid.amounts.sum(axis=1))


def _part(amounts: Floats) -> Floats:
    """Return each amount by their sum, NaN if that is not above zero."""
    total = amounts.sum()
    return amounts / total if total > 0 else np.full(len(amounts), np.nan)
