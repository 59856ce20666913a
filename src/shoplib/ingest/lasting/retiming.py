"""Rows that were loaded before the file of places they belong to: moved there, and told by its clock."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.contracts import tables
from shoplib.ingest import declared
from shoplib.ingest.clocks import at_places, minutes
from shoplib.ingest.lasting import catalogue, identity, marks
from shoplib.ingest.lasting.known import CLOCK, Known, find, rows_of
from shoplib.ingest.lasting.writing import update
from shoplib.ingest.times import Moments
from shoplib.store.bulk import Bulk

INSTANTS = {"transactions": ("timestamp",), "stock_movements": ("timestamp",), "visits": ("entered", "left")}
PLACED = ("transactions", "purchase_orders", "stock_movements", "stock_counts", "visits")
NAMING = ("employees", "customers", "promotions")
"""Tables whose rows name a place, too, and never get one that is not told."""


def settle(bulk: Bulk, before: Known, after: Known) -> None:
    """Move rows that name no place to where they belong now, and times to the clocks of the places as they are now.

    A wall-clock time that a clock change had skipped was moved on when it was loaded, and stays so.
    """
    moved = before.main != after.main
    if moved:
        catalogue.ensure_places(bulk, after, [after.main])
    changed = _changed(bulk, before, after)
    for name in PLACED:
        places = {*changed, before.main} if moved else changed
        rows = rows_of(bulk, name, "location_id", places)
        if rows.empty:
            continue
        origin = _origin(bulk, name, rows)
        fresh = rows["location_id"]
        if moved:
            loose = origin["import_id"].isin(marks.unplaced(bulk)) & rows["location_id"].eq(before.main)
            fresh = rows["location_id"].mask(loose, after.main)
        told = rows.drop(columns="location_id").assign(location_id=fresh)
        if name in INSTANTS:
            told = _retimed(bulk, name, rows, told, origin, before, after)
        _write(bulk, name, rows, told)
    if moved:
        _forget(bulk, before.main)
    if changed or moved:
        sold = bulk.fetch("SELECT product_id FROM products")["product_id"].to_pylist()
        catalogue.settle_prices(bulk, sold)


def _changed(bulk: Bulk, before: Known, after: Known) -> set[str]:
    """Return the places whose clock is another than when their rows were loaded."""
    shop = [after.shop.timezone, minutes(after.shop.day_start)]
    found = set()
    old = {str(place): list(clock) for place, *clock in before.places[CLOCK].itertuples()}
    for place, *clock in after.places[CLOCK].itertuples():
        if old.get(str(place), shop) != list(clock):
            found.add(str(place))
    return found


def _origin(bulk: Bulk, name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return import and row of some rows of a table."""
    if "import_id" in rows:
        return rows[["import_id", "source_row"]]
    kind = next(kind for kind, table in declared.TABLES.items() if table == name)
    loose = rows.assign(location_id=None) if "location_id" in tables.key_of(name) else rows
    parts = [part for part in declared.parts(kind) if part.key]
    found = pd.concat([find(bulk, identity.keys(name, [one[p.column] for p in parts])) for one in (rows, loose)])
    found = found[~found.index.duplicated()]
    return found.reindex(rows.index)[["import_id", "source_row"]]


def _retimed(
    bulk: Bulk, name: str, rows: pd.DataFrame, told: pd.DataFrame, origin: pd.DataFrame, before: Known, after: Known
) -> pd.DataFrame:
    for column in INSTANTS[name]:
        fixed = marks.within(
            origin["import_id"], origin["source_row"].fillna(0), marks.told_by(bulk, f"{marks.INSTANTS} {column}")
        )
        moments = _moments(rows, column, fixed, before, bare=name == "transactions")
        there = rows.index[rows[column].notna()]
        clock = at_places(moments, told.loc[there, "location_id"], after.places, after.shop).reindex(rows.index)
        told[column] = clock["timestamp"].astype(rows[column].dtype)
        if column == INSTANTS[name][0]:
            told["business_date"] = clock["business_date"].astype(rows["business_date"].dtype)
        if "local_hour" in rows:
            told["local_hour"] = clock["local_hour"]
    return told


def _moments(rows: pd.DataFrame, column: str, fixed: np.ndarray, before: Known, *, bare: bool) -> Moments:
    """Return what stored times were told as, by the clocks of the places they were loaded with."""
    zones = rows["location_id"].map(before.places["timezone"]).fillna(before.shop.timezone)
    wall = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[ns]")
    instants = rows[column].astype("datetime64[ns, UTC]")
    for zone, part in instants.groupby(zones):
        wall[part.index] = part.dt.tz_convert(str(zone)).dt.tz_localize(None)
    has_time = rows["local_hour"].notna() if bare else pd.Series(True, index=rows.index)
    wall = wall.where(has_time, rows["business_date"].astype("datetime64[ns]"))
    return Moments(wall.mask(fixed), instants.where(fixed), has_time)


def _write(bulk: Bulk, name: str, was: pd.DataFrame, now: pd.DataFrame) -> None:
    key = tables.key_of(name)
    names = [c for c in ("location_id", "business_date", "local_hour", *INSTANTS.get(name, ())) if c in was]
    other = pd.Series(False, index=was.index)
    for column in names:
        other |= ~(was[column].eq(now[column]).fillna(False) | (was[column].isna() & now[column].isna()))
    if "location_id" in key:
        old = now.loc[other, "location_id"]
        for place, rows in was[other].groupby(old):
            for row in rows.to_dict("records"):
                bulk.execute(
                    f'UPDATE "{name}" SET location_id = ? WHERE ' + " AND ".join(f'"{column}" = ?' for column in key),
                    [place, *(_plain(row[column]) for column in key)],
                )
        return
    update(bulk, name, key, now.loc[other, [*key, *names]])


def _plain(value: object) -> object:
    return value.date() if isinstance(value, pd.Timestamp) else value


def _forget(bulk: Bulk, place: str) -> None:
    """Take away a place that stood for no place, if nothing names it any more."""
    if len(find(bulk, identity.keys("locations", [pd.Series([place], dtype=object)]))):
        return
    free = " AND ".join(
        f'NOT EXISTS (SELECT 1 FROM "{name}" t WHERE t.location_id = locations.location_id)'
        for name in (*PLACED, *NAMING)
    )
    bulk.execute(f"DELETE FROM locations WHERE location_id = ? AND {free}", [place])
