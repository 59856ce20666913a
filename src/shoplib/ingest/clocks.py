"""Wall clocks to instants, place by place: each has its own zone and its own start of the business day."""

from __future__ import annotations

import datetime as dt

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
    own = location_id.map(places["timezone"]).fillna(shop.timezone)
    start = location_id.map(places["day_start_minute"]).fillna(minutes(shop.day_start)).astype(int)
    wanted = pd.Series(moments.wall.index.isin(location_id.index), index=moments.wall.index)
    parts = []
    for zone, minute in sorted(set(zip(own, start, strict=True))):
        opening = dt.time(minute // 60, minute % 60)
        here = (own == zone) & (start == minute)
        chosen = wanted if here.all() else wanted & pd.Series(here).reindex(wanted.index, fill_value=False)
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
    return pd.concat(parts).reindex(location_id.index)
