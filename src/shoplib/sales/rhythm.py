"""The rhythm of the shop: weekdays, hours, and the days that stood out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from babel.core import get_global
from scipy import stats

from shoplib.sales import daygrid, trends
from shoplib.sales.daygrid import DayGrid
from shoplib.sales.metrics import whole_rate
from shoplib.sales.view import Scope

# Where most of a country keeps holidays that its national list leaves out.
USUAL_PART = {"GB": "ENG"}


def weekday_pattern(daily: pd.DataFrame) -> pd.DataFrame:
    """Return takings of an open day by weekday, Monday (0) to Sunday (6), always seven rows.

    Columns: ``weekday``, ``days`` (open days), ``mean_minor``, ``low_minor`` and ``high_minor``: the mean and its 95 %
    interval from Student's t over the weeks (Student 1908), which takes weeks as independent. One day gives
    a mean without an interval, none gives NaN.
    """
    table = trends.days(daily)
    taken = table.loc[table["open"].astype(bool), "gross_sales_minor"]
    by_day = taken.groupby(pd.DatetimeIndex(taken.index).weekday).agg(["size", "mean", "std"]).reindex(range(7))
    count = by_day["size"].fillna(0).astype("int64")
    reach = stats.t.ppf(0.975, np.maximum(count - 1, 1)) * by_day["std"] / np.sqrt(np.maximum(count, 1))
    return pd.DataFrame(
        {
            "weekday": range(7),
            "days": count.to_numpy(),
            "mean_minor": by_day["mean"].to_numpy(),
            "low_minor": (by_day["mean"] - reach).to_numpy(),
            "high_minor": (by_day["mean"] + reach).to_numpy(),
        }
    )


def hourly_pattern(hourly: pd.DataFrame, first_hour: int = 0) -> pd.DataFrame:
    """Return sales of an open day by weekday and hour, from ``sales_hourly``, all locations added.

    Columns: ``weekday``, ``local_hour``, ``transactions_per_day`` and ``gross_sales_per_day_minor``. Hours run from the
    first to the last with a sale, counted from ``first_hour`` (where the business day begins), so that hours
    after midnight come last. An hour without a sale on an open weekday is 0; weekdays never open are left out.
    Sales without a known hour are not in ``sales_hourly`` and so not here.
    """
    columns = ["weekday", "local_hour", "transactions_per_day", "gross_sales_per_day_minor"]
    if hourly.empty:
        return pd.DataFrame({name: pd.Series(dtype="int64" if name in columns[:2] else "float64") for name in columns})
    rates = hourly.assign(
        place=(hourly["local_hour"] - first_hour) % 24,
        transactions_per_day=hourly["transactions"] / hourly["days"],
        gross_sales_per_day_minor=hourly["gross_sales_minor"] / hourly["days"],
    )
    totals = rates.groupby(["weekday", "place"])[columns[2:]].sum()
    places = range(int(rates["place"].min()), int(rates["place"].max()) + 1)
    grid = pd.MultiIndex.from_product([sorted(rates["weekday"].unique()), places], names=["weekday", "place"])
    table = totals.reindex(grid, fill_value=0.0).reset_index()
    table["local_hour"] = (table["place"] + first_hour) % 24
    return table[columns]


def hours(scope: Scope) -> pd.DataFrame:
    """Return each hour of the clock with a completed sale, in the order of the business day.

    Columns: ``local_hour``, ``transactions``, ``gross_sales_minor``, ``average_transaction_minor``, ``share`` (of the
    takings whose hour is known), ``transactions_per_day`` and ``gross_sales_per_day_minor`` (by trading day of the window), ``low_minor`` and
    ``high_minor`` (the interval of the average, see ``daygrid.means``). Sales without a known hour are left out.
    """
    first = scope.shop.day_start.hour
    shown = hour_grid(scope).over(scope.window.shown)
    order = (np.arange(24) + first) % 24
    counts, amounts = (part[order] for part in (shown.counts, shown.amounts))
    _, low, high = daygrid.means(amounts, counts)
    number, total = counts.sum(axis=1).astype("int64"), amounts.sum(axis=1).astype("int64")
    days = trading_days(scope)
    taken = int(total.sum())
    table = pd.DataFrame(
        {
            "local_hour": order,
            "transactions": number,
            "gross_sales_minor": total,
            "average_transaction_minor": pd.array(
                [whole_rate(int(a), int(n)) for a, n in zip(total, number, strict=True)], dtype="Int64"
            ),
            "share": total / taken if taken else np.nan,
            "transactions_per_day": number / days if days else np.nan,
            "gross_sales_per_day_minor": pd.array([whole_rate(int(a), days) for a in total], dtype="Int64"),
            "low_minor": low,
            "high_minor": high,
        }
    )
    return table[table["transactions"] > 0].reset_index(drop=True)


def hour_grid(scope: Scope) -> DayGrid:
    """Return completed sales by hour of the clock, 0 to 23, and by day; those without a known hour are left out."""
    hour = scope.books.sold["hour"].to_numpy(dtype="int64", na_value=-1)
    return daygrid.day_grid(scope.books, hour, 24)


def trading_days(scope: Scope) -> int:
    """Return how many of the days shown have a completed sale."""
    daily = scope.shown_daily
    return int(daily.loc[daily["transactions"] > 0, "business_date"].nunique())


def best_days(
    daily: pd.DataFrame, count: int = 5, timezone: str | None = None, subdivision: str | None = None
) -> pd.DataFrame:
    """Return the ``count`` days with most takings, best first, and what was special about them.

    Columns: ``business_date``, ``weekday``, ``gross_sales_minor``, ``transactions``, ``above_usual_share``
    (against the median of the other open days of that weekday, NaN if there is none), ``holiday`` and ``eve_of``
    (names or ``None``). Holidays are those of the country of ``timezone``, in England for the United Kingdom
    unless ``subdivision`` (ISO 3166-2 part) says otherwise; without a known country there are none. Equal
    takings are in order of date.
    """
    table = trends.days(daily)
    table = table[table["open"].astype(bool)]
    best = table.sort_values("gross_sales_minor", ascending=False, kind="stable").head(count)
    dates = pd.DatetimeIndex(best.index)
    names = holiday_names(timezone, subdivision, dates)
    usual = [_usual(table["gross_sales_minor"], date) for date in dates]
    day = pd.Timedelta(days=1)
    return pd.DataFrame(
        {
            "business_date": dates,
            "weekday": dates.weekday.astype("int64"),
            "gross_sales_minor": best["gross_sales_minor"].to_numpy().astype("int64"),
            "transactions": best["transactions"].to_numpy().astype("int64"),
            "above_usual_share": best["gross_sales_minor"].to_numpy() / np.asarray(usual, dtype="float64") - 1,
            "holiday": pd.Series([names.get(date) for date in dates], dtype=object),
            "eve_of": pd.Series([names.get(date + day) for date in dates], dtype=object),
        }
    )


def _usual(takings: pd.Series, date: pd.Timestamp) -> float:
    same = pd.DatetimeIndex(takings.index).weekday == date.weekday()
    others = takings[same & (takings.index != date)]
    middle = float(others.median()) if len(others) else np.nan
    return middle or np.nan


def country_of(timezone: str) -> str | None:
    """Return the ISO 3166 code of the country a zone lies in (CLDR), ``None`` if it lies in none.

    >>> country_of("Europe/London"), country_of("Asia/Kolkata"), country_of("UTC")
    ('GB', 'IN', None)
    """
    found = get_global("zone_territories").get(timezone)
    return None if found in (None, "001", "ZZ") else str(found)


def holiday_names(timezone: str | None, subdivision: str | None, dates: pd.DatetimeIndex) -> dict[pd.Timestamp, str]:
    """Return the holidays of the years of some days, by day; none without a known country."""
    country = country_of(timezone) if timezone else None
    if country is None or dates.empty:
        return {}
    import holidays  # half a second to import: only where days are named

    if country not in holidays.list_supported_countries():
        return {}
    years = sorted({*dates.year, *(dates + pd.Timedelta(days=1)).year})
    kept = holidays.country_holidays(country, subdiv=subdivision or USUAL_PART.get(country), years=years)
    return {pd.Timestamp(date): name for date, name in kept.items()}
