"""Numbers, days and times as the text a person would export: shortest exact form, ISO 8601."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation

WIDEST = 400
"""Digits a number may have on either side of its mark before it is left as it was written, such as 1e999."""
EXCEL_DIGITS = 15


def plain(text: str, mark: str = ".") -> str:
    """Return a number without an exponent and with the given decimal mark; its digits stay as they are written.

    >>> plain("12.10"), plain("1.5e3"), plain("1e-7"), plain("12.5", ","), plain("1e999999999")
    ('12.10', '1500', '0.0000001', '12,5', '1e999999999')
    """
    if "e" in text or "E" in text:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        if not number.is_finite() or abs(number.adjusted()) > WIDEST or len(number.as_tuple().digits) > WIDEST:
            return text
        text = format(number, "f")
    return text if mark == "." else text.replace(".", mark)


def shortest(number: float, mark: str = ".") -> str:
    """Return a float in the fewest digits that give it again; a whole one without a mark, nothing for NaN.

    >>> shortest(12.0), shortest(0.1), shortest(1e20), shortest(float("nan")), shortest(float("inf"))
    ('12', '0.1', '100000000000000000000', '', 'inf')
    """
    if number != number:
        return ""
    text = plain(repr(float(number)), mark)
    return text.removesuffix(f"{mark}0")


def as_excel_shows(number: float, mark: str = ".") -> str:
    """Return a float in the 15 digits that Excel itself keeps and shows: 0.1 + 0.2 is 0.3 there.

    >>> as_excel_shows(0.1 + 0.2), as_excel_shows(12.0), as_excel_shows(1e-7, ",")
    ('0.3', '12', '0,0000001')
    """
    return plain(format(number, f".{EXCEL_DIGITS}g"), mark)


def iso(moment: dt.datetime, *, day_only: bool) -> str:
    """Return a moment in ISO 8601; as a bare day if only the day was meant and there is no time in it.

    >>> iso(dt.datetime(2024, 1, 5), day_only=True), iso(dt.datetime(2024, 1, 5, 9, 30), day_only=True)
    ('2024-01-05', '2024-01-05T09:30:00')
    """
    return moment.date().isoformat() if day_only and moment.time() == dt.time() else moment.isoformat()


def hours(length: dt.timedelta) -> str:
    """Return a length of time as hours, minutes and seconds.

    >>> hours(dt.timedelta(hours=26, minutes=3)), hours(dt.timedelta(seconds=-90))
    ('26:03:00', '-0:01:30')
    """
    seconds = abs(length) // dt.timedelta(seconds=1)
    sign = "-" if length < dt.timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
