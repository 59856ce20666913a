"""The figure of the alerts."""

from __future__ import annotations

import pandas as pd

from shoplib.alerts.gather import by_rule
from shoplib.base import words
from shoplib.viz import charts
from shoplib.viz.export import Chart


def rules_chart(alerts: pd.DataFrame) -> Chart | None:
    """Return the number of alerts by rule, rules with urgent ones standing out.

    ``None`` for fewer than two rules: a single bar says nothing.
    """
    table = by_rule(alerts)
    if len(table) < 2:
        return None
    names = [str(told).capitalize() for told in table["told"]]
    labels = [
        words.count(row["alerts"]) + (f" ({words.count(row['urgent'])} urgent)" if row["urgent"] else "")
        for row in table.to_dict("records")
    ]
    counts = table["alerts"].tolist()
    if counts[0] > counts[1]:
        title = f"Most of them: {table['told'].iloc[0]}, {words.count(counts[0])} of {words.count(len(alerts))}."
    else:
        title = f"{words.plural(len(alerts), 'problem')} found by {words.plural(len(table), 'rule')}."
    told = [f"{name} {label}" for name, label in zip(names, labels, strict=True)]
    return Chart(
        charts.bars(names, table["alerts"].tolist(), labels, unit="Alerts", accent=(table["urgent"] > 0).tolist()),
        title,
        "Problems found by each rule. Bars with urgent ones stand out.",
        f"Bars by rule: {words.listed(told)}.",
        table,
    )
