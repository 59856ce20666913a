"""From a figure back to files: which rows of which files stand behind it, and what stood there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Scenario
from shoplib.errors import SourceError
from shoplib.ingest import sources
from shoplib.store import duck, files

ROWS = {
    "transactions": "total_amount_minor",
    "transaction_items": "line_total_minor",
}
"""Tables whose rows name the file they came from, and what a row of them is worth."""
ORIGIN = """
SELECT '{name}' AS table_name, t.import_id, t.source_row, t.{amount} AS money_minor, t.{what} AS what,
       j.source_name, j.file_name, j.file_sha256, j.mapping_name
FROM {name} t LEFT JOIN import_jobs j USING (import_id)
WHERE t.transaction_id = $transaction_id
ORDER BY t.source_row"""
WHAT = {"transactions": "transaction_status", "transaction_items": "product_id"}
SET_ASIDE = """
SELECT r.import_id, r.source_row, r.rule, r.reason, r.row_text, j.file_name, r.mended_by
FROM rejected_rows r LEFT JOIN import_jobs j USING (import_id)
WHERE contains(r.row_text, $cell) ORDER BY j.file_name, r.source_row"""
BY_FILE = ["source_name", "file_name", "import_id", "transactions", "first_row", "last_row", "money_minor"]


@dataclass(frozen=True)
class Trace:
    """A transaction as it is in the tables, and where each row that made it came from.

    ``sale`` holds its columns; ``rows`` has a row for each row of a file behind it, its lines included; ``set_aside``
    rows that name it and were not loaded.
    """

    sale: dict[str, object]
    rows: pd.DataFrame
    set_aside: pd.DataFrame


def transaction(folder: Path, transaction_id: str, others: Iterable[str] = ()) -> Trace:
    """Return where a transaction of the tables in ``folder`` came from.

    Raises ``SourceError`` if there is none, with the nearest id, or the nearest of ``others``.
    """
    given = {"transaction_id": transaction_id}
    sale = duck.table(folder, "SELECT * FROM transactions WHERE transaction_id = $transaction_id", given).to_pylist()
    parts = [
        duck.table(folder, ORIGIN.format(name=name, amount=amount, what=WHAT[name]), given).to_pandas()
        for name, amount in ROWS.items()
    ]
    # a line that was a whole sale is told once
    lines = parts[1].merge(parts[0][["import_id", "source_row"]], how="left", indicator=True)
    own = lines[lines["_merge"] == "left_only"].drop(columns="_merge")
    rows = pd.concat([part for part in (parts[0], own) if len(part)] or [parts[0]], ignore_index=True)
    aside = duck.table(folder, SET_ASIDE, {"cell": f'"{transaction_id}"'}).to_pandas()
    if not sale and aside.empty:
        ids = duck.query(folder, "SELECT transaction_id FROM transactions ORDER BY 1")["transaction_id"]
        near = words.nearest(transaction_id, [*others, *ids.head(20_000)])
        raise SourceError(
            "No transaction has this id, and no metric this name", where=transaction_id,
            found=words.plural(len(ids), "transaction"),
            next_step=f"did you mean {near}?" if near else "docs/metrics.md lists metrics, shoplib sql finds sales",
        )  # fmt: skip
    return Trace(sale[0] if sale else {}, rows, aside)


def by_file(folder: Path, amounts: pd.Series) -> pd.DataFrame:
    """Return the files behind some transactions: how many of each, their rows, and what they add to a figure.

    ``amounts`` are by transaction id; the column ``money_minor`` of the answer adds up to their sum exactly.
    """
    sales = files.read_table(folder / "transactions.parquet", "transactions")
    jobs = files.read_table(folder / "import_jobs.parquet", "import_jobs")
    there = sales.set_index("transaction_id").loc[amounts.index, ["import_id", "source_row"]]
    there["money_minor"] = amounts
    found = []
    for import_id, part in there.groupby("import_id", sort=True):
        first, last = int(part["source_row"].min()), int(part["source_row"].max())
        found.append((import_id, len(part), first, last, part["money_minor"].sum()))
    columns = ["import_id", "transactions", "first_row", "last_row", "money_minor"]
    grouped = pd.DataFrame(found, columns=columns).merge(jobs[["import_id", "source_name", "file_name"]], how="left")
    return grouped.sort_values(["source_name", "file_name"], ignore_index=True)[BY_FILE]


def first_rows(folder: Path, amounts: pd.Series, limit: int = 10) -> pd.DataFrame:
    """Return the first transactions behind a figure in order of time: id, day, file, row, and what each adds."""
    sales = files.read_table(folder / "transactions.parquet", "transactions")
    jobs = files.read_table(folder / "import_jobs.parquet", "import_jobs")
    chosen = sales[sales["transaction_id"].isin(amounts.index)].head(limit)
    chosen = chosen.assign(adds_minor=chosen["transaction_id"].map(amounts)).merge(jobs, on="import_id", how="left")
    names = ["transaction_id", "business_date", "location_id", "adds_minor", "file_name", "source_row"]
    return chosen[names]


def find_file(sha256: str, name: str, places: Iterable[Path]) -> Path | None:
    """Return the file with these bytes among folders and files, ``None`` if it is gone; its name is tried first."""
    there = [path for place in places for path in (sorted(place.rglob("*")) if place.is_dir() else [place])]
    there = [path for path in there if path.is_file() and not path.name.startswith(".")]
    there.sort(key=lambda path: not path.name.startswith(Path(name).stem))
    return next((path for path in there if files.sha256(path) == sha256), None)


def raw_rows(path: Path, scenario: Scenario, source_name: str, rows: Iterable[int]) -> dict[int, dict[str, str]]:
    """Return rows of a source's file as they stand in it: column → cell, by number of the row."""
    source = next(one for one in scenario.ingest.sources if one.name == source_name)
    wanted, found = set(rows), {}
    for part in sources.batches(path, sources.kind_of(path), scenario.mappings[source.mapping].file, 200_000):
        here = part.rows[part.rows.index.isin(wanted)]
        found.update({int(str(row)): {str(k): str(v) for k, v in cells.items()} for row, cells in here.iterrows()})
        if len(found) == len(wanted):
            break
    return found
