"""The days of the shop: weekday, public holidays, how hot it was, and when the door stayed shut."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import holidays
import numpy as np
import numpy.typing as npt

from shoplib.base import seeds
from shoplib.simulate.draws import Bools, Floats, Ints

COUNTRY, STATE = "IN", "TS"  # Telangana
DAYS_OF_YEAR = 365.25
# Mean daily maximum in Hyderabad, January to December (India Meteorological Department, normals 1991–2020, rounded).
MAXIMUM_C = np.array([29.0, 32.0, 36.0, 38.5, 39.5, 35.0, 31.5, 30.5, 31.0, 31.0, 29.5, 28.5])
WARMTH_CARRIED = 0.7  # share of yesterday's surprise that is still there
WARMTH_SPREAD_C = 1.3  # standard deviation of a day's own surprise
SHORTEST_WITH_CLOSURE = 14
SHORTEST_WITH_TWO = 40
REASONS = ("pump under repair", "family wedding")


@dataclass(frozen=True)
class Days:
    """Every day from the first to the last, one entry each."""

    dates: npt.NDArray[np.datetime64]  # datetime64[D]
    weekday: Ints  # Monday is 0
    holiday: Bools
    temperature_c: Floats  # highest of the day
    shut: Ints  # position in REASONS, -1 on days the shop opened

    def __len__(self) -> int:
        return len(self.dates)

    @property
    def open(self) -> Bools:
        """Whether the shop opened."""
        return self.shut < 0


def days(start: dt.date, end: dt.date, seed: int) -> Days:
    """Return the days from ``start`` to ``end``, both included, with the holidays of Telangana.

    A span of 14 days or more has one closed day, of 40 or more two; never the first or the last, never a holiday.
    """
    dates = np.arange(np.datetime64(start, "D"), np.datetime64(end, "D") + 1)
    known = holidays.country_holidays(COUNTRY, subdiv=STATE, years=range(start.year, end.year + 1))
    holiday = np.isin(dates, np.array(sorted(known), dtype="datetime64[D]"))
    return Days(
        dates=dates,
        weekday=(dates.astype(np.int64) + 3) % 7,
        holiday=holiday,
        temperature_c=_temperature(dates, seed),
        shut=_shut(holiday, seed),
    )


def _temperature(dates: npt.NDArray[np.datetime64], seed: int) -> Floats:
    """Return the season's mean read off between the middles of months, with surprises that last some days."""
    rng = seeds.stream(seed, "simulate", "water_shop", "heat")
    of_year = (dates - dates.astype("datetime64[Y]")).astype(np.float64)
    middles = (np.arange(-1, 13) + 0.5) * DAYS_OF_YEAR / 12
    usual = np.interp(of_year, middles, [MAXIMUM_C[-1], *MAXIMUM_C, MAXIMUM_C[0]])
    surprise = rng.normal(0, WARMTH_SPREAD_C, len(dates))
    for day in range(1, len(dates)):
        surprise[day] += WARMTH_CARRIED * surprise[day - 1]
    highest: Floats = np.round(usual + surprise, 1)
    return highest


def _shut(holiday: Bools, seed: int) -> Ints:
    rng = seeds.stream(seed, "simulate", "water_shop", "closures")
    shut = np.full(len(holiday), -1)
    number = int(len(holiday) >= SHORTEST_WITH_CLOSURE) + int(len(holiday) >= SHORTEST_WITH_TWO)
    plain = np.flatnonzero(~holiday)
    plain = plain[(plain > 0) & (plain < len(holiday) - 1)]
    number = min(number, len(plain))
    shut[rng.choice(plain, number, replace=False)] = np.arange(number)
    return shut
