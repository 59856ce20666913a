"""``shoplib ingest load``, ``jobs``, ``job`` and ``audit``: files into the lasting store, and what became of them."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, say, scenario_file

if TYPE_CHECKING:
    import pandas as pd

    from shoplib.config.models import Scenario
    from shoplib.config.sources import Source
    from shoplib.ingest.lasting.loading import Outcome
    from shoplib.store.address import Store

REFUSED, BROKEN = 2, 1
SHOWN_AFTER_S = 2
LOAD_CODES = """exit codes: 0 every file is loaded, or was already · 2 a file or a setting was refused
            4 another program is writing to the store · 130 interrupted; no file is half-loaded"""
AUDIT_CODES = "exit codes: 0 shown, or whole · 1 the log was changed · 2 a setting was refused · 130 interrupted"
JOBS = ("import_id", "source_name", "file_name", "status", "rows_in", "rows_loaded", "rows_set_aside", "rows_duplicate")
COLUMNS = ("rule", "column_name", "found", "reason", "money_minor")


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""
    load = add(commands, "load", _load, "load files into the lasting store, one by one; what is there already stays",
               scenario=True, codes=LOAD_CODES)  # fmt: skip
    load.add_argument("files", nargs="*", metavar="FILE", help="files of one source (default: all the scenario names)")
    load.add_argument("--source", default="", metavar="NAME", help="whose files they are, or: only this source")
    load.add_argument("--raw", default="", metavar="DIR",
                      help="where simulated files are (default: those of the latest run)")  # fmt: skip
    load.add_argument("--outputs", default="", metavar="FOLDER", help="where the runs are, if not in outputs/")
    add(commands, "jobs", _jobs, "what was loaded into the lasting store, a line a file", scenario=True)
    job = add(commands, "job", _job, "what became of one file, and its rows set aside", scenario=True)
    job.add_argument("import_id", metavar="ID", help="import as in  shoplib ingest jobs, or its beginning")
    audit = add(commands, "audit", _audit, "the log of all that was done to the lasting store", scenario=True,
                codes=AUDIT_CODES)  # fmt: skip
    audit.add_argument("--verify", action="store_true", help="hold every line against its hash and the tables")


def _opened(asked: argparse.Namespace) -> tuple[Path, Scenario, Store]:
    """Return the project's root, the scenario and its lasting store, made or brought up to date if need be."""
    from shoplib.config.load import load
    from shoplib.pipeline.job import project_root
    from shoplib.store.database import open_store, upgrade

    root = project_root(Path.cwd())
    scenario = load(scenario_file(asked.scenario, root))
    store = open_store(root, scenario.name, scenario.ingest.database_env)
    upgrade(store)
    return root, scenario, store


def _load(asked: argparse.Namespace, _given: list[str]) -> int:
    from tqdm import tqdm

    from shoplib.ingest.dropped import mending
    from shoplib.ingest.lasting import loading

    root, scenario, store = _opened(asked)
    outputs = Path(asked.outputs).absolute() if asked.outputs else root / "outputs"
    raw = Path(asked.raw).absolute() if asked.raw else outputs / scenario.name / "latest" / "raw"
    code = 0
    for source, path in _chosen(asked, root, scenario, raw):
        with tqdm(desc=path.name, unit=" rows", unit_scale=True, leave=False, disable=None, delay=SHOWN_AFTER_S,
                  dynamic_ncols=True) as bar:  # fmt: skip
            suited = mending.suited(scenario, source, path)
            outcome = loading.load_file(store, suited, source, path, now=_now, progress=bar.update)
        _tell(outcome, scenario, store)
        if outcome.status == "refused":
            code = REFUSED
            if source.on_bad_file == "stop" and not asked.files:
                print(f"stopped: source {source.name} says on_bad_file: stop", file=sys.stderr)
                break
    return code


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _tell(outcome: Outcome, scenario: Scenario, store: Store) -> None:
    from shoplib.base import words
    from shoplib.ingest.dropped import reasons
    from shoplib.ingest.lasting import known
    from shoplib.store.database import reading

    say(f"{outcome.file_name}: {reasons.sentence(outcome, scenario.shop)}")
    others = outcome.repeats[outcome.repeats["first_import_id"] != outcome.import_id]
    if outcome.status != "loaded" or others.empty:
        return
    with reading(store) as bulk:
        names = known.file_names(bulk, set(others["first_import_id"]))
    first = [
        f"{words.plural(rows, 'row')} from {names[import_id]}"
        for import_id, rows in zip(others["first_import_id"], others["rows"].tolist(), strict=True)
    ]
    say(f"  ignored because we had them: {words.listed(first)}")


def _chosen(asked: argparse.Namespace, root: Path, scenario: Scenario, raw: Path) -> Iterable[tuple[Source, Path]]:
    """Return the files asked for with their sources; ``ConfigError`` if it is not clear whose they are."""
    from shoplib.base import words
    from shoplib.errors import ConfigError

    sources = {source.name: source for source in scenario.ingest.sources}
    if asked.source and asked.source not in sources:
        near = words.nearest(asked.source, sources)
        raise ConfigError(
            "The scenario has no such source", where=f"--source {asked.source}", wanted=words.listed(sources),
            next_step=f"did you mean {near}?" if near else "choose one of these",
        )  # fmt: skip
    if asked.files and not asked.source and len(sources) > 1:
        raise ConfigError("It is not said whose files these are", where=words.listed(asked.files),
                          wanted="--source NAME", found=words.listed(sources))  # fmt: skip
    if asked.files:
        source = sources[asked.source] if asked.source else next(iter(sources.values()))
        return [(source, Path(name)) for name in asked.files]
    wanted = [sources[asked.source]] if asked.source else list(sources.values())
    return [(source, path) for source in wanted for path in files_of(source, scenario, root, raw)]


def files_of(source: Source, scenario: Scenario, root: Path, raw: Path) -> list[Path]:
    """Return the files of a source in order of name: its own, what was fetched, or those of a simulated world."""
    from shoplib.config.sources import RemoteSource
    from shoplib.errors import SourceError
    from shoplib.store import patterns, places

    if source.kind == "inbox":
        return patterns.matching(root / source.folder / source.pattern)
    if isinstance(source, RemoteSource):
        return places.fetched_files(root, scenario.name, source.name)
    path = raw / source.file if source.kind == "simulated" else root / source.path
    found = patterns.matching(path)
    if not found and not patterns.is_pattern(path.name):
        raise SourceError(
            "There is no such file", where=str(path),
            next_step=f"shoplib simulate {scenario.name} --out DIR, then --raw DIR" if source.kind == "simulated"
            else "check the path of the source",
        )  # fmt: skip
    return found


def _jobs(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.store.database import reading

    _, _, store = _opened(asked)
    with reading(store) as bulk:
        jobs = bulk.frame("import_jobs").sort_values(["started_at", "import_id"])
    if jobs.empty:
        say("nothing was loaded yet")
        return 0
    say(jobs[list(JOBS)].to_string(index=False))
    return 0


def _job(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.base import words
    from shoplib.errors import SourceError
    from shoplib.store.database import reading

    _, _, store = _opened(asked)
    with reading(store) as bulk:
        jobs = bulk.frame("import_jobs")
        jobs = jobs[jobs["import_id"].str.startswith(asked.import_id)]
        if len(jobs) != 1:
            raise SourceError(
                "No import begins like that" if jobs.empty else "Several imports begin like that",
                where=asked.import_id, found=words.listed(jobs["import_id"]),
                next_step=f"shoplib ingest jobs {asked.scenario}",
            )  # fmt: skip
        job = jobs.iloc[0]
        rejected = bulk.frame("rejected_rows", "import_id = ?", [job["import_id"]])
        repeats = bulk.frame("import_repeats", "import_id = ?", [job["import_id"]])
    for name, value in job.dropna().items():
        say(f"{name!s:<22} {value}")
    _list("rows it had from earlier files", repeats[["first_import_id", "rows", "money_minor"]])
    _list("rows set aside", rejected[["source_row", *COLUMNS, "mended_by"]])
    return 0


def _list(title: str, rows: pd.DataFrame) -> None:
    if len(rows):
        say(f"\n{title}:\n{rows.astype(object).where(rows.notna(), '').to_string(index=False)}")


def _audit(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.base import words
    from shoplib.ingest.lasting import audit
    from shoplib.store.database import reading

    _, _, store = _opened(asked)
    with reading(store) as bulk:
        lines, (number, newest) = bulk.frame("audit_log").sort_values("number"), audit.head(bulk)
        problems = audit.verify(bulk) if asked.verify else []
    if not asked.verify:
        for line in lines.to_dict("records"):
            say(f"{line['number']:>6}  {line['at']:%Y-%m-%d %H:%M:%S}  {line['event']:<13}  {line['details']}")
        return 0
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("the log was changed: keep the database as it is, and compare it with a copy", file=sys.stderr)
        return BROKEN
    say(f"{words.plural(number, 'line')}, whole; the newest has the hash {newest}")
    return 0
