"""What is known of coming days: on which a place is shut, and which offers run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from babel.core import get_global

from shoplib.forecasting.panel import Flags, Floats, Panel

# Where most of a country keeps holidays that its national list leaves out.
USUAL_PART = {"GB": "GB-ENG"}
NO_HOLIDAYS = "none"


def country(asked: str, timezone: str) -> str:
    """Return whose public holidays count: as asked, else those of the zone's country (CLDR), ``""`` for none.

    >>> country("", "Europe/London"), country("", "Asia/Kolkata"), country("DE-NW", "UTC"), country("none", "UTC")
    ('GB-ENG', 'IN', 'DE-NW', '')
    """
    if asked:
        return "" if asked == NO_HOLIDAYS else asked
    found = get_global("zone_territories").get(timezone)
    return "" if found in (None, "001", "ZZ") else USUAL_PART.get(str(found), str(found))


def holidays_of(where: str, days: pd.DatetimeIndex) -> pd.Series:
    """Return the name of the public holiday of each of ``days`` that is one, by day; none without a country."""
    if not where or days.empty:
        return pd.Series(dtype="object")
    import holidays  # half a second to import: only where days are named

    code, _, part = where.partition("-")
    if code not in holidays.list_supported_countries():
        return pd.Series(dtype="object")
    known = part if part in holidays.list_supported_countries()[code] else None
    kept = holidays.country_holidays(code, subdiv=known, years=sorted(set(days.year)))
    named = pd.Series({pd.Timestamp(date): str(name) for date, name in kept.items()}, dtype="object")
    return named[named.index.isin(days)].sort_index()


def begun(y: Floats) -> Flags:
    """Return the days from the first known one of each row on."""
    seen: Flags = np.logical_or.accumulate(~np.isnan(y), axis=1)
    return seen


def shut(closed: Flags, days: pd.DatetimeIndex, horizon: int, where: str) -> Flags:
    """Return on which days each place is shut, those to come included: (places, history + horizon).

    A coming day is expected shut on a weekday that was shut throughout the last eight weeks, and on a public holiday
    that the place kept the last time it came.
    """
    ids = tuple(str(row) for row in range(len(closed)))
    past = Panel(ids, days, len(days), np.full(closed.shape, np.nan), closed)
    ahead = past.until(len(days), horizon)
    whole = ahead.closed.copy()
    named = holidays_of(where, ahead.days)
    if named.empty:
        return whole
    at = ahead.days.get_indexer(pd.DatetimeIndex(named.index))
    names = named.to_numpy(dtype=object)
    for day, name in zip(at, names, strict=True):
        before = at[(names == name) & (at < len(days))]
        if day >= len(days) and len(before):
            whole[:, day] |= closed[:, before[-1]]
    return whole


@dataclass(frozen=True)
class Offers:
    """Offers on a calendar: ``rows`` has one row a product, place and offer.

    Columns: pair (row of ``pairs``), first and last (days of the calendar) and discount. ``pairs`` has what sells
    where: location_id, product_id, units and value of the history.
    """

    rows: pd.DataFrame
    pairs: pd.DataFrame
    length: int

    def by(self, group: npt.NDArray[np.int64], count: int, weight: str) -> tuple[Floats, Floats]:
        """Return how much each of ``count`` groups sells, and its mean discount on each day, (groups, days).

        ``group`` says to which group each pair belongs, -1 to none; ``weight`` is ``units`` or ``value``.
        """
        sells = self.pairs[weight].to_numpy(dtype="float64")
        mine = group >= 0
        whole = np.bincount(group[mine], weights=sells[mine], minlength=count).astype(np.float64)
        steps = np.zeros((count, self.length + 1))
        at = self.rows["pair"].to_numpy(dtype="int64")
        kept = group[at] >= 0 if len(at) else np.zeros(0, dtype=bool)
        row, value = group[at[kept]], (self.rows["discount"].to_numpy() * sells[at])[kept]
        np.add.at(steps, (row, self.rows["first"].to_numpy(dtype="int64")[kept]), value)
        np.add.at(steps, (row, self.rows["last"].to_numpy(dtype="int64")[kept] + 1), -value)
        grid = steps.cumsum(axis=1)[:, : self.length]
        return whole, np.maximum(grid, 0.0) / np.where(whole > 0, whole, 1.0)[:, None]


def offers(promotions: pd.DataFrame, pairs: pd.DataFrame, first: pd.Timestamp, length: int) -> Offers:
    """Return the offers that touch the ``length`` days from ``first`` on; where no discount is told, it counts as 1."""
    told = pd.DataFrame(
        {
            "product_id": promotions["product_id"].astype(str),
            "where": promotions["location_id"],
            "first": (pd.DatetimeIndex(promotions["starts"]) - first).days,
            "last": (pd.DatetimeIndex(promotions["ends"]) - first).days,
            "discount": promotions["discount_share"].astype("float64").fillna(1.0),
        }
    )
    told = told[(told["last"] >= 0) & (told["first"] < length) & (told["first"] <= told["last"])]
    placed = pairs[["location_id", "product_id"]].assign(pair=np.arange(len(pairs)))
    rows = told.merge(placed, on="product_id")
    rows = rows[rows["where"].isna() | (rows["where"].astype(object) == rows["location_id"].astype(object))]
    rows = rows.assign(first=rows["first"].clip(lower=0), last=rows["last"].clip(upper=length - 1))
    return Offers(rows[["pair", "first", "last", "discount"]].reset_index(drop=True), pairs, length)
