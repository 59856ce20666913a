"""The chain, run: pytask orders the stages, skips what is true, and hands each to a worker."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytask
from filelock import FileLock, Timeout

from shoplib.base import digest
from shoplib.errors import BusyError, ConfigError, ShopError
from shoplib.pipeline import hooks, keys, progress
from shoplib.pipeline.job import Job
from shoplib.pipeline.nodes import OrderNode, OutputNode, ResultNode, SaidNode
from shoplib.pipeline.stages import Stage
from shoplib.pipeline.task import run_stage
from shoplib.store import files, places

VOLATILE = ("force", "session", "journal", "root", "home", "notebook", "timeout_s", "limit_mb", "footage", "private")
ENVIRONMENT = {
    "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "SOURCE_DATE_EPOCH": "0",
    "MPLBACKEND": "agg", "TZ": "UTC", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How one stage ended: ``ran``, ``restored``, ``unchanged``, ``blocked`` or an error's status."""

    stage: str
    status: str
    seconds: float = 0.0
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether the stage is true now."""
        return self.status in ("ran", "restored", "unchanged")


@dataclass(frozen=True)
class Outcome:
    """How a run ended, stage by stage."""

    stages: tuple[Ended, ...]
    interrupted: bool
    events: tuple[dict[str, Any], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every stage asked for is true now."""
        return not self.interrupted and all(stage.ok for stage in self.stages)


def run(
    job: Job, stages: Sequence[Stage], *, workers: int | None = None, cluster: str = "", force: bool = False,
    quiet: bool = False,
) -> Outcome:  # fmt: skip
    """Make the results of ``stages`` true and return how each ended; the run of others is never disturbed.

    ``cluster`` is empty (threads of this process), ``local`` (a Dask cluster on this machine) or the address of
    a Dask scheduler whose workers see the same files. Raises ``BusyError`` if another run holds the scenario,
    ``ConfigError`` if a stage needs another that is neither finished nor among ``stages``.
    """
    _require_inputs(job, stages)
    with only_run(job.home):
        session = f"{time.time_ns():x}"
        journal = job.home / "journal.jsonl"
        offset = journal.stat().st_size if journal.is_file() else 0
        orders = [order(job, stage, force=force, session=session, journal=journal) for stage in stages]
        reports: dict[str, tuple[str, str]] = {}
        with progress.Reporter(len(stages), quiet=quiet) as reporter, _stop_on_signal() as stopped:

            def on_end(stage: str, status: str, error: str) -> None:
                reports[stage] = (status, error)
                reporter.ended(stage, _line(_ended(stage, status, error, _read(journal, offset))))

            hooks.on_end = on_end
            try:
                _build(job, stages, orders, workers or job.scenario.run.workers, cluster, force)
            finally:
                hooks.on_end = hooks.nobody
        events = _read(journal, offset)
        ended = tuple(_ended(stage.name, *reports.get(stage.name, ("blocked", "")), events) for stage in stages)
        for stage in ended:
            if stage.ok:
                shutil.rmtree(job.home / "failed" / stage.stage, ignore_errors=True)
        return Outcome(ended, bool(stopped), tuple(events))


def _require_inputs(job: Job, stages: Sequence[Stage]) -> None:
    """Refuse to start a stage whose inputs neither lie there nor will be made by this run."""
    chosen = {stage.name for stage in stages}
    for stage in stages:
        for parent in job.graph.parents(stage):
            if parent not in chosen and job.results.output(parent, "chapter") is None:
                raise ConfigError(
                    f"{stage.name} needs {parent}, which has no whole result", where=job.scenario.name,
                    next_step=f"run the scenario without --only or --from, or add --only {parent}",
                )  # fmt: skip


def _line(ended: Ended) -> str:
    took = f"{ended.seconds:8.1f} s" if ended.seconds else ""
    return f"  {ended.stage:<28} {ended.status:<12}{took}"


@contextmanager
def only_run(home: Path, wait_s: float = 0) -> Iterator[None]:
    """Hold a scenario for this process; the lock goes with the process, however it ends.

    Raises ``BusyError`` if another process still holds it after ``wait_s`` seconds.
    """
    state = home / ".state"
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(state / "lock", timeout=wait_s)
        lock.acquire()
    except Timeout:
        raise BusyError(
            "Another run is at work on this scenario", where=home.name,
            next_step="wait for it to end, or stop it, then run the same command again",
        ) from None  # fmt: skip
    except OSError as error:
        raise files.as_store_error(error, state) from error
    with lock:
        yield


def order(job: Job, stage: Stage, *, force: bool, session: str, journal: Path) -> dict[str, Any]:
    """Return what a worker must know to make one stage, as plain JSON."""
    run_settings = job.scenario.run
    sources = keys.source_paths(job.scenario, job.root) if stage.reads_sources else {}
    footage = keys.footage_paths(job.scenario, job.root) if stage.reads_footage else []
    private = places.private(job.root, job.home, job.scenario.name, simulated=not footage)
    return {
        "stage": stage.name,
        "root": str(job.root),
        "home": str(job.home),
        "notebook": str(job.notebooks / f"{stage.name}.ipynb"),
        "scenario": job.scenario.model_dump(mode="json"),
        "scenario_file": os.path.relpath(job.scenario_file.absolute(), job.root).replace(os.sep, "/"),
        "overrides": list(job.overrides),
        "fixed": job.fixed(stage),
        "inputs": {name: job.graph.giver[name] for name in job.graph.inputs(stage)},
        "chapters": list(job.graph.parents(stage)) if stage.reads_chapters else None,
        "parts_of_page": {s.name: s.part for s in job.graph.stages},
        "gives": list(stage.gives),
        "folders": list(stage.folders),
        "remembers": stage.remembers,
        "dated_by": stage.dated_by,
        "sections": list(stage.sections),
        "sources": {name: [str(path) for path in paths] for name, paths in sources.items()},
        "footage": [str(path) for path in footage],
        "private": str(private) if stage.reads_footage else "",
        "timeout_s": run_settings.cell_timeout_s,
        "limit_mb": run_settings.memory_limit_mb,
        "force": force,
        "session": session,
        "journal": str(journal),
    }


def _lasting(work: dict[str, Any]) -> str:
    """Return the digest of what in an order decides the result."""
    kept = {name: value for name, value in work.items() if name not in (*VOLATILE, "scenario", "overrides")}
    return digest.of_value(kept)


def _work(order: dict[str, Any], inputs: dict[str, str], outputs: dict[str, str]) -> None:
    """Run one stage; the nodes are there so that pytask knows the edges."""
    del inputs, outputs
    run_stage(order)


def _build(
    job: Job, stages: Sequence[Stage], orders: list[dict[str, Any]], workers: int, cluster: str, force: bool
) -> None:
    """Let pytask go through the graph; it tells the end of each stage through ``hooks``."""
    home = str(job.home)
    tasks = []
    for stage, work in zip(stages, orders, strict=True):
        needs = {name: OutputNode(home, job.graph.giver[name], name) for name in job.graph.inputs(stage)}
        if stage.reads_chapters:
            needs |= {f"chapter of {name}": OutputNode(home, name, "chapter") for name in job.graph.parents(stage)}
            needs |= {f"result of {name}": ResultNode(home, name) for name in job.graph.parents(stage)}
        if stage.remembers:
            giver, dated_by = job.graph.giver[stage.dated_by], stage.dated_by
            needs["what was said"] = SaidNode(home, stage.name, table=stage.remembers, giver=giver, dated_by=dated_by)
        gives = {name: OutputNode(home, stage.name, name) for name in (*stage.outputs, "chapter")}
        depends_on = {"order": OrderNode(home, stage.name, order=work, lasting=_lasting(work)), "inputs": needs}
        produces = {"outputs": {**gives, "result": ResultNode(home, stage.name)}}
        tasks.append(pytask.TaskWithoutPath(name=stage.name, function=_work, depends_on=depends_on, produces=produces))
    _run_pytask(job, tasks, workers, cluster, force)


def _run_pytask(job: Job, tasks: list[Any], workers: int, cluster: str, force: bool) -> None:
    from pytask_parallel import ParallelBackend

    state = job.home / ".state"
    settings = state / "pytask.toml"
    files.write_text(settings, "[tool.pytask.ini_options]\n")
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    options: dict[str, Any] = {"n_workers": workers, "parallel_backend": ParallelBackend.THREADS}
    pytask.console.quiet = True
    with _cluster(cluster, workers, options):
        session = pytask.build(
            tasks=tasks, config=settings, paths=[state], database_url=f"sqlite:///{state / 'pytask.sqlite3'}",
            force=force, capture="no", verbose=0, show_traceback=False, disable_warnings=True, **options,
        )  # fmt: skip
    if not session.execution_reports and session.exit_code != 0:
        raise ShopError("The chain could not be ordered", found=str(session.exit_code),
                        next_step="run  shoplib doctor")  # fmt: skip


@contextmanager
def _cluster(cluster: str, workers: int, options: dict[str, Any]) -> Iterator[None]:
    """Point pytask at a Dask cluster, started here or found at an address, and let go of it afterwards."""
    if not cluster:
        yield
        return
    import distributed
    from pytask_parallel import ParallelBackend

    options["parallel_backend"] = ParallelBackend.DASK
    try:
        if cluster == "local":
            made = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
            client = distributed.Client(made)
        else:
            made, client = None, distributed.Client(cluster, timeout="10s")
    except (OSError, ValueError) as error:
        raise ConfigError(
            "The cluster cannot be reached", where=f"--cluster {cluster}", found=str(error),
            wanted="local, or the address of a Dask scheduler such as tcp://10.0.0.5:8786",
        ) from error  # fmt: skip
    try:
        with client:
            yield
    finally:
        if made is not None:
            made.close()


@contextmanager
def _stop_on_signal() -> Iterator[list[int]]:
    """On Ctrl-C or a polite kill, end the kernels at once so that their stages end as stopped."""
    stopped: list[int] = []
    progress.stopping.clear()

    def stop(number: int, _frame: Any) -> None:
        stopped.append(number)
        progress.stopping.set()
        kernel = sys.modules.get("shoplib.pipeline.kernel")
        if kernel is not None:
            kernel.stop_all()
        raise KeyboardInterrupt

    old = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    except KeyboardInterrupt:
        stopped.append(signal.SIGINT)
    except ShopError:
        if not stopped:  # what breaks because a person stopped the run is no fault of its own
            raise
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _read(journal: Path, offset: int) -> list[dict[str, Any]]:
    """Return the journal's whole lines after ``offset``."""
    if not journal.is_file():
        return []
    with journal.open("rb") as stream:
        stream.seek(offset)
        return [json.loads(line) for line in stream.read().splitlines(keepends=True) if line.endswith(b"\n")]


def _ended(stage: str, status: str, error: str, events: list[dict[str, Any]]) -> Ended:
    """Return how a stage ended: the worker's own word, where it left one."""
    own = [event for event in events if event["stage"] == stage and event["event"] != "started"]
    if own and status != "unchanged":
        return Ended(stage, str(own[-1]["event"]), float(own[-1]["seconds"]), error)
    return Ended(stage, status, error=error)
