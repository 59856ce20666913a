"""Ready mappings for what well-known tills export, and which of them a file's headings speak for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from shoplib.base import words
from shoplib.config.load import read_merged
from shoplib.config.mapping import Mapping
from shoplib.errors import ConfigError
from shoplib.ingest.mapping import named_columns

FOLDER = Path("params") / "mappings" / "presets"
"""Where the presets lie in a project; a scenario names one as ``mappings/presets/<name>.yaml``."""
LOWEST_SCORE = 0.6
TELLING = 3
"""Columns that must agree at least: a date, a total and one more stand in any file."""

# other headings seen in exports of the same tills
ALIASES: dict[str, tuple[str, ...]] = {
    "item": ("item name", "product name"),
    "receipt number": ("receipt no", "order number"),
    "total collected": ("total",),
    "cashier name": ("employee", "cashier"),
    "sales tax": ("tax",),
    "order ref": ("order reference", "order"),
    "order lines order ref": ("order lines order reference",),
    "order lines product name": ("order lines product", "order lines full product name"),
    "order lines subtotal w o tax": ("order lines tax excl", "order lines subtotal excl tax"),
    "date": ("order date", "posting date", "transaction date"),
    "utr": ("utr number", "utr no", "upi ref no", "rrn"),
    "transaction id": ("txn id", "upi transaction id"),
    "type": ("dr cr", "transaction type"),
    "amount": ("amount inr", "amount in inr"),
    "status": ("transaction status", "payment status"),
}


class Match(NamedTuple):
    """A preset, how well its columns are there (1: all are), and what speaks for and against it."""

    preset: str
    score: float
    evidence: str


def names(folder: Path) -> list[str]:
    """Return the names of the presets in a folder, in alphabetical order."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def load(folder: Path, name: str) -> Mapping:
    """Return a preset; ``ConfigError`` if there is none of this name or it is no mapping."""
    if name not in names(folder):
        near = words.nearest(name, names(folder))
        raise ConfigError("There is no such preset", where=str(folder), found=name,
                          wanted=words.listed(names(folder), limit=30),
                          next_step=f"did you mean {near}?" if near else "choose one of these")  # fmt: skip
    path = folder / f"{name}.yaml"
    try:
        return Mapping.model_validate({**read_merged(path).values, "name": name})
    except ValueError as error:
        raise ConfigError("A preset is no mapping", where=str(path), found=str(error),
                          next_step="correct the file") from error  # fmt: skip


def recognise(columns: Iterable[str], folder: Path) -> list[Match]:
    """Return the presets that a file's headings speak for, the best first; letter case, blanks and marks do not count.

    Several may fit one file: an export with sales and their lines in one table has a preset for each. A heading known
    to be another name of a wanted one counts half, and the evidence says which to correct.
    """
    there: dict[str, str] = {}
    for column in columns:
        there.setdefault(folded(column), column)
    found = [match for name in names(folder) if (match := _match(load(folder, name), there)) is not None]
    return sorted(found, key=lambda match: (-match.score, match.preset))


def folded(heading: str) -> str:
    """Return a heading as it is compared.

    >>> folded(" Order Lines/Subtotal w/o Tax"), folded("RECEIPT_number")
    ('order lines subtotal w o tax', 'receipt number')
    """
    return " ".join(re.findall(r"[^\W_]+", heading.casefold()))


def _match(preset: Mapping, there: dict[str, str]) -> Match | None:
    wanted = named_columns(preset)
    same = [column for column in wanted if folded(column) in there]
    other = {column: alias for column in wanted if column not in same and (alias := _alias(column, there))}
    absent = [column for column in wanted if column not in same and column not in other]
    score = (len(same) + len(other) / 2) / len(wanted)
    if score < LOWEST_SCORE or len(same) < min(TELLING, len(wanted)):
        return None
    told = [f"{len(same)} of {words.plural(len(wanted), 'column')} of {preset.name} are there"]
    written = {column: there[folded(column)] for column in same if there[folded(column)] != column}
    told += [f'"{column}" is written "{theirs}"' for column, theirs in {**written, **other}.items()]
    if absent:
        told.append(f"{words.listed(absent)} {'is' if len(absent) == 1 else 'are'} not there")
    return Match(preset.name, round(score, 3), "; ".join(told))


def _alias(column: str, there: dict[str, str]) -> str:
    return next((there[name] for name in ALIASES.get(folded(column), ()) if name in there), "")
