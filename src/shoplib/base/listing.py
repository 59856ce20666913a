"""A table for readers: raw values, and for each column what it is called, its unit and what it means.

One listing is shown in many places: as a table of a page, a sheet of a workbook, and text in a terminal. Its values
stay raw (whole minor units, dates, shares of one) until the place of showing turns them into words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

import pandas as pd
from babel.dates import format_date

from shoplib.base import money, words

Unit = Literal["text", "day", "month", "weekday", "hour", "count", "number", "money", "share", "points", "row"]
"""How a column is read. ``money``: minor units; ``share``: of one; ``points``: a difference of two shares; ``weekday``:
Monday is 0; ``hour``: of the clock, 0 to 23; ``month``: its first day; ``row``: as the row's own column ``unit``."""

MONDAY = dt.date(2024, 1, 1)
UNIT = "unit"


@dataclass(frozen=True)
class Column:
    """A column of a listing: the name in its frame, its heading, its unit and what it means."""

    name: str
    label: str
    unit: Unit
    meaning: str = ""


@dataclass(frozen=True)
class Listing:
    """Rows for readers; ``frame`` holds at least the named columns, in the order of its rows.

    ``totals`` names the columns whose sum over the rows is a true total. ``name`` is a file name and unique in a run.
    ``sheet`` is the sheet of the workbook it stands on; without one it stands on that of its chapter.
    """

    name: str
    title: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    currency: str
    caption: str = ""
    totals: tuple[str, ...] = field(default=())
    sheet: str = ""

    def __post_init__(self) -> None:
        missing = [column.name for column in self.columns if column.name not in self.frame]
        if missing:
            raise ValueError(f"listing {self.name} has no column {words.listed(missing)}")

    def has(self, name: str) -> bool:
        """Return whether it has a column of this name."""
        return any(column.name == name for column in self.columns)

    def pick(self, names: Sequence[str]) -> Listing:
        """Return the listing with the named columns alone, in the order asked for; ``KeyError`` if one is missing."""
        known = {column.name: column for column in self.columns}
        totals = tuple(name for name in self.totals if name in names)
        return replace(self, columns=tuple(known[name] for name in names), totals=totals)

    def head(self, rows: int) -> Listing:
        """Return the first rows alone; sums of a part are no totals."""
        totals = self.totals if rows >= len(self.frame) else ()
        return replace(self, frame=self.frame.head(rows), totals=totals)


def missing(value: Any) -> bool:
    """Return whether a cell holds nothing: ``None``, NaN, NaT or NA."""
    return value is None or (not isinstance(value, str) and bool(pd.isna(value)))


def cell_units(listing: Listing, column: Column) -> list[str]:
    """Return the unit of each cell of a column; ``minor`` of the metric contract is money here."""
    if column.unit != "row":
        return [column.unit] * len(listing.frame)
    return ["money" if unit == "minor" else str(unit) for unit in listing.frame[UNIT]]


def shown(listing: Listing, language: str) -> pd.DataFrame:
    """Return the listing in words, one text a cell under the columns' labels; an unknown value is ``""``.

    Money is exact to the minor unit.
    """
    told = pd.DataFrame(
        {
            column.name: [
                text(value, unit, listing.currency, language)
                for value, unit in zip(listing.frame[column.name], cell_units(listing, column), strict=True)
            ]
            for column in listing.columns
        },
        dtype=object,
    )
    return told.set_axis([column.label for column in listing.columns], axis=1)  # two columns may be called alike


def text(value: Any, unit: str, currency: str, language: str) -> str:
    """Return one value as a person reads it, ``""`` if it is not known.

    >>> text(123456, "money", "GBP", "en_GB"), text(0.125, "share", "GBP", "en_GB"), text(4, "weekday", "GBP", "en_GB")
    ('£1,234.56', '12.5%', 'Friday')
    """
    if missing(value):
        return ""
    if unit in ("text", "day", "month", "weekday", "hour"):
        return _moment(value, unit, language)
    if unit == "money":
        return money.show(round(value), currency, language=language)
    if unit == "share":
        return words.share(float(value), language)
    if unit == "points":
        return words.points(float(value), language)
    decimals = 0 if float(value).is_integer() else 2 if abs(value) < 100 else 1
    return words.count(value, language, decimals).replace("-", money.MINUS)


def _moment(value: Any, unit: str, language: str) -> str:
    if unit == "day":
        return words.day(_date(value), language)
    if unit == "month":
        return str(format_date(_date(value), "MMM y", locale=language))
    if unit == "weekday":
        return str(format_date(MONDAY + dt.timedelta(days=int(value)), "EEEE", locale=language))
    return f"{int(value)}:00" if unit == "hour" else str(value)


def plain(listing: Listing) -> list[dict[str, Any]]:
    """Return the rows for programs: column name → value, without ``_minor`` and with money in major units.

    Money is an exact ``Decimal``, a day a ``datetime.date``, a count an ``int``, anything else a ``float`` or ``str``;
    what is not known is ``None``.
    """
    columns = [
        [
            value_of(value, unit, listing.currency)
            for value, unit in zip(listing.frame[column.name], cell_units(listing, column), strict=True)
        ]
        for column in listing.columns
    ]
    names = plain_names(listing.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def plain_names(columns: Sequence[Column]) -> list[str]:
    """Return the names programs read: those of the frame, money without ``_minor``.

    Money whose name would then be that of another column ends in ``_amount``: refunds and refunds_minor become refunds
    and refunds_amount.
    """
    names = {column.name for column in columns}
    bare = [column.name.removesuffix("_minor") for column in columns]
    return [
        f"{short}_amount" if short != column.name and short in names else short
        for short, column in zip(bare, columns, strict=True)
    ]


def value_of(value: Any, unit: str, currency: str) -> Any:
    """Return one value in a type programs know; see :func:`plain`."""
    if missing(value):
        return None
    if unit == "text":
        return str(value)
    if unit in ("day", "month"):
        return _date(value)
    if unit == "money":
        return money.to_major(round(value), currency)
    if unit in ("weekday", "hour", "count", "days"):
        return int(value)
    return float(value)


def major(value: Decimal | None) -> float | None:
    """Return an exact amount as the nearest floating-point number, for formats that know no other."""
    return None if value is None else float(value)


def _date(value: Any) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value
