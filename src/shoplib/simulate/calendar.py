"""The days of the world and what is known about them: weekday, season, English bank holidays, closures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import holidays
import numpy as np
import numpy.typing as npt

from shoplib.base import seeds
from shoplib.simulate.draws import Bools, Ints

DAYS_OF_YEAR = 365.25
DAYS_PER_CLOSURE = 120  # a place shuts for a day about three times a year
SHORTEST_WITH_CLOSURES = 60


@dataclass(frozen=True)
class Days:
    """Every business day from the first to the last, one entry each."""

    dates: npt.NDArray[np.datetime64]  # datetime64[D]
    weekday: Ints  # Monday is 0
    month: Ints  # 1 to 12
    month_day: Ints  # month × 100 + day
    of_year: Ints  # days since 1 January
    bank_holiday: Bools
    eve: Bools  # the evening before a bank holiday

    def __len__(self) -> int:
        return len(self.dates)


def days(start: dt.date, end: dt.date) -> Days:
    """Return the days from ``start`` to ``end``, both included, with England's bank holidays."""
    dates = np.arange(np.datetime64(start, "D"), np.datetime64(end, "D") + 1)
    years = range(start.year, (end + dt.timedelta(days=1)).year + 1)
    known = holidays.country_holidays("GB", subdiv="ENG", years=years)
    off = np.array(sorted(known), dtype="datetime64[D]")
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    return Days(
        dates=dates,
        weekday=(dates.astype(np.int64) + 3) % 7,
        month=month,
        month_day=month * 100 + (dates - months).astype(np.int64) + 1,
        of_year=(dates - dates.astype("datetime64[Y]")).astype(np.int64),
        bank_holiday=np.isin(dates, off),
        eve=np.isin(dates + 1, off),
    )


def closures(when: Days, places: int, seed: int) -> tuple[Bools, Bools]:
    """Return, places × days, where a door stays shut: on Christmas Day, and for works or repairs.

    A span under 60 days has no repairs. If Christmas Day is all there is, the chain opens for it: a world
    must have somewhere to put its transactions.
    """
    rng = seeds.stream(seed, "simulate", "closures")
    christmas = np.repeat((when.month_day == 1225)[None, :], places, axis=0)
    if christmas.all():
        christmas[:] = False
    repairs = np.zeros_like(christmas)
    if len(when) >= SHORTEST_WITH_CLOSURES:
        quiet = np.flatnonzero((when.weekday < 3) & ~when.bank_holiday & ~when.eve)
        number = len(when) // DAYS_PER_CLOSURE
        for place in range(places):
            repairs[place, rng.choice(quiet, min(number, len(quiet)), replace=False)] = True
    return christmas, repairs
