"""A formula over columns, such as ``subtotal_minor - discount_total_minor + tax_total_minor = total_amount_minor``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
NUMBER = r"\d+(?:\.\d+)?"
NAME = r"[a-z]\w*(?:\.[a-z]\w*)?"
TOKEN = re.compile(rf"\s*(<=|>=|[=<>+*−-]|{NUMBER}|{NAME})\s*")
COMPARISONS = ("=", "<=", ">=", "<", ">")
Factor = str | float


@dataclass(frozen=True)
class Side:
    """One side: a sum of terms, each a sign and the columns and numbers that are multiplied."""

    terms: tuple[tuple[int, tuple[Factor, ...]], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads, each once."""
        return tuple(dict.fromkeys(f for _, factors in self.terms for f in factors if isinstance(f, str)))

    def value(self, read: Callable[[str], Values]) -> Values:
        """Return the value of each row; ``read`` gives a column as numbers, NaN where it is missing."""
        total: Values = np.zeros((), dtype="int64")
        for sign, factors in self.terms:
            product: Values = np.full((), sign)
            for factor in factors:
                product = product * (read(factor) if isinstance(factor, str) else factor)
            total = total + product
        return total


@dataclass(frozen=True)
class Formula:
    """Two sides and how they must compare."""

    left: Side
    comparison: str
    right: Side

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads, each once."""
        return tuple(dict.fromkeys((*self.left.columns, *self.right.columns)))

    def kept(self, left: Values, right: Values, within: float) -> NDArray[np.bool_]:
        """Return which rows keep it, where the sides may be ``within`` apart; a missing value keeps nothing."""
        gap = left - right
        slack = within + 1e-9  # half a billionth of a coin: what binary fractions cost
        if self.comparison == "=":
            return np.asarray(np.abs(gap) <= slack, dtype=np.bool_)
        below = gap if self.comparison[0] == "<" else -gap
        return np.asarray(below <= slack if self.comparison[1:] else below < within, dtype=np.bool_)


def parse(text: str) -> Formula:
    """Return the formula of a text; ``ValueError`` says where it cannot be read.

    >>> parse("quantity * unit_price_minor = line_total_minor").columns
    ('quantity', 'unit_price_minor', 'line_total_minor')
    """
    tokens = _tokens(text)
    places = [at for at, token in enumerate(tokens) if token in COMPARISONS]
    if len(places) != 1:
        raise ValueError(f"{text!r} needs one of {' '.join(COMPARISONS)} between its two sides, and only one")
    at = places[0]
    formula = Formula(_side(tokens[:at], text), tokens[at], _side(tokens[at + 1 :], text))
    if not formula.columns:
        raise ValueError(f"{text!r} names no column")
    return formula


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"{text!r} cannot be read at {text[at:].strip()[:20]!r}; columns, numbers and + - * only")
        found.append(match[1].replace("−", "-"))
        at = match.end()
    return found


def _side(tokens: list[str], text: str) -> Side:
    terms: list[tuple[int, tuple[Factor, ...]]] = []
    waiting = [*tokens]
    while waiting or not terms:
        sign = 1
        if waiting and waiting[0] in "+-":
            sign = -1 if waiting.pop(0) == "-" else 1
        elif terms:
            raise ValueError(f"{text!r} has {waiting[0]!r} where + - or * is wanted")
        factors = [_factor(waiting, text)]
        while waiting and waiting[0] == "*":
            waiting.pop(0)
            factors.append(_factor(waiting, text))
        terms.append((sign, tuple(factors)))
    return Side(tuple(terms))


def _factor(waiting: list[str], text: str) -> Factor:
    if not waiting or not re.fullmatch(f"{NUMBER}|{NAME}", waiting[0]):
        raise ValueError(f"{text!r} lacks a column or a number" + (f" before {waiting[0]!r}" if waiting else ""))
    token = waiting.pop(0)
    return token if token[0].isalpha() else float(token) if "." in token else int(token)
