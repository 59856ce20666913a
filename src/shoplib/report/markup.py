"""Small drawings and listings for the page: sparklines, coloured code, the rows behind a chart."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from shoplib.report.blocks import Tone
from shoplib.report.uris import inside
from shoplib.viz.behind import unguarded

SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 96, 24, 3
DATA_ROWS = 60
# Words a change begins with; the arrow only repeats them for the eye.
ARROWS = {"up": "M0 7L4 1L8 7z", "down": "M0 1L4 7L8 1z"}
# On paper a drawing cannot take the colour of the words beside it.
PAPER_INKS = {"good": "#17693c", "bad": "#a92d25", "plain": "#55606b"}
NUMERAL = re.compile(r"^-?\d*\.?\d+(e[-+]?\d+)?$|^$", re.IGNORECASE)
LONG_DECIMAL = re.compile(r"-?\d*\.\d{5,}")


@dataclass(frozen=True)
class Rows:
    """The first rows of a chart's data file, the columns that hold only numbers, and how many rows there are."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    total: int


def arrow(change: str, tone: Tone = "plain") -> Markup:
    """Return a small triangle for a change that starts with "up" or "down", else nothing; a drawing, not a letter.

    >>> bool(arrow("up 6.0% on last week")), bool(arrow("unchanged"))
    (True, False)
    """
    path = ARROWS.get(change.split(" ", 1)[0].lower(), "")
    drawing = (
        '<svg class="arrow" viewBox="0 0 8 8" width="7" height="7" aria-hidden="true" focusable="false">'
        '<path d="{}" fill="{}"/></svg> '
    )
    return Markup(drawing).format(path, PAPER_INKS[tone]) if path else Markup()


def sparkline(values: tuple[float | None, ...]) -> Markup:
    """Return a small line drawing of values in order, gaps left out; nothing for fewer than two numbers."""
    points = [(at, value) for at, value in enumerate(values) if value is not None and math.isfinite(value)]
    if len(points) < 2:
        return Markup()
    low, high = min(value for _, value in points), max(value for _, value in points)
    wide = (SPARK_WIDTH - 2 * SPARK_EDGE) / (len(values) - 1)
    tall = (SPARK_HEIGHT - 2 * SPARK_EDGE) / ((high - low) or 1)
    drawn = [
        (round(SPARK_EDGE + at * wide, 1), round(SPARK_HEIGHT - SPARK_EDGE - (value - low) * tall, 1))
        for at, value in points
    ]
    line = " ".join(f"{x},{y}" for x, y in drawn)
    x, y = drawn[-1]
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" '
        'preserveAspectRatio="xMinYMid" aria-hidden="true" focusable="false">'
        '<polyline points="{}" fill="none" stroke="#0b5c8c" stroke-width="1.5"/>'
        '<circle cx="{}" cy="{}" r="2.2" fill="#0b5c8c"/></svg>'
    ).format(SPARK_WIDTH, SPARK_HEIGHT, SPARK_WIDTH, SPARK_HEIGHT, line, x, y)


def coloured(source: str) -> Markup:
    """Return Python source as HTML with its words marked by kind."""
    return Markup(highlight(source, _lexer(), _formatter()))


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False)


@cache
def _formatter() -> HtmlFormatter:
    return HtmlFormatter(nowrap=True)


def read_rows(folder: Path, name: str, heads: tuple[str, ...] = ()) -> Rows:
    """Return the first 60 rows of a chart's CSV file; ``StoreError`` if it is missing, no rows for an empty file.

    ``heads`` stand for the file's own if there are as many. Long decimals are cut, guards of a spreadsheet left out.
    """
    with inside(folder, name).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = tuple(next(reader, ()))
        every = [tuple(row) for row in reader if row]
    shown = tuple(tuple(_short(cell) for cell in row) for row in every[:DATA_ROWS])
    numeric = tuple(
        bool(shown) and all(NUMERAL.match(row[at]) for row in shown if at < len(row)) for at in range(len(header))
    )
    return Rows(heads if len(heads) == len(header) else header, shown, numeric, len(every))


def _short(cell: str) -> str:
    """Return a cell as it reads: below one four digits, as shares need, else two decimals."""
    if not LONG_DECIMAL.fullmatch(cell):
        return unguarded(cell)
    return f"{float(cell):.4g}" if abs(float(cell)) < 1 else f"{float(cell):.2f}"
