"""Tests of a row as a whole: keys that repeat, references that lead nowhere, figures that do not agree."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.config import quality as rules
from shoplib.contracts import tables
from shoplib.ingest.quality import formula, prepared
from shoplib.ingest.quality.columns import foreign_keys, kind_of
from shoplib.ingest.quality.formula import Formula, Values
from shoplib.ingest.quality.probe import (
    Bools,
    Named,
    Probe,
    Problem,
    Rows,
    Told,
    every,
    filled,
    named,
    shown,
    some,
    true,
    values,
)


class Unique(Probe[rules.Unique]):
    """No two rows say the same; the first of them is no fault."""

    @property
    def about(self) -> str:
        return "came a second time under one key: they would be counted twice"

    @property
    def _names(self) -> tuple[str, ...]:
        return self.rule.columns or tuple(tables.key_of(self.rule.table))

    @property
    def columns(self) -> Named:
        return named(self._names, "number", "text", "moment", "truth")

    def applies(self, rows: Rows) -> Bools:
        return every([filled(rows, name) for name in self._names])

    def keeps(self, rows: Rows) -> Bools:
        return np.asarray(~rows.duplicated(list(self._names)), dtype=np.bool_)

    def tell(self, row: dict[str, Any]) -> Told:
        return ", ".join(self._names), ", ".join(shown(row[name]) for name in self._names), "stands there once"


class References(Probe[rules.References]):
    """What a row names is there."""

    @property
    def about(self) -> str:
        names = words.listed(column for column, _, _ in self._targets)
        return f"named what is not there in {names}: they are missing from every figure by it"

    @cached_property
    def _targets(self) -> list[tuple[str, str, str]]:
        keys = foreign_keys(self.rule.table)
        if self.rule.to:
            parent, _, column = self.rule.to.partition(".")
            return [(name, parent, column) for name in self.rule.columns]
        return [(name, *keys[name]) for name in self.rule.columns or keys if name in keys]

    @property
    def columns(self) -> Named:
        return named(self.rule.columns, "number", "text")

    def problems(self) -> list[Problem]:
        keys = foreign_keys(self.rule.table)
        if not self.rule.columns and self.rule.to:
            return [(("to",), "give the columns that name it too")]
        if not self.rule.columns and not keys:
            return [(("table",), f"{self.rule.table} names no other table; give columns and to")]
        free = [] if self.rule.to else [name for name in self.rule.columns if name not in keys]
        lost = [(("columns",), f"{name} is not declared to name a row of another table; give to") for name in free]
        if self.rule.to:
            parent, _, column = self.rule.to.partition(".")
            try:
                kind_of(parent, column)
            except ValueError as error:
                return [(("to",), str(error))]
        return [(path, text) for path, text in lost]

    @property
    def inputs(self) -> tuple[str, ...]:
        own = [name for name, _, _ in self._targets]
        return (*own, *(prepared.reference(*target) for target in self._targets))

    def applies(self, rows: Rows) -> Bools:
        return some([self._asked(rows, target) for target in self._targets])

    def keeps(self, rows: Rows) -> Bools:
        found = [
            rows[prepared.reference(*target)].to_numpy(dtype=bool, na_value=True) | ~self._asked(rows, target)
            for target in self._targets
        ]
        return every(found)

    def _asked(self, rows: Rows, target: tuple[str, str, str]) -> Bools:
        there = rows[prepared.reference(*target)].notna() & rows[target[0]].notna()
        return true(there)

    def tell(self, row: dict[str, Any]) -> Told:
        column, parent, key = next(
            target for target in self._targets
            if shown(row[target[0]]) and not row[prepared.reference(*target)]
        )  # fmt: skip
        return column, shown(row[column]), f"one of {parent}.{key}"


class Arithmetic(Probe[rules.Arithmetic]):
    """Numbers or days of one row agree."""

    @property
    def about(self) -> str:
        return f"did not keep {self.rule.formula}: one of the figures is wrong"

    @cached_property
    def formula(self) -> Formula:
        """The formula that was read."""
        return formula.parse(self.rule.formula)

    @property
    def columns(self) -> Named:
        return {("formula", number): (name, ("number", "moment")) for number, name in enumerate(self.formula.columns)}

    def problems(self) -> list[Problem]:
        kinds = {kind_of(self.rule.table, name) for name in self.formula.columns}
        mixed = kinds == {"number", "moment"}
        return [(("formula",), "numbers and days cannot be compared")] if mixed else []

    def _sides(self, rows: Rows) -> tuple[Values, Values]:
        sides = [side.value(lambda name: values(rows, name)) for side in (self.formula.left, self.formula.right)]
        return np.broadcast_to(sides[0], len(rows)), np.broadcast_to(sides[1], len(rows))

    def applies(self, rows: Rows) -> Bools:
        return every([filled(rows, name) for name in self.formula.columns])

    def keeps(self, rows: Rows) -> Bools:
        return self.formula.kept(*self._sides(rows), self.rule.within)

    def tell(self, row: dict[str, Any]) -> Told:
        whole = self.formula
        alone = [side.columns for side in (whole.right, whole.left)]
        column = next((names[0] for names in alone if len(names) == 1), self.rule.formula)
        if any(kind_of(self.rule.table, name) == "moment" for name in whole.columns):
            told = ", ".join(f"{name} {shown(row[name])}" for name in whole.columns)
            return column, told, self.rule.formula
        left, right = (shown(side[0].item()) for side in self._sides(pd.DataFrame([row])))
        said = {"=": "=", "<=": "≤", ">=": "≥", "<": "<", ">": ">"}[whole.comparison]
        return column, f"{left} against {right}", f"{self.rule.formula} ({left} {said} {right})"


class Sums(Probe[rules.Sums]):
    """A column is the sum of a column of the rows that belong to it."""

    @property
    def about(self) -> str:
        return f"had another {self.rule.column} than their lines add up to: lines are missing, or came twice"

    @property
    def _sum(self) -> str:
        child, _, column = self.rule.of.partition(".")
        return prepared.sum_of(child, column)

    @property
    def columns(self) -> Named:
        return {("column",): (self.rule.column, ("number",))}

    def problems(self) -> list[Problem]:
        child, _, column = self.rule.of.partition(".")
        try:
            kind = kind_of(child, column)
        except ValueError as error:
            return [(("of",), str(error))]
        if kind != "number":
            return [(("of",), f"{self.rule.of} holds no numbers")]
        names = [name for name, (parent, _) in foreign_keys(child).items() if parent == self.rule.table]
        if len(names) != 1:
            return [(("of",), f"no column of {child} names one row of {self.rule.table}")]
        return []

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.rule.column, self._sum)

    def applies(self, rows: Rows) -> Bools:
        return filled(rows, self._sum) & filled(rows, self.rule.column)

    def keeps(self, rows: Rows) -> Bools:
        gap = np.abs(values(rows, self.rule.column) - values(rows, self._sum))
        return np.asarray(gap <= self.rule.within + 1e-9, dtype=np.bool_)

    def tell(self, row: dict[str, Any]) -> Told:
        total = shown(float(row[self._sum]))
        return self.rule.column, shown(row[self.rule.column]), f"{total}, the sum of {self.rule.of}"
