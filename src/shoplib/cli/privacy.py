"""``shoplib privacy …``: what is kept of people, and how it is given out or erased."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, say, scenario_file

if TYPE_CHECKING:
    from shoplib.config.models import Scenario
    from shoplib.pipeline.job import Job
    from shoplib.privacy.erasure import Erasure
    from shoplib.privacy.holdings import Holdings
    from shoplib.store.keyring import Keyring

EXIT_CODES = """exit codes: 0 done · 1 something is left of the person, or could not be searched
            2 a setting, a key or an argument was refused · 4 a run is at work · 130 interrupted"""
PERSON = "key of the person, such as F0003"


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""
    about = "what is kept of people on footage: see it, give it out, erase it"
    group = add(commands, "privacy", _refuse, about, codes=EXIT_CODES)
    actions = group.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, call: Any, summary: str) -> argparse.ArgumentParser:
        made = add(actions, name, call, summary, codes=EXIT_CODES)
        made.add_argument("scenario", help="file in params/, or its name")
        made.add_argument("--outputs", default="", metavar="FOLDER", help="where the runs are, if not in outputs/")
        return made

    action("status", _status, "what is kept of how many people, why, and what goes when")
    purge = action("purge", _purge, "take away what is due; every run of a scenario with cameras does it first")
    purge.add_argument("--as-of", type=_day, metavar="DATE", help="as if it were this day: what would be due goes")
    export = action("export", _export, "all data of a person, readable, with how each conclusion was reached")
    export.add_argument("key", metavar="KEY", help=PERSON)
    export.add_argument("--out", required=True, metavar="DIR", help="new or empty folder")
    erase = action("erase", _erase, "take a person out of everything, prove it and certify it")
    erase.add_argument("key", nargs="?", default="", metavar="KEY", help=PERSON)
    erase.add_argument("--everybody", action="store_true", help="destroy all keys and everything kept of people")
    erase.add_argument("--yes", action="store_true", help="do not ask")


def before(job: Job, tell: Callable[[str], None] = say) -> Job:
    """Purge what is due before a run of a scenario with cameras, and return the job that sees what is left."""
    from shoplib.pipeline import runner
    from shoplib.privacy import retention

    if job.scenario.cameras is None:
        return job
    holdings, keys = _held(job.root, job.home, job.scenario)
    with runner.only_run(job.home):
        report = retention.purge(holdings, keys, None if holdings.simulated else _now().date(), _now())
    if any(report.gone.values()) or (report.notes and not holdings.simulated):
        for line in report.lines(job.scenario.shop.language):
            tell(f"  {line}")
    return replace(job) if any(report.gone.values()) else job


def _refuse(_asked: argparse.Namespace, _given: list[str]) -> int:
    """Never called: an action is required."""
    return 2


def _status(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.privacy import status

    holdings, keys = _asked_for(asked)
    print("\n".join([holdings.name, *(f"  {line}" for line in status.lines(holdings, keys, _now().date()))]))
    return 0


def _purge(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.pipeline import runner
    from shoplib.privacy import retention

    holdings, keys = _asked_for(asked)
    day = asked.as_of or (None if holdings.simulated else _now().date())
    with runner.only_run(holdings.home):
        report = retention.purge(holdings, keys, day, _now())
    print("\n".join(report.lines(holdings.scenario.shop.language)) or "nothing is due, and nothing is kept")
    return 0


def _export(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.faces.identity.gallery import Gallery
    from shoplib.privacy import giving

    (holdings, keys), key = _asked_for(asked), asked.key
    gallery = Gallery.open(holdings.gallery, keys)
    record = gallery.record(key) if key in gallery.vault.names() else None
    for path in giving.give(holdings, key, Path(asked.out).absolute(), _now(), record=record):
        print(path)
    print("these files are the person's alone: hand them over safely, then delete them here")
    return 0


def _erase(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.errors import ConfigError
    from shoplib.faces.identity import corrections
    from shoplib.pipeline import runner
    from shoplib.privacy import erasure

    if bool(asked.key) == asked.everybody:
        raise ConfigError("Say whom to erase", found="both a key and --everybody" if asked.key else "nobody",
                          wanted="the key of one person, such as F0003, or --everybody")  # fmt: skip
    holdings, keys = _asked_for(asked)
    whom = "everybody" if asked.everybody else asked.key
    _confirm(asked, f"Erase {whom} from {holdings.name}, with every finished page of it? It cannot be undone.")
    with runner.only_run(holdings.home):
        if asked.everybody:
            done = erasure.erase_everybody(holdings, keys, _now())
        else:
            prints = _prints(holdings, keys, asked.key)
            done = erasure.erase(holdings, keys, asked.key, _now(), prints=prints, forget=corrections.forget)
    _tell(done)
    print(f"to make the pages again:  python run_all.py {asked.scenario}")
    return 0 if done.whole else 1


def _tell(done: Erasure) -> None:
    from shoplib.privacy import certificate

    print(certificate.text(done.certificate))
    for path in done.papers:
        print(f"kept as {path}")
    for name in done.left:
        print(f"still holds the person: {name}", file=sys.stderr)
    for name in done.certificate["search"]["unread"]:
        print(f"could not be searched: {name}", file=sys.stderr)
    if done.namesakes:
        print("the shop's own files have a customer with the same key, whom footage never reached; they were left as "
              f"they are: {', '.join(done.namesakes)}")  # fmt: skip
    for note in done.notes:
        print(f"note: {note}")


def _confirm(asked: argparse.Namespace, question: str) -> None:
    from shoplib.errors import ConfigError

    if asked.yes:
        return
    if not sys.stdin.isatty() or input(f"{question} [yes/no] ").strip().lower() != "yes":
        raise ConfigError("Nothing was erased", found="nobody said yes", wanted="yes, typed at the question",
                          next_step="answer yes, or add  --yes  where nobody can be asked")  # fmt: skip


def _prints(holdings: Holdings, keys: Keyring, key: str) -> Any:
    """Return the prints kept of a person, none if there are none or the record cannot be opened any more."""
    from shoplib.errors import StoreError
    from shoplib.faces.identity.gallery import Gallery

    gallery = Gallery.open(holdings.gallery, keys)
    if key not in gallery.vault.names():
        return None
    try:
        return gallery.known(frozenset([key])).prints
    except StoreError as error:
        print(f"the record cannot be opened, so its numbers are not searched for: {error.what}, {error.found}",
              file=sys.stderr)  # fmt: skip
        return None


def _asked_for(asked: argparse.Namespace) -> tuple[Holdings, Keyring]:
    """Return the places and keys of the scenario asked for; neither its clips nor its other files need be there."""
    from shoplib.config.load import load
    from shoplib.errors import ConfigError
    from shoplib.pipeline.job import project_root

    root = project_root(Path.cwd())
    scenario = load(scenario_file(asked.scenario, root))
    if scenario.cameras is None:
        raise ConfigError("This scenario has no cameras", where=scenario.name, wanted="a cameras section",
                          next_step="nothing is kept of people on footage here")  # fmt: skip
    outputs = Path(asked.outputs).absolute() if asked.outputs else root / "outputs"
    return _held(root, outputs / scenario.name, scenario)


def _held(root: Path, home: Path, scenario: Scenario) -> tuple[Holdings, Keyring]:
    from shoplib.pipeline import graph
    from shoplib.pipeline.stages import STAGES
    from shoplib.privacy.holdings import Holdings

    stages = graph.build(scenario, STAGES)
    reached = stages.after(stage.name for stage in stages.stages if stage.reads_footage)
    holdings = Holdings(root, home, scenario, frozenset(stage.name for stage in stages.stages) - reached)
    return holdings, holdings.keyring(os.environ)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-03-01") from None
