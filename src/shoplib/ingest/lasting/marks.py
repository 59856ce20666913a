"""What a file leaves open and later ones settle: rows without a place, times that are instants, sales without a count.

The audit line of an import keeps them, as the first and last row of each run of rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from shoplib.ingest import declared, signs
from shoplib.ingest.accounts import total
from shoplib.ingest.declared import TABLES
from shoplib.ingest.lasting import audit
from shoplib.ingest.lasting.catalogue import Tally
from shoplib.ingest.lasting.judging import Judged
from shoplib.ingest.lasting.known import STAGED, stage
from shoplib.ingest.lasting.writing import update
from shoplib.store.bulk import Bulk

UNCOUNTED, UNPLACED, INSTANTS = "uncounted", "unplaced", "instants"
MINUS = "minus"


@dataclass
class Marks:
    """The marks of one file, gathered part by part."""

    rows: list[np.ndarray] = field(default_factory=list)
    marked: dict[str, list[np.ndarray]] = field(default_factory=dict)
    unplaced: bool = False
    minus: list[int] = field(default_factory=lambda: [0, 0])

    def note(self, judged: Judged) -> None:
        """Note the rows of a part that were loaded."""
        intake, index = judged.intake, judged.rows.index
        kind, typed = intake.mapping.rows, intake.typed
        if index.empty or (kind in TABLES and not declared.named(kind, "instant")) or kind in ("item",):
            self.unplaced = self.unplaced or (kind in TABLES and not typed.has("location_id"))
            return
        numbers = intake.source_row[index]
        self.rows.append(numbers)
        for name in ("timestamp", *declared.named(kind, "instant")):
            if name in typed.dates:
                self._mark(f"{INSTANTS} {name}", numbers[typed.dates[name].instant[index].notna().to_numpy()])
        if kind == "transaction":
            self._mark(UNCOUNTED, numbers[judged.rows["num_items"].isna().to_numpy()])
        if kind in ("transaction", "line"):
            self._count_refunds(judged.rows, kind)
        if kind not in ("location", "employee", "product"):
            self.unplaced = self.unplaced or not typed.has("location_id")

    def _count_refunds(self, rows: pd.DataFrame, kind: str) -> None:
        """Count the refunds that only their minus tells."""
        if kind == "line":
            groups = rows.groupby("transaction_id", sort=False)
            totals = groups["line_total_minor"].sum().rename("total_amount_minor")
            rows = pd.DataFrame(
                {"total_amount_minor": totals, "transaction_status": groups["transaction_status"].first()}
            )
        refunds = rows[signs.below_zero(rows)]
        self.minus[0] += len(refunds)
        self.minus[1] += total(refunds["total_amount_minor"])

    def _mark(self, name: str, numbers: np.ndarray) -> None:
        if len(numbers):
            self.marked.setdefault(name, []).append(numbers)

    def told(self) -> dict[str, Any]:
        """Return the marks as they stand in an audit line."""
        whole = np.sort(np.concatenate(self.rows)) if self.rows else np.array([], dtype=np.int64)
        found: dict[str, Any] = {name: runs(whole, np.concatenate(parts)) for name, parts in self.marked.items()}
        if self.minus[0]:
            found[MINUS] = self.minus
        return {**found, UNPLACED: True} if self.unplaced else found


def runs(rows: np.ndarray, marked: np.ndarray) -> list[list[int]]:
    """Return first and last of each run of marked rows among sorted ``rows``.

    >>> runs(np.array([1, 2, 4, 7, 8]), np.array([2, 4, 8]))
    [[2, 4], [8, 8]]
    """
    on = np.isin(rows, marked).astype(np.int8)
    edges = np.diff(on, prepend=0, append=0)
    firsts, lasts = rows[np.flatnonzero(edges == 1)], rows[np.flatnonzero(edges == -1) - 1]
    return [[int(first), int(last)] for first, last in zip(firsts, lasts, strict=True)]


def within(imports: pd.Series, numbers: pd.Series, told: dict[str, list[list[int]]]) -> np.ndarray:
    """Return which rows, given by import and number, stand in the runs of their imports."""
    found = np.zeros(len(imports), dtype=bool)
    for import_id, places in imports.groupby(imports).indices.items():
        if import_id not in told:
            continue
        bounds = np.array(sorted(told[str(import_id)]), dtype=np.int64)
        own = numbers.to_numpy(dtype=np.int64)[places]
        at = np.searchsorted(bounds[:, 0], own, "right") - 1
        found[places] = (at >= 0) & (own <= bounds[np.maximum(at, 0), 1])
    return found


def told_by(bulk: Bulk, name: str) -> dict[str, list[list[int]]]:
    """Return the runs of one mark, by import."""
    found: dict[str, list[list[int]]] = {}
    for import_id, details in audit.lines(bulk, name):
        found.setdefault(import_id, []).extend(details.get(name, []))
    return found


def unplaced(bulk: Bulk) -> set[str]:
    """Return the imports whose rows name no place."""
    return {import_id for import_id, details in audit.lines(bulk, UNPLACED) if details.get(UNPLACED)}


def count_lines(bulk: Bulk, tally: Tally, more: dict[str, list[list[int]]] | None = None) -> None:
    """Write how many lines the transactions have that got some and do not say it themselves."""
    told = {**told_by(bulk, UNCOUNTED), **(more or {})}
    if not tally.sales or not told:
        return
    _stage_ids(bulk, tally.sales)
    counted = bulk.fetch(
        f"SELECT t.transaction_id, t.import_id, t.source_row, t.num_items, count(*) AS lines FROM {STAGED} s "
        "JOIN transactions t ON t.transaction_id = s.value JOIN transaction_items i "
        "ON i.transaction_id = t.transaction_id "
        "GROUP BY t.transaction_id, t.import_id, t.source_row, t.num_items"
    ).to_pandas()
    open_ = within(counted["import_id"], counted["source_row"], told)
    wrong = counted[open_ & (counted["num_items"] != counted["lines"]).to_numpy()]
    update(bulk, "transactions", ["transaction_id"],
           pd.DataFrame({"transaction_id": wrong["transaction_id"], "num_items": wrong["lines"]}))  # fmt: skip


def _stage_ids(bulk: Bulk, ids: Iterable[pd.Series]) -> None:
    whole = pd.concat(list(ids)).drop_duplicates().sort_values()
    stage(bulk, pd.DataFrame({"value": whole}))
