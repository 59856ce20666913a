"""Rows that break a rule, as a person looks them up: file and row they came from, column, found and wanted."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from shoplib.contracts import tables
from shoplib.ingest.quality.columns import foreign_keys, personal
from shoplib.ingest.quality.probe import Bools, Probe, Rows, shown

MOST = 20
LONGEST = 80
HIDDEN = "…"


def samples(test: Probe[Any], rows: Rows, broken: Bools) -> str:
    """Return the first rows that break a rule as a JSON list, at most :data:`MOST`, in the order of the table.

    Each has import_id and source_row (null where the table does not keep them), the row's key, column, found, wanted.
    What stands in a column about persons is not told.
    """
    first = rows.iloc[np.flatnonzero(broken)[:MOST]]
    return json.dumps([_sample(test, row) for row in first.to_dict("records")], ensure_ascii=False)


def _sample(test: Probe[Any], row: Any) -> dict[str, Any]:
    table = test.rule.table
    column, found, wanted = test.tell(row)
    if _about_a_person(table, column):
        found = HIDDEN
    key = {name: HIDDEN if personal(table, name) else shown(row[name]) for name in tables.key_of(table)}
    number = row.get("source_row")
    return {
        "import_id": row.get("import_id"),
        "source_row": None if number is None else int(number),
        "key": ", ".join(key.values()),
        "column": column,
        "found": found if len(found) <= LONGEST else found[: LONGEST - 1] + HIDDEN,
        "wanted": wanted,
    }


def _about_a_person(table: str, column: str) -> bool:
    declared = {c.name for c in tables.declared(table).__table__.columns}
    names = [name.strip() for name in column.split(",")]
    beside = [name for name in names if name.partition(".")[0] in {to for to, _ in foreign_keys(table).values()}]
    return any(personal(table, name) for name in (*beside, *(name for name in names if name in declared)))
