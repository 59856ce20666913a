"""Takings along the calendar: days, weeks, months, and whether they rise or fall."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from shoplib.base.calendar import Period
from shoplib.sales import chances
from shoplib.sales.window import span

MEAN_DAYS = 7
FEWEST_WEEKS = 6
AMOUNTS = ["transactions", "gross_sales_minor", "net_sales_minor", "refunds", "refunds_minor"]


def days(daily: pd.DataFrame, period: Period | None = None) -> pd.DataFrame:
    """Return all locations together on every calendar day of a period, or else of the data, indexed by day.

    Columns are ``transactions``, ``gross_sales_minor``, ``net_sales_minor``, ``refunds``, ``refunds_minor``
    and ``open``; a day without a completed sale is not open and its sales are NaN, not zero.
    """
    known = period or span(daily)
    if known is None:
        return pd.DataFrame(columns=[*AMOUNTS, "open"], index=pd.DatetimeIndex([], name="business_date"), dtype=float)
    every = pd.date_range(known.start, known.end, freq="D", name="business_date")
    table = daily.groupby("business_date")[AMOUNTS].sum().reindex(every).astype("float64")
    table["open"] = table["transactions"].fillna(0) > 0
    table.loc[~table["open"], ["transactions", "gross_sales_minor", "net_sales_minor"]] = np.nan
    table[["refunds", "refunds_minor"]] = table[["refunds", "refunds_minor"]].fillna(0)
    return table


def trend(daily: pd.DataFrame, length_days: int = 90, end: dt.date | None = None) -> pd.DataFrame:
    """Return the last days in order, each with the mean of the seven days up to it.

    Columns: ``business_date``, ``transactions``, ``gross_sales_minor`` (both NaN on closed days), ``open``,
    ``transactions_mean`` and ``gross_sales_mean_minor``. Means are over the open ones of seven calendar days;
    they are NaN until the data are seven days long, and where all seven were closed.
    """
    table = days(daily)
    for column, mean in (("transactions", "transactions_mean"), ("gross_sales_minor", "gross_sales_mean_minor")):
        table[mean] = table[column].rolling(MEAN_DAYS, min_periods=1).mean()
        table.iloc[: MEAN_DAYS - 1, table.columns.get_loc(mean)] = np.nan  # type: ignore[index]  # one column, one place
    if end is not None:
        table = table[table.index <= pd.Timestamp(end)]
    columns = ["transactions", "gross_sales_minor", "open", "transactions_mean", "gross_sales_mean_minor"]
    return table[columns].tail(length_days).reset_index()


def weekly(daily: pd.DataFrame, period: Period | None = None) -> pd.DataFrame:
    """Return weeks of seven days counted back from the last day of :func:`days`; a broken first week is left out.

    Oldest first. Columns: ``week_start``, ``week_end``, ``trading_days`` and sums of the amounts of :func:`days`; a
    week without a trading day has NaN sales.
    """
    table = days(daily, period)
    whole = len(table) // 7 * 7
    table = table.iloc[len(table) - whole :]
    week = np.arange(whole) // 7
    weeks = table[AMOUNTS].groupby(week).sum(min_count=1)
    weeks.insert(0, "trading_days", table["open"].astype("int64").groupby(week).sum())
    weeks.insert(0, "week_end", table.index[6::7])
    weeks.insert(0, "week_start", table.index[::7])
    return weeks.reset_index(drop=True)


def monthly(daily: pd.DataFrame, period: Period | None = None) -> pd.DataFrame:
    """Return calendar months in order: ``month`` (its first day), ``trading_days``, amounts and ``partial``.

    A month is partial if the data do not reach from its first day to its last: a shop closed on the very
    first or last days of its data has a partial month too. Months without a trading day have NaN sales.
    """
    table = days(daily, period)
    month = pd.DatetimeIndex(table.index).to_period("M")
    months = table[AMOUNTS].groupby(month).sum(min_count=1)
    months.insert(0, "trading_days", table["open"].astype("int64").groupby(month).sum())
    months.insert(0, "month", pd.PeriodIndex(months.index).to_timestamp())
    covered = pd.Series(1, index=table.index).groupby(month).sum()
    months["partial"] = covered.to_numpy() < months["month"].dt.days_in_month.to_numpy()
    return months.reset_index(drop=True)


@dataclass(frozen=True)
class Verdict:
    """Whether weekly takings rise or fall; the slope and its 95 % interval are minor units a week."""

    word: Literal["rising", "falling", "no clear trend", "too short to say"]
    weeks: int
    slope_minor: float | None = None
    low_minor: float | None = None
    high_minor: float | None = None
    share_per_week: float | None = None


def trend_verdict(daily: pd.DataFrame, weeks: int = 13, period: Period | None = None) -> Verdict:
    """Return whether takings rise or fall over the last ``weeks`` whole weeks, weeks wholly closed left out.

    The slope is the median of all pairwise slopes of weekly takings, its 95 % interval comes from Kendall's
    tau (Theil 1950; Sen 1968): one odd week moves neither much. The verdict is "no clear trend" if the
    interval covers zero. Weeks are taken as independent, so a slow season can look like a trend; fewer than
    six weeks are "too short to say". ``share_per_week`` is the slope by the median week.
    """
    table = weekly(daily, period).tail(weeks)
    table = table[table["trading_days"] > 0]
    takings = table["gross_sales_minor"].to_numpy(dtype="float64")
    if len(takings) < FEWEST_WEEKS:
        return Verdict("too short to say", len(takings))
    slope, low, high = chances.theil_sen(takings, table.index.to_numpy(dtype="float64"))
    word: Literal["rising", "falling", "no clear trend"] = "no clear trend"
    if low > 0 or high < 0:
        word = "rising" if low > 0 else "falling"
    usual = float(np.median(takings))
    return Verdict(word, len(takings), slope, low, high, slope / usual if usual else None)


def sparks(daily: pd.DataFrame, weeks: int = 13) -> dict[str, list[float | None]]:
    """Return the last whole weeks of the metrics that have a recent past: metric → values, oldest first.

    A week without an open day is ``None``.
    """
    table = weekly(daily).tail(weeks)
    return {
        name: [None if pd.isna(value) else float(value) for value in table[column]]
        for name, column in (("gross_sales", "gross_sales_minor"), ("transactions", "transactions"))
    }
