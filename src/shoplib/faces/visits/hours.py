"""When the shop opened and closed: light, people and sales as witnesses, and what none of them can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from shoplib.base import calendar, words
from shoplib.config.cameras import Cameras
from shoplib.config.models import Shop
from shoplib.contracts import convert
from shoplib.faces.footage.watched import Watched
from shoplib.faces.visits import daylong, opening

COMPLETED = "completed"
APART_S = 300
"""Sales so long before opening or after closing are told: one of the clocks is wrong."""


class _People(NamedTuple):
    """First and last person of a day, and of each camera, as seconds."""

    first: float
    last: float
    first_of: dict[str, float]
    last_of: dict[str, float]


def footage_days(
    watched: Sequence[Watched], stays: pd.DataFrame, sales: pd.DataFrame | None, shop: Shop, cameras: Cameras
) -> pd.DataFrame:
    """Return the declared table ``footage_days``: one row a business day with footage.

    ``stays`` are ``footage_visits``, customers and staff; ``sales`` rows of ``transactions`` of this shop, of which
    only completed ones with a time of day count. The rule of opening, camera by camera:

    1. The light went on: the first lasting change of the day is to bright, within footage, and nobody was seen more
       than five minutes before. A change in a hole of the footage has no moment.
    2. Else the first person: the picture was too dark at first to see anybody, grew light without the light going on,
       and showed nobody for a minute more.
    3. Else it is not visible, and ``opened_by`` says why. Footage that begins with the light on never shows opening.

    Of several cameras the first that shows the light going on decides, then the first that shows a person; closing is
    the same rule backwards. Sales decide nothing: their clock is another; a sale five minutes outside is told.
    """
    days = daylong.days(watched, shop)
    if not days:
        return convert.empty("footage_days")
    tills = _sales(sales, shop)
    rows = [_row(day, _people(stays, day), tills, cameras.light_change) for day in days]
    table = pd.DataFrame(rows)
    moments = [name for name in table.columns if name not in ("business_date", "seen_s", "opened_by", "closed_by")]
    for name in moments:
        table[name] = pd.to_datetime((table[name].astype("float64") * 1000).round(), unit="ms", utc=True)
    return table


def _row(day: daylong.Day, people: _People, tills: pd.DataFrame, least: float) -> dict[str, object]:
    here, gone, on, off = [], [], [], []
    for name, course in day.cameras.items():
        here.append(opening.opened(course, people.first_of.get(name, np.nan), people.first, least))
        back = opening.opened(course.backwards(), -people.last_of.get(name, np.nan), -people.last, least)
        gone.append(back)
        on.append(here[-1].light_s)
        off.append(-back.light_s)
    opened, closed = opening.decided(here), opening.decided(gone)
    sold = tills[tills["business_date"] == day.date]["at_s"]
    first, last = (sold.min(), sold.max()) if len(sold) else (np.nan, np.nan)
    opened_s, closed_s = opened.at_s, -closed.at_s
    early, late = opened_s - first, last - closed_s
    return {
        "business_date": day.date, "footage_from": day.from_s, "footage_to": day.to_s, "seen_s": day.seen_s,
        "light_on": _least(on), "light_off": -_least([-one for one in off]),
        "first_person": people.first, "last_person": people.last, "first_sale": first, "last_sale": last,
        "opened": opened_s,
        "opened_by": opening.OPENED[opened.why] + _clocks(early, "the first sale is {} earlier"),
        "closed": closed_s,
        "closed_by": opening.CLOSED[closed.why] + _clocks(late, "the last sale is {} later"),
    }  # fmt: skip


def _clocks(by_s: float, text: str) -> str:
    """Return the remark that the tills' clock and the camera's do not agree, nothing if they may."""
    if not by_s >= APART_S:
        return ""
    return f"; {text.format(words.plural(int(by_s // 60), 'minute'))}: compare the clocks"


def _least(moments: list[float]) -> float:
    told = [one for one in moments if not np.isnan(one)]
    return min(told, default=np.nan)


def _people(stays: pd.DataFrame, day: daylong.Day) -> _People:
    """Return who was there first and last; a stay over the end of the day counts in both."""
    came, went = (daylong.seconds(stays[side]).to_numpy() for side in ("entered", "left"))
    there = (came < day.ends_s) & (went >= day.begins_s)
    seen = pd.DataFrame(
        {"camera": stays["camera"].to_numpy()[there], "came": came[there].clip(min=day.begins_s),
         "went": went[there].clip(max=day.ends_s)}
    )  # fmt: skip
    by = seen.groupby("camera")
    first, last = by["came"].min(), by["went"].max()
    return _People(
        float(seen["came"].min()), float(seen["went"].max()),
        {str(camera): float(at) for camera, at in first.items()},
        {str(camera): float(at) for camera, at in last.items()},
    )  # fmt: skip


def _sales(sales: pd.DataFrame | None, shop: Shop) -> pd.DataFrame:
    """Return business_date and at_s of the sales that count."""
    if sales is None or sales.empty:
        return pd.DataFrame({"business_date": pd.Series(dtype="datetime64[ns]"), "at_s": pd.Series(dtype="float64")})
    timed = sales["local_hour"].notna() if "local_hour" in sales else True
    moments = sales.loc[(sales["transaction_status"].astype("object") == COMPLETED) & timed, "timestamp"]
    days = calendar.business_date(moments, shop.timezone, shop.day_start)
    return pd.DataFrame({"business_date": days, "at_s": daylong.seconds(moments)})
