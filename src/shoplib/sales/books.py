"""The facts of a shop made ready for every report: receipts and lines, once, in the few columns that sales need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shoplib.base import words
from shoplib.base.calendar import Period
from shoplib.errors import ContractError
from shoplib.sales import cost

COLUMNS = {
    "transactions": (
        "transaction_id", "business_date", "local_hour", "location_id", "employee_id", "currency", "subtotal_minor",
        "discount_total_minor", "tax_total_minor", "tip_amount_minor", "total_amount_minor", "payment_method",
        "payment_status", "transaction_status", "refund_of",
    ),
    "transaction_items": (
        "transaction_id", "line_number", "product_id", "quantity", "line_total_minor", "attributes",
    ),
    "products": ("product_id", "product_name", "product_category", "unit_price_minor", "unit_cost_minor"),
    "product_prices": ("product_id", "valid_from", "unit_cost_minor"),
    "locations": (
        "location_id", "location_name", "location_type", "city", "timezone", "day_start_minute", "opens_minute",
        "closes_minute",
    ),
    "employees": ("employee_id", "employee_name", "employee_role", "location_id"),
    "promotions": ("promotion_id", "product_id", "promotion_name", "location_id", "starts", "ends"),
}  # fmt: skip
"""The columns of the facts that :func:`open_books` reads."""

COMPLETED, REFUNDED, VOID, ERROR = "completed", "refunded", "void", "error"


@dataclass(frozen=True)
class Books:
    """Receipts and lines of a shop, with its products, places and people.

    ``receipts``: one row a transaction, in the order of the facts: day (``datetime64``), hour (0 to 23 or NA),
    location_id, employee_id, method, payment, status (all categories), subtotal_minor, discount_minor, tax_minor,
    tip_minor, total_minor, gift_sold_minor (gift cards among its lines), and for refunds sale_day (business day of the
    sale it names, NaT if none is named or found) and sale_named.

    ``lines``: one row a line of a completed or refunded transaction: receipt (row of its receipt), day, location_id,
    product_id (categories), quantity, line_total_minor (before discount and tax), net_minor (after its part of the
    receipt's discount), cost_minor (NA where no cost is known for that day), gift (whether it sells a gift card),
    refunded, attributes.

    ``refunds_apart``: whether refunds are entries of their own, which net takings must subtract, or sales whose status
    says that they were given back, which never were in takings.
    """

    receipts: pd.DataFrame
    lines: pd.DataFrame
    products: pd.DataFrame
    locations: pd.DataFrame
    employees: pd.DataFrame
    currency: str | None
    refunds_apart: bool
    promotions: pd.DataFrame

    def during(self, period: Period | None) -> Books:
        """Return the books of some days; ``None`` has none. Lines keep the row numbers of all receipts."""
        if period is None:
            return replace(self, receipts=self.receipts.iloc[:0], lines=self.lines.iloc[:0])
        if bool(period.covers(self.receipts["day"]).all()):
            return self  # a line has the day of its receipt
        receipts, lines = (t[period.covers(t["day"]).to_numpy()] for t in (self.receipts, self.lines))
        return replace(self, receipts=receipts, lines=lines)

    @cached_property
    def sold(self) -> pd.DataFrame:
        """Receipts of completed transactions."""
        return self.receipts[(self.receipts["status"] == COMPLETED).to_numpy()]

    @cached_property
    def refunds(self) -> pd.DataFrame:
        """Receipts of refunded transactions."""
        return self.receipts[(self.receipts["status"] == REFUNDED).to_numpy()]

    @cached_property
    def sold_lines(self) -> pd.DataFrame:
        """Lines of completed transactions."""
        return self.lines[~self.lines["refunded"].to_numpy()]

    @cached_property
    def refunded_lines(self) -> pd.DataFrame:
        """Lines of refunded transactions."""
        return self.lines[self.lines["refunded"].to_numpy()]


def open_books(
    facts: Mapping[str, pd.DataFrame], gift_card_categories: tuple[str, ...] = (), refunds: str = "found"
) -> Books:
    """Return the books of the facts, given by table name; only the columns of :data:`COLUMNS` are read.

    ``refunds`` is ``apart`` (entries of their own), ``status`` (sales given back) or ``found``: all are apart if any of
    the data names its sale, else those below zero. Raises ``ContractError`` if transactions are in several currencies.
    """
    transactions, products = facts["transactions"], facts["products"]
    receipts = _receipts(transactions)
    lines = _lines(receipts, facts, gift_card_categories)
    gifts = lines[lines["gift"].to_numpy() & ~lines["refunded"].to_numpy()]
    receipts["gift_sold_minor"] = np.bincount(
        gifts["receipt"], weights=gifts["net_minor"], minlength=len(receipts)
    ).astype("int64")
    every_one = refunds == "apart" or (refunds == "found" and bool(receipts["sale_named"].any()))
    below_zero = (receipts["total_minor"] < 0).to_numpy() & (refunds == "found")
    receipts["apart"] = _is(receipts, REFUNDED) & (below_zero | every_one)
    return Books(
        receipts=receipts,
        lines=lines,
        products=products,
        locations=facts["locations"],
        employees=facts["employees"],
        currency=_currency(transactions),
        refunds_apart=every_one or bool(receipts["apart"].any()),
        promotions=facts.get("promotions", pd.DataFrame(columns=list(COLUMNS["promotions"]))),
    )


def _receipts(transactions: pd.DataFrame) -> pd.DataFrame:
    amounts = {
        "subtotal_minor": "subtotal_minor", "discount_minor": "discount_total_minor", "tax_minor": "tax_total_minor",
        "tip_minor": "tip_amount_minor", "total_minor": "total_amount_minor",
    }  # fmt: skip
    texts = {"employee_id": "employee_id", "method": "payment_method", "payment": "payment_status"}
    status = _category(transactions["transaction_status"])
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(transactions["business_date"]).to_numpy().astype("datetime64[ns]"),
            "hour": transactions["local_hour"].astype("Int64").array,
            "location_id": _category(transactions["location_id"]),
            **{name: _category(transactions[column]) for name, column in texts.items()},
            "status": status,
            **{name: transactions[column].to_numpy(dtype="int64") for name, column in amounts.items()},
        },
        copy=False,
    )
    named = transactions["refund_of"].notna().to_numpy() & (frame["status"] == REFUNDED).to_numpy()
    days = np.full(len(frame), np.datetime64("NaT"), dtype="datetime64[ns]")
    if named.any():
        keys = pa.array(transactions["transaction_id"], type=pa.string())
        sale = pc.index_in(pa.array(transactions.loc[named, "refund_of"], type=pa.string()), value_set=keys)
        row = np.asarray(sale.fill_null(-1))
        days[named] = np.where(row >= 0, frame["day"].to_numpy()[row], np.datetime64("NaT"))
    frame["sale_day"], frame["sale_named"] = days, named
    return frame


def _lines(
    receipts: pd.DataFrame, facts: Mapping[str, pd.DataFrame], gift_card_categories: tuple[str, ...]
) -> pd.DataFrame:
    transactions, items = facts["transactions"], facts["transaction_items"]
    row = _rows_of(items["transaction_id"], transactions["transaction_id"])
    counts = np.zeros(len(row), dtype=bool)
    counts[row >= 0] = (_is(receipts, COMPLETED) | _is(receipts, REFUNDED))[row[row >= 0]]
    row = row[counts]
    kept = items[counts]
    product, total = _category(kept["product_id"]), kept["line_total_minor"].to_numpy(dtype="int64")
    quantity = kept["quantity"].to_numpy(dtype="float64")
    products, day = facts["products"], receipts["day"].to_numpy()[row]
    part = cost.discount_parts(row, kept["line_number"].to_numpy(dtype="int64"), total, receipts["discount_minor"])
    each = cost.unit_costs(product, day, products, facts["product_prices"])
    return pd.DataFrame(
        {
            "receipt": row,
            "day": day,
            "location_id": receipts["location_id"].array[row],
            "product_id": product,
            "quantity": quantity,
            "line_total_minor": total,
            "net_minor": total - part,
            "cost_minor": cost.line_costs(quantity, each),
            "gift": _gifts(product, products, gift_card_categories),
            "refunded": _is(receipts, REFUNDED)[row],
            "attributes": _category(kept["attributes"]) if "attributes" in kept else None,
        },
        copy=False,
    )


def _rows_of(keys: pd.Series, known: pd.Series) -> npt.NDArray[np.int64]:
    """Return in which row of ``known`` each key stands, -1 for those that do not.

    Arrow matches texts several times faster than pandas, and without a copy of every string; of neighbours with the
    same key only the first is looked up.
    """
    texts = pa.array(keys, type=pa.string())
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    if not len(texts):
        return np.zeros(0, dtype="int64")
    first = np.ones(len(texts), dtype=bool)
    first[1:] = np.asarray(pc.fill_null(pc.not_equal(texts[1:], texts[:-1]), fill_value=True))
    found = pc.index_in(texts.filter(pa.array(first)), value_set=pa.array(known, type=pa.string()))
    rows: npt.NDArray[np.int64] = np.asarray(found.fill_null(-1)).astype("int64")[np.cumsum(first) - 1]
    return rows


def _gifts(product: pd.Categorical, products: pd.DataFrame, categories: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Return which lines sell a gift card: those whose product is in one of the categories, letter case ignored."""
    wanted = {category.casefold() for category in categories}
    told = products["product_category"].astype(object)
    named = np.array([isinstance(name, str) and name.casefold() in wanted for name in told], dtype=bool)
    gifts = set(products.loc[named, "product_id"])
    sells: npt.NDArray[np.bool_] = np.asarray([*(name in gifts for name in product.categories), False], dtype=bool)
    return sells.take(product.codes)


def _category(column: pd.Series) -> pd.Categorical:
    """Return a column as categories in alphabetical order, those without a row left out."""
    found = pd.Categorical(column.astype("category"), ordered=False)
    codes, names = found.codes.astype("int64"), found.categories.astype(object)
    used = np.bincount(codes + 1, minlength=len(names) + 1)[1:] > 0
    kept = sorted(names[used])
    place = {name: code for code, name in enumerate(kept)}
    moved = np.array([*(place.get(name, -1) for name in names), -1], dtype="int64")
    return pd.Categorical.from_codes(moved[codes], categories=pd.Index(kept, dtype=object))


def _is(receipts: pd.DataFrame, status: str) -> npt.NDArray[np.bool_]:
    return (receipts["status"] == status).to_numpy()


def _currency(transactions: pd.DataFrame) -> str | None:
    found = sorted(transactions["currency"].dropna().unique())
    if len(found) > 1:
        raise ContractError(
            "Takings in different currencies cannot be added", where="transactions.currency", found=words.listed(found),
            wanted="one currency",
            next_step="give each currency its own scenario, or convert the amounts before they are taken in",
        )  # fmt: skip
    return str(found[0]) if found else None
