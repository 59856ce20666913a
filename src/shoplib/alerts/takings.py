"""Days on which a place took far less than usual, or nothing at all; what is usual says ``sales_anomalies``."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from shoplib.alerts.problem import problems
from shoplib.base import words
from shoplib.base.money import show
from shoplib.config.models import Shop

WEEKS_OPEN = 4
EVERYWHERE = "*"
EXPECTED = "expected"
"""First word of the reason of a day that somebody expected to be odd."""
TAKINGS_LOW, NO_SALE = "takings_low", "no_sale"


def weak_days(daily: pd.DataFrame, odd: pd.DataFrame, drop_share: float, look_back_days: int) -> pd.DataFrame:
    """Return the odd days that need a person, of the last ``look_back_days``: one row a place and day, by both.

    ``odd`` is the table ``sales_anomalies``, which says what is usual; all places together are left out, and days that
    somebody expected. A day below
    its usual counts at ``(1 - drop_share)`` of that or less, a closed one if the place traded on that weekday in each
    of the last four weeks by ``daily``, the table ``sales_daily``. Columns: location_id, business_date, found_minor (0
    without a sale), usual_minor.
    """
    wanted = ~odd["reason"].fillna("").str.startswith(EXPECTED)
    places = odd[(odd["location_id"] != EVERYWHERE) & wanted]
    since = daily["business_date"].max() - pd.Timedelta(days=look_back_days)
    late = places[places["business_date"] > since]
    low = (late["direction"] == "below") & (late["found_minor"] <= (1 - drop_share) * late["usual_minor"])
    columns = ["location_id", "business_date", "found_minor", "usual_minor"]
    weak: pd.DataFrame = late.loc[low | _missed(late, daily), columns]
    return weak.sort_values(columns[:2], ignore_index=True)


def _missed(odd: pd.DataFrame, daily: pd.DataFrame) -> pd.Series:
    """Return which closed days follow four weeks with a sale on that weekday."""
    sold = daily.loc[daily["transactions"] > 0, ["location_id", "business_date"]]
    traded = pd.MultiIndex.from_frame(sold)
    missed = odd["direction"] == "no sale"
    for week in range(1, WEEKS_OPEN + 1):
        before = odd[["location_id"]].assign(business_date=odd["business_date"] - pd.Timedelta(weeks=week))
        missed &= pd.MultiIndex.from_frame(before).isin(traded)
    return missed


def alerts(
    daily: pd.DataFrame, odd: pd.DataFrame, locations: pd.DataFrame, shop: Shop, drop_share: float, look_back_days: int
) -> pd.DataFrame:
    """Return an alert for each of :func:`weak_days`; a day without any sale is urgent.

    Where several places trade and none of those judged sold anything on a day, that is one alert and no more than a
    warning: a holiday is likelier than as many faults at once.
    """
    weak = weak_days(daily, odd, drop_share, look_back_days)
    names = locations.set_index("location_id")["location_name"]
    everywhere = _shut_everywhere(weak, daily)
    together = odd[odd["location_id"] == EVERYWHERE].set_index("business_date")["usual_minor"]
    rows = [
        _shut(day, float(together.get(day, lines["usual_minor"].sum())), shop)
        for day, lines in weak.groupby("business_date", sort=True)
        if day in everywhere
    ]
    weak = weak[~weak["business_date"].isin(everywhere)]
    for day in weak.to_dict("records"):
        found, typical = float(day["found_minor"]), float(day["usual_minor"])
        place = names.get(day["location_id"], day["location_id"])
        date = words.day(day["business_date"].date(), shop.language, weekday=True)
        usual = show(round(typical), shop.currency, language=shop.language, whole=True)
        if found == 0:
            rule, severity, said = NO_SALE, "urgent", f"{place} has no sale on {date}; usual is {usual}."
        else:
            took = show(round(found), shop.currency, language=shop.language, whole=True)
            lower = words.share(1 - found / typical, shop.language, 0)
            rule, severity = TAKINGS_LOW, "warning"
            said = f"{place} took {took} on {date}, {lower} below its usual {usual}."
        rows.append(
            {
                "alert_id": f"{rule}:{day['location_id']}:{day['business_date']:%Y-%m-%d}", "rule": rule,
                "severity": severity, "location_id": day["location_id"], "since": day["business_date"],
                "sentence": said, "found": found, "usual": typical, "money_minor": round(typical - found),
            }
        )  # fmt: skip
    return problems(rows)


def _shut_everywhere(weak: pd.DataFrame, daily: pd.DataFrame) -> pd.DatetimeIndex:
    """Return the weak days on which no place had a sale, if more than one place trades."""
    if daily["location_id"].nunique() < 2:
        return pd.DatetimeIndex([])
    days = pd.DatetimeIndex(weak["business_date"].unique())
    return days[~days.isin(daily.loc[daily["transactions"] > 0, "business_date"])]


def _shut(day: Hashable, usual: float, shop: Shop) -> dict[str, object]:
    date = pd.Timestamp(str(day))
    together = show(round(usual), shop.currency, language=shop.language, whole=True)
    said = words.day(date.date(), shop.language, weekday=True)
    return {
        "alert_id": f"{NO_SALE}:all:{date:%Y-%m-%d}", "rule": NO_SALE, "severity": "warning", "since": date,
        "sentence": f"No place has a sale on {said}; usual is {together} together. Was it a day off?", "found": 0.0,
        "usual": usual, "money_minor": round(usual),
    }  # fmt: skip
