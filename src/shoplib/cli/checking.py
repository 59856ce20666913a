"""``shoplib check``: the rules of ``params/quality.yaml`` held against the latest run or the lasting store."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, scenario_file

if TYPE_CHECKING:
    import pandas as pd

    from shoplib.config.models import Scenario
    from shoplib.ingest.quality.judge import Judgement

FORMATS = ("table", "json")
BROKEN = 1
EXIT_CODES = """exit codes: 0 every rule is kept, or borne within its tolerance · 1 a rule is broken
            2 an argument, a setting, a rule or a missing run was refused · 130 interrupted"""


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""
    check = add(commands, "check", _check, "hold the rules of params/quality.yaml against the latest run",
                scenario=True, codes=EXIT_CODES)  # fmt: skip
    check.add_argument("--rules", default="", metavar="FILE", help="other rules (default: those of the scenario)")
    check.add_argument("--store", action="store_true", help="against the lasting store and not the latest run")
    check.add_argument("--format", choices=FORMATS, default="table", help="(default: %(default)s)")
    check.add_argument("--outputs", default="", metavar="FOLDER", help="where the runs are, if not in outputs/")


def _check(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.config.load import load, load_rules
    from shoplib.ingest.quality.judge import judge
    from shoplib.ingest.quality.rules import compiled
    from shoplib.pipeline.job import project_root
    from shoplib.store import files

    root = project_root(Path.cwd())
    file = scenario_file(asked.scenario, root)
    scenario = load(file)
    rules = load_rules(Path(asked.rules)) if asked.rules else scenario.quality
    needed = compiled(rules).columns()
    if asked.store:
        tables = _stored(root, scenario, needed)
    else:
        there = _tables(asked, root, scenario, file)
        tables = {name: files.read_table(there[name], name, sorted(needed[name])) for name in needed if name in there}
    found = judge(tables, rules, scenario.shop)
    print(_as_json(found) if asked.format == "json" else _as_text(found, scenario.shop.language))
    return BROKEN if len(found.broken) else 0


def _stored(root: Path, scenario: Scenario, needed: dict[str, set[str]]) -> dict[str, pd.DataFrame]:
    """Return the columns to check as they stand in the lasting store now; ``StoreError`` if it has no tables."""
    from shoplib.store.database import STORED, open_store, reading, upgrade

    store = open_store(root, scenario.name, scenario.ingest.database_env)
    upgrade(store)
    with reading(store) as bulk:
        return {name: bulk.frame(name)[sorted(columns)] for name, columns in needed.items() if name in STORED}


def _tables(asked: argparse.Namespace, root: Path, scenario: Scenario, file: Path) -> dict[str, Path]:
    """Return the parquet files of the tables to check by their names; ``StoreError`` if there are none."""
    from shoplib.errors import StoreError
    from shoplib.pipeline.record import LATEST

    outputs = Path(asked.outputs).absolute() if asked.outputs else root / "outputs"
    where = outputs / scenario.name / LATEST / "tables"
    found = sorted(where.glob("*.parquet"))
    if not found:
        raise StoreError("There is no finished run to check", where=str(where), found="no tables",
                         next_step=f"python run_all.py {file.stem}")  # fmt: skip
    return {path.stem: path for path in found}


def _as_json(found: Judgement) -> str:
    """Return what was found for programs: money in minor units, samples as a list."""
    from shoplib.base.listing import missing

    rules = [
        {
            **{name: None if missing(value) else value for name, value in row.items()},
            "samples": json.loads(row["samples"]),
        }
        for row in found.table.to_dict("records")
    ]
    whole = {"transactions": found.transactions, "rows_failing": found.rows, "money_minor": found.money_minor,
             "currency": found.currency, "rules": rules}  # fmt: skip
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _as_text(found: Judgement, language: str) -> str:
    """Return the headline, one line a rule, and examples of what breaks them."""
    from shoplib.ingest.quality import summary

    told = summary.table(found.table, language)
    lines = [summary.headline(found, language), *(f"  {line}" for line in summary.sentences(found.table)), ""]
    rows = told.astype(str).to_dict("split")
    columns = [*zip(rows["columns"], *rows["data"], strict=True)]
    wide = [max(map(len, cells)) for cells in columns]
    numbers = ("Rows checked", "Rows failing", "Tolerance", "Money")
    for line in [rows["columns"], *rows["data"]]:
        cells = [
            cell.rjust(size) if name in numbers else cell.ljust(size)
            for name, cell, size in zip(rows["columns"], line, wide, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    for rule, import_id, row, key, column, given, wanted in summary.examples(found.table).itertuples(index=False):
        place = f"import {import_id} row {row}" if import_id else f"key {key}"
        lines += ["", "For example"] if "For example" not in lines else []
        lines.append(f"  {rule}: {place}, {column}: found {given or 'nothing'}; wanted {wanted}")
    return "\n".join(lines)
