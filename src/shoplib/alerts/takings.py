"""Days on which a place took far less than its usual weekday, or nothing at all."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from shoplib.alerts.problem import problems
from shoplib.base import words
from shoplib.base.money import show
from shoplib.config.models import Shop

BASELINE_WEEKS = 8
FEWEST_WEEKS = 4
TAKINGS_LOW, NO_SALE = "takings_low", "no_sale"


def weak_days(daily: pd.DataFrame, drop_share: float, look_back_days: int) -> pd.DataFrame:
    """Return the weak days among the last ``look_back_days``: one row a place and day, by place, then day.

    The usual takings of a day are the median of the same weekday in the eight weeks before, closed days left
    out; a place with fewer than four of them is not judged. A day is weak at ``(1 - drop_share)`` of that or
    less. A day without any sale counts if the place traded on that weekday in each of the last four weeks.

    ``daily`` is the table ``sales_daily``. Columns: location_id, business_date, found_minor (0 without a sale),
    usual_minor.
    """
    columns = ["location_id", "business_date", "found_minor", "usual_minor"]
    if daily.empty:
        return pd.DataFrame(columns=columns)
    sold = daily[daily["transactions"] > 0]
    every = pd.date_range(daily["business_date"].min(), daily["business_date"].max(), freq="D", name="business_date")
    grid = sold.pivot_table(index="business_date", columns="location_id", values="gross_sales_minor", aggfunc="sum")
    grid = grid.reindex(every)
    found = grid.to_numpy(dtype=float)
    earlier = np.stack([grid.shift(7 * week).to_numpy(dtype=float) for week in range(1, BASELINE_WEEKS + 1)])
    known = np.isfinite(earlier)
    judged = known.sum(axis=0) >= FEWEST_WEEKS
    usual = np.full(found.shape, np.nan)
    usual[judged] = np.nanmedian(earlier[:, judged], axis=0)
    closed = np.isnan(found) & known[:FEWEST_WEEKS].all(axis=0)
    weak = judged & ((found <= (1 - drop_share) * usual) | closed)
    weak[: max(0, len(every) - look_back_days)] = False
    day, place = np.nonzero(weak)
    table = pd.DataFrame(
        {
            "location_id": grid.columns.to_numpy()[place],
            "business_date": every[day],
            "found_minor": np.nan_to_num(found[weak]),
            "usual_minor": usual[weak],
        }
    )
    return table.sort_values(["location_id", "business_date"], ignore_index=True)


def alerts(
    daily: pd.DataFrame, locations: pd.DataFrame, shop: Shop, drop_share: float, look_back_days: int
) -> pd.DataFrame:
    """Return an alert for each weak day; a day without any sale is urgent.

    Where several places trade and none of those judged sold anything on a day, that is one alert and no more than a
    warning: a holiday is likelier than as many faults at once.
    """
    weak = weak_days(daily, drop_share, look_back_days)
    names = locations.set_index("location_id")["location_name"]
    everywhere = _shut_everywhere(weak, daily)
    rows = [_shut(day, lines, shop) for day, lines in weak.groupby("business_date", sort=True) if day in everywhere]
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


def _shut(day: Hashable, lines: pd.DataFrame, shop: Shop) -> dict[str, object]:
    date = pd.Timestamp(str(day))
    usual = float(lines["usual_minor"].sum())
    together = show(round(usual), shop.currency, language=shop.language, whole=True)
    said = words.day(date.date(), shop.language, weekday=True)
    return {
        "alert_id": f"{NO_SALE}:all:{date:%Y-%m-%d}", "rule": NO_SALE, "severity": "warning", "since": date,
        "sentence": f"No place has a sale on {said}; usual is {together} together. Was it a day off?", "found": 0.0,
        "usual": usual, "money_minor": round(usual),
    }  # fmt: skip
