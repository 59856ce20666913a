"""The rules of a file, ready to be held: their tests, the columns they read, and one pandera schema for each table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from shoplib.base import words
from shoplib.config.quality import Quality
from shoplib.errors import ConfigError
from shoplib.ingest.quality import cells, formula, prepared, rows, trade
from shoplib.ingest.quality.columns import UnknownColumnError, kind_of, known
from shoplib.ingest.quality.probe import Bools, Probe, Problem, Rows

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

KINDS: dict[str, Callable[[str, Any], Probe[Any]]] = {
    "not_negative": cells.NotNegative,
    "range": cells.Range,
    "vocabulary": cells.Vocabulary,
    "pattern": cells.Pattern,
    "not_null": cells.NotNull,
    "unique": rows.Unique,
    "references": rows.References,
    "arithmetic": rows.Arithmetic,
    "sums": rows.Sums,
    "business_hours": trade.BusinessHours,
    "statuses": trade.Statuses,
    "dates": trade.Dates,
    "freshness": trade.Freshness,
}
REMEMBERED = 8
HELD = "held to "
"""Begins the name of the column that says which prepared rows a rule is held against."""


@dataclass(frozen=True)
class Compiled:
    """The tests in the order of the file, by table in the order of first use, and a pandera schema for each table."""

    tests: tuple[Probe[Any], ...]
    by_table: dict[str, tuple[Probe[Any], ...]]
    schemas: dict[str, DataFrameSchema]

    def columns(self) -> dict[str, set[str]]:
        """Return the columns of each table that must be read to hold the rules."""
        found: dict[str, set[str]] = {}
        for table, tests in self.by_table.items():
            needed = prepared.columns_read(table, (name for test in tests for name in test.all_inputs))
            for other, columns in needed.items():
                found.setdefault(other, set()).update(columns)
        return found


def compiled(quality: Quality) -> Compiled:
    """Return the rules ready to be held; equal rules are made ready once.

    Raises one ``ConfigError`` with every table, column and formula that is not what a rule takes it for.
    """
    return _compiled(quality.model_dump_json())


@lru_cache(maxsize=REMEMBERED)
def _compiled(text: str) -> Compiled:
    quality = Quality.model_validate_json(text)
    tests = tuple(KINDS[rule.test](name, rule) for name, rule in quality.rules.items())
    told = [(f"rules.{test.name}", problem) for test in tests for problem in _problems(test)]
    lines = [(".".join((place, *map(str, path))), reason) for place, (path, reason) in told]
    if lines:
        wide = max(len(place) for place, _ in lines)
        raise ConfigError(
            f"The rules do not fit the tables ({words.plural(len(lines), 'problem')})",
            details=[f"{place:<{wide}}  {reason}" for place, reason in lines],
            where="the file named under ingest.quality", next_step="mend these; docs/tables.md lists all columns",
        )  # fmt: skip
    tables = dict.fromkeys(test.rule.table for test in tests)
    by_table = {name: tuple(test for test in tests if test.rule.table == name) for name in tables}
    return Compiled(tests, by_table, {name: _schema(held) for name, held in by_table.items()})


def _problems(test: Probe[Any]) -> list[Problem]:
    """Return what a rule takes for something it is not: its table, its formula, its columns, then the rest."""
    try:
        known(test.rule.table)
    except UnknownColumnError as error:
        return [(("table",), str(error))]
    if isinstance(test, rows.Arithmetic):
        try:
            formula.parse(test.rule.formula)
        except ValueError as error:
            return [(("formula",), str(error))]
    found: list[Problem] = []
    for path, (name, kinds) in {**test.columns, **test.conditions}.items():
        place = path[:1] if path[0] == "formula" else path
        try:
            kind = kind_of(test.rule.table, name)
        except UnknownColumnError as error:
            found.append((place, str(error)))
            continue
        if kind not in kinds:
            wanted = words.listed(f"a {kind}" for kind in kinds)
            found.append((place, f"{name} holds a {kind}; {test.rule.test} takes {wanted}"))
    return found or test.problems()


def _schema(tests: tuple[Probe[Any], ...]) -> DataFrameSchema:
    """Return the schema that holds all tests of a table against its prepared rows."""
    import pandera.pandas as pa

    # without a limit pandera copies every failing cell: two minutes for 50,000 rows
    checks = [pa.Check(_check(test), name=test.name, n_failure_cases=1, ignore_na=False) for test in tests]
    return pa.DataFrameSchema(checks=checks)


def _check(test: Probe[Any]) -> Callable[[Rows], Any]:
    import pandas as pd

    def keeps(rows: Rows) -> pd.Series:
        held: Bools = rows[HELD + test.name].to_numpy()
        kept = test.keeps(rows) if held.any() else held
        return pd.Series(~held | kept, index=rows.index, copy=False)

    return keeps
