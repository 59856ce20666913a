"""The year of an Indonesian high street: weekdays, paydays, Lebaran, the end of the year, days off."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from holidays import country_holidays

from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Floats, Ints

WEEKDAY = np.array([0.82, 0.80, 0.84, 0.88, 1.02, 1.38, 1.26])  # Monday to Sunday
MONTH = np.array([0.92, 0.90, 0.98, 1.00, 0.97, 1.06, 1.03, 1.00, 0.94, 0.95, 1.02, 1.23])
DAY_OFF = 1.22
PAYDAY, PAYDAY_FROM, PAYDAY_TO = 1.20, 25, 2  # wages come from the 25th; by the 3rd they are spent
DOUBLE_DAYS = {1010: 1.25, 1111: 1.45, 1212: 1.55}  # 11.11 and 12.12 are shopping days
LEBARAN_DAYS, LEBARAN_PEAK = 21, 2.4  # clothes are bought before the feast, most in its last week
AFTER_DAYS, AFTER = 10, 0.65
FEAST, SECOND_DAY = "Idul Fitri", "kedua"


def level(when: Days) -> Floats:
    """Return how much trade each day brings a branch beside an ordinary day, which is 1."""
    found: Floats = WEEKDAY[when.weekday] * MONTH[when.month - 1]
    in_month = when.month_day % 100
    found *= np.where((in_month >= PAYDAY_FROM) | (in_month <= PAYDAY_TO), PAYDAY, 1.0)
    found *= np.where(np.isin(when.dates, _holidays(when)[0]), DAY_OFF, 1.0)
    for month_day, factor in DOUBLE_DAYS.items():
        found[when.month_day == month_day] *= factor
    found *= _lebaran(when)
    return found


def shut(when: Days) -> Bools:
    """Return the days on which every branch stays shut: the first day of Lebaran, if there are others."""
    closed: Bools = _to_feast(when) == 0
    return closed if not closed.all() else np.zeros_like(closed)


def special(when: Days) -> Bools:
    """Return the days that already differ from their neighbours, on which nothing odd is planted."""
    away = _to_feast(when)
    near = (away >= -AFTER_DAYS) & (away <= LEBARAN_DAYS)
    return near | np.isin(when.dates, _holidays(when)[0]) | np.isin(when.month_day, list(DOUBLE_DAYS))


def _lebaran(when: Days) -> Floats:
    away = _to_feast(when)
    near = (1 - away / (LEBARAN_DAYS + 1)).clip(0, 1)
    rising = 1 + (LEBARAN_PEAK - 1) * near**1.5
    falling = (away <= 0) & (away > -AFTER_DAYS)
    return np.where(falling, AFTER, np.where(away > 0, rising, 1.0))


def _to_feast(when: Days) -> Ints:
    """Return the days from each day to the nearest Lebaran, below 0 after it; far ones are a year off."""
    away = np.full(len(when), 365)
    for feast in _holidays(when)[1]:
        distance = (feast - when.dates).astype(np.int64)
        away = np.where(np.abs(distance) < np.abs(away), distance, away)
    return away


def _holidays(when: Days) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]:
    """Return Indonesia's public holidays around the days, and among them the first days of Lebaran."""
    first, last = (int(str(day)[:4]) for day in (when.dates[0], when.dates[-1]))
    known = country_holidays("ID", years=range(first - 1, last + 2), language="id")
    feasts = [day for day, name in sorted(known.items()) if FEAST in name and SECOND_DAY not in name]
    return np.array(sorted(known), dtype="datetime64[D]"), np.array(feasts, dtype="datetime64[D]")
