"""``shoplib trace``: from a figure of a report to the files and rows behind it."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import DEFAULT_SCENARIO, Add, say, scenario_file

if TYPE_CHECKING:
    import pandas as pd

    from shoplib.config.models import Scenario
    from shoplib.sales.behind import Behind

EXIT_CODES = """exit codes: 0 shown, and it adds up · 2 there is no such transaction, metric or day, or no run yet
            130 interrupted"""


def add_commands(commands: Any, add: Add) -> None:
    """Add the command."""
    trace = add(commands, "trace", _trace, "from a figure to the files and rows behind it", codes=EXIT_CODES)
    trace.add_argument("what", metavar="TRANSACTION_ID|METRIC", help="a transaction, or a name as in docs/metrics.md")
    trace.add_argument("--day", type=_days, default=None, metavar="DAY[:DAY]",
                       help="a business day, or the first and the last, such as 2024-06-01:2024-06-07")  # fmt: skip
    trace.add_argument("--location", default="", metavar="ID", help="one place (default: all)")
    trace.add_argument("--scenario", default=DEFAULT_SCENARIO, help="whose figures (default: %(default)s)")
    trace.add_argument("--outputs", default="", metavar="FOLDER", help="where the runs are, if not in outputs/")


def _trace(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.config.load import load
    from shoplib.pipeline.job import project_root
    from shoplib.sales.metrics import METRICS

    root = project_root(Path.cwd())
    scenario = load(scenario_file(asked.scenario, root))
    outputs = Path(asked.outputs).absolute() if asked.outputs else root / "outputs"
    folder = _tables(scenario, root, outputs)
    if asked.what in {metric.name for metric in METRICS}:
        _figure(asked, scenario, folder)
    else:
        _sale(asked, scenario, folder, root, outputs)
    return 0


def _tables(scenario: Scenario, root: Path, outputs: Path) -> Path:
    """Return the folder of the tables: the store's snapshot in force if there is one, else those of the latest run."""
    from shoplib.errors import StoreError
    from shoplib.store import places

    stored = places.snapshot_files(root, scenario.name) if scenario.ingest.stored else []
    folder = stored[0].parent if stored else outputs / scenario.name / "latest" / "tables"
    if not (folder / "transactions.parquet").is_file():
        raise StoreError("There is no finished run to trace", where=str(folder), found="no tables",
                         next_step=f"python run_all.py {scenario.name}")  # fmt: skip
    return folder.resolve()


def _sale(asked: argparse.Namespace, scenario: Scenario, folder: Path, root: Path, outputs: Path) -> None:
    from shoplib.ingest.lasting import tracing
    from shoplib.sales.metrics import METRICS
    from shoplib.store import places

    found = tracing.transaction(folder, asked.what, [metric.name for metric in METRICS])
    for field, value in found.sale.items():
        if value is not None:
            say(f"{field:<22} {value}")
    look_in = [places.processed(root, scenario.name), outputs / scenario.name / "latest" / "raw",
               *_files(scenario, root)]  # fmt: skip
    for (import_id, source, name, sha256), rows in found.rows.groupby(
        ["import_id", "source_name", "file_name", "file_sha256"], sort=False
    ):
        say(f"\n{name} (source {source}, import {import_id})")
        path = tracing.find_file(str(sha256), str(name), look_in)
        if path is None:
            say(f"  no file with its bytes is there any more (SHA-256 {sha256})")
        cells = {} if path is None else tracing.raw_rows(path, scenario, str(source), rows["source_row"].tolist())
        for line in rows.to_dict("records"):
            say(f"  row {line['source_row']}: {line['what']}, {_money(line['money_minor'], scenario)}")
            if line["source_row"] in cells:
                say("    " + ", ".join(f"{key}: {value}" for key, value in cells[line["source_row"]].items()))
    for aside in found.set_aside.to_dict("records"):
        then = f", mended by import {aside['mended_by']}" if aside["mended_by"] else ""
        say(f"\nset aside: {aside['file_name']}, row {aside['source_row']}: {aside['rule']}: {aside['reason']}{then}")
        say(f"    {aside['row_text']}")


def _files(scenario: Scenario, root: Path) -> list[Path]:
    """Return the files and folders the sources of a scenario name."""
    from shoplib.config.sources import RemoteSource
    from shoplib.store import patterns, places

    found: list[Path] = []
    for source in scenario.ingest.sources:
        if isinstance(source, RemoteSource):
            found.append(places.fetched(root, scenario.name, source.name))
        elif source.kind == "inbox":
            found.append(root / source.folder)
        elif source.kind != "simulated":
            found += patterns.matching(root / source.path)
    return found


def _figure(asked: argparse.Namespace, scenario: Scenario, folder: Path) -> None:
    from shoplib.base import words
    from shoplib.ingest.lasting import tracing

    found = _behind(asked, scenario, folder)
    language = scenario.shop.language
    say(f"{found.metric.label}: {found.shown(language)}")
    say(f"  {found.metric.definition}")
    say(f"  = {found.metric.formula}; counts: {found.metric.filter}")
    for title, amounts, unit in found.sums():
        count = words.plural(len(amounts), "transaction")
        verb = "adds" if len(amounts) == 1 else "add"
        say(f"\n{title}: {count} {verb} up to {_shown(amounts.sum(), unit, scenario)}")
        if amounts.empty:
            continue
        files = tracing.by_file(folder, amounts)
        say(_listed(files, "money_minor", unit, scenario, "adds"))
        say("the first of them:")
        say(_listed(tracing.first_rows(folder, amounts), "adds_minor", unit, scenario, "adds"))


def _behind(asked: argparse.Namespace, scenario: Scenario, folder: Path) -> Behind:
    from shoplib.sales import behind, books
    from shoplib.store import files

    facts = {
        name: files.read_table(folder / f"{name}.parquet", name, columns) for name, columns in books.COLUMNS.items()
    }
    return behind.of(asked.what, facts, scenario.sales, asked.day, asked.location)


def _listed(rows: pd.DataFrame, column: str, unit: str, scenario: Scenario, heading: str) -> str:
    shown = rows.assign(**{column: [_shown(value, unit, scenario) for value in rows[column]]})
    if "business_date" in shown:
        shown["business_date"] = shown["business_date"].dt.strftime("%Y-%m-%d")
    return shown.rename(columns={column: heading}).to_string(index=False)


def _shown(value: float, unit: str, scenario: Scenario) -> str:
    from shoplib.base import words

    if unit == "minor":
        return _money(value, scenario)
    return words.count(value, scenario.shop.language, 0 if float(value).is_integer() else 2)


def _money(minor: float, scenario: Scenario) -> str:
    from shoplib.base import money

    return money.show(int(minor), scenario.shop.currency, language=scenario.shop.language)


def _days(text: str) -> tuple[dt.date, dt.date]:
    first, _, last = text.partition(":")
    try:
        start = dt.date.fromisoformat(first)
        end = dt.date.fromisoformat(last) if last else start
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2024-12-31, nor two with a colon") from error
    if end < start:
        raise argparse.ArgumentTypeError(f"{text!r}: the last day is before the first")
    return start, end
