"""A league's forecasts, measures, choice and cost as five files in a folder that is whole or absent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shoplib.base import words
from shoplib.errors import StoreError
from shoplib.forecasting import accuracy
from shoplib.forecasting.league import League
from shoplib.forecasting.models.interface import LEVELS
from shoplib.forecasting.panel import Floats
from shoplib.store import files

FORECASTS, FUTURE, METRICS = "forecasts.parquet", "future.parquet", "metrics.csv"
CHOSEN, COST = "chosen.csv", "cost.json"
NAMES = (FORECASTS, FUTURE, METRICS, CHOSEN, COST)
WHOLE_PANEL = "*"
BOUNDS = [f"{side}{level}" for level in LEVELS for side in ("lo", "hi")]
SCHEMA = pa.schema(
    [("unique_id", pa.string()), ("cutoff", pa.timestamp("us")), ("ds", pa.timestamp("us")), ("model", pa.string()),
     *((name, pa.float64()) for name in ("y", "yhat", *BOUNDS))]
)  # fmt: skip
CHOSEN_COLUMNS = ["unique_id", "models", "weights", "fallback", "reason"]


def require_folder(folder: Path) -> None:
    """Refuse with ``StoreError`` a place for results that is a file, or a folder that holds anything else."""
    if folder.exists() and not folder.is_dir():
        raise StoreError("The folder for results is a file", where=str(folder), wanted="a new or empty folder",
                         next_step="name another with --out")  # fmt: skip
    others = sorted(path.name for path in folder.iterdir() if path.name not in NAMES) if folder.is_dir() else []
    if others:
        raise StoreError(
            "The folder holds other files", where=str(folder), found=words.listed(others, 5),
            wanted="a new or empty folder, or an earlier result", next_step="name another with --out",
        )  # fmt: skip


def write(league: League, folder: Path) -> None:
    """Write the five files; an earlier result is replaced, and a reader finds the old one or the whole new one.

    Equal leagues give equal bytes, but for the seconds in ``cost.json``. Raises ``StoreError`` if the folder holds
    other files or cannot be written.
    """
    place = folder.absolute()
    require_folder(place)
    part, old = (place.with_name(f".{place.name}.{word}") for word in ("part", "old"))
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            _write_rows(part / FORECASTS, _forecasts(league))
            _write_rows(part / FUTURE, _future(league))
            files.write_text(
                part / METRICS, metrics(league).to_csv(index=False, float_format="%.10g", lineterminator="\n")
            )
            files.write_text(part / CHOSEN, league.chosen[CHOSEN_COLUMNS].to_csv(index=False, lineterminator="\n"))
            files.write_json(part / COST, _cost(league))
            shutil.rmtree(old, ignore_errors=True)
            if place.exists():
                place.rename(old)
            part.rename(place)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            if old.exists() and not place.exists():
                old.rename(place)
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise files.as_store_error(error, place) from error


def metrics(league: League) -> pd.DataFrame:
    """Return the measures of each model, over the whole panel (``*``, lowest RMSSE first) and of each series."""
    if not len(league.trials.cutoffs):
        return pd.DataFrame(columns=["unique_id", "model", *accuracy.MEASURES])
    whole = league.table.rename_axis("model").reset_index()
    whole.insert(0, "unique_id", WHOLE_PANEL)
    each = [
        accuracy.scores(league.trials, model, bands=league.bands[model]).reset_index().assign(model=model)
        for model in whole["model"]
    ]
    return pd.concat([whole, *each], ignore_index=True)[list(whole.columns)]


def _forecasts(league: League) -> Iterator[pa.Table]:
    """Yield the rows of the trials, a model and window at a time, by series and day within."""
    trials = league.trials
    for model in league.shown:
        for window, cutoff in enumerate(trials.cutoffs):
            said = trials.said[model][window]
            yield _rows(trials.ids, cutoff, model, trials.actual[window], said.mean, league.bands[model][window])


def _future(league: League) -> Iterator[pa.Table]:
    """Yield the rows of the days after the data, a model at a time."""
    for model in league.shown:
        said = league.future[model]
        yield _rows(league.trials.ids, league.last, model, None, said.mean, said.bands)


def _rows(
    ids: tuple[str, ...], cutoff: pd.Timestamp, model: str, actual: Floats | None, mean: Floats, bands: Any
) -> pa.Table:
    """Return one row a series and day of which the model has something to say."""
    series, horizon = mean.shape
    told = np.flatnonzero(~np.isnan(mean).ravel())
    days = (cutoff + pd.to_timedelta(np.arange(1, horizon + 1), unit="D")).to_numpy("datetime64[us]")
    columns: dict[str, Any] = {
        "unique_id": pa.array(ids, pa.string()).take(pa.array(told // horizon)),
        "cutoff": pa.array(np.full(len(told), cutoff.to_datetime64().astype("datetime64[us]"))),
        "ds": pa.array(days[told % horizon]),
        "model": pa.array([model], pa.string()).take(pa.array(np.zeros(len(told), dtype=np.int64))),
    }
    nothing = np.full((series, horizon), np.nan)
    grids = {} if actual is None else {"y": actual}
    grids |= {"yhat": mean}
    for level in LEVELS:
        low, high = bands.get(level, (nothing, nothing))
        grids |= {f"lo{level}": low, f"hi{level}": high}
    for name, grid in grids.items():
        values = grid.ravel()[told]
        columns[name] = pa.array(values, mask=np.isnan(values))
    return pa.table(columns)


def _write_rows(path: Path, tables: Iterator[pa.Table]) -> None:
    """Write tables one after the other into one file."""
    schema = SCHEMA if path.stem == "forecasts" else SCHEMA.remove(SCHEMA.get_field_index("y"))
    with files.writing(path) as part, pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)


def _cost(league: League) -> dict[str, Any]:
    """Return processor seconds: ``members`` ran for ``auto`` or as a yardstick only, ``auto`` holds theirs."""
    seconds = {model: round(value, 3) for model, value in league.seconds.items()}
    asked = {model: value for model, value in seconds.items() if model in league.shown}
    return {
        "unit": "processor seconds", "models": asked, "all": round(league.spent, 3),
        "members": {model: value for model, value in seconds.items() if model not in asked},
    }  # fmt: skip
