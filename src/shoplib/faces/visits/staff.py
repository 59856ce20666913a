"""People who work here: by list, by where they stand, by how long they are there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import calendar
from shoplib.config.cameras import Cameras
from shoplib.config.models import Shop
from shoplib.faces.footage.watched import Watched
from shoplib.faces.visits import groups
from shoplib.faces.visits.stays import visit_of

MOST_OF = 0.5
TOTALS = ["who", "people", "visits", "not_recognised", "hours"]


def marked(
    stays: pd.DataFrame, sightings: pd.DataFrame, watched: Sequence[Watched], cameras: Cameras, shop: Shop
) -> pd.DataFrame:
    """Return ``footage_visits`` with staff told and left out of groups; the first reason that holds is given.

    ``list``: the key is in ``cameras.staff.keys``. ``zone``: the middle of the face is inside the zone in
    ``zone_share`` of the stay's sightings; somebody with a key who spends more than half of their sightings in such
    stays is staff in all. ``presence``: the person is there for ``present_share`` of the lit footage of a business day
    (the day of coming in), and for ``least_present_s``; then in all of their stays.
    """
    if stays.empty:
        return stays
    person = stays["customer_id"].where(stays["customer_id"].notna(), stays["visit_id"])
    reasons = {
        "list": stays["customer_id"].isin(cameras.staff.keys),
        "zone": _in_zone(stays, person, sightings, watched, cameras),
        "presence": _present(stays, person, watched, cameras, shop),
    }
    staff = pd.Series(
        np.select(list(reasons.values()), list(reasons), default=""), index=stays.index, dtype="object"
    ).replace("", None)
    told = stays.assign(staff=staff)
    return told.assign(group_id=groups.together(told, cameras.group_s))


def totals(stays: pd.DataFrame) -> pd.DataFrame:
    """Return how many came, with staff and without: who, people with a key, visits, not_recognised, hours in sight."""
    works = stays["staff"].notna()
    parts = {"customers": stays[~works], "staff": stays[works], "all": stays}
    rows = [
        (name, part["customer_id"].nunique(), len(part), int(part["customer_id"].isna().sum()),
         (part["left"] - part["entered"]).dt.total_seconds().sum() / 3600)
        for name, part in parts.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=TOTALS)


def _in_zone(
    stays: pd.DataFrame, person: pd.Series, sightings: pd.DataFrame, watched: Sequence[Watched], cameras: Cameras
) -> pd.Series:
    if cameras.staff.zone is None:
        return pd.Series(False, index=stays.index)
    left, top, right, bottom = cameras.staff.zone
    sizes = {one.clip.name: (one.about.width_px, one.about.height_px) for one in watched}
    width, height = (sightings["clip"].map({clip: size[side] for clip, size in sizes.items()}) for side in (0, 1))
    across = (sightings["left_px"] + sightings["width_px"] / 2) / width
    down = (sightings["top_px"] + sightings["height_px"] / 2) / height
    inside = across.between(left, right) & down.between(top, bottom)
    visit = visit_of(sightings, [one.clip for one in watched], cameras)
    shares = inside.astype("float64").groupby(visit).mean()
    zoned = stays["visit_id"].map(shares).ge(cameras.staff.zone_share)
    seen_there = stays["sightings"].where(zoned, 0).groupby(person).transform("sum")
    works: pd.Series = zoned | (seen_there > MOST_OF * stays["sightings"].groupby(person).transform("sum"))
    return works


def _present(
    stays: pd.DataFrame, person: pd.Series, watched: Sequence[Watched], cameras: Cameras, shop: Shop
) -> pd.Series:
    if cameras.staff.present_share >= 1:
        return pd.Series(False, index=stays.index)
    day = calendar.business_date(stays["entered"], shop.timezone, shop.day_start)
    stayed = (stays["left"] - stays["entered"]).dt.total_seconds()
    there = stayed.groupby([person, day]).transform("sum")
    enough = there >= cameras.staff.present_share * day.map(lit_seconds(watched, shop)).fillna(np.inf)
    works: pd.Series = enough & (there >= cameras.staff.least_present_s)
    ever: pd.Series = works.groupby(person).transform("any")
    return ever


def lit_seconds(watched: Sequence[Watched], shop: Shop) -> pd.Series:
    """Return for each business day how many seconds somebody could have been seen, by any camera."""
    seconds = [_lit(one) for one in watched]
    every = pd.Series(pd.DatetimeIndex(np.unique(np.concatenate(seconds)), tz="UTC") if seconds else [],
                      dtype="datetime64[ns, UTC]")  # fmt: skip
    lit: pd.Series = calendar.business_date(every, shop.timezone, shop.day_start).value_counts(sort=False)
    return lit


def _lit(one: Watched) -> npt.NDArray[np.datetime64]:
    """Return the whole seconds of a clip in which somebody could have been seen."""
    about = one.about
    at_s = np.arange(int(about.seconds))
    shown = np.ones(len(at_s), dtype=bool)
    for begin, end in (*about.dark, *about.gaps, *about.frozen):
        shown &= (at_s + 1 <= begin) | (at_s >= end)
    starts = np.datetime64(pd.Timestamp(one.clip.starts).tz_convert("UTC").tz_localize(None).floor("s"), "ns")
    return starts + at_s[shown] * np.timedelta64(1, "s")
