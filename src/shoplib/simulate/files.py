"""A world on disk: the raw files a till system would export, and the truth beside them.

Text files are UTF-8 with ``\\n`` line ends, a comma between columns and no quotes (no name holds a comma).
Amounts are written with the decimals of their currency, unknown ones as nothing. The same world gives the same
bytes, whether it is written at once or part by part.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from shoplib.base import money
from shoplib.errors import ConfigError, StoreError
from shoplib.simulate.world import Stream, World, whole

TRUTH = "truth"
README = "SIMULATED.txt"
HEADING = "Simulated data: nothing in this folder is real.\n\n"
MINOR = "_minor"
AMOUNT_DIGITS = 18
ROW_GROUP = 131_072
LOOKED_UP = 2**17
DAYS = {"date", "start", "end", "starts", "ends", "joined"}
DAY_ENDINGS = ("_date", "_on", "_from")


def write(world: World, folder: Path) -> dict[str, int]:
    """Write the raw files and ``truth/*.parquet`` into ``folder`` and return the rows of each file.

    Files of the same names are replaced; ``SIMULATED.txt`` says that nothing of it is real. Parquet holds exact
    decimals. Raises ``StoreError`` if the folder cannot be written.
    """
    return stream(whole(world), folder)


def stream(coming: Stream, folder: Path, advance: Callable[[int], object] = bool) -> dict[str, int]:
    """Write a world that comes in parts, byte for byte as ``write`` would, and return the rows of each file.

    ``advance`` is told how many transactions each part had. Memory holds one part and, for Parquet files, the rows
    of one row group. Raises ``StoreError`` if the folder cannot be written.
    """
    decimals = money.digits(coming.currency)
    rows: dict[str, int] = {}
    try:
        (folder / TRUTH).mkdir(parents=True, exist_ok=True)
        with ExitStack() as closing:
            sinks: dict[str, _Sink] = {}
            for part in coming.parts:
                for file, name in coming.files.items():
                    if name in part:
                        if file not in sinks:
                            sinks[file] = closing.enter_context(_sink(folder / file))
                        sinks[file].write(part[name], decimals)
                advance(len(next(iter(part.values()))))
        rest = coming.rest()
        for file, name in rest.files.items():
            if file not in sinks:
                with _sink(folder / file) as sinks[file]:
                    sinks[file].write(rest.tables[name], decimals)
            rows[file] = sinks[file].rows
        for file, content in rest.texts.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
            rows[file] = content.count(b"\n")
        for name, frame in rest.truth.items():
            file = f"{TRUTH}/{name}.parquet"
            with _sink(folder / file) as sink:
                sink.add(arrow(frame))
            rows[file] = sink.rows
        (folder / README).write_text(HEADING + "\n".join(rows) + "\n")
    except OSError as error:
        raise StoreError(
            "The simulated files could not be written",
            where=str(folder),
            found=error.strerror or str(error),
            wanted="a folder that can be written, with room for about 60 MB per 100,000 transactions",
            next_step="free the folder or give another, then run again",
        ) from error
    return rows


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to write a world into; it becomes ``folder`` when the block ends well.

    Otherwise nothing is left of it, and ``folder`` stays as it was. Raises ``ConfigError`` if ``folder`` holds
    anything that is not an earlier simulation.
    """
    folder = folder.absolute()
    _refuse_strangers(folder)
    fresh, old = (folder.with_name(f".{folder.name}.{word}") for word in ("part", "old"))
    try:
        for left in (fresh, old):
            rmtree(left, ignore_errors=True)
        fresh.mkdir(parents=True)
        yield fresh
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    except OSError as error:
        raise StoreError(
            "The folder for the simulated files cannot be made", where=str(folder),
            found=error.strerror or str(error), next_step="give another folder, then run again",
        ) from error  # fmt: skip
    finally:
        if not folder.exists() and old.exists():
            old.rename(folder)
        for left in (fresh, old):
            rmtree(left, ignore_errors=True)


def _refuse_strangers(folder: Path) -> None:
    if not folder.exists():
        return
    listed = folder / README
    known = listed.read_text().splitlines() if listed.is_file() else []
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    strange = [file for file in files if file not in (README, *known)] if folder.is_dir() else [folder.name]
    if strange:
        raise ConfigError(
            "The folder for the simulated files is not empty",
            where=str(folder),
            found=strange[0] if len(strange) == 1 else f"{strange[0]} and {len(strange) - 1} more",
            wanted=f"a new or empty folder, or one with an earlier simulation ({README}) and nothing else",
            next_step="give another folder with --out",
        )


def written(frame: pd.DataFrame, decimals: int) -> pa.Table:
    """Return a frame as it goes into a file: ``*_minor`` columns become exact amounts without the ending."""
    columns = {}
    for name, cells in frame.items():
        is_amount = str(name).endswith(MINOR)
        columns[str(name).removesuffix(MINOR)] = _decimal(cells, decimals) if is_amount else _column(str(name), cells)
    return pa.table(columns)


def lettered(frame: pd.DataFrame, decimals: int) -> pa.Table:
    """Return what ``written`` does, ready to become text: small figures as positions in a list of all of them.

    Most figures of a shop are small, and looking one up takes a third of the time of writing it out.
    """
    columns = {}
    for name, cells in frame.items():
        is_amount = str(name).endswith(MINOR)
        is_figure = is_amount or pd.api.types.is_integer_dtype(cells.dtype)
        digits = decimals if is_amount else 0
        columns[str(name).removesuffix(MINOR)] = _looked_up(cells, digits) if is_figure else _column(str(name), cells)
    return pa.table(columns)


def arrow(frame: pd.DataFrame) -> pa.Table:
    """Return a frame as Arrow, with columns of days as days.

    Days are told by name: ``date``, ``start``, ``end``, ``starts``, ``ends``, ``joined``, ``*_date``, ``*_on``,
    ``*_from``.
    """
    return pa.table([_column(name, frame[name]) for name in frame.columns], names=list(frame.columns))


def _looked_up(cells: pd.Series, decimals: int) -> pa.Array:
    plain = not pd.api.types.is_extension_array_dtype(cells.dtype)
    if not plain or not len(cells) or cells.min() < 0 or cells.max() >= LOOKED_UP:
        return _decimal(cells, decimals)
    known = _all_below(1 << int(cells.max()).bit_length(), decimals)
    return pa.DictionaryArray.from_arrays(pa.array(cells.to_numpy(dtype=np.int32)), known, safe=False)


@cache
def _all_below(limit: int, decimals: int) -> pa.Array:
    return _decimal(pd.Series(np.arange(limit)), decimals).cast(pa.string())


def _column(name: str, cells: pd.Series) -> pa.Array:
    column = pa.array(cells)
    is_day = pa.types.is_timestamp(column.type) and (name in DAYS or name.endswith(DAY_ENDINGS))
    return column.cast(pa.date32()) if is_day else column


def _decimal(cells: pd.Series, decimals: int) -> pa.Array:
    """Return whole minor units as 128-bit decimals: the low word is the number, the high word its sign."""
    known = None
    if pd.api.types.is_extension_array_dtype(cells.dtype):
        known = pa.array(cells.notna().to_numpy(), pa.bool_()).buffers()[1]
        cells = cells.fillna(0)
    minor: npt.NDArray[np.int64] = cells.to_numpy(dtype=np.int64)
    words = np.empty((len(minor), 2), dtype="<i8")
    words[:, 0] = minor
    words[:, 1] = minor >> 63
    return pa.Array.from_buffers(pa.decimal128(AMOUNT_DIGITS, decimals), len(minor), [known, pa.py_buffer(words)])


class _Sink(ABC):
    """A file that rows are added to; ``rows`` says how many it holds."""

    def __init__(self) -> None:
        self.rows = 0

    def write(self, frame: pd.DataFrame, decimals: int) -> None:
        self.add(written(frame, decimals))

    @abstractmethod
    def add(self, table: pa.Table) -> None:
        """Write a table's rows after those before."""

    @abstractmethod
    def close(self) -> None:
        """Write what is held back."""


@contextmanager
def _sink(path: Path) -> Iterator[_Sink]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as raw:
        sink: _Sink = _Parquet(raw) if path.suffix == ".parquet" else _Csv(raw)
        yield sink
        sink.close()


class _Csv(_Sink):
    """Text, one line a row."""

    OPTIONS = pa.csv.WriteOptions(include_header=False, quoting_style="none", batch_size=16_384)

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__()
        self._raw, self._headed = raw, False

    def write(self, frame: pd.DataFrame, decimals: int) -> None:
        self.add(lettered(frame, decimals))

    def add(self, table: pa.Table) -> None:
        self.rows += table.num_rows
        if not self._headed:
            self._raw.write((",".join(table.column_names) + "\n").encode())
            self._headed = True
        pa.csv.write_csv(table, self._raw, self.OPTIONS)

    def close(self) -> None:
        """Nothing is held back."""


class _Parquet(_Sink):
    """Columns in row groups of one size, so that it does not show in which parts they came."""

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__()
        self._raw = raw
        self._writer: pa.parquet.ParquetWriter | None = None
        self._held: pa.Table | None = None

    def add(self, table: pa.Table) -> None:
        self.rows += table.num_rows
        self._held = table if self._held is None else pa.concat_tables([self._held, table])
        while self._held.num_rows >= ROW_GROUP:
            self._group(self._held.slice(0, ROW_GROUP))
            self._held = self._held.slice(ROW_GROUP)

    def close(self) -> None:
        """Write what is held back."""
        if self._held is not None and (self._held.num_rows or self._writer is None):
            self._group(self._held)
        if self._writer is not None:
            self._writer.close()

    def _group(self, table: pa.Table) -> None:
        if self._writer is None:
            # Without the Arrow schema, readers get plain text columns instead of dictionaries. Codes that hardly
            # repeat are written plainly; least and greatest values are kept only where a reader would seek by them.
            repeating = [column.name for column in table.schema if not pa.types.is_large_string(column.type)]
            sought = [column.name for column in table.schema if pa.types.is_temporal(column.type)]
            self._writer = pa.parquet.ParquetWriter(
                self._raw, table.schema, compression="zstd", store_schema=False, use_dictionary=repeating,
                write_statistics=sought,
            )  # fmt: skip
        self._writer.write_table(table.combine_chunks(), row_group_size=ROW_GROUP)
