"""Whether a table keeps its declaration: keys, nulls, ranges and vocabularies, all at once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from shoplib.base import words
from shoplib.contracts import convert, tables
from shoplib.errors import ContractError

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

SHOWN_PROBLEMS = 12


@cache
def pandera_schema(name: str) -> DataFrameSchema:
    """Return the pandera schema derived from a declaration (types are Arrow's task)."""
    import pandera.pandas as pa_schema  # a second to import: only where tables are written

    declaration = tables.declared(name)
    columns = {}
    for column in declaration.__table__.columns:
        checks = []
        if column.info["minimum"] is not None:
            checks.append(pa_schema.Check.ge(column.info["minimum"]))
        if column.info["words"]:
            checks.append(pa_schema.Check.isin(column.info["words"]))
        columns[column.name] = pa_schema.Column(checks=checks, nullable=bool(column.nullable))
    key = [c.name for c in declaration.__table__.primary_key.columns]
    return pa_schema.DataFrameSchema(columns, unique=key or None, strict=True)


def checked(name: str, frame: pd.DataFrame) -> pa.Table:
    """Return ``frame`` as Arrow if it keeps the declaration of table ``name``.

    Raises ``ContractError`` with every broken rule, how many rows break it and one example.
    """
    import pandera.errors

    table = convert.to_arrow(name, frame)
    try:
        pandera_schema(name).validate(frame.reset_index(drop=True), lazy=True)
    except pandera.errors.SchemaErrors as error:
        raise ContractError(
            f'Table "{name}" breaks its declaration',
            where=f"contracts/tables.py: {tables.declared(name).__name__}",
            details=_problems(error.failure_cases),
            next_step="mend the function that makes the table; nothing was written",
        ) from None
    return table


def _problems(cases: pd.DataFrame) -> list[str]:
    grouped = cases.groupby(["column", "check"], sort=True, dropna=False)["failure_case"]
    lines = [
        f"{column}: {check} fails in {words.plural(len(values), 'row')}, for example {values.iloc[0]!r}"
        for (column, check), values in grouped
    ]
    more = len(lines) - SHOWN_PROBLEMS
    return lines[:SHOWN_PROBLEMS] + ([f"and {more} more"] if more > 0 else [])
