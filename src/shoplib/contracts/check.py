"""Whether a table keeps its declaration: keys, nulls, ranges and vocabularies, all at once."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shoplib.base import words
from shoplib.contracts import convert, tables
from shoplib.errors import ContractError

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

SHOWN_PROBLEMS = 12
KEY_RULE, NULL_RULE = "multiple_fields_uniqueness", "not_nullable"


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
    key = tables.key_of(name)
    return pa_schema.DataFrameSchema(columns, unique=key or None, strict=True)


def checked(name: str, frame: pd.DataFrame) -> pa.Table:
    """Return ``frame`` as Arrow if it keeps the declaration of table ``name``.

    Raises ``ContractError`` with every broken rule, how many rows break it and one example.
    """
    table = convert.to_arrow(name, frame)
    if _keeps(name, table):
        return table
    import pandera.errors

    rows = frame.reset_index(drop=True)
    try:
        pandera_schema(name).validate(rows, lazy=True)
    except pandera.errors.SchemaErrors as error:
        raise ContractError(
            f'Table "{name}" breaks its declaration',
            where=tables.place(name),
            details=_problems(error.failure_cases, rows, tables.key_of(name)),
            next_step="mend the function that makes the table; nothing was written",
        ) from None
    return table


def _keeps(name: str, table: pa.Table) -> bool:
    """Return whether a table surely keeps its declaration: quick, and silent about what is wrong if it does not."""
    for column in tables.declared(name).__table__.columns:
        values = table.column(column.name)
        if not column.nullable and values.null_count:
            return False
        if pa.types.is_floating(values.type) and pc.any(pc.is_nan(values)).as_py():
            return False
        if column.info["minimum"] is not None:
            lowest = pc.min(values).as_py()
            if lowest is not None and lowest < column.info["minimum"]:
                return False
        if column.info["words"]:
            known = pa.array(column.info["words"], values.type)
            if pc.all(pc.is_in(values.drop_null(), known)).as_py() is False:
                return False
    key = tables.key_of(name)
    return not key or table.select(key).group_by(key, use_threads=False).aggregate([]).num_rows == table.num_rows


def _problems(cases: pd.DataFrame, rows: pd.DataFrame, key: list[str]) -> list[str]:
    """Return one line a broken rule, in the order of the columns, the key last."""
    repeated = rows.index.isin(cases.loc[cases["check"] == KEY_RULE, "index"])
    places = {str(column): place for place, column in enumerate(rows.columns)}
    others = cases[cases["check"] != KEY_RULE].astype({"column": str, "check": str})
    broken = [
        (str(column), str(check), group["failure_case"])
        for (column, check), group in others.groupby(["column", "check"])
    ]
    broken.sort(key=lambda rule: (places[rule[0]], rule[1]))
    lines = [
        f"{column}: {_rule(check)} in {words.plural(len(values), 'row')}"
        + ("" if check == NULL_RULE else f", for example {_plain(values.iloc[0])!r}")
        for column, check, values in broken
    ]
    if repeated.any():
        example = ", ".join(f"{name}={_plain(rows.loc[repeated, name].iloc[0])!r}" for name in key)
        lines.append(f"key: {words.plural(int(repeated.sum()), 'row')} share a key, for example {example}")
    more = len(lines) - SHOWN_PROBLEMS
    return lines[:SHOWN_PROBLEMS] + ([f"and {more} more"] if more > 0 else [])


def _rule(check: str) -> str:
    """Return a broken rule in words."""
    if check == NULL_RULE:
        return "missing"
    if bound := re.fullmatch(r"greater_than_or_equal_to\((.*)\)", check):
        return f"less than {bound[1]}"
    return "not a declared word" if check.startswith("isin(") else check


def _plain(value: object) -> object:
    """Return a value without its NumPy or pandas wrapping, so that it reads the same everywhere."""
    return value.item() if isinstance(value, np.generic) else value
