"""Public holidays as a model can learn them: whether a day is one, and how far the nearest ones are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.forecasting.panel import Floats

FAR = 15
"""Days beyond which a holiday is out of sight."""


def near(days: pd.DatetimeIndex, country: str) -> Floats:
    """Return (days, 3): whether it is a holiday, days to the next and days since the last, both at most 15.

    ``country`` is an ISO 3166 code such as ``GB`` or ``DE-NW``, as the package holidays knows it.
    """
    import holidays

    land, _, part = country.partition("-")
    years = range(days[0].year - 1, days[-1].year + 2)
    named = holidays.country_holidays(land, subdiv=part or None, years=years)
    dates = np.sort(np.array([np.datetime64(day, "D") for day in named], dtype="datetime64[D]").astype(np.int64))
    at = days.to_numpy().astype("datetime64[D]").astype(np.int64)
    if not len(dates):
        return np.tile([0.0, FAR, FAR], (len(days), 1))
    following = dates[np.minimum(np.searchsorted(dates, at, side="left"), len(dates) - 1)] - at
    before = at - dates[np.maximum(np.searchsorted(dates, at, side="right") - 1, 0)]
    return np.column_stack([following == 0, np.clip(following, -FAR, FAR), np.clip(before, -FAR, FAR)]).astype(float)
