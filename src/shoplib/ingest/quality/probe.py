"""What a test of rows is: which rows it is held against, which keep it, what was found and what was wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shoplib.config import quality as rules
from shoplib.ingest.quality.columns import Kind
from shoplib.ingest.quality.formula import Values

R = TypeVar("R", bound=rules._Rule)
Rows = pd.DataFrame
Bools = NDArray[np.bool_]
Named = dict[tuple[str | int, ...], tuple[str, tuple[Kind, ...]]]
"""Columns by their place in a rule, with what they may hold."""
Told = tuple[str, str, str]
"""Column at fault, what was found there, what was wanted."""
Problem = tuple[tuple[str | int, ...], str]
EPOCH = np.datetime64(0, "us")


@dataclass(frozen=True)
class Probe(Generic[R]):
    """One rule that can be held against prepared rows."""

    name: str
    rule: R

    @property
    def about(self) -> str:
        """What rows that break it did, in words; the cause after a colon."""
        raise NotImplementedError

    @property
    def columns(self) -> Named:
        """The columns it names: their place in the rule, and what they may hold."""
        return {}

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs it reads (see ``prepared``), the columns of ``only`` and ``unless`` left out."""
        return tuple(name for name, _ in self.columns.values())

    def applies(self, rows: Rows) -> Bools:
        """Return which rows can be held to it at all."""
        return np.ones(len(rows), dtype=bool)

    def keeps(self, rows: Rows) -> Bools:
        """Return which rows keep it; what is said of rows it does not apply to has no meaning."""
        raise NotImplementedError

    def tell(self, row: dict[str, Any]) -> Told:
        """Return what is wrong with a row that breaks it."""
        raise NotImplementedError

    @property
    def conditions(self) -> Named:
        """The columns of ``only`` and ``unless`` by their place in the rule."""
        pairs = [(part, name) for part in ("only", "unless") for name in getattr(self.rule, part)]
        return {pair: (pair[1], ("text",)) for pair in pairs}

    @property
    def all_inputs(self) -> tuple[str, ...]:
        """All inputs it reads."""
        return tuple(dict.fromkeys((*self.inputs, *(name for name, _ in self.conditions.values()))))

    def held(self, rows: Rows) -> Bools:
        """Return which rows it is held against."""
        held = self.applies(rows)
        for name, wanted in self.rule.only.items():
            held = held & rows[name].isin(wanted).to_numpy(dtype=bool)
        for name, exempt in self.rule.unless.items():
            held = held & ~rows[name].isin(exempt).to_numpy(dtype=bool)
        return held

    def problems(self) -> list[Problem]:
        """Return what makes it impossible, beside columns that are not there."""
        return []


def named(columns: Sequence[str], *kinds: Kind, under: str = "columns") -> Named:
    """Return columns of a list by their place in the rule, with what they may hold."""
    return {(under, number): (name, kinds) for number, name in enumerate(columns)}


def every(parts: Sequence[Bools]) -> Bools:
    """Return which rows are true in all parts."""
    return np.asarray(np.logical_and.reduce(parts), dtype=np.bool_)


def some(parts: Sequence[Bools]) -> Bools:
    """Return which rows are true in any part."""
    return np.asarray(np.logical_or.reduce(parts), dtype=np.bool_)


def true(column: pd.Series) -> Bools:
    """Return a column of truth values without missing ones as an array."""
    return np.asarray(column.to_numpy(dtype=bool), dtype=np.bool_)


def filled(rows: Rows, name: str) -> Bools:
    """Return in which rows a column is not missing."""
    return np.asarray(~pd.isna(rows[name].array), dtype=np.bool_)


def values(rows: Rows, name: str) -> Values:
    """Return a column as numbers: whole ones if none is missing, else floats with NaN; days and instants in days."""
    column = rows[name]
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    if pd.api.types.is_datetime64_dtype(column.dtype):
        moments = column.to_numpy(dtype="datetime64[us]")
        days = (moments - EPOCH).astype("float64") / 86_400_000_000
        return np.where(np.isnat(moments), np.nan, days)
    if pd.api.types.is_integer_dtype(column.dtype) and not column.hasnans:
        return column.to_numpy(dtype="int64")
    return column.to_numpy(dtype="float64", na_value=np.nan)


def shown(value: Any) -> str:
    """Return a cell as a sample says it: a whole number without a point, nothing for a missing one."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, pd.Timestamp):
        return value.isoformat(sep=" ") if value != value.normalize() or value.tz else value.date().isoformat()
    return str(value)
