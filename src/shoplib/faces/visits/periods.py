"""Visits by day, month and quarter, by hour, and the first and last customer of each day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from shoplib.base import calendar
from shoplib.config.models import Shop
from shoplib.faces.footage.watched import Watched
from shoplib.faces.visits import daylong

Length = Literal["day", "month", "quarter"]
PERIODS = {"day": "D", "month": "M", "quarter": "Q"}
COUNTED = ["visits", "people", "new_people", "repeat_visits", "not_recognised", "minutes"]
HOURLY = ["business_date", "hour", "filmed_share", "visits", "visits_an_hour"]


def visits_by(stays: pd.DataFrame, footage_days: pd.DataFrame, shop: Shop, length: Length) -> pd.DataFrame:
    """Return one row a period with footage, in order: customers' visits, staff left out.

    Columns period (its first day), days (business days with footage), hours (of footage), visits, people (with a key),
    new_people (who had not come before), repeat_visits (of people who had), not_recognised, minutes (a visit, in the
    middle). A period without footage has no row: nothing is known about it.
    """
    filmed = pd.DataFrame(
        {"period": _period(footage_days["business_date"], length), "hours": footage_days["seen_s"].astype("float64")}
    )
    table = filmed.groupby("period")["hours"].agg(days="size", hours="sum")
    table["hours"] = table["hours"] / 3600
    came = _customers(stays, shop)
    key, again = came["customer_id"], came["came_before"].astype("boolean").fillna(False).astype("bool")
    marks = pd.DataFrame(
        {
            "period": _period(came["business_date"], length), "key": key, "new": key.notna() & ~again, "again": again,
            "unknown": key.isna(), "minutes": (came["left"] - came["entered"]).dt.total_seconds() / 60,
        }
    )  # fmt: skip
    counts = marks.groupby("period").agg(
        visits=("new", "size"), people=("key", "nunique"), new_people=("new", "sum"), repeat_visits=("again", "sum"),
        not_recognised=("unknown", "sum"), minutes=("minutes", "median"),
    )  # fmt: skip
    table = table.join(counts)
    whole = COUNTED[:-1]
    table[whole] = table[whole].fillna(0).astype("int64")
    counted: pd.DataFrame = table.reset_index()
    return counted


def first_and_last(stays: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return the first and last customer of each business day, staff left out.

    Columns business_date, first_entered, first_customer (missing if not recognised), last_left, last_customer. A day
    without customers has no row. Who comes in at the same moment is ordered by visit.
    """
    came = _customers(stays, shop)
    first = came.sort_values(["entered", "visit_id"]).groupby("business_date").head(1)
    last = came.sort_values(["left", "visit_id"]).groupby("business_date").tail(1)
    ends = (
        part.set_index("business_date")[[side, "customer_id"]].set_axis([f"{name}_{side}", f"{name}_customer"], axis=1)
        for part, side, name in ((first, "entered", "first"), (last, "left", "last"))
    )
    return next(ends).join(next(ends)).sort_index().reset_index()


def traffic(stays: pd.DataFrame, watched: Sequence[Watched], shop: Shop) -> pd.DataFrame:
    """Return one row a business day and hour of the wall clock with footage, in order: customers who came in.

    Columns business_date, hour (0 to 23), filmed_share (of the hour), visits, visits_an_hour (of footage; missing for
    less than five minutes of it). An hour without footage has no row.
    """
    seconds = daylong.filmed_seconds(watched)
    filmed = pd.DataFrame({"business_date": calendar.business_date(seconds, shop.timezone, shop.day_start),
                           "hour": calendar.local_hour(seconds, shop.timezone)})  # fmt: skip
    by = ["business_date", "hour"]
    table = filmed.value_counts(by, sort=False).rename("filmed").reset_index()
    came = _customers(stays, shop)
    came["hour"] = calendar.local_hour(came["entered"], shop.timezone)
    table = table.merge(came.value_counts(by).rename("visits").reset_index(), on=by, how="left")
    table["visits"] = table["visits"].fillna(0).astype("int64")
    table["filmed_share"] = table["filmed"] / 3600
    table["visits_an_hour"] = (table["visits"] / table["filmed_share"]).where(table["filmed"] >= 300)
    # after midnight the wall clock begins again but the business day goes on
    table["order"] = (table["hour"] - shop.day_start.hour) % 24
    ordered = table.sort_values(["business_date", "order"], ignore_index=True)
    return ordered[HOURLY]


def _customers(stays: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    came = stays[stays["staff"].isna()]
    return came.assign(business_date=calendar.business_date(came["entered"], shop.timezone, shop.day_start))


def _period(dates: pd.Series, length: Length) -> pd.Series:
    first: pd.Series = dates.astype("datetime64[ns]").dt.to_period(PERIODS[length]).dt.start_time
    return first
