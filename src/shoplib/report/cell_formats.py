"""How a cell of the workbook looks: number formats by unit, in the shop's currency and grouping."""

from __future__ import annotations

import re
from functools import cache

from babel.core import Locale
from babel.numbers import get_currency_symbol

from shoplib.base import money

PLAIN = "#,##0"
DATES = {"day": "d mmm yyyy", "month": "mmm yyyy"}
SHARE, POINTS, TEXT = "0.0%", "+0.0;-0.0;0.0", "@"
# Signs that a number format may hold as they are; anything else stands in quotes.
OPEN_SIGNS = re.compile(r"[£¥€$ ]*")


@cache
def of_unit(unit: str, currency: str, language: str) -> str:
    """Return the number format of a unit; amounts are in major units, points are percentage points.

    >>> of_unit("money", "GBP", "en_GB"), of_unit("share", "GBP", "en_GB"), of_unit("day", "GBP", "en_GB")
    ('£#,##0.00', '0.0%', 'd mmm yyyy')
    >>> of_unit("money", "IDR", "en_GB"), of_unit("count", "GBP", "en_GB"), of_unit("number", "GBP", "en_GB")
    ('"IDR"#,##0', '#,##0', '#,##0.00')
    """
    if unit in DATES:
        return DATES[unit]
    if unit in ("text", "weekday", "hour"):
        return TEXT
    if unit == "share":
        return SHARE
    if unit == "points":
        return POINTS
    if unit == "money":
        before, after = _around(currency, language)
        return _grouped(before, _decimals(currency), after, language)
    return _grouped("", 2 if unit == "number" else 0, "", language)


def _decimals(currency: str) -> int:
    """Return the decimals amounts are shown with: none where prices have none."""
    return 0 if money.cash_digits(currency) == 0 else money.digits(currency)


def _around(currency: str, language: str) -> tuple[str, str]:
    """Return what stands before and behind an amount, ready for a number format."""
    pattern = Locale.parse(language).currency_formats["standard"].pattern.split(";")[0]
    symbol = str(get_currency_symbol(currency, locale=language))
    before, after = re.split(r"[#0][#0.,]*", pattern, maxsplit=1)
    return _literal(before.replace("¤", symbol)), _literal(after.replace("¤", symbol))


def _literal(text: str) -> str:
    text = text.replace('"', "")
    return text if OPEN_SIGNS.fullmatch(text) else f'"{text}"'


def _grouped(before: str, decimals: int, after: str, language: str) -> str:
    """Return a format with the grouping of a language: thousands, or lakhs and crores.

    A format has room for two conditions only, so amounts below nothing are grouped by thousands everywhere.
    """
    places = "." + "0" * decimals if decimals else ""
    if "#,##,##0" not in str(Locale.parse(language).decimal_formats[None].pattern):
        return f"{before}{PLAIN}{places}{after}"
    steps = (("[>=10000000]", r"##\,##\,##\,##0"), ("[>=100000]", r"##\,##\,##0"), ("", "##,##0"))
    return ";".join(f"{condition}{before}{digits}{places}{after}" for condition, digits in steps)
