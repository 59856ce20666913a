"""Tests of single cells: signs, bounds, words, forms, and whether a cell is filled."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.config import quality as rules
from shoplib.ingest.quality.columns import Kind
from shoplib.ingest.quality.probe import (
    Bools,
    Named,
    Probe,
    R,
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


class _Columnwise(Probe[R]):
    """A test that each of several columns must keep by itself; missing cells are no fault."""

    kinds: tuple[Kind, ...] = ("number",)

    @property
    def columns(self) -> Named:
        return named(self._names, *self.kinds)

    @property
    def _names(self) -> tuple[str, ...]:
        names: tuple[str, ...] = self.rule.columns  # type: ignore[attr-defined]  # every rule with columns has them
        return names

    @abstractmethod
    def cell_keeps(self, rows: Rows, name: str) -> Bools:
        """Return which rows keep it in one column."""

    @abstractmethod
    def wanted(self, row: dict[str, Any]) -> str:
        """Return what should have stood in a row."""

    def applies(self, rows: Rows) -> Bools:
        return some([filled(rows, name) for name in self._names])

    def keeps(self, rows: Rows) -> Bools:
        return every([self.cell_keeps(rows, name) for name in self._names])

    def tell(self, row: dict[str, Any]) -> Told:
        one = pd.DataFrame([row])
        name = next(n for n in self._names if not self.cell_keeps(one, n)[0])
        return name, shown(row[name]), self.wanted(row)


class NotNegative(_Columnwise[rules.NotNegative]):
    """Amounts and quantities are not below zero."""

    @property
    def about(self) -> str:
        return "had amounts below zero: refunds are not marked as such, or a minus is wrong"

    def cell_keeps(self, rows: Rows, name: str) -> Bools:
        return np.asarray(~(values(rows, name) < 0), dtype=np.bool_)

    def wanted(self, row: dict[str, Any]) -> str:
        return "0 or more"


class Range(_Columnwise[rules.Range]):
    """Numbers lie within bounds."""

    @property
    def about(self) -> str:
        return f"had {words.listed(self._names)} out of bounds: a figure is wrong, or of another unit"

    def cell_keeps(self, rows: Rows, name: str) -> Bools:
        cells, low, high = values(rows, name), self.rule.minimum, self.rule.maximum
        below = cells < low if low is not None else np.zeros(len(rows), dtype=np.bool_)
        above = cells > high if high is not None else np.zeros(len(rows), dtype=np.bool_)
        return np.asarray(~(below | above), dtype=np.bool_)

    def wanted(self, row: dict[str, Any]) -> str:
        low, high = self.rule.minimum, self.rule.maximum
        if low is None or high is None:
            return f"at most {shown(high)}" if low is None else f"at least {shown(low)}"
        return f"{shown(low)} to {shown(high)}"


class Vocabulary(_Columnwise[rules.Vocabulary]):
    """Columns hold known words only."""

    kinds = ("text",)

    @property
    def about(self) -> str:
        return f"had unknown words in {words.listed(self._names)}: they fall out of every figure by it"

    def cell_keeps(self, rows: Rows, name: str) -> Bools:
        return true(rows[name].isin(self.rule.words) | rows[name].isna())

    def wanted(self, row: dict[str, Any]) -> str:
        return f"one of {words.listed(self.rule.words)}"


class Pattern(_Columnwise[rules.Pattern]):
    """Texts have a form."""

    kinds = ("text",)

    @property
    def about(self) -> str:
        return f"had another form of {words.listed(self._names)} than is known: they may be of something else"

    def cell_keeps(self, rows: Rows, name: str) -> Bools:
        codes, texts = pd.factorize(rows[name].astype(object))  # a column says few texts many times
        fits = true(pd.Series(texts, dtype=object).astype("string").str.fullmatch(self.rule.pattern))
        return np.append(fits, True)[codes]  # code −1 is a missing cell

    def wanted(self, row: dict[str, Any]) -> str:
        return self.rule.pattern


class NotNull(_Columnwise[rules.NotNull]):
    """Cells are filled."""

    kinds = ("number", "text", "moment", "truth")

    @property
    def about(self) -> str:
        return f"came without {words.listed(self._names)}: they are in no figure by it"

    def applies(self, rows: Rows) -> Bools:
        return np.ones(len(rows), dtype=np.bool_)

    def cell_keeps(self, rows: Rows, name: str) -> Bools:
        return filled(rows, name)

    def wanted(self, row: dict[str, Any]) -> str:
        return "a value"
