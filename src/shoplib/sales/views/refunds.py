"""Refunds: how much is given back, where, of what, when, and how long after the sale."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.base.listing import Column, Listing
from shoplib.sales import refunding, summary
from shoplib.sales.overview import Overview
from shoplib.sales.refunding import ABOVE, BELOW, UNKNOWN
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View

LOW = Column("low_share", "At least", "share", "lower end of the 95% interval of the share refunded")
HIGH = Column("high_share", "At most", "share", "upper end of the 95% interval of the share refunded")
VERDICT = Column("verdict", "Against the others", "text", "a difference only where it is beyond chance")
JUDGED = (LOW, HIGH, VERDICT)
PLACES = (
    *columns("location_name", "transactions", "refunds", "refund_share", "refunds_minor"),
    Column("value_share", "Share of value", "share", "refunded among takings and refunded"),
)
PRODUCTS = (
    *columns("product_name", "product_category"),
    Column("refunded_units", "Units back", "number", "units on the lines of refunded transactions"),
    *columns("units"),
    Column("refund_share", "Share refunded", "share",
           "units back by units sold; of sales marked as given back, by units sold and given back"),
    LOW, HIGH,
    Column("refunded_minor", "Worth", "money", "line totals of what came back"),
    VERDICT,
)  # fmt: skip
COUNTED = columns("transactions", "refunds", "refund_share")
LIST = (
    Column("business_date", "Refunded on", "day", "business day of the refund"),
    Column("sale_day", "Sold on", "day", "business day of the sale it names"),
    Column("days_between", "Days between", "count"),
    *columns("location_name"),
    Column("amount_minor", "Refunded", "money", "total of the refund"),
    Column("employee_id", "Employee", "text", "key of who rang it up"),
    *columns("note"),
)
DELAYS = (
    Column("delay", "After the sale", "text"),
    *columns("refunds"),
    Column("share", "Share", "share", "of all refunds"),
    *columns("refunds_minor"),
)
FEWEST_DELAYS = 5
NONE_KNOWN = "No refund is among the rows loaded, so nothing can be said of them."


def view(scope: Scope) -> View:
    """Return the report on refunds; all its tables are empty while the data hold no refund at all."""
    places, products = refunding.by_place(scope), refunding.by_product(scope)
    hours, methods = refunding.by_hour(scope), refunding.by_method(scope)
    delays = refunding.delays(scope)
    listings = (
        Listing(
            "refunds", "Refunds by place", places, (*PLACES, *JUDGED), scope.currency,
            totals=("transactions", "refunds", "refunds_minor"),
        ),
        Listing("refunds_by_product", "Refunds by product", products, PRODUCTS, scope.currency),
        Listing("refunds_by_hour", "Refunds by hour", hours,
                (*columns("local_hour"), *COUNTED, LOW, HIGH, *columns("refunds_minor"), VERDICT), scope.currency,
                "The hour at which a refund was rung up." if scope.books.refunds_apart else "The hour of the sale."),
        Listing("refunds_by_method", "Refunds by way of paying", methods,
                (*columns("payment_method"), *COUNTED, LOW, HIGH, *columns("refunds_minor"), VERDICT), scope.currency),
        Listing("refund_list", "The largest refunds", refunding.largest(scope), LIST, scope.currency),
        Listing("refund_weeks", "Refunds by week", refunding.weeks(scope),
                (*columns("week_end"), *COUNTED, LOW, HIGH, *columns("gross_sales_minor", "refunds_minor")),
                scope.currency),
        Listing("refund_delays", "From sale to refund", delays, DELAYS, scope.currency),
    )  # fmt: skip
    groups = {"location_name": places, "product_name": products, "local_hour": hours, "payment_method": methods}
    return View("refunds", "What is given back, and where?", findings(scope, groups), listings)


def findings(scope: Scope, groups: dict[str, pd.DataFrame]) -> tuple[str, ...]:
    """Return what refunds say: how many, how they were read, who has more beyond chance, and how late they come."""
    if scope.window.shown is None:
        return (scope.silence,)
    if not refunding.known(scope):
        return (NONE_KNOWN,)
    if scope.shown.refunds.empty:
        return ("Nothing was refunded in the days shown.", reading_sentence(scope))
    told = [total_sentence(scope), reading_sentence(scope)]
    if not scope.silence:
        told += group_sentences(scope, groups)
    if scope.books.refunds_apart:
        told.append(delay_sentence(scope))
    return tuple(sentence for sentence in told if sentence)


def total_sentence(scope: Scope) -> str:
    """Return how many sales were refunded, what they were worth, and how the share moved in the latest days."""
    found, shop = Overview.of(scope.daily, scope.window), scope.shop
    count, share = found.all["refunds"], found.all["refund_share"]
    part = (
        f" ({words.share(float(share or 0), shop.language)} of sales and refunds)" if found.all["transactions"] else ""
    )
    text = f"{words.plural(int(count or 0), 'refund')}{part} gave back "
    text += summary.amount(found.all["refunds_total"], shop, scope.currency)
    now, was = (side["refund_share"] if side["transactions"] else None for side in (found.now, found.was))
    if now is None or was is None or found.period == scope.window.shown:
        return f"{text}."
    latest = words.plural(found.period.days if found.period else 0, "day")
    moved = [words.share(float(value), shop.language) for value in (now, was)]
    return f"{text}; in the latest {latest} the share was {moved[0]}, on the same weekdays before {moved[1]}."


def reading_sentence(scope: Scope) -> str:
    """Return whether refunds were read as entries of their own or as statuses of sales, and why."""
    if scope.settings.refunds != "found":
        why = "as the scenario says (sales.refunds)"
    elif scope.books.refunds["sale_named"].any():
        why = "for they name the sale they give back"
    else:
        why = (
            "for their totals are below zero" if scope.books.refunds_apart else "for none names a sale or is below zero"
        )
    apart = scope.books.refunds["apart"]
    if apart.any() and not apart.all():
        return (
            f"{words.plural(int(apart.sum()), 'refund')} with a total below zero {'is' if apart.sum() == 1 else 'are'} "
            f"subtracted from takings; the other {words.count(int((~apart).sum()))} were read as sales marked as given "
            "back, which never were in takings."
        )
    if scope.books.refunds_apart:
        return f"Refunds were read as entries of their own, {why}: takings after refunds subtract them."
    return (
        f"Refunds were read as sales marked as given back, {why}: they never were in takings, so none are subtracted."
    )


def group_sentences(scope: Scope, groups: dict[str, pd.DataFrame]) -> list[str]:
    """Return one sentence on places and one on products, ways of paying and hours; names only beyond chance.

    The hour at which a refund is rung up says nothing of the hour of its sale, so hours count only where refunds are
    statuses of sales.
    """
    told = [_places(groups["location_name"], scope)] if len(groups["location_name"]) > 1 else []
    kinds = {"product_name": "product", "payment_method": "way of paying", "local_hour": "hour"}
    kinds = dict(list(kinds.items())[: 2 if scope.books.refunds_apart else 3])
    looks = [_look(groups[name][groups[name]["verdict"] == ABOVE], name, scope) for name in kinds]
    if found := [look for look in looks if look]:
        told.append(f"{'; '.join(found)}.")
    elif any((groups[name]["verdict"] != UNKNOWN).any() for name in kinds):
        *most, last = kinds.values()
        told.append(f"No {', '.join(most)} or {last} is refunded more often than the others beyond chance.")
    return told


def _places(places: pd.DataFrame, scope: Scope) -> str:
    if (places["verdict"] == UNKNOWN).all():
        return "There are too few refunds to tell places apart."
    if look := _look(places[places["verdict"] == ABOVE], "location_name", scope):
        return f"{look}."
    low = places[places["verdict"] == BELOW]
    if len(low):
        named = summary.names(low["location_name"], 3)
        return f"{named} {'has' if len(low) == 1 else 'have'} fewer refunds than the others, beyond chance."
    return f"None of the {len(places)} places is refunded more often than the others beyond chance."


def _look(above: pd.DataFrame, name: str, scope: Scope) -> str:
    """Return where to look: the row with the highest share among those above the others, ``""`` if there is none."""
    if above.empty:
        return ""
    top, language = above.loc[above["refund_share"].astype("float64").idxmax()], scope.shop.language
    label = (
        f"{int(top[name])}:00 to {(int(top[name]) + 1) % 24}:00" if name == "local_hour" else summary.name(top[name])
    )
    label = label.replace("_", " ") if name == "payment_method" else label
    share, others = (words.share(float(top[column]), language) for column in ("refund_share", "others_share"))
    more = f" (and {len(above) - 1} more)" if len(above) > 1 else ""
    return f"Look at {label}: {share} refunded, the others {others}{more}"


def delay_sentence(scope: Scope) -> str:
    """Return how soon after the sale refunds are made, and how many cannot be followed to one, ``""`` if all can."""
    late, refunds = refunding.waited(scope), scope.shown.refunds
    known = late.dropna()
    missing = int((refunds["sale_named"] & refunds["sale_day"].isna()).sum())
    unnamed = int((~refunds["sale_named"]).sum())
    parts = []
    if len(known) >= FEWEST_DELAYS:
        middle = int(known.median())
        when = "on the day of the sale" if middle == 0 else f"within {words.plural(middle, 'day')} of the sale"
        share = words.share(float((known <= middle).mean()), scope.shop.language, 0)
        parts.append(f"{share} of the refunds whose sale is known were made {when}")
    for number, what in ((missing, "a sale that is not in the data"), (unnamed, "no sale")):
        if number:
            who = words.count(number) if parts else words.plural(number, "refund")
            parts.append(f"{who} {'names' if number == 1 else 'name'} {what}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""
