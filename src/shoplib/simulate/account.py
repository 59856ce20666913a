"""What was made and what was planted, as tables to read: the asked-for shares beside the drawn ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from shoplib.base import words
from shoplib.simulate.files import TRUTH
from shoplib.simulate.world import World

BYTES_PER_MB = 1_000_000
LEAST_MB = 0.01
MANY_FILES = 12  # of one folder: more are counted together


def shares(world: World) -> pd.DataFrame:
    """Return the shares asked for and made (of one), and their difference in percentage points."""
    return world.shares.assign(points=((world.shares["made"] - world.shares["asked"]) * 100).round(3))


def remarks(world: World) -> list[str]:
    """Return what is to be said about the shares where a table cannot: that none were asked for, or nothing made."""
    if world.shares.empty:
        return ["No shares were asked for in this world, so there is nothing to compare."]
    if not world.sales:
        return ["Nothing was sold in this world, so no shares were made."]
    return []


def planted(world: World) -> pd.DataFrame:
    """Return one row a planted truth: its name and how many rows it has."""
    return pd.DataFrame(
        {
            "truth": [name.replace("_", " ") for name in world.truth],
            "rows": [len(frame) for frame in world.truth.values()],
        }
    )


def written(rows: Mapping[str, int], folder: Path) -> pd.DataFrame:
    """Return one row a written file, in the order of writing: file, rows, MB (0.01 at least).

    ``rows`` is what ``files.write`` returned for ``folder``. The truth, and many files of one folder, are told in
    one row each.
    """
    sizes = [(folder / file).stat().st_size / BYTES_PER_MB for file in rows]
    table = pd.DataFrame({"file": list(rows), "rows": list(rows.values()), "MB": sizes})
    inside = table["file"].str.rpartition("/")[0]
    number = inside.map(inside.value_counts())
    together = (inside == TRUTH) | ((number > MANY_FILES) & (inside != ""))
    table.loc[together, "file"] = inside + "/ (" + number.astype(str) + " files)"
    table = table.groupby("file", sort=False, as_index=False).sum()
    table["MB"] = table["MB"].clip(lower=LEAST_MB).round(2)
    return table


def told(files: pd.DataFrame) -> list[str]:
    """Return the table of written files as lines of text, with their size altogether in the last one."""
    lines = [
        f"{file:<28} {words.count(rows):>14} rows {words.count(size, decimals=2):>10} MB"
        for file, rows, size in files.itertuples(index=False)
    ]
    return [*lines, f"{words.count(float(files['MB'].sum()), decimals=1)} MB in all; nothing of it is real"]


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
