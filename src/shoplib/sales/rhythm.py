"""The rhythm of the shop: weekdays, hours, and the days that stood out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from babel.core import get_global

from shoplib.sales import chances, daygrid, trends
from shoplib.sales.daygrid import DayGrid, Floats
from shoplib.sales.metrics import whole_rate
from shoplib.sales.opening import HOURS, Clock, Ints, hours_of
from shoplib.sales.ranks import holm
from shoplib.sales.view import Scope

# Where most of a country keeps holidays that its national list leaves out.
USUAL_PART = {"GB": "ENG"}

BUSY = 1.5  # times the usual open hour
LEVELS = ("busy", "usual", "idle")
UNKNOWN, OUTSIDE = "not known", "outside hours"
FEWEST_DAYS, FEWEST_WEEKS = 14, 4
PLACE_COLUMNS = [
    "location_id", "location_name", "days", "transactions", "busiest_hour", "busiest_per_day", "takings_hour",
    "takings_per_day_minor", "idle_hours", "idle",
]  # fmt: skip


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
    reach = chances.student_quantile(0.975, np.maximum(count - 1, 1)) * by_day["std"] / np.sqrt(np.maximum(count, 1))
    return pd.DataFrame(
        {
            "weekday": range(7),
            "days": count.to_numpy(),
            "mean_minor": by_day["mean"].to_numpy(),
            "low_minor": (by_day["mean"] - reach).to_numpy(),
            "high_minor": (by_day["mean"] + reach).to_numpy(),
        }
    )


def hours(found: Clock, grid: DayGrid, scope: Scope) -> pd.DataFrame:
    """Return each hour of the clock with a completed sale, in the order of the business day.

    ``grid`` holds sales by hour and day shown, see :func:`hour_grid`. Columns: ``local_hour``, ``transactions``,
    ``gross_sales_minor``, ``average_transaction_minor``, ``share`` (of the takings whose hour is known),
    ``transactions_per_day`` and ``gross_sales_per_day_minor`` (by day with a sale whose hour is known), ``low_minor``
    and ``high_minor`` (the interval of the average, see ``daygrid.means``), ``open_days`` (days on whose weekday the
    hour is open anywhere) and ``level``, see :func:`levels`. Sales without a known hour are left out.
    """
    order = in_order(scope)
    counts, amounts = grid.counts[order], grid.amounts[order]
    number, total = counts.sum(axis=1).astype("int64"), amounts.sum(axis=1).astype("int64")
    _, low, high = daygrid.means(amounts, counts)
    days, taken = weekday_days(grid), int(total.sum())
    open_days, level = hour_levels(found, grid, scope)
    table = pd.DataFrame(
        {
            "local_hour": order,
            "transactions": number,
            "gross_sales_minor": total,
            "average_transaction_minor": _rates(total, number),
            "share": total / taken if taken > 0 else np.nan,
            "transactions_per_day": number / days.sum() if days.sum() else np.nan,
            "gross_sales_per_day_minor": _rates(total, np.full(len(total), days.sum())),
            "low_minor": low,
            "high_minor": high,
            "open_days": open_days[order],
            "level": pd.Series(level[order], dtype=object),
        }
    )
    return table[table["transactions"] > 0].reset_index(drop=True)


def hour_levels(found: Clock, grid: DayGrid, scope: Scope) -> tuple[Ints, npt.NDArray[np.object_]]:
    """Return for each hour of the clock, 0 to 23, on how many days it was open anywhere, and its level."""
    opened = found.open.any(axis=0)
    open_days = np.asarray(weekday_days(grid) @ opened, dtype="int64")
    sold = (found.counts.sum(axis=0) * opened).sum(axis=0)
    return open_days, levels(sold, open_days, scope, FEWEST_DAYS)


def weekday_hours(found: Clock, grid: DayGrid, scope: Scope) -> pd.DataFrame:
    """Return sales by weekday and hour of the clock, all places together, for hours open anywhere on that weekday.

    Columns: ``weekday``, ``local_hour``, ``days`` (days of that weekday with a sale whose hour is known),
    ``transactions``, ``transactions_per_day``, ``gross_sales_minor``, ``gross_per_day_minor`` and ``level`` (against
    the usual open hour of the week). An open hour without a sale is 0; hours are in the order of the business day.
    """
    order, days = in_order(scope), weekday_days(grid)
    counts, amounts = (part.sum(axis=0).astype("int64") for part in (found.counts, found.amounts))
    opened = found.open.any(axis=0)
    every = np.repeat(days[:, None], HOURS, axis=1) * opened
    level = levels(counts * opened, every, scope, FEWEST_WEEKS)
    weekday, place = np.nonzero((opened | (counts > 0))[:, order])
    hour = order[place]
    number, total, of = counts[weekday, hour], amounts[weekday, hour], days[weekday]
    return pd.DataFrame(
        {
            "weekday": weekday,
            "local_hour": hour,
            "days": of,
            "transactions": number,
            "transactions_per_day": number / of,
            "gross_sales_minor": total,
            "gross_per_day_minor": _rates(total, of),
            "level": pd.Series(level[weekday, hour], dtype=object),
        }
    )


def levels(sold: Floats, open_days: Ints, scope: Scope, fewest_days: int) -> npt.NDArray[np.object_]:
    """Return how busy each hour is by its sales an open day, against the median of all open hours given.

    ``busy`` from one and a half times the usual one up, ``idle`` below ``idle_share`` of it, else ``usual``;
    ``outside hours`` where it is never open. ``not known`` with fewer open days than ``fewest_days``, or if a usual
    hour would have made fewer sales than ``fewest_sales`` in them: then chance alone could decide.
    """
    opened = open_days > 0
    rate = sold / np.where(opened, open_days, 1)
    usual = float(np.median(rate[opened])) if opened.any() else 0.0
    enough = (open_days >= fewest_days) & (usual * open_days >= scope.settings.fewest_sales)
    told = np.where(
        rate >= BUSY * usual, LEVELS[0], np.where(rate < scope.settings.idle_share * usual, LEVELS[2], LEVELS[1])
    )
    return np.where(opened, np.where(enough, told, UNKNOWN), OUTSIDE).astype(object)


def place_hours(found: Clock, scope: Scope) -> pd.DataFrame:
    """Return the busiest and the idle hours of each place by its own hours: one row a place with a known hour.

    Columns: ``location_id``, ``location_name``, ``days``, ``transactions``, ``busiest_hour`` and ``busiest_per_day``
    (sales an open day), ``takings_hour`` and ``takings_per_day_minor`` (where takings peak), ``idle_hours`` (how many,
    NA if not known) and ``idle`` (which, in words). Hours count only on weekdays on which they are open there.
    """
    rows = []
    order = in_order(scope)
    open_days = (found.open * found.days[:, :, None]).sum(axis=1)
    counts, amounts = ((part * found.open).sum(axis=1) for part in (found.counts, found.amounts))
    for place in np.flatnonzero(found.days.sum(axis=1)):
        opened = np.maximum(open_days[place], 1)
        level = levels(counts[place], open_days[place], scope, FEWEST_DAYS)[order]
        by_count, by_worth = ((part[place] / opened)[order] for part in (counts, amounts))
        top, best = int(np.argmax(by_count)), int(np.argmax(by_worth))
        idle = order[level == LEVELS[2]]
        known = bool(np.isin(level, LEVELS).any())
        rows.append(
            {
                "location_id": found.ids[place], "location_name": found.names[place],
                "days": int(found.days[place].sum()), "transactions": int(found.counts[place].sum()),
                "busiest_hour": int(order[top]), "busiest_per_day": float(by_count[top]),
                "takings_hour": int(order[best]), "takings_per_day_minor": round(float(by_worth[best])),
                "idle_hours": len(idle) if known else None, "idle": stretches(idle) or None,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=PLACE_COLUMNS)
    table["idle_hours"] = table["idle_hours"].astype("Int64")
    return table


def stretches(hours: Ints) -> str:
    """Return hours in words, those that follow one another joined.

    >>> stretches(np.array([22, 23, 0, 7]))
    '22:00 to 1:00, 7:00 to 8:00'
    """
    runs: list[list[int]] = []
    for hour in hours.tolist():
        if runs and runs[-1][1] == hour:
            runs[-1][1] = (hour + 1) % HOURS
        else:
            runs.append([hour, (hour + 1) % HOURS])
    return ", ".join(f"{start}:00 to {end}:00" for start, end in runs)


def peaks(values: Floats) -> list[int] | None:
    """Return which rows are highest on average over the days (columns): the highest and those not apart beyond chance.

    Rows are compared with the highest day by day (Student's paired test, corrected by Holm). ``None`` under fourteen
    days, an empty list if nothing is above zero.
    """
    if values.shape[1] < FEWEST_DAYS:
        return None
    mean = values.mean(axis=1)
    if not mean.max(initial=0.0) > 0:
        return []
    top = int(mean.argmax())
    away = values[top] - values
    spread = away.std(axis=1, ddof=1) / np.sqrt(values.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.where(away.any(axis=1), away.mean(axis=1) / spread, 0.0)
    chance = 2 * chances.student_beyond(size, values.shape[1] - 1)
    chance[top] = np.nan
    near = holm(chance) >= 1 - daygrid.CONFIDENCE
    near[top] = True
    return [int(row) for row in np.flatnonzero(near)]


def hour_grid(scope: Scope) -> DayGrid:
    """Return completed sales of the days shown by hour of the clock, 0 to 23, and by day; unknown hours left out."""
    return daygrid.day_grid(scope.books, hours_of(scope.books.sold), HOURS).over(scope.window.shown)


def in_order(scope: Scope) -> Ints:
    """Return the hours of the clock from the one in which the business day begins."""
    return (np.arange(HOURS) + scope.shop.day_start.hour) % HOURS


def weekday_days(grid: DayGrid) -> Ints:
    """Return how many days of each weekday have a sale, Monday first."""
    sold = grid.counts.sum(axis=0) > 0
    return np.bincount(np.asarray(grid.dates.weekday)[sold], minlength=7)


def _rates(amounts: Ints, numbers: Ints) -> pd.arrays.IntegerArray:
    return pd.array([whole_rate(int(a), int(n)) for a, n in zip(amounts, numbers, strict=True)], dtype="Int64")


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
