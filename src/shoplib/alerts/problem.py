"""What an alert is: one problem, under a key that stays the same whatever its figures are today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from shoplib.contracts import convert
from shoplib.contracts.columns import SEVERITIES

TABLE = "alerts"


def problems(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as the declared table ``alerts``; what a row does not name is missing. No rows give none."""
    columns = convert.arrow_schema(TABLE).names
    return convert.to_pandas(convert.to_arrow(TABLE, pd.DataFrame(list(rows), columns=columns)))


def ranked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return all alerts, the urgent first, then by money at stake, then by key; money not known comes last."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return problems([])
    whole = pd.concat(filled, ignore_index=True)
    order = whole["severity"].map({word: place for place, word in enumerate(SEVERITIES)})
    money = -whole["money_minor"].astype("Float64").fillna(-1.0)
    at = pd.DataFrame({"order": order, "money": money, "key": whole["alert_id"]})
    return whole.loc[at.sort_values(["order", "money", "key"]).index].reset_index(drop=True)
