"""Hours: when the shop is busy, and when it is idle."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.base.listing import Column, Listing
from shoplib.sales import daygrid, opening, rhythm, summary
from shoplib.sales.daygrid import DayGrid
from shoplib.sales.opening import HOURS, Clock, clock_time
from shoplib.sales.ranks import holm
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View

A_DAY = Column("transactions_per_day", "Sales a day", "number", "by day with a sale whose hour is known")
LEVEL = Column(
    "level", "Level", "text", "busy from 1.5 times the usual open hour up, idle below the share that the settings name"
)
HOUR_COLUMNS = (
    *columns("local_hour", "transactions"), A_DAY, *columns("gross_sales_minor"),
    Column("share", "Share of takings", "share", "of the takings whose hour is known"),
    *columns("average_transaction_minor", "low_minor", "high_minor"), LEVEL,
)  # fmt: skip
WEEK_COLUMNS = (
    *columns("weekday", "local_hour"), Column("days", "Days", "count", "days of that weekday with a sale"),
    *columns("transactions"), A_DAY,
    Column("gross_per_day_minor", "Takings a day", "money", "by day with a sale whose hour is known"), LEVEL,
)  # fmt: skip
OPENING_COLUMNS = (
    *columns("location_name", "weekday"), Column("days", "Days", "count", "days with a sale"),
    Column("first_hour", "First sale", "hour", "its hour on the middle day"),
    Column("last_hour", "Last sale", "hour", "its hour on the middle day"),
    Column("opens", "Opens", "text", "as stated"), Column("closes", "Closes", "text", "as stated"),
    Column("outside_transactions", "Sales outside", "count", "in hours wholly outside the stated ones"),
    Column("outside_share", "Share outside", "share", "of the sales of that weekday"),
)  # fmt: skip
PLACE_COLUMNS = (
    *columns("location_name"), Column("days", "Days", "count", "days with a sale"), *columns("transactions"),
    Column("busiest_hour", "Busiest hour", "hour", "by sales an open day"),
    Column("busiest_per_day", "Sales then", "number", "by open day"),
    Column("takings_hour", "Most takings", "hour", "by takings an open day"),
    Column("takings_per_day_minor", "Takings then", "money", "by open day"),
    Column("idle_hours", "Idle hours", "count", "open hours below the idle share of the place's own median open hour"),
    Column("idle", "Idle", "text"),
)  # fmt: skip
NO_HOURS = "The hour of sale is not known."


def view(scope: Scope) -> View:
    """Return the report on hours: volume, value and average sale by hour, the week, and each place's own hours."""
    grid, found = rhythm.hour_grid(scope), opening.clock(scope)
    table = rhythm.hours(found, grid, scope)
    week, hours = rhythm.weekday_hours(found, grid, scope), opening.opening_hours(found, scope)
    stated = [pd.Series([clock_time(m) for m in hours[f"{edge}_minute"]], dtype=object) for edge in ("opens", "closes")]
    hours = hours.assign(opens=stated[0], closes=stated[1])
    told = (
        peak(grid, table, scope),
        worth(grid, scope),
        idle(found, grid, scope),
        outside(hours, scope),
        unknown(scope),
    )
    currency = scope.currency
    return View(
        "hours",
        "When is the shop busy, and when idle?",
        tuple(text for text in told if text),
        (
            Listing("hours", "Hours of the clock", table, HOUR_COLUMNS, currency,
                    "Completed sales by hour on the wall clock, in the order of the business day.",
                    totals=("transactions", "gross_sales_minor")),
            Listing("weekday_hours", "Hours of the week", week, WEEK_COLUMNS, currency,
                    "Completed sales by business weekday and hour, where any place is open.", totals=("transactions",)),
            Listing("opening_hours", "When each place sells", hours, OPENING_COLUMNS, currency,
                    "First and last sale on the middle day; an hour that is partly open counts as open."),
            Listing("hours_by_location", "Busiest and idle hours of each place", rhythm.place_hours(found, scope),
                    PLACE_COLUMNS, currency, "By the hours the place itself is open, each on the weekdays it is."),
        ),
    )  # fmt: skip


def span(hour: int) -> str:
    """Return an hour of the clock from its start to its end.

    >>> span(23)
    '23:00 to 0:00'
    """
    return f"{hour}:00 to {(hour + 1) % HOURS}:00"


def peak(grid: DayGrid, table: pd.DataFrame, scope: Scope) -> str:
    """Return which hour has most sales and which takes most; several where chance alone could tell them apart."""
    if table.empty:
        return scope.silence or NO_HOURS
    number, language = int(table["transactions"].sum()), scope.shop.language
    sold = grid.counts.any(axis=0)
    by_count, by_worth = (rhythm.peaks(part[:, sold]) for part in (grid.counts, grid.amounts))
    if by_count is None or by_worth is None or number < scope.settings.fewest_sales:
        days = int(sold.sum())
        made = f"{words.plural(number, 'sale')} on {words.plural(days, 'day')}"
        return f"{made} {'is' if number == 1 else 'are'} too few to say which hours are busy."
    rows = table.set_index("local_hour")
    # An hour without a sale may not be apart from the first by chance either: it is none to name.
    by_count, by_worth = ([hour for hour in near if hour in rows.index] for near in (by_count, by_worth))
    if len(rows) > 1 and set(by_count) >= set(rows.index):
        return "No hour is busier than the others beyond chance."
    one = len(by_count) == 1
    rate = words.count(float(rows.loc[by_count, "transactions_per_day"].max()), language, 1)
    text = f"The busiest {'hour is' if one else 'hours are'} {_named(by_count, scope)}, with "
    text += f"{rate} sales a day" if one else f"up to {rate} sales each a day"
    if set(by_worth) == set(by_count):
        return f"{text}; takings peak then too."
    if not by_worth:
        return f"{text}."
    most = float(rows.loc[by_worth, "gross_sales_per_day_minor"].max())
    taken = summary.amount(most, scope.shop, scope.currency)
    return f"{text}; takings peak at {_named(by_worth, scope)} ({_each(by_worth)}{taken} a day)."


def _each(hours: list[int]) -> str:
    return "" if len(hours) == 1 else "each up to "


def _named(hours: list[int], scope: Scope) -> str:
    """Return hours in words, those that follow one another in the business day joined."""
    order = rhythm.in_order(scope)
    told = rhythm.stretches(order[np.isin(order, hours)]).split(", ")
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def worth(grid: DayGrid, scope: Scope) -> str:
    """Return in which hours a sale is worth most and least, where that is beyond chance; "" if it is nowhere."""
    means, _, _ = daygrid.means(grid.amounts, grid.counts)
    chance = daygrid.means_apart(grid.amounts, grid.counts)
    chance = np.where(grid.counts.sum(axis=1) >= scope.settings.fewest_sales, chance, np.nan)
    sure = holm(chance) < 1 - daygrid.CONFIDENCE
    usual = grid.amounts.sum() / max(grid.counts.sum(), 1.0)
    told = []
    for word, sign in (("most", 1.0), ("least", -1.0)):
        rows = np.flatnonzero(sure & (sign * means > sign * usual))
        if len(rows):
            hour = int(rows[np.argmax(sign * means[rows])])
            told.append(f"{word} at {span(hour)} ({summary.amount(float(means[hour]), scope.shop, scope.currency)})")
    return f"A sale is worth {' and '.join(told)}." if told else ""


def idle(found: Clock, grid: DayGrid, scope: Scope) -> str:
    """Return which open hours are idle, those without any sale too; "" if that cannot be known."""
    order = rhythm.in_order(scope)
    level = rhythm.hour_levels(found, grid, scope)[1][order]
    if not np.isin(level, rhythm.LEVELS).any():
        return ""
    hours = order[level == "idle"]
    bar = words.share(scope.settings.idle_share, scope.shop.language, 0)
    if not len(hours):
        return f"No open hour is idle: none has less than {bar} of the sales of a usual one."
    return f"Open but idle: {rhythm.stretches(hours)}, with less than {bar} of the sales of a usual open hour."


def outside(hours: pd.DataFrame, scope: Scope) -> str:
    """Return how many sales were made outside stated hours and where most, "" if no place states any."""
    told = hours[hours["outside_transactions"].notna()]
    if told.empty:
        return ""
    by_place = told.groupby("location_id", sort=True)["outside_transactions"].sum().astype("int64")
    total, language = int(by_place.sum()), scope.shop.language
    if not total:
        return "No sale was made outside the stated opening hours."
    text = f"{words.plural(total, 'sale')} {'was' if total == 1 else 'were'} made outside the stated opening hours"
    if len(by_place) > 1:
        top = by_place.idxmax()
        name = told.loc[told["location_id"] == top, "location_name"].iloc[0]
        text += f", {words.count(int(by_place.max()), language)} of them at {summary.name(name)}"
    return f"{text}."


def unknown(scope: Scope) -> str:
    """Return how many sales have no known hour, "" if none or all."""
    period, sold = scope.window.shown, scope.books.sold
    if period is None:
        return ""
    here = period.covers(sold["day"]).to_numpy()
    number = int((sold["hour"].isna().to_numpy() & here).sum())
    if not number or number == here.sum():
        return ""
    return f"{words.plural(number, 'sale')} without a known hour {'is' if number == 1 else 'are'} left out."
