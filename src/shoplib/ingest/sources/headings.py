"""The headings of a sheet: one row, or several that merged cells hold together."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_ROWS = 4
Merged = tuple[int, int, int, int]
"""First row, first column, last row and last column of merged cells, from 1."""
_NUMBER = re.compile(r"[-+(]?\D?\s*\d[\d.,:/\- T]*\D{0,3}")


def depth(top: int, rows: Sequence[Sequence[str]], merged: Sequence[Merged]) -> int:
    """Return how many rows the headings that begin in row ``top`` take.

    As many as cells of the first row are merged downwards; two if cells of it are merged to the right and the row
    below holds a name, and no value, under each of them.
    """
    here = [cells for cells in merged if cells[0] == top]
    deep = max((bottom - top + 1 for _, _, bottom, _ in here), default=1)
    if deep > 1 or len(rows) < 2 or sum(bool(cell.strip()) for cell in rows[0]) < 2:
        return min(deep, len(rows), MOST_ROWS)
    below = [
        rows[1][at - 1] if at <= len(rows[1]) else "" for _, left, _, right in here for at in range(left, right + 1)
    ]
    return 2 if below and all(_is_name(cell) for cell in below) else 1


def joined(top: int, rows: Sequence[Sequence[str]], merged: Sequence[Merged], width: int) -> list[str]:
    """Return one heading a column: those of merged cells filled to the right, those below one another joined.

    ``width`` is that of the sheet's rows; nothing is filled beyond it.

    >>> joined(1, [["Day", "Sales"], ["", "net", "tax"]], [(1, 1, 2, 1), (1, 2, 1, 9)], 3)
    ['Day', 'Sales net', 'Sales tax']
    """
    grid = [[*(cell.strip() for cell in row[:width]), *[""] * (width - len(row))] for row in rows]
    for first, left, last, right in merged:
        if not top <= first <= last < top + len(rows) or left > width:
            continue
        for row in range(first, last + 1):
            for column in range(left, min(right, width) + 1) if first == row else ():
                grid[row - top][column - 1] = grid[first - top][left - 1]
    names = [" ".join(cell for cell in column if cell) for column in zip(*grid, strict=True)]
    while names and not names[-1]:
        names.pop()
    return names


def _is_name(cell: str) -> bool:
    return bool(cell.strip()) and not _NUMBER.fullmatch(cell.strip())
