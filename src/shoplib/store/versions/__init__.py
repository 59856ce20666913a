"""The lasting store's versions, one module each, found by alembic; and the words their columns are written in.

A version that was released is never changed: what comes later is a new one. Each holds its own copy of what it makes,
so a later change of a declaration does not change the past. They run as plain statements (alembic's offline mode), so
a version that moves rows does it in SQL that both databases know.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def text(name: str, target: str = "", *, key: bool = False, null: bool = False) -> sa.Column[Any]:
    """Return a text column; ``target`` is the column it refers to, written ``table.column``."""
    reference = (sa.ForeignKey(target),) if target else ()
    return sa.Column(name, sa.String(), *reference, primary_key=key, nullable=null)


def whole(name: str, *, key: bool = False, null: bool = False) -> sa.Column[Any]:
    """Return a column of 64-bit whole numbers, which the database never counts up by itself."""
    return sa.Column(name, sa.BigInteger(), primary_key=key, nullable=null, autoincrement=False)


def real(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Return a column of 64-bit floating-point numbers."""
    return sa.Column(name, sa.Double(), nullable=null)


def day(name: str, *, key: bool = False, null: bool = False) -> sa.Column[Any]:
    """Return a column of calendar days."""
    return sa.Column(name, sa.Date(), primary_key=key, nullable=null)


def moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Return a column of instants, stored in UTC without saying so."""
    return sa.Column(name, sa.DateTime(), nullable=null)
