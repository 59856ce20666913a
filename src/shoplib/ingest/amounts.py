"""Written numbers to exact ones: every mark must be where the file's format puts it, or the cell is refused."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Context, Decimal
from functools import cache

import numpy as np
import pandas as pd
from babel.numbers import get_currency_symbol, list_currencies

from shoplib.base import money
from shoplib.config.mapping import FileFormat

LARGEST = 10**13  # far above any sale, in major units; thousands of them still add up within 64 bits
EXACT = Context(prec=80)
UNREADABLE, OTHER_CURRENCY = "unreadable_number", "other_currency"

# Signs that several currencies share, or that people write instead of the one in CLDR.
SHARED_SIGNS: dict[str, frozenset[str]] = {
    "$": frozenset(("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "JMD")),
    "£": frozenset(("GBP", "GIP", "FKP", "SHP", "EGP", "SSP")),
    "¥": frozenset(("JPY", "CNY")),
    "rs": frozenset(("INR", "PKR", "LKR", "NPR", "MUR", "SCR")),
    "rs.": frozenset(("INR", "PKR", "LKR", "NPR", "MUR", "SCR")),
    "kr": frozenset(("SEK", "NOK", "DKK", "ISK")),
    "kr.": frozenset(("SEK", "NOK", "DKK", "ISK")),
    "fr.": frozenset(("CHF",)),
    "rp": frozenset(("IDR",)),
    "rp.": frozenset(("IDR",)),
    "rm": frozenset(("MYR",)),
    "r$": frozenset(("BRL",)),
    "kč": frozenset(("CZK",)),
}

_TOKEN = r"[^\W\d_]*[^\w\s,.'()+\-]|[^\W\d_]+\.?"
_CELL = re.compile(
    rf"(?P<open>\()?\s*(?P<s1>[+\-])?\s*(?P<before>{_TOKEN})?\s*(?P<s2>[+\-])?\s*"
    rf"(?P<number>[\d,.' ]*\d[\d,.' ]*?)\s*"
    rf"(?P<s3>[+\-])?\s*(?P<after>{_TOKEN})?\s*(?P<s4>[+\-])?\s*(?P<close>\))?"
)
_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "−": "-", "–": "-", "\uffe5": "¥"})


@dataclass(frozen=True)
class Numbers:
    """The numbers of one column, aligned with its rows.

    ``codes`` points each row into ``exact``, the distinct numbers found (``None`` where a cell holds no
    readable one), and into ``problems``, the rules that distinct cells break (``""`` for none, empty cells too).
    """

    codes: np.ndarray
    exact: list[Decimal | None]
    problems: list[str]
    index: pd.Index
    _minor: dict[str, np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    def minor(self, currency: str) -> pd.Series:
        """Return whole minor units (``Int64``), half a unit away from zero; missing where none can be read."""
        if currency not in self._minor:
            distinct = [0 if n is None else money.to_minor(n, currency) for n in self.exact]
            self._minor[currency] = np.array(distinct, dtype=np.int64)
        spread = pd.arrays.IntegerArray(self._minor[currency][self.codes], self._missing())
        return pd.Series(spread, index=self.index, copy=False)

    def real(self) -> pd.Series:
        """Return 64-bit floats (``Float64``); missing where none can be read."""
        real = np.array([0.0 if n is None else float(n) for n in self.exact])
        spread = pd.arrays.FloatingArray(real[self.codes], self._missing())
        return pd.Series(spread, index=self.index, copy=False)

    def floats(self) -> pd.Series:
        """Return 64-bit floats; NaN where none can be read, and comparing with it is false."""
        real = np.array([np.nan if n is None else float(n) for n in self.exact])
        return pd.Series(real[self.codes], index=self.index, copy=False)

    def rules(self) -> pd.Series:
        """Return the rule each cell breaks, ``""`` for none."""
        return pd.Series(np.array(self.problems, dtype=object)[self.codes], index=self.index, dtype=object)

    def total(self) -> Decimal:
        """Return the exact sum of all readable cells, each row counted."""
        total = Decimal(0)
        for number, times in zip(self.exact, np.bincount(self.codes, minlength=len(self.exact)).tolist(), strict=True):
            if number is not None:
                total = EXACT.add(total, EXACT.multiply(number, Decimal(times)))
        return total

    def part(self, rows: slice) -> Numbers:
        """Return the numbers of some neighbouring rows."""
        return Numbers(self.codes[rows], self.exact, self.problems, self.index[rows], self._minor)

    def times(self, other: Numbers) -> Numbers:
        """Return the exact products row by row; missing where either side is."""
        width = len(other.exact) + 1
        codes, distinct = pd.factorize(self.codes.astype("int64") * width + other.codes)
        exact: list[Decimal | None] = []
        problems = []
        for pair in distinct.tolist():
            left, right = self.exact[pair // width], other.exact[pair % width]
            product = None if left is None or right is None else EXACT.multiply(left, right)
            too_large = product is not None and abs(product) >= LARGEST
            exact.append(None if too_large else product)
            problems.append(UNREADABLE if too_large else "")
        return Numbers(codes, exact, problems, self.index)

    def _missing(self) -> np.ndarray:
        missing: np.ndarray = np.array([n is None for n in self.exact], dtype=bool)[self.codes]
        return missing


def read_numbers(cells: pd.Series, file_format: FileFormat, currency: str | None = None) -> Numbers:
    """Return the exact numbers of a column of strings; the work is done once for each distinct cell.

    With ``currency`` a sign or code of that currency may stand before or after, and one of another
    currency is the rule ``other_currency``. A minus may lead or trail; parentheses mean minus.
    Anything else, a mark at the wrong place included, is the rule ``unreadable_number``.
    """
    codes, distinct = pd.factorize(cells)
    marks = file_format.decimal, file_format.thousands
    read = [read_number(cell, *marks, currency) if cell else (None, "") for cell in distinct]
    return Numbers(codes, [number for number, _ in read], [problem for _, problem in read], cells.index)


def read_number(cell: str, decimal: str, thousands: str, currency: str | None) -> tuple[Decimal | None, str]:
    """Return a written number exactly, or ``None`` and the rule it breaks.

    >>> read_number("(£1,234.50)", ".", ",", "GBP")
    (Decimal('-1234.50'), '')
    >>> read_number("1.234,50-", ",", ".", None)
    (Decimal('-1234.50'), '')
    >>> read_number("$5", ".", "", "GBP")
    (None, 'other_currency')
    """
    found = _CELL.fullmatch(cell.translate(_BLANKS).strip())
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None, UNREADABLE
    marks = [mark for mark in (found["s1"], found["s2"], found["s3"], found["s4"], found["open"]) if mark]
    if len(marks) > 1:
        return None, UNREADABLE
    for token in (found["before"], found["after"]):
        problem = _sign_problem(token, currency) if token else ""
        if problem:
            return None, problem
    written = found["number"].strip()
    if not _pattern(decimal, thousands).fullmatch(written):
        return None, UNREADABLE
    plain = written.replace(thousands, "") if thousands else written
    number = Decimal(plain.replace(decimal, "."))
    if number >= LARGEST:
        return None, UNREADABLE
    return (-number if marks and marks[0] in "-(" else number), ""


@cache
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    """Return what a number looks like: groups of three, or of two before the last three as in India."""
    mark, group = re.escape(decimal), re.escape(thousands)
    grouped = rf"\d{{1,3}}(?:{group}\d{{2,3}})*{group}\d{{3}}|" if thousands else ""
    return re.compile(rf"(?:{grouped}\d+)(?:{mark}\d*)?|{mark}\d+")


def _sign_problem(token: str, currency: str | None) -> str:
    """Return the rule a currency sign or code breaks, or ``""``."""
    if currency is None:
        return UNREADABLE
    if token.casefold() in _own_signs(currency) or currency in SHARED_SIGNS.get(token.casefold(), ()):
        return ""
    is_sign = token.casefold() in SHARED_SIGNS or any(unicodedata.category(mark) == "Sc" for mark in token)
    is_code = token.isupper() and token in list_currencies()
    return OTHER_CURRENCY if is_sign or is_code else UNREADABLE


@cache
def _own_signs(currency: str) -> frozenset[str]:
    """Return the code and the signs CLDR knows for one currency, letter case folded."""
    signs = {get_currency_symbol(currency, locale=name) for name in ("en", "en_GB", "en_AU", "fr", "pl", "de_CH")}
    return frozenset(sign.casefold() for sign in {currency, *signs})
