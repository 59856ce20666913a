"""``shoplib ingest suggest`` and ``dry-run``: what a file seems to mean, and what would become of it."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, say

if TYPE_CHECKING:
    from shoplib.ingest.suggest import Told

REFUSED = 2
SUGGEST_CODES = """exit codes: 0 written, nothing is open · 2 a question must be answered first (it stands as ? in the
            mapping, which no run accepts), or an argument or the file was refused"""


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""
    suggest = add(commands, "suggest", _suggest, "propose a mapping for a file, each guess with its score and evidence",
                  codes=SUGGEST_CODES)  # fmt: skip
    suggest.add_argument("file", help="CSV, JSON, JSON lines, Excel or parquet file with sales")
    suggest.add_argument("--out", default="", metavar="FILE", help="write the mapping here instead of printing it")
    add_answers(suggest)


def add_answers(parser: argparse.ArgumentParser) -> None:
    """Add the arguments by which a person says what a file does not."""
    parser.add_argument("--currency", default="", help="ISO 4217 code, such as GBP or INR")
    parser.add_argument("--timezone", default="", help="IANA zone of the tills, such as Asia/Kolkata")
    parser.add_argument("--decimal", choices=(".", ","), default="", help="decimal mark, where numbers leave it open")
    order = parser.add_mutually_exclusive_group()
    for first in ("day", "month", "year"):
        order.add_argument(
            f"--{first}-first", dest="order", action="store_const", const=first, default="",
            help=f"the {first} stands first in dates that leave it open",
        )  # fmt: skip


def told(asked: argparse.Namespace) -> Told:
    """Return what a person said about a file; no sale is later than tomorrow, wherever the shop is."""
    from shoplib.ingest.suggest import Told

    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    return Told(asked.currency, asked.timezone, asked.decimal, asked.order, tomorrow)


def _suggest(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.errors import ConfigError
    from shoplib.ingest import new
    from shoplib.ingest import suggest as suggesting
    from shoplib.store import files

    out = Path(asked.out) if asked.out else None
    if out is not None and out.exists():
        raise ConfigError("There is a file of this name already", where=asked.out,
                          next_step="give another name with --out, or remove it")  # fmt: skip
    file = Path(asked.file)
    proposal = suggesting.propose(file, new.name_of(file), new.checked(told(asked)))
    mapping, _ = suggesting.to_yaml(proposal)
    if out is None:
        sys.stdout.write(mapping)
    else:
        files.write_text(out, mapping)
        for line in (f"wrote {asked.out}", *(f"  {line}" for line in proposal.evidence)):
            say(line)
        for question in proposal.questions:
            say(f"  CHECK: {question}")
    return tell_doubts([doubt.question for doubt in proposal.doubts])


def tell_doubts(questions: list[str]) -> int:
    """Print what must be answered before anything is loaded, and return the exit code."""
    if not questions:
        return 0
    for question in questions:
        print(f"ANSWER FIRST: {question}", file=sys.stderr)
    print(
        "nothing is loaded before that: give the flag, or write the answer over the ? in the mapping", file=sys.stderr
    )
    return REFUSED
