"""``shoplib ingest run`` and ``watch``, ``run_all.py --watch``: files dropped into a folder."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, say, scenario_file

if TYPE_CHECKING:
    from shoplib.config.models import Scenario
    from shoplib.config.sources import Source
    from shoplib.ingest.dropped.inbox import Taken
    from shoplib.ingest.lasting.loading import Outcome
    from shoplib.pipeline.chain import Options
    from shoplib.pipeline.job import Job
    from shoplib.pipeline.stages import Stage

RUN_CODES = """exit codes: 0 all that came is loaded · 2 a file or a setting was refused · 4 another run is at work
            130 interrupted; the next run finishes what was begun"""
WATCH_CODES = """exit codes: 0 stopped by Ctrl-C or a polite kill, between two steps · 2 a setting was refused
            4 another watch is at work · 130 stopped while the chain was at work; with --once as without --watch"""
Say = Callable[[str], object]


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""
    add(commands, "run", _run, "take the files of the inbox once, without making the page", scenario=True,
        codes=RUN_CODES)  # fmt: skip
    watch = add(commands, "watch", _watch, "take the files of the inbox as they come, without making the page",
                scenario=True, codes=WATCH_CODES)  # fmt: skip
    watch.add_argument("--once", action="store_true", help="look once and end")


def add_watching(parser: argparse.ArgumentParser) -> None:
    """Add what ``run_all.py`` is told to watch with."""
    parser.add_argument("--watch", action="store_true", help="go on: take what comes, make the page anew")
    parser.add_argument("--once", action="store_true", help="with --watch: look once and end")


@dataclass
class Inbox:
    """A scenario's inbox and its lasting store; it says what became of each file, and of what is left only once."""

    root: Path
    scenario: Scenario
    say: Say
    changed: bool = False
    refused: bool = False
    left: set[tuple[str, str]] = field(default_factory=set)
    seen: dict[Path, tuple[int, int]] = field(default_factory=dict)
    stopping: Callable[[], bool] = bool

    def __post_init__(self) -> None:
        from shoplib.store.database import open_store, upgrade

        self.store = open_store(self.root, self.scenario.name, self.scenario.ingest.database_env)
        upgrade(self.store)

    def look(self) -> bool:
        """Load all that came and return whether anything was loaded since this was last asked."""
        from shoplib.ingest.dropped import inbox

        self._load_listed()
        inbox.take(self.root, self.scenario, self._load, now=now, told=self._told, source_of=self._source_of,
                   stopping=self.stopping)  # fmt: skip
        changed, self.changed = self.changed, False
        return changed

    def export(self) -> None:
        """Write the snapshot a run reads."""
        from shoplib.ingest.lasting import snapshot

        snapshot.export(self.store, self.root, self.scenario.name)

    def _load(self, path: Path, source: Source, name: str) -> Outcome:
        from shoplib.ingest.dropped import mending
        from shoplib.ingest.lasting import loading

        suited = mending.suited(self.scenario, source, path)
        outcome = loading.load_file(self.store, suited, source, path, now=now, name=name)
        self.changed |= outcome.status != "known"
        self.refused |= outcome.status == "refused"
        return outcome

    def _load_listed(self) -> None:
        """Load the files the scenario names itself, those that changed since they were last looked at."""
        from shoplib.errors import SourceError
        from shoplib.ingest.dropped import reasons
        from shoplib.pipeline import keys

        others = tuple(source for source in self.scenario.ingest.sources if source.kind != "inbox")
        ingest = self.scenario.ingest.model_copy(update={"sources": others, "store": False})
        named = {source.name: source for source in others}
        found = keys.source_paths(self.scenario.model_copy(update={"ingest": ingest}), self.root)
        for name, paths in found.items():
            for path in paths:
                state = path.stat().st_size, path.stat().st_mtime_ns
                if self.seen.get(path) == state:
                    continue
                outcome = self._load(path, named[name], path.name)
                if outcome.status == "refused" and named[name].on_bad_file == "stop":
                    raise SourceError(
                        f"{path.name} was refused, nothing of it is loaded", where=str(path), details=[outcome.fault],
                        next_step="mend it, or say on_bad_file: refuse",
                    )  # fmt: skip
                self.seen[path] = state
                if outcome.status != "known":
                    self.say(f"{path.name}: {reasons.sentence(outcome, self.scenario.shop)}")

    def _source_of(self, import_id: str) -> str | None:
        from shoplib.store.database import reading

        with reading(self.store) as bulk:
            found = bulk.fetch("SELECT source_name FROM import_jobs WHERE import_id = ?", [import_id])
        return str(found.column(0)[0].as_py()) if found.num_rows else None

    def _told(self, taken: Taken) -> None:
        from shoplib.ingest.dropped import reasons

        if taken.status == "left":
            if (taken.name, taken.fault) not in self.left:
                self.left.add((taken.name, taken.fault))
                self.say(f"{taken.name}: left where it is: {taken.fault}")
            return
        self.left = {one for one in self.left if one[0] != taken.name}
        if taken.outcome is None:
            self.refused = True
            text = f"refused, nothing of it is loaded: {taken.fault}"
        else:
            text = reasons.sentence(taken.outcome, self.scenario.shop)
        beside = taken.mend or taken.reason
        if beside is not None:
            shown = beside.relative_to(self.root) if beside.is_relative_to(self.root) else beside
            text += f"{'' if text.endswith('.') else ','} see {shown.as_posix()}"
        self.say(f"{taken.name}: {text}")


def now() -> dt.datetime:
    """Return this moment."""
    return dt.datetime.now(dt.UTC)


def _stamped(line: str) -> None:
    say(f"{dt.datetime.now():%H:%M:%S}  {line}")


def _opened(asked: argparse.Namespace, say_: Say) -> Inbox:
    from shoplib.config.load import load
    from shoplib.pipeline.job import project_root

    root = project_root(Path.cwd())
    scenario = load(scenario_file(asked.scenario, root))
    _require_stored(scenario)
    return Inbox(root, scenario, say_)


def _require_stored(scenario: Scenario) -> None:
    from shoplib.errors import ConfigError

    if not scenario.ingest.stored:
        raise ConfigError(
            "This scenario has no inbox", where=f"{scenario.name}, ingest.sources", wanted="a source of kind: inbox",
            next_step="add one, as in params/branch_inbox.yaml, or run the scenario without --watch",
        )  # fmt: skip


def _run(asked: argparse.Namespace, _given: list[str]) -> int:
    box = _opened(asked, say)
    if box.look():
        box.export()
    return 2 if box.refused else 0


def _watch(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.pipeline.watch import Work

    box = _opened(asked, _stamped)

    def make() -> int:
        box.export()
        return 0

    outputs = box.root / "outputs" / box.scenario.name
    return _loop(box, Work(box.look, make), outputs, once=asked.once)


def _loop(box: Inbox, work: Any, home: Path, *, once: bool) -> int:
    from shoplib.pipeline import watch

    with watch.only_watch(home), watch.until_stopped() as stopped:
        box.stopping = stopped.is_set
        if not once:
            folders = sorted({s.folder for s in box.scenario.ingest.sources if s.kind == "inbox"})
            _stamped(f"watching {', '.join(folders) or 'its files'} every {box.scenario.ingest.watch_s:g} s")
        return watch.loop(work, stopped, _stamped, every_s=box.scenario.ingest.watch_s, now=now, once=once,
                          alive=sys.stdout.isatty())  # fmt: skip


def before(job: Job) -> Job:
    """Load what came for a scenario with a lasting store, write its snapshot, and return the job that reads it."""
    box = Inbox(job.root, job.scenario, say)
    box.look()
    box.export()
    return replace(job)


def follow(job: Job, stages: tuple[Stage, ...], options: Options, again: str, *, once: bool) -> int:
    """Make the page, and make it anew whenever something came, until a person stops it; return the exit code."""
    from shoplib.cli import privacy
    from shoplib.pipeline import chain
    from shoplib.pipeline.watch import Work

    _require_stored(job.scenario)
    box = Inbox(job.root, job.scenario, _stamped)
    codes: list[str] = []

    def make() -> int:
        began = time.monotonic()
        box.export()
        fresh, lines = privacy.before(replace(job), _stamped), list[str]()
        code = chain.execute(fresh, stages, replace(options, quiet=True, force=options.force and not codes), again,
                             lines.append)  # fmt: skip
        if code == chain.OK:
            done = "the page is up to date" if codes[-1:] == [fresh.run_code] else "page made"
            codes[:] = [fresh.run_code]
            _stamped(f"{done} in {time.monotonic() - began:.1f} s: run {fresh.run_code}")
        else:
            _stamped("the page could not be made; tried again when something changes\n" + "\n".join(lines))
        return code

    return _loop(box, Work(box.look, make), job.home, once=once)
