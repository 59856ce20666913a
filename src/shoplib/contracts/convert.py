"""Between pandas and Arrow, by the declaration: the types on disk never depend on the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from shoplib.contracts import tables
from shoplib.contracts.columns import UtcDateTime
from shoplib.errors import ContractError


def arrow_type(kind: sa.types.TypeEngine[object]) -> pa.DataType:
    """Return the Arrow type of a declared column type."""
    if isinstance(kind, UtcDateTime):
        return pa.timestamp("us", tz="UTC")
    if isinstance(kind, sa.Date):
        return pa.date32()
    if isinstance(kind, sa.Boolean):
        return pa.bool_()
    if isinstance(kind, sa.Integer):
        return pa.int64()
    if isinstance(kind, sa.Double):
        return pa.float64()
    if isinstance(kind, sa.String):
        return pa.string()
    raise TypeError(f"no Arrow type is known for {kind!r}")


def arrow_schema(name: str) -> pa.Schema:
    """Return the Arrow schema of a declared table, columns in the declared order."""
    columns = tables.declared(name).__table__.columns
    return pa.schema([pa.field(c.name, arrow_type(c.type), nullable=bool(c.nullable)) for c in columns])


def to_arrow(name: str, frame: pd.DataFrame) -> pa.Table:
    """Return ``frame`` as the declared Arrow table.

    Raises ``ContractError`` naming every missing, unknown or doubled column, or else every column whose
    type does not fit with its first such value. Nothing is rounded, truncated or guessed: an instant
    carries its zone, a day no time.
    """
    schema = arrow_schema(name)
    problems = [f"{c}: missing" for c in schema.names if c not in frame.columns]
    problems += [f"{c}: not declared" for c in frame.columns.unique() if c not in schema.names]
    problems += [f"{c}: there are two of it" for c in frame.columns[frame.columns.duplicated()].unique()]
    if problems:
        raise ContractError(
            f'Table "{name}" does not have its declared columns',
            where=tables.place(name),
            details=problems,
            next_step="write these columns, or change the declaration",
        )
    arrays = {}
    for field in schema:
        try:
            arrays[field.name] = _array(frame[field.name], field.type)
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            found = " ".join(str(error).split())
            problems.append(f"{field.name}: {frame[field.name].dtype} does not fit {field.type} ({found})")
    if problems:
        raise ContractError(
            f'Table "{name}" cannot hold these values',
            where=tables.place(name),
            details=problems,
            next_step="convert these columns before writing the table",
        )
    return pa.Table.from_arrays(list(arrays.values()), schema=schema)


def _array(column: pd.Series, kind: pa.DataType) -> pa.Array:
    """Return a column as an Arrow array; what Arrow itself would guess or cut off is refused."""
    if column.isna().all():
        return pa.nulls(len(column), kind)
    plain = pa.Array.from_pandas(column)
    if isinstance(plain, pa.ChunkedArray):
        plain = plain.combine_chunks()
    if pa.types.is_dictionary(plain.type):
        plain = plain.dictionary_decode()
    noun, may_come_as = _accepted(kind)
    if not any(fits(plain.type) for fits in may_come_as):
        raise TypeError(f"{plain.drop_null()[0].as_py()!r} is no {noun}")
    if pa.types.is_timestamp(kind) and plain.type.tz is None:
        raise TypeError(f"{column.dropna().iloc[0]} has no time zone")
    if not pa.types.is_date(kind):
        return plain.cast(kind, safe=True)
    if pa.types.is_timestamp(plain.type) and plain.type.tz is not None:
        raise TypeError("an instant is in no day before a place is chosen; use calendar.business_date")
    days = plain.cast(kind)
    if not days.cast(plain.type).equals(plain):
        raise TypeError("a day has no time; cut the times off first")
    return days


def _accepted(kind: pa.DataType) -> tuple[str, tuple[Callable[[pa.DataType], bool], ...]]:
    """Return what a declared type is called, and the Arrow types its values may come as."""
    if pa.types.is_timestamp(kind):
        return "instant", (pa.types.is_timestamp,)
    if pa.types.is_date(kind):
        return "day", (pa.types.is_date, pa.types.is_timestamp)
    if pa.types.is_boolean(kind):
        return "truth value", (pa.types.is_boolean,)
    if pa.types.is_string(kind):
        return "text", (pa.types.is_string, pa.types.is_large_string)
    return "number", (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as pandas: days as ``datetime64``, nullable whole numbers as ``Int64``."""
    return _whole_numbers(table, {pa.int64(): pd.Int64Dtype()})


def to_compact(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as pandas like :func:`to_pandas`, its plain texts left in Arrow.

    Dictionaries become categories, in alphabetical order whatever the order of rows was.
    """
    frame = _whole_numbers(table, {pa.int64(): pd.Int64Dtype(), pa.string(): pd.ArrowDtype(pa.string())})
    for name in frame.columns[[isinstance(kind, pd.CategoricalDtype) for kind in frame.dtypes]]:
        frame[name] = frame[name].cat.reorder_categories(sorted(frame[name].cat.categories))
    return frame


def compact_columns(name: str, columns: Iterable[str]) -> list[str]:
    """Return which of these columns of a declared table are texts that repeat: all that are no key of its rows."""
    chosen = [tables.declared(name).__table__.columns[column] for column in columns]
    unique = {"transaction_id", "refund_of"}
    return [c.name for c in chosen if isinstance(c.type, sa.String) and c.name not in unique and not c.primary_key]


def _whole_numbers(table: pa.Table, types: dict[pa.DataType, object]) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(date_as_object=False, types_mapper=types.get, split_blocks=True)
    for field in table.schema:
        if field.type == pa.int64() and not frame[field.name].hasnans:
            frame[field.name] = frame[field.name].astype("int64")
    return frame


def empty(name: str) -> pd.DataFrame:
    """Return the declared table without rows, with the right types."""
    return to_pandas(arrow_schema(name).empty_table())
