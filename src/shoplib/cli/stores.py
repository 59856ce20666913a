"""``shoplib db …``: the lasting store made, moved up and down its versions, checked and copied."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, scenario_file

if TYPE_CHECKING:
    from shoplib.store.address import Store

EXIT_CODES = """exit codes: 0 done · 1 the check found a fault · 2 an argument, an address or a store was refused
            4 another program is writing to the store · 130 interrupted"""
WHERE = """the store is data/<scenario>.db, unless the environment variable DATABASE_URL (or the one that
ingest.database_env names) holds an address such as postgresql://user:password@host:5432/database"""
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""
    about = "the lasting store: make, upgrade, check, copy and draw it"
    group = add(commands, "db", _refuse, about, codes=f"{WHERE}\n\n{EXIT_CODES}")
    actions = group.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, call: Any, summary: str) -> argparse.ArgumentParser:
        return add(actions, name, call, summary, scenario=True, codes=EXIT_CODES)

    create = action("create", _create, "make the store, at its newest version")
    create.add_argument("--drop", action="store_true", help="remove the store that is there first")
    create.add_argument("--yes-delete-all-rows", action="store_true", help="with --drop: even if it has rows")
    upgrade = action("upgrade", _upgrade, "bring the store to its newest version, or to the one named")
    upgrade.add_argument("version", nargs="?", default="head", metavar="VERSION", help="such as 0002")
    downgrade = action("downgrade", _downgrade, "bring the store back by a version, or to the one named")
    downgrade.add_argument("version", nargs="?", default="", metavar="VERSION", help="such as 0001")
    action("version", _version, "say which version the store has")
    action("check", _check, "references, damage, version, and the row hash of every table")
    move = action("move", _move, "copy all rows into a store without rows, and prove that they are the same")
    move.add_argument("--to", required=True, metavar="NAME",
                      help="environment variable with the address of the other database, or a SQLite file")  # fmt: skip
    action("model", _model, "the data model of the store as it is, as Markdown with a Mermaid diagram")


def _refuse(_asked: argparse.Namespace, _given: list[str]) -> int:
    """Never called: an action is required."""
    return 2


def _store(asked: argparse.Namespace) -> tuple[Store, Path, str]:
    """Return the store of the scenario asked for, the project's root, and the name of the scenario."""
    from shoplib.config.load import load
    from shoplib.pipeline.job import project_root
    from shoplib.store.database import open_store

    root = project_root(Path.cwd())
    scenario = load(scenario_file(asked.scenario, root))
    return open_store(root, scenario.name, scenario.ingest.database_env), root, scenario.name


def _create(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.store import migration

    store, _, _ = _store(asked)
    before = migration.version(store)
    if asked.drop and before:
        migration.drop(store, delete_rows=asked.yes_delete_all_rows)
        before = ""
    migration.upgrade(store)
    at = migration.version(store)
    print(f"{store.shown()}: {'was there already' if before == at else 'made'}, version {at}")
    return 0


def _upgrade(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.store import migration

    store, _, _ = _store(asked)
    before = migration.version(store)
    migration.upgrade(store, asked.version)
    return _told(store, before)


def _downgrade(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.errors import ConfigError
    from shoplib.store import migration

    store, _, _ = _store(asked)
    before, known = migration.version(store), migration.versions()
    lower = [version for version in known if version < before]
    to = asked.version or (lower[-1] if lower else migration.NOTHING)
    if to == migration.NOTHING:
        raise ConfigError("There is no version below the first", where=store.shown(), found=before or "no store",
                          next_step="to remove the store: shoplib db create SCENARIO --drop")  # fmt: skip
    migration.downgrade(store, to)
    return _told(store, before)


def _told(store: Store, before: str) -> int:
    from shoplib.store import migration

    print(f"{store.shown()}: version {before or 'none'} → {migration.version(store)}")
    return 0


def _version(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.store import migration

    store, _, _ = _store(asked)
    at, newest = migration.version(store), migration.head()
    print(f"{store.shown()}: {f'version {at}' if at else 'no store yet'}, the newest is {newest}")
    return 0


def _check(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.store import examination

    store, _, _ = _store(asked)
    found = examination.examine(store)
    print(f"{store.shown()}, version {found.version or 'none'}")
    _list(found.rows, found.hashes)
    print("\n".join(f"fault: {fault}" for fault in found.faults) or "references, version and file are sound")
    return 1 if found.faults else 0


def _move(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.store import moving

    store, root, name = _store(asked)
    target = _target(asked.to, root, name)
    proof = moving.move(store, target)
    _list(proof.rows, proof.hashes)
    print(f"{store.shown()}\n  → {target.shown()}\nevery table has the same rows on both sides; the first is as it was")
    return 0


def _target(to: str, root: Path, scenario: str) -> Store:
    """Return the store a person names; an address itself is refused, since other people see command lines."""
    from shoplib.errors import ConfigError
    from shoplib.store.address import file_store, store_at

    if "://" in to:
        raise ConfigError("An address does not belong on a command line, which others can read", where="--to",
                          wanted="the name of an environment variable that holds it, or a SQLite file",
                          next_step="export NEW_DATABASE_URL=…  and say  --to NEW_DATABASE_URL")  # fmt: skip
    if not VARIABLE.fullmatch(to):
        return file_store(Path(to).absolute())
    if not os.environ.get(to, "").strip():
        raise ConfigError("The environment variable is not set", where="--to", found=to, wanted="an address",
                          next_step=f"export {to}=postgresql://user:password@host:5432/database")  # fmt: skip
    return store_at(os.environ[to].strip(), scenario, root=root, named=to)


def _model(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.errors import StoreError
    from shoplib.store import migration, model

    store, _, _ = _store(asked)
    at = migration.version(store)
    if not at:
        raise StoreError("There is no store to draw", where=store.shown(), next_step="shoplib db create SCENARIO")
    print(f"# Data model of {store.shown()}, version {at}\n\n{model.markdown(model.live(store)).rstrip()}")
    return 0


def _list(rows: dict[str, int], hashes: dict[str, str]) -> None:
    width = max(map(len, rows), default=0)
    for name, many in rows.items():
        print(f"  {name:<{width}}  {many:>12,}  {hashes[name]}")
