"""A world on disk: the raw files a till system would export, and the truth beside them.

Text files are UTF-8 with ``\\n`` line ends, a comma between columns and no quotes (no name holds a comma).
Amounts are written with the decimals of their currency. The same world gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from shoplib.base import money
from shoplib.errors import StoreError
from shoplib.simulate.world import World

TRUTH = "truth"
README = "SIMULATED.txt"
MINOR = "_minor"
AMOUNT_DIGITS = 18


def write(world: World, folder: Path) -> dict[str, int]:
    """Write the raw files and ``truth/*.parquet`` into ``folder`` and return the rows of each file.

    Files of the same names are replaced; ``SIMULATED.txt`` says that nothing of it is real. Parquet holds exact
    decimals. Raises ``StoreError`` if the folder cannot be written.
    """
    decimals = money.digits(world.currency)
    ready: dict[str, pa.Table] = {}
    rows = {}
    try:
        (folder / TRUTH).mkdir(parents=True, exist_ok=True)
        for file, name in world.files.items():
            if name not in ready:
                ready[name] = written(world.tables[name], decimals)
            _write_table(ready[name], folder / file)
            rows[file] = ready[name].num_rows
        for file, content in world.texts.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
            rows[file] = content.count(b"\n")
        for name, frame in world.truth.items():
            file = f"{TRUTH}/{name}.parquet"
            table = arrow(frame)
            _write_parquet(table, folder / file)
            rows[file] = table.num_rows
        listed = "\n".join(rows)
        (folder / README).write_text(f"Simulated data: nothing in this folder is real.\n\n{listed}\n")
    except OSError as error:
        raise StoreError(
            "The simulated files could not be written",
            where=str(folder),
            found=error.strerror or str(error),
            wanted="a folder that can be written, with room for about 50 MB per 100,000 transactions",
            next_step="free the folder or give another, then run again",
        ) from error
    return rows


def _write_table(table: pa.Table, path: Path) -> None:
    if path.suffix == ".parquet":
        _write_parquet(table, path)
    else:
        _write_csv(table, path)


def written(frame: pd.DataFrame, decimals: int) -> pa.Table:
    """Return a frame as it goes into a file: ``*_minor`` columns become exact amounts without the ending.

    Amounts that are not known (``Int64`` columns) stay empty.
    """
    table = arrow(frame)
    columns, names = [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        is_amount = name.endswith(MINOR)
        columns.append(_decimal(frame[name], decimals) if is_amount else column)
        names.append(name.removesuffix(MINOR))
    return pa.table(columns, names=names)


def arrow(frame: pd.DataFrame) -> pa.Table:
    """Return a frame as Arrow: midnight-only columns (``date`` or ``*_date``, ``start``, ``end``) as days."""
    columns = []
    for name in frame.columns:
        column = pa.array(frame[name])
        is_day = name in ("date", "start", "end") or name.endswith("_date")
        columns.append(column.cast(pa.date32()) if is_day else column)
    return pa.table(columns, names=list(frame.columns))


def _decimal(amounts: pd.Series, decimals: int) -> pa.Array:
    """Return whole minor units as 128-bit decimals: the low word is the number, the high word its sign."""
    absent = amounts.isna().to_numpy()
    minor = amounts.fillna(0).to_numpy(dtype=np.int64) if absent.any() else amounts.to_numpy(dtype=np.int64)
    words = np.empty((len(minor), 2), dtype="<i8")
    words[:, 0] = minor
    words[:, 1] = minor >> 63
    known = pa.array(~absent, pa.bool_()).buffers()[1] if absent.any() else None
    return pa.Array.from_buffers(pa.decimal128(AMOUNT_DIGITS, decimals), len(minor), [known, pa.py_buffer(words)])


def _write_csv(table: pa.Table, path: Path) -> None:
    options = pa.csv.WriteOptions(include_header=False, quoting_style="none", batch_size=65_536)
    with path.open("wb") as stream:
        stream.write((",".join(table.column_names) + "\n").encode())
        pa.csv.write_csv(table, stream, options)


def _write_parquet(table: pa.Table, path: Path) -> None:
    # Without the Arrow schema, readers get plain text columns instead of dictionaries.
    pa.parquet.write_table(table, path, compression="zstd", store_schema=False)
