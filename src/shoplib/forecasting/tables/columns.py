"""Which columns of a table mean what, and the columns as they stand in a CSV or Parquet file or a frame."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from shoplib.base import words
from shoplib.errors import SourceError

DELIMITERS = ",;\t|"
HEAD = 1 << 20
PARQUET = b"PAR1"


@dataclass(frozen=True)
class Columns:
    """Names of the columns of a table of daily rows, and the rules asked for.

    ``duplicates`` is ``refuse`` or ``sum``: what becomes of rows of the same series and day that differ. Times that
    tell their zone are turned to ``timezone`` (IANA) before the day is taken; without one, the day is as written.
    """

    id: str = "unique_id"
    time: str = "ds"
    target: str = "y"
    known: tuple[str, ...] = ()
    closed: str = ""
    stockout: str = ""
    static: tuple[str, ...] = ()
    country: str = ""
    duplicates: str = "refuse"
    timezone: str = ""

    @property
    def options(self) -> dict[str, str]:
        """Option of the command by column asked for, in order."""
        single = {"--id": self.id, "--time": self.time, "--target": self.target}
        single |= {"--closed": self.closed, "--stockout": self.stockout}
        named = {column: option for option, column in single.items() if column}
        for option, columns in (("--known", self.known), ("--static", self.static)):
            named |= {column: option for column in columns if column not in named}
        return named


@dataclass(frozen=True)
class Taken:
    """Columns asked for of a table, text as written or values with their type, and a way to the other columns."""

    table: pa.Table
    others: Callable[[], pa.Table]
    where: str
    notes: tuple[str, ...] = ()


def of_frame(frame: pd.DataFrame, asked: Columns, where: str) -> Taken:
    """Return the columns asked for of a frame; ``SourceError`` if one is missing or holds more than one type."""
    names = [str(name) for name in frame.columns]
    _require(names, asked, where)
    return Taken(
        _arrow(frame, list(asked.options), where),
        lambda: _arrow(frame, [name for name in names if name not in asked.options], where), where,
    )  # fmt: skip


def of_file(path: Path, asked: Columns) -> Taken:
    """Return the columns asked for of a CSV (also ``.gz``) or Parquet file; ``SourceError`` if it cannot be taken."""
    where = str(path)
    try:
        if not path.is_file():
            raise SourceError(
                "There is no such file" if not path.exists() else "This is a folder", where=where,
                wanted="a CSV or Parquet file with a row a series and day", next_step="check the name",
            )  # fmt: skip
        with path.open("rb") as stream:
            parquet = stream.read(len(PARQUET)) == PARQUET
        return _of_parquet(path, asked) if parquet else _of_text(path, asked)
    except (OSError, UnicodeError, pa.ArrowException) as error:
        raise SourceError(
            "The file cannot be read", where=where, found=str(error).splitlines()[0][:300],
            wanted="a CSV file with one header and as many values in each row, or a Parquet file",
            next_step="export it again",
        ) from error  # fmt: skip


def _of_parquet(path: Path, asked: Columns) -> Taken:
    with pq.ParquetFile(path) as stored:
        names = stored.schema_arrow.names
        _require(names, asked, str(path))
        table = stored.read(columns=list(asked.options)).select(list(asked.options))

    def others() -> pa.Table:
        with pq.ParquetFile(path) as again:
            return again.read(columns=[name for name in names if name not in asked.options])

    return Taken(table, others, str(path))


def _of_text(path: Path, asked: Columns) -> Taken:
    encoding, head = _head(path)
    delimiter, names = _header(head, asked)
    if not any(name.strip() for name in names):
        raise SourceError("The file is empty", where=str(path), wanted="a header and a row a series and day",
                          next_step="export it again")  # fmt: skip
    _require(names, asked, str(path))

    def read(columns: list[str], *, across_lines: bool = False) -> pa.Table:
        return pa_csv.read_csv(
            str(path),
            read_options=pa_csv.ReadOptions(encoding=encoding),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=across_lines),
            convert_options=pa_csv.ConvertOptions(
                include_columns=columns, column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )

    def read_anyhow(columns: list[str]) -> pa.Table:
        try:
            return read(columns)
        except pa.ArrowInvalid:
            return read(columns, across_lines=True)

    rest = [name for name in dict.fromkeys(names) if name not in asked.options and names.count(name) == 1]
    notes = ("the file is not UTF-8; it was read as Windows-1252",) if encoding == "cp1252" else ()
    return Taken(read_anyhow(list(asked.options)), lambda: read_anyhow(rest), str(path), notes)


def _head(path: Path) -> tuple[str, str]:
    """Return the encoding of a text file and its first line."""
    with pa.input_stream(str(path)) as stream:
        begun: bytes = stream.read(HEAD)
    if begun[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif b"\0" in begun:
        raise SourceError("The file is neither text nor Parquet", where=str(path), wanted="a CSV or Parquet file",
                          next_step="save it as CSV")  # fmt: skip
    else:
        encoding = "utf8"
        try:
            begun.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start < len(begun) - 4:
                encoding = "cp1252"
    text = begun.decode({"utf8": "utf-8-sig"}.get(encoding, encoding), errors="replace")
    return encoding, next((line for line in text.splitlines() if line.strip()), "")


def _header(line: str, asked: Columns) -> tuple[str, list[str]]:
    """Return the delimiter under which most of the columns asked for are found, and the columns under it."""
    split = {mark: next(csv.reader([line], delimiter=mark), [""]) for mark in DELIMITERS}
    best = max(split, key=lambda mark: (len(set(split[mark]) & set(asked.options)), len(split[mark])))
    return best, split[best]


def _require(names: Sequence[str], asked: Columns, where: str) -> None:
    missing = {column: option for column, option in asked.options.items() if column not in names}
    if missing:
        column, option = next(iter(missing.items()))
        near = words.nearest(column, names) or words.nearest(column.lower(), [name.lower() for name in names])
        near = next((name for name in names if name.lower() == near.lower()), "")
        raise SourceError(
            f"There is no column {column}", where=where, found=f"columns {words.listed(names, 20)}",
            wanted=words.listed(f"{option} {column}" for column, option in missing.items()),
            next_step=f"write {option} {near}, if that is meant" if near else f"say with {option} which column it is",
        )  # fmt: skip
    twice = [column for column in asked.options if list(names).count(column) > 1]
    if twice:
        raise SourceError(
            f"The column {twice[0]} is there more than once", where=where, found=f"columns {words.listed(names, 20)}",
            wanted="one column of each name", next_step="rename one of them",
        )  # fmt: skip


def _arrow(frame: pd.DataFrame, names: list[str], where: str) -> pa.Table:
    columns: dict[str, Any] = {}
    for name in names:
        column = frame.iloc[:, [str(found) for found in frame.columns].index(name)]
        try:
            columns[name] = pa.chunked_array(pa.array(column, from_pandas=True))
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            columns[name] = pa.chunked_array([column.map(str, na_action="ignore").array.tolist()], type=pa.string())
    return pa.table(columns)
