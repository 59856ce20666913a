"""A file in pieces: some neighbouring records at a time, put together to one ``RawFile`` or to several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shoplib.ingest.readers import RawFile
from shoplib.ingest.sources import guard

Broken = tuple[int, int, str]
"""A record of the wrong shape: its number, how many fields it has, its text."""


@dataclass(frozen=True)
class Header:
    """What the columns are called: unique names, and the cells as they stand in the file, joined by ``mark``."""

    names: list[str]
    cells: list[str]
    mark: str = ","


@dataclass(frozen=True)
class Piece:
    """Records that follow one another: text cells, the number of each record, and those of the wrong shape."""

    table: pa.Table
    numbers: np.ndarray
    broken: list[Broken]

    def __len__(self) -> int:
        return len(self.numbers) + len(self.broken)

    def cut(self, rows: int) -> Iterator[Piece]:
        """Yield the same records, at most ``rows`` at a time."""
        if len(self) <= rows:
            yield self
            return
        bad = np.array([number for number, _, _ in self.broken], dtype=np.int64)
        order = np.sort(np.concatenate([self.numbers, bad]))
        at, seen = 0, 0
        for last in (*order[rows - 1 :: rows].tolist(), int(order[-1])):
            end, told = np.searchsorted(self.numbers, last, "right"), int((bad <= last).sum())
            part = Piece(self.table.slice(at, end - at), self.numbers[at:end], self.broken[seen:told])
            at, seen = end, told
            if len(part):
                yield part


def piece(
    path: Path,
    header: Header,
    columns: Sequence[pa.Array],
    numbers: np.ndarray,
    broken: list[Broken],
    *,
    text: bool = False,
) -> Piece:
    """Return records without outer blanks in their cells, blank ones left out, and the header again set apart.

    ``text`` says that the cells come from a text that is known to hold no NUL character.
    """
    if not header.names:
        return Piece(pa.table({}), np.array([], dtype=np.int64), broken)
    guard.require_sane_cells(path, header.names, list(columns), numbers, text=text)
    columns = [pc.utf8_trim_whitespace(column) for column in columns]
    blank = np.ones(len(numbers), dtype=bool)
    again = np.ones(len(numbers), dtype=bool)
    for column, cell in zip(columns, header.cells, strict=True):
        blank &= _equal(column, "")
        again &= _equal(column, cell.strip())
    again &= ~blank
    if again.any():
        written, width = header.mark.join(header.cells), len(header.cells)
        broken = sorted([*broken, *((int(number), width, written) for number in numbers[again])])
    table = pa.Table.from_arrays(columns, names=header.names)
    keep = ~(blank | again)
    if not keep.all():
        table, numbers = table.filter(pa.array(keep)), numbers[keep]
    return Piece(table, numbers, broken)


def _equal(column: pa.Array | pa.ChunkedArray, cell: str) -> np.ndarray:
    same: np.ndarray = np.asarray(pc.equal(column, cell).to_numpy(zero_copy_only=False), dtype=bool)
    return same


def of_lists(path: Path, header: Header, rows: Sequence[Sequence[str]], first: int, broken: list[Broken]) -> Piece:
    """Return a piece of rows given as lists of cells as wide as the header; numbers go on from ``first``.

    Numbers of ``broken`` records are passed over.
    """
    columns = [pa.array(cells, type=pa.string()) for cells in zip(*rows, strict=True)] if rows else None
    columns = columns if columns is not None else [pa.array([], type=pa.string()) for _ in header.names]
    return piece(path, header, columns, numbers_after(first, len(rows), broken), broken)


def numbers_after(first: int, count: int, broken: Sequence[Broken]) -> np.ndarray:
    """Return the numbers of the next ``count`` records from ``first`` on, but for those that are broken."""
    numbers = np.arange(first, first + count + len(broken), dtype=np.int64)
    bad = [number - first for number, _, _ in broken if 0 <= number - first < len(numbers)]
    return np.delete(numbers, bad)[:count]


def whole(path: Path, sha256: str, names: list[str], pieces: Iterable[Piece]) -> RawFile:
    """Return the pieces of a file put together."""
    parts = list(pieces)
    empty = pa.table({name: pa.array([], type=pa.string()) for name in names})
    table = pa.concat_tables([part.table for part in parts]) if parts else empty
    numbers = np.concatenate([part.numbers for part in parts]) if parts else np.array([], dtype=np.int64)
    index = pd.Index(numbers, name="source_row", dtype="int64")
    rows = table.to_pandas().astype(object).set_axis(index)
    bad = [record for part in parts for record in part.broken]
    misshapen = pd.DataFrame(
        {"fields": np.array([fields for _, fields, _ in bad], dtype=np.int64)},
        index=pd.Index([number for number, _, _ in bad], name="source_row", dtype="int64"),
    )
    misshapen["text"] = pd.Series([text for _, _, text in bad], index=misshapen.index, dtype=object)
    return RawFile(path, sha256, rows, misshapen)


def grouped(path: Path, sha256: str, names: list[str], pieces: Iterable[Piece], rows: int) -> Iterator[RawFile]:
    """Yield the pieces of a file as files of at most ``rows`` records each, in order, and at least one."""
    waiting: list[Piece] = []
    held, given = 0, False
    for part in (smaller for large in pieces for smaller in large.cut(rows)):
        if waiting and held + len(part) > rows:
            file = whole(path, sha256, names, waiting)
            waiting, held, given = [], 0, True
            yield file
            del file
        waiting.append(part)
        held += len(part)
    if held or not given:
        yield whole(path, sha256, names, waiting)
