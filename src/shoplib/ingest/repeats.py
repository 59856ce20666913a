"""Rows that say the same thing twice, and rows that contradict one another, within and across files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.ingest.intake import Intake
from shoplib.ingest.mapping import source_columns
from shoplib.ingest.validation import SKIPPED, WITHDRAWN

CONFLICT = "conflict"
TIMES = "\0how often before"
"""Name of no column of any file."""

# What makes a row the same thing in our own fields; lines have no such name of their own,
# and records have the key of their table.
NATURAL_KEYS: dict[str, tuple[str, ...]] = {
    "transaction": ("transaction_id",),
    "item": ("transaction_id", "line_number"),
    "location": ("location_id",),
    "employee": ("employee_id",),
    "product": ("product_id",),
}


def mark_repeats(intakes: Sequence[Intake]) -> None:
    """Mark repeated rows as duplicates and contradicting ones as conflicts, in the order of the files.

    Two rows of one mapping are the same row if its ``key`` columns are equal (all columns, if it has no key; equal
    lines of one sale in one file are pieces of their own then, the first of one file the same as the first of
    another); two rows of one kind are the same thing if its natural key is. The same row with the same mapped
    content is a duplicate, with other content a conflict; the first fit row stays.
    """
    for name in dict.fromkeys(intake.mapping.name for intake in intakes):
        batch = [intake for intake in intakes if intake.mapping.name == name]
        key = list(batch[0].mapping.key)
        rows = [intake.rows[key] if key else _rows(intake) for intake in batch]
        compare(batch, rows, ", ".join(key) or "content")
    for kind, fields in NATURAL_KEYS.items():
        batch = [i for i in intakes if i.mapping.rows == kind and all(i.typed.has(field) for field in fields)]
        if not batch or (len(batch) == 1 and natural_is_own(batch[0], fields)):
            continue
        names = source_columns(batch[0].mapping, fields)
        compare(batch, [_natural(intake, fields) for intake in batch], names)


def are_pieces(intake: Intake) -> bool:
    """Return whether equal lines of one sale in one file are pieces of their own."""
    mapping, typed = intake.mapping, intake.typed
    lines = mapping.rows in ("line", "item") and typed.has("transaction_id") and not typed.has("line_number")
    return lines and not mapping.key and mapping.equal_lines == "pieces"


def _rows(intake: Intake) -> pd.DataFrame:
    """Return what names rows without a key: all they say, and which of equal lines of its file each is."""
    if not are_pieces(intake):
        return intake.rows
    return intake.rows.assign(**{TIMES: _times(intake).astype(str).astype(object)})


def _times(intake: Intake) -> np.ndarray:
    """Return how many equal rows stand above each row in its file."""
    alike = pd.Series(labels([intake.rows]))
    times: np.ndarray = alike.groupby([alike.to_numpy(), intake.file_number], sort=False).cumcount().to_numpy()
    return times


def equal_lines(intakes: Sequence[Intake]) -> tuple[str, ...]:
    """Return a note for each mapping under which loaded lines count although an equal one stands in their sale."""
    found: dict[str, int] = {}
    for intake in intakes:
        if are_pieces(intake):
            again = int((_times(intake)[intake.verdict.good.to_numpy()] > 0).sum())
            found[intake.mapping.name] = found.get(intake.mapping.name, 0) + again
    return tuple(
        f"{words.plural(many, 'line')} of mapping {name} {'is' if many == 1 else 'are'} equal to another line of the "
        "same sale and file, and counted as pieces of their own; if they are one line said twice, set "
        "equal_lines: repeats"
        for name, many in found.items()
        if many
    )


def _natural(intake: Intake, fields: tuple[str, ...]) -> pd.DataFrame:
    """Return what names a thing, numbers as numbers: line 01 is line 1."""
    names = intake.typed.cells[list(fields)].copy()
    for name in fields:
        if name in intake.typed.numbers:
            read = intake.typed.numbers[name].real()
            names[name] = read.astype(object).where(read.notna(), names[name])
    return names


def natural_is_own(intake: Intake, fields: Sequence[str]) -> bool:
    """Return whether the mapping's key says all that the natural key does, so that comparing once is enough."""
    mapping, numbers = intake.mapping, intake.typed.numbers
    one_writing = all(len(set(numbers[f].exact)) == len(numbers[f].exact) for f in fields if f in numbers)
    return (
        one_writing
        and all(f in mapping.fields for f in fields)
        and mapping.key == tuple(column for field in fields for column in mapping.fields[field].columns)
    )


def compare(batch: list[Intake], identities: list[pd.DataFrame], key_name: str) -> None:
    """Mark rows of equal identity and content as duplicates, those of equal identity alone as conflicts."""
    identity = labels(identities)
    open_rows = np.concatenate(
        [(~i.verdict.rule.isin((SKIPPED, WITHDRAWN)) & ~i.verdict.duplicate).to_numpy() for i in batch]
    )
    again = np.flatnonzero(open_rows)
    again = again[pd.Series(identity[again]).duplicated(keep=False).to_numpy()]
    if not len(again):
        return
    _mark_duplicates(batch, identity, again)
    good = np.concatenate([intake.verdict.good.to_numpy() for intake in batch])
    contradicting = np.zeros(len(identity), dtype=bool)
    contradicting[good] = pd.Series(identity[good]).duplicated().to_numpy()
    if not contradicting.any():
        return
    shown = np.full(len(identity), "", dtype=object)
    named = pd.concat([names[mask] for names, (_, mask) in zip(identities, _split(batch, contradicting), strict=True)])
    shown[contradicting] = named.fillna("").astype(str).agg(" ".join, axis=1)
    for (intake, mask), (_, found) in zip(_split(batch, contradicting), _split(batch, shown), strict=True):
        intake.verdict.refuse(
            mask, CONFLICT, key_name, found, "an earlier row has the same key and other content; the first one is kept"
        )


def _mark_duplicates(batch: list[Intake], identity: np.ndarray, again: np.ndarray) -> None:
    """Mark as duplicates the rows among ``again`` that say what an earlier one of their identity says."""
    chosen = np.zeros(len(identity), dtype=bool)
    chosen[again] = True
    said = labels([intake.typed.content()[mask.to_numpy()] for intake, mask in _split(batch, chosen)])
    alike = pd.factorize(identity[again] * len(again) + said)[0]
    first = np.arange(len(identity))
    first[again] = again[np.unique(alike, return_index=True)[1][alike]]
    intakes = np.repeat([intake.number for intake in batch], [len(intake.rows) for intake in batch])[first]
    rows = np.concatenate([intake.rows.index for intake in batch])[first]
    marked = (_split(batch, values) for values in (first != np.arange(len(identity)), intakes, rows))
    for (intake, repeated), (_, of_intake), (_, of_row) in zip(*marked, strict=True):
        intake.verdict.repeat(repeated, pd.DataFrame({"intake": of_intake, "row": of_row}))


def labels(frames: Sequence[pd.DataFrame]) -> np.ndarray:
    """Return a whole number for each row of some frames end to end, the same for rows that are equal."""
    whole = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    found = np.zeros(len(whole), dtype=np.int64)
    for name in whole:
        codes, distinct = pd.factorize(whole[name])
        found = pd.factorize(found * (len(distinct) + 1) + codes + 1)[0]
    return found


def _split(batch: list[Intake], values: np.ndarray) -> list[tuple[Intake, pd.Series]]:
    """Return each file's share of values that lie end to end."""
    ends = np.cumsum([len(intake.rows) for intake in batch])[:-1]
    parts = np.split(values, ends)
    return [(i, pd.Series(part, index=i.rows.index)) for i, part in zip(batch, parts, strict=True)]
