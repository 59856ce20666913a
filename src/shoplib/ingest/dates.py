"""Which columns are dates and times, and in which order day and month stand: decided by the data or asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

import pandas as pd

from shoplib.ingest.times import read_moments

READABLE_SHARE = 0.8
SAMPLE_VALUES = 5_000
COVERAGE_RATIO = 3.0
DATE_ORDERS = (
    "%Y{m}%m{m}%d", "%d{m}%m{m}%Y", "%m{m}%d{m}%Y", "%d{m}%m{m}%y", "%m{m}%d{m}%y", "%d{m}%b{m}%Y", "%d{m}%b{m}%y",
    "%b{m}%d{m}%Y", "%b %d, %Y", "%d{m}%B{m}%Y", "%B %d, %Y", "%Y%m%d", "%a %d %b %Y",
)  # fmt: skip
TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M%p", "%H:%M:%S.%f")
BETWEEN = (" ", "T", ", ")
_ISO_ZONED = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$"
_MARK = re.compile(r"\d([-/. ])|[A-Za-z]([-/. ])\d")


@dataclass(frozen=True)
class Written:
    """How the cells of one column are written: a strptime format (empty for ISO 8601 with offsets), its parts,
    the evidence in words, and the question left open, if any."""

    format: str
    has_date: bool
    has_time: bool
    evidence: str
    question: str = ""


def recognise(cells: pd.Series, day_first: bool) -> Written | None:
    """Return how a column of dates or times is written, ``None`` if it is neither.

    Where day and month could stand either way, a value above 12, the order of the rows, or days that follow
    one another without gaps decide. If none does, ``day_first`` is taken and a question says so.
    """
    filled = cells[cells != ""]
    values = pd.Series(filled.unique()[:SAMPLE_VALUES], dtype=object)
    if values.empty or not values.str.contains(r"\d", regex=True).mean() >= READABLE_SHARE:
        return None
    if values.str.match(_ISO_ZONED).mean() >= READABLE_SHARE:
        return Written("", True, True, f"{len(values)} distinct values are ISO 8601 with an offset from UTC")
    for time in TIMES:
        if _share(values, time) >= READABLE_SHARE:
            return Written(time, False, True, f'{len(values)} distinct values read as "{time}"')
    fitting = [(share, -place, f) for place, f in enumerate(_candidates(values)) if (share := _share(values, f))]
    fitting = [entry for entry in fitting if entry[0] >= READABLE_SHARE]
    if not fitting:
        return None
    share, _, best = max(fitting)
    has_time = any(mark in best for mark in ("%H", "%I"))
    evidence = f'{round(share * len(values))} of {len(values)} distinct values read as "{best}"'
    other = _swapped(best)
    if other is None:
        return Written(best, True, has_time, evidence)
    if _share(values, other) < share:
        return Written(best, True, has_time, evidence + "; a day above 12 settles the order")
    return _settled(filled, best, other, day_first, has_time)


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


def _swapped(format_: str) -> str | None:
    """Return a format with day and month the other way round, ``None`` if the month is a word or comes after a year."""
    if "%Y" in format_[:2] or "%m" not in format_:
        return None
    swap = {"%d": "%m", "%m": "%d"}
    return re.sub("%[dm]", lambda found: swap[found.group()], format_)


def _settled(cells: pd.Series, one: str, other: str, day_first: bool, has_time: bool) -> Written:
    """Return the reading that the order of the rows or the gaps between days speak for, else the usual one."""
    days = {f: read_moments(cells, f).wall.dt.normalize().dropna() for f in (one, other)}
    verdicts = []
    ordered = [f for f in days if days[f].nunique() > 2 and (_is_sorted(days[f]))]
    if len(ordered) == 1:
        verdicts.append((ordered[0], "the rows are in order of time only so"))
    covered = {f: days[f].nunique() / ((days[f].max() - days[f].min()).days + 1) for f in days}
    fuller, thinner = sorted(days, key=lambda f: -covered[f])
    if days[fuller].nunique() > 2 and covered[fuller] >= max(0.5, COVERAGE_RATIO * covered[thinner]):
        verdicts.append((fuller, "the days follow one another without gaps only so"))
    if verdicts and len({format_ for format_, _ in verdicts}) == 1:
        reasons = " and ".join(reason for _, reason in verdicts)
        return Written(verdicts[0][0], True, has_time, f"day and month could stand either way; {reasons}")
    chosen = next(f for f in (one, other) if (f.index("%d") < f.index("%m")) == day_first)
    example = cells.iloc[0]
    question = (
        f'"{example}" could be day-month or month-day, and nothing in the file decides; '
        f'read as "{chosen}", the other way is "{other if chosen == one else one}"'
    )
    return Written(chosen, True, has_time, "day and month could stand either way; nothing decides", question)


def _is_sorted(days: pd.Series) -> bool:
    return bool(days.is_monotonic_increasing or days.is_monotonic_decreasing)
