"""The figures of the report on employees."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import captions, skill
from shoplib.sales.figures import shared
from shoplib.viz import charts, dots, scatter, ticks
from shoplib.viz.export import Chart

ENDS = 8
"""Employees shown from either end where there are many."""
FEWEST_IN_QUARTERS = 4
NO_ROLE = "Role not known"


def ratio_chart(people: pd.DataFrame, shop: Shop) -> Chart | None:
    """Return how far each employee lies from what others take in the same hours, highest first, with intervals.

    ``people`` is the main table of the report, here and below. Of many, the first and the last eight are shown; who is
    apart beyond chance is marked. ``None`` if nobody can be judged.
    """
    judged = people[people["low_share"].notna()]
    if judged.empty:
        return None
    judged = judged.iloc[np.argsort(-judged["above_share"].to_numpy(), kind="stable")].reset_index(drop=True)
    cut = len(judged) > 2 * ENDS
    shown = pd.concat([judged.head(ENDS), judged.tail(ENDS)]) if cut else judged
    labels = [_against(float(by), shop) for by in shown["above_share"]]
    apart = (judged["verdict"] != skill.CHANCE).sum()
    title = (
        f"{words.plural(int(apart), 'employee')} of {len(judged)} {'is' if apart == 1 else 'are'} apart from what "
        "others take in the same hours, beyond chance."
        if apart else
        f"No employee of {len(judged)} is apart from what others take in the same hours beyond chance."
    )  # fmt: skip
    return Chart(
        dots.dots(
            shown["employee"].tolist(), shown["above_share"].tolist(), shown["low_share"].tolist(),
            shown["high_share"].tolist(), labels, unit="Takings an hour against the others",
            values=ticks.share_ticks(shop.language), accent=(shown["verdict"] != skill.CHANCE).tolist(), reference=0.0,
        ),
        title,
        "Takings against those of others at the same place, weekday and hour of the clock, with 95% intervals; "
        f"{'blue: apart beyond chance, all judged together' if apart else 'all may be chance'}"
        f"{f'; the first and the last {ENDS} of {len(judged)}' if cut else ''}.",
        "Dots by employee: " + captions.listed(
            f"{name} {label}" for name, label in zip(shown["employee"], labels, strict=True)
        ),
        judged,
    )  # fmt: skip


def role_chart(roles: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return takings an hour by role as bars, from ``roles``; ``None`` with fewer than two roles."""
    known = roles[roles["gross_per_hour_minor"].notna()]
    known = known.sort_values("gross_per_hour_minor", ascending=False, kind="stable", ignore_index=True)
    if len(known) < 2:
        return None
    code = currency or shop.currency
    rate = known["gross_per_hour_minor"].astype("int64")
    names = known["employee_role"].fillna(NO_ROLE).astype(str).tolist()
    labels = [
        f"{ticks.money_label(minor, code, shop.language)} · {words.plural(int(people), 'person', 'people')}"
        for minor, people in zip(rate.tolist(), known["people"], strict=True)
    ]
    count = shared.MANY_NAMES
    return Chart(
        charts.bars(names[:count], rate.astype(float).tolist()[:count], labels[:count],
                    unit="Takings an hour with sales, and people"),
        f"{names[0]} takes most an hour of all roles: {ticks.money_label(int(rate[0]), code, shop.language)}.",
        "Takings by role and hour of the clock with a sale. Roles differ by place and hour too, so this is not about "
        f"skill{captions.cut(len(known), count)}.",
        "Bars by role: " + captions.listed(f"{name} {label}" for name, label in zip(names, labels, strict=True)),
        known,
    )  # fmt: skip


def volume_value_chart(people: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return employees by sales an hour and average sale, in quarters at the medians; ``None`` with fewer than four.

    Hours that are not known leave an employee out.
    """
    known = people[people["hours"].notna().to_numpy()].reset_index(drop=True)
    if len(known) < FEWEST_IN_QUARTERS:
        return None
    known["transactions_per_hour"] = known["transactions"] / known["hours"].astype(float)
    volume, value = known["transactions_per_hour"], known["average_transaction_minor"].astype(float)
    middle = (float(volume.median()), float(value.median()))
    far = ((volume / (middle[0] or 1) - 1).abs() + (value / (middle[1] or 1) - 1).abs()).to_numpy()
    order = (-far).argsort(kind="stable")
    low, high = (words.count(float(end), shop.language, 1) for end in (volume.min(), volume.max()))
    cheap, dear = (
        ticks.money_label(int(end), currency or shop.currency, shop.language) for end in (value.min(), value.max())
    )
    return Chart(
        scatter.quarters(
            [known["employee"].iloc[at] for at in order], volume.iloc[order].tolist(), value.iloc[order].tolist(),
            across_unit="Sales an hour", up_unit="Average sale", across_values=ticks.count_ticks(shop.language),
            up_values=ticks.money_ticks(currency or shop.currency, shop.language), middle=middle,
            corners=("Few, large sales", "Many, large sales", "Few, small sales", "Many, small sales"),
        ),
        f"Employees make between {low} and {high} sales an hour, of {cheap} to {dear} on average.",
        "Completed sales by hour of the clock with a sale, and their average, tax included; lines at the medians. "
        "Place and hour play a part in both. Keys or names are left out where there is no room for them.",
        f"Points for {words.plural(len(known), 'employee')}: {low} to {high} sales an hour, {cheap} to {dear} a sale.",
        known,
    )  # fmt: skip


def _against(by: float, shop: Shop) -> str:
    """Return how far above or below the others, in words.

    >>> _against(0.058, Shop()), _against(-0.02, Shop()), _against(0.0, Shop())
    ('5.8% above', '2.0% below', 'equal')
    """
    size = words.share(abs(by), shop.language)
    return "equal" if abs(by) <= 0.0005 else f"{size} {'above' if by > 0 else 'below'}"
