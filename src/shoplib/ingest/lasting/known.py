"""What the lasting store knows already: rows by their identity, places with their clocks, things by their key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from shoplib.config.models import Scenario, Shop
from shoplib.contracts import convert
from shoplib.ingest.facts import MAIN_LOCATION
from shoplib.ingest.lasting import identity
from shoplib.store.bulk import Bulk

CLOCK = ["timezone", "day_start_minute"]
STAGED = "staged_rows"
SALES = ("transactions", "transaction_items")


@dataclass(frozen=True)
class Known:
    """What the rows of any file are judged against.

    ``places`` are the locations that came in a file of their own, by id, with the columns of ``CLOCK``; rows that name
    no place belong to ``main``. ``has`` are the kinds of rows the sources of the scenario bring; ``all_numbered`` says
    that every line of a sale comes with its number. ``empty`` are the tables of sales that had no row when the file
    began: nothing of it can be there, as no two parts of a file share a sale.
    """

    shop: Shop
    places: pd.DataFrame
    main: str
    has: frozenset[str]
    all_numbered: bool
    empty: frozenset[str] = frozenset()


def look(bulk: Bulk, scenario: Scenario) -> Known:
    """Return what the store knows now."""
    stored = bulk.frame("locations")
    named = find(bulk, identity.keys("locations", [stored["location_id"]]))
    places = stored.loc[named.index].set_index("location_id")[CLOCK]
    main = str(places.index[0]) if len(places) == 1 else MAIN_LOCATION
    mappings = [scenario.mappings[source.mapping] for source in scenario.ingest.sources]
    kinds = frozenset(mapping.rows for mapping in mappings)
    numbered = all("line_number" in mapping.fields for mapping in mappings if mapping.rows == "item")
    empty = frozenset(name for name in SALES if not bulk.fetch(f"SELECT 1 FROM {name} LIMIT 1").num_rows)
    return Known(scenario.shop, places, main, kinds, numbered and "line" not in kinds, empty)


def find(bulk: Bulk, keys: pd.DataFrame) -> pd.DataFrame:
    """Return ``content``, ``import_id`` and ``source_row`` of those rows that were loaded before, indexed alike.

    ``keys`` has ``key_a`` and ``key_b``, and whatever index.
    """
    nothing = pd.DataFrame({"content": [], "import_id": [], "source_row": []}, index=keys.index[:0])
    if keys.empty or not bulk.fetch("SELECT 1 FROM row_identities LIMIT 1").num_rows:
        return nothing
    order = np.argsort(keys["key_a"].to_numpy(), kind="stable")
    stage(bulk, keys.iloc[order][["key_a", "key_b"]].assign(place=order))
    found: pd.DataFrame = bulk.fetch(
        f"SELECT s.place, r.content, r.import_id, r.source_row FROM {STAGED} s "
        "JOIN row_identities r ON r.key_a = s.key_a AND r.key_b = s.key_b"
    ).to_pandas()
    if found.empty:
        return nothing
    return found.drop(columns="place").set_axis(keys.index[found["place"].to_numpy(dtype="int64")]).sort_index()


def stage(bulk: Bulk, frame: pd.DataFrame, name: str = STAGED) -> None:
    """Put a frame beside the tables until the transaction ends, or until the next one of that name."""
    bulk.stage(name, pa.Table.from_pandas(frame, preserve_index=False))


def there(bulk: Bulk, name: str, column: str, values: Iterable[object]) -> set[str]:
    """Return which texts stand in a column of a declared table."""
    wanted = sorted({str(value) for value in values})
    if not wanted:
        return set()
    stage(bulk, pd.DataFrame({"value": pd.Series(wanted, dtype=object)}))
    sql = f'SELECT value FROM {STAGED} s WHERE EXISTS (SELECT 1 FROM "{name}" t WHERE t."{column}" = s.value)'
    return set(bulk.fetch(sql)["value"].to_pylist())


def rows_of(bulk: Bulk, name: str, column: str, values: Iterable[object]) -> pd.DataFrame:
    """Return the rows of a declared table whose ``column`` is one of some texts, ordered by the table's key."""
    wanted = sorted({str(value) for value in values})
    if not wanted:
        return convert.empty(name)
    stage(bulk, pd.DataFrame({"value": pd.Series(wanted, dtype=object)}))
    return bulk.frame(name, f'"{column}" IN (SELECT value FROM {STAGED})')


def file_names(bulk: Bulk, import_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of the files of imports, by import."""
    jobs = rows_of(bulk, "import_jobs", "import_id", import_ids)
    return dict(zip(jobs["import_id"], jobs["file_name"], strict=True))
