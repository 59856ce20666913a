"""Numbers, dates and lists as a person reads them."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from shoplib.base.money import MINUS


def count(value: float, language: str = "en_GB", decimals: int = 0) -> str:
    """Return a number with its grouping marks.

    >>> count(1234567), count(2.345, decimals=1), count(1234567, "en_IN")
    ('1,234,567', '2.3', '12,34,567')
    """
    grouped = Locale.parse(language).decimal_formats[None].pattern.split(".")[0]
    pattern = grouped + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(_settled(value, decimals), format=pattern, locale=language))


def share(value: float, language: str = "en_GB", decimals: int = 1) -> str:
    """Return a share of one as a percentage.

    >>> share(0.0523)
    '5.2%'
    """
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "%"
    return str(format_percent(_settled(value, decimals + 2), format=pattern, locale=language)).replace("-", MINUS)


def _settled(value: float, decimals: int) -> float:
    """Return ``value``, or a plain 0 where rounding would leave only the sign, as in "-0"."""
    return 0 if abs(value) <= 0.5 * 10.0**-decimals else value


def change(now: float, before: float | None, language: str = "en_GB") -> str:
    """Return how far ``now`` is from ``before`` in words; an unknown or zero base is said so.

    >>> change(106, 100), change(94, 100), change(100, 100), change(5, None)
    ('up 6.0%', 'down 6.0%', 'unchanged', 'with nothing to compare')
    """
    if before is None or before == 0:
        return "with nothing to compare"
    by = (now - before) / abs(before)
    if abs(by) <= 0.0005:
        return "unchanged"
    return f"{'up' if by > 0 else 'down'} {share(abs(by), language)}"


def points(by: float, language: str = "en_GB") -> str:
    """Return the change of a share in percentage points.

    >>> points(-0.0031), points(0.0)
    ('down 0.3 points', 'unchanged')
    """
    shown = count(abs(by) * 100, language, 1)
    return "unchanged" if not float(f"{abs(by) * 100:.1f}") else f"{'up' if by > 0 else 'down'} {shown} points"


def day(date: dt.date, language: str = "en_GB", *, weekday: bool = False) -> str:
    """Return a date in words, with its weekday if asked.

    >>> day(dt.date(2024, 12, 31)), day(dt.date(2024, 12, 31), weekday=True)
    ('31 Dec 2024', 'Tue 31 Dec 2024')
    """
    return str(format_date(date, ("EEE " if weekday else "") + "d MMM y", locale=language))


def listed(items: Iterable[object], limit: int = 8) -> str:
    """Return items joined for reading; past ``limit`` the rest are counted.

    >>> listed("abc"), listed(range(12), limit=2)
    ('a, b, c', '0, 1 and 10 more')
    """
    words = [str(item) for item in items]
    if len(words) <= limit:
        return ", ".join(words)
    return f"{', '.join(words[:limit])} and {len(words) - limit} more"


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return the choice most like ``word``, or ``""`` if none is near.

    >>> nearest("delimeter", ["delimiter", "encoding"])
    'delimiter'
    """
    found = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.6)
    return found[0] if found else ""


def plural(number: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> plural(1, "row"), plural(2000, "row"), plural(2, "entry", "entries")
    ('1 row', '2,000 rows', '2 entries')
    """
    return f"{count(number)} {one if number == 1 else many or one + 's'}"
