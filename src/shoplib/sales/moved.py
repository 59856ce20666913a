"""What moved on an odd day: a product, a category or some hours, if most of the change was theirs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.sales.books import Books

Floats = npt.NDArray[np.float64]

MOST = 0.6  # of the change, that one product or category, or a few hours, make up
LARGEST = 0.5  # of the usual takings, which they have at most: else they are the day itself
SILENT = 0.25  # of the usual takings, in hours on end without a sale, before that is said
FEWEST_DAYS = 3
HOURS = 24


@dataclass(frozen=True)
class Parts:
    """Amounts by day, place and part, the parts being products, categories or hours; one row need not be one cell.

    ``names`` gives what each code of ``part`` is called; rows with a code below 0 have no part. Days are days since
    1970, in ascending order.
    """

    day: npt.NDArray[np.int64]
    place: npt.NDArray[np.object_]
    part: npt.NDArray[np.int64]
    amount: Floats
    names: list[str]

    def sums(self, day: int, place: str | None) -> Floats:
        """Return the amount of each part on a day at a place, ``None`` at all of them."""
        first, last = np.searchsorted(self.day, [day, day + 1])
        part, amount = self.part[first:last], self.amount[first:last]
        here = part >= 0
        if place is not None:
            here &= self.place[first:last] == place
        return np.bincount(part[here], amount[here], len(self.names)).astype("float64")

    @cached_property
    def days(self) -> frozenset[int]:
        """The days there are amounts of."""
        return frozenset(np.unique(self.day).tolist())


@dataclass(frozen=True)
class Moved:
    """What odd days are looked at by; any of the three may be missing."""

    products: Parts | None = None
    categories: Parts | None = None
    hours: Parts | None = None

    def told(self, day: pd.Timestamp, others: pd.DatetimeIndex, place: str | None) -> list[str]:
        """Return what most of a day's change came from, in words, beside the mean of ``others``; empty if nothing did.

        ``place`` is ``None`` for all places together.
        """
        said = [_one(self.products, day, others, place) or _one(self.categories, day, others, place)]
        return [text for text in [*said, _hours(self.hours, day, others, place)] if text]


def parts(days: pd.Series, places: pd.Series, named: pd.Series, amounts: pd.Series) -> Parts:
    """Return amounts in order of their days; rows without a name have no part."""
    number = days.to_numpy().astype("datetime64[D]").astype("int64")
    order = np.argsort(number, kind="stable")
    code, names = pd.factorize(named, sort=True)
    return Parts(
        number[order], places.to_numpy(dtype=object)[order], np.asarray(code, dtype="int64")[order],
        amounts.to_numpy(dtype="float64")[order], [str(name) for name in names],
    )  # fmt: skip


def moved(books: Books) -> Moved:
    """Return products, categories and hours of all completed sales."""
    lines, sold = books.sold_lines, books.sold
    known = books.products.astype({"product_id": object}).set_index("product_id")
    product = lines["product_id"].astype(object)
    name = product.map(known["product_name"].astype(object))
    category = product.map(known["product_category"].astype(object))
    where, amount = lines["location_id"], lines["line_total_minor"]
    timed = sold[sold["hour"].notna().to_numpy()]
    hours = parts(timed["day"], timed["location_id"], timed["hour"].astype("int64"), timed["total_minor"])
    return Moved(
        parts(lines["day"], where, name.where(name.notna(), product), amount),
        parts(lines["day"], where, category, amount),
        hours,
    )


def _beside(
    of: Parts, day: pd.Timestamp, others: pd.DatetimeIndex, place: str | None
) -> tuple[Floats, Floats] | None:  # fmt: skip
    """Return the amounts of a day and the mean of those of other days by part, if there are enough of them."""
    number = [one for one in others.to_numpy().astype("datetime64[D]").astype("int64").tolist() if one in of.days]
    if len(number) < FEWEST_DAYS or not of.names:
        return None
    usual = np.mean([of.sums(one, place) for one in number], axis=0)
    now = of.sums(int(day.to_numpy().astype("datetime64[D]").astype("int64")), place)
    return (now, usual) if usual.sum() > 0 and now.sum() != usual.sum() else None


def _one(of: Parts | None, day: pd.Timestamp, others: pd.DatetimeIndex, place: str | None) -> str:
    pair = None if of is None else _beside(of, day, others, place)
    if of is None or pair is None:
        return ""
    now, usual = pair
    change = now - usual
    part = change * np.sign(change.sum())
    top = int(part.argmax())
    alone = part[top] >= MOST * abs(change.sum()) and part[top] >= MOST * part[part > 0].sum()
    return f"mostly {of.names[top]}" if alone and usual[top] <= LARGEST * usual.sum() else ""


def _hours(of: Parts | None, day: pd.Timestamp, others: pd.DatetimeIndex, place: str | None) -> str:
    pair = None if of is None else _beside(of, day, others, place)
    if of is None or pair is None:
        return ""
    at = np.asarray(of.names, dtype="int64") % HOURS
    now, usual = (np.bincount(at, amounts, HOURS).astype("float64") for amounts in pair)
    dawn = int(np.argmin(usual + np.roll(usual, -1) + np.roll(usual, -2)))  # the quietest hours begin the day
    now, usual = np.roll(now, -dawn), np.roll(usual, -dawn)
    change = now - usual
    if change.sum() < 0:
        silent = _longest(now == 0, usual)
        if silent is not None and usual[silent[0] : silent[1]].sum() >= SILENT * usual.sum():
            return f"no sale {_span(silent, dawn)}"
    part = np.concatenate([[0.0], np.cumsum(change * np.sign(change.sum()))])
    share = np.concatenate([[0.0], np.cumsum(usual)]) / usual.sum()
    first, last = np.triu_indices(HOURS + 1, 1)
    fits = (part[last] - part[first] >= MOST * abs(change.sum())) & (share[last] - share[first] <= LARGEST)
    if not fits.any():
        return ""
    width = np.where(fits, last - first - 1e-9 * (part[last] - part[first]) / abs(change.sum()), np.inf)
    best = int(width.argmin())
    return f"mostly {_span((int(first[best]), int(last[best])), dawn)}"


def _longest(silent: npt.NDArray[np.bool_], usual: Floats) -> tuple[int, int] | None:
    """Return the hours on end without a sale that usually take most, from the first to the last that take anything."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(int)))
    spans = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if usual[a:b].sum() > 0]
    if not spans:
        return None
    first, last = max(spans, key=lambda one: usual[one[0] : one[1]].sum())
    busy = first + np.flatnonzero(usual[first:last] > 0.01 * usual.sum())
    return (int(busy[0]), int(busy[-1]) + 1) if len(busy) else (first, last)


def _span(hours: tuple[int, int], dawn: int) -> str:
    first, last = ((hour + dawn) % HOURS for hour in hours)
    return f"from {first:02}:00 to {last:02}:00"
