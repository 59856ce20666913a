"""The figures of the overview: who takes most at a glance, and what the change in takings is made of."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import captions, changes, summary
from shoplib.sales.figures import shared
from shoplib.sales.view import Scope, View
from shoplib.sales.views import overview
from shoplib.viz import diverging, glance, ticks
from shoplib.viz.export import Chart

FEW = 3
HEADINGS = {
    changes.HOW: "By factor", changes.WHERE: "By place", changes.WHAT: "By category", changes.WHEN: "By time of day",
}  # fmt: skip
SHORT = {name: name.split(",")[0] for name, *_ in changes.PARTS_OF_DAY}


def overview_panels(view: View, scope: Scope) -> Chart:
    """Return the places and categories that take most and takings by hour, side by side; one place alone is left out.

    ``view`` is the overview of the scope.
    """
    places, groups, hours = (view.listing(name).frame for name in LISTINGS)
    day = overview.reported(scope)[2]
    shop, currency = scope.shop, scope.currency
    told = pd.concat(
        [
            table.assign(part=part, name=table.iloc[:, 0])[["part", "name", "worth_minor", "share"]]
            for part, table in (("place", places), ("category", groups), ("hour", hours))
        ],
        ignore_index=True,
    )
    if told.empty:
        return shared.empty(view.findings[0] if view.findings else summary.NO_DATA, told)
    tops = [
        _bars(title, table, shop, currency)
        for title, table in (("Takings by place", places), ("Line sales by category", groups))
        if len(table) > 1
    ]
    columns = glance.Columns(
        "Takings by hour of the clock",
        [str(int(hour)) for hour in day["local_hour"]],
        day["gross_sales_minor"].astype("float64").tolist(),
        ticks.money_ticks(currency, shop.language),
    )
    shown = columns if len(day) else None
    if not tops and shown is None:
        return shared.empty("There is one place and one category, and the hour of sale is not known.", told)
    leaders = _leaders(places, groups, hours, shop)
    return Chart(
        glance.glance(tops, shown),
        leaders,
        f"Completed sales, {_days(scope)}: takings with tax{', line sales before discount and tax' if tops else ''}.",
        "Bars and columns: " + captions.listed(
            f"{name} {summary.amount(minor, shop, currency)}"
            for name, minor in zip(told["name"], told["worth_minor"], strict=True)
        ),
        told,
    )  # fmt: skip


LISTINGS = ("overview_places", "overview_categories", "overview_hours")


def change_chart(view: View, scope: Scope) -> Chart | None:
    """Return what the change in takings is made of as bars to both sides of zero; ``None`` where nothing is compared.

    ``view`` is the overview of the scope. The three largest places and categories are shown, the others together.
    """
    table = view.listing("changes").frame
    if table.empty:
        return None
    shop, currency = scope.shop, scope.currency
    rows = pd.concat([_few(part) for _, part in table.groupby("split", sort=False)], ignore_index=True)
    total = int(table.loc[table["split"] == changes.HOW, "change_minor"].sum())
    labels = [
        ("+" if minor > 0 else "") + ticks.money_label(int(minor), currency, shop.language)
        for minor in rows["change_minor"]
    ]
    size = summary.amount(abs(total), shop, currency)
    title = f"Takings {'rose' if total > 0 else 'fell'} by {size}" if total else "Takings did not change"
    how = rows[rows["split"] == changes.HOW]
    at = int(how["change_minor"].abs().to_numpy().argmax())
    reason, most = str(how["reason"].iloc[at]), int(how["change_minor"].iloc[at])
    if total and most * total > 0:
        title += f", mostly by {overview.NAMES[reason][int(most < 0)]}"
    figure = diverging.diverging(
        [HEADINGS[split] for split in rows["split"]], [SHORT.get(name, name) for name in rows["reason"]],
        rows["change_minor"].astype("float64").tolist(), labels, unit="Change in takings",
        muted=[changes.OTHER_PLACES, changes.OTHER_CATEGORIES, changes.REST],
    )  # fmt: skip
    return Chart(
        figure,
        f"{title}.",
        f"{_compared(scope)} The bars under each heading add up to the whole change; sales by category are after "
        "discount, without tax.",
        "Bars to both sides of zero: "
        + captions.listed(f"{name} {label}" for name, label in zip(rows["reason"], labels, strict=True)),
        table,
    )


def _bars(title: str, table: pd.DataFrame, shop: Shop, currency: str) -> glance.Bars:
    amounts = table["worth_minor"]
    names = [str(name) for name in table.iloc[:, 0]]
    labels = [
        ticks.compact_money(float(minor), currency, shop.language)
        + (f" · {words.share(share, shop.language, 0)}" if pd.notna(share) else "")
        for minor, share in zip(amounts, table["share"], strict=True)
    ]
    return glance.Bars(title, names, amounts.astype("float64").tolist(), labels, table["others"].tolist())


def _leaders(places: pd.DataFrame, groups: pd.DataFrame, hours: pd.DataFrame, shop: Shop) -> str:
    """Return who takes most, in one sentence."""
    found = []
    for table, called, one in (
        (places, summary.name, "{name} takes most ({share} of takings)"),
        (groups, shared.category, "{name} sells most ({share})"),
    ):
        if len(table) > 1 and pd.notna(table["share"].iloc[0]):
            share = words.share(float(table["share"].iloc[0]), shop.language, 0)
            found.append(one.format(name=called(table.iloc[0, 0]), share=share))
    if len(hours) > 1:
        found.append(f"{hours.iloc[0, 0]} is the hour with most takings")
    if not found:
        return f"Everything was taken at one place{', in one category' if len(groups) else ''} and in one hour."
    text = "; ".join(found)
    return f"{text[0].upper()}{text[1:]}."


def _few(part: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a split with its largest places or categories alone, and the others in one row."""
    named = part[~part["reason"].isin([changes.REST, changes.OTHER_PLACES, changes.OTHER_CATEGORIES])]
    split = str(part["split"].iloc[0])
    if split not in (changes.WHERE, changes.WHAT) or len(named) <= FEW + 1:
        return part
    others = changes.OTHER_PLACES if split == changes.WHERE else changes.OTHER_CATEGORIES
    kept = named.iloc[:FEW]
    last = part[part["reason"] == changes.REST]
    left = int(part["change_minor"].sum() - kept["change_minor"].sum() - last["change_minor"].sum())
    row = pd.DataFrame([{"split": split, "reason": others, "change_minor": left}])
    names = ["split", "reason", "change_minor"]
    return pd.concat([kept[names], row, last[names]], ignore_index=True)


def _days(scope: Scope) -> str:
    return summary.days_of(scope.window.shown, scope.shop) if scope.window.shown else ""


def _compared(scope: Scope) -> str:
    recent, before = scope.window.recent, scope.window.before
    if recent is None or before is None:
        return ""
    return f"Takings of {summary.days_of(recent, scope.shop)} against {summary.days_of(before, scope.shop)}."
