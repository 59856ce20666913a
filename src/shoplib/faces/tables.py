"""Tables of the footage as a reader sees them: words for columns, local times, rounded figures."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.faces.visits import periods

NOBODY = "not recognised"
LONGER: tuple[periods.Length, ...] = ("month", "quarter")
LENGTHS: dict[periods.Length, str] = {"day": "Day", "month": "Month", "quarter": "Quarter"}


def by_period(table: pd.DataFrame, length: periods.Length, shop: Shop) -> pd.DataFrame:
    """Return visits by day, month or quarter; ``table`` as ``periods.visits_by`` gives it."""
    period = table["period"].dt.to_period({"day": "D", "month": "M", "quarter": "Q"}[length])
    named = [words.day(one.start_time.date(), shop.language) if length == "day" else str(one) for one in period]
    return pd.DataFrame(
        {
            LENGTHS[length]: named, "Hours of footage": table["hours"].round(2), "Visits": table["visits"],
            "People": table["people"], "New": table["new_people"], "Repeat visits": table["repeat_visits"],
            "Not recognised": table["not_recognised"], "Minutes a visit": table["minutes"].round(1),
        }
    )  # fmt: skip


def by_longer(stays: pd.DataFrame, days: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return visits by month and by quarter, one under the other."""
    parts = [
        by_period(periods.visits_by(stays, days, shop, length), length, shop).rename(
            columns={LENGTHS[length]: "Period"}
        )
        for length in LONGER
    ]
    return pd.concat(parts, ignore_index=True)


def by_day(stays: pd.DataFrame, days: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return visits by day."""
    return by_period(periods.visits_by(stays, days, shop, "day"), "day", shop)


def of_each(table: pd.DataFrame) -> pd.DataFrame:
    """Return how often each customer came; ``table`` as ``frequency.of_each`` gives it."""
    return pd.DataFrame(
        {
            "Customer": table["customer_id"], "Visits": table["visits"], "Days": table["days"],
            "First day": table["first_day"].dt.strftime("%Y-%m-%d"),
            "Last day": table["last_day"].dt.strftime("%Y-%m-%d"),
            "Days between": table["between_days"].round(1), "Minutes a visit": table["minutes"].round(1),
        }
    )  # fmt: skip


def first_and_last(table: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return the first and last customer of each day; ``table`` as ``periods.first_and_last`` gives it."""
    return pd.DataFrame(
        {
            "Day": [words.day(day.date(), shop.language) for day in table["business_date"]],
            "First customer": table["first_customer"].fillna(NOBODY),
            "Came in": _clock(table["first_entered"], shop),
            "Last customer": table["last_customer"].fillna(NOBODY),
            "Went out": _clock(table["last_left"], shop),
        }
    )


def visits(stays: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return every stay with the times of entry and exit; ``stays`` is the table ``footage_visits``."""
    lasts = (stays["left"] - stays["entered"]).dt.total_seconds()
    before = stays["came_before"].map({True: "came back", False: "first visit"}).fillna("not known")
    return pd.DataFrame(
        {
            "Visit": stays["visit_id"], "Customer": stays["customer_id"].fillna(NOBODY),
            "Day": stays["entered"].dt.tz_convert(shop.timezone).dt.strftime("%Y-%m-%d"),
            "Came in": _clock(stays["entered"], shop), "Went out": _clock(stays["left"], shop),
            "Seconds": lasts.round(1), "Before": before, "Together": stays["group_id"].fillna("alone"),
            "Works here": stays["staff"].fillna("no"),
        }
    )  # fmt: skip


def with_staff(table: pd.DataFrame) -> pd.DataFrame:
    """Return who came with those who work here and without; ``table`` as ``staff.totals`` gives it."""
    return pd.DataFrame(
        {
            "Who": table["who"], "People": table["people"], "Visits": table["visits"],
            "Not recognised": table["not_recognised"], "Minutes in sight": (table["hours"] * 60).round(1),
        }
    )  # fmt: skip


def mistakes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the mistakes to expect, as ``accuracy`` gives them by band; rates with their 95 % intervals."""
    return pd.DataFrame(
        {
            "Faces": table["band"],
            "Pairs of people": table["wrong_trials"],
            "Taken for one": _rate(table, "wrong"),
            "People met again": table["missed_trials"],
            "Not known again": _rate(table, "missed"),
            "Verdict": table["verdict"],
        }
    )


def _rate(table: pd.DataFrame, kind: str) -> list[str]:
    return [
        "not known" if not trials else f"{rate:.1%} ({low:.1%} to {high:.1%})"
        for trials, rate, low, high in zip(
            table[f"{kind}_trials"], table[f"{kind}_rate"], table[f"{kind}_low"], table[f"{kind}_high"], strict=True
        )
    ]


def checks(review: pd.DataFrame) -> pd.DataFrame:
    """Return the review sheet without its places in the footage."""
    return pd.DataFrame(
        {
            "Rank": review["rank"], "Question": review["question"], "Distance": review["distance"].round(3),
            "Visits at stake": review["visits"],
        }
    )  # fmt: skip


def _clock(moments: pd.Series, shop: Shop) -> pd.Series:
    clock: pd.Series = moments.dt.tz_convert(shop.timezone).dt.strftime("%H:%M:%S")
    return clock
