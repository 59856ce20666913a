"""Seconds from CSV files to a lasting store with keys and references enforced, beside two ways that check nothing.

100,000 transactions and their lines go into the same tables of the same schema, in SQLite and in PostgreSQL. Ours reads
the till's own files through their mappings, judges every row, finds repeats and conflicts, writes the account, the
identities of all rows and the audit log, each file in one transaction (``ingest.loading.load_file``). The others are
given files that already hold the finished rows in the columns and units of the tables, so they have less to do:
``pandas.read_csv`` with ``to_sql`` appends in pandas' own way; the bare ADBC way reads with Arrow and ingests. The
three take turns, five times; medians of wall seconds are compared, CPU seconds of this process stand beside them. The
promises: faster than pandas although everything is checked, and at most three times the bare way.
"""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from benchmarks import _postgres
from benchmarks.ingest import PARAMS, simulated
from shoplib.config.load import load
from shoplib.config.models import Scenario
from shoplib.contracts import convert
from shoplib.ingest.facts import take_in
from shoplib.ingest.lasting.loading import load_file
from shoplib.store import bulk, database
from shoplib.store.database import Store

TURNS = 5
SALES = ("transactions", "transaction_items")
SOURCES = ("transactions", "items")
TIMES_ADBC = 3.0
NOW = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


def main() -> Iterator[dict[str, object]]:
    """Yield the median seconds of each way into each store, then whether each promise is kept."""
    scenario = load(PARAMS / "epos.yaml")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        raw = Path(folder) / "raw"
        raw.mkdir()
        paths = simulated(scenario, raw)
        finished = _finished(scenario, paths, Path(folder))
        for kind in ("sqlite", "postgresql"):
            server = servers.enter_context(_postgres.server(Path(folder))) if kind == "postgresql" else ""
            yield from measured(kind, scenario, paths, finished, Path(folder), server)


def measured(
    kind: str, scenario: Scenario, paths: dict[str, list[Path]], finished: dict[str, Path], folder: Path, server: str
) -> Iterator[dict[str, object]]:
    """Yield what the three ways take into one kind of store."""
    ways: dict[str, Callable[[Store], None]] = {
        "ours, checked": lambda store: ours(store, scenario, paths),
        "pandas.read_csv + to_sql": lambda store: by_pandas(store, finished),
        "bare ADBC": lambda store: by_adbc(store, finished),
    }
    wall: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    counts = set()
    for turn in range(TURNS):
        for number, (name, way) in enumerate(ways.items()):
            store = _prepared(kind, folder, server, f"t{turn}_{number}", scenario, paths, masters=name[:4] != "ours")
            began, worked = time.perf_counter(), time.process_time()
            way(store)
            wall[name].append(time.perf_counter() - began)
            cpu[name].append(time.process_time() - worked)
            counts.add(tuple(_count(store, table) for table in SALES))
    if len(counts) != 1:
        raise ValueError(f"the ways loaded different numbers of rows: {sorted(counts)}")
    rows = sum(counts.pop())
    middle = {name: statistics.median(taken) for name, taken in wall.items()}
    for name in ways:
        yield {"store": kind, "way": name, "rows": rows, "wall_s": round(middle[name], 2),
               "cpu_s": round(statistics.median(cpu[name]), 2), "rows_per_s": round(rows / middle[name])}  # fmt: skip
    faster = middle["pandas.read_csv + to_sql"] / middle["ours, checked"]
    slower = middle["ours, checked"] / middle["bare ADBC"]
    yield {"store": kind, "promise": "times faster than pandas", "found": round(faster, 2), "wanted": ">= 1",
           "kept": faster >= 1}  # fmt: skip
    yield {"store": kind, "promise": "times the time of bare ADBC", "found": round(slower, 2),
           "wanted": f"<= {TIMES_ADBC:g}", "kept": slower <= TIMES_ADBC}  # fmt: skip


def ours(store: Store, scenario: Scenario, paths: dict[str, list[Path]]) -> None:
    """Load the till's two files as the project does."""
    for source in scenario.ingest.sources:
        if source.name in SOURCES:
            load_file(store, scenario, source, paths[source.name][0], now=lambda: NOW)


def by_pandas(store: Store, finished: dict[str, Path]) -> None:
    """Append finished rows with ``DataFrame.to_sql`` and its default settings."""
    engine = database.engine(store.url)
    for name in SALES:
        frame = pd.read_csv(finished[name], dtype={"card_last_four": str, "authorization_code": str})
        for column in ("timestamp", "business_date"):
            if column in frame:
                frame[column] = pd.to_datetime(frame[column])
        frame.to_sql(name, engine, schema=store.schema or None, if_exists="append", index=False)
    engine.dispose()


def by_adbc(store: Store, finished: dict[str, Path]) -> None:
    """Ingest finished rows with ADBC as Arrow reads them."""
    with bulk.transaction(store) as loading:
        for name in SALES:
            kinds = {field.name: field.type for field in convert.arrow_schema(name)}
            options = pa_csv.ConvertOptions(column_types=kinds, strings_can_be_null=True)
            loading.append(name, pa_csv.read_csv(finished[name], convert_options=options))


def _prepared(
    kind: str, folder: Path, server: str, turn: str, scenario: Scenario, paths: dict[str, list[Path]], *, masters: bool
) -> Store:
    """Return an empty store that knows places, people and goods; ``masters`` also makes the import the rows name."""
    url = f"sqlite:///{folder / f'{turn}.db'}" if kind == "sqlite" else server
    store = Store(url, "" if kind == "sqlite" else turn)
    database.upgrade(store)
    for source in scenario.ingest.sources:
        if source.name not in SOURCES:
            load_file(store, scenario, source, paths[source.name][0], now=lambda: NOW)
    if masters:
        with bulk.transaction(store) as loading:
            loading.append("import_jobs", pq.read_table(folder / "jobs.parquet"))
    return store


def _finished(scenario: Scenario, paths: dict[str, list[Path]], folder: Path) -> dict[str, Path]:
    """Write the finished rows of the two tables as CSV, and return the files."""
    facts = take_in(scenario.shop, scenario.ingest, scenario.mappings, paths)
    jobs = facts.import_jobs[facts.import_jobs["source_name"].isin(SOURCES)]
    pq.write_table(convert.to_arrow("import_jobs", jobs), folder / "jobs.parquet")
    files = {}
    for name in SALES:
        files[name] = folder / f"{name}.csv"
        table: pa.Table = convert.to_arrow(name, facts.tables()[name])
        table.to_pandas(date_as_object=True).to_csv(files[name], index=False)
    return files


def _count(store: Store, table: str) -> int:
    with bulk.transaction(store) as asked:
        return int(asked.fetch(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py())
