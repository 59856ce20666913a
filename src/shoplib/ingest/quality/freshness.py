"""The newest day of the data and of each place, found in the data: no clock is asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

AHEAD_DAYS = 60
STRAY_SHARE = 0.001
DAY = np.timedelta64(1, "D")


def in_days(moments: pd.Series) -> NDArray[np.datetime64]:
    """Return instants (by their UTC day) or days as NumPy days; missing ones stay missing."""
    if isinstance(moments.dtype, pd.DatetimeTZDtype):
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    return moments.to_numpy(dtype="datetime64[us]").astype("datetime64[D]")


def newest(
    days: NDArray[np.datetime64], ahead_days: int = AHEAD_DAYS, stray_share: float = STRAY_SHARE
) -> np.datetime64:
    """Return the newest day that is not stray; ``NaT`` if there is none.

    Stray are rows behind a gap of more than ``ahead_days`` without a row, if they are at most ``stray_share`` of all
    rows or one alone: a till whose year is wrong is ahead of all others, a shop that opens again soon has more rows.
    """
    known = days[~np.isnat(days)]
    if not len(known):
        return np.datetime64("NaT", "D")
    first = known.min()
    counts = np.bincount((known - first).astype("int64"))
    there = np.flatnonzero(counts)
    after = counts[there][::-1].cumsum()[::-1]  # rows on this day or later
    gaps = np.flatnonzero((np.diff(there) > ahead_days) & (after[1:] <= max(1, stray_share * len(known))))
    last: np.datetime64 = first + there[gaps[0] if len(gaps) else -1] * DAY
    return last


def newest_by_place(transactions: pd.DataFrame) -> pd.Series:
    """Return the newest business day of each place that sold, by ``location_id``; stray days do not count."""
    days = in_days(transactions["business_date"])
    sound = days <= newest(days)
    places = transactions["location_id"].astype(object)[sound]
    return pd.Series(days[sound].astype("datetime64[us]"), index=places.index).groupby(places, sort=True).max()
