"""What rows are worth that break rules: each transaction once, without regard to its sign."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from shoplib.ingest.quality.prepared import WORTH
from shoplib.ingest.quality.probe import Bools, Rows


def worth(table: str, rows: Rows, broken: Bools) -> int | None:
    """Return the minor units that broken rows hold; ``None`` for tables whose rows hold no money.

    Amounts below zero count by their size: a refund at an impossible hour is money in doubt like a sale.
    """
    if table not in WORTH:
        return None
    doubtful = rows[broken]
    if table == "transactions":
        doubtful = doubtful.drop_duplicates("transaction_id")
    return _total(doubtful[WORTH[table]])


def together(rows: Mapping[str, Rows], broken: Mapping[str, Bools]) -> int:
    """Return the minor units that broken rows of all tables hold: lines of a broken transaction count with it."""
    whole = 0
    doubtful: pd.Series = pd.Series(dtype=object)
    if "transactions" in broken:
        whole += worth("transactions", rows["transactions"], broken["transactions"]) or 0
        doubtful = rows["transactions"].loc[broken["transactions"], "transaction_id"]
    if "transaction_items" in broken and broken["transaction_items"].any():
        lines = rows["transaction_items"][broken["transaction_items"]]
        whole += _total(lines.loc[~lines["transaction_id"].isin(doubtful), WORTH["transaction_items"]])
    return whole


def _total(amounts: pd.Series) -> int:
    """Return the exact sum of the sizes of whole numbers; missing ones count nothing."""
    known = amounts.dropna().to_numpy(dtype="int64")
    return sum(abs(amount) for amount in known.tolist()) if np.any(np.abs(known) > 2**40) else int(np.abs(known).sum())
