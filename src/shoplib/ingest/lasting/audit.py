"""The log of everything that was done to the lasting store: lines are added only, each with the hash of the last.

``verify`` finds a line that was changed, put in or taken out, by the chain; the last ones taken out it finds because
what the lines say of each import must add up to its row in ``import_jobs``, which nothing changes without a line. Who
may write to the database can still make a whole false log: whoever must rule that out keeps the number and hash of the
newest line, which ``shoplib ingest audit`` shows, somewhere else.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from shoplib.base import digest, words
from shoplib.ingest.accounts import MONEY
from shoplib.ingest.lasting.writing import append as add
from shoplib.store.bulk import Bulk

LOADED, REFUSED, LATER = "loaded", "refused", "loaded later"
FIRST = "0" * 64
ROWS = ("rows_in", "rows_loaded", "rows_set_aside", "rows_duplicate")


def append(bulk: Bulk, at: dt.datetime, event: str, import_id: str, details: Mapping[str, Any]) -> None:
    """Add a line; ``details`` must be a JSON object."""
    number, previous = head(bulk)
    line = {
        "number": number + 1, "at": at.astimezone(dt.UTC), "event": event, "import_id": import_id or None,
        "details": digest.canonical(dict(details)), "previous_hash": previous,
    }  # fmt: skip
    add(bulk, "audit_log", pd.DataFrame([{**line, "hash": of_line(line)}]))


def head(bulk: Bulk) -> tuple[int, str]:
    """Return number and hash of the newest line; 0 and 64 zeros if there is none."""
    newest = bulk.frame("audit_log", "number = (SELECT max(number) FROM audit_log)")
    return (int(newest["number"].iloc[0]), str(newest["hash"].iloc[0])) if len(newest) else (0, FIRST)


def of_line(line: Mapping[Any, Any]) -> str:
    """Return the hash of a line, made of all it says and the hash before it."""
    at = pd.Timestamp(line["at"]).tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    import_id = None if pd.isna(line["import_id"]) else line["import_id"]
    said = [int(line["number"]), at, line["event"], import_id, line["details"], line["previous_hash"]]
    return digest.of_value(said)


def lines(bulk: Bulk, containing: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return import and details of each line whose details hold a key, in order."""
    found = bulk.fetch(
        "SELECT import_id, details FROM audit_log WHERE details LIKE ? ORDER BY number", [f'%"{containing}"%']
    )
    texts = zip(found["import_id"].to_pylist(), found["details"].to_pylist(), strict=True)
    return [(import_id, json.loads(text)) for import_id, text in texts if import_id is not None]


def verify(bulk: Bulk) -> list[str]:
    """Return what is wrong with the log, one line a fault; ``[]`` if nothing was changed behind its back."""
    log = bulk.frame("audit_log").sort_values("number", kind="stable")
    problems, previous, expected = [], FIRST, 1
    for line in log.to_dict("records"):
        number = int(line["number"])
        if number != expected:
            gap = f"line {expected} is" if number == expected + 1 else f"lines {expected} to {number - 1} are"
            problems.append(f"{gap} missing")
        elif line["previous_hash"] != previous:
            problems.append(f"line {number} does not follow the line before it")
        if of_line(line) != line["hash"]:
            problems.append(f"line {number} was changed")
        previous, expected = str(line["hash"]), number + 1
    return problems + _against_jobs(bulk, log) + _against_facts(bulk)


def _against_jobs(bulk: Bulk, log: pd.DataFrame) -> list[str]:
    """Return where what the log says of an import is not what stands in ``import_jobs``."""
    said: dict[str, tuple[str, dict[str, int | None]]] = {}
    for line in log[log["event"].isin([LOADED, REFUSED, LATER])].to_dict("records"):
        try:
            told = json.loads(str(line["details"]))
            counts = {name: told.get(name) for name in (*ROWS, *MONEY)}
        except (ValueError, AttributeError):
            continue
        status, before = said.get(str(line["import_id"]), ("", {}))
        if line["event"] == LATER:
            counts = {name: _sum(before.get(name), counts[name]) for name in counts}
            said[str(line["import_id"])] = (status, counts)
        else:
            said[str(line["import_id"])] = (str(line["event"]), counts)
    problems = []
    for job in bulk.frame("import_jobs").to_dict("records"):
        status, counts = said.pop(str(job["import_id"]), ("", {}))
        named = f"import {job['import_id']} ({job['file_name']})"
        if not status:
            problems.append(f"{named} has no line in the log")
        elif status != job["status"]:
            problems.append(f"{named} is {job['status']}, the log says {status}")
        else:
            wrong = [name for name in (*ROWS, *MONEY) if _plain(job[name]) != counts[name]]
            problems += [f"{named}: {words.listed(wrong)} not as in the log"] if wrong else []
    return problems + [f"import {name} stands in the log and not in import_jobs" for name in sorted(said)]


def _against_facts(bulk: Bulk) -> list[str]:
    """Return which files of sales no longer have the rows and the money in the tables that were loaded from them."""
    found: dict[str, set[tuple[int, int]]] = {}
    for table, amount in (("transactions", "total_amount_minor"), ("transaction_items", "line_total_minor")):
        sums = bulk.fetch(
            f"SELECT import_id, count(*) AS n, CAST(sum({amount}) AS BIGINT) AS worth FROM {table} GROUP BY import_id"
        )
        for line in sums.to_pylist():
            found.setdefault(str(line["import_id"]), set()).add((int(line["n"]), int(line["worth"])))
    jobs = bulk.frame("import_jobs", "status = ? AND currency IS NOT NULL", [LOADED])
    return [
        f"import {job['import_id']} ({job['file_name']}): its sales in the tables are not those that were loaded"
        for job in jobs.to_dict("records")
        if (int(job["rows_loaded"]), int(job["money_loaded_minor"])) not in found.get(str(job["import_id"]), {(0, 0)})
    ]


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other


def _plain(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(str(value))
