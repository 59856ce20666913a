"""The marks of an unknown file's numbers: which are decimal, which part thousands, and when nobody can tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from shoplib.ingest.amounts import read_number

SAMPLE_CELLS = 2_000
NUMERIC_SHARE = 0.8
NUMBER_MARKS = ((".", ""), (",", ""), (".", ","), (",", "."), (",", " "), (".", " "), (".", "'"), (",", "'"))
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d{2}")
_MARKED = re.compile(r"[.,' \u00a0\u202f’]")
_SIGNS = "£$€₹¥₩₺₦₱₫฿₴₽₪"
Pair = tuple[str, str]
"""Decimal mark and thousands mark."""


@dataclass(frozen=True)
class Punctuation:
    """The marks taken, the evidence with its score, and all readings if several fit equally well.

    ``readings`` are pairs of marks, the one taken first; ``example`` is a cell that they read differently.
    """

    decimal: str
    thousands: str
    score: float
    evidence: str
    readings: tuple[Pair, ...] = ()
    example: str = ""


def is_value(cell: str) -> bool:
    """Return whether a cell is a date or a number under any marks."""
    cell = cell.strip()
    if _DATE_LIKE.search(cell):
        return True
    return any(read_as(cell, pair) is not None for pair in NUMBER_MARKS)


def read_as(cell: str, pair: Pair) -> Decimal | None:
    """Return the number in a cell under these marks, whatever currency sign or code it carries; ``None`` if none.

    >>> read_as("€ 1.234", (".", "")), read_as("1.234 EUR", (",", ".")), read_as("0.500", (",", "."))
    (Decimal('1.234'), Decimal('1234'), None)
    """
    bare = cell.strip(" -+()\u00a0").lstrip(_SIGNS).rstrip(_SIGNS).strip(" -+()\u00a0")
    bare = re.sub(r"^(?:R[sp]\.?|[A-Z]{3})\s*|\s*(?:[A-Z]{3}|zł|kr\.?|Kč)$", "", bare)
    if pair[1] and re.match(rf"0{re.escape(pair[1])}\d", bare):
        return None  # nobody writes a thousand with a nought in front
    return read_number(bare, *pair, None)[0]


def judge(rows: pd.DataFrame) -> Punctuation:
    """Return decimal and thousands mark, judged on all columns of numbers of ``rows``.

    Only cells with a mark in them tell anything; the marks that read most of them win. Where several win that give
    other numbers, as with ``1,234`` alone, all are told, a point for the decimal mark first.
    """
    telling = [cell for cell in _number_cells(rows) if _MARKED.search(cell.strip())]
    if not telling:
        return Punctuation(".", "", 0.9, "no number has any mark")
    read = {pair: [read_as(cell, pair) for cell in telling] for pair in NUMBER_MARKS}
    most = max(sum(number is not None for number in numbers) for numbers in read.values())
    apart: dict[tuple[Decimal | None, ...], Pair] = {}
    for pair, numbers in read.items():
        if sum(number is not None for number in numbers) == most:
            apart.setdefault(tuple(numbers), pair)
    readings = sorted(apart.values(), key=lambda pair: (pair[0] != ".", NUMBER_MARKS.index(pair)))
    decimal, thousands = readings[0]
    evidence = f"{named((decimal, thousands))}: {most} of {len(telling)} marked numbers read so"
    if len(readings) == 1:
        return Punctuation(decimal, thousands, round(most / len(telling), 2), evidence)
    example = next(cell for cell, *ways in zip(telling, *apart, strict=True) if len(set(ways)) > 1)
    return Punctuation(decimal, thousands, 0.5, evidence, tuple(readings), example)


def named(pair: Pair) -> str:
    """Return two marks in words."""
    return f'decimal mark "{pair[0]}"' + (f', thousands mark "{pair[1]}"' if pair[1] else "")


def _number_cells(rows: pd.DataFrame) -> list[str]:
    """Return distinct cells of the columns that are numbers under some marks."""
    found: list[str] = []
    for column in rows:
        distinct = [cell for cell in rows[column].unique()[:SAMPLE_CELLS] if cell]
        numeric = [
            cell for cell in distinct
            if not _DATE_LIKE.search(cell) and any(read_as(cell, pair) is not None for pair in NUMBER_MARKS)
        ]  # fmt: skip
        if distinct and len(numeric) >= NUMERIC_SHARE * len(distinct):
            found += numeric
    return found
