"""The figures of the customer page; each is left out, as ``None``, where the data cannot carry it."""

from __future__ import annotations

import pandas as pd
from babel.dates import format_date
from matplotlib.patches import Patch

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.customers import rfm, summary
from shoplib.customers import visits as seen
from shoplib.viz import charts, palette, style, ticks
from shoplib.viz.export import Chart

FEWEST_WEEKS = 2
MANY_WEEKS = 26


def segments_chart(segments: pd.DataFrame, shop: Shop) -> Chart | None:
    """Return takings by segment of customers as bars; none without customers or without takings."""
    table = rfm.by_segment(segments)
    if table.empty or table["sales_share"].isna().any():
        return None
    labels = [
        f"{ticks.money_label(int(minor), shop.currency, shop.language)} · {words.share(share, shop.language, 0)} · "
        f"{words.plural(int(people), 'customer')}"
        for minor, share, people in zip(
            table["gross_sales_minor"], table["sales_share"], table["customers"], strict=True
        )
    ]
    names = [name.capitalize() for name in table["segment"]]
    if len(table) == 1:
        count, name = int(table["customers"].iloc[0]), str(table["segment"].iloc[0])
        title = f"All {count} known customers are {name}." if count > 1 else f"The one known customer is {name}."
    else:
        title = summary.leading(table, shop)
    meaning = "; ".join(f"{name}: {what}" for name, what in rfm.SEGMENTS.items() if name in set(table["segment"]))
    told = [f"{name} {label}" for name, label in zip(names, labels, strict=True)]
    return Chart(
        charts.bars(
            names, table["gross_sales_minor"].astype(float).tolist(), labels,
            unit="Takings · share · customers",
        ),
        title,
        f"Completed sales of known customers, tax included. {meaning[0].upper()}{meaning[1:]}.",
        f"Bars by segment: {words.listed(told)}.",
        table,
    )  # fmt: skip


def weeks_chart(visits: pd.DataFrame, shop: Shop) -> Chart | None:
    """Return known customers by week, returning ones within all; none with fewer than two whole weeks of them."""
    table = seen.weekly(visits)
    table = table[table["whole"].astype(bool)].tail(MANY_WEEKS).reset_index(drop=True)
    both = table["new"] + table["returning"]
    if len(table) < FEWEST_WEEKS or not both.any():
        return None
    language = ticks.drawn_language(shop.language)
    names = [str(format_date(monday.date(), "d MMM", locale=language)) for monday in table["week"]]
    figure = charts.columns(
        names, both.tolist(), unit="Known customers a week", values=ticks.count_ticks(shop.language),
        accent=[False] * len(table),
    )  # fmt: skip
    with style.house():
        figure.axes[0].bar(range(len(table)), table["returning"], width=0.7, color=palette.ACCENT)
        figure.legend(
            [Patch(color=palette.ACCENT), Patch(color=palette.MUTED)], ["Came before", "First seen that week"],
            loc="outside upper left", ncols=2, columnspacing=1.2,
        )  # fmt: skip
    last = table.iloc[-1]
    share = float(last["returning"]) / float(both.iloc[-1]) if both.iloc[-1] else 0.0
    of = words.plural(int(both.iloc[-1]), "known customer")
    title = f"{words.share(share, shop.language, 0)} of the {of} in the last whole week had come before."
    told = [
        f"{name} {back} returning and {new} new"
        for name, back, new in zip(names, table["returning"], table["new"], strict=True)
    ]
    return Chart(
        figure,
        title,
        "People the camera recognised, each counted once a week, by the week's Monday; only whole weeks. In the first "
        "weeks nearly everybody is new, because nobody was known before.",
        f"Stacked bars by week: {words.listed(told, limit=12)}.",
        table,
    )


def visits_chart(visits: pd.DataFrame, shop: Shop) -> Chart | None:
    """Return how many known customers came once, twice and more; none if nobody is known."""
    table = seen.visits_each(visits)
    if table.empty:
        return None
    last = int(table.loc[table["customers"] > 0].index[-1])
    shown = table.iloc[: last + 1].astype({"visits": str})
    once = words.share(float(shown["share"].iloc[0]), shop.language, 0)
    often = float(shown["share"].iloc[4:].sum())
    title = f"{once} of the known customers came once"
    title += f", {words.share(often, shop.language, 0)} five times or more." if often else "; nobody five times."
    told = [f"{name} by {count}" for name, count in zip(shown["visits"], shown["customers"], strict=True)]
    figure = charts.columns(
        shown["visits"].tolist(), shown["customers"].tolist(), unit="Known customers",
        values=ticks.count_ticks(shop.language),
    )  # fmt: skip
    with style.house():
        figure.axes[0].set_xlabel("Visits of one customer")
    return Chart(
        figure,
        title,
        "Customers the camera knew, by their visits over all days of the data.",
        f"Bars by number of visits and how many customers made it: {words.listed(told)}.",
        shown,
    )  # fmt: skip


def pairs_chart(telling: pd.DataFrame, shop: Shop, count: int = 15) -> Chart | None:
    """Return the pairs of highest lift as bars; none without a pair. ``telling`` carries the products' names.

    Pairs found in less than one sale of a thousand are drawn only if there are no others, and never named in the title.
    """
    likely = summary.common(telling)
    listed = telling if likely.empty else likely
    table = listed.head(count).reset_index(drop=True)
    if table.empty:
        return None
    names = [f"{a} + {b}" for a, b in zip(table["name_a"], table["name_b"], strict=True)]
    labels = [
        f"{words.count(lift, shop.language, 1)} × · {words.plural(int(baskets), 'basket')} · "
        f"{words.share(support, shop.language, 1 if support >= 0.001 else 2)}"
        for lift, baskets, support in zip(table["lift"], table["baskets"], table["support"], strict=True)
    ]
    top = table.iloc[0]
    title = f"{top['name_a']} with {top['name_b']} is bought together {summary.times(top, shop)} as often as chance "
    title += "would have it."
    if likely.empty:
        verb = "is" if len(telling) == 1 else "are"
        title = (
            f"{words.plural(len(telling), 'rare pair')} {verb} bought together more often than chance would have it."
        )
    kept = "" if likely.empty else f" and in {words.share(summary.COMMON_SHARE, shop.language)} of the sales or more"
    more = f"; the {len(table)} highest of {words.count(len(listed), shop.language)} such pairs"
    told = [f"{name} {label}" for name, label in zip(names, labels, strict=True)]
    return Chart(
        charts.bars(names, table["lift"].tolist(), labels, unit="Lift · baskets · support"),
        title,
        f"Pairs found together more often than chance explains{kept}{more if len(listed) > len(table) else ''}. "
        "Lift: how many times as often as if each product were bought whatever else is in the basket. Support: share "
        "of all sales that hold both.",
        f"Bars by pair: {words.listed(told)}.",
        table,
    )
