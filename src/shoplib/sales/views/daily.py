"""Days: what each took, closed days as gaps; weeks, months, weekdays, and the days that stood out."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from shoplib.base import words
from shoplib.base.listing import Column, Listing
from shoplib.sales import anomalies, baseline, rhythm, summary, trends
from shoplib.sales import odd_days as odd_days_of
from shoplib.sales.baseline import EVERYWHERE, Judged
from shoplib.sales.overview import Overview
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View

AMOUNTS = ["transactions", "gross_sales_minor", "net_sales_minor"]
GIVEN_BACK = ["refunds", "refunds_minor"]
MAIN = [
    "business_date", "transactions", "units", "gross_sales_minor", "net_sales_minor", "average_transaction_minor",
    "refunds", "refunds_minor",
]  # fmt: skip
BEST, MOST_ODD = 10, 30
OF_REFUNDS = ("net_sales_minor", "refunds", "refunds_minor", "refund_share")
ALL_PLACES = "All places"
CHANGE = Column("change_share", "Change", "share", "on the row before, where both were open")
AGAINST = Column("change_share", "Against usual", "share", "of what such a day usually takes")
MEAN = Column("mean_minor", "Mean", "money", "mean takings of an open day")
DIRECTION = Column("direction", "Found", "text", "above or below usual, or no sale: a day off or a missing file")
FOUND = Column("found_minor", "Takings", "money", "completed totals, tax included")


def view(scope: Scope) -> View:
    """Return the report on days."""
    judged, odd = odd_days_of.judged(scope), odd_days_of.odd(scope)
    table = by_day(scope, judged, odd)
    stood_out = odd_days(scope, odd)
    weekdays = rhythm.weekday_pattern(scope.shown_daily).rename(columns={"days": "trading_days"})
    weekdays = weekdays if weekdays["trading_days"].any() else weekdays.head(0)
    listings = (
        _listing(scope, "daily", "All days", table, *columns(*MAIN, "weekday", "usual_minor", "note")),
        _listing(
            scope, "weeks", "Weeks", weeks(scope),
            *columns("week_end", "trading_days", "transactions", "gross_sales_minor"), CHANGE,
            *columns("net_sales_minor", "refunds", "refunds_minor", "refund_share"),
            caption="Weeks are counted back from the last day; days before the first whole week are left out.",
        ),
        _listing(
            scope, "months", "Months", months(scope),
            *columns("month", "trading_days", "transactions", "gross_sales_minor", "gross_sales_per_day_minor"),
            *columns("net_sales_minor", "refunds", "refunds_minor", "refund_share", "note"),
        ),
        _listing(
            scope, "weekdays", "Weekdays", weekdays, *columns("weekday", "trading_days"), MEAN,
            *columns("low_minor", "high_minor"),
        ),
        _listing(
            scope, "best_days", "Days that took most", best_days(table),
            *columns("business_date", "weekday", "gross_sales_minor", "transactions", "usual_minor"), AGAINST,
            *columns("note"),
        ),
        _listing(
            scope, "odd_days", "Days that stood out", stood_out.head(MOST_ODD),
            *columns("business_date", "location_name"), DIRECTION, FOUND, *columns("usual_minor"), AGAINST,
            *columns("note"),
            caption="Days farther than chance from what the same weekday takes in the weeks around; those with most "
            f"money between the two first{_cut(len(stood_out))}.",
        ),
    )  # fmt: skip
    return View("daily", "How do sales go from day to day?", findings(scope, table, stood_out), listings)


def _listing(scope: Scope, name: str, title: str, frame: pd.DataFrame, *named: Column, caption: str = "") -> Listing:
    """Return a listing; columns of refunds are shown only where any refund is known."""
    told = scope.daily["refunds"].any()
    kept = tuple(column for column in named if told or column.name not in OF_REFUNDS)
    return Listing(name, title, frame, kept, scope.currency, caption)


def _cut(rows: int) -> str:
    """Return the remark that only some odd days are listed, ``""`` if all are."""
    return f"; {MOST_ODD} of {words.count(rows)}" if rows > MOST_ODD else ""


def by_day(scope: Scope, judged: Judged, odd: pd.DataFrame) -> pd.DataFrame:
    """Return one row a calendar day shown, oldest first: the columns :data:`MAIN`, weekday, usual_minor and note.

    A day without a completed sale has missing amounts (whole numbers are ``Int64``); its refunds stay numbers. Units
    are missing where no line tells them. Usual takings and notes are those of all places together.
    """
    shown = scope.window.shown
    every = pd.date_range(shown.start, shown.end) if shown else pd.DatetimeIndex([])
    sums = scope.shown_daily.groupby("business_date")[[*AMOUNTS, "units", *GIVEN_BACK]].sum().reindex(every)
    table = sums[[*AMOUNTS, *GIVEN_BACK]].astype("Int64")
    table.loc[~(table["transactions"].fillna(0) > 0).to_numpy(dtype=bool), AMOUNTS] = pd.NA
    table["units"] = sums["units"].where((sums["transactions"] > 0) & (sums["units"] != 0))
    table["average_transaction_minor"] = _rates(table["gross_sales_minor"], table["transactions"])
    table[GIVEN_BACK] = table[GIVEN_BACK].fillna(0).astype("int64")
    usual = judged.usual_minor().reindex(every).array
    table = table.rename_axis("business_date").reset_index()[MAIN]
    table["weekday"] = table["business_date"].dt.weekday.astype("int64")
    table["usual_minor"] = usual
    table["note"] = _notes(scope, table, odd)
    return table


def _rates(totals: pd.Series, numbers: pd.Series) -> pd.Series:
    """Return ``metrics.whole_rate`` of whole columns (``Int64``), missing by nothing."""
    number = numbers.where(numbers > 0)
    rates: pd.Series = (2 * totals + number) // (2 * number)
    return rates


def _notes(scope: Scope, table: pd.DataFrame, odd: pd.DataFrame) -> pd.Series:
    """Return what is to say of each day: closed, far from usual and why, a holiday or the day before one."""
    whole = odd[odd["location_id"] == EVERYWHERE]
    stood_out = {
        day: _named(f"{direction} usual" + (f": {reason}" if reason else ""), scope)
        for day, direction, reason in zip(whole["business_date"], whole["direction"], whole["reason"], strict=True)
    }
    names = rhythm.holiday_names(scope.shop.timezone, None, pd.DatetimeIndex(table["business_date"]))
    notes: list[str | None] = []
    for day, sold in zip(table["business_date"], table["transactions"].notna(), strict=True):
        note = summary.day_note(names.get(day), names.get(day + pd.Timedelta(days=1)))
        closed = f"no sale; {note}" if note else "no sale"
        notes.append((stood_out.get(day) or note or None) if sold else closed)
    return pd.Series(notes, dtype=object)


def _named(reason: str | None, scope: Scope) -> str | None:
    """Return a reason with the name of the one place it tells of, instead of its key."""
    if not reason or anomalies.ONE_PLACE not in reason:
        return reason
    text, key = reason.split(anomalies.ONE_PLACE)
    return f"{text}{anomalies.ONE_PLACE}{summary.name(_names(scope).get(key, key))}"


def _names(scope: Scope) -> dict[str, str]:
    known = scope.books.locations.dropna(subset=["location_name"])
    return {**dict(zip(known["location_id"], known["location_name"], strict=True)), EVERYWHERE: ALL_PLACES}


def weeks(scope: Scope) -> pd.DataFrame:
    """Return the whole weeks shown, oldest first, with their share of refunds; a closed week is a gap."""
    table = _whole(trends.weekly(scope.shown_daily, scope.window.shown))
    takings = table["gross_sales_minor"].astype("float64")
    before = takings.shift()
    table["change_share"] = (takings / before.where(before > 0) - 1).astype("float64")
    return table


def months(scope: Scope) -> pd.DataFrame:
    """Return the months shown, oldest first; those the days shown do not wholly cover are noted as not whole."""
    table = _whole(trends.monthly(scope.shown_daily, scope.window.shown))
    table["gross_sales_per_day_minor"] = _rates(table["gross_sales_minor"], table["trading_days"].astype("Int64"))
    table["note"] = pd.Series(["not whole" if part else None for part in table["partial"]], dtype=object)
    return table


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Return sums of days as whole numbers (``Int64``, missing where nothing was open), with the share refunded."""
    sums = table.assign(**{name: table[name].astype("Int64") for name in trends.AMOUNTS})
    made = table["transactions"].fillna(0) + table["refunds"]
    return sums.assign(refund_share=(table["refunds"] / made.where(made > 0)).astype("float64"))


def best_days(table: pd.DataFrame, count: int = BEST) -> pd.DataFrame:
    """Return the days of :func:`by_day` that took most, best first, and how far above their usual they were."""
    open_days = table[table["gross_sales_minor"].notna()]
    best = open_days.sort_values("gross_sales_minor", ascending=False, kind="stable").head(count)
    return _against(best.reset_index(drop=True), "gross_sales_minor")


def _against(table: pd.DataFrame, found: str) -> pd.DataFrame:
    usual = table["usual_minor"].astype("float64")
    return table.assign(change_share=table[found].astype("float64") / usual.where(usual > 0) - 1)


def _several(scope: Scope) -> bool:
    return len(scope.daily["location_id"].unique()) > 1


def odd_days(scope: Scope, odd: pd.DataFrame) -> pd.DataFrame:
    """Return the odd days shown, those farthest from usual in money first, with names of places.

    Of a shop with one place all together are left out.
    """
    if not _several(scope):
        odd = odd[odd["location_id"] != EVERYWHERE]
    shown = scope.window.shown
    table = odd[shown.covers(odd["business_date"])] if shown else odd.iloc[:0]
    apart = -(table["found_minor"] - table["usual_minor"]).abs()
    order = table.assign(apart=apart).sort_values(["apart", "business_date", "location_id"], kind="stable").index
    table = table.loc[order].reset_index(drop=True)
    names = _names(scope)
    table["location_name"] = pd.Series([names.get(key, key) for key in table["location_id"]], dtype=object)
    table["note"] = pd.Series([_named(reason, scope) for reason in table["reason"]], dtype=object)
    return _against(table, "found_minor")


def findings(scope: Scope, table: pd.DataFrame, odd: pd.DataFrame) -> tuple[str, ...]:
    """Return what the days say: takings, trend, weekdays, days that stood out, refunds."""
    shop, daily = scope.shop, scope.shown_daily
    if scope.silence:
        return (scope.silence, *refunds_alone(scope))
    overview = Overview.of(scope.daily, scope.window)
    told = [summary.takings_sentence(overview, shop)]
    verdict = trends.trend_verdict(daily, period=scope.window.shown)
    told.append(summary.trend_sentence(verdict, shop, scope.currency))
    told.append(summary.weekday_sentence(rhythm.weekday_pattern(daily), shop, scope.currency))
    told.append(odd_sentence(scope, table, odd))
    if overview.now["refunds"] is not None:
        told.append(summary.refunds_sentence(overview, shop))
    return tuple(told)


def refunds_alone(scope: Scope) -> tuple[str, ...]:
    """Return what was refunded in the days shown where nothing was sold in them, nothing if nothing was."""
    if scope.window.shown is None:
        return ()
    days = replace(scope.window, recent=scope.window.shown, before=None)
    found = Overview.of(scope.daily, days)
    return (summary.refunds_sentence(found, scope.shop),) if found.now["refunds"] else ()


def odd_sentence(scope: Scope, table: pd.DataFrame, odd: pd.DataFrame) -> str:
    """Return how many days stood out for the whole shop, and the open one farthest from usual."""
    if table["usual_minor"].isna().all():
        return f"Which days are odd cannot be told before there are {baseline.FEWEST_DAYS + 1} of a weekday."
    mine = odd[odd["location_id"] == EVERYWHERE] if _several(scope) else odd
    if mine.empty:
        none = f"None of the {words.count(len(table))} days took" if len(table) > 1 else "The one day did not take"
        return f"{none} far more or less than its weekday usually does."
    kinds = [
        f"{words.count(number)} {word}"
        for word, of in (("above usual", "above"), ("below usual", "below"), ("without a sale", "no sale"))
        if (number := int((mine["direction"] == of).sum()))
    ]
    first, shop = mine.iloc[int((mine["direction"] != "no sale").to_numpy().argmax())], scope.shop
    everywhere = " for all places together" if _several(scope) else ""
    text = (
        f"{words.plural(len(mine), 'day')} stood out{everywhere} ({words.listed(kinds)}); the farthest from usual was "
    )
    text += words.day(first["business_date"].date(), shop.language, weekday=True)
    found, usual = (summary.amount(first[name], shop, scope.currency) for name in ("found_minor", "usual_minor"))
    text += (
        f", without a sale where {usual} is usual"
        if first["direction"] == "no sale"
        else f" with {found} against {usual}"
    )
    return f"{text} ({first['note']})." if first["note"] else f"{text}."
