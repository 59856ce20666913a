"""How blocks are set on paper: nothing of the code, small figures side by side, none higher than it need be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from shoplib.report import uris
from shoplib.report.blocks import Figure
from shoplib.report.layout import Placed, Run

PAIR = "pair"
WHOLE_MM, HALF_MM = 170.0, 82.0
"""The widths of a figure alone and of one of two side by side."""

LOW_MM, HALF_LOW_MM = 84.0, 76.0
"""Up to this height a figure is as wide as there is room for; a higher one is made smaller, ..."""

LEAST, HALF_LEAST = 0.66, 0.72
"""... though not below this part of its size, so that its letters can be read."""

TALLEST_PT = 370.0
"""The height up to which a drawing for narrow screens, 252 points wide, may stand in half the width."""

LONG_TEXT, ROOM, GAP = 35, 1.15, 4
"""Letters from which on a text of a table is long and broken, room for wide letters, and the gap between columns."""

WIDEST = round(ROOM * LONG_TEXT) + GAP

SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)pt" height="([\d.]+)pt"', re.DOTALL)


def spread(runs: Iterable[Run], folder: Path) -> tuple[Run, ...]:
    """Return the runs of a chapter as they are printed: without code, two neighbouring small figures as a ``pair``.

    ``folder`` is the chapter's. A figure is small if its drawing for narrow screens is at most :data:`TALLEST_PT` high.
    Raises ``StoreError`` if that drawing is missing.
    """
    made: list[Run] = []
    for kind, items in runs:
        if kind == "code":
            continue
        last = made[-1] if made else ("", ())
        if kind == last[0] == "figure" and _small(items[0], folder) and _small(last[1][0], folder):
            made[-1] = (PAIR, (*last[1], *items))
        else:
            made.append((kind, items))
    return tuple(made)


def height_mm(path: Path, *, half: bool = False) -> float:
    """Return the height at which a drawing is printed, alone or beside another; what tells no size is not limited."""
    size = _size(path)
    if size is None:
        return 2 * LOW_MM
    natural = size[1] / size[0] * (HALF_MM if half else WHOLE_MM)
    low, least = (HALF_LOW_MM, HALF_LEAST) if half else (LOW_MM, LEAST)
    return round(min(natural, max(low, least * natural)), 1)


def weights(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[int, ...]:
    """Return how wide the columns of a table are beside one another: as their longest text, at most :data:`WIDEST`.

    >>> weights(["Day", "What is wrong"], [["1 May 2024", "no"], ["2 May 2024", "w" * 400]])
    (16, 44)
    """
    letters = [max(map(len, head.split()), default=0) for head in heads]
    for row in rows:
        letters = [max(most, len(cell)) for most, cell in zip(letters, row, strict=True)]
    return tuple(round(ROOM * min(most, LONG_TEXT)) + GAP for most in letters)


def _small(item: Placed, folder: Path) -> bool:
    block = item.block
    size = _size(uris.inside(folder, block.narrow)) if isinstance(block, Figure) and block.narrow else None
    return size is not None and size[1] <= TALLEST_PT


def _size(path: Path) -> tuple[float, float] | None:
    """Return width and height of an SVG drawing in points."""
    found = SIZE.search(path.read_text(encoding="utf-8")) if path.suffix == ".svg" else None
    return (float(found[1]), float(found[2])) if found else None
