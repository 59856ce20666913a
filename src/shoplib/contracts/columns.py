"""The words a table declaration is written in: column kinds, vocabularies and their meaning."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column
from sqlalchemy.types import TypeDecorator

PAYMENT_METHODS = (
    "cash",
    "credit_card",
    "debit_card",
    "mobile",
    "gift_card",
    "upi",
    "coins",
    "other",
    "unknown",
)
PAYMENT_STATUSES = ("paid", "unpaid", "credit", "refunded", "failed", "unknown")
TRANSACTION_STATUSES = ("completed", "refunded", "void", "error")
IMPORT_STATUSES = ("loaded", "refused")
QUALITY_STATES = ("kept", "borne", "broken")
MOVEMENTS = (
    "opening", "sale", "return", "receipt", "transfer_out", "transfer_in", "waste", "count", "adjustment", "reversal",
)  # fmt: skip
ORDER_STATUSES = ("open", "part_received", "received", "cancelled")
FORECAST_LEVELS = ("total", "location", "category", "product", "location_product")
STOCK_STATES = ("out", "low", "fine", "over", "dead")
VISIT_SOURCES = ("log", "footage")
SEVERITIES = ("urgent", "warning", "information")
SENSITIVITIES = ("open", "internal", "personal")


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An instant. Stored without an offset in SQLite and always read back as UTC."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """Refuse an instant without a zone; it could be any of 38 different ones."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; attach one before storing it")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Table(DeclarativeBase):
    """Base of every declaration; ``__grain__`` says in words what one row is."""

    __grain__: str = ""


def column(
    kind: sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]],
    comment: str,
    *constraints: Any,
    key: bool = False,
    null: bool = False,
    unit: str = "",
    minimum: float | None = None,
    words: tuple[str, ...] = (),
    sensitivity: str = "open",
) -> MappedColumn[Any]:
    """Return a column with its meaning, unit, allowed values and sensitivity in one line."""
    if sensitivity not in SENSITIVITIES:
        raise ValueError(f"sensitivity {sensitivity!r} is none of {SENSITIVITIES}")
    info = {"unit": unit, "minimum": minimum, "words": words, "sensitivity": sensitivity}
    return mapped_column(
        kind, *constraints, primary_key=key, nullable=null, comment=comment, info=info, autoincrement=False
    )


def text(comment: str, *constraints: Any, **more: Any) -> MappedColumn[Any]:
    """Return a text column."""
    return column(sa.String(), comment, *constraints, **more)


def whole(comment: str, *constraints: Any, **more: Any) -> MappedColumn[Any]:
    """Return a column of 64-bit whole numbers."""
    return column(sa.BigInteger(), comment, *constraints, **more)


def real(comment: str, *constraints: Any, **more: Any) -> MappedColumn[Any]:
    """Return a column of 64-bit floating-point numbers."""
    return column(sa.Double(), comment, *constraints, **more)


def flag(comment: str, **more: Any) -> MappedColumn[Any]:
    """Return a column of yes and no."""
    return column(sa.Boolean(), comment, **more)


def minor(comment: str, **more: Any) -> MappedColumn[Any]:
    """Return an amount in minor units of the row's currency."""
    return column(sa.BigInteger(), comment, unit="minor units", **more)


def day(comment: str, **more: Any) -> MappedColumn[Any]:
    """Return a calendar day without a time."""
    return column(sa.Date(), comment, unit="day", **more)


def instant(comment: str, **more: Any) -> MappedColumn[Any]:
    """Return an instant in UTC."""
    return column(UtcDateTime(), comment, unit="UTC", **more)


def extra() -> MappedColumn[Any]:
    """Return the column for what a file says beyond the mapped fields."""
    return text("other columns of its row, JSON object of texts", null=True, sensitivity="personal")


def refers(target: str) -> sa.ForeignKey:
    """Return a foreign key to ``table.column``."""
    return sa.ForeignKey(target)


def index(table: str, *columns: str) -> sa.Index:
    """Return a named index of a table, which the lasting store has for the questions people ask."""
    return sa.Index("_".join(("ix", table, *columns)), *columns)
