"""How people are called: a key that lasts, or one that holds for a day and says nothing of other days."""

from __future__ import annotations

import re

PREFIX = "F"
"""Of faces: the keys of a till mostly begin otherwise."""
LASTING = re.compile(rf"{PREFIX}(\d{{4,}})")


def lasting(number: int, prefix: str = PREFIX) -> str:
    """Return the key of a person, counted from 1.

    >>> lasting(7)
    'F0007'
    """
    return f"{prefix}{number:04d}"


def of_day(day: str, number: int) -> str:
    """Return the key of a person for one day (month and day) only.

    >>> of_day("0412", 3)
    'S0412-03'
    """
    return f"S{day}-{number:02d}"


def number(key: str) -> int:
    """Return the number of a lasting key, 0 for others.

    >>> number("F0012"), number("S0412-03")
    (12, 0)
    """
    found = LASTING.fullmatch(key)
    return int(found[1]) if found else 0
