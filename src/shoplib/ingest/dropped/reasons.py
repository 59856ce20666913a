"""What became of one file, told beside it: every bad row with its reason, and the whole in one line for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from shoplib.base import money, words
from shoplib.config.models import Shop
from shoplib.ingest.validation import SKIPPED

Status = Literal["loaded", "refused", "known"]
COUNTS = ("in", "loaded", "set_aside", "duplicate")
SHOWN_ID = 8
WANTED = {
    "empty_cell": "a value: a row of this kind cannot do without it",
    "unreadable_number": "a number, written as in the rest of the file",
    "other_currency": "an amount in the shop’s currency",
    "unreadable_time": "a date or time, written as in the rest of the file",
    "unknown_word": "one of the words the rest of the file uses",
    "negative_amount": "no minus here; a refund has it at the total, the line or the quantity",
    "line_arithmetic": "quantity × unit price = amount of the line",
    "total_arithmetic": "subtotal − discount + tax = total",
    "conflict": "what really happened; leave the row out of the file if the version that was loaded first is right",
    "unknown_transaction": "the key of a sale that was loaded; if that is still to come, leave the row: it loads then",
    "unknown_reference": "a key that was loaded; if that is still to come, leave the row: it loads by itself then",
    "below_minimum": "a larger number",
    "ends_before_start": "an end that is not before its start",
    "row_shape": "as many cells as the heading has; write the row into them",
}
"""What a cell must hold to be loaded, by the rule that was broken."""


class Loaded(Protocol):
    """What loading a file gives back; see ``loading.Outcome``."""

    @property
    def import_id(self) -> str:
        """Key of the import."""

    @property
    def status(self) -> Status:
        """What became of the file."""

    @property
    def fault(self) -> str:
        """Why it was refused, in one line."""

    @property
    def job(self) -> Mapping[str, object]:
        """The row of ``import_jobs``."""

    @property
    def rejected(self) -> pd.DataFrame:
        """The rows of ``rejected_rows``."""


def mendable(rejected: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that a person can mend: not those the mapping says are none."""
    return rejected[rejected["rule"] != SKIPPED] if len(rejected) else rejected


def account(name: str, sha256: str, source_name: str, outcome: Loaded | None, fault: str = "") -> dict[str, Any]:
    """Return what is written beside a file as ``.reason.json``: the same outcome always gives the same.

    ``outcome`` is none where a file could not even be read; ``fault`` says why then. Amounts are minor units.
    """
    if outcome is None:
        told: Mapping[str, object] = {}
        rejected = pd.DataFrame()
    else:
        told, rejected = outcome.job, outcome.rejected
    return {
        "file": name,
        "sha256": sha256,
        "source": source_name,
        "import_id": outcome.import_id if outcome is not None else None,
        "status": "refused" if outcome is None else outcome.status,
        "fault": (outcome.fault if outcome is not None else fault) or None,
        "rows": {part: _plain(told.get(f"rows_{part}")) or 0 for part in COUNTS},
        "currency": _plain(told.get("currency")),
        "money_minor": {part: _plain(told.get(f"money_{part}_minor")) for part in COUNTS},
        "bad_rows": bad_rows(rejected),
    }


def bad_rows(rejected: pd.DataFrame) -> list[dict[str, Any]]:
    """Return row, column, rule, found, reason and money (minor units) of each row set aside, in order of row."""
    if rejected.empty:
        return []
    names = {"source_row": "row", "column_name": "column", "money_minor": "money_minor"}
    kept = rejected.sort_values("source_row", kind="stable").rename(columns=names)
    kept = kept[["row", "column", "rule", "found", "reason", "money_minor"]]
    return [{str(name): _plain(value) for name, value in row.items()} for row in kept.to_dict("records")]


def _plain(value: object) -> Any:
    """Return a value as JSON holds it: nothing for what is missing, whole numbers and texts as they are."""
    if value is None or value is pd.NA or value != value:
        return None
    return int(value) if isinstance(value, int | float | np.number) else str(value)


def sentence(outcome: Loaded, shop: Shop) -> str:
    """Return what became of a file in one line, without its name and place."""
    if outcome.status == "refused":
        return f"refused, nothing of it is loaded: {outcome.fault}"
    if outcome.status == "known":
        when = _day(outcome.job.get("ended_at"), shop)
        return f"nothing new, loaded{f' on {when}' if when else ''} as import {outcome.import_id[:SHOWN_ID]}…"
    job, currency = outcome.job, _plain(outcome.job.get("currency")) or shop.currency

    def part(which: str, noun: str) -> str:
        rows = words.plural(int(_plain(job[f"rows_{which}"]) or 0), "row") + noun
        worth = _plain(job.get(f"money_{which}_minor"))
        return rows if worth is None else f"{rows}, {money.show(worth, currency, language=shop.language)}"

    text = f"loaded {part('loaded', '')}"
    if _plain(job["rows_duplicate"]):
        text += f"; {part('duplicate', ' we had already')}"
    aside = mendable(outcome.rejected)
    skipped = len(outcome.rejected) - len(aside)
    if skipped:
        text += f"; {words.plural(skipped, 'row')} left out, as the mapping says"
    if len(aside):
        text += f"; {words.plural(len(aside), 'row')} set aside"
        worth = int(aside["money_minor"].sum())
        text += f" ({money.show(worth, currency, language=shop.language)} not counted yet)" if worth else ""
    return text


def _day(instant: object, shop: Shop) -> str:
    if not isinstance(instant, dt.datetime) or pd.isna(instant):
        return ""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)
    return words.day(aware.astimezone(ZoneInfo(shop.timezone)).date(), shop.language)
