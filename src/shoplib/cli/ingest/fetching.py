"""``shoplib ingest fetch``: what sources on other machines hold, brought here."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Any

from shoplib.cli.command import Add, say, scenario_file

EXIT_CODES = """exit codes: 0 all was brought · 2 a source was refused or not reached, the others were brought
            4 another fetch is at work · 130 interrupted; what was fetched before stays"""
SHOWN_AFTER_S = 2


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""
    fetch = add(commands, "fetch", _fetch, "bring what sources on other machines hold; nothing else uses the network",
                scenario=True, codes=EXIT_CODES)  # fmt: skip
    fetch.add_argument("--source", default="", metavar="NAME", help="only this one (default: all)")


def _fetch(asked: argparse.Namespace, _given: list[str]) -> int:
    from tqdm import tqdm

    from shoplib.config.load import load
    from shoplib.errors import BusyError, ShopError
    from shoplib.ingest.fetching import fetch
    from shoplib.pipeline.job import project_root

    root = project_root(Path.cwd())
    scenario = load(scenario_file(asked.scenario, root))
    failed = 0
    for source in fetch.chosen(scenario, asked.source):
        unit = " records" if source.kind in ("sql", "http") else "B"
        try:
            with tqdm(desc=source.name, unit=unit, unit_scale=True, leave=False, disable=None, delay=SHOWN_AFTER_S,
                      dynamic_ncols=True) as bar:  # fmt: skip
                fetched = fetch.fetch(source, scenario, root, advance=partial(_move, bar))
        except BusyError:
            raise
        except ShopError as error:
            print(error, file=sys.stderr)
            failed = 2
            continue
        say(fetched.line())
        for name in fetched.left:
            print(f"{source.name}: left where it is, for its name is no file name here: {name!r}", file=sys.stderr)
    return failed


def _move(bar: Any, amount: int) -> None:
    bar.update(amount)
