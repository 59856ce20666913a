"""What was made and what was planted, as tables to read: the asked-for shares beside the drawn ones."""

from __future__ import annotations

import pandas as pd

from shoplib.simulate.world import World


def shares(world: World) -> pd.DataFrame:
    """Return the shares asked for and made (of one), and their difference in percentage points."""
    return world.shares.assign(points=((world.shares["made"] - world.shares["asked"]) * 100).round(3))


def planted(world: World) -> pd.DataFrame:
    """Return one row a planted truth: its name and how many rows it has."""
    return pd.DataFrame(
        {
            "truth": [name.replace("_", " ") for name in world.truth],
            "rows": [len(frame) for frame in world.truth.values()],
        }
    )


def measured(world: World) -> pd.DataFrame:
    """Return the size of the world as a table of metrics: transactions of any status, and completed revenue.

    Columns metric, label, unit, value, before, change_share, better, definition.
    """
    rows = [
        ("simulated_transactions", "Simulated transactions", "transactions", world.sales,
         "rows of the simulated sales, whatever became of them"),
        ("simulated_revenue", "Simulated revenue", "minor", world.takings_minor,
         "total of completed simulated transactions, tax included, tips not"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["metric", "label", "unit", "value", "definition"])
    return table.assign(before=None, change_share=float("nan"), better="neither")
