"""What was made and what was planted, as tables to read: the asked-for shares beside the drawn ones."""

from __future__ import annotations

from dataclasses import fields

import pandas as pd

from shoplib.config.models import Simulate
from shoplib.simulate.epos import World


def shares(world: World, settings: Simulate) -> pd.DataFrame:
    """Return one row a status and way to pay: what, value, asked, made (shares of one), difference in points."""
    rows = []
    for column, asked in (
        ("transaction_status", settings.status_shares),
        ("payment_method", settings.payment_shares),
    ):
        made = world.transactions[column].astype(str).value_counts(normalize=True)
        rows += [(column.replace("_", " "), word, part, float(made.get(word, 0.0))) for word, part in asked.items()]
    table = pd.DataFrame(rows, columns=["what", "value", "asked", "made"])
    return table.assign(points=((table["made"] - table["asked"]) * 100).round(3))


def completed_revenue_minor(world: World) -> int:
    """Return the total of completed transactions in minor units."""
    sold = world.transactions["transaction_status"].astype(str) == "completed"
    return int(world.transactions.loc[sold, "total_amount_minor"].sum())


def planted(world: World) -> pd.DataFrame:
    """Return one row a planted truth: its name and how many rows it has."""
    names = [f.name for f in fields(world) if f.name.startswith("truth_")]
    return pd.DataFrame(
        {"truth": [name.removeprefix("truth_").replace("_", " ") for name in names],
         "rows": [len(getattr(world, name)) for name in names]}
    )  # fmt: skip


def measured(world: World) -> pd.DataFrame:
    """Return the size of the world as a table of metrics: transactions of any status, and completed revenue.

    Columns metric, label, unit, value, before, change_share, better, definition.
    """
    rows = [
        ("simulated_transactions", "Simulated transactions", "transactions", len(world.transactions),
         "rows of the simulated transactions file, whatever became of them"),
        ("simulated_revenue", "Simulated revenue", "minor", completed_revenue_minor(world),
         "total of completed simulated transactions, tax included, tips not"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["metric", "label", "unit", "value", "definition"])
    return table.assign(before=None, change_share=float("nan"), better="neither")
