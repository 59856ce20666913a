"""What is known about customers, visits and baskets, in sentences; nothing is said where nothing is known."""

from __future__ import annotations

import pandas as pd

from shoplib.base import money, words
from shoplib.config.models import Shop
from shoplib.customers.baskets import MOST_PRODUCTS, Baskets
from shoplib.customers.rfm import SEGMENTS, by_segment
from shoplib.customers.visits import Footfall

CARDS = ("known_customers", "known_sales_share", "recognised_visits_share")
"""The measures at the head of the page, where they are known."""
COMMON_SHARE = 0.001
"""Share of all sales a pair must be found in to be named in a sentence or a title."""
DUES = {"unpaid": "unpaid", "credit": "on credit"}


def missing(segments: pd.DataFrame, visits: pd.DataFrame) -> list[str]:
    """Return in one remark what these data cannot tell about who comes back; nothing if sales know their customers."""
    if len(segments):
        return []
    if visits["customer_id"].notna().any():
        return ["No sale carries a customer's key: visits tell who comes back, not what they spend."]
    return ["Neither sales nor visits carry a customer's key, so who comes back is not known."]


def customers(segments: pd.DataFrame, transactions: pd.DataFrame, shop: Shop) -> list[str]:
    """Return how many customers are known, who brings most, and who may be leaving; nothing without customers."""
    if segments.empty:
        return []
    share = words.share(known_sales_share(segments, transactions), shop.language)
    several = int((segments["transactions"] > 1).sum())
    sentences = [
        f"{words.plural(len(segments), 'customer')} {'is' if len(segments) == 1 else 'are'} known to the till, in "
        f"{share} of the sales; {words.count(several, shop.language)} of them bought more than once."
    ]
    groups = by_segment(segments)
    if len(groups) > 1 and groups["sales_share"].notna().all():
        sentences.append(leading(groups, shop))
    leaving = groups[groups["segment"] == "at risk"]
    if len(leaving):
        one = leaving.iloc[0]
        worth = amount(int(one["gross_sales_minor"]), shop)
        sentences.append(
            f"{words.plural(int(one['customers']), 'customer')} {'is' if one['customers'] == 1 else 'are'} at risk: "
            f"they {SEGMENTS['at risk']}. So far they spent {worth}."
        )
    return sentences


def leading(groups: pd.DataFrame, shop: Shop) -> str:
    """Return which segment of :func:`rfm.by_segment` brings most, against its share of the customers."""
    top = groups.iloc[0]
    people = words.share(float(top["customers_share"]), shop.language, 0)
    takings = words.share(float(top["sales_share"]), shop.language, 0)
    name = str(top["segment"])
    subject = f"Customers {name}" if name in ("at risk",) else f"{name.capitalize()} customers"
    subject = "Champions" if name == "champions" else subject
    return f"{subject} are {people} of those known and bring {takings} of their takings."


def known_sales_share(segments: pd.DataFrame, transactions: pd.DataFrame) -> float:
    """Return the share of completed transactions whose customer is known; 0 without transactions."""
    done = int((transactions["transaction_status"] == "completed").sum())
    return float(segments["transactions"].sum()) / done if done else 0.0


def measured(segments: pd.DataFrame, transactions: pd.DataFrame, seen: Footfall) -> pd.DataFrame:
    """Return what is known as a table of metrics; a measure that these data cannot give has no line.

    Columns metric, label, unit, value, before, change_share, better, definition.
    """
    rows: list[tuple[str, str, str, float | None, str]] = []
    if len(segments):
        again = float((segments["transactions"] > 1).mean())
        rows += [
            ("known_customers", "Known customers", "customers", len(segments),
             "customers with a key and a completed transaction"),
            ("known_sales_share", "Sales with a known customer", "share", known_sales_share(segments, transactions),
             "completed transactions that carry a customer's key, among all completed ones"),
            ("bought_again_share", "Bought again", "share", again, "known customers with two sales or more"),
        ]  # fmt: skip
    if seen.visits:
        rows += [
            ("visits_seen", "Visits", "visits", seen.visits, "stays of one person, as the camera saw them"),
            ("recognised_visits_share", "Visits recognised", "share", seen.recognised_share,
             "visits whose customer the camera knew, among all visits"),
            ("stay_minutes", "Median stay in minutes", "minutes", seen.median_stay_minutes,
             "half of the visits last no longer than this"),
        ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["metric", "label", "unit", "value", "definition"])
    return table.assign(before=None, change_share=float("nan"), better="neither")


def visits(seen: Footfall, shop: Shop) -> list[str]:
    """Return how many visits there were, how many were recognised, and how many came again; nothing without visits."""
    if not seen.visits:
        return []
    share = words.share(seen.recognised_share or 0.0, shop.language)
    sentences = [f"{words.plural(seen.visits, 'visit')} were seen; in {share} of them the camera knew the customer."]
    if seen.visits == 1:
        sentences = ["1 visit was seen."]
    if seen.returning_share is not None and seen.median_visits is not None:
        came = words.share(seen.returning_share, shop.language, 0)
        often = words.count(seen.median_visits, shop.language, 0 if float(seen.median_visits).is_integer() else 1)
        text = f"Of {words.plural(seen.customers, 'known customer')} {came} came more than once"
        sentences.append(f"{text}; half of them came {often} times or more." if seen.median_visits > 1 else f"{text}.")
    if seen.mean_stay_minutes is not None and seen.median_stay_minutes is not None:
        mean, median = (
            words.count(value, shop.language, 1) for value in (seen.mean_stay_minutes, seen.median_stay_minutes)
        )
        sentences.append(f"A stay lasts {mean} minutes on average; half of them last no longer than {median}.")
    return sentences


def pairs(found: Baskets, listed: pd.DataFrame, telling: pd.DataFrame, least: int, shop: Shop) -> list[str]:
    """Return how much is bought together, and which pair most clearly; one plain sentence where nothing is.

    ``listed`` are all pairs, ``telling`` those beyond chance with their names, ``least`` the baskets a pair needs.
    """
    if not found.count:
        return []
    if not found.several:
        return ["Every sale is of one product, so there is nothing to say about what is bought together."]
    share = words.share(found.several / found.count, shop.language, 0)
    sentences = [f"{share} of the sales hold two products or more."]
    if found.too_large:
        sentences.append(
            f"{words.plural(found.too_large, 'sale')} of more than {MOST_PRODUCTS} products "
            f"{'is' if found.too_large == 1 else 'are'} left out of what follows."
        )
    if listed.empty:
        return [*sentences, f"No pair of products is found in {words.plural(least, 'basket')} or more."]
    counted = words.plural(len(listed), "pair")
    if telling.empty:
        verb = "is" if len(listed) == 1 else "are"
        text = (
            f"{counted} {verb} found in {words.plural(least, 'basket')} or more, none more often than chance explains."
        )
        return [*sentences, text]
    text = (
        f"{words.count(len(telling), shop.language)} of {counted} {'is' if len(telling) == 1 else 'are'} bought "
        "together more often than chance explains"
    )
    likely = common(telling)
    if len(likely):
        top = likely.iloc[0]
        most = " most of all:" if len(likely) > 1 else ","
        lead = ", " if len(likely) > 1 else ": " if len(telling) == 1 else "; the one that is not rare is "
        text += f"{lead}{top['name_a']} with {top['name_b']}{most} {times(top, shop)} as often"
    return [*sentences, f"{text}."]


def common(telling: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs found in one sale of a thousand or more, in their order: those worth a headline."""
    return telling[telling["support"] >= COMMON_SHARE].reset_index(drop=True)


def times(pair: pd.Series, shop: Shop) -> str:
    """Return a pair's lift in words.

    >>> times(pd.Series({"lift": 2.345}), Shop())
    '2.3 times'
    """
    return f"{words.count(float(pair['lift']), shop.language, 1)} times"


def dues(table: pd.DataFrame, shop: Shop) -> list[str]:
    """Return what the till marks as not paid on the spot; nothing if it marks none."""
    if table.empty:
        return []
    worth = [
        money.show(int(total), currency, language=shop.language)
        for total, currency in zip(table["total_minor"], table["currency"], strict=True)
    ]
    parts = [
        f"{words.plural(int(count), 'sale')} {DUES[status]} ({total})"
        for status, count, total in zip(table["payment_status"], table["transactions"], worth, strict=True)
    ]
    return [f"By the till's own record: {' and '.join(parts)}. Whether they were paid later is not known here."]


def amount(minor: int, shop: Shop) -> str:
    """Return an amount without its small coins."""
    return money.show(minor, shop.currency, language=shop.language, whole=True)
