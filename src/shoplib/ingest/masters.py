"""Places, people and products: from files of their own, completed by what the sales name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.ingest.clocks import minutes
from shoplib.ingest.intake import Intake
from shoplib.ingest.mapping import EXTRA
from shoplib.ingest.records import Records
from shoplib.ingest.times import read_clock

MINUTES_A_DAY = 1440


@dataclass(frozen=True)
class Masters:
    """The master tables in their declared columns, and in words what had to be added to the files."""

    locations: pd.DataFrame
    employees: pd.DataFrame
    products: pd.DataFrame
    notes: tuple[str, ...]


def organization_id(shop: Shop) -> str:
    """Return a business's key, made of its name.

    >>> organization_id(Shop(name="Harbour & Hill"))
    'harbour_hill'
    """
    spoken = "".join(mark if mark.isalnum() else " " for mark in shop.name.casefold())
    return "_".join(spoken.split()) or "shop"


def places_in_files(intakes: Sequence[Intake], shop: Shop) -> pd.DataFrame:
    """Return the fit rows of location files, by ``location_id``, with zone and hours in minutes.

    A closing time that is not after the opening one is past midnight: 1440 is added.
    """
    parts = []
    for intake in intakes:
        cells = _texts(intake)
        place = pd.DataFrame({name: _or_none(cells, name) for name in ("location_id", "location_name", "city", EXTRA)})
        place["location_type"] = _or_none(cells, "location_type")
        place["timezone"] = _or_none(cells, "timezone").fillna(shop.timezone)
        for name in ("day_start", "opens", "closes"):
            place[f"{name}_minute"] = read_clock(_or_none(cells, name).fillna(""))
        place["day_start_minute"] = place["day_start_minute"].fillna(minutes(shop.day_start))
        late = place["closes_minute"].le(place["opens_minute"]).fillna(False)
        place["closes_minute"] = place["closes_minute"] + MINUTES_A_DAY * late.astype("Int64")
        parts.append(place)
    return pd.concat(parts).set_index("location_id") if parts else _no_places()


def _no_places() -> pd.DataFrame:
    texts = dict.fromkeys(("location_name", "city", "location_type", "timezone", EXTRA), pd.Series(dtype=object))
    numbers = dict.fromkeys(("day_start_minute", "opens_minute", "closes_minute"), pd.Series(dtype="Int64"))
    return pd.DataFrame({**texts, **numbers}, index=pd.Index([], name="location_id", dtype=object))


def complete(
    intakes: Sequence[Intake], places: pd.DataFrame, sales: pd.DataFrame, sold: pd.DataFrame, records: Records,
    shop: Shop, main: str,
) -> Masters:  # fmt: skip
    """Return places, people and products such that every id in the sales and records has its row.

    ``sales`` are the loaded sales rows, ``sold`` the loaded lines with product texts, price and time; ``main`` is
    the place of rows that name none. A thing that a file of its own leaves out is added under the name the
    sales give it, and noted: an old catalogue is no reason to lose a sale. The list price is the file's, else
    the latest of the price list, else the latest price sold at; the cost likewise.
    """
    people = employees_in_files([i for i in intakes if i.mapping.rows == "employee"])
    goods = products_in_files([i for i in intakes if i.mapping.rows == "product"], shop)
    sold_at = sorted(set(sales["location_id"].dropna()))
    here = sorted({*sold_at, *people["location_id"].dropna(), *records.named("location_id")})
    found = commonest(sales, "location_id", ("location_name", "location_type", "city"))
    found = found.reindex(pd.Index(here, name="location_id", dtype=object))
    names = pd.Series(found.index == main, index=found.index).map({True: shop.name, False: None})
    found["location_name"] = found["location_name"].fillna(names).fillna(found.index.to_series())
    found = found.assign(timezone=shop.timezone, day_start_minute=minutes(shop.day_start))
    locations, added_places = _completed(places, found, "location", sold_at)
    servers = commonest(sales, "employee_id", ("employee_name", "employee_role"))
    staff, added_staff = _completed(people, servers, "employee", servers.index)
    found = _products_sold(sold)
    sold_goods = found.index
    found = found.reindex(
        pd.Index(sorted({*sold_goods, *records.named("product_id")}), name="product_id", dtype=object)
    )
    catalogue, added_goods = _completed(goods, found, "product", sold_goods)
    listed = records.tables["product_prices"].sort_values(["product_id", "valid_from"], kind="stable")
    for name in ("unit_price_minor", "unit_cost_minor"):
        latest = listed.dropna(subset=[name]).drop_duplicates("product_id", keep="last").set_index("product_id")[name]
        own = catalogue[name] if name in catalogue else pd.Series(pd.NA, index=catalogue.index)
        catalogue[name] = own.astype("Int64").fillna(latest.reindex(catalogue.index).astype("Int64"))
    catalogue["unit_price_minor"] = catalogue["unit_price_minor"].fillna(_latest_prices(sold).reindex(catalogue.index))
    catalogue["product_name"] = catalogue["product_name"].fillna(catalogue.index.to_series())
    locations["organization_id"] = organization_id(shop)
    notes = tuple(note for note in (added_places, added_staff, added_goods) if note)
    return Masters(locations.reset_index(), staff.reset_index(), catalogue.reset_index(), notes)


def _completed(own: pd.DataFrame, found: pd.DataFrame, kind: str, sold: Collection[str]) -> tuple[pd.DataFrame, str]:
    """Return a file's rows and the ones found elsewhere only, by id, and a note if a file left any out."""
    missing = found[~found.index.isin(own.index)]
    columns = list(dict.fromkeys([*own.columns, *found.columns]))
    parts = [part.reindex(columns=columns) for part in (own, missing) if len(part)]
    whole = pd.concat([part.astype(object) for part in parts]) if parts else own.reindex(columns=columns)
    whole = whole.sort_index(kind="stable")
    whole.index.name = own.index.name
    if own.empty or missing.empty:
        return whole, ""
    names = words.listed(sorted(missing.index))
    how = "sold" if missing.index.isin(list(sold)).all() else "named in other files"
    return whole, f"{words.plural(len(missing), kind)} {how} but not in the {kind} file, added by id: {names}"


def commonest(rows: pd.DataFrame, key: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return for each key the commonest value of each column; ties go to the first in the alphabet."""
    codes, found_keys = pd.factorize(rows[key])
    keys = pd.Index(found_keys, dtype=object)
    found = pd.DataFrame(index=keys)
    for column in columns:
        values, distinct = pd.factorize(rows[column])
        filled = (codes >= 0) & (values >= 0)
        pairs, times = np.unique(codes[filled] * np.int64(len(distinct)) + values[filled], return_counts=True)
        of_key, value = np.divmod(pairs, max(len(distinct), 1))
        counts = pd.DataFrame({"key": of_key, "value": pd.Index(distinct, dtype=object)[value], "times": times})
        ranked = counts.sort_values(["key", "times", "value"], ascending=[True, False, True], kind="stable")
        best = ranked.drop_duplicates("key").set_index("key")["value"]
        found[column] = best.reindex(range(len(keys))).to_numpy()
    found = found.astype(object).sort_index()
    found.index.name = key
    return found


def _products_sold(sold: pd.DataFrame) -> pd.DataFrame:
    return commonest(sold, "product_id", ("product_name", "product_category"))


def _latest_prices(sold: pd.DataFrame) -> pd.Series:
    """Return the last price each product sold at; of two at one instant the higher.

    The price of goods that came back is that of an earlier sale: it counts only if nothing else tells one. A price
    below zero is none of a product.
    """
    priced = (sold["unit_price_minor"].ge(0) & sold["product_id"].notna()).fillna(False).to_numpy(dtype=bool)
    codes, products = pd.factorize(sold["product_id"][priced])
    price = sold["unit_price_minor"][priced].to_numpy(dtype="int64")
    went_out = sold["line_total_minor"][priced].ge(0).to_numpy(dtype=bool, na_value=False)
    order = np.lexsort((price, sold["timestamp"][priced].to_numpy(dtype="datetime64[ns]"), went_out, codes))
    last = order[np.append(np.flatnonzero(np.diff(codes[order])), len(order) - 1)] if len(order) else order
    return pd.Series(price[last], index=products, dtype="Int64")


def employees_in_files(intakes: Sequence[Intake]) -> pd.DataFrame:
    """Return the fit rows of employee files, by ``employee_id``."""
    columns = ("employee_id", "employee_name", "employee_role", "location_id", EXTRA)
    parts = [pd.DataFrame({name: _or_none(_texts(intake), name) for name in columns}) for intake in intakes]
    whole = pd.concat(parts) if parts else pd.DataFrame(columns=list(columns), dtype=object)
    return whole.set_index("employee_id")


def products_in_files(intakes: Sequence[Intake], shop: Shop) -> pd.DataFrame:
    """Return the fit rows of product files, by ``product_id``, with the price and cost they give."""
    columns = ("product_id", "product_name", "product_category", EXTRA)
    parts = []
    for intake in intakes:
        goods = pd.DataFrame({name: _or_none(_texts(intake), name) for name in columns})
        for name in ("unit_price", "unit_cost"):
            numbers = intake.typed.numbers.get(name)
            read = pd.NA if numbers is None else numbers.minor(shop.currency)[intake.verdict.good]
            goods[f"{name}_minor"] = pd.Series(read, index=goods.index, dtype="Int64")
        parts.append(goods)
    if parts:
        return pd.concat(parts).set_index("product_id")
    return pd.DataFrame(columns=[*columns, "unit_price_minor", "unit_cost_minor"], dtype=object).set_index("product_id")


def _texts(intake: Intake) -> pd.DataFrame:
    return intake.typed.cells[intake.verdict.good].replace("", None)


def _or_none(cells: pd.DataFrame, name: str) -> pd.Series:
    return cells[name] if name in cells else pd.Series(None, index=cells.index, dtype=object)
