"""One file into the lasting store: all of it, or nothing, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from shoplib.base import money, words
from shoplib.config.mapping import Mapping
from shoplib.config.models import Scenario
from shoplib.config.sources import Source
from shoplib.contracts import convert
from shoplib.errors import SourceError
from shoplib.ingest import accounts, faults
from shoplib.ingest.dropped.mending import IMPORT, ROW
from shoplib.ingest.intake import File, import_id, mapping_version, together
from shoplib.ingest.lasting import audit, catalogue, known, marks, merging, partitions, retiming, waiting
from shoplib.ingest.lasting.catalogue import Tally
from shoplib.ingest.lasting.judging import WAITING, bad, judge, repeats
from shoplib.ingest.lasting.known import Known
from shoplib.ingest.lasting.partitions import Part
from shoplib.ingest.lasting.writing import append, upsert
from shoplib.ingest.quality import judge as quality
from shoplib.ingest.quality.rules import compiled
from shoplib.ingest.readers import read_bytes
from shoplib.ingest.sources import Kind, kind_of
from shoplib.ingest.validation import SKIPPED
from shoplib.store import files
from shoplib.store.address import Store
from shoplib.store.bulk import Bulk, reading, transaction

MOST_TOLD = 1_000_000
"""Rows set aside that an outcome holds; the store holds all of them."""
SHOWN = 3
FEWEST_BROKEN = 10
"""Rows of one file that must break a rule that bears some before the file is refused for it."""
HEADER_BYTES = 1 << 12
"""No header is longer: a smaller file of a simulated world may hold nothing else."""


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    ``status`` ``known`` says that the same bytes were loaded before under the same source; ``job`` is the row of
    ``import_jobs``, then that of the first load. ``rejected`` and ``repeats`` are the rows of ``rejected_rows`` and
    ``import_repeats`` of this file; of a refused one, what would have been set aside. ``fault`` is one line, ``""``
    unless it was refused.
    """

    import_id: str
    source_name: str
    file_name: str
    status: Literal["loaded", "refused", "known"]
    fault: str
    job: dict[str, object]
    rejected: pd.DataFrame
    repeats: pd.DataFrame


class _TooDirty(Exception):
    """More of a file is bad than may be: what was written of it is taken back."""

    def __init__(self, error: SourceError) -> None:
        self.error = error
        super().__init__(str(error))


@dataclass
class _Account:
    """A file as it is being loaded: what became of its rows so far."""

    job: dict[str, Any]
    rejected: list[pd.DataFrame]
    repeats: list[pd.DataFrame]
    tally: Tally
    marks: marks.Marks
    held: list[quality.Judgement] = field(default_factory=list)
    bad: int = 0
    told: int = 0
    mending: bool = False


def load_file(
    store: Store, scenario: Scenario, source: Source, path: Path, *, now: Callable[[], dt.datetime], name: str = "",
    progress: Callable[[int], object] | None = None,
) -> Outcome:  # fmt: skip
    """Load one file of a source into the lasting store and return what became of it.

    Rows are judged as a run judges them, then against what was loaded before: what is the same is a repeat, what
    contradicts a conflict. Rows that came before what they belong to wait, and are no dirt of their file. A file is
    refused whole, whatever the source says of bad files, if it cannot be read, if more than ``max_set_aside_share``
    of it is bad, or if it breaks a rule of ``scenario.quality`` beyond its tolerance. ``name`` is the file's name for
    people, if ``path`` is a copy; ``progress`` is told how many rows are done. Of a file that mends rows the good ones
    are loaded however many are still bad. Raises ``SourceError`` if there is no
    such file, and what ``transaction`` raises.
    """
    started = now()
    if not path.is_file():
        read_bytes(path)
    mapping = scenario.mappings[source.mapping]
    sha256 = files.sha256(path)
    file = File(import_id(sha256, mapping, source.name), source.name, mapping.name,
                path.with_name(name) if name else path, sha256, mapping_version(mapping))  # fmt: skip
    account = _Account(_head(file, started), [], [], Tally(), marks.Marks())
    try:
        with reading(store) as bulk:
            earlier = _known(bulk, file)
        if earlier is not None:
            return earlier
        with _parts(path, source, mapping, scenario) as parts, transaction(store) as bulk:
            earlier = _known(bulk, file)
            if earlier is not None:
                return earlier
            _load(bulk, scenario, source, mapping, file, parts, account, now, progress)
            return _outcome(file, account, "loaded", "")
    except (_TooDirty, SourceError) as stop:
        error = stop.error if isinstance(stop, _TooDirty) else stop
        fault = faults.one_line(error)
    return _refuse(store, scenario, file, started, account, fault, now)


def _parts(path: Path, source: Source, mapping: Mapping, scenario: Scenario) -> AbstractContextManager[Iterator[Part]]:
    """Return a file in parts; of texts the source says what kind they are, other files say it themselves."""
    kind: Kind = kind_of(path)
    if kind not in ("excel", "parquet") and source.kind in ("csv", "json"):
        kind = source.kind
    return partitions.parts(
        path, kind, mapping, scenario.ingest.batch_rows, scenario.shop.currency,
        may_be_empty=source.kind == "simulated" and path.stat().st_size < HEADER_BYTES,
    )  # fmt: skip


def _head(file: File, started: dt.datetime) -> dict[str, Any]:
    return {
        "import_id": file.import_id, "source_name": file.source_name, "file_name": file.path.name,
        "file_sha256": file.sha256, "mapping_name": file.mapping_name, "mapping_version": file.mapping_version,
        "started_at": started, "ended_at": None, "status": "loaded", "fault": None,
        **dict.fromkeys(audit.ROWS, 0), "currency": None, **dict.fromkeys(accounts.MONEY), "money_rounding": None,
    }  # fmt: skip


def _known(bulk: Bulk, file: File) -> Outcome | None:
    """Return what became of the same bytes under the same source, if they were loaded."""
    there, named = "source_name = ? AND file_sha256 = ? AND status = ?", [file.source_name, file.sha256, "loaded"]
    if not bulk.fetch(f"SELECT 1 FROM import_jobs WHERE {there}", named).num_rows:
        return None
    jobs = bulk.frame("import_jobs", there, named)
    job = {str(name): value for name, value in jobs.iloc[0].items()}
    key = str(job["import_id"])
    rejected = bulk.frame("rejected_rows", "import_id = ?", [key]).head(MOST_TOLD)
    repeated = bulk.frame("import_repeats", "import_id = ?", [key])
    return Outcome(key, file.source_name, file.path.name, "known", "", job, rejected, repeated)


def _load(
    bulk: Bulk, scenario: Scenario, source: Source, mapping: Mapping, file: File, parts: Iterator[Part],
    account: _Account, now: Callable[[], dt.datetime], progress: Callable[[int], object] | None,
) -> None:  # fmt: skip
    there = known.look(bulk, scenario)
    catalogue.ensure_organization(bulk, scenario.shop)
    upsert(bulk, "import_jobs", "import_id", pd.DataFrame([account.job]))
    found: list[tuple[int, int | None]] = []
    for part in parts:
        found.append(_take(bulk, there, source, mapping, file, part, account))
        account.held.append(_held(account.tally, scenario))
        if progress is not None:
            progress(part.raw.rows_in)
    job, limit = account.job, scenario.ingest.max_set_aside_share
    if account.bad > limit * job["rows_in"] and not account.mending:
        raise _TooDirty(_dirt(file, source, account, scenario, limit))
    rules = quality.together(account.held, scenario.quality, scenario.shop, fewest=FEWEST_BROKEN)
    rules.require(file.path.name)
    sums = sum(rows for rows, _ in found), sum(worth or 0 for _, worth in found)
    accounts.require_conservation([job], {file.import_id: (sums[0], sums[1] if job["currency"] else None)})
    catalogue.settle(bulk, there, account.tally)
    if mapping.rows == "location":
        retiming.settle(bulk, there, known.look(bulk, scenario))
        there = known.look(bulk, scenario)
    job["ended_at"] = now()
    if account.repeats:
        waiting.add_repeats(bulk, file.import_id, pd.concat(account.repeats))
    upsert(bulk, "import_jobs", "import_id", pd.DataFrame([job]))
    told = {name: job[name] for name in (*audit.ROWS, *accounts.MONEY)}
    details = {"file": file.path.name, "sha256": file.sha256, "source": source.name, **told, **account.marks.told()}
    audit.append(bulk, job["ended_at"], audit.LOADED, file.import_id, details)
    marks.count_lines(bulk, account.tally)
    waiting.load(bulk, scenario, replace(there, empty=frozenset()), mapping.rows, now)
    account.repeats = [bulk.frame("import_repeats", "import_id = ?", [file.import_id])]


def _take(
    bulk: Bulk, there: Known, source: Source, mapping: Mapping, file: File, part: Part, account: _Account
) -> tuple[int, int | None]:  # fmt: skip
    """Judge one part of a file, write what is fit, and return the rows and minor units written."""
    raw, mends = part.raw, part.raw.rows.reindex(columns=[IMPORT, ROW])
    if IMPORT in raw.rows.columns and ROW in raw.rows.columns:
        raw = type(raw)(raw.path, raw.sha256, raw.rows.drop(columns=[IMPORT, ROW]), raw.misshapen)
    intake = together(source, mapping, [(file, raw)], there.shop.currency, 0, part.discounts_elsewhere)
    mends = mends.set_axis(intake.rows.index)
    pairs = _pairs(mends)
    account.mending |= not pairs.empty
    closed = _closed(bulk, file.import_id, pairs, mends.index)
    judged = judge(bulk, there, intake, mends[IMPORT].fillna("").ne(""), closed)
    written = merging.add(bulk, there, judged, account.tally)
    account.marks.note(judged)
    _count(account.job, accounts.jobs(intake, there.shop.currency)[0])
    account.bad += bad(judged)
    rejected = _rejected(accounts.rejected(intake, there.shop.currency))
    append(bulk, "rejected_rows", rejected)
    if account.told < MOST_TOLD:
        account.rejected.append(rejected)
        account.told += len(rejected)
    account.repeats.append(repeats(judged, there.shop.currency))
    _mend(bulk, file.import_id, pairs)
    return written


def _held(tally: Tally, scenario: Scenario) -> quality.Judgement:
    """Hold the rules of the scenario against what one part of a file added."""
    return quality.judge(tally.given(compiled(scenario.quality).columns()), scenario.quality, scenario.shop)


def _rejected(rows: pd.DataFrame) -> pd.DataFrame:
    schema = convert.arrow_schema("rejected_rows")
    return convert.to_pandas(convert.to_arrow("rejected_rows", rows.reindex(columns=schema.names)))


def _count(job: dict[str, Any], line: dict[str, Any]) -> None:
    for name in audit.ROWS:
        job[name] += line[name]
    if line["currency"] is None:
        return
    job["currency"] = line["currency"]
    for name in accounts.MONEY:
        job[name] = (job[name] or 0) + line[name]
    rounding = Decimal(job["money_rounding"] or 0) + Decimal(line["money_rounding"])
    job["money_rounding"] = format(rounding.normalize() if rounding else Decimal(0), "f")


def _pairs(mends: pd.DataFrame) -> pd.DataFrame:
    """Return import (``of``) and row (``number``) of what rows mend; rows that mend nothing are left out."""
    numbers = pd.to_numeric(mends[ROW], errors="coerce")
    whole = numbers.notna() & (numbers % 1 == 0) & mends[IMPORT].fillna("").ne("")
    return pd.DataFrame({"of": mends.loc[whole, IMPORT], "number": numbers[whole].astype(np.int64)})


def _closed(bulk: Bulk, import_id: str, pairs: pd.DataFrame, rows: pd.Index) -> pd.Series:
    """Return which rows mend one that came again in another file before."""
    if pairs.empty:
        return pd.Series(False, index=rows)
    known.stage(bulk, pairs.assign(row=pairs.index.to_numpy()))
    found = bulk.fetch(
        f"SELECT s.row AS closed FROM {known.STAGED} s JOIN rejected_rows r ON r.import_id = s.of "
        "AND r.source_row = s.number WHERE r.mended_by IS NOT NULL AND r.mended_by <> ?", [import_id]
    )  # fmt: skip
    return pd.Series(rows.isin(found["closed"].to_pylist()), index=rows)


def _mend(bulk: Bulk, import_id: str, pairs: pd.DataFrame) -> None:
    """Mark the rows set aside in whose place those of a file came; one that is bad again waits under its own file."""
    if pairs.empty:
        return
    known.stage(bulk, pairs)
    bulk.execute(
        f"UPDATE rejected_rows SET mended_by = ? WHERE mended_by IS NULL AND EXISTS (SELECT 1 FROM {known.STAGED} s "
        "WHERE s.of = rejected_rows.import_id AND s.number = rejected_rows.source_row)", [import_id]
    )  # fmt: skip


def _dirt(file: File, source: Source, account: _Account, scenario: Scenario, limit: float) -> SourceError:
    """Return the message that too much of a file is bad: each rule with its rows, three examples, and the money."""
    whole = pd.concat(account.rejected, ignore_index=True)
    whole = whole[~whole["rule"].isin([SKIPPED, *WAITING])].sort_values("source_row", kind="stable")
    counts = whole["rule"].value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    details = []
    for rule, count in counts.items():
        details.append(f"{rule}: {words.plural(int(count), 'row')}")
        for row in whole[whole["rule"] == rule].head(SHOWN).to_dict("records"):
            column = f", {row['column_name']}" if row["column_name"] else ""
            found = str(row["found"])[: accounts.SHOWN_CHARACTERS]
            details.append(f'  row {words.count(row["source_row"])}{column}: "{found}": {row["reason"]}')
    rows_in = account.job["rows_in"]
    found = f"{words.plural(account.bad, 'row')} of {words.count(rows_in)} ({words.share(account.bad / rows_in)})"
    if account.job["currency"]:
        found += f", {money.show(accounts.total(whole['money_minor']), scenario.shop.currency)}"
    return SourceError(
        f'Too many rows of source "{source.name}" cannot be loaded', details=details, where=str(file.path.name),
        found=found, wanted=f"at most {words.share(limit)} of the rows (ingest.max_set_aside_share)",
        next_step=accounts.REMEDIES.get(str(counts.index[0]), "mend the file or its mapping"),
    )  # fmt: skip


def _refuse(
    store: Store, scenario: Scenario, file: File, started: dt.datetime, account: _Account, fault: str,
    now: Callable[[], dt.datetime],
) -> Outcome:  # fmt: skip
    """Write that a file was refused, over what was written when it was refused before."""
    job = {**_head(file, started), "status": "refused", "fault": fault, "ended_at": now()}
    with transaction(store) as bulk:
        upsert(bulk, "import_jobs", "import_id", pd.DataFrame([job]))
        told = {name: job[name] for name in (*audit.ROWS, *accounts.MONEY)}
        details = {"file": file.path.name, "sha256": file.sha256, "source": file.source_name, "fault": fault, **told}
        audit.append(bulk, job["ended_at"], audit.REFUSED, file.import_id, details)
    account.job = job
    account.repeats = []
    return _outcome(file, account, "refused", fault)


def _outcome(file: File, account: _Account, status: Literal["loaded", "refused"], fault: str) -> Outcome:
    empty = convert.empty("rejected_rows"), convert.empty("import_repeats")
    rejected = pd.concat(account.rejected, ignore_index=True) if account.rejected else empty[0]
    repeated = account.repeats[0] if account.repeats else empty[1]
    rejected = rejected.sort_values("source_row", kind="stable", ignore_index=True)
    return Outcome(
        file.import_id, file.source_name, file.path.name, status, fault, dict(account.job), rejected, repeated
    )
