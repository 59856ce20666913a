"""Wall clocks to instants, place by place: each has its own zone and its own start of the business day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from shoplib.base import calendar
from shoplib.config.models import Shop
from shoplib.ingest.times import Moments, to_utc


def minutes(time: dt.time) -> int:
    """Return minutes after midnight."""
    return time.hour * 60 + time.minute


def at_places(moments: Moments, location_id: pd.Series, places: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return ``timestamp`` (UTC), ``business_date`` and ``local_hour`` of some rows, by their places.

    ``location_id`` names the place of each row wanted and may hold fewer rows than ``moments``. ``places`` are
    the locations that came in a file of their own, by id, with zone and day start; others keep the shop's. A bare
    date has no hour. Rows without a moment have none of the three.
    """
    codes, names = pd.factorize(location_id, use_na_sentinel=False)
    zones, starts, usual = places["timezone"].to_dict(), places["day_start_minute"].to_dict(), minutes(shop.day_start)
    clocks = [(str(zones.get(name, shop.timezone)), int(starts.get(name, usual))) for name in names]
    wanted = pd.Series(moments.wall.index.isin(location_id.index), index=moments.wall.index)
    parts = []
    for zone, minute in sorted(set(clocks)):
        alike = [code for code, clock in enumerate(clocks) if clock == (zone, minute)]
        opening = dt.time(minute // 60, minute % 60)
        here = pd.Series(np.isin(codes, alike), index=location_id.index)
        chosen = wanted if here.all() else wanted & here.reindex(wanted.index, fill_value=False)
        instants = to_utc(moments, chosen, zone, opening)
        hours = calendar.local_hour(instants, zone).astype("Int64").where(moments.has_time[chosen])
        days = calendar.business_date(instants, zone, opening)
        parts.append(pd.DataFrame({"timestamp": instants, "business_date": days, "local_hour": hours}))
    if not parts:
        return pd.DataFrame(
            {
                "timestamp": pd.Series(dtype="datetime64[ns, UTC]"),
                "business_date": pd.Series(dtype="datetime64[ns]"),
                "local_hour": pd.Series(dtype="Int64"),
            }
        )
    whole = pd.concat(parts) if len(parts) > 1 else parts[0]
    return whole if whole.index.equals(location_id.index) else whole.reindex(location_id.index)
