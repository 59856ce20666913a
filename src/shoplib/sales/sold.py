"""The lines of sales as numbers: which product, which place, which day, once for all tables of products."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base.calendar import Period
from shoplib.sales import tables
from shoplib.sales.books import Books

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
DAY_NS = 86_400_000_000_000


@dataclass(frozen=True)
class Sold:
    """The lines of completed sales of a period, in codes; ``books`` must be those of ``period``.

    ``period`` is ``None`` where there are no days, and so no lines.
    """

    books: Books
    period: Period | None

    @property
    def days(self) -> int:
        """The number of days."""
        return self.period.days if self.period else 0

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The lines."""
        return self.books.sold_lines

    @cached_property
    def keys(self) -> pd.Index:
        """The keys of all products with a line of any day, in order."""
        return pd.Index(self.lines["product_id"].cat.categories, dtype=object)

    @cached_property
    def places(self) -> pd.Index:
        """The keys of all places with a line of any day, in order."""
        return pd.Index(self.lines["location_id"].cat.categories, dtype=object)

    @cached_property
    def product(self) -> Ints:
        """The product of each line, by its position in ``keys``."""
        return np.asarray(self.lines["product_id"].cat.codes, dtype="int64")

    @cached_property
    def place(self) -> Ints:
        """The place of each line, by its position in ``places``."""
        return np.asarray(self.lines["location_id"].cat.codes, dtype="int64")

    @cached_property
    def day(self) -> Ints:
        """The day of each line, 0 being the first of the period."""
        return days_after(self.lines["day"], self.period.start) if self.period else np.zeros(0, dtype="int64")

    @cached_property
    def amount(self) -> Floats:
        """The line total of each line, in minor units."""
        return self.lines["line_total_minor"].to_numpy(dtype="float64")

    @cached_property
    def quantity(self) -> Floats:
        """The units of each line."""
        return self.lines["quantity"].to_numpy(dtype="float64")

    @cached_property
    def sells(self) -> npt.NDArray[np.bool_]:
        """Which lines sell, see ``tables.sells``; the others give back or take off."""
        return tables.sells(self.lines)

    @cached_property
    def line_sales(self) -> Ints:
        """Line totals by product."""
        return self.total(self.amount)

    @cached_property
    def open_days(self) -> npt.NDArray[np.bool_]:
        """Whether any line sold on each day."""
        return np.bincount(self.day[self.sells], minlength=self.days) > 0

    def total(self, amounts: Floats) -> Ints:
        """Return exact sums of whole amounts of the lines, by product."""
        return np.bincount(self.product, weights=amounts, minlength=len(self.keys)).astype("int64")

    def by_day(self, group: Ints, groups: int) -> Floats:
        """Return line totals by group of products and day: one row a group, one column a day.

        ``group`` has one code a product, in the order of ``keys``; those below 0 are in no group.
        """
        of = np.asarray(group, dtype="int64")[self.product]
        kept, size = of >= 0, groups * self.days
        of = of * self.days + self.day
        if kept.all():
            sums = np.bincount(of, weights=self.amount, minlength=size)
        else:
            sums = np.bincount(of[kept], weights=self.amount[kept], minlength=size)
        return np.asarray(sums, dtype="float64").reshape(groups, self.days)


def days_after(day: pd.Series, first: dt.date) -> Ints:
    """Return how many days each business day lies after ``first``."""
    found: Ints = day.to_numpy().astype("datetime64[ns]", copy=False).view("int64") // DAY_NS
    return found - int(np.datetime64(first, "D").astype("int64"))
