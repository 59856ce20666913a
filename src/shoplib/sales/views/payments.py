"""Payments: how customers pay."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from shoplib.base import words
from shoplib.base.listing import Column, Listing
from shoplib.sales import adoption, paying, summary
from shoplib.sales.adoption import FEWEST_MONTHS, Adoption
from shoplib.sales.daygrid import CONFIDENCE
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View

METHOD = Column("method_label", "Way of paying", "text")
OF_TAKINGS = Column("share", "Share of takings", "share", "of the totals of all completed transactions")
CHANGE = Column(
    "change_points", "Change", "points", "of the share of takings in the latest days on the same weekdays before"
)
STATUS = Column("status_label", "Paid or not", "text")
MONTH_COLUMNS = (
    *columns("month", "transactions"),
    Column("digital_share", "Digital", "share", "sales by card, phone or UPI among those whose way of paying is named"),
    Column("low_share", "At least", "share", "lower end of its 95% interval"),
    Column("high_share", "At most", "share", "upper end of its 95% interval"),
    Column("digital_value_share", "Digital takings", "share", "the same of takings"),
    *columns("note"),
)
OTHERS_TOLD = 2


def view(scope: Scope) -> View:
    """Return the report on payments: what each way of paying carries, what is owed, and what changes."""
    methods, statuses, months = paying.methods(scope), paying.statuses(scope), adoption.months(scope)
    places = paying.places(scope)
    found = (
        carries(methods, scope),
        " ".join(filter(None, (adopts(adoption.trend(months), months, scope), moved(adoption.latest(scope), scope)))),
        owes(statuses, scope),
        gift_cards(scope),
        differs(places, scope),
    )
    listings = [_methods(methods, scope)]
    if statuses is not None:
        listings.append(_statuses(statuses, scope))
    listings.append(_months(months, scope))
    if len(places) > 1:
        listings.append(_places(places, scope))
    return View("payments", "How do customers pay?", tuple(text for text in found if text), tuple(listings))


def _methods(table: pd.DataFrame, scope: Scope) -> Listing:
    shown = (
        METHOD, *columns("transactions", "transactions_share", "gross_sales_minor"), OF_TAKINGS,
        *columns("average_transaction_minor", "low_minor", "high_minor"), CHANGE,
    )  # fmt: skip
    return Listing(
        "payments", "Ways of paying", table, shown, scope.currency,
        "Completed sales by how they were paid, with the 95% interval of the average sale where there are enough days.",
        totals=("transactions", "gross_sales_minor"),
    )  # fmt: skip


def _statuses(table: pd.DataFrame, scope: Scope) -> Listing:
    shown = (STATUS, *columns("transactions", "transactions_share", "gross_sales_minor"), OF_TAKINGS)
    return Listing(
        "payment_statuses", "Paid, unpaid and on credit", table, shown, scope.currency,
        "Completed sales by whether they were paid; together they are all takings.",
        totals=("transactions", "gross_sales_minor"),
    )  # fmt: skip


def _months(table: pd.DataFrame, scope: Scope) -> Listing:
    noted = table.assign(note=pd.Series(["not whole" if cut else None for cut in table["partial"]], dtype=object))
    return Listing(
        "payment_months", "Digital payments by month", noted, MONTH_COLUMNS, scope.currency,
        "Sales by card, phone or UPI among those whose way of paying is named; the interval tells how far days differ.",
        totals=("transactions",),
    )  # fmt: skip


def _places(table: pd.DataFrame, scope: Scope) -> Listing:
    methods = [name.removesuffix("_share") for name in table.columns if name.endswith("_share")]
    shown = (
        *columns("location_name", "transactions"),
        *(Column(f"{name}_share", paying.label(name), "share", "of the sales of the place") for name in methods),
        Column("note", "Unlike elsewhere", "text", "further from the other places than chance alone explains"),
    )
    left_out = scope.shown_daily["location_id"].nunique() - len(table)
    caption = "How sales were paid at each place."
    if left_out > 0:
        caption += f" {words.plural(left_out, 'place')} with fewer than {scope.settings.fewest_sales} sales left out."
    return Listing("payments_by_location", "Ways of paying by place", table, shown, scope.currency, caption)


def carries(methods: pd.DataFrame, scope: Scope) -> str:
    """Return which way of paying carries most, by sales and by takings."""
    number, language = int(methods["transactions"].sum()), scope.shop.language
    if not number:
        return scope.silence
    if number < scope.settings.fewest_sales:
        made = f"{words.plural(number, 'sale')} {'was' if number == 1 else 'were'} completed"
        return f"Only {made}: too few to say how customers pay."
    named = methods[methods["payment_method"] != "unknown"].sort_values(
        ["transactions", "payment_method"], ascending=[False, True], kind="stable"
    )
    if named.empty:
        return "The data name no way of paying."
    top, *others = named.to_dict("records")
    text = f"{top['method_label']} carries {words.share(top['transactions_share'], language)} of sales"
    text += f" and {_share(top, language)} of takings"
    told = [
        f"{paying.in_sentence(one['payment_method'])} {words.share(one['transactions_share'], language)}"
        f" and {_share(one, language)}"
        for one in others[:OTHERS_TOLD]
    ]
    text += f"; {', '.join(told)}" if told else ""
    silent = float(methods.loc[methods["payment_method"] == "unknown", "transactions_share"].sum())
    return f"{text}. {words.share(silent, language)} of sales do not tell how they were paid." if silent else f"{text}."


def _share(row: Mapping[Hashable, Any], language: str) -> str:
    return "an unknown share" if pd.isna(row["share"]) else words.share(row["share"], language)


def adopts(trend: Adoption, months: pd.DataFrame, scope: Scope) -> str:
    """Return which share of sales is paid digitally and whether that changes beyond chance; "" if nothing is known."""
    known, language = int(months["known_transactions"].sum()), scope.shop.language
    if known < scope.settings.fewest_sales:
        return ""
    if not months["digital_transactions"].any():
        return f"No sale was paid by {paying.digital_ways(scope)}."
    share = words.share(int(months["digital_transactions"].sum()) / known, language)
    ways = paying.digital_ways(scope)
    now = f"{share} of the sales whose way of paying is named were paid digitally ({ways})"
    if trend.slope is None or trend.low is None or trend.high is None:
        return f"{now}; a trend needs {FEWEST_MONTHS} whole months and there {_are(trend.months)}."
    if trend.word == "no clear trend":
        if trend.low == trend.high:
            return f"{now}, unchanged over {trend.months} whole months."
        return f"{now}; over {trend.months} whole months that has not changed beyond chance."
    low, high = sorted((abs(trend.low), abs(trend.high)))
    turn = "rose" if trend.word == "rising" else "fell"
    return (
        f"Digital payments ({ways}) {turn} from about {_whole(trend.first_share, language)} of sales in "
        f"{_month(trend.first_month, scope)} to about {_whole(trend.last_share, language)} in "
        f"{_month(trend.last_month, scope)}, by {_points(abs(trend.slope), language)} a month "
        f"(likely between {words.count(100 * low, language, 1)} and {_points(high, language)})."
    )


def moved(latest: adoption.Move | None, scope: Scope) -> str:
    """Return how the digital share of the latest days is apart from the days before, "" unless beyond chance."""
    if latest is None or not latest.chance < 1 - CONFIDENCE or scope.window.recent is None:
        return ""
    language, by = scope.shop.language, latest.share - latest.before
    days = f"{words.plural(scope.window.recent.days, 'day')} to {words.day(scope.window.recent.end, language)}"
    return (
        f"In the {days} it was {words.share(latest.share, language)}, "
        f"{words.points(by, language)} on the same weekdays before, more than chance explains."
    )


def _are(number: int) -> str:
    return "is 1" if number == 1 else f"are {number}" if number else "is none"


def _month(first: pd.Timestamp | None, scope: Scope) -> str:
    return "" if first is None else summary.month(first.date(), scope.shop)


def _whole(share: float | None, language: str) -> str:
    return words.share(share or 0.0, language, 0)


def _points(by: float, language: str) -> str:
    return f"{words.count(100 * by, language, 1)} points"


def owes(statuses: pd.DataFrame | None, scope: Scope) -> str:
    """Return what of takings is unpaid and on credit, "" if the data do not tell or nothing was sold."""
    if statuses is None or statuses.empty:
        return ""
    rows = statuses.set_index("payment_status")
    told = []
    for status, what in (("unpaid", "unpaid"), ("credit", "on credit")):
        if status in rows.index:
            row = rows.loc[status]
            worth = summary.amount(int(row["gross_sales_minor"]), scope.shop, scope.currency)
            of: str = "" if pd.isna(row["share"]) else f" ({words.share(float(row['share']), scope.shop.language)})"
            told.append(f"{worth}{of} is {what}")
    if told:
        return f"{' and '.join(told)}."
    return "Every sale is marked as paid." if list(rows.index) == ["paid"] else ""


def gift_cards(scope: Scope) -> str:
    """Return what gift cards were sold and redeemed for, and what either is; "" if there were none."""
    sold, redeemed = (int(scope.shown_daily[f"gift_cards_{way}_minor"].sum()) for way in ("sold", "redeemed"))
    worth = [summary.amount(minor, scope.shop, scope.currency) for minor in (sold, redeemed)]
    owed = f"Gift cards were sold for {worth[0]}, which is owed in goods and no revenue yet"
    paid = f"{worth[1]} was paid with gift cards, which is a way of paying and counts as takings"
    return (
        f"{'; '.join(text for text, minor in ((owed, sold), (paid, redeemed)) if minor)}." if sold or redeemed else ""
    )


def differs(places: pd.DataFrame, scope: Scope) -> str:
    """Return where customers pay unlike elsewhere beyond chance; "" if there is nothing to compare."""
    if len(places) <= 1 or not places["compared"].any():
        return ""
    unlike = places[places["note"].notna()]
    if unlike.empty:
        return f"How customers pay does not differ between {words.plural(len(places), 'place')} beyond chance."
    furthest = unlike.loc[unlike["apart_points"].abs().sort_values(ascending=False, kind="stable").index]
    told = "; ".join(
        f"{summary.name(row['location_name'])}: {row['note']}" for row in furthest.head(OTHERS_TOLD).to_dict("records")
    )
    return f"How customers pay differs beyond chance at {len(unlike)} of {len(places)} places: {told}."
