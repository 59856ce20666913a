"""Rows that came before what they belong to: judged again, and loaded under their own import, when it is there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from shoplib.config.mapping import Mapping
from shoplib.config.models import Scenario
from shoplib.config.sources import Source
from shoplib.ingest import accounts
from shoplib.ingest.intake import File, together
from shoplib.ingest.lasting import audit, catalogue, marks, merging
from shoplib.ingest.lasting.catalogue import Tally
from shoplib.ingest.lasting.judging import judge, repeats
from shoplib.ingest.lasting.known import Known, stage
from shoplib.ingest.lasting.writing import append, update
from shoplib.ingest.mapping import named_columns
from shoplib.ingest.readers import RawFile
from shoplib.store.bulk import Bulk

BRINGS = {
    "transaction": ("unknown_transaction", "transactions", "transaction_id"),
    "line": ("unknown_transaction", "transactions", "transaction_id"),
    "supplier": ("unknown_reference", "suppliers", "supplier_id"),
    "purchase_order": ("unknown_reference", "purchase_orders", "order_id"),
}
"""Kinds of rows that others wait for: their rule, and where what they name is found."""


def load(bulk: Bulk, scenario: Scenario, known: Known, kind: str, now: Callable[[], dt.datetime]) -> None:
    """Load the rows that waited for rows of a kind, those that waited for these too, and correct their imports."""
    kinds = [kind]
    while kinds:
        brought = kinds.pop()
        if brought not in BRINGS:
            continue
        for import_id in _imports(bulk, *BRINGS[brought]):
            job = bulk.frame("import_jobs", "import_id = ?", [import_id]).iloc[0]
            source = next((one for one in scenario.ingest.sources if one.name == job["source_name"]), None)
            if source is None:
                continue
            mapping = scenario.mappings[source.mapping]
            if _again(bulk, known, source, mapping, job, BRINGS[brought], scenario, now) and mapping.rows in BRINGS:
                kinds.append(mapping.rows)


def _imports(bulk: Bulk, rule: str, table: str, key: str) -> list[str]:
    found = bulk.fetch(
        f'SELECT DISTINCT r.import_id FROM rejected_rows r WHERE r.rule = ? AND r.mended_by IS NULL '
        f'AND EXISTS (SELECT 1 FROM "{table}" t WHERE t."{key}" = r.found) ORDER BY r.import_id', [rule]
    )  # fmt: skip
    return [str(name) for name in found["import_id"].to_pylist()]


def _again(
    bulk: Bulk, known: Known, source: Source, mapping: Mapping, job: pd.Series, told: tuple[str, str, str],
    scenario: Scenario, now: Callable[[], dt.datetime],
) -> bool:  # fmt: skip
    """Judge the waiting rows of one import again, some at a time, and return whether any was loaded."""
    tally, marked, before = Tally(), marks.Marks(), _counts(job)
    after, loaded, bound = dict(before), 0, ""
    while True:
        rows = _some(bulk, str(job["import_id"]), told, bound, scenario.ingest.batch_rows)
        if rows.empty:
            break
        bound = str(rows["found"].iloc[-1])
        raw = _raw(rows, job)
        if not set(named_columns(mapping)) <= set(raw.rows.columns):
            continue
        file = File(str(job["import_id"]), source.name, mapping.name, Path(str(job["file_name"])),
                    str(job["file_sha256"]), str(job["mapping_version"]))  # fmt: skip
        intake = together(source, mapping, [(file, raw)], known.shop.currency, 0)
        every = pd.Series(True, index=intake.rows.index)
        judged = judge(bulk, known, intake, every, ~every)
        loaded += merging.add(bulk, known, judged, tally)[0]
        marked.note(judged)
        line = accounts.jobs(intake, known.shop.currency)[0]
        for name in audit.ROWS[1:]:
            after[name] = after[name] + _whole(line[name])
        after["rows_set_aside"] -= len(raw.rows)
        if line["money_in_minor"] is not None:
            for name in accounts.MONEY[1:]:
                after[name] = after[name] + _whole(line[name])
            after["money_set_aside_minor"] -= _whole(line["money_in_minor"])
        _write(bulk, str(job["import_id"]), raw, accounts.rejected(intake, known.shop.currency))
        add_repeats(bulk, str(job["import_id"]), repeats(judged, known.shop.currency))
    changes = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    if changes:
        catalogue.settle(bulk, known, tally)
        marks.count_lines(bulk, tally)
        fresh = {name: after[name] for name in changes}
        update(bulk, "import_jobs", ["import_id"], pd.DataFrame([{"import_id": job["import_id"], **fresh}]))
        audit.append(bulk, now(), audit.LATER, str(job["import_id"]), {**changes, **marked.told()})
    return loaded > 0


def _counts(job: pd.Series) -> dict[str, int]:
    names = [*audit.ROWS[1:], *accounts.MONEY[1:]]
    return {name: int(job[name]) for name in names if not pd.isna(job[name])}


def _whole(value: object) -> int:
    return int(str(value))


def _some(bulk: Bulk, import_id: str, told: tuple[str, str, str], bound: str, batch: int) -> pd.DataFrame:
    """Return waiting rows of one import whose sale or order is there now, whole ones, in order of what they name."""
    rule, table, key = told
    waiting = (
        "r.import_id = ? AND r.rule = ? AND r.mended_by IS NULL AND r.found > ? "
        f'AND EXISTS (SELECT 1 FROM "{table}" t WHERE t."{key}" = r.found)'
    )
    given = [import_id, rule, bound]
    last = bulk.fetch(
        f"SELECT r.found FROM rejected_rows r WHERE {waiting} ORDER BY r.found LIMIT 1 OFFSET {batch}", given
    )
    until, end = (" AND r.found <= ?", [last["found"][0].as_py()]) if last.num_rows else ("", [])
    found: pd.DataFrame = bulk.fetch(
        "SELECT r.source_row, r.found, r.row_text FROM rejected_rows r "
        f"WHERE {waiting}{until} ORDER BY r.found, r.source_row", [*given, *end]
    ).to_pandas()  # fmt: skip
    return found


def _raw(rows: pd.DataFrame, job: pd.Series) -> RawFile:
    """Return rows as they were read, from the texts they were kept as."""
    rows = rows.sort_values("source_row")
    cells = pd.DataFrame([json.loads(text) for text in rows["row_text"]], dtype=object)
    cells.index = pd.Index(rows["source_row"].to_numpy(dtype="int64"), name="source_row")
    nothing = pd.DataFrame({"fields": pd.Series(dtype="int64"), "text": pd.Series(dtype=object)})
    nothing.index = pd.Index([], dtype="int64", name="source_row")
    return RawFile(Path(str(job["file_name"])), str(job["file_sha256"]), cells.fillna(""), nothing)


def _write(bulk: Bulk, import_id: str, raw: RawFile, rejected: pd.DataFrame) -> None:
    """Put what is still held against rows in the place of what was."""
    stage(bulk, pd.DataFrame({"value": raw.rows.index}))
    bulk.execute(
        "DELETE FROM rejected_rows WHERE import_id = ? AND source_row IN (SELECT value FROM staged_rows)", [import_id]
    )
    append(bulk, "rejected_rows", rejected)


def add_repeats(bulk: Bulk, import_id: str, found: pd.DataFrame) -> None:
    """Count rows of an import that an earlier one had, beside those counted before."""
    if found.empty:
        return
    before = bulk.frame("import_repeats", "import_id = ?", [import_id])
    both = pd.concat([part for part in (before, found.assign(import_id=import_id)) if len(part)])
    counted = both.groupby("first_import_id", sort=True)[["rows", "money_minor"]].sum(min_count=1).reset_index()
    bulk.execute("DELETE FROM import_repeats WHERE import_id = ?", [import_id])
    append(bulk, "import_repeats", counted.assign(import_id=import_id))
