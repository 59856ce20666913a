"""What the till itself says was not paid on the spot. Nobody is named and nothing is concluded."""

from __future__ import annotations

import pandas as pd

OPEN = ("unpaid", "credit")


def dues(transactions: pd.DataFrame) -> pd.DataFrame:
    """Return completed transactions that the till marks as unpaid or on credit, added up; no rows if there are none.

    Columns payment_status, transactions, total_minor, currency, in the order of ``OPEN``.
    """
    kept = (transactions["transaction_status"] == "completed") & transactions["payment_status"].isin(OPEN)
    table = (
        transactions[kept]
        .groupby(["payment_status", "currency"], sort=True)
        .agg(transactions=("transaction_id", "size"), total_minor=("total_amount_minor", "sum"))
        .reset_index()
    )
    order = table["payment_status"].map({status: at for at, status in enumerate(OPEN)})
    return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)[
        ["payment_status", "transactions", "total_minor", "currency"]
    ]
