"""Rows that say the same thing twice, and rows that contradict one another, within and across files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from shoplib.config.mapping import Mapping
from shoplib.ingest.mapping import Typed, source_columns
from shoplib.ingest.readers import RawFile
from shoplib.ingest.validation import SKIPPED, Verdict

CONFLICT = "conflict"

# What makes a row the same thing in our own fields; lines have no such name of their own.
NATURAL_KEYS: dict[str, tuple[str, ...]] = {
    "transaction": ("transaction_id",),
    "item": ("transaction_id", "line_number"),
    "location": ("location_id",),
    "employee": ("employee_id",),
    "product": ("product_id",),
}


@dataclass(frozen=True)
class Intake:
    """One file on its way in: as it was read, in our fields, and what is held against its rows."""

    source_name: str
    path: Path
    raw: RawFile
    mapping: Mapping
    typed: Typed
    verdict: Verdict
    import_id: str


def mark_repeats(intakes: Sequence[Intake]) -> None:
    """Mark repeated rows as duplicates and contradicting ones as conflicts, in the order of the files.

    Two rows of one mapping are the same row if its ``key`` columns are equal (all columns, if it has no key);
    two rows of one kind are the same thing if its natural key is. The same row with the same mapped content
    is a duplicate, with other content a conflict; the first fit row stays.
    """
    for name in dict.fromkeys(intake.mapping.name for intake in intakes):
        batch = [intake for intake in intakes if intake.mapping.name == name]
        key = list(batch[0].mapping.key)
        rows = [intake.raw.rows[key] if key else intake.raw.rows for intake in batch]
        _compare(batch, rows, ", ".join(key) or "content")
    for kind, fields in NATURAL_KEYS.items():
        batch = [i for i in intakes if i.mapping.rows == kind and all(i.typed.has(field) for field in fields)]
        if not batch or (len(batch) == 1 and _natural_is_own(batch[0].mapping, fields)):
            continue
        names = source_columns(batch[0].mapping, fields)
        _compare(batch, [intake.typed.cells[list(fields)] for intake in batch], names)


def _natural_is_own(mapping: Mapping, fields: tuple[str, ...]) -> bool:
    """Return whether the mapping's key is the natural key, so that comparing once is enough."""
    return all(f in mapping.fields for f in fields) and mapping.key == tuple(
        column for field in fields for column in mapping.fields[field].columns
    )


def _compare(batch: list[Intake], identities: list[pd.DataFrame], key_name: str) -> None:
    identity = pd.concat(identities, ignore_index=True)
    content = pd.concat([intake.typed.cells for intake in batch], ignore_index=True)
    both = pd.concat([identity, content.add_prefix("our ")], axis=1)
    open_rows = np.concatenate([((i.verdict.rule != SKIPPED) & ~i.verdict.duplicate).to_numpy() for i in batch])
    repeated = np.zeros(len(identity), dtype=bool)
    repeated[open_rows] = both[open_rows].duplicated().to_numpy()
    for intake, mask in _split(batch, repeated):
        intake.verdict.repeat(mask)
    good = np.concatenate([intake.verdict.good.to_numpy() for intake in batch])
    contradicting = np.zeros(len(identity), dtype=bool)
    contradicting[good] = identity[good].duplicated().to_numpy()
    if not contradicting.any():
        return
    shown = np.full(len(identity), "", dtype=object)
    shown[contradicting] = identity[contradicting].fillna("").astype(str).agg(" ".join, axis=1)
    for (intake, mask), (_, found) in zip(_split(batch, contradicting), _split(batch, shown), strict=True):
        intake.verdict.refuse(
            mask, CONFLICT, key_name, found, "an earlier row has the same key and other content; the first one is kept"
        )


def _split(batch: list[Intake], values: np.ndarray) -> list[tuple[Intake, pd.Series]]:
    """Return each file's share of values that lie end to end."""
    ends = np.cumsum([len(intake.raw.rows) for intake in batch])[:-1]
    parts = np.split(values, ends)
    return [(i, pd.Series(part, index=i.raw.rows.index)) for i, part in zip(batch, parts, strict=True)]
