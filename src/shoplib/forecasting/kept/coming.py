"""What a person says of coming days: a table of columns known ahead, laid over the panel of a kept model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.errors import SourceError
from shoplib.forecasting.panel import Floats, Panel


@dataclass(frozen=True)
class Names:
    """How a table calls the series, the day, and whether a series is shut (empty: it does not say)."""

    id: str = "unique_id"
    time: str = "ds"
    closed: str = ""


def read(file: Path) -> pd.DataFrame:
    """Return the table of a CSV or Parquet file; ``SourceError`` if it cannot be read."""
    try:
        return pd.read_parquet(file) if file.suffix.lower() in (".parquet", ".pq") else pd.read_csv(file, dtype=str)
    except (OSError, ValueError) as error:
        raise SourceError(
            "The rows of coming days cannot be read", where=str(file), found=str(error).splitlines()[0],
            wanted="a CSV or Parquet file with a row a series and coming day", next_step="check the path and the file",
        ) from error  # fmt: skip


def filled(panel: Panel, horizon: int, table: pd.DataFrame, names: Names, where: str) -> Panel:
    """Return the panel with the next ``horizon`` days as the table tells them; ``SourceError`` if it leaves any out.

    Each series needs a row for each day and a value in each column known ahead. Other series, days and columns of the
    table do not count.
    """
    wanted = [*panel.known, *([names.closed] if names.closed and names.closed in table.columns else [])]
    if not wanted:
        raise SourceError(
            "The model knows no columns ahead", where=where, found=words.listed(table.columns),
            wanted="no file", next_step="leave --known-ahead out, or train with --known COLS",
        )  # fmt: skip
    absent = [name for name in (names.id, names.time, *panel.known) if name not in table.columns]
    if absent:
        raise SourceError(
            "Columns are missing in the rows of coming days", where=where, found=words.listed(table.columns),
            wanted=words.listed([names.id, names.time, *panel.known], 20),
            next_step=f"add {words.listed(absent)}: the model was trained with it",
        )  # fmt: skip
    row, day = _places(panel, horizon, table, names, where)
    mine = (row >= 0) & (day >= 0)
    row, day = row[mine], day[mine]
    counts = np.zeros((len(panel.ids), horizon), dtype=np.int64)
    np.add.at(counts, (row, day), 1)
    _require_each(panel, horizon, counts, where)
    start = slice(panel.history, panel.history + horizon)
    known, closed = dict(panel.known), panel.closed.copy()
    for name in wanted:
        grid = np.full(counts.shape, np.nan)
        grid[row, day] = _numbers(table[name][mine], name, where)
        if name in known:
            known[name] = known[name].copy()
            known[name][:, start] = grid
        if name == names.closed:
            closed[:, start] = grid > 0
    return replace(panel, known=known, closed=closed)


def _places(
    panel: Panel, horizon: int, table: pd.DataFrame, names: Names, where: str
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return the series and the coming day of each row, -1 for one that is none of ours."""
    days = pd.to_datetime(table[names.time].astype(str), errors="coerce", format="ISO8601")
    wrong = np.flatnonzero(days.isna().to_numpy())
    if len(wrong):
        raise SourceError(
            "A day cannot be read", where=f"{where}, row {wrong[0] + 1}, column {names.time}",
            found=str(table[names.time].iloc[wrong[0]]), wanted="a day such as 2026-03-01",
            next_step="write days like that",
        )  # fmt: skip
    rows = pd.Index(panel.ids).get_indexer(pd.Index(table[names.id].astype(str)))
    bare = days.dt.tz_localize(None) if days.dt.tz is not None else days
    return rows.astype(np.int64), panel.coming(horizon).get_indexer(pd.DatetimeIndex(bare).normalize()).astype(np.int64)


def _require_each(
    panel: Panel, horizon: int, counts: np.ndarray[tuple[int, int], np.dtype[np.int64]], where: str
) -> None:
    days = panel.coming(horizon)
    span = f"{words.day(days[0])} to {words.day(days[-1])}"
    for wrong, what, step in (
        (counts == 0, "Days are missing in the rows of coming days", "add them, or ask for fewer days with --horizon"),
        (counts > 1, "A series has two rows of the same coming day", "leave one of them"),
    ):
        places: Sequence[tuple[int, int]] = [(int(row), int(day)) for row, day in np.argwhere(wrong)]
        if places:
            told = [f"{panel.ids[row]} {days[day].date()}" for row, day in places[:3]]
            more = f" and {len(places) - 3:,} more" if len(places) > 3 else ""
            raise SourceError(what, where=where, found=f"{', '.join(told)}{more}",
                              wanted=f"one row for each of {words.plural(len(panel.ids), 'series', 'series')} and each "
                              f"day from {span}", next_step=step)  # fmt: skip


def _numbers(column: pd.Series, name: str, where: str) -> Floats:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if len(wrong):
        raise SourceError(
            "A value known ahead is not a number", where=f"{where}, row {column.index[wrong[0]] + 1}, column {name}",
            found=str(column.iloc[wrong[0]]), wanted="a number in each row", next_step="fill it in",
        )  # fmt: skip
    return np.asarray(numbers, dtype=np.float64)
