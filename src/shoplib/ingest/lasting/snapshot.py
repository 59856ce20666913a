"""The lasting store as parquet files, as a run reads them: equal contents give equal bytes under one name."""

from __future__ import annotations

import os
import shutil
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shoplib.base import digest
from shoplib.contracts import tables
from shoplib.errors import StoreError
from shoplib.ingest.facts import Facts
from shoplib.ingest.lasting import audit, marks
from shoplib.ingest.records import ORDER
from shoplib.store import files, places
from shoplib.store.address import Store
from shoplib.store.bulk import Bulk, reading

BELOW_ZERO = "below_zero"
KEPT = 2
TIMED = {"transactions": ["timestamp", "transaction_id"], **ORDER}
SCHEMA = pa.schema(
    {"source_name": pa.string(), "transactions": pa.int64(), "money_minor": pa.int64(), "currency": pa.string()}
)


def names() -> list[str]:
    """Return the tables of a snapshot, parents before children."""
    return [field.name for field in fields(Facts) if field.name not in (BELOW_ZERO, "notes")]


def export(store: Store, root: Path, scenario_name: str) -> str:
    """Write what the store holds as a snapshot, put it in force, and return its digest.

    The files lie in ``data/store/<scenario>/<digest>/``; ``current`` names the one in force and changes in one step.
    The newest two are kept, since a run may still read the one before.
    """
    home = places.snapshots(root, scenario_name)
    part = home / f".part-{os.getpid()}"
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        with reading(store) as bulk:
            for name in names():
                files.write_arrow(part / f"{name}.parquet", _sorted(bulk, name))
            files.write_arrow(part / f"{BELOW_ZERO}.parquet", _below_zero(bulk))
        named = digest.of_value(files.sha256_tree(part))[:16]
        if not (home / named).is_dir():
            part.replace(home / named)
        os.utime(home / named)
    except OSError as error:
        raise files.as_store_error(error, home) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    files.write_text(home / places.CURRENT, f"{named}\n")
    _prune(home, named)
    return named


def _sorted(bulk: Bulk, name: str) -> pa.Table:
    """Return a table in the order ``Facts`` has it in; a database may order texts in a way of its own."""
    table = bulk.table(name)
    if name in ("import_jobs", "import_repeats", "rejected_rows"):
        jobs = bulk.table("import_jobs").sort_by([(c, "ascending") for c in ("source_name", "file_name", "import_id")])
        place = {key: at for at, key in enumerate(jobs["import_id"].to_pylist())}
        order = pa.array([place[key] for key in table["import_id"].to_pylist()], pa.int64())
        rest = [(column, "ascending") for column in tables.key_of(name)]
        return table.append_column("place", order).sort_by([("place", "ascending"), *rest]).drop_columns(["place"])
    return table.sort_by([(column, "ascending") for column in TIMED.get(name, tables.key_of(name))])


def _below_zero(bulk: Bulk) -> pa.Table:
    """Return how many refunds only a minus tells, by source, in order of name."""
    jobs = bulk.frame("import_jobs").set_index("import_id")
    rows = [(jobs.loc[key], details[marks.MINUS]) for key, details in audit.lines(bulk, marks.MINUS)]
    frame = pd.DataFrame(
        [(job["source_name"], told[0], told[1], job["currency"]) for job, told in rows], columns=SCHEMA.names
    )
    sums = frame.groupby(["source_name", "currency"], sort=True)[["transactions", "money_minor"]].sum().reset_index()
    return pa.Table.from_pandas(sums[SCHEMA.names], schema=SCHEMA, preserve_index=False)


def _prune(home: Path, current: str) -> None:
    """Take away all snapshots but the newest, the one in force among them."""
    there = [folder for folder in home.iterdir() if folder.is_dir() and folder.name != current]
    there = [folder for folder in there if not folder.name.startswith(".")]
    there.sort(key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
    for folder in there[KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def facts_of(folder: Path) -> Facts:
    """Return a snapshot as the facts of a run; ``StoreError`` if a file is missing or not whole."""
    frames = {name: files.read_table(folder / f"{name}.parquet", name) for name in names()}
    try:
        below = pq.read_table(folder / f"{BELOW_ZERO}.parquet").to_pandas()
    except (OSError, pa.ArrowException) as error:
        raise StoreError("The snapshot of the store is not whole", where=str(folder), found=str(error),
                         next_step="make it again:  shoplib ingest load") from error  # fmt: skip
    return Facts(**frames, below_zero=below, notes=())
