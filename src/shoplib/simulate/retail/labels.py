"""Numbers to the words of files: labels, days, moments on the wall clock."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Ints


def dates(when: Days, day: Ints, present: Bools | None = None) -> pd.api.extensions.ExtensionArray:
    """Return days counted from the first of the world, before and after it too, as calendar days."""
    found = when.dates[0] + np.asarray(day).astype("timedelta64[D]")
    return pd.arrays.ArrowExtensionArray(pa.array(found, pa.date32(), mask=None if present is None else ~present))


def moments(when: Days, day: Ints, second: Ints, zone: str) -> pd.DatetimeIndex:
    """Return the wall clock without a zone; a moment that the clocks skip in spring is the first after the gap."""
    wall = pd.DatetimeIndex(when.dates[day].astype("datetime64[s]") + second.astype("timedelta64[s]"))
    real = wall.tz_localize(ZoneInfo(zone), ambiguous=np.ones(len(wall), dtype=bool), nonexistent="shift_forward")
    return pd.DatetimeIndex(real.tz_localize(None))


def seconds(time: dt.time) -> int:
    """Return seconds after midnight."""
    return time.hour * 3600 + time.minute * 60


def whole_or_none(values: Ints, present: Bools) -> pd.Series:
    """Return whole numbers that are missing where ``present`` is false."""
    return pd.Series(values, dtype="Int64").where(pd.Series(present, dtype=bool))
