"""``shoplib forecast backtest``: what models would have said of daily series, and say of the days after."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, say

if TYPE_CHECKING:
    from shoplib.forecasting.league import League
    from shoplib.forecasting.models.interface import Crew

EXIT_CODES = """exit codes: 0 all that was asked for is there · 1 a model, a window or a series is missing, the others
            are there · 2 an argument or the file was refused · 130 interrupted"""
LONGEST = 1_000
SHOWN = {
    "rmsse": "RMSSE",
    "wape": "WAPE",
    "mase": "MASE",
    "bias": "bias",
    "coverage_80": "in 80 %",
    "coverage_95": "in 95 %",
}
"""Measures of the league that are printed, and their headings."""


def add_commands(actions: Any, add: Add) -> None:
    """Add the command."""
    from shoplib.forecasting import reading

    about = "models tried on a table of daily series, and what is expected after it"
    backtest = add(actions, "backtest", _backtest, about, codes=EXIT_CODES)
    reading.add_arguments(backtest)
    backtest.add_argument(
        "--horizon", type=_counted, default=28, metavar="DAYS", help="days ahead (default: %(default)s)"
    )
    told = "earlier days to forecast from, a horizon apart (default: %(default)s)"
    backtest.add_argument("--windows", type=_counted, default=3, metavar="N", help=told)
    told = "auto: the best for each series by trial; all: the whole league; or names such as theta,ets"
    backtest.add_argument("--models", nargs="+", default=["auto"], metavar="LIST", help=told)
    backtest.add_argument("--out", required=True, metavar="DIR", help="new or empty folder, or an earlier result")
    workers = os.cpu_count() or 1
    backtest.add_argument("--workers", type=_counted, default=workers, metavar="N", help="processes at work")
    backtest.add_argument("--quiet", action="store_true", help="no progress, only the end")


def _counted(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {LONGEST}")
    return int(text)


def _backtest(asked: argparse.Namespace, _given: list[str]) -> int:
    from tqdm import tqdm

    from shoplib.forecasting import league, reading, writing

    folder = Path(asked.out)
    writing.require_folder(folder)
    hidden = True if asked.quiet else None
    with tqdm(total=100, unit="%", leave=False, disable=hidden, dynamic_ncols=True) as bar:

        def tell(name: str, share: float) -> None:
            bar.set_description(name)
            bar.update(round(100 * share, 1) - bar.n)

        tell("reading", 0.0)
        read = reading.read(asked)
        ready = reading.reaching(read.panel, asked.horizon)
        with _crew(asked.workers) as crew:
            found = league.run(ready.panel, reading.names(asked.models), asked.horizon, asked.windows, crew, tell)
        tell("writing", 0.0)
        writing.write(found, folder)
    for line in _lines(found, [*read.notes, *ready.notes, *found.notes]):
        say(line)
    say(f"written: {', '.join(writing.NAMES)} in {folder}")
    for line in found.short:
        say(f"missing: {line}")
    return 1 if found.short else 0


@contextmanager
def _crew(workers: int) -> Iterator[Crew]:
    from shoplib.forecasting import crews
    from shoplib.forecasting.models.interface import Here

    if workers == 1:
        yield Here()
        return
    with crews.processes(workers) as crew:
        yield crew


def _lines(found: League, notes: list[str]) -> Iterator[str]:
    """Yield what a person must see: the head of the league, what was chosen, and the notes."""
    from shoplib.base import words

    series, last = words.plural(len(found.trials.ids), "series", "series"), words.day(found.last)
    windows = words.plural(len(found.trials.cutoffs), "window")
    yield f"{series} until {last}, {words.plural(found.trials.horizon, 'day')} ahead, {windows}"
    if len(found.trials.cutoffs):
        there = [name for name in SHOWN if name in found.table.columns]
        yield f"{'':20}" + "".join(f"{SHOWN[name]:>10}" for name in there)
        for model, row in found.table.head(8).iterrows():
            yield f"{model:20}" + "".join(f"{_figure(name, row[name]):>10}" for name in there)
        if len(found.table) > 8:
            yield f"and {len(found.table) - 8} more in metrics.csv"
    counted = found.chosen["models"].value_counts()
    yield "chosen: " + words.listed(
        [f"{name or 'nothing'} for {words.count(count)}" for name, count in counted.items()], 5
    )
    for note in dict.fromkeys(notes):
        yield f"note: {note}"


def _figure(name: str, value: float) -> str:
    from shoplib.base import words

    if value != value:
        return "–"
    return words.count(value, decimals=3) if name in ("rmsse", "mase") else words.share(value)
