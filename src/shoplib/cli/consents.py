"""``shoplib consents …``: who agreed to be recognised, and the sheets and records that go with it."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from shoplib.cli.command import Add, say, scenario_file

if TYPE_CHECKING:
    from shoplib.config.models import Scenario
    from shoplib.store.keyring import Keyring

CHANNELS = ("paper", "screen", "email")
ASSESSED = """exit codes: 0 accepted for these settings · 3 not accepted, or reopened by a change
            2 a setting, file or argument was refused · 130 interrupted"""


def add_commands(commands: Any, add: Add) -> None:
    """Add the group and its commands."""
    group = add(commands, "consents", _refuse, "who agreed to be recognised; the sheets and records that go with it")
    actions = group.add_subparsers(metavar="ACTION", required=True)
    _add(actions, add, "list", _list, "the consents, and whether they hold today")
    give = _add(actions, add, "give", _give, "write down that a person agreed to the form as it is now", key=True)
    add_scope(give)
    _add(actions, add, "withdraw", _withdraw, "write down that a consent has ended; the next run obeys", key=True)
    notice = _add(
        actions, add, "notice", _notice, "the sheet for the door, the schedule and the form, in three languages"
    )
    assessed = _add(actions, add, "assessment", _assess, "impact assessment and record of processing, and what changed")
    assessed.epilog = ASSESSED
    assessed.add_argument("--accept", default="", metavar="NAME", help="sign for the settings as they are now")
    for parser in (notice, assessed):
        parser.add_argument("--out", required=True, metavar="DIR", help="folder to write into")


def add_scope(parser: argparse.ArgumentParser) -> None:
    """Add what belongs to a consent: its scope and how it was given."""
    parser.add_argument("--scope", required=True, metavar="TEXT", help="what the person agreed to, in their words")
    parser.add_argument("--channel", choices=CHANNELS, default="paper", help="how it was given (default: %(default)s)")


def _add(actions: Any, add: Add, name: str, call: Any, summary: str, *, key: bool = False) -> argparse.ArgumentParser:
    parser = add(actions, name, call, summary)
    parser.add_argument("scenario", help="file in params/, or its name")
    if key:
        parser.add_argument("key", metavar="KEY", help="key of the person, such as F0003")
    parser.add_argument("--outputs", default="", metavar="FOLDER", help="where the runs are, if not in outputs/")
    return parser


class Place(NamedTuple):
    """A scenario, where its runs are, and the folder of what is kept of people in it."""

    scenario: Scenario
    home: Path
    private: Path


def place(asked: argparse.Namespace) -> Place:
    """Return the scenario a person names and its places."""
    from shoplib.config.load import load
    from shoplib.pipeline.job import project_root
    from shoplib.store import places

    root = project_root(Path.cwd())
    scenario = load(scenario_file(asked.scenario, root))
    outputs = Path(asked.outputs).absolute() if asked.outputs else root / "outputs"
    simulated = scenario.cameras is not None and scenario.cameras.footage.kind == "simulated"
    home = outputs / scenario.name
    return Place(scenario, home, places.private(root, home, scenario.name, simulated=simulated))


def keyring(scenario: Scenario) -> Keyring:
    """Return the keys of a scenario, with those of the environment."""
    from shoplib.store.keyring import open_keyring

    return open_keyring(scenario.name, os.environ, scenario.privacy.key_env)


def now() -> dt.datetime:
    """Return the moment of the real clock."""
    return dt.datetime.now(dt.UTC)


def _list(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.base import words
    from shoplib.privacy import consent, notices

    scenario, _, folder = place(asked)
    version = notices.version(scenario)
    events = consent.current(folder)
    holding = consent.valid(folder, None, version)
    for key, event in events.items():
        state = "holds" if key in holding else "another text: ask again"
        if event.withdrawn_at:
            state = f"withdrawn {event.withdrawn_at:%Y-%m-%d}"
        say(f"{key}  {event.given_at:%Y-%m-%d}  {event.channel:<6}  {event.text}  {state}  {event.scope}")
    say(f"{words.plural(len(holding), 'consent')} of {len(events)} to the text of today, {version}")
    return 0


def _give(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.errors import StoreError
    from shoplib.privacy import consent, notices
    from shoplib.store.places import GALLERY
    from shoplib.store.vault import Vault

    scenario, _, folder = place(asked)
    notices.for_consent(scenario)
    if asked.key not in Vault(folder / GALLERY, keyring(scenario)).names():
        raise StoreError(
            "Nobody is kept under this key", where=str(folder), found=repr(asked.key[:40]),
            wanted="the key of a person who is enrolled",
            next_step=f"shoplib faces enrol NAME PHOTO … --scenario {scenario.name} --scope TEXT",
        )  # fmt: skip
    given = consent.give(folder, asked.key, asked.scope, notices.version(scenario), now(), asked.channel)
    say(f"{given.key} agreed on {given.given_at:%Y-%m-%d} to the text {given.text}: {given.scope}")
    return 0


def _withdraw(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.privacy import consent

    folder = place(asked).private
    ended = consent.withdraw(folder, asked.key, now())
    say(f"{ended.key} withdrew; from the next run on nobody is compared with this person")
    say(f"what is kept is still there; to erase it: shoplib privacy erase {asked.scenario} {ended.key}")
    return 0


def _notice(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.privacy import notices

    scenario = place(asked).scenario
    _save(Path(asked.out), notices.written(scenario))
    say(f"print on A4 and hang up at eye level before the first person is filmed; text {notices.version(scenario)}")
    return 0


def _assess(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.privacy import assessment

    scenario = place(asked).scenario
    out = Path(asked.out)
    if asked.accept:
        assessment.accept(scenario, out, asked.accept, now())
    standing = assessment.standing(scenario, out)
    _save(out, assessment.written(scenario, out))
    say(standing.sentence)
    for change in standing.changes:
        say(f"  {change.setting}: {change.before} → {change.now}")
    return 0 if standing.accepted else assessment.OPEN


def _save(out: Path, sheets: dict[str, str]) -> None:
    from shoplib.store import files

    for name, text in sheets.items():
        files.write_text(out / name, text)
        say(str(out / name))


def _refuse(_asked: argparse.Namespace, _given: list[str]) -> int:
    return 2
