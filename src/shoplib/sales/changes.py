"""What changed and why: the change in takings taken apart, each way to the penny."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base.calendar import Period
from shoplib.sales import chances, mix
from shoplib.sales.books import Books
from shoplib.sales.view import Scope

Ints = npt.NDArray[np.int64]
Part = tuple[str, str, int | None, int | None, int]
COLUMNS = ["split", "reason", "before_minor", "recent_minor", "change_minor", "of_before_share"]
HOW, WHERE, WHAT, WHEN = "How", "Where", "What", "When"
DAYS, RATE, SIZE = "Days open", "Sales a day", "Average sale"
OTHER_PLACES, OTHER_CATEGORIES = "Other places", "Other categories"
REST = "Tax, and what no line tells"
PARTS_OF_DAY = (
    ("Morning, 5:00 to 11:00", 5, 11), ("Midday, 11:00 to 15:00", 11, 15), ("Afternoon, 15:00 to 18:00", 15, 18),
    ("Evening, 18:00 to 22:00", 18, 22), ("Night, 22:00 to 5:00", 22, 29),
)  # fmt: skip
NO_HOUR = "Hour not known"
MOST = 5
FEWEST_DAYS = 7
CONFIDENCE = 0.95


def changes(scope: Scope) -> pd.DataFrame:
    """Return what the change in takings is made of, four times over; columns: :data:`COLUMNS`.

    ``How``: days open, sales a day open, average sale (see :func:`by_factor`). ``Where``, ``What``, ``When``: the five
    places and categories that changed most with the others together, and the parts of the day. The ``change_minor`` of
    each split add up to the change in takings exactly; what is sold is counted after discount, so tax and what no line
    tells stand in a row of their own. A split into one part is left out. ``of_before_share`` is of all takings before.
    No rows where nothing can be compared.
    """
    if scope.window.before is None or not (len(scope.recent.sold) or len(scope.before.sold)):
        return _table([], 0)
    now, was = (int(books.sold["total_minor"].sum()) for books in (scope.recent, scope.before))
    places = [_by_place(scope, period) for period in (scope.window.before, scope.window.recent)]
    rows = [*by_factor(*places), *_where(scope, *places), *_what(scope, now - was), *_when(scope)]
    return _table(rows, was)


def by_factor(before: pd.DataFrame, recent: pd.DataFrame) -> list[Part]:
    """Return how much of the change in takings goes with days open, with sales a day and with the average sale.

    Both tables have a row a place: days with a sale, transactions, takings. The takings of a place are days × sales a
    day × average sale. Number and size, and within number days and sales a day, are each given their change times the
    mean of the other before and after, which adds up exactly (Bennet 1920). A place that sold in one of the periods
    only changed by its days. The parts of all places are added as fractions and rounded half up at the end; sales a
    day take what rounding leaves.
    """
    places = before.index.union(recent.index)
    days, size, total = Fraction(0), Fraction(0), 0
    both = (table.reindex(places, fill_value=0).to_numpy(dtype="int64").tolist() for table in (before, recent))
    for (days_0, number_0, gross_0), (days_1, number_1, gross_1) in zip(*both, strict=True):
        total += gross_1 - gross_0
        if not number_0 or not number_1:
            days += gross_1 - gross_0
            continue
        mean_size = (Fraction(gross_0, number_0) + Fraction(gross_1, number_1)) / 2
        mean_rate = (Fraction(number_0, days_0) + Fraction(number_1, days_1)) / 2
        days += (days_1 - days_0) * mean_rate * mean_size
        size += (Fraction(gross_1, number_1) - Fraction(gross_0, number_0)) * (number_0 + number_1) / 2
    whole_days, whole_size = (int((part + Fraction(1, 2)) // 1) for part in (days, size))
    shares = ((DAYS, whole_days), (RATE, total - whole_days - whole_size), (SIZE, whole_size))
    return [(HOW, name, None, None, minor) for name, minor in shares]


def beyond_chance(scope: Scope) -> bool | None:
    """Return whether the change in takings is more than days usually differ by, ``None`` with too few days.

    Each recent day is set against the same weekday before; the change is beyond chance if the 95 % interval of the mean
    difference leaves out zero (Student's t; days are taken as independent, a closed day took nothing).
    """
    if scope.window.recent is None or scope.window.before is None or scope.window.recent.days < FEWEST_DAYS:
        return None
    taken = scope.daily.groupby("business_date")["gross_sales_minor"].sum()
    now, was = (
        taken.reindex(pd.date_range(period.start, period.end), fill_value=0).to_numpy(dtype="float64")
        for period in (scope.window.recent, scope.window.before)
    )
    apart = now - was
    reach = (
        float(chances.student_quantile((1 + CONFIDENCE) / 2, len(apart) - 1)) * apart.std(ddof=1) / len(apart) ** 0.5
    )
    return bool(abs(apart.mean()) > reach)


def _by_place(scope: Scope, period: Period | None) -> pd.DataFrame:
    """Return days with a sale, transactions and takings of each place that sold, by its key."""
    daily = scope.daily if period is None else scope.daily[period.covers(scope.daily["business_date"])]
    sold = daily[daily["transactions"] > 0].assign(days=1)
    return sold.groupby("location_id", sort=True)[["days", "transactions", "gross_sales_minor"]].sum()


def _where(scope: Scope, before: pd.DataFrame, recent: pd.DataFrame) -> list[Part]:
    was, now = before["gross_sales_minor"], recent["gross_sales_minor"]
    places = was.index.union(now.index)
    known = scope.books.locations
    names = dict(zip(known["location_id"].astype(object), known["location_name"].astype(object), strict=True))
    before_minor, recent_minor = (part.reindex(places, fill_value=0).to_numpy(dtype="int64") for part in (was, now))
    shown = [str(names.get(place, place)) for place in places]
    return _largest(WHERE, shown, before_minor, recent_minor, OTHER_PLACES)


def _what(scope: Scope, change: int) -> list[Part]:
    keys = pd.Index(scope.books.lines["product_id"].cat.categories.astype(object))
    if scope.recent.sold_lines.empty and scope.before.sold_lines.empty:
        return []
    categories, group = np.unique(np.asarray(mix.category_of(keys, scope.books), dtype=object), return_inverse=True)
    was, now = (_sold_by(books, group, len(categories)) for books in (scope.before, scope.recent))
    rows = _largest(WHAT, categories.tolist(), was, now, OTHER_CATEGORIES)
    rest = change - sum(row[-1] for row in rows)
    return [*rows, (WHAT, REST, None, None, rest)] if rest and rows else rows


def _sold_by(books: Books, group: Ints, groups: int) -> Ints:
    """Return line sales after discount by group of products."""
    lines = books.sold_lines
    by_product = np.bincount(lines["product_id"].cat.codes, weights=lines["net_minor"], minlength=len(group))
    return np.bincount(group, weights=by_product, minlength=groups).astype("int64")


def _when(scope: Scope) -> list[Part]:
    of_hour = np.full(25, len(PARTS_OF_DAY))
    for at, (_, first, end) in enumerate(PARTS_OF_DAY):
        of_hour[[hour % 24 for hour in range(first, end)]] = at
    amounts = []
    for books in (scope.before, scope.recent):
        hour = books.sold["hour"].fillna(24).to_numpy(dtype="int64")
        sums = np.bincount(of_hour[hour], weights=books.sold["total_minor"], minlength=len(PARTS_OF_DAY) + 1)
        amounts.append(sums.astype("int64").tolist())
    names = [*(name for name, *_ in PARTS_OF_DAY), NO_HOUR]
    rows = [(WHEN, name, was, now, now - was) for name, was, now in zip(names, *amounts, strict=True) if was or now]
    return rows if len(rows) > 1 else []


def _largest(split: str, names: list[Any], was: Ints, now: Ints, others: str) -> list[Part]:
    """Return the parts that changed most, largest first and equal ones in the order given, the others as one."""
    there = np.flatnonzero((was != 0) | (now != 0))
    order = there[np.argsort(-np.abs(now - was)[there], kind="stable")].tolist()
    if len(order) < 2:
        return []
    most = MOST if len(order) > MOST + 1 else len(order)
    rows: list[Part] = [(split, names[i], int(was[i]), int(now[i]), int(now[i] - was[i])) for i in order[:most]]
    left = order[most:]
    if left:
        before, recent = int(was[left].sum()), int(now[left].sum())
        rows.append((split, others, before, recent, recent - before))
    return rows


def _table(rows: Iterable[Part], was: int) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=COLUMNS[:-1], dtype=object)
    for name in ("before_minor", "recent_minor"):
        table[name] = table[name].astype("Int64")
    table["change_minor"] = table["change_minor"].astype("int64")
    table[COLUMNS[-1]] = table["change_minor"] / (was if was > 0 else np.nan)
    return table
