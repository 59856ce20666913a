"""Between pandas and Arrow, by the declaration: the types on disk never depend on the data."""

from __future__ import annotations

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

    Raises ``ContractError`` naming every missing or unknown column, or the column and the first
    value whose type does not fit. Nothing is rounded, truncated or guessed.
    """
    schema = arrow_schema(name)
    missing = [c for c in schema.names if c not in frame.columns]
    unknown = [c for c in frame.columns if c not in schema.names]
    if missing or unknown:
        problems = [f"{c}: missing" for c in missing] + [f"{c}: not declared" for c in unknown]
        raise ContractError(
            f'Table "{name}" does not have its declared columns',
            where=f"contracts/tables.py: {tables.declared(name).__name__}",
            details=problems,
            next_step="write these columns, or change the declaration",
        )
    arrays = []
    for field in schema:
        column = frame[field.name]
        if pa.types.is_date(field.type) and pd.api.types.is_datetime64_any_dtype(column):
            column = column.astype("datetime64[s]")
        try:
            arrays.append(pa.Array.from_pandas(column, type=field.type, safe=True))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
            raise ContractError(
                f'Column "{field.name}" of table "{name}" cannot hold these values',
                where=f"contracts/tables.py: {tables.declared(name).__name__}.{field.name}",
                found=f"{column.dtype} ({error})",
                wanted=str(field.type),
                next_step="convert the column before writing the table",
            ) from error
    return pa.Table.from_arrays(arrays, schema=schema)


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as pandas: days as ``datetime64``, nullable whole numbers as ``Int64``."""
    frame = table.to_pandas(
        date_as_object=False,
        types_mapper={pa.int64(): pd.Int64Dtype()}.get,
        split_blocks=True,
    )
    for field in table.schema:
        if field.type == pa.int64() and not frame[field.name].hasnans:
            frame[field.name] = frame[field.name].astype("int64")
    return frame


def empty(name: str) -> pd.DataFrame:
    """Return the declared table without rows, with the right types."""
    return to_pandas(arrow_schema(name).empty_table())
