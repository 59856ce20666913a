"""Places, people and products of the lasting store, such that it makes no difference which file came first.

What a file of their own says stands. Else each has the name that the sales of a file give it most often, and of
several files the first in the alphabet; a list price is the file's, else the latest of the price list, else the latest
price sold at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from shoplib.config.models import Shop
from shoplib.contracts import convert
from shoplib.ingest import masters
from shoplib.ingest.clocks import minutes
from shoplib.ingest.lasting import identity
from shoplib.ingest.lasting.identity import MASTER_TABLES, MASTERS
from shoplib.ingest.lasting.known import STAGED, Known, find, rows_of, stage, there
from shoplib.ingest.lasting.writing import append, update, upsert
from shoplib.store.bulk import Bulk

NAMES = {
    "locations": ("location_id", ("location_name", "location_type", "city")),
    "employees": ("employee_id", ("employee_name", "employee_role")),
    "products": ("product_id", ("product_name", "product_category")),
}
PRICES = ("unit_price_minor", "unit_cost_minor")
PRICED = ("product_id", "unit_price_minor", "line_total_minor", "timestamp")
RANKED = """
SELECT product_id, price FROM (
  SELECT i.product_id, i.unit_price_minor AS price, row_number() OVER (
    PARTITION BY i.product_id
    ORDER BY CASE WHEN i.line_total_minor >= 0 THEN 0 ELSE 1 END, t.timestamp DESC, i.unit_price_minor DESC) AS place
  FROM {} AND i.unit_price_minor >= 0) ranked
WHERE place = 1"""
SOLD = RANKED.format(
    f"{STAGED} s JOIN transaction_items i ON i.product_id = s.value "
    "JOIN transactions t ON t.transaction_id = i.transaction_id WHERE TRUE"
)
SOLD_SINCE = RANKED.format(
    "transactions t CROSS JOIN transaction_items i WHERE i.transaction_id = t.transaction_id "
    f"AND t.business_date >= ? AND t.timestamp >= ? AND i.product_id IN (SELECT value FROM {STAGED})"
)
"""The same of late sales only, which are few; ``CROSS JOIN`` makes SQLite begin with them."""
DAYS_APART = dt.timedelta(days=2)
"""No business day is further from the instants of its sales."""


@dataclass
class Tally:
    """What the rows of one file name, counted over all its parts."""

    counts: dict[tuple[str, str], list[pd.Series]] = field(default_factory=dict)
    products: set[str] = field(default_factory=set)
    sales: list[pd.Series] = field(default_factory=list)
    sold: list[pd.DataFrame] = field(default_factory=list)
    untimed: bool = False
    added: dict[str, list[pa.Table]] = field(default_factory=dict)

    def people_and_places(self, rows: pd.DataFrame) -> None:
        """Count what sales call their places and people."""
        self._count("locations", rows)
        self._count("employees", rows)

    def goods(self, lines: pd.DataFrame) -> None:
        """Count what lines call their products."""
        self._count("products", lines)
        self.products.update(lines["product_id"].unique())
        if "timestamp" in lines:
            self.sold.append(_latest(lines))
        else:
            self.untimed = True

    def add(self, bulk: Bulk, name: str, rows: pd.DataFrame) -> None:
        """Add rows to a declared table, and keep them until :meth:`given` asks for them."""
        self.added.setdefault(name, []).append(append(bulk, name, rows))

    def given(self, columns: Mapping[str, Collection[str]]) -> dict[str, pd.DataFrame]:
        """Return these columns of what was added since this was asked last, by table."""
        added, self.added = self.added, {}
        return {
            name: convert.to_pandas(pa.concat_tables(part.select(sorted(columns[name])) for part in parts))
            for name, parts in added.items()
            if name in columns
        }

    def touched(self, ids: pd.Series) -> None:
        """Note the transactions that got lines from a file of their own."""
        self.sales.append(ids.drop_duplicates())

    def latest(self) -> pd.DataFrame:
        """Return the line of this file that says the latest price of each product, by its id."""
        if not self.sold:
            return pd.DataFrame(columns=PRICED).set_index("product_id")
        return _latest(pd.concat(self.sold, ignore_index=True)).set_index("product_id")

    def _count(self, table: str, rows: pd.DataFrame) -> None:
        key, columns = NAMES[table]
        for column in columns:
            if rows[column].notna().any():
                self.counts.setdefault((table, column), []).append(rows.groupby([key, column], sort=False).size())

    def commonest(self, table: str, column: str) -> pd.Series:
        """Return what each thing is called most often, by id; ties go to the first in the alphabet."""
        key = NAMES[table][0]
        parts = self.counts.get((table, column), [])
        if not parts:
            return pd.Series(dtype=object)
        counted = pd.concat(parts).groupby(level=[0, 1]).sum().rename("times").reset_index()
        ranked = counted.sort_values([key, "times", column], ascending=[True, False, True], kind="stable")
        found: pd.Series = ranked.drop_duplicates(key).set_index(key)[column]
        return found


def _latest(lines: pd.DataFrame) -> pd.DataFrame:
    """Return for each product the line that says its price, as ``SOLD`` chooses it."""
    chosen = lines[list(PRICED)]
    price = chosen["unit_price_minor"].to_numpy(dtype=np.int64, na_value=-1)
    bought = chosen["line_total_minor"].to_numpy(dtype=np.int64, na_value=-1) >= 0
    order = np.lexsort((price, chosen["timestamp"].to_numpy(dtype="datetime64[ns]"), bought))[::-1]
    return chosen.iloc[order[price[order] >= 0]].drop_duplicates("product_id")


def ensure_organization(bulk: Bulk, shop: Shop) -> None:
    """Ensure that the business is there."""
    if not bulk.fetch(
        "SELECT 1 FROM organizations WHERE organization_id = ?", [masters.organization_id(shop)]
    ).num_rows:
        row = {"organization_id": masters.organization_id(shop), "organization_name": shop.name}
        append(bulk, "organizations", pd.DataFrame([{**row, "currency": shop.currency}]))


def ensure_named(bulk: Bulk, known: Known, rows: pd.DataFrame) -> None:
    """Ensure that the places, people and customers that rows name are there, by their id alone if need be."""
    if "location_id" in rows:
        ensure_places(bulk, known, rows["location_id"])
    if "employee_id" in rows:
        ensure(bulk, "employees", rows["employee_id"])
    if "customer_id" in rows:
        ensure(bulk, "customers", rows["customer_id"])


def ensure_places(bulk: Bulk, known: Known, ids: Iterable[object]) -> None:
    """Ensure that places are there, with the clock of the shop."""
    shop = known.shop
    new = _absent(bulk, "locations", "location_id", ids)
    if new:
        ensure_organization(bulk, shop)
        place = pd.DataFrame({"location_id": new, "location_name": [fallback(known, name) for name in new]})
        place["organization_id"], place["timezone"] = masters.organization_id(shop), shop.timezone
        append(bulk, "locations", place.assign(day_start_minute=minutes(shop.day_start)))


def fallback(known: Known, location_id: str) -> str:
    """Return the name of a place that nothing names."""
    return known.shop.name if location_id == known.main else location_id


def ensure(bulk: Bulk, name: str, ids: Iterable[object]) -> None:
    """Ensure that employees, customers or products are there."""
    key = f"{name.removesuffix('s')}_id"
    new = _absent(bulk, name, key, ids)
    if new:
        rows = pd.DataFrame({key: new})
        append(bulk, name, rows.assign(product_name=rows[key]) if name == "products" else rows)


def _absent(bulk: Bulk, name: str, key: str, ids: Iterable[object]) -> list[str]:
    wanted = set(pd.Series(ids, dtype=object).dropna().unique())
    return sorted(wanted - there(bulk, name, key, wanted))


def replace(bulk: Bulk, known: Known, kind: str, rows: pd.DataFrame, tally: Tally) -> None:
    """Write the rows of a file of places, people or products over what others said of them."""
    name = MASTER_TABLES[kind]
    ensure_organization(bulk, known.shop)
    if kind == "location":
        rows = rows.assign(organization_id=masters.organization_id(known.shop))
    elif kind == "employee":
        ensure_places(bulk, known, rows["location_id"])
    else:
        tally.products.update(rows["product_id"])
    upsert(bulk, name, f"{kind}_id", rows)


def settle(bulk: Bulk, known: Known, tally: Tally) -> None:
    """Give places, people and products the names and prices that follow from a file and all before it."""
    for table, (key, columns) in NAMES.items():
        said = {column: tally.commonest(table, column) for column in columns}
        ids = sorted(set().union(*(found.index for found in said.values())))
        if ids:
            _name(bulk, known, table, key, pd.DataFrame(said, index=pd.Index(ids, name=key, dtype=object)))
    if tally.products:
        whole = "transaction_items" in known.empty and not tally.untimed
        settle_prices(bulk, tally.products, tally.latest(), whole=whole)


def _name(bulk: Bulk, known: Known, table: str, key: str, said: pd.DataFrame) -> None:
    stored = rows_of(bulk, table, key, said.index)
    own = find(bulk, identity.keys(table, [stored[key]]))
    stored = stored.drop(index=own.index).set_index(key)
    if stored.empty:
        return
    fresh = pd.DataFrame(index=stored.index)
    for at, column in enumerate(said):
        was, now = stored[column], said[column].reindex(stored.index)
        if at == 0 and table != "employees":
            untold = pd.Series(
                [fallback(known, str(i)) if table == "locations" else i for i in stored.index], was.index
            )
            was = was.where(was != untold)
        fresh[column] = _first(_first(was, now), stored[column].where(was.isna() & now.isna()))
    changed = fresh[~(fresh.eq(stored[list(fresh)]) | (fresh.isna() & stored[list(fresh)].isna())).all(axis=1)]
    update(bulk, table, [key], changed.reset_index())


def _first(one: pd.Series, other: pd.Series) -> pd.Series:
    """Return of two texts in each row the first in the alphabet; a missing one is none."""
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    found = [min((text for text in pair if isinstance(text, str)), default=None) for pair in pairs]
    return pd.Series(found, index=one.index, dtype=object)


def settle_prices(
    bulk: Bulk, ids: Iterable[str], last_sold: pd.DataFrame | None = None, *, whole: bool = False
) -> None:
    """Write list price and cost of products: their file's own, else the latest listed, else the latest sold at.

    ``last_sold`` are lines of the store that none need look before; with ``whole`` none need look beyond them either.
    """
    stored = rows_of(bulk, "products", "product_id", ids)
    own = _own_prices(bulk, stored).set_axis(stored["product_id"])
    listed = rows_of(bulk, "product_prices", "product_id", ids).sort_values(["product_id", "valid_from"], kind="stable")
    fresh = pd.DataFrame(index=own.index)
    for name in PRICES:
        latest = listed.dropna(subset=[name]).drop_duplicates("product_id", keep="last").set_index("product_id")[name]
        fresh[name] = own[name].fillna(latest.reindex(own.index).astype("Int64"))
    open_ = fresh.index[fresh[PRICES[0]].isna()]
    if len(open_):
        told = last_sold["unit_price_minor"] if last_sold is not None and whole else None
        sold = _sold_at(bulk, open_, last_sold) if told is None else told
        fresh[PRICES[0]] = fresh[PRICES[0]].fillna(sold.reindex(fresh.index).astype("Int64"))
    was = stored.set_index("product_id")[list(PRICES)].astype("Int64")
    changed = fresh[(fresh.fillna(-1) != was.fillna(-1)).any(axis=1)]
    update(bulk, "products", ["product_id"], changed.reset_index())


def _sold_at(bulk: Bulk, ids: pd.Index, latest: pd.DataFrame | None) -> pd.Series:
    """Return the latest price that products were sold at, by id."""
    sure = latest[latest["line_total_minor"] >= 0] if latest is not None and len(latest) else None
    late = ids.intersection(sure.index) if sure is not None else ids[:0]
    found = []
    if sure is not None and len(late):
        since = sure.loc[late, "timestamp"].min().to_pydatetime()
        stage(bulk, pd.DataFrame({"value": pd.Series(late, dtype=object)}))
        found.append(bulk.fetch(SOLD_SINCE, [since.date() - DAYS_APART, since]))
    rest = ids.difference(late)
    if len(rest):
        stage(bulk, pd.DataFrame({"value": pd.Series(rest, dtype=object)}))
        found.append(bulk.fetch(SOLD))
    prices: pd.DataFrame = pd.concat([part.to_pandas() for part in found]).set_index("product_id")
    return prices["price"].astype("Int64")


def _own_prices(bulk: Bulk, stored: pd.DataFrame) -> pd.DataFrame:
    """Return price and cost that the file of each product gives: without those that were filled in, told by content."""
    says = find(bulk, identity.keys("products", [stored["product_id"]]))["content"]
    whole = stored[list(PRICES)].astype("Int64")
    none = pd.Series(pd.NA, index=stored.index, dtype="Int64")
    found = pd.DataFrame(dict.fromkeys(PRICES, none))
    if says.empty:
        return found
    for price in (none, whole[PRICES[0]]):
        for cost in (none, whole[PRICES[1]]):
            given = stored.assign(unit_price_minor=price, unit_cost_minor=cost)
            same = identity.content([given[name] for name in MASTERS["product"]]).loc[says.index] == says
            rows = says.index[same]
            found.loc[rows, PRICES[0]], found.loc[rows, PRICES[1]] = price[rows], cost[rows]
    return found
