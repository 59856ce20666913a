"""Listings in files: raw values with their columns, so that they can be shown elsewhere in words of that place."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from shoplib.base.listing import UNIT, Column, Listing, cell_units, missing
from shoplib.store import files

FOLDER = "listings"


def write(folder: Path, listing: Listing, order: int) -> Path:
    """Write a listing as ``listings/<name>.json`` in a result's folder and return the file.

    Its rows hold the shown columns alone, raw: amounts in minor units, days as ISO texts, what is not known as null.
    Equal listings give equal bytes. ``order`` is its place among those of the same folder.
    """
    units = [cell_units(listing, column) for column in listing.columns]
    cells = [
        [_raw(value, unit) for value, unit in zip(listing.frame[column.name], of_column, strict=True)]
        for column, of_column in zip(listing.columns, units, strict=True)
    ]
    path = folder / FOLDER / f"{listing.name}.json"
    told = {
        "name": listing.name, "title": listing.title, "caption": listing.caption, "sheet": listing.sheet,
        "currency": listing.currency, "totals": list(listing.totals), "order": order,
        "columns": [asdict(column) for column in listing.columns],
        "rows": [list(row) for row in zip(*cells, strict=True)],
    }  # fmt: skip
    if any(column.unit == "row" for column in listing.columns):
        told["row_units"] = listing.frame[UNIT].astype(str).tolist()
    files.write_json(path, told)
    return path


def read(path: Path) -> Listing:
    """Return a listing from its file; ``StoreError`` if it is missing or damaged.

    Days are timestamps again, and everything else is as it was, in columns of plain objects.
    """
    told = files.read_json(path)
    columns = tuple(Column(**column) for column in told["columns"])
    cells: Iterable[tuple[Any, ...]] = zip(*told["rows"], strict=True) if told["rows"] else ((),) * len(columns)
    frame = pd.DataFrame(
        {
            column.name: pd.Series([_typed(value, column.unit) for value in values], dtype=object)
            for column, values in zip(columns, cells, strict=True)
        }
    )
    if "row_units" in told:
        frame[UNIT] = pd.Series(told["row_units"], dtype=object)
    return Listing(told["name"], told["title"], frame, columns, told["currency"], told["caption"],
                   tuple(told["totals"]), told["sheet"])  # fmt: skip


def read_all(folder: Path) -> list[Listing]:
    """Return the listings of a result in the order in which they were made; none where it has none."""
    paths = sorted((folder / FOLDER).glob("*.json"))
    return [read(path) for path in sorted(paths, key=lambda path: files.read_json(path)["order"])]


def _raw(value: Any, unit: str) -> str | int | float | None:
    """Return a cell as JSON knows it; a number without an end is not known."""
    if missing(value):
        return None
    if unit == "text":
        return str(value)
    if unit in ("day", "month"):
        return pd.Timestamp(value).date().isoformat()
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(value) if number.is_integer() else number


def _typed(value: Any, unit: str) -> Any:
    return pd.Timestamp(value) if unit in ("day", "month") and value is not None else value
