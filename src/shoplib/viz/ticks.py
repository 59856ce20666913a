"""Marks on axes that read well at both widths: money, counts, shares, dates and names."""

from __future__ import annotations

import datetime as dt
import math
import textwrap
from collections.abc import Callable, Sequence

import pandas as pd
from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_compact_currency, format_compact_decimal, format_percent
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, Locator

from shoplib.base import money
from shoplib.viz import style

FALLBACK_LANGUAGE = "en"
WHOLE_FROM = 100
TICK_DECIMALS = 3
EPOCH = dt.date(1970, 1, 1)
WIDE_CHARS, NARROW_CHARS = 30, 16
DATE_STEPS = ("D", "2D", "W-MON", "2W-MON", "MS", "2MS", "3MS", "6MS", "YS", "2YS", "5YS", "10YS")


def drawn_language(language: str) -> str:
    """Return ``language`` if the fonts can draw its names of days and months, else English.

    >>> drawn_language("hi_IN"), drawn_language("ja_JP")
    ('hi_IN', 'en')
    """
    names = "".join(str(format_date(dt.date(2024, month, month), "EEEE MMMM", language)) for month in range(1, 13))
    return language if style.drawable(names) else FALLBACK_LANGUAGE


def compact_money(minor: float, currency: str, language: str = "en_GB", decimals: int = 1) -> str:
    """Return an amount short enough for an axis, with at most ``decimals`` of its thousands or millions.

    Amounts under a thousand keep their minor units if they have any. Falls back to English where the fonts
    cannot draw the language's own marks.

    >>> compact_money(1_200_000, "GBP"), compact_money(150_000, "GBP"), compact_money(250, "GBP")
    ('£12k', '£1.5k', '£2.50')
    """
    exact = money.to_major(round(minor), currency)
    if abs(exact) < 1000 and exact != int(exact):
        text = money.show(round(minor), currency, language=language)
    else:
        text = str(format_compact_currency(float(exact), currency, locale=language, fraction_digits=decimals))
    if not style.drawable(text):
        return compact_money(minor, currency, FALLBACK_LANGUAGE, decimals)
    return _small_k(text, language)


def money_label(minor: int, currency: str, language: str = "en_GB") -> str:
    """Return a whole amount to stand at the end of a bar; small amounts keep their decimals.

    >>> money_label(123_456, "GBP"), money_label(950, "GBP")
    ('£1,235', '£9.50')
    """
    whole = abs(money.to_major(minor, currency)) >= WHOLE_FROM
    text = money.show(minor, currency, language=language, whole=whole)
    return text if style.drawable(text) else money.show(minor, currency, language=FALLBACK_LANGUAGE, whole=whole)


def compact_count(value: float, language: str = "en_GB", decimals: int = 1) -> str:
    """Return a number short enough for an axis, with at most ``decimals`` of its thousands or millions.

    >>> compact_count(12_000), compact_count(950), compact_count(0.25, decimals=2)
    ('12k', '950', '0.25')
    """
    near = round(value, decimals)  # below a thousand babel writes every digit of a float
    text = str(format_compact_decimal(near, locale=language, fraction_digits=decimals))
    return _small_k(text if style.drawable(text) else compact_count(value, FALLBACK_LANGUAGE, decimals), language)


def _small_k(text: str, language: str) -> str:
    return text.replace("K", "k") if Locale.parse(language).language == "en" else text


class ValueTicks(Formatter):
    """Labels of a value axis: exact as written for the round values ticks stand at."""

    def __init__(self, show: Callable[[float], str]) -> None:
        self.show = show

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the label of one value."""
        return self.show(x)


def money_ticks(currency: str, language: str = "en_GB") -> ValueTicks:
    """Return labels for an axis in minor units, such as ``£12k``."""
    return ValueTicks(lambda minor: compact_money(minor, currency, language, TICK_DECIMALS))


def count_ticks(language: str = "en_GB") -> ValueTicks:
    """Return labels for an axis of counts, such as ``12k``."""
    return ValueTicks(lambda value: compact_count(value, language, TICK_DECIMALS))


def share_ticks(language: str = "en_GB") -> ValueTicks:
    """Return labels for an axis of shares of one, such as ``2.5%``."""
    return ValueTicks(lambda value: str(format_percent(value, format="#,##0.###%", locale=language)))


class DateTicks(Locator):
    """Whole days at natural steps (days, Mondays, months, years): as many as there is room for, at least one.

    ``most`` is the largest number of labels on a wide and on a narrow page.
    """

    def __init__(self, most: tuple[int, int] = (8, 4)) -> None:
        self.most = most

    def __call__(self) -> Sequence[float]:
        """Return the ticks of the axis as it is now."""
        if self.axis is None:
            return []
        low, high = self.axis.get_view_interval()
        return self.tick_values(low, high)

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        """Return the days to label between two matplotlib dates, in order."""
        most = self.most[0 if _wide(self.axis) else 1]
        first, last = sorted((_date(vmin), _date(vmax)))
        days: pd.DatetimeIndex = pd.DatetimeIndex([])
        for step in DATE_STEPS:
            anchor = dt.date(first.year - first.year % 10, 1, 1) if step.endswith("YS") else dt.date(first.year, 1, 1)
            every = pd.date_range(anchor, last, freq=step)
            days = every[(every >= pd.Timestamp(first)) & (every <= pd.Timestamp(last))]
            if 0 < len(days) <= most:
                break
        numbers = [float((day.date() - EPOCH).days) for day in days]
        inside = [number for number in numbers if min(vmin, vmax) <= number <= max(vmin, vmax)]
        return inside or numbers[-1:]


class DateLabels(Formatter):
    """Day and month, with the year under the first label and wherever it changes."""

    def __init__(self, language: str = "en_GB") -> None:
        self.language = drawn_language(language)

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return one date with its year."""
        return str(format_date(_date(x), "d MMM y", locale=self.language))

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the labels of all ticks: months alone if every tick starts one."""
        days = [_date(value) for value in values]
        pattern = "MMM" if len(days) > 1 and all(day.day == 1 for day in days) else "d MMM"
        labels, year = [], None
        for day in days:
            label = str(format_date(day, pattern, locale=self.language))
            labels.append(label if day.year == year else f"{label}\n{day.year}")
            year = day.year
        return labels


class NameLabels(Formatter):
    """Names of categories at positions 0, 1, 2 …, wrapped on two lines and cut to the width of the page."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = [style.legible(name) for name in names]

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the label at position ``x``."""
        index = round(x)
        if not 0 <= index < len(self.names):
            return ""
        return elided(self.names[index], WIDE_CHARS if _wide(self.axis) else NARROW_CHARS)


def _date(number: float) -> dt.date:
    """Return the day of a matplotlib date, which counts days from 1970."""
    return EPOCH + dt.timedelta(days=math.floor(number))


def _wide(axis: object) -> bool:
    return not isinstance(axis, Axis) or style.is_wide(axis.get_figure(root=True))


def elided(name: str, width_chars: int, lines: int = 2) -> str:
    """Return a name on at most ``lines`` lines of ``width_chars``; what is cut is marked by an ellipsis.

    >>> elided("Salted caramel brownie with ice cream", 16)
    'Salted caramel\\nbrownie with …'
    """
    return "\n".join(textwrap.wrap(name, width_chars, max_lines=lines, placeholder=" …")) or name
