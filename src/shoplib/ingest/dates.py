"""Which columns are dates and times, and in which order day and month stand: decided by the data or asked."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd
from babel.dates import get_day_names

from shoplib.ingest.times import read_moments

READABLE_SHARE = 0.8
SAMPLE_VALUES = 5_000
COVERAGE_RATIO = 3.0
DATE_ORDERS = (
    "%Y{m}%m{m}%d", "%d{m}%m{m}%Y", "%m{m}%d{m}%Y", "%d{m}%m{m}%y", "%m{m}%d{m}%y", "%d{m}%b{m}%Y", "%d{m}%b{m}%y",
    "%b{m}%d{m}%Y", "%b %d, %Y", "%d{m}%B{m}%Y", "%B %d, %Y", "%Y%m%d", "%a %d %b %Y", "%y{m}%m{m}%d",
)  # fmt: skip
TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M%p", "%H:%M:%S.%f")
BETWEEN = (" ", "T", ", ")
_ISO_ZONED = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$"
_MARK = re.compile(r"\d([-/. ])|[A-Za-z]([-/. ])\d")


LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "id")
WEEKDAY_SHARE = 0.95


@dataclass(frozen=True)
class Hints:
    """What may settle the order of day and month beside the column itself.

    Orders are ``"day"``, ``"month"`` or ``"year"``, after what stands first. ``usual`` is that of where the shop is,
    taken for the time being if nothing settles it; ``told`` is what a person said, ``elsewhere`` that of another column
    of the same file. ``within`` are the first and last day the file is about, ``until`` the last ones it can know of,
    each with the reason; ``weekdays`` are the days of the week (Monday is 0) that a column says.
    """

    usual: str = "day"
    told: str = ""
    elsewhere: str = ""
    within: tuple[dt.date, dt.date, str] | None = None
    until: tuple[tuple[dt.date, str], ...] = ()
    weekdays: tuple[str, pd.Series] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Written:
    """How the cells of one column are written: a strptime format (empty for ISO 8601 with offsets), its parts,
    the evidence in words, and the question left open, if any, with all ``readings`` it is about.

    ``order`` is the one that a day above 12 proves, ``""`` where nothing does. ``share`` of the distinct
    values are readable so.
    """

    format: str
    has_date: bool
    has_time: bool
    evidence: str
    question: str = ""
    readings: tuple[str, ...] = ()
    order: str = ""
    share: float = 1.0


def recognise(cells: pd.Series, hints: Hints) -> Written | None:
    """Return how a column of dates or times is written, ``None`` if it is neither.

    Where day, month and a year of two digits could stand several ways, a value above 12, what a person said, another
    column, the day of the file, days of the week, the order of the rows, or days that follow one another without gaps
    decide. If none does, or they contradict one another, a question says so.
    """
    filled = cells[cells != ""]
    values = pd.Series(filled.unique()[:SAMPLE_VALUES], dtype=object)
    if values.empty or not values.str.contains(r"\d", regex=True).mean() >= READABLE_SHARE:
        return None
    if values.str.match(_ISO_ZONED).mean() >= READABLE_SHARE:
        return Written("", True, True, f"{len(values)} distinct values are ISO 8601 with an offset from UTC")
    for time in TIMES:
        if (share := _share(values, time)) >= READABLE_SHARE:
            return Written(time, False, True, f'{len(values)} distinct values read as "{time}"', share=share)
    fitting = [(share, -place, f) for place, f in enumerate(_candidates(values)) if (share := _share(values, f))]
    fitting = [entry for entry in fitting if entry[0] >= READABLE_SHARE]
    if not fitting:
        return None
    share, _, best = max(fitting)
    has_time = any(mark in best for mark in ("%H", "%I"))
    evidence = f'{round(share * len(values))} of {len(values)} distinct values read as "{best}"'
    others = _swapped(best)
    if not others:
        return Written(best, True, has_time, evidence, share=share)
    equal = [format_ for format_ in others if _share(values, format_) >= share]
    if not equal:
        evidence += "; a day above 12 settles the order"
        return Written(best, True, has_time, evidence, order=order_of(best), share=share)
    return _settled(filled, [best, *equal], hints, has_time, share)


def order_of(format_: str) -> str:
    """Return which of ``"day"``, ``"month"`` and ``"year"`` stands first where they could stand otherwise, else ``""``.

    >>> order_of("%d/%m/%Y"), order_of("%y-%m-%d"), order_of("%Y-%m-%d"), order_of("%d %b %Y")
    ('day', 'year', '', '')
    """
    if "%m" not in format_ or format_.startswith("%Y"):
        return ""
    return {"%d": "day", "%m": "month", "%y": "year"}[min(("%d", "%m", "%y"), key=lambda part: format_.find(part) % 99)]


def _candidates(values: pd.Series) -> list[str]:
    """Return the formats worth trying: with the marks the values have, and a time if they have colons."""
    found = [m for m in (_MARK.search(value) for value in values.head(20)) if m]
    mark = (found[0].group(1) or found[0].group(2)) if found else "/"
    dates = [order.format(m=mark) for order in DATE_ORDERS]
    if values.head(20).str.contains(":").mean() < 0.5:
        return dates
    return [f"{date}{gap}{time}" for date, gap, time in product(dates, BETWEEN, TIMES)]


def _share(values: pd.Series, format_: str) -> float:
    """Return the share of values a format reads; most formats fail on the first few and are left there."""
    few = values.head(50)
    if len(values) > len(few) and read_moments(few, format_).wall.notna().mean() < READABLE_SHARE / 2:
        return 0.0
    return float(read_moments(values, format_).wall.notna().mean())


def _swapped(format_: str) -> list[str]:
    """Return a format with day, month and a year of two digits in other orders; none if they can stand in one only."""
    if "%Y" in format_[:2] or "%m" not in format_ or "%Y%m" in format_:
        return []
    day_month = re.sub("%[dm]", lambda found: {"%d": "%m", "%m": "%d"}[found.group()], format_)
    if "%y" not in format_:
        return [day_month]
    marks = re.split("%[dmy]", format_)
    orders = [("%d", "%m", "%y"), ("%m", "%d", "%y"), ("%y", "%m", "%d")]
    if marks[1] == ".":
        orders.pop()  # nobody puts a year of two digits before a dot
    written = ["".join(part for pair in zip(marks, (*order, ""), strict=True) for part in pair) for order in orders]
    return [other for other in written if other != format_]


def _settled(cells: pd.Series, formats: list[str], hints: Hints, has_time: bool, share: float) -> Written:
    """Return the reading that what is known speaks for, else the usual one with a question."""
    several = (
        "day, month and year could stand several ways" if len(formats) > 2 else "day and month could stand either way"
    )
    verdicts = _verdicts(cells, formats, hints)
    if hints.told:
        said = [f for f in formats if order_of(f) == hints.told]
        verdicts = [(said[0], "as told")] if said else verdicts
    if verdicts and len({format_ for format_, _ in verdicts}) == 1:
        reasons = " and ".join(reason for _, reason in verdicts)
        return Written(verdicts[0][0], True, has_time, f"{several}; {reasons}", share=share)
    chosen = next((f for f in formats if order_of(f) == hints.usual), formats[0])
    others = [f for f in formats if f != chosen]
    nothing = "what is known contradicts itself" if verdicts else "nothing in the file decides"
    question = (
        f'"{cells.iloc[0]}" could be {"day-month or month-day" if len(formats) == 2 else "read several ways"}, and '
        f'{nothing}; read as "{chosen}", the other way is ' + " or ".join(f'"{other}"' for other in others)
    )
    evidence = f"{several}; nothing decides"
    return Written(chosen, True, has_time, evidence, question, (chosen, *others), share=share)


def _verdicts(cells: pd.Series, formats: list[str], hints: Hints) -> list[tuple[str, str]]:
    """Return each reading that something speaks for, and what."""
    days = {f: read_moments(cells, f).wall.dt.normalize() for f in formats}
    filled = {f: found.dropna() for f, found in days.items()}
    found = []
    proven = [f for f in formats if hints.elsewhere and order_of(f) == hints.elsewhere]
    if proven:
        found.append((proven[0], "another column of the file is written so"))
    for last, reason in hints.until:
        possible = [f for f in formats if (filled[f] <= pd.Timestamp(last)).all()]
        if len(possible) == 1:
            found.append((possible[0], f"no day is later than {reason} only so"))
    if hints.within is not None:
        first, last, reason = hints.within
        shares = {f: float(filled[f].between(pd.Timestamp(first), pd.Timestamp(last)).mean()) for f in formats}
        fits = [f for f in formats if shares[f] >= WEEKDAY_SHARE]
        if len(fits) == 1 and max(shares[f] for f in formats if f != fits[0]) < READABLE_SHARE:
            found.append((fits[0], f"the days lie in {reason} only so"))
    if hints.weekdays is not None:
        column, named = hints.weekdays
        known = named.reindex(cells.index).dropna()
        shares = {f: float((days[f].reindex(known.index).dt.dayofweek == known).mean()) for f in formats}
        fits = [f for f in formats if shares[f] >= WEEKDAY_SHARE]
        if len(fits) == 1:
            found.append((fits[0], f'the days of the week in "{column}" agree only so'))
    ordered = [f for f in formats if filled[f].nunique() > 2 and _is_sorted(filled[f])]
    if len(ordered) == 1:
        found.append((ordered[0], "the rows are in order of time only so"))
    covered = {f: filled[f].nunique() / ((filled[f].max() - filled[f].min()).days + 1) for f in formats}
    fuller, thinner = sorted(formats, key=lambda f: -covered[f])[:2]
    if filled[fuller].nunique() > 2 and covered[fuller] >= max(0.5, COVERAGE_RATIO * covered[thinner]):
        found.append((fuller, "the days follow one another without gaps only so"))
    return found


def weekdays(rows: pd.DataFrame) -> tuple[str, pd.Series] | None:
    """Return the column that names days of the week, and those (Monday is 0, missing where empty); ``None`` if none."""
    names = {
        name.casefold().rstrip("."): number
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in get_day_names(width, locale=language).items()
    }
    for column in map(str, rows):
        said = rows[column].str.casefold().str.rstrip(".")
        distinct = set(said.unique()) - {""}
        if len(distinct) > 1 and distinct <= names.keys():
            return column, said.map(names).astype("Float64")
    return None


def day_in_name(name: str) -> tuple[dt.date, dt.date] | None:
    """Return the first and last day that a file's name speaks of, if it names one day or one month.

    >>> day_in_name("sales_2024-03.csv"), day_in_name("sales.csv")
    ((datetime.date(2024, 3, 1), datetime.date(2024, 3, 31)), None)
    """
    found = re.findall(r"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12]\d|3[01]))?(?!\d)", name)
    if len(found) != 1:
        return None
    year, _, month, day = found[0]
    first = np.datetime64(f"{year}-{month}")
    if not day:
        return first.astype("M8[D]").item(), ((first + 1).astype("M8[D]") - 1).item()
    try:
        said = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return said, said


def _is_sorted(days: pd.Series) -> bool:
    return bool(days.is_monotonic_increasing or days.is_monotonic_decreasing)
