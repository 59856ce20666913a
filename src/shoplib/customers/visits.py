"""Visits as the camera knew them: who was new, who came back, and how long people stayed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

UPPER_BINS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 9), (10, 19), (20, None))
WEEK = pd.Timedelta(days=7)


@dataclass(frozen=True)
class Footfall:
    """Measures over all visits; shares and means with nothing to divide by are ``None``."""

    visits: int
    recognised: int
    customers: int
    returning: int
    """Customers seen more than once."""
    median_visits: float | None
    mean_stay_minutes: float | None
    median_stay_minutes: float | None

    @property
    def recognised_share(self) -> float | None:
        """Share of the visits whose customer is known."""
        return self.recognised / self.visits if self.visits else None

    @property
    def returning_share(self) -> float | None:
        """Share of the known customers who were seen more than once."""
        return self.returning / self.customers if self.customers else None


def footfall(visits: pd.DataFrame) -> Footfall:
    """Return the measures of ``visits``; stays without an end, or that end before they begin, have no length."""
    each = visits["customer_id"].dropna().value_counts()
    stay = (visits["left"] - visits["entered"]).dropna().dt.total_seconds() / 60
    stay = stay[stay >= 0]
    return Footfall(
        len(visits), int(each.sum()), len(each), int((each > 1).sum()), float(each.median()) if len(each) else None,
        float(stay.mean()) if len(stay) else None, float(stay.median()) if len(stay) else None,
    )  # fmt: skip


def weekly(visits: pd.DataFrame) -> pd.DataFrame:
    """Return weeks from Monday, in order, those without a visit included; no rows without visits.

    Columns ``week`` (its Monday), ``visits``, ``recognised``, ``new`` and ``returning`` (customers of that week who
    were seen for the first time in it, and those known from a week before), ``whole`` (all its days lie between the
    first and the last day of the data).
    """
    columns = ["week", "visits", "recognised", "new", "returning", "whole"]
    if visits.empty:
        return pd.DataFrame({name: [] for name in columns})
    days = pd.to_datetime(visits["business_date"]).astype("datetime64[ns]")
    monday = days - pd.to_timedelta(days.dt.weekday, unit="D")
    weeks = pd.date_range(monday.min(), monday.max(), freq=WEEK)
    seen = pd.DataFrame({"week": monday, "customer_id": visits["customer_id"]})
    known = seen.dropna().drop_duplicates()
    first = known.groupby("customer_id")["week"].transform("min") == known["week"]
    table = pd.DataFrame(
        {
            "visits": seen.groupby("week").size(),
            "recognised": seen.groupby("week")["customer_id"].count(),
            "new": known[first].groupby("week").size(),
            "returning": known[~first].groupby("week").size(),
        }
    ).reindex(weeks)
    table = table.fillna(0).astype("int64").rename_axis("week").reset_index()
    last_day = table["week"] + WEEK - pd.Timedelta(days=1)
    return table.assign(whole=(table["week"] >= days.min()) & (last_day <= days.max()))[columns]


def visits_each(visits: pd.DataFrame) -> pd.DataFrame:
    """Return how many known customers were seen once, twice … in bins; no rows if nobody is known.

    Columns ``visits`` (a number or a range such as "5–9"), ``customers``, ``share`` of all known customers.
    """
    each = visits["customer_id"].dropna().value_counts().to_numpy()
    if not len(each):
        return pd.DataFrame({"visits": [], "customers": [], "share": []})
    rows = []
    for low, high in UPPER_BINS:
        name = f"{low}+" if high is None else str(low) if low == high else f"{low}–{high}"
        rows.append((name, int(((each >= low) & (each <= (np.inf if high is None else high))).sum())))
    table = pd.DataFrame(rows, columns=["visits", "customers"])
    return table.assign(share=table["customers"] / len(each))
