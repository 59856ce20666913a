"""A mapping tried out on its file: what would be loaded, how much money, which days, and what would be set aside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from shoplib.base import money, words
from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.ingest import summary
from shoplib.ingest.facts import Facts, take_in
from shoplib.ingest.sources import Kind
from shoplib.ingest.validation import SKIPPED

SOURCE = "sales"


@dataclass(frozen=True)
class Result:
    """What became of a file: its account, one line a reason for setting rows aside, its money and its days in words."""

    account: str
    refusals: tuple[str, ...]
    money: str
    days: str


def take(file: Path, kind: Kind, mapping: Mapping, shop: Shop) -> Facts:
    """Return the facts of one file, whatever share of it is set aside."""
    source = {"kind": kind, "name": SOURCE, "path": str(file), "mapping": mapping.name}
    ingest = Ingest.model_validate({"sources": [source], "max_set_aside_share": 1.0})
    return take_in(shop, ingest, {mapping.name: mapping}, {SOURCE: [file]})


def out(file: Path, kind: Kind, mapping: dict[str, Any], name: str, currency: str, zone: str) -> Result:
    """Return what becomes of a file under a mapping given as plain values."""
    shop = Shop.model_validate({"name": name, "currency": currency, "timezone": zone})
    facts = take(file, kind, Mapping.model_validate(mapping | {"name": name}), shop)
    rejected = facts.rejected_rows
    refusals = tuple(
        f"{words.plural(int(str(line.rows)), 'row')} would be set aside: {line.reason} "
        f'({line.column_name}, for example "{line.example}")'
        for line in summary.by_reason(rejected[rejected["rule"] != SKIPPED]).itertuples()
    )
    account = summary.sentence(facts.import_jobs, SOURCE, below_zero=facts.below_zero)
    loaded = facts.transactions["total_amount_minor"]
    return Result(account, refusals, money.show(int(loaded.sum()), currency), _days(facts.transactions))


def _days(transactions: pd.DataFrame) -> str:
    if transactions.empty:
        return "no day at all"
    days = transactions["business_date"]
    first, last = days.min().date(), days.max().date()
    return f"{words.plural(int(days.nunique()), 'day')} from {words.day(first)} to {words.day(last)}"
