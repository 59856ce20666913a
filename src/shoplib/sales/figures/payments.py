"""The figures of the report on payments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.sales import adoption, captions, paying, summary
from shoplib.sales.figures import shared
from shoplib.sales.view import Scope, View
from shoplib.sales.views import payments
from shoplib.viz import ticks
from shoplib.viz.course import course
from shoplib.viz.dots import dots
from shoplib.viz.export import Chart
from shoplib.viz.pairs import pairs
from shoplib.viz.stacked import MOST, stacked

FEWEST_MONTHS, FEWEST_WEEKS = 3, 2
MOST_WEEKS = 26


def methods_chart(view: View, scope: Scope) -> Chart | None:
    """Return each way of paying with its share of sales beside its share of takings; ``None`` if there is but one."""
    table, language = view.listing("payments").frame, scope.shop.language
    title = payments.carries(table, scope)
    if table.empty or table["share"].isna().any():
        return shared.empty(title, table)
    if len(table) == 1:
        return None
    told = (
        f"{row['method_label']} {words.share(row['transactions_share'], language)} of sales and "
        f"{words.share(row['share'], language)} of takings"
        for row in table.to_dict("records")
    )
    return Chart(
        pairs(
            table["method_label"].tolist(), table["transactions_share"].tolist(), table["share"].tolist(),
            first_label="Share of sales", second_label="Share of takings", unit="Share of all completed sales",
            show=lambda value: words.share(value, ticks.drawn_language(language)),
        ),
        title,
        f"Completed sales by how they were paid, {captions.days_known(scope.shown_daily, scope.shop)}.",
        f"Two dots a way of paying: {captions.listed(told)}",
        table,
    )  # fmt: skip


def averages_chart(view: View, scope: Scope) -> Chart | None:
    """Return the average sale of each way of paying with its interval; ``None`` if there is but one."""
    table, shop = view.listing("payments").frame, scope.shop
    if len(table) <= 1:
        return None
    top = table.loc[table["average_transaction_minor"].astype("float64").idxmax()]
    sure = table["low_minor"].notna() & (table["payment_method"] != top["payment_method"])
    clear = pd.notna(top["low_minor"]) and sure.any() and (table.loc[sure, "high_minor"] < top["low_minor"]).all()
    worth = summary.amount(int(top["average_transaction_minor"]), shop, scope.currency)
    lead = f"A sale paid by {paying.in_sentence(str(top['payment_method']))} is worth most, {worth} on average"
    title = f"{lead}." if clear else "No way of paying goes with dearer sales than all others beyond chance."
    names, averages = table["method_label"].tolist(), table["average_transaction_minor"]
    return Chart(
        dots(
            names, averages.astype("float64").tolist(), table["low_minor"].tolist(), table["high_minor"].tolist(),
            [ticks.money_label(int(minor), scope.currency, shop.language) for minor in averages], unit="Average sale",
            values=ticks.money_ticks(scope.currency, ticks.drawn_language(shop.language)),
        ),
        title,
        "Takings by completed sale; the line is the 95% interval from how far days differ, a hollow dot has too few.",
        "Average sale: " + captions.amounts(names, averages, shop, scope.currency),
        table,
    )  # fmt: skip


def adoption_chart(view: View, scope: Scope) -> Chart | None:
    """Return the digital share by month with its interval, by week under three whole months.

    ``None`` if no way of paying is named, no sale was paid digitally, or there are not even two whole weeks.
    """
    months = view.listing("payment_months").frame
    by_week = int((~months["partial"].astype(bool)).sum()) < FEWEST_MONTHS
    table = adoption.weeks(scope).tail(MOST_WEEKS).reset_index(drop=True) if by_week else months
    if not months["digital_transactions"].any() or table["digital_share"].notna().sum() < FEWEST_WEEKS:
        return None
    drawn, language = shared.drawn(scope.shop), scope.shop.language
    names = (
        [summary.short_day(end.date(), drawn) for end in table["week_end"]] if by_week
        else [summary.month(first.date(), drawn).replace(" ", "\n") for first in table["month"]]
    )  # fmt: skip
    known = table[table["digital_share"].notna()]
    ends = [words.share(float(known["digital_share"].iloc[at]), language) for at in (0, -1)]
    least, most = (
        words.share(float(part), language) for part in (known["digital_share"].min(), known["digital_share"].max())
    )
    of = "week" if by_week else "month"
    partial = table["partial"].astype(bool)
    cut = " A hollow dot is a month that is not whole." if partial.any() else ""
    title = payments.adopts(adoption.trend(months), months, scope)
    return Chart(
        course(
            names, table["digital_share"].tolist(), table["low_share"].tolist(), table["high_share"].tolist(),
            table["digital_value_share"].tolist(), unit="Paid digitally", ticks=ticks.share_ticks(drawn.language),
            label="Of sales", beside_label="Of takings", partial=partial.tolist(),
        ),
        title or "There are too few sales to say how many are paid digitally.",
        f"Sales paid by {paying.digital_ways(scope)} among those whose way of paying is named, by "
        f"{'week to the day shown' if by_week else 'month'}; upright lines are 95% intervals from how far days differ. "
        f"The axis need not start at zero.{cut}",
        f"Line over {words.plural(len(known), of)}: from {ends[0]} to {ends[1]} of sales, lowest {least}, highest "
        f"{most}.",
        table,
    )  # fmt: skip


def places_chart(view: View, scope: Scope) -> Chart | None:
    """Return how sales were paid at each place as parts of a bar, the twenty places with most sales.

    ``None`` if there are not two places to compare.
    """
    found = {listing.name: listing.frame for listing in view.listings}.get("payments_by_location")
    if found is None or not found["compared"].any():
        return None
    table = found.sort_values(
        ["transactions", "location_id"], ascending=[False, True], kind="stable", ignore_index=True
    )
    shown = table.head(shared.MANY_NAMES)
    parts = shown[[name for name in shown.columns if name.endswith("_share")]]
    if parts.shape[1] > MOST:
        rest = parts.iloc[:, MOST - 1 :].sum(axis=1)
        parts = parts.iloc[:, : MOST - 1].assign(all_others_share=rest)
    labelled = parts.set_axis([paying.label(name.removesuffix("_share")) for name in parts.columns], axis=1)
    language = scope.shop.language
    told = (
        f"{name}: " + ", ".join(f"{label} {words.share(value, language, 0)}" for label, value in row.items() if value)
        for name, row in zip(shown["location_name"], labelled.to_dict("records"), strict=True)
    )
    return Chart(
        stacked(
            labelled.replace(0.0, np.nan), names=shown["location_name"].tolist(), unit="Share of the place's sales",
            show=lambda value: words.share(value, ticks.drawn_language(language), 0),
        ),
        payments.differs(found, scope),
        f"Completed sales by how they were paid{captions.cut(len(table), shared.MANY_NAMES)}; places with fewer than "
        f"{scope.settings.fewest_sales} sales are left out.",
        "Bars by place: " + captions.listed(told),
        table,
    )  # fmt: skip
