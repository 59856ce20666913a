"""Units of products as series: the best sellers by name, the others of their category together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.forecasting import availability, censoring, known_ahead, slow
from shoplib.forecasting.demand_series import (
    ALL,
    KEYS,
    NO_CATEGORY,
    OTHERS,
    RECENT_DAYS,
    UNITS,
    Facts,
    Measured,
    Places,
    known_columns,
    measured,
)  # fmt: skip
from shoplib.forecasting.known_ahead import Offers
from shoplib.forecasting.panel import Flags, Floats, Panel, Whole

FEWEST_BY_PLACE = 5
"""Products that must fit for every place before products are forecast place by place."""
CATEGORIES_PART = 5
HALF = 0.5
"""One series in so many may be a category."""


@dataclass(frozen=True)
class Goods:
    """What sells where: ``pairs`` has one row a product and place with a completed sale.

    Its columns are location_id, product_id, category, units and value (line totals, minor units). ``rows`` has one row
    a pair and day with a sale: pair, day (column of the calendar) and units.
    """

    pairs: pd.DataFrame
    rows: pd.DataFrame

    def by(self, group: Whole, count: int, days: int) -> Floats:
        """Return units of groups of pairs by day, (count, days), NaN before the first sale of each.

        ``group`` says to which group each pair belongs, -1 to none.
        """
        row, grid = group[self.rows["pair"].to_numpy()], np.zeros((count, days))
        mine = row >= 0
        np.add.at(grid, (row[mine], self.rows["day"].to_numpy()[mine]), self.rows["units"].to_numpy()[mine])
        return np.where(np.logical_or.accumulate(grid > 0, axis=1), grid, np.nan)


def goods(facts: Facts, shops: Places) -> Goods:
    """Return what was sold in completed transactions at the places of ``shops``."""
    if not shops.ids:
        pairs = pd.DataFrame(columns=["location_id", "product_id", "units", "value", "category"])
        return Goods(pairs, pd.DataFrame({"pair": [], "day": [], "units": []}, dtype="int64"))
    sales = facts["transactions"]
    sales = sales[(sales["transaction_status"] == "completed") & sales["location_id"].isin(shops.ids)]
    day = (pd.DatetimeIndex(sales["business_date"]).as_unit("ns") - shops.whole[0]).days
    place = pd.Categorical(sales["location_id"].astype(str), categories=list(shops.ids))
    heads = pd.DataFrame({"day": day, "place": place.codes}, index=pd.Index(sales["transaction_id"]))
    heads = heads[heads["day"].between(0, len(shops.days) - 1)]
    items = facts["transaction_items"]
    head = heads.index.get_indexer(pd.Index(items["transaction_id"]))
    items, head = items[head >= 0], head[head >= 0]
    product = pd.Categorical(items["product_id"].astype(str))
    code = heads["place"].to_numpy(dtype="int64")[head] * len(product.categories) + product.codes
    lines = pd.DataFrame(
        {
            "code": code, "day": heads["day"].to_numpy()[head],
            "units": items["quantity"].to_numpy(dtype="float64").clip(min=0),
            "value": items["line_total_minor"].to_numpy(dtype="float64"),
        }
    )  # fmt: skip
    daily = lines.groupby(["code", "day"], sort=True)[["units", "value"]].sum().reset_index()
    sums = daily.groupby("code", sort=True)[["units", "value"]].sum()
    codes = sums.index.to_numpy(dtype="int64")
    every = max(len(product.categories), 1)
    pairs = pd.DataFrame(
        {
            "location_id": np.array(shops.ids, dtype=object)[codes // every],
            "product_id": np.array(product.categories, dtype=object)[codes % every],
            "units": sums["units"].to_numpy(), "value": sums["value"].to_numpy().clip(min=0),
        }
    )  # fmt: skip
    told = facts["products"].set_index(facts["products"]["product_id"].astype(str))["product_category"]
    pairs["category"] = pairs["product_id"].map(told.astype(object)).fillna(NO_CATEGORY).astype(str)
    rows = pd.DataFrame({"pair": np.searchsorted(codes, daily["code"]), "day": daily["day"], "units": daily["units"]})
    return Goods(pairs, rows)


def offers(facts: Facts, found: Goods, shops: Places) -> Offers:
    """Return the offers that touch the history or the coming days."""
    return known_ahead.offers(facts["promotions"], found.pairs, shops.whole[0], len(shops.whole))


def units(
    facts: Facts, found: Goods, shops: Places, planned: Offers, levels: tuple[str, ...], most: int, timezone: str
) -> Measured | None:
    """Return units of the best sellers, of categories and of all, within ``most`` series; ``None`` without a sale.

    Days out of stock are filled in with what was probably wanted, where movements of stock are known. Products
    are also told place by place where five of them fit.
    """
    if found.pairs.empty or most < 1:
        return None
    nodes = _nodes(found, shops, levels, most)
    named = nodes.named
    member = nodes.member
    count, days = nodes.sums.shape[1], len(shops.days)
    sold = found.by(member, count, days)
    wanted, out = sold.copy(), np.zeros(sold.shape, dtype=bool)
    if len(named) and len(facts["stock_movements"]):
        pairs, empty = _filled(facts, found, shops, named, timezone)
        for grid, one in ((wanted, pairs), (out, empty)):
            grid[np.unique(member[named])] = 0
            np.add.at(grid, member[named], np.nan_to_num(one) if one.dtype == np.float64 else one)
        wanted = np.where(np.isnan(sold), np.nan, wanted)
    place = pd.Index(shops.ids).get_indexer(pd.Index(found.pairs["location_id"]))
    at = np.zeros((count, len(shops.ids)))
    at[member, place] = 1.0
    known = known_columns(nodes.sums, planned, member, "units")
    return measured(UNITS, nodes.keys, shops, nodes.sums, (nodes.sums @ at) > 0, wanted, known, sold, out)


@dataclass(frozen=True)
class _Nodes:
    """The series in the order they are told, those that others add up last.

    ``sums`` is (series, bottom series); ``member`` says to which bottom series each pair of :class:`Goods` belongs;
    ``named`` are the pairs of products with a series of their own.
    """

    keys: pd.DataFrame
    sums: Floats
    member: Whole
    named: Whole


def _nodes(found: Goods, shops: Places, levels: tuple[str, ...], most: int) -> _Nodes:
    """Return which series there are: all, categories, best sellers (place by place if they fit), and the others."""
    recent = found.rows["day"] >= len(shops.days) - RECENT_DAYS
    lately = found.rows[recent].groupby("pair")["units"].sum().reindex(range(len(found.pairs)), fill_value=0.0)
    pairs = found.pairs.assign(lately=lately.to_numpy())
    by_category = pairs.groupby("category")["lately"].sum().sort_values(ascending=False, kind="stable")
    kept = [str(name) for name in by_category.index[: max(most // CATEGORIES_PART, 1)]] if "category" in levels else []
    best = pairs.groupby("product_id")["lately"].sum().sort_values(ascending=False, kind="stable")
    best = best[best > 0]
    spare = most - 1 - 2 * len(kept) - 1
    here = len(shops.ids)
    by_place = "location_product" in levels and here > 1 and spare // (1 + here) >= FEWEST_BY_PLACE
    count = max(spare // (1 + here) if by_place else spare, 1) if "product" in levels else 0
    chosen = [str(name) for name in best.index[:count]]
    own = pairs["product_id"].isin(chosen)
    category = pairs["category"].where(own | pairs["category"].isin(kept), OTHERS)
    level = np.where(own, "location_product" if by_place else "product", "others")
    label = pd.DataFrame(
        {
            "level": level, "location_id": np.where(own & by_place, pairs["location_id"], ALL),
            "category": category, "product_id": np.where(own, pairs["product_id"], OTHERS), "measure": UNITS,
        }
    )  # fmt: skip
    rank = {name: at for at, name in enumerate([*chosen, OTHERS])}
    leaves = label.drop_duplicates().assign(rank=lambda rows: rows["product_id"].map(rank))
    leaves = leaves.sort_values(["rank", "category", "location_id"], kind="stable")[KEYS].reset_index(drop=True)
    member = pd.MultiIndex.from_frame(leaves).get_indexer(pd.MultiIndex.from_frame(label)).astype("int64")
    split = leaves.loc[leaves["level"] != "others", "category"].unique()
    tops = [("total", ALL, ALL, ALL, UNITS)] + [("category", ALL, name, ALL, UNITS) for name in kept if name in split]
    alone = (leaves["level"] == "others") & ~leaves["category"].isin(split) & leaves["category"].isin(kept)
    if by_place:
        of = leaves[leaves["level"] == "location_product"].drop_duplicates("product_id")
        tops += [("product", ALL, str(row.category), str(row.product_id), UNITS) for row in of.itertuples()]
    upper = pd.DataFrame(tops, columns=KEYS)
    sums = np.vstack([_belongs(upper, leaves), np.eye(len(leaves))])
    leaves.loc[alone, ["level", "product_id"]] = ["category", ALL]
    leaves.loc[leaves["level"] == "others", "level"] = "product"
    return _Nodes(pd.concat([upper, leaves], ignore_index=True), sums, member, np.flatnonzero(own))


def _belongs(upper: pd.DataFrame, leaves: pd.DataFrame) -> Floats:
    """Return which leaves each upper series adds up: those alike wherever it does not say ``*``."""
    same = np.ones((len(upper), len(leaves)), dtype=bool)
    for name in ("category", "product_id"):
        told, mine = upper[name].to_numpy(dtype=object)[:, None], leaves[name].to_numpy(dtype=object)[None, :]
        same &= (told == ALL) | (told == mine)
    return same.astype("float64")


def _filled(facts: Facts, found: Goods, shops: Places, named: Whole, timezone: str) -> tuple[Floats, Flags]:
    """Return what was wanted of each named pair by day, and on which days it was out of stock."""
    pairs = found.pairs.iloc[named].reset_index(drop=True)
    group = np.full(len(found.pairs), -1)
    group[named] = np.arange(len(named))
    days = len(shops.days)
    place = pd.Index(shops.ids).get_indexer(pd.Index(pairs["location_id"]))
    closed = shops.shut[place, :days]
    y = np.where(closed, np.nan, found.by(group, len(named), days))
    ids = tuple(pairs["location_id"] + "|" + pairs["product_id"])
    static = pairs[["location_id", "product_id"]].set_axis(list(ids), axis=0)
    panel = Panel(ids, shops.days, days, y, closed, static=static)
    products = set(pairs["product_id"])
    moved, counted = (_of(facts[name], products) for name in ("stock_movements", "stock_counts"))
    sales = _of(facts["transaction_items"], products)[["transaction_id", "product_id", "quantity"]]
    heads = facts["transactions"]
    heads = heads[heads["transaction_status"] == "completed"][
        ["transaction_id", "timestamp", "business_date", "location_id"]
    ]
    sales = sales.merge(heads, on="transaction_id")
    shelves = availability.stockouts(panel, moved, counted if len(counted) else None, sales, timezone)
    told = censoring.reconstructed(panel, shelves, "product_id")
    return np.where(np.isnan(told), panel.sold, told), shelves.out & ~np.isnan(y)


def on_demand(found: Goods, shops: Places) -> pd.DataFrame:
    """Return the products to order on demand, all places together: those of :func:`slow.on_demand`."""
    codes, products = pd.factorize(found.pairs["product_id"], sort=True)
    days = len(shops.days)
    y = found.by(codes.astype("int64"), len(products), days)
    closed = np.broadcast_to(shops.shut.all(axis=0), (len(products), len(shops.whole)))
    panel = Panel(tuple(products), shops.whole, days, np.where(closed[:, :days], np.nan, y), closed)
    return slow.on_demand(panel, days=shops.horizon)


def worth(keys: pd.DataFrame, found: Goods, products: pd.DataFrame, shortage_costs: float) -> pd.DataFrame:
    """Return price_minor and cost_minor of one unit of each series, weighted by what sells, and ``told``.

    The price is the list price, else what a unit sold for. Where no cost is told, it is taken so that a sale lost is
    ``shortage_costs`` times as bad as a unit thrown away, and ``told`` is false.
    """
    listed = products.set_index(products["product_id"].astype(str))
    pairs = found.pairs
    price = pairs["product_id"].map(listed["unit_price_minor"]).astype("float64")
    sells = (pairs["value"] / pairs["units"].where(pairs["units"] > 0)).fillna(0.0)
    price = price.fillna(sells)
    cost = pairs["product_id"].map(listed["unit_cost_minor"]).astype("float64")
    table = pd.DataFrame(
        {"price_minor": price, "cost_minor": cost.fillna(price / (1 + shortage_costs)), "told": cost.notna()}
    )
    rows = []
    units = pairs["units"].to_numpy(dtype="float64")
    columns = [table[name].to_numpy(dtype="float64") for name in table]
    for key in keys[["location_id", "category", "product_id"]].to_dict("records"):
        mine = np.ones(len(pairs), dtype=bool)
        for name, asked in key.items():
            if asked not in (ALL, OTHERS):
                mine &= (pairs[str(name)] == asked).to_numpy()
        weight = units * mine
        whole = max(float(weight.sum()), 1e-9)
        means = [float(column @ weight) / whole for column in columns]
        rows.append((means[0], means[1], means[2] > HALF))
    return pd.DataFrame(rows, columns=["price_minor", "cost_minor", "told"])


def _of(table: pd.DataFrame, products: set[str]) -> pd.DataFrame:
    return table[table["product_id"].astype(str).isin(products)]
