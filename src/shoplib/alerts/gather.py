"""All rules over the tables of a run, and what they found as a reader sees it."""

from __future__ import annotations

import pandas as pd

from shoplib.alerts import data, shelf, stock, takings
from shoplib.alerts.problem import FILE_REFUSED, ROWS_SET_ASIDE, problems, ranked
from shoplib.base import money, words
from shoplib.config.models import Shop
from shoplib.config.stages import Alerts

TOLD = {
    takings.TAKINGS_LOW: "takings far below usual",
    takings.NO_SALE: "a day without a sale",
    FILE_REFUSED: "files refused",
    ROWS_SET_ASIDE: "rows set aside",
    stock.STOCK_OUT: "out of stock",
    stock.STOCK_LOW: "stock that runs low",
    stock.STOCK_DEAD: "stock that does not sell",
    shelf.SHELF_GAPS: "gaps on the shelf",
}
"""What each rule is called."""


def gather(
    settings: Alerts,
    shop: Shop,
    daily: pd.DataFrame,
    odd: pd.DataFrame,
    import_jobs: pd.DataFrame,
    rejected_rows: pd.DataFrame,
    locations: pd.DataFrame,
    products: pd.DataFrame,
    position: pd.DataFrame | None = None,
    gaps: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the table ``alerts``: what every rule found, in the order of ``problem.ranked``.

    Tables are the declared ones of the same names; ``daily`` is ``sales_daily``, ``odd`` is ``sales_anomalies``,
    ``position`` is ``stock_position``, ``gaps`` is ``shelf_gaps``.
    The day of problems that have none is the last business day of ``daily``, or without a sale the day of
    ``position``; without either there are no alerts.
    """
    if len(daily):
        as_of = daily["business_date"].max()
    elif position is not None and len(position):
        as_of = position["as_of"].max()
    else:
        return problems([])
    return ranked(
        [
            takings.alerts(daily, odd, locations, shop, settings.takings_drop_share, settings.look_back_days),
            data.alerts(import_jobs, rejected_rows, as_of, shop),
            stock.alerts(position, products, locations, shop),
            shelf.alerts(gaps, as_of),
        ]
    )


def sentences(alerts: pd.DataFrame) -> list[str]:
    """Return what needs a person in one or two sentences.

    >>> sentences(problems([]))
    ['Nothing needs a person today: no rule found anything.']
    """
    if alerts.empty:
        return ["Nothing needs a person today: no rule found anything."]
    urgent = alerts[alerts["severity"] == "urgent"]
    if len(alerts) == 1:
        said = (
            "1 thing needs a person, and it is urgent." if len(urgent) else "1 thing needs a person; it is not urgent."
        )
    else:
        many = "all" if len(urgent) == len(alerts) else words.count(len(urgent)) if len(urgent) else "none"
        said = f"{words.count(len(alerts))} things need a person, {many} of them urgent."
    first = urgent["sentence"].iloc[0] if len(urgent) else alerts["sentence"].iloc[0]
    return [said, f"First: {first}"]


def listed(alerts: pd.DataFrame, shop: Shop, most: int) -> pd.DataFrame:
    """Return the first ``most`` alerts with the words of a reader: how soon, what, money at stake."""
    shown = alerts.head(most)
    return pd.DataFrame(
        {
            "How soon": shown["severity"],
            "What is the matter": shown["sentence"],
            "Money at stake": [
                "" if pd.isna(amount) else money.show(int(amount), shop.currency, language=shop.language)
                for amount in shown["money_minor"]
            ],
        }
    ).reset_index(drop=True)


def by_rule(alerts: pd.DataFrame) -> pd.DataFrame:
    """Return the number of alerts of each rule: columns rule, told, alerts, urgent; most first, then by name."""
    groups = alerts.groupby("rule", sort=True)["severity"]
    table = pd.DataFrame({"alerts": groups.size(), "urgent": groups.agg(lambda s: int((s == "urgent").sum()))})
    table = table.rename_axis("rule").reset_index()
    table.insert(1, "told", table["rule"].map(TOLD).astype(object))
    return table.sort_values(["alerts", "rule"], ascending=[False, True], ignore_index=True)
