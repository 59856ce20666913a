"""The rules every fact is held to: ``params/quality.yaml``, one model for each kind of test, told apart by ``test``.

Tables and columns are those of ``docs/tables.md``. A column of the row that a foreign key names is written with its
table, such as ``transactions.transaction_status`` for a line.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from shoplib.config.section import ClockTime, Name, Section, Share

Words = tuple[str, ...]
Columns = Annotated[Words, Field(min_length=1)]
PAYMENTS: dict[str, Words] = {
    "completed": ("paid", "unpaid", "credit", "unknown"),
    "refunded": ("refunded", "paid", "credit", "unknown"),
    "void": ("unpaid", "refunded", "failed", "unknown"),
    "error": ("failed", "unpaid", "unknown"),
}


class _Rule(Section):
    table: Name = Field(description="table it is held against")
    tolerance_share: Share = Field(0.0, description="share of the rows that may break it; 1 tells and never stops")
    only: dict[str, Words] = Field(
        default_factory=dict, description="column → words; only rows with one of them are held to it"
    )
    unless: dict[str, Words] = Field(
        default_factory=dict, description="column → words; rows with one of them are not held to it"
    )
    meaning: str = Field("", description="what rows that break it did, in words: after “£5.00 of takings …”")


class NotNegative(_Rule):
    """Amounts and quantities are not below zero."""

    test: Literal["not_negative"]
    columns: Columns = Field(description="columns that may not be below zero")


class Span(Section):
    """The hours of one place."""

    opens: ClockTime = Field(description="local time of opening")
    closes: ClockTime = Field(description="local time of closing; before opens is past midnight, equal is never closed")


class BusinessHours(_Rule):
    """Sales stand at hours at which their place is open; places without known hours are not held to it."""

    test: Literal["business_hours"]
    table: Literal["transactions"] = Field("transactions", description="table it is held against")
    hours: dict[str, Span] = Field(default_factory=dict, description="location_id → its hours, instead of the facts'")
    grace_minutes: int = Field(0, ge=0, le=720, description="minutes before opening and after closing that are borne")


class References(_Rule):
    """What a row names is there."""

    test: Literal["references"]
    columns: Words = Field((), description="columns that name others; all the table declares if left out")
    to: str = Field("", pattern=r"^(\w+\.\w+)?$", description="table.column they name; the declared one if left out")


class Arithmetic(_Rule):
    """Numbers or days of one row agree, such as ``subtotal_minor - discount_total_minor = total_amount_minor``."""

    test: Literal["arithmetic"]
    formula: str = Field(min_length=3, description="columns and numbers with + - *, and one of = <= >= < >")
    within: float = Field(0.0, ge=0, description="how far the two sides may be apart, in units of the columns")


class Sums(_Rule):
    """A column is the sum of a column of the rows that belong to it; rows without any are not held to it."""

    test: Literal["sums"]
    column: str = Field(description="column with the sum")
    of: str = Field(pattern=r"^\w+\.\w+$", description="table.column that is summed")
    within: float = Field(0.0, ge=0, description="how far the two may be apart, in units of the columns")


class Unique(_Rule):
    """No two rows say the same in all of these columns."""

    test: Literal["unique"]
    columns: Words = Field((), description="columns that together differ from row to row; the key if left out")


class Statuses(_Rule):
    """What became of a transaction agrees with its payment, its sign and what it names."""

    test: Literal["statuses"]
    table: Literal["transactions"] = Field("transactions", description="table it is held against")
    payments: dict[str, Words] = Field(
        PAYMENTS, description="transaction status → payment statuses that may stand beside it"
    )
    refunds: Literal["found", "any"] = Field(
        "found",
        description="found: where most refunds have a total below zero or name their sale, each must; any: none need",
    )


class Dates(_Rule):
    """Days and instants lie between a first day and the newest of the data."""

    test: Literal["dates"]
    columns: Columns = Field(description="columns with days or instants")
    start: dt.date = Field(dt.date(1990, 1, 1), description="first day that can be")
    end: dt.date | None = Field(None, description="last day that can be; found from the data if left out")
    ahead_days: int = Field(60, ge=1, description="days by which stray rows must be ahead of all others to be refused")
    stray_share: Share = Field(0.001, description="rows ahead of a gap are stray if they are at most this share of all")

    @model_validator(mode="after")
    def _in_order(self) -> Dates:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"end ({self.end}) is before start ({self.start})")
        return self


class Freshness(_Rule):
    """The newest sale of each place is not far behind the newest of all. No clock is asked."""

    test: Literal["freshness"]
    table: Literal["locations"] = Field("locations", description="table it is held against")
    behind_days: int = Field(7, ge=1, description="business days a place may be behind the newest of all")


class Vocabulary(_Rule):
    """Columns hold known words only; empty cells are not held to it."""

    test: Literal["vocabulary"]
    columns: Columns = Field(description="columns of words")
    words: Columns = Field(description="words that may stand there")


class Pattern(_Rule):
    """Texts have a form; empty cells are not held to it."""

    test: Literal["pattern"]
    columns: Columns = Field(description="columns of texts")
    pattern: str = Field(min_length=1, description="regular expression that the whole text must match")

    @field_validator("pattern")
    @classmethod
    def _regular(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return pattern


class NotNull(_Rule):
    """Cells are filled."""

    test: Literal["not_null"]
    columns: Columns = Field(description="columns that must be filled")


class Range(_Rule):
    """Numbers lie within bounds; empty cells are not held to it."""

    test: Literal["range"]
    columns: Columns = Field(description="columns of numbers")
    minimum: float | None = Field(None, description="least value")
    maximum: float | None = Field(None, description="greatest value")

    @model_validator(mode="after")
    def _bounded(self) -> Range:
        if self.minimum is None and self.maximum is None:
            raise ValueError("give minimum, maximum or both")
        if self.minimum is not None and self.maximum is not None and self.maximum < self.minimum:
            raise ValueError(f"maximum ({self.maximum:g}) is below minimum ({self.minimum:g})")
        return self


AnyRule = (
    NotNegative | BusinessHours | References | Arithmetic | Sums | Unique | Statuses | Dates | Freshness | Vocabulary
    | Pattern | NotNull | Range
)  # fmt: skip
Rule = Annotated[AnyRule, Field(discriminator="test")]


class Quality(Section):
    """The rules by their names, in the order in which they are told."""

    rules: dict[Name, Rule] = Field(default_factory=dict, description="name of the rule → what it holds")
