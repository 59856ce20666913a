"""One small table of sales written as any kind of file, on the spot."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoplib.config.mapping import FileFormat
from shoplib.errors import ShopError
from shoplib.ingest.readers import RawFile
from shoplib.ingest.sources import Kind, read

Rows = Sequence[Sequence[Any]]
SUFFIX = {"csv": ".csv", "json": ".json", "excel": ".xlsx", "parquet": ".parquet"}


def book(sheets: dict[str, Rows], merged: Sequence[str] = ()) -> bytes:
    """Return a workbook with these rows on its sheets; cells are merged on the first one."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for area in merged:
        made.worksheets[0].merge_cells(area)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def parquet(table: pa.Table) -> bytes:
    """Return a table as the bytes of a parquet file."""
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


def written(kind: str, names: Sequence[str], rows: Rows, delimiter: str = ",") -> bytes:
    """Return the bytes of a file of any kind with these columns of text."""
    if kind == "csv":
        quoted = [['"' + str(cell).replace('"', '""') + '"' for cell in row] for row in (names, *rows)]
        return "\n".join(delimiter.join(row) for row in quoted).encode()
    if kind == "json":
        return json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False).encode()
    if kind == "excel":
        return book({"Sales": [names, *rows]})
    columns = [pa.array([str(row[at]) for row in rows], type=pa.string()) for at in range(len(names))]
    return parquet(pa.Table.from_arrays(columns, names=list(names)))


@pytest.fixture(scope="session")
def book_of() -> Callable[..., bytes]:
    """Return the function that makes a workbook of rows by sheet."""
    return book


@pytest.fixture(scope="session")
def parquet_of() -> Callable[[pa.Table], bytes]:
    """Return the function that makes a parquet file of a table."""
    return parquet


@pytest.fixture(scope="session")
def file_of() -> Callable[..., bytes]:
    """Return the function that makes a file of any kind from names and rows of text."""
    return written


@pytest.fixture
def reading(tmp_path: Path) -> Callable[..., RawFile]:
    """Return a function that writes bytes to a file and reads it as a kind, under settings of ``file``."""

    def of(kind: Kind, data: bytes | str, *, name: str = "", **how: Any) -> RawFile:
        path = tmp_path / (name or f"sales{SUFFIX[kind]}")
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read(path, kind, FileFormat.model_validate(how))

    return of


@pytest.fixture
def refused(reading: Callable[..., RawFile], tmp_path: Path) -> Callable[..., str]:
    """Return a function that reads like ``reading`` what cannot be read, and gives the message."""

    def of(*what: Any, **how: Any) -> str:
        with pytest.raises(ShopError) as caught:
            reading(*what, **how)
        return str(caught.value).replace(str(tmp_path), "FOLDER")

    return of
