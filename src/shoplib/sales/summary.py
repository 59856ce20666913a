"""What the numbers say, in sentences. Every word of money, dates and shares follows the shop's own settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

import pandas as pd
from babel.dates import format_date

from shoplib.base import money, words
from shoplib.base.calendar import Period
from shoplib.config.models import Shop
from shoplib.sales.metrics import Value
from shoplib.sales.overview import Overview
from shoplib.sales.trends import FEWEST_WEEKS, Verdict

MONDAY = dt.date(2024, 1, 1)
WHOLE_FROM = 100
CARDS = ("gross_sales", "transactions", "average_transaction", "refund_share")
"""The metrics at the head of the page."""

TILES = (
    "net_sales", "net_revenue", "units", "gross_sales_per_day", "margin", "margin_share", "unknown_margin", "unpaid",
    "digital_share", "refunds_total",
)  # fmt: skip
"""The metrics shown below them; the others stand in the table of all."""

NOTHING_TO_COMPARE = "there is nothing before them to compare with"
NO_DATA = "No transactions were taken in, so there is nothing to tell."
OUTSIDE = "The data hold none of the days asked for."
NO_SALE = "There was no completed sale in the days shown."
NO_LINE = "No product line was sold."
NO_SHARE = "Line sales are not above zero together, so nothing has a share of them."
LONGEST_NAME = 80


def amount(minor: Value, shop: Shop, currency: str | None = None) -> str:
    """Return an amount for reading: without decimals from a hundred up, ``unknown`` if it is not known.

    >>> amount(1_234_567, Shop()), amount(999, Shop()), amount(None, Shop())
    ('£12,346', '£9.99', 'unknown')
    """
    if minor is None or pd.isna(minor):
        return "unknown"
    code = currency or shop.currency
    whole = abs(money.to_major(round(minor), code)) >= WHOLE_FROM
    return money.show(round(minor), code, language=shop.language, whole=whole)


def name(text: object, longest: int = LONGEST_NAME) -> str:
    """Return a name as it stands in a sentence: on one line, and past ``longest`` characters it is cut.

    >>> name("Loaf"), len(name("x" * 99)), name(" ")
    ('Loaf', 80, '(no name)')
    """
    whole = " ".join(str(text).split()) or "(no name)"
    return whole if len(whole) <= longest else f"{whole[: longest - 1].rstrip()}…"


def names(texts: Iterable[object], limit: int = 8) -> str:
    """Return several names as they stand in a sentence, past ``limit`` the rest is counted."""
    return words.listed([name(text) for text in texts], limit)


def weekday(number: int, shop: Shop, width: Literal["full", "short", "letter"] = "full") -> str:
    """Return the name of a weekday, Monday being 0, in the shop's language.

    >>> weekday(4, Shop()), weekday(4, Shop(), "letter")
    ('Friday', 'F')
    """
    pattern = {"full": "EEEE", "short": "EEE", "letter": "EEEEE"}[width]
    return str(format_date(MONDAY + dt.timedelta(days=int(number)), pattern, locale=shop.language))


def month(first_day: dt.date, shop: Shop) -> str:
    """Return the name of a month with its year.

    >>> month(dt.date(2024, 12, 1), Shop())
    'Dec 2024'
    """
    return str(format_date(first_day, "MMM y", locale=shop.language))


def short_day(date: dt.date, shop: Shop) -> str:
    """Return a day without its year.

    >>> short_day(dt.date(2024, 12, 31), Shop())
    '31 Dec'
    """
    return str(format_date(date, "d MMM", locale=shop.language))


def days_of(period: Period, shop: Shop) -> str:
    """Return a period in words.

    >>> days_of(Period(dt.date(2024, 12, 4), dt.date(2024, 12, 31)), Shop())
    '4 Dec 2024 to 31 Dec 2024'
    """
    if period.days == 1:
        return words.day(period.start, shop.language)
    return f"{words.day(period.start, shop.language)} to {words.day(period.end, shop.language)}"


def glance(view: Overview, shop: Shop) -> list[str]:
    """Return the sentences at the head of the page: takings, sales, refunds."""
    if view.period is None:
        return [NO_DATA]
    told = [takings_sentence(view, shop)]
    if view.now["transactions"]:
        told.append(sales_sentence(view, shop))
    return told if view.now["refunds"] is None else [*told, refunds_sentence(view, shop)]


def takings_sentence(view: Overview, shop: Shop) -> str:
    """Return what was taken in the last days and how that compares with the same weekdays before."""
    if view.period is None:
        return NO_DATA
    days, now = view.period.days, view.now["gross_sales"]
    when = f"in the {days} days" if days > 1 else "in the one day"
    if not view.now["transactions"]:
        return f"Nothing was sold {when} to {words.day(view.period.end, shop.language)}."
    start = f"Takings were {amount(now, shop, view.currency)} {when} to {words.day(view.period.end, shop.language)}"
    if view.before is None:
        return f"{start}; {NOTHING_TO_COMPARE}."
    was = view.was["gross_sales"]
    if not was:
        return f"{start}; nothing was sold in the same weekdays before."
    change = words.change(float(now or 0), float(was), shop.language)
    return f"{start}, {change} on the same weekdays before ({amount(was, shop, view.currency)})."


def sales_sentence(view: Overview, shop: Shop) -> str:
    """Return how many sales there were and what an average one was worth, with their change."""
    if view.period is None:
        return NO_DATA
    sold, average = view.now["transactions"], view.now["average_transaction"]
    if not sold:
        return "There was no completed sale."
    code = view.currency or shop.currency
    no_coins = money.cash_digits(code) == 0
    worth = money.show(round(average or 0), code, language=shop.language, whole=no_coins)
    if sold == 1:
        return f"There was 1 sale, of {worth}."
    text = f"There were {words.plural(int(sold), 'sale')} of {worth} on average"
    was = view.was["average_transaction"]
    if view.was["transactions"] and was:
        number = words.change(float(sold), float(view.was["transactions"]), shop.language)
        size = words.change(float(average or 0), float(was), shop.language)
        text += f": their number is {number}, the average {size}"
    return f"{text}."


def refunds_sentence(view: Overview, shop: Shop) -> str:
    """Return how much was refunded and which share of sales that is; the share is left out where nothing was sold."""
    if view.period is None:
        return NO_DATA
    count, share = view.now["refunds"], view.now["refund_share"]
    if count is None or share is None:
        return "No refund is among the rows loaded."
    if not count:
        return "Nothing was refunded."
    total = amount(view.now["refunds_total"], shop, view.currency)
    if not view.now["transactions"]:
        return f"{words.plural(int(count), 'refund')} gave back {total}."
    text = f"{words.plural(int(count), 'refund')} gave back {total}, {words.share(share, shop.language)} of sales and "
    text += "refunds"
    before = view.was["refund_share"] if view.was["transactions"] else None
    return f"{text}; before it was {words.share(before, shop.language)}." if before is not None else f"{text}."


def days_sentence(view: Overview, known: Period | None, shop: Shop) -> str:
    """Return what is not whole about the latest days, "" if nothing is: data that begin or end within, closed days.

    ``known`` are the days of all data. Closed days are told where they differ from those compared with.
    """
    if view.period is None or known is None:
        return ""
    told, days = [], view.period.days
    if not view.whole:
        begins = view.period.start == known.start
        edge = f"begin only on {words.day(known.start, shop.language)}" if begins else ""
        told.append(f"The data {edge or f'end on {words.day(known.end, shop.language)}'}, so only "
                    f"{words.plural(days, 'day')} can be told of.")  # fmt: skip
    opened, before = view.now["trading_days"], view.was["trading_days"]
    if opened and opened != (days if before is None else before):
        text = f"There were sales on {words.count(opened)} of the {words.plural(days, 'day')}"
        told.append(f"{text}, and on {words.count(before)} of those before." if before is not None else f"{text}.")
    return " ".join(told)


def trend_sentence(verdict: Verdict, shop: Shop, currency: str | None = None) -> str:
    """Return whether weekly takings rise or fall, by how much a week, and how sure that is."""
    if verdict.word == "too short to say" or verdict.slope_minor is None:
        there = f"there {'is' if verdict.weeks < 2 else 'are'} {verdict.weeks or 'none'}"
        return f"A trend needs at least {FEWEST_WEEKS} whole weeks of sales; {there}."
    low, high = (amount(bound, shop, currency) for bound in (verdict.low_minor, verdict.high_minor))
    if verdict.word == "no clear trend":
        return (
            f"There is no clear trend over the last {verdict.weeks} weeks: takings change by "
            f"between {low} and {high} a week."
        )
    by = amount(abs(verdict.slope_minor), shop, currency)
    edges = sorted(abs(bound) for bound in (verdict.low_minor or 0.0, verdict.high_minor or 0.0))
    least, most = (amount(edge, shop, currency) for edge in edges)
    return (
        f"Takings are {verdict.word} by about {by} a week over the last {verdict.weeks} weeks "
        f"(likely between {least} and {most})."
    )


def best_weekdays(pattern: pd.DataFrame, shop: Shop) -> str:
    """Return which weekdays take most in a few words, ``""`` if there are too few weeks to say.

    A weekday is best if its 95 % interval lies above all others; those whose intervals reach into that of
    the highest mean are named together, in the order of the week.
    """
    known = pattern[pattern["mean_minor"].notna()]
    if len(known) < 2 or known["low_minor"].isna().any():
        return ""
    best = known.loc[known["mean_minor"].idxmax()]
    near = known.loc[known["high_minor"] >= best["low_minor"], "weekday"]
    if len(near) == len(known):
        return "no weekday stands out"
    names = [weekday(number, shop) for number in near]
    if len(names) == 1:
        return f"{names[0]} is the best day of the week"
    return f"{', '.join(names[:-1])} and {names[-1]} are the best days of the week"


def weekday_sentence(pattern: pd.DataFrame, shop: Shop, currency: str | None = None) -> str:
    """Return which weekday takes most and how much, from ``rhythm.weekday_pattern``."""
    known = pattern[pattern["mean_minor"].notna()]
    if known.empty:
        return NO_SALE
    best = known.loc[known["mean_minor"].idxmax()]
    name, worth = weekday(int(best["weekday"]), shop), amount(float(best["mean_minor"]), shop, currency)
    if len(known) == 1:
        return f"All sales were on a {name}: {worth} a day."
    finding = best_weekdays(pattern, shop)
    if not finding:
        return f"{name} takes most so far ({worth} a day), but there are too few weeks to be sure."
    if finding.startswith(f"{name} is "):
        return f"{finding}, at {worth} on average."
    return f"{finding[0].upper()}{finding[1:]}; {name} averages {worth}."


def day_note(holiday: str | None, eve_of: str | None) -> str:
    """Return the holiday a day is, or the eve of one, ``""`` if neither.

    >>> day_note(None, "Christmas Day")
    'the day before Christmas Day'
    """
    if holiday:
        return holiday
    return f"the day before {eve_of}" if eve_of else ""


def category_sentence(shares: pd.DataFrame, shop: Shop) -> str:
    """Return which category sells most, from ``mix.category_shares``."""
    named = shares[shares["product_category"].notna()]
    if shares.empty:
        return NO_LINE
    if named.empty:
        return "No product has a category."
    top = named.iloc[0]
    called = f"the category {name(top['product_category'])}"
    if len(shares) == 1:
        return f"Everything sold is in {called}."
    if pd.isna(top["share"]):
        return NO_SHARE
    part = words.share(float(top["share"]), shop.language, 0)
    text = f"T{called[1:]} makes up {part} of what was sold, more than any other"
    missing = shares.loc[shares["product_category"].isna(), "share"].sum()
    return f"{text}; {words.share(float(missing), shop.language, 0)} has no category." if missing > 0 else f"{text}."


def hour_sentence(pattern: pd.DataFrame, shop: Shop) -> str:
    """Return the busiest hour of the week, from ``rhythm.weekday_hours``."""
    if pattern.empty:
        return "The hour of sale is not known."
    top = pattern.loc[pattern["transactions_per_day"].idxmax()]
    rate = words.count(float(top["transactions_per_day"]), shop.language, 1 if top["transactions_per_day"] < 10 else 0)
    start = int(top["local_hour"])
    return (
        f"{weekday(int(top['weekday']), shop)}, {start}:00 to {(start + 1) % 24}:00, is busiest: {rate} sales an hour."
    )
