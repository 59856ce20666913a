"""Their words to ours: how a sale was paid, what became of it, why stock moved, how far an order is."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf

import pandas as pd

from shoplib.base import words
from shoplib.contracts.columns import MOVEMENTS, ORDER_STATUSES, PAYMENT_METHODS, PAYMENT_STATUSES, TRANSACTION_STATUSES
from shoplib.errors import MappingError

VOCABULARIES: dict[str, tuple[str, ...]] = {
    "payment_method": PAYMENT_METHODS,
    "payment_status": PAYMENT_STATUSES,
    "transaction_status": TRANSACTION_STATUSES,
    "movement": MOVEMENTS,
    "order_status": ORDER_STATUSES,
}

# What tills commonly write, punctuation and letter case aside.
COMMON: dict[str, dict[str, str]] = {
    "payment_method": {
        **dict.fromkeys(("cash", "cash payment", "notes", "bar", "efectivo", "especes"), "cash"),
        **dict.fromkeys(
            ("credit card", "credit", "creditcard", "cc", "visa", "mastercard", "master card", "amex",
             "american express", "card", "bank card", "card payment"), "credit_card",
        ),
        **dict.fromkeys(("debit card", "debit", "debitcard", "maestro", "ec card", "visa debit"), "debit_card"),
        **dict.fromkeys(
            ("mobile", "mobile payment", "ewallet", "e wallet", "wallet", "digital wallet", "apple pay",
             "google pay", "samsung pay", "mpesa", "m pesa", "paypal", "alipay", "wechat pay"), "mobile",
        ),
        **dict.fromkeys(("gift card", "giftcard", "voucher", "gift voucher", "store credit", "coupon"), "gift_card"),
        **dict.fromkeys(("upi", "gpay", "phonepe", "phone pe", "paytm", "bhim"), "upi"),
        **dict.fromkeys(("coins", "coin"), "coins"),
        **dict.fromkeys(("unknown", "n a", "na", "none", "null"), "unknown"),
    },
    "payment_status": {
        **dict.fromkeys(("paid", "completed", "complete", "success", "successful", "settled", "ok", "yes"), "paid"),
        **dict.fromkeys(("unpaid", "pending", "due", "open", "no", "not paid"), "unpaid"),
        **dict.fromkeys(("on account", "on credit", "tab", "on tab"), "credit"),
        **dict.fromkeys(("refunded", "refund"), "refunded"),
        **dict.fromkeys(("failed", "fail", "declined", "error", "rejected"), "failed"),
        **dict.fromkeys(("unknown", "n a", "na"), "unknown"),
    },
    "transaction_status": {
        **dict.fromkeys(("completed", "complete", "closed", "ok", "sale", "success", "paid", "done"), "completed"),
        **dict.fromkeys(("refunded", "refund", "return", "returned"), "refunded"),
        **dict.fromkeys(("void", "voided", "cancelled", "canceled", "cancel"), "void"),
        **dict.fromkeys(("error", "failed", "fail", "declined"), "error"),
    },
    "movement": {
        **dict.fromkeys(("opening stock", "opening balance", "initial"), "opening"),
        **dict.fromkeys(("sold", "sales"), "sale"),
        **dict.fromkeys(("returned", "refund", "customer return"), "return"),
        **dict.fromkeys(("received", "delivery", "goods in", "purchase"), "receipt"),
        **dict.fromkeys(("sent", "moved out"), "transfer_out"),
        **dict.fromkeys(("moved in",), "transfer_in"),
        **dict.fromkeys(("wasted", "spoiled", "spoilage", "damaged", "expired", "shrinkage"), "waste"),
        **dict.fromkeys(("stocktake", "stock take", "inventory", "count correction"), "count"),
        **dict.fromkeys(("adjusted", "correction"), "adjustment"),
        **dict.fromkeys(("reversed", "storno", "void", "voided"), "reversal"),
    },
    "order_status": {
        **dict.fromkeys(("ordered", "pending", "placed", "sent", "confirmed"), "open"),
        **dict.fromkeys(("partial", "partially received", "part delivered"), "part_received"),
        **dict.fromkeys(("delivered", "complete", "completed", "closed"), "received"),
        **dict.fromkeys(("canceled", "cancel"), "cancelled"),
    },
}  # fmt: skip


def check_words(field: str, mapped: MappingOf[str, str], mapping_name: str) -> None:
    """Ensure a mapping translates into our words only; ``MappingError`` names each that is none of them."""
    ours = VOCABULARIES.get(field)
    if ours is None:
        return
    foreign = sorted({word for word in mapped.values() if word not in ours})
    if foreign:
        near = words.nearest(foreign[0], ours)
        raise MappingError(
            f"Mapping {mapping_name} translates into words that are not ours", where=f"fields.{field}.words",
            found=words.listed(foreign), wanted=f"one of {words.listed(ours, limit=20)}",
            next_step=f'did you mean "{near}"?' if near else "use one of these words",
        )  # fmt: skip


def to_ours(field: str, cells: pd.Series) -> pd.Series:
    """Return our word for each cell; missing where none is known.

    Cells already carry the mapping's own translations. A way to pay that nobody knows is ``other``, and
    none at all is ``unknown``; an empty payment status is ``unknown`` too. The other vocabularies have
    no such word: what they do not know stays missing.
    """
    known = {**COMMON[field], **{word.replace("_", " "): word for word in VOCABULARIES[field]}}
    distinct = {cell: known.get(spoken(cell)) for cell in cells.unique()}
    if field == "payment_method":
        distinct = {cell: word or "other" for cell, word in distinct.items()}
    if "unknown" in VOCABULARIES[field]:
        distinct[""] = "unknown"
    return cells.map(distinct).astype(object)


def spoken(cell: str) -> str:
    """Return a word as it is spoken: lower case, one blank for each run of other marks.

    >>> spoken("E-Wallet"), spoken(" Credit_Card ")
    ('e wallet', 'credit card')
    """
    return " ".join("".join(mark if mark.isalnum() else " " for mark in cell.casefold()).split())
