"""What an alert is: one problem, under a key that stays the same whatever its figures are today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from shoplib.contracts import convert
from shoplib.contracts.columns import SEVERITIES

TABLE = "alerts"
FILE_REFUSED, ROWS_SET_ASIDE = "file_refused", "rows_set_aside"
FIRST_RULES = (FILE_REFUSED, ROWS_SET_ASIDE)
"""Rules that come first among equally severe alerts, in this order: what did not come in can cause all the others."""


def problems(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as the declared table ``alerts``; what a row does not name is missing. No rows give none."""
    columns = convert.arrow_schema(TABLE).names
    return convert.to_pandas(convert.to_arrow(TABLE, pd.DataFrame(list(rows), columns=columns)))


def ranked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return all alerts, the urgent first.

    Among equally severe ones those of ``FIRST_RULES`` come first, in that order; then it goes by money at stake, then
    by key. Money not known comes last. Without any alert the table is empty.
    """
    filled = [part for part in parts if len(part)]
    if not filled:
        return problems([])
    whole = pd.concat(filled, ignore_index=True)
    order = whole["severity"].map({word: place for place, word in enumerate(SEVERITIES)})
    first = whole["rule"].map({rule: place for place, rule in enumerate(FIRST_RULES)}).fillna(len(FIRST_RULES))
    money = -whole["money_minor"].astype("Float64").fillna(-1.0)
    at = pd.DataFrame({"order": order, "first": first, "money": money, "key": whole["alert_id"]})
    return whole.loc[at.sort_values(["order", "first", "money", "key"]).index].reset_index(drop=True)
