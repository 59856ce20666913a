"""A whole command: run the stages, put the run in force, and say in a few lines how it went."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shoplib.base import words
from shoplib.errors import StageError
from shoplib.pipeline import record, runner
from shoplib.pipeline.job import Job
from shoplib.pipeline.results import NOTEBOOK
from shoplib.pipeline.runner import Ended, Outcome
from shoplib.pipeline.stages import Stage

OK, FAILED, REFUSED, BUSY, INTERRUPTED = 0, 1, 2, 4, 130
PUBLISH_WAIT_S = 60
VERIFY = ".verify"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """How a command wants the stages run; see ``shoplib run --help``."""

    workers: int | None = None
    cluster: str = ""
    force: bool = False
    quiet: bool = False


def execute(job: Job, stages: Sequence[Stage], options: Options, again: str, say: Say) -> int:
    """Run ``stages``, publish the run if the whole scenario is true, and return the exit code.

    ``again`` is the command that continues after a failure; it is the last line said then.
    """
    say(f"{job.scenario.name}: {words.plural(len(stages), 'stage')}")
    outcome = runner.run(job, stages, workers=options.workers, cluster=options.cluster, force=options.force,
                         quiet=options.quiet)  # fmt: skip
    if not outcome.ok:
        return _failed(job, outcome, again, say)
    with runner.only_run(job.home, wait_s=PUBLISH_WAIT_S):
        stale = [stage.name for stage in job.graph.stages if not job.is_true(stage)]
        if stale:
            say(f"latest stays as it was: {words.listed(stale)} not up to date")
            return OK
        final = record.publish(job, outcome.events)
    for stage in job.graph.stages:
        for line in job.results.receipt(stage.name)["said"]:
            say(f"  {line}")
    for path in ("report.html", "report.pdf", "report.xlsx", "index.html"):
        if (final / path).is_file():
            say(f"  {_shown(job, job.home / record.LATEST / path)}")
    say(f"run {job.run_code}")
    return OK


def _failed(job: Job, outcome: Outcome, again: str, say: Say) -> int:
    for ended in outcome.stages:
        if ended.ok or ended.status == "blocked":
            continue
        say("")
        say(_reason(job, ended))
    blocked = [ended.stage for ended in outcome.stages if ended.status == "blocked"]
    if outcome.interrupted:
        say(f"\ninterrupted; not finished: {words.listed(e.stage for e in outcome.stages if not e.ok)}")
    elif blocked:
        say(f"\nnot run, because they need it: {words.listed(blocked)}")
    if (job.home / record.LATEST).exists():
        say(f"{_shown(job, job.home / record.LATEST)} still shows the last whole run")
    say(f"to continue: {again}")
    return INTERRUPTED if outcome.interrupted else FAILED


def _reason(job: Job, ended: Ended) -> str:
    place = job.home / "failed" / ended.stage
    lines = [f"{ended.stage} {ended.status}"]
    if (place / "error.txt").is_file():
        lines += [f"  {line}" for line in (place / "error.txt").read_text(encoding="utf-8").splitlines()]
    elif ended.error:
        lines.append(f"  {ended.error}")
    if (place / NOTEBOOK).is_file():
        from shoplib.pipeline import pages  # only a failure needs the page makers here

        page = pages.write_failed(job, ended.stage, place)
        lines.append(f"  kept    {_shown(job, page)}")
    return "\n".join(lines)


def _shown(job: Job, path: Path) -> str:
    return path.relative_to(job.root).as_posix() if path.is_relative_to(job.root) else str(path)


def verify(job: Job, options: Options, say: Say) -> int:
    """Make every stage again beside the finished ones and compare every output; return the exit code.

    Raises ``StageError`` if there is nothing finished to compare with.
    """
    old = {stage.name: job.results.receipt(stage.name) for stage in job.graph.stages}
    missing = [name for name, receipt in old.items() if not receipt]
    if missing:
        raise StageError(f"{missing[0]} has no finished result to compare with", next_step="run the scenario first")
    again = Job(job.root, job.scenario_file, job.scenario, job.overrides, job.home / VERIFY, job.notebooks,
                job.all_stages)  # fmt: skip
    outcome = runner.run(again, again.graph.stages, workers=options.workers, cluster=options.cluster, force=True,
                         quiet=options.quiet)  # fmt: skip
    if not outcome.ok:
        return _failed(again, outcome, "shoplib verify", say)
    differing = 0
    for name, receipt in old.items():
        fresh = again.results.receipt(name)
        changed = sorted(f for f in receipt["files"] if fresh["files"].get(f) != receipt["files"][f])
        differing += len(changed)
        same = f"{words.plural(len(receipt['files']), 'file')} the same, byte for byte"
        say(f"  {name:<28} " + (f"differs: {words.listed(changed)}" if changed else same))
    if differing:
        say(f"both are kept; the new ones are in {_shown(job, again.home)}")
        return FAILED
    shutil.rmtree(job.home / VERIFY, ignore_errors=True)
    return OK
