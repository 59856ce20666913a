"""The figures of the report on places."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import captions, summary
from shoplib.sales.figures import shared
from shoplib.viz import dots, podium, scatter, ticks
from shoplib.viz.export import Chart

STEPS = 3
STEP_NAMES = ("first", "second", "third")
MOST_ON_PODIUM = 4
MOST_LETTERS = 8
NO_TYPE = "Kind not known"


def place_chart(places: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return takings a day by place, each with its interval and rank; ``None`` with fewer than two places that sold.

    ``places`` is the main table of the report, here and below.
    """
    sold = places[places["transactions"] > 0].reset_index(drop=True)
    if places.empty or not len(sold):
        return shared.empty(summary.NO_SALE, places.iloc[:0])
    if len(sold) < 2:
        return None
    code = currency or shop.currency
    shown = sold.head(shared.MANY_NAMES)
    a_day = shown["gross_sales_per_day_minor"].astype("int64")
    rank = ["" if pd.isna(at) else str(at) for at in shown["rank"]]
    worth = [_short(minor, code, shop) for minor in a_day.tolist()]
    labels, short = (
        [f"{minor} · {word}{at}" if at else minor for minor, at in zip(worth, rank, strict=True)]
        for word in ("rank ", "")
    )
    names = shown["location_name"].tolist()
    return Chart(
        dots.dots(
            names, a_day.astype(float).tolist(), shown["low_minor"].tolist(), shown["high_minor"].tolist(), labels,
            unit="Takings a trading day", values=ticks.money_ticks(code, shop.language),
            short_labels=short,
        ),
        _ranked(sold, shop, currency),
        "Mean takings by trading day with its 95% interval, in order of all takings, and the rank. Places that share a "
        "rank are not apart beyond chance; ranks are judged on the same days, so places may be apart though their "
        f"intervals overlap{captions.cut(len(sold), shared.MANY_NAMES)}.",
        "Dots by place: " + captions.listed(f"{name} {label}" for name, label in zip(names, labels, strict=True)),
        sold,
    )  # fmt: skip


def type_chart(types: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return takings by kind of place as bars, from ``location_types``; ``None`` with fewer than two kinds."""
    if len(types) < 2 or types["share"].isna().all():
        return None
    names = types["location_type"].fillna(NO_TYPE).astype(str).tolist()
    top, part = names[0], words.share(float(types["share"].iloc[0]), shop.language, 0)
    count = words.plural(int(types["places"].iloc[0]), "place")
    return Chart(
        shared.money_bars(
            names, types["gross_sales_minor"], types["share"], "Takings and share of all", shop, currency
        ),
        f"{top[:1].upper()}{top[1:]} takes most of all kinds of place: {part}, in {count}.",
        f"Completed sales by kind of place, tax included{captions.cut(len(types), shared.MANY_NAMES)}.",
        "Bars by kind of place: " + captions.amounts(names, types["gross_sales_minor"], shop, currency),
        types,
    )


def podium_chart(places: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return the first three places on as many steps as there are ranks apart; shared ranks stand equally high.

    Of a rank shared by many there is one column. ``None`` with fewer than two ranked places, if none is apart from the
    rest, or if there are so many first ones that nobody else is among the first three.
    """
    ranked = places[places["rank"].notna()].reset_index(drop=True)
    number = ranked["rank"].astype(str).str.rstrip("=").astype("int64")
    on = ranked[(number <= STEPS).to_numpy()]
    groups = [group for _, group in on.groupby("rank", sort=False)]
    if len(ranked) < 2 or len(groups[0]) == len(ranked):
        return None
    few = sum(map(len, groups)) <= MOST_ON_PODIUM
    if len(groups) == 1 and not few:
        return None
    names, steps, ranks, labels = [], [], [], []
    for step, group in enumerate(groups):
        parts = [group] if len(group) > 1 and not few else [group.iloc[[row]] for row in range(len(group))]
        for part in parts:
            alone = len(part) == 1
            worth = _short(int(part["gross_sales_minor"].iloc[0]), currency or shop.currency, shop)
            names.append(part["location_name"].iloc[0] if alone else words.plural(len(part), "place"))
            labels.append(worth if alone else f"{worth} at most")
            steps.append(step)
            ranks.append(str(part["rank"].iloc[0]))
    told = [f"{rank} {name} ({label})" for rank, name, label in zip(ranks, names, labels, strict=True)]
    return Chart(
        podium.podium(names, steps, ranks, labels),
        _first(on),
        "The first three places by takings; steps are equal where takings are not apart beyond chance. Heights tell "
        "the rank alone.",
        "Podium: " + captions.listed(told),
        on.reset_index(drop=True),
    )


def matrix_chart(places: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return places by sales a day and average sale, in quarters at the medians; ``None`` with fewer than four."""
    known = places[places["quadrant"].notna()].reset_index(drop=True)
    if known.empty:
        return None
    code = currency or shop.currency
    volume = known["transactions_per_day"].astype(float)
    value = known["average_transaction_minor"].astype(float)
    middle = (float(volume.median()), float(value.median()))
    far = ((volume / (middle[0] or 1) - 1).abs() + (value / (middle[1] or 1) - 1).abs()).to_numpy()
    order = (-far).argsort(kind="stable")
    both = known.loc[known["quadrant"] == "many sales, high value", "location_name"]
    corners = ("Few sales, high value", "Many sales, high value", "Few sales, low value", "Many sales, low value")
    told = [f"{name}: {word}" for name, word in zip(known["location_name"], known["quadrant"], strict=True)]
    return Chart(
        scatter.quarters(
            [known["location_name"].iloc[at] for at in order], volume.iloc[order].tolist(), value.iloc[order].tolist(),
            across_unit="Sales a trading day", up_unit="Average sale", across_values=ticks.count_ticks(shop.language),
            up_values=ticks.money_ticks(code, shop.language), middle=middle, corners=corners,
        ),
        f"{_joined(both.tolist())} {'has' if len(both) == 1 else 'have'} both many sales and a high average."
        if len(both) else "No place has both many sales and a high average.",
        "Completed sales by trading day and their average, tax included; lines at the medians of all places. Names are "
        "left out where there is no room for them.",
        "Points by place: " + captions.listed(told),
        known,
    )  # fmt: skip


def _short(minor: int, currency: str, shop: Shop) -> str:
    """Return an amount to stand in a chart, shortened where it is long.

    >>> _short(193_400, "GBP", Shop()), _short(3_591_841_500, "IDR", Shop())
    ('£1,934', 'IDR35.9M')
    """
    text = ticks.money_label(minor, currency, shop.language)
    return text if len(text) <= MOST_LETTERS else ticks.compact_money(minor, currency, shop.language)


def _ranked(sold: pd.DataFrame, shop: Shop, currency: str | None) -> str:
    """Return the finding about the first rank, of at least two places that sold, in order."""
    top = sold.iloc[0]
    worth = summary.amount(int(top["gross_sales_per_day_minor"]), shop, currency)
    text = f"{top['location_name']} takes most, {worth} a day"
    if top["rank"] is None or pd.isna(top["rank"]):
        return f"{text}; there are too few days to say who is apart."
    equal = sold[(sold["rank"] == top["rank"]).to_numpy()].iloc[1:]
    if equal.empty:
        return f"{text}, more than any other beyond chance."
    if len(equal) + 1 == len(sold):
        return f"{text}, but no place is apart from it beyond chance."
    return f"{text}; not apart from it beyond chance: {words.listed(equal['location_name'], limit=3)}."


def _first(on: pd.DataFrame) -> str:
    """Return who stands on which step, those of one rank together.

    >>> _first(pd.DataFrame({"location_name": ["Bar", "Inn", "Pub"], "rank": ["1", "2=", "2="]}))
    'First: Bar; second: Inn, Pub.'
    """
    told = [
        f"{STEP_NAMES[int(str(rank).rstrip('=')) - 1]}: {words.listed(group['location_name'], limit=STEPS)}"
        for rank, group in on.groupby("rank", sort=False)
    ]
    text = "; ".join(told)
    return f"{text[:1].upper()}{text[1:]}."


def _joined(names: list[str]) -> str:
    """Return names joined by commas and an "and"; past three the rest are counted."""
    if len(names) > STEPS or len(names) == 1:
        return words.listed(names, limit=STEPS)
    return f"{', '.join(names[:-1])} and {names[-1]}"
