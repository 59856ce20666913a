"""Daily series with a calendar: a closed day is missing, never zero, and weekly closing days stay closed.

A frame of series has every day from the first to the last as its index, one column a place, and minor units as
``float64``; NaN is a day on which the place did not trade.
"""

from __future__ import annotations

import pandas as pd

EVERYWHERE = "*"
"""Stands where a location would, for all of them together."""
MEASURE = "gross_sales"
WEEK = 7
CALENDAR_DAYS = 56
"""Days back that tell on which weekdays a place trades."""
SILENT_DAYS = 28
"""A place without a trading day for so long is taken as closed."""
LEAST_DAYS = 14
"""Days from its first to the last of the data below which a place gets no forecast: each weekday twice."""


def takings(daily: pd.DataFrame) -> pd.DataFrame:
    """Return the takings of each location by day, minor units, from ``sales_daily``; no rows give no rows.

    Columns are the locations in order of their ids, the index is every day from the first to the last.
    """
    if daily.empty:
        return pd.DataFrame(index=pd.DatetimeIndex([], name="business_date"), dtype="float64")
    table = daily.pivot_table(
        index="business_date", columns="location_id", values="gross_sales_minor", aggfunc="sum", observed=True
    )
    table.index = pd.DatetimeIndex(table.index).astype("datetime64[ns]")
    every = pd.date_range(table.index[0], table.index[-1], freq="D", name="business_date")
    table.columns = pd.Index([str(column) for column in table.columns], name="location_id")
    return table.sort_index(axis=1).reindex(every).astype("float64")


def together(series: pd.DataFrame) -> pd.Series:
    """Return the sum of all places by day; NaN where none traded."""
    return series.sum(axis=1, min_count=1).rename(EVERYWHERE)


def ready(series: pd.DataFrame) -> list[str]:
    """Return the places that can be forecast from this history: known for two weeks, not silent for four."""
    if series.empty:
        return []
    last = series.index[-1]
    found = []
    for place in series.columns:
        open_days = series.index[series[place].notna()]
        if len(open_days) == 0:
            continue
        known_days = (last - open_days[0]).days + 1
        if known_days >= LEAST_DAYS and (last - open_days[-1]).days < SILENT_DAYS:
            found.append(str(place))
    return found


def trading_weekdays(series: pd.DataFrame) -> pd.DataFrame:
    """Return whether each place trades on each weekday: index 0 (Monday) to 6, one boolean column a place.

    A weekday without a trading day in the last eight weeks of the history is a weekly closing day.
    """
    recent = series.iloc[-CALENDAR_DAYS:].notna()
    weekday = pd.DatetimeIndex(recent.index).weekday
    return recent.groupby(weekday).any().reindex(range(WEEK), fill_value=False)


def coming(series: pd.DataFrame, days: int) -> pd.DatetimeIndex:
    """Return the ``days`` days after the last of the history."""
    return pd.date_range(series.index[-1] + pd.Timedelta(days=1), periods=days, freq="D", name="business_date")


def opened(series: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Return whether each place is expected to trade on each of ``days``, by its weekly closing days."""
    table = trading_weekdays(series).loc[days.weekday]
    table.index = days
    return table


def lag_scale(series: pd.DataFrame) -> pd.Series:
    """Return for each place the mean absolute difference from the same weekday a week before (the scale of MASE).

    Hyndman and Koehler (2006). NaN where no day has a trading day seven days before it.
    """
    return (series - series.shift(WEEK)).abs().mean()
