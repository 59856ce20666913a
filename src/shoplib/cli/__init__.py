"""``shoplib …``: arguments to calls, no logic. Exit codes are listed in the help of each command."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shoplib.cli import (
    checking,
    consents,
    faces,
    footage,
    forecasting,
    ingest,
    privacy,
    reports,
    stores,
    tracing,
)
from shoplib.cli.command import DEFAULT_SCENARIO, add, say, scenario_file
from shoplib.cli.ingest import describing, inbox
from shoplib.errors import BusyError, ShopError

if TYPE_CHECKING:
    from shoplib.pipeline.job import Job


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; every refusal is a message, never a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = _parser().parse_args(given)
    try:
        return int(asked.call(asked, given))
    except BusyError as error:
        print(error, file=sys.stderr)
        return 4
    except ShopError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; nothing is half-written", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # the reader of our output went away, as in  shoplib … | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(asked: argparse.Namespace, given: list[str]) -> int:
    from shoplib.pipeline import chain, plan

    job = _job(asked)
    stages = plan.select(job, asked.only, asked.start)
    if asked.plan:
        print(plan.show(plan.steps(job, stages, force=asked.force)))
        return 0
    options = chain.Options(asked.workers, asked.cluster, asked.force, asked.quiet)
    again = shlex.join(["python", "run_all.py", *(word for word in given[1:] if word != "--force")])
    if asked.watch:
        return inbox.follow(job, stages, options, again, once=asked.once)
    if job.scenario.ingest.stored and any(stage.reads_sources for stage in stages):
        job = inbox.before(job)
    job = privacy.before(job)
    return chain.execute(job, stages, options, again, say)


def _new(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.ingest.describing import new
    from shoplib.pipeline import chain
    from shoplib.pipeline.job import project_root

    root = project_root(Path.cwd())
    made = new.write(Path(asked.file), root, describing.told(asked), name=asked.name)
    for line in made.lines:
        print(line)
    if made.doubts:
        return describing.tell_doubts(list(made.doubts))
    if asked.no_run:
        print(f"to run it: python run_all.py params/{made.scenario.name}")
        return 0
    asked.scenario, asked.set = str(made.scenario), []
    job = _job(asked)
    again = f"python run_all.py params/{made.scenario.name}"
    return chain.execute(job, job.graph.stages, chain.Options(), again, say)


def _simulate(asked: argparse.Namespace, _given: list[str]) -> int:
    from tqdm import tqdm

    from shoplib.config.load import load
    from shoplib.pipeline.job import project_root
    from shoplib.simulate import account, worlds

    overrides = [*asked.set]
    overrides += [] if asked.transactions is None else [f"simulate.transactions={asked.transactions}"]
    overrides += [] if asked.seed is None else [f"seed={asked.seed}"]
    file = scenario_file(asked.world, project_root(Path.cwd()))
    scenario, folder = load(file, tuple(overrides)), Path(asked.out)
    with tqdm(unit=" transactions", unit_scale=True, leave=False, disable=None, dynamic_ncols=True) as bar:
        rows = worlds.save(scenario, folder, bar)
    print("\n".join(account.told(account.written(rows, folder))))
    return 0


def _explain(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.pipeline import record

    home = _job(asked).home
    print("\n".join(record.explain(record.manifest_of(home, asked.old), record.manifest_of(home, asked.new))))
    return 0


def _verify(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.pipeline import chain

    return chain.verify(_job(asked), chain.Options(quiet=True), say)


def _sql(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.pipeline import record
    from shoplib.store import duck

    print(duck.query(_job(asked).home / record.LATEST / "tables", asked.query).to_csv(index=False), end="")
    return 0


def _report(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.pipeline.job import project_root

    root = project_root(Path.cwd())
    outputs = Path(asked.outputs).absolute() if asked.outputs else root / "outputs"
    return reports.show(asked, scenario_file(asked.scenario, root), outputs)


def _doctor(_asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.pipeline import doctor
    from shoplib.pipeline.job import project_root

    findings = doctor.examine(project_root(Path.cwd()))
    print(doctor.show(findings))
    return 1 if any(finding.fault for finding in findings) else 0


def _lint(_asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.pipeline import lint
    from shoplib.pipeline.job import project_root

    problems = lint.problems(project_root(Path.cwd()) / "notebooks")
    print("\n".join(problems) or "notebooks keep the rules")
    return 1 if problems else 0


def _docs(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.pipeline import generated
    from shoplib.pipeline.job import project_root
    from shoplib.sales import metrics

    root = project_root(Path.cwd())
    more = {metrics.PAGE: lambda _root: metrics.as_markdown()}
    stale = generated.stale(root, more)
    if not asked.check:
        for path in generated.write(root, more):
            print(f"wrote {path}")
        return 0
    for path in stale:
        print(f"{path} is not what the code says; run  shoplib docs", file=sys.stderr)
    return 1 if stale else 0


def _job(asked: argparse.Namespace) -> Job:
    from shoplib.pipeline.job import prepare, project_root

    root = project_root(Path.cwd())
    outputs = Path(asked.outputs).absolute() if getattr(asked, "outputs", "") else None
    return prepare(scenario_file(asked.scenario, root), getattr(asked, "set", []), root=root, outputs=outputs)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("shoplib", description="Shop analytics, from parameters to a page.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = add(commands, "run", _run, "make a scenario's page; only what changed is run", scenario=True)
    run.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override a setting")
    run.add_argument("--plan", action="store_true", help="say what would run and why; run nothing")
    run.add_argument("--only", action="append", default=[], metavar="STAGE", help="only this stage (may repeat)")
    run.add_argument("--from", dest="start", default="", metavar="STAGE", help="this stage and all that follow from it")
    run.add_argument("--workers", type=_positive, help="stages at the same time (default: run.workers)")
    run.add_argument("--force", action="store_true", help="run stages even where nothing has changed")
    run.add_argument(
        "--cluster", default="", metavar="local|ADDRESS", help="run on a Dask cluster that sees these files"
    )
    run.add_argument("--outputs", default="", metavar="FOLDER", help="write somewhere else than outputs/")
    run.add_argument("--quiet", action="store_true", help="no progress, only the end")
    inbox.add_watching(run)

    new = add(commands, "new", _new, "a scenario and a mapping for a sales file of your own, and its first page")
    new.add_argument("file", help="CSV, JSON, JSON lines, Excel or parquet file with sales")
    new.add_argument("--name", default="", help="name of the scenario (default: from the file)")
    describing.add_answers(new)
    new.add_argument("--no-run", action="store_true", help="write the two files and stop")

    simulate = add(commands, "simulate", _simulate, "write a simulated world's raw files and what was planted")
    simulate.add_argument("world", help="water_shop, epos, retail, branch, or another scenario with a simulated world")
    simulate.add_argument("--transactions", type=_whole, metavar="N", help="how many (default: as in the scenario)")
    simulate.add_argument("--seed", type=_whole, metavar="S", help="seed of everything random (default: as there)")
    simulate.add_argument("--out", required=True, metavar="DIR", help="new or empty folder, or an earlier simulation")
    simulate.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override a setting")

    explain = add(commands, "explain", _explain, "why two runs differ")
    explain.add_argument("old", help="run code from the foot of a page, its beginning, or latest")
    explain.add_argument("new", help="the run to compare it with")
    explain.add_argument("--scenario", default=DEFAULT_SCENARIO, help="whose runs (default: %(default)s)")
    _reads_outputs(explain)

    verify = add(commands, "verify", _verify, "make everything again and compare byte for byte", scenario=True)
    _reads_outputs(verify)

    sql = add(commands, "sql", _sql, "ask the tables of the latest run a question; the answer is CSV")
    sql.add_argument("query", help="DuckDB SQL, such as  SELECT * FROM sales_locations")
    sql.add_argument("--scenario", default=DEFAULT_SCENARIO, help="whose tables (default: %(default)s)")
    _reads_outputs(sql)

    report = add(commands, "report", _report, "one of the eight reports of the latest run, as text",
                      codes=reports.EXIT_CODES)  # fmt: skip
    reports.add_arguments(report, DEFAULT_SCENARIO)
    _reads_outputs(report)

    ingest.add_commands(commands, add)
    checking.add_commands(commands, add)
    stores.add_commands(commands, add)
    tracing.add_commands(commands, add)
    faces.add_commands(commands, add)
    footage.add_commands(commands, add)
    privacy.add_commands(commands, add)
    consents.add_commands(commands, add)
    forecasting.add_commands(commands, add)

    add(commands, "doctor", _doctor, "what is missing or broken on this machine, and how to mend it")
    add(commands, "lint", _lint, "hold the notebooks to their rules")
    docs = add(commands, "docs", _docs, "rewrite the pages and files that are made from the code")
    docs.add_argument("--check", action="store_true", help="only say which are out of date")
    return parser


def _reads_outputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--outputs", default="", metavar="FOLDER", help="where the runs are, if not in outputs/")


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def _whole(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)
