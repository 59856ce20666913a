"""The amounts every metric is made of, added up by business day and place."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.sales.books import COMPLETED, ERROR, REFUNDED, VOID, Books

DIGITAL = ("credit_card", "debit_card", "mobile", "upi")
CASH = ("cash", "coins")
UNNAMED = ("unknown", "other")
KEY = ["business_date", "location_id"]
UNITS = "units"


def sales_daily(books: Books) -> pd.DataFrame:
    """Return ``sales_daily``: takings by business day and location, one row where any transaction was made.

    Only completed transactions are sales. A refund counts with the size of its total, whichever sign the till gives it.
    Days with only void or failed transactions have zeros.
    """
    receipts = books.receipts
    status = receipts["status"]
    done, refunded = (status == COMPLETED).to_numpy(), (status == REFUNDED).to_numpy()
    method, payment = receipts["method"], receipts["payment"]
    total = receipts["total_minor"].to_numpy()
    known = done & ~method.isin(UNNAMED).to_numpy()
    digital, cash = (done & method.isin(group).to_numpy() for group in (DIGITAL, CASH))
    amounts = {
        "transactions": done.astype("int64"),
        "subtotal_minor": np.where(done, receipts["subtotal_minor"], 0),
        "discount_minor": np.where(done, receipts["discount_minor"], 0),
        "tax_minor": np.where(done, receipts["tax_minor"], 0),
        "gross_sales_minor": np.where(done, total, 0),
        "tips_minor": np.where(done, receipts["tip_minor"], 0),
        "paid_minor": np.where(done & (payment == "paid").to_numpy(), total, 0),
        "unpaid_minor": np.where(done & (payment == "unpaid").to_numpy(), total, 0),
        "credit_minor": np.where(done & (payment == "credit").to_numpy(), total, 0),
        "cash_minor": np.where(cash, total, 0),
        "digital_transactions": digital.astype("int64"),
        "digital_minor": np.where(digital, total, 0),
        "known_method_transactions": known.astype("int64"),
        "gift_cards_sold_minor": np.where(done, receipts["gift_sold_minor"], 0),
        "gift_cards_redeemed_minor": np.where(done & (method == "gift_card").to_numpy(), total, 0),
        "refunds": refunded.astype("int64"),
        "refunds_minor": np.where(refunded, np.abs(total), 0),
        "back": np.where(receipts["apart"], np.abs(total), 0),
        "refunds_tax_minor": np.where(receipts["apart"], np.abs(receipts["tax_minor"]), 0),
        "voids": (status == VOID).to_numpy().astype("int64"),
        "errors": (status == ERROR).to_numpy().astype("int64"),
    }
    by_day = _summed(receipts, amounts)
    daily = by_day.join(_summed(books.sold_lines, _of_lines(books)), how="left")
    daily[["cost_minor", "margin_sales_minor"]] = daily[["cost_minor", "margin_sales_minor"]].fillna(0).astype("int64")
    daily[UNITS] = daily[UNITS].astype("float64").fillna(0.0)
    daily["net_sales_minor"] = daily["gross_sales_minor"] - daily["back"]
    daily["currency"] = books.currency or ""
    return daily.reset_index()[COLUMNS]


COLUMNS = [
    "business_date", "location_id", "transactions", UNITS, "subtotal_minor", "discount_minor", "tax_minor",
    "gross_sales_minor", "net_sales_minor", "tips_minor", "paid_minor", "unpaid_minor", "credit_minor",
    "cash_minor", "digital_transactions", "digital_minor", "known_method_transactions", "gift_cards_sold_minor",
    "gift_cards_redeemed_minor", "cost_minor", "margin_sales_minor", "refunds", "refunds_minor", "refunds_tax_minor",
    "voids", "errors", "currency",
]  # fmt: skip


def _of_lines(books: Books) -> dict[str, np.ndarray]:
    """Return units of all lines of sales, and cost and net sales of those whose cost is known; gift cards have none."""
    lines = books.sold_lines
    costed = lines["cost_minor"].notna().to_numpy() & ~lines["gift"].to_numpy()
    return {
        UNITS: lines["quantity"].to_numpy(),
        "cost_minor": np.where(costed, lines["cost_minor"].fillna(0).to_numpy(dtype="int64"), 0),
        "margin_sales_minor": np.where(costed, lines["net_minor"].to_numpy(), 0),
    }


def _summed(rows: pd.DataFrame, amounts: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return sums by business day and place, in that order; whole numbers are exact up to 2**53."""
    places = rows["location_id"].cat.categories
    day = rows["day"].to_numpy().astype("datetime64[D]").astype("int64")
    code, cells = pd.factorize(day * max(len(places), 1) + rows["location_id"].cat.codes.to_numpy(), sort=True)
    cells = np.asarray(cells, dtype="int64")
    dates, at = np.divmod(cells, max(len(places), 1))
    sums = {
        name: pd.Series(part).groupby(code).sum().to_numpy()  # fractions: sums that do not hang on the order of rows
        if part.dtype.kind == "f"
        else np.bincount(code, weights=part, minlength=len(cells)).astype("int64")
        for name, part in amounts.items()
    }
    index = [dates.astype("datetime64[D]").astype("datetime64[ns]"), places.to_numpy(dtype=object)[at]]
    return pd.DataFrame(sums, index=pd.MultiIndex.from_arrays(index, names=KEY))
