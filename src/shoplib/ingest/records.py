"""Records beside the sales: customers, prices, offers, suppliers, orders, movements, counts and visits.

Each kind fills one declared table; what its columns may hold comes from the declaration alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from shoplib.base import calendar
from shoplib.config.models import Shop
from shoplib.contracts import tables
from shoplib.ingest import declared
from shoplib.ingest.clocks import at_places
from shoplib.ingest.declared import TABLES, Part
from shoplib.ingest.intake import Intake
from shoplib.ingest.mapping import EXTRA, source_columns
from shoplib.ingest.repeats import compare, natural_is_own
from shoplib.ingest.times import Moments

# What no file need name first: an old catalogue is no reason to lose a movement.
COMPLETED = ("locations", "products", "customers")
NOUNS = {"suppliers": "supplier", "purchase_orders": "order"}
ORDER = {"stock_movements": ["timestamp", "movement_id"], "visits": ["entered", "visit_id"]}
UNKNOWN = "unknown_reference"
TYPES = {
    "text": "object", "whole": "Int64", "minor": "Int64", "real": "Float64", "day": "datetime64[ns]",
    "instant": "datetime64[ns, UTC]",
}  # fmt: skip


@dataclass(frozen=True)
class Records:
    """The rows of each record table that are fit to load, columns as declared, and whom and what they name."""

    tables: dict[str, pd.DataFrame]
    loaded: dict[str, int]
    """Rows in these tables by import."""

    def named(self, column: str) -> set[str]:
        """Return all that stands in one column of any record table."""
        return {value for frame in self.tables.values() if column in frame for value in frame[column].dropna()}


def settle(intakes: Sequence[Intake], places: pd.DataFrame, shop: Shop, main: str) -> Records:
    """Return all record tables, sorted; what they break across files is held against their rows.

    A supplier or an order that no file has is ``unknown_reference``. Rows of one key with other content are a
    ``conflict``, the first fit row stays. Records that name no place belong to ``main``.
    """
    found: dict[str, pd.DataFrame] = {}
    loaded: dict[str, int] = {}
    for target, name in TABLES.items():
        batch = [intake for intake in intakes if intake.mapping.rows == target]
        keys = [part for part in declared.parts(target) if part.key]
        for intake in batch:
            refuse_unknown(intake, found)
        if len(batch) > 1 or any(not _compared(intake, keys) for intake in batch):
            names = source_columns(batch[0].mapping, [part.field for part in keys])
            compare(batch, [_identity(intake, keys, shop, main) for intake in batch], names)
        rows = [fit_rows(intake, places, shop, main) for intake in batch]
        filled = [frame for frame in rows if len(frame)]
        for intake, frame in zip(batch, rows, strict=True):
            counts = frame["import_id"].value_counts()
            loaded |= {name: int(counts.get(name, 0)) for name in (intake.files[n].import_id for n in intake.kept())}
        columns = [column.name for column in tables.declared(name).__table__.columns]
        whole = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns, dtype=object)
        found[name] = declared.in_order(whole.reindex(columns=columns), ORDER.get(name, tables.key_of(name)))
    return Records(found, loaded)


def refuse_unknown(intake: Intake, found: dict[str, pd.DataFrame]) -> None:
    """Hold against rows that they name a supplier or an order that is not among ``found``, by table."""
    for part in declared.parts(intake.mapping.rows):
        if not part.refers or part.refers in COMPLETED or not intake.typed.has(part.field):
            continue
        cells, noun = intake.typed.cells[part.field], NOUNS[part.refers]
        intake.verdict.refuse(
            ~cells.isin(found[part.refers][part.field]), UNKNOWN, source_columns(intake.mapping, [part.field]), cells,
            f"no {noun} with this key was loaded",
        )  # fmt: skip


def _compared(intake: Intake, keys: Sequence[Part]) -> bool:
    """Return whether rows of one key were found already, by the key of the mapping."""
    return natural_is_own(intake, [part.field for part in keys]) and all(part.kind == "text" for part in keys)


def _identity(intake: Intake, keys: Sequence[Part], shop: Shop, main: str) -> pd.DataFrame:
    """Return the key of each row as it will stand in the table: a day is one day however it is written."""
    columns = {}
    for part in keys:
        if part.kind == "day":
            columns[part.field] = _days(intake.typed.dates[part.field], shop).astype(str).astype(object)
        elif intake.typed.has(part.field):
            columns[part.field] = intake.typed.cells[part.field]
        else:
            columns[part.field] = pd.Series(main, index=intake.rows.index, dtype=object)
    return pd.DataFrame(columns)


def _days(moments: Moments, shop: Shop) -> pd.Series:
    """Return written dates as days; an instant belongs to the business day of the shop."""
    days: pd.Series = moments.wall.dt.normalize()
    if moments.instant.notna().any():
        days = days.fillna(calendar.business_date(moments.instant, shop.timezone, shop.day_start))
    return days


def fit_rows(intake: Intake, places: pd.DataFrame, shop: Shop, main: str) -> pd.DataFrame:
    """Return the fit rows in the columns of their table that come from fields, and those that follow from them."""
    typed, good = intake.typed, intake.verdict.good
    rows = pd.DataFrame({"import_id": intake.import_ids[good]}, index=intake.rows.index[good])
    of_place = tables.declared(TABLES[intake.mapping.rows]).__table__.columns
    if "location_id" in of_place and not typed.has("location_id") and not of_place["location_id"].nullable:
        rows["location_id"] = main
    for part in declared.parts(intake.mapping.rows):
        if typed.has(part.field):
            _fill(rows, part, intake, shop)
        elif part.column not in rows:
            rows[part.column] = pd.Series(None, index=rows.index, dtype=TYPES[part.kind])
    for name in declared.named(intake.mapping.rows, "instant"):
        if typed.has(name):
            moments = typed.dates[name]
            told = at_places(moments, rows["location_id"], places, shop)
            rows[name] = told["timestamp"]
            if "business_date" not in rows and "business_date" in of_place:
                rows["business_date"] = told["business_date"]
    if typed.has(EXTRA):
        rows[EXTRA] = typed.cells[EXTRA][good].replace("", None)
    if "visit_source" in of_place:
        rows["visit_source"] = "log"
    return rows


def _fill(rows: pd.DataFrame, part: Part, intake: Intake, shop: Shop) -> None:
    typed, good = intake.typed, intake.verdict.good
    if part.kind == "text":
        cells = typed.words[part.field][good] if part.words else typed.cells[part.field][good]
        rows[part.column] = cells.mask(cells == "", None)
    elif part.kind == "minor":
        rows[part.column] = typed.numbers[part.field].minor(shop.currency)[good]
    elif part.kind in ("whole", "real"):
        read = typed.numbers[part.field].real()[good]
        rows[part.column] = read.astype("Int64") if part.kind == "whole" else read
    elif part.kind == "day":
        rows[part.column] = _days(typed.dates[part.field], shop)[good]


def customers(known: pd.DataFrame, named: set[str]) -> pd.DataFrame:
    """Return the customers of files and those that sales or visits name, by key."""
    keys = pd.Index(sorted({*known["customer_id"], *named}), name="customer_id", dtype=object)
    return known.set_index("customer_id").reindex(keys).reset_index()
