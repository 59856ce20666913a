"""How often people come: visits of each person, who came back, days between visits, and how sure that is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from shoplib.base import calendar, words
from shoplib.config.models import Shop

SURE = 0.95
MONTH_DAYS = 28
"""Footage over fewer days cannot show what happens once a month."""


class Estimate(NamedTuple):
    """A figure, and the interval that holds it in 19 of 20 cases like this; not numbers where nothing is known."""

    value: float
    low: float
    high: float


class Frequency(NamedTuple):
    """How often customers come, as far as the footage shows."""

    people: int
    """Customers with a key."""
    visits: int
    """Their visits."""
    came_back: int
    """Customers with more than one visit."""
    returning: Estimate
    """Share of customers who came back (Wilson, 1927)."""
    repeats: int
    """Visits on a later day than the customer's first."""
    days: int
    """Days with footage after each customer's first day, added up: the days on which they might have come again."""
    between: Estimate
    """Days with footage from one visit day of a customer to the next (Garwood, 1936)."""


def measured(stays: pd.DataFrame, footage_days: pd.DataFrame, shop: Shop) -> Frequency:
    """Return how often customers come; staff and people without a key do not count.

    Days are business days with footage. Days between visits are the days on which customers might have come again,
    shared among the days on which they did: nobody's first day counts, so that those who came once are not left out.
    Without a second visit the figure has only a lower end.
    """
    known = _known(stays, shop)
    visits = known.groupby("customer_id").size()
    filmed = np.sort(footage_days["business_date"].astype("datetime64[ns]").unique())
    visit_days = known[["customer_id", "business_date"]].drop_duplicates()
    first = visit_days.groupby("customer_id")["business_date"].min()
    later = len(filmed) - np.searchsorted(filmed, first.to_numpy(), side="right")
    repeats, exposed = len(visit_days) - len(first), int(later.sum())
    came_back = int((visits > 1).sum())
    return Frequency(
        len(visits), int(visits.sum()), came_back, share(came_back, len(visits)), repeats, exposed,
        every(repeats, exposed),
    )  # fmt: skip


def share(part: int, whole: int) -> Estimate:
    """Return a share of one with its Wilson interval.

    >>> [round(end, 3) for end in share(5, 10)]
    [0.5, 0.237, 0.763]
    """
    if not whole:
        return Estimate(np.nan, 0.0, 1.0)
    from scipy.stats import binomtest

    ends = binomtest(part, whole).proportion_ci(SURE, method="wilson")
    return Estimate(part / whole, float(ends.low), float(ends.high))


def counted(events: float) -> Estimate:
    """Return a count with the exact interval of what was to be expected (Poisson; Garwood, 1936).

    >>> [round(end, 2) for end in counted(10)]
    [10.0, 4.8, 18.39]
    """
    from scipy.stats import chi2

    out = (1 - SURE) / 2
    low = chi2.ppf(out, 2 * events) / 2 if events else 0.0
    return Estimate(float(events), float(low), float(chi2.ppf(1 - out, 2 * events + 2) / 2))


def every(events: int, days: float) -> Estimate:
    """Return after how many days something happens again, having happened ``events`` times in ``days``.

    >>> [round(end, 1) for end in every(0, 37)[1:]]
    [10.0, inf]
    """
    if not days:
        return Estimate(np.nan, 0.0, np.inf)
    rate = counted(events)
    return Estimate(days / events if events else np.nan, days / rate.high, days / rate.low if rate.low else np.inf)


def of_each(stays: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return one row a customer with a key, most visits first.

    Columns customer_id, visits, days (business days with a visit), first_day, last_day, between_days (days from one
    visit day to the next, on average; missing for who came on one day), minutes (a visit, on average).
    """
    known = _known(stays, shop)
    known["minutes"] = (known["left"] - known["entered"]).dt.total_seconds() / 60
    table = (
        known.groupby("customer_id")
        .agg(
            visits=("entered", "size"),
            days=("business_date", "nunique"),
            first_day=("business_date", "min"),
            last_day=("business_date", "max"),
            minutes=("minutes", "mean"),
        )
        .reset_index()
    )
    span = (table["last_day"] - table["first_day"]).dt.days
    table["between_days"] = span / (table["days"] - 1).where(table["days"] > 1)
    columns = ["customer_id", "visits", "days", "first_day", "last_day", "between_days", "minutes"]
    return table.sort_values(["visits", "customer_id"], ascending=[False, True], ignore_index=True)[columns]


def warning(footage_days: pd.DataFrame, shop: Shop) -> str:
    """Return what the footage is too short to tell, nothing if it covers four weeks.

    >>> days = pd.DataFrame({"business_date": [pd.Timestamp("2024-05-01")], "seen_s": [7200.0]})
    >>> warning(days, Shop()).partition(":")[0]
    'The footage covers 2.0 hours of 1 day. It cannot show how often anybody comes in a month'
    """
    if footage_days.empty:
        return "There is no footage, so it shows nobody’s visits."
    dates = footage_days["business_date"]
    if (dates.max() - dates.min()).days + 1 >= MONTH_DAYS:
        return ""
    hours = words.count(float(footage_days["seen_s"].sum()) / 3600, shop.language, 1)
    days = words.plural(len(footage_days), "day")
    return (
        f"The footage covers {hours} hours of {days}. It cannot show how often anybody comes in a month: visits at "
        "other times are not seen, and who comes once a week may not be in it at all."
    )


def told(found: Frequency, shop: Shop) -> str:
    """Return the figures in a sentence or two."""
    if not found.people:
        return "Nobody was recognised, so nothing is known about who comes back."
    low, high = (words.share(end, shop.language) for end in found.returning[1:])
    text = (
        f"{found.came_back} of {words.plural(found.people, 'customer')} came more than once: "
        f"{words.share(found.returning.value, shop.language)}, between {low} and {high} if others come as these did."
    )
    if not found.days:
        return f"{text} All of the footage is of one day for each of them, so it shows no days between visits."
    least = words.count(found.between.low, shop.language, 1)
    if not found.repeats:
        return f"{text} Nobody came on a second day; a customer comes at most every {least} days."
    middle, most = (words.count(end, shop.language, 1) for end in (found.between.value, found.between.high))
    return f"{text} A customer comes again after {middle} days with footage on average, between {least} and {most}."


def _known(stays: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return the stays of customers with a key, with their business day."""
    known = stays[stays["customer_id"].notna() & stays["staff"].isna()]
    return known.assign(business_date=calendar.business_date(known["entered"], shop.timezone, shop.day_start))
