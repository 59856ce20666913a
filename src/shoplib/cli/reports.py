"""``shoplib report``: one of the eight reports of the latest run, as text."""

from __future__ import annotations

import argparse
import datetime as dt
import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shoplib.base.calendar import Period
    from shoplib.base.listing import Listing
    from shoplib.config.models import Scenario
    from shoplib.report.printed import Printed
    from shoplib.sales.window import Window

NAMES = ("overview", "daily", "locations", "products", "employees", "payments", "hours", "refunds")
FORMATS = ("table", "csv", "json", "markdown")
EMPTY = 3
EXIT_CODES = """in CSV a text that begins with = + - @ a tab or a line end gets a ' in front, so that no spreadsheet
computes it; numbers and the other formats are left as they are

exit codes: 0 shown · 2 an argument, a setting or a missing run was refused
            3 no transactions in the days asked for (what is printed is whole, and empty) · 130 interrupted"""


def add_arguments(parser: argparse.ArgumentParser, default_scenario: str) -> None:
    """Add the arguments of the command."""
    parser.add_argument("name", metavar="NAME", type=_name, help=", ".join(NAMES))
    parser.add_argument("--scenario", default=default_scenario, help="whose sales (default: %(default)s)")
    parser.add_argument("--from", dest="start", type=_day, metavar="DAY", help="first business day, such as 2024-11-01")
    parser.add_argument("--to", dest="end", type=_day, metavar="DAY", help="last business day")
    parser.add_argument("--format", choices=FORMATS, default="table", help="(default: %(default)s)")
    parser.add_argument("--table", default="", metavar="TABLE", help="this table alone, all its rows")
    parser.add_argument("--by", choices=("pandas", "sql"), default="pandas", help="what computes the main table")
    parser.add_argument("--sql", action="store_true", help="print the query of the main table instead of asking it")


def show(asked: argparse.Namespace, scenario_file: Path, outputs: Path) -> int:
    """Print what was asked for and return the exit code; only the report goes to the standard output."""
    from shoplib.config.load import load

    scenario = load(scenario_file)
    again = f"python run_all.py {scenario_file.stem}" + (f" --outputs {asked.outputs}" if asked.outputs else "")
    run = _latest(outputs / scenario.name, again)
    _tell_changed_settings(run, scenario)
    if asked.sql:
        _put(_query(asked, scenario, run))
        return 0
    report, nothing, empty = (_by_sql if asked.by == "sql" else _by_pandas)(asked, scenario, run)
    from shoplib.report import printed

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    _put(printed.text(report, asked.format, every_row=bool(asked.table), width=width))
    if empty:
        print(nothing, file=sys.stderr)
    return EMPTY if empty else 0


def _latest(home: Path, again: str) -> Path:
    """Return the folder of the latest run, which stays the same while it is read; ``again`` is the command for one."""
    from shoplib.errors import StoreError
    from shoplib.pipeline.record import LATEST

    latest = home / LATEST
    if not (latest / "tables").is_dir():
        raise StoreError("There is no finished run to report on", where=str(latest), found="no tables",
                         next_step=again)  # fmt: skip
    return latest.resolve()


def _manifest(run: Path) -> dict[str, Any]:
    from shoplib.pipeline.record import MANIFEST
    from shoplib.store import files

    found: dict[str, Any] = files.read_json(run / MANIFEST)
    return found


def _tell_changed_settings(run: Path, scenario: Scenario) -> None:
    """Say so where settings of today, which a report follows, are not those that the run was made with."""
    then = _manifest(run)["scenario"]
    now = scenario.model_dump(mode="json")
    changed = [
        f"{section}.{key}" for section in ("shop", "sales") for key, value in now[section].items()
        if key in then.get(section, {}) and then[section][key] != value
    ]  # fmt: skip
    if changed:
        print(f"changed since the run was made: {', '.join(changed)}", file=sys.stderr)


def _query(asked: argparse.Namespace, scenario: Scenario, run: Path) -> str:
    """Return the SQL of the main table with its parameters written in."""
    from shoplib.sales import twins
    from shoplib.sales.window import window

    known, _ = twins.data_of(run / "tables")
    days = window(known, scenario.sales.compare_days, asked.start, asked.end)
    return twins.filled(asked.name, twins.parameters(days, scenario.shop, scenario.sales))


def _by_sql(asked: argparse.Namespace, scenario: Scenario, run: Path) -> tuple[Printed, str, bool]:
    """Return the report whose main table was answered by SQL, what is said if it is empty, and whether it is."""
    from shoplib.sales import twins
    from shoplib.sales.window import window

    folder = run / "tables"
    known, currency = twins.data_of(folder)
    days = window(known, scenario.sales.compare_days, asked.start, asked.end)
    given = twins.parameters(days, scenario.shop, scenario.sales)
    main = twins.listing(asked.name, twins.run(asked.name, folder, given), currency or scenario.shop.currency)
    title = f"{asked.name.capitalize()}, answered by SQL"
    report = _printed(asked, scenario, run, title, days, (), _chosen((main,), asked.table))
    return report, _nothing(asked, known), twins.transactions(folder, given) == 0


def _by_pandas(asked: argparse.Namespace, scenario: Scenario, run: Path) -> tuple[Printed, str, bool]:
    """Return the whole report, what is said if it is empty, and whether it is."""
    from shoplib.sales import books, reports
    from shoplib.sales.view import scope_of
    from shoplib.sales.window import span
    from shoplib.store import files

    facts = {
        name: files.read_table(run / "tables" / f"{name}.parquet", name, columns)
        for name, columns in books.COLUMNS.items()
    }
    scope = scope_of(facts, scenario.shop, scenario.sales, asked.start, asked.end)
    view = reports.make(asked.name, scope)
    report = _printed(
        asked, scenario, run, view.title, scope.window, view.findings, _chosen(view.listings, asked.table)
    )
    return report, _nothing(asked, span(scope.daily)), scope.shown.receipts.empty


def _printed(
    asked: argparse.Namespace, scenario: Scenario, run: Path, title: str, days: Window, findings: tuple[str, ...],
    listings: tuple[Listing, ...],
) -> Printed:  # fmt: skip
    from shoplib.report.printed import Printed

    return Printed(
        asked.name, title, scenario.name, str(_manifest(run)["run"]), listings[0].currency, scenario.shop.language,
        {"shown": days.shown, "recent": days.recent, "before": days.before}, findings, listings, metrics="overview",
    )  # fmt: skip


def _chosen(listings: tuple[Listing, ...], name: str) -> tuple[Listing, ...]:
    """Return the table asked for, or all; ``ConfigError`` if there is none of this name."""
    from shoplib.base import words
    from shoplib.errors import ConfigError

    if not name:
        return listings
    known = {listing.name: listing for listing in listings}
    if name not in known:
        near = words.nearest(name, known)
        raise ConfigError("The report has no such table", where=f"--table {name}", wanted=words.listed(known, limit=20),
                          next_step=f"did you mean {near}?" if near else "choose one of these")  # fmt: skip
    return (known[name],)


def _nothing(asked: argparse.Namespace, known: Period | None) -> str:
    """Return what to say where no transaction lies in the days asked for; ``known`` is the period of the data."""
    if known is None:
        return "no transactions at all in this run"
    wanted = [f"{word} {day}" for word, day in (("from", asked.start), ("to", asked.end)) if day is not None]
    return f"no transactions {' '.join(wanted)}; the data reach from {known.start} to {known.end}"


def _put(text: str) -> None:
    """Write text as UTF-8 with plain line ends, whatever the system writes otherwise; a terminal has its own."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(text)


def _name(text: str) -> str:
    if text in NAMES:
        return text
    from shoplib.base import words

    near = words.nearest(text, NAMES)
    hint = f"did you mean {near}?" if near else f"there are {', '.join(NAMES)}"
    raise argparse.ArgumentTypeError(f"no report is called {text!r}; {hint}")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2024-12-31") from error
