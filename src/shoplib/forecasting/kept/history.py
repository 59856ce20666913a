"""A panel as one parquet file, and the digest of a panel."""

from __future__ import annotations

import io
import json

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shoplib.base import digest
from shoplib.forecasting.panel import Panel

ABOUT = b"panel"
KNOWN, STATIC = "known:", "static:"


def as_parquet(panel: Panel) -> bytes:
    """Return the panel as a parquet file with a row a series, days as lists; equal panels give equal bytes."""
    columns = {"unique_id": pa.array(panel.ids, type=pa.string())}
    columns["y"] = _lists(panel.y, pa.float64())
    columns["closed"] = _lists(panel.closed, pa.bool_())
    columns |= {KNOWN + name: _lists(grid, pa.float64()) for name, grid in panel.known.items()}
    columns |= {STATIC + str(name): pa.array(_plain(panel.static[name])) for name in panel.static.columns}
    about = {
        "first": panel.days[0].isoformat() if len(panel.days) else "", "days": len(panel.days),
        "history": panel.history, "country": panel.country,
    }  # fmt: skip
    table = pa.table(columns).replace_schema_metadata({ABOUT: digest.canonical(about).encode()})
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def from_parquet(data: bytes) -> Panel:
    """Return the panel of :func:`as_parquet`, number for number."""
    table = pq.read_table(pa.BufferReader(data))
    about = json.loads(table.schema.metadata[ABOUT])
    days, history = int(about["days"]), int(about["history"])
    ids = tuple(table["unique_id"].to_pylist())

    def grid(name: str, width: int) -> npt.NDArray[np.generic]:
        flat = table[name].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        return np.array(flat).reshape(len(ids), width)

    static = {
        name.removeprefix(STATIC): table[name].to_pandas() for name in table.column_names if name.startswith(STATIC)
    }
    known = [name for name in table.column_names if name.startswith(KNOWN)]
    return Panel(
        ids,
        pd.date_range(about["first"] or "2000-01-01", periods=days, freq="D"),
        history,
        grid("y", history).astype(np.float64),
        grid("closed", days).astype(np.bool_),
        {name.removeprefix(KNOWN): grid(name, days).astype(np.float64) for name in known},
        pd.DataFrame(static).set_axis(pd.Index(ids), axis=0) if static else pd.DataFrame(index=pd.Index(ids)),
        about["country"],
    )


def digest_of(panel: Panel) -> str:
    """Return the digest of all that a forecast may depend on."""
    parts = {
        "ids": list(panel.ids), "history": panel.history, "country": panel.country,
        "days": [panel.days[0].isoformat() if len(panel.days) else "", len(panel.days)],
        "y": _bytes(panel.y), "closed": _bytes(panel.closed),
        "known": {name: _bytes(grid) for name, grid in panel.known.items()},
        "static": {str(name): [str(value) for value in panel.static[name]] for name in panel.static.columns},
    }  # fmt: skip
    return digest.of_value(parts)


def _bytes(grid: npt.NDArray[np.generic]) -> str:
    if grid.dtype == np.float64:
        grid = np.where(np.isnan(grid), np.nan, grid)  # one NaN of the many there are
    return digest.of_bytes(np.ascontiguousarray(grid).tobytes())


def _lists(grid: npt.NDArray[np.generic], kind: pa.DataType) -> pa.Array:
    rows, width = grid.shape
    ends = pa.array(np.arange(rows + 1, dtype=np.int64) * width, type=pa.int64())
    return pa.LargeListArray.from_arrays(ends, pa.array(np.ascontiguousarray(grid).ravel(), type=kind))


def _plain(column: pd.Series) -> npt.NDArray[np.generic]:
    """Return a static column as floats, or as words."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return column.astype(str).to_numpy(dtype=object)
