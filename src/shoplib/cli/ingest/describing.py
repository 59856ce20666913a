"""``shoplib ingest suggest`` and ``dry-run``: what a file seems to mean, and what would become of it."""

from __future__ import annotations

import argparse
import datetime as dt
import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, say, scenario_file

if TYPE_CHECKING:
    from shoplib.base.listing import Listing
    from shoplib.config.mapping import Mapping
    from shoplib.config.models import Scenario, Shop
    from shoplib.ingest.describing.dry_run import Rehearsal
    from shoplib.ingest.describing.suggest import Told
    from shoplib.ingest.sources import Kind

REFUSED = 2
FORMATS = ("table", "csv", "json")
KINDS = {"csv": "csv", "json": "json", "excel": "excel", "parquet": "parquet"}
DRY_CODES = """in CSV a text that begins with = + - @ a tab or a line end gets a ' in front, so that no spreadsheet
computes it

exit codes: 0 shown · 2 an argument, the mapping or the file was refused; nothing is ever written"""
SUGGEST_CODES = """exit codes: 0 written, nothing is open · 2 a question must be answered first (it stands as ? in the
            mapping, which no run accepts), or an argument or the file was refused"""


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""
    suggest = add(commands, "suggest", _suggest, "propose a mapping for a file, each guess with its score and evidence",
                  codes=SUGGEST_CODES)  # fmt: skip
    suggest.add_argument("file", help="CSV, JSON, JSON lines, Excel or parquet file with sales")
    suggest.add_argument("--out", default="", metavar="FILE", help="write the mapping here instead of printing it")
    add_answers(suggest)
    dry = add(commands, "dry-run", _dry_run, "the first rows before and after, and what becomes of the whole file",
              codes=DRY_CODES)  # fmt: skip
    dry.add_argument("file", help="file to try")
    dry.add_argument("--mapping", default="", metavar="FILE", help="mapping to try it with")
    dry.add_argument("--scenario", default="", help="scenario whose shop it is; its source's mapping without --mapping")
    dry.add_argument("--source", default="", metavar="NAME", help="source of the scenario (default: its only one)")
    dry.add_argument("--currency", default="", help="ISO 4217 code, without a scenario")
    dry.add_argument("--timezone", default="", help="IANA zone of the tills, without a scenario")
    dry.add_argument("--rows", type=_rows, default=20, metavar="N", help="rows to show (default: %(default)s)")
    dry.add_argument("--format", choices=FORMATS, default="table", help="(default: %(default)s)")


def _rows(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


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
    from shoplib.ingest.describing.suggest import Told

    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    return Told(asked.currency, asked.timezone, asked.decimal, asked.order, tomorrow)


def _suggest(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.errors import ConfigError
    from shoplib.ingest.describing import new, presets
    from shoplib.ingest.describing import suggest as suggesting
    from shoplib.pipeline.job import project_root
    from shoplib.store import files

    out = Path(asked.out) if asked.out else None
    if out is not None and out.exists():
        raise ConfigError("There is a file of this name already", where=asked.out,
                          next_step="give another name with --out, or remove it")  # fmt: skip
    file = Path(asked.file)
    folder = project_root(Path.cwd()) / presets.FOLDER
    proposal = suggesting.propose(file, new.name_of(file), new.checked(told(asked)), folder)
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


def _dry_run(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.ingest.describing import dry_run
    from shoplib.ingest.sources import kind_of

    mapping, shop, kind = _chosen(asked)
    file = Path(asked.file)
    found = dry_run.rehearse(file, kind or kind_of(file), mapping, shop, asked.rows)
    _put(_shown(found, asked, shop.currency, shop.language))
    return 0


def _chosen(asked: argparse.Namespace) -> tuple[Mapping, Shop, Kind | None]:
    """Return the mapping and the shop that are meant, and the kind of file if the source says it."""
    from shoplib.config.load import load, load_mapping
    from shoplib.config.models import Shop
    from shoplib.errors import ConfigError
    from shoplib.ingest.describing import new
    from shoplib.ingest.describing.suggest import Told
    from shoplib.pipeline.job import project_root

    if not asked.mapping and not asked.scenario:
        raise ConfigError("Nothing says what the columns mean", where="shoplib ingest dry-run",
                          wanted="--mapping FILE, or --scenario NAME (and --source NAME)",
                          next_step="shoplib ingest suggest FILE proposes a mapping")  # fmt: skip
    if not asked.scenario:
        said = new.checked(Told(asked.currency, asked.timezone))
        values = {"currency": said.currency, "timezone": said.timezone}
        shop = Shop.model_validate({name: value for name, value in values.items() if value})
        return load_mapping(Path(asked.mapping)), shop, None
    scenario = load(scenario_file(asked.scenario, project_root(Path.cwd())))
    if asked.mapping:
        return load_mapping(Path(asked.mapping)), scenario.shop, None
    source = _source(scenario, asked.source)
    kind = KINDS.get(source.kind)
    return scenario.mappings[source.mapping], scenario.shop, kind  # type: ignore[return-value]  # of the four kinds


def _source(scenario: Scenario, name: str) -> Any:
    """Return the source of this name, or the only one; ``ConfigError`` if that is none or not one."""
    from shoplib.base import words
    from shoplib.errors import ConfigError

    known = {source.name: source for source in scenario.ingest.sources}
    if not name and len(known) == 1:
        return next(iter(known.values()))
    if name not in known:
        near = words.nearest(name, known)
        raise ConfigError("The scenario has no such source" if name else "The scenario has several sources",
                          where=f"--source {name}", found=words.listed(known, limit=30),
                          next_step=f"did you mean {near}?" if near else "name one of them with --source")  # fmt: skip
    return known[name]


def _shown(found: Rehearsal, asked: argparse.Namespace, currency: str, language: str) -> str:
    from shoplib.ingest.describing import dry_run
    from shoplib.report import printed

    listings = _listings(found, currency)
    if asked.format == "csv":
        return printed.as_csv(listings[0])
    findings = (found.account, *dry_run.columns_told(found), *found.notes)
    name = asked.mapping or asked.scenario
    title = f"{Path(asked.file).name} under {name}, tried out"
    report = printed.Printed("dry_run", title, name, "dry run: nothing is written",
                             currency, language, {}, findings, listings)  # fmt: skip
    if asked.format == "json":
        return printed.as_json(report)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    head = [printed.clean(report.title), ""]
    head += [f"- {printed.clean(finding)}" for finding in findings]
    tables = [["", listing.title, *printed.aligned(listing, language, width)] for listing in listings[1:]]
    return "\n".join([*head, *(line for table in tables for line in table)]) + "\n"


def _listings(found: Rehearsal, currency: str) -> tuple[Listing, ...]:
    """Return one table with everything of a row, then verdicts, their columns, our fields and the reasons apart."""
    import pandas as pd

    from shoplib.base.listing import Column, Listing

    def listing(name: str, title: str, parts: list[tuple[str, pd.DataFrame]]) -> Listing:
        labels = ["source row", *(f"{prefix}{column}" for prefix, part in parts for column in part)]
        rows = found.before.index
        values = [rows.to_series(), *(part[column] for _, part in parts for column in part)]
        frame = pd.DataFrame(dict(zip(labels, map(list, values), strict=True)), dtype=object)
        columns = [Column(label, label, "text" if at else "count") for at, label in enumerate(labels)]
        return Listing(name, title, frame, tuple(columns), currency)

    verdicts = ("", found.verdicts)
    counted = found.reasons[["rule", "column_name", "rows", "money_minor", "reason", "example"]]
    units = ("text", "text", "count", "money", "text", "text")
    names = ("rule", "column", "rows", "money", "reason", "for example")
    columns = tuple(Column(str(c), name, unit) for c, name, unit in zip(counted, names, units, strict=True))  # type: ignore[arg-type]  # units as declared
    return (
        listing("rows", "All of it", [verdicts, ("theirs: ", found.before), ("ours: ", found.after)]),
        listing("verdicts", "What becomes of the first rows", [verdicts]),
        listing("before", "Before: their columns", [("", found.before)]),
        listing("after", "After: our fields", [("", found.after)]),
        Listing("reasons", "Set aside in the whole file", counted, columns, currency),
    )


def _put(text: str) -> None:
    """Write text as UTF-8 with plain line ends, whatever the system writes otherwise; a terminal has its own."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(text)
