"""Their words to ours."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib.errors import MappingError
from shoplib.ingest.vocabulary import check_words, to_ours


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("CASH", "cash"), ("Credit card", "credit_card"), ("credit_card", "credit_card"), ("Visa", "credit_card"),
        ("Debit", "debit_card"), ("Ewallet", "mobile"), ("E-Wallet", "mobile"), ("UPI", "upi"),
        ("Gift Card", "gift_card"), ("voucher", "gift_card"), ("Coins", "coins"), ("barter", "other"), ("", "unknown"),
    ],
)  # fmt: skip
def test_ways_to_pay(theirs: str, ours: str) -> None:
    assert to_ours("payment_method", pd.Series([theirs])).tolist() == [ours]


def test_an_unknown_status_stays_missing() -> None:
    assert to_ours("transaction_status", pd.Series(["Completed", "VOID", "Refund", "hm", ""])).tolist() == [
        "completed", "void", "refunded", None, None,
    ]  # fmt: skip
    assert to_ours("payment_status", pd.Series(["PAID", "pending", "hm", ""])).tolist() == [
        "paid", "unpaid", None, "unknown",
    ]  # fmt: skip


def test_a_mapping_may_only_translate_into_our_words() -> None:
    check_words("city", {"NYC": "New York"}, "till")
    with pytest.raises(MappingError) as caught:
        check_words("payment_status", {"y": "paid", "n": "unpayed"}, "till")
    assert str(caught.value) == (
        "Mapping till translates into words that are not ours\n"
        "  where   fields.payment_status.words\n"
        "  found   unpayed\n"
        "  wanted  one of paid, unpaid, credit, refunded, failed, unknown\n"
        '  next    did you mean "unpaid"?'
    )
