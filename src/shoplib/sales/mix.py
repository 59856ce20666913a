"""What makes up the takings: products, categories and places."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.sales import ranks
from shoplib.sales.books import Books
from shoplib.sales.sold import Sold
from shoplib.sales.tables import receipts_with

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NO_CATEGORY = "No category"
CLASS_A, CLASS_B = 0.8, 0.95
SUMS = ["units", "line_sales_minor", "margin_minor", "margin_sales_minor", "unknown_margin_minor"]
PRODUCTS = [
    "product_id", "product_name", "product_category", "transactions", "units", "line_sales_minor", "share",
    "margin_minor", "margin_share", "unknown_margin_minor", "last_sold", "margin_sales_minor", "cumulative_share",
    "abc", "change_share",
]  # fmt: skip
CATEGORIES = [
    "product_category", "products", "units", "line_sales_minor", "share", "margin_minor", "margin_share",
    "unknown_margin_minor", "margin_sales_minor", "change_share", "verdict",
]  # fmt: skip
UP, DOWN, STEADY, UNKNOWN = "up", "down", "no clear change", "too few days to say"


def products(shown: Sold, recent: Sold, before: Sold) -> pd.DataFrame:
    """Return what sold and what it earned, largest line sales first: one row a product on a completed sale.

    A line that gives back or takes off (``tables.sells``) counts in units and line sales, but as no sale: a product
    with such lines alone has no transaction and no day it was last sold.

    Columns: :data:`PRODUCTS`. ``margin_sales_minor`` are the line sales after discount whose cost is known; without any
    the margin is NA. Gift cards have neither margin nor unknown margin. ``cumulative_share`` and ``abc``: see
    :func:`classes`. ``change_share``: line sales of ``recent`` on those of ``before``, NaN where those are not above
    zero. A product that is not in the list of products keeps its key as its name and has no category.
    """
    sales = receipts_with(shown.lines, "product_id").to_numpy(dtype="int64")
    table = earned(shown).assign(transactions=sales, change_share=change(recent.line_sales, before.line_sales))
    listed = np.bincount(shown.product, minlength=len(shown.keys)) > 0
    table = named(table[listed].rename_axis("product_id").reset_index(), shown.books)
    table = table.sort_values(["line_sales_minor", "product_id"], ascending=[False, True], ignore_index=True)
    return classes(_with_shares(table))[PRODUCTS]


def categories(table: pd.DataFrame, recent: Sold, before: Sold) -> pd.DataFrame:
    """Return what sold by category from :func:`products`, largest line sales first; columns: :data:`CATEGORIES`.

    Products without a category stand together as one. Margins are those of the products with a known cost. ``verdict``
    tells whether the line sales of the latest days differ from those of the same weekdays before by more than chance:
    Student's t over the differences of single days, all categories held to 5 % together (``ranks.estimate``).
    """
    groups = table.assign(product_category=table["product_category"].fillna(NO_CATEGORY)).groupby("product_category")
    found = groups[SUMS].sum(min_count=1).reset_index()
    found.insert(1, "products", groups.size().to_numpy(dtype="int64"))
    group = pd.Index(found["product_category"]).get_indexer(pd.Index(category_of(recent.keys, recent.books)))
    now, was = (side.by_day(group, len(found)) for side in (recent, before))
    found["change_share"] = change(now.sum(axis=1), was.sum(axis=1))
    found["verdict"] = pd.Series(_verdicts(now, was), dtype=object)
    order = ["line_sales_minor", "product_category"]
    return _with_shares(found.sort_values(order, ascending=[False, True], ignore_index=True))[CATEGORIES]


def _verdicts(now: Floats, was: Floats) -> list[str]:
    """Return for each row of daily amounts whether it is up or down on the same weekdays before, beyond chance."""
    if now.shape != was.shape:
        return [UNKNOWN] * len(now)
    found = ranks.estimate((now - was).T)
    chance = ranks.holm(found.chance())
    moved = np.where(chance < 1 - ranks.CONFIDENCE, np.where(found.mean > 0, UP, DOWN), STEADY)
    return [str(word) for word in np.where(np.isnan(chance), UNKNOWN, moved)]


def product_ranks(table: pd.DataFrame, shown: Sold, most: int) -> list[str]:
    """Return the rank of each product of :func:`products` among the first ``most``, ``""`` for all others.

    Products whose line sales are not apart beyond chance share one (``ranks.shared_ranks``), by the days on which
    anything was sold. Without enough days nobody has a rank.
    """
    top = pd.Index(table["product_id"].head(most))
    if not len(top):
        return []
    daily = shown.by_day(top.get_indexer(shown.keys), len(top))
    values = np.where(shown.open_days[:, None], daily.T, np.nan)
    judged = np.full(len(top), shown.open_days.sum() >= ranks.FEWEST)
    return [*ranks.shared_ranks(values, judged), *[""] * (len(table) - len(top))]


def classes(table: pd.DataFrame) -> pd.DataFrame:
    """Return products, largest line sales first, with ``cumulative_share`` and ``abc``.

    The first that make up 80 % of line sales are A, up to 95 % B, the others C; the product that crosses a bound still
    belongs to the higher class. Line sales below zero count as nothing, so that shares never pass one.
    """
    amounts = table["line_sales_minor"].to_numpy(dtype="int64").clip(min=0)
    so_far, total = amounts.cumsum(), int(amounts.sum())
    before = so_far - amounts
    grade = np.where(5 * before < 4 * total, "A", np.where(20 * before < 19 * total, "B", "C"))
    told = grade.astype(object) if total else np.full(len(grade), None, dtype=object)
    return table.assign(cumulative_share=so_far / (total or np.nan), abc=pd.Series(told, table.index, dtype=object))


def concentration(sold: pd.DataFrame) -> pd.DataFrame:
    """Return how line sales are spread over products: one row a class of :func:`classes`, classes without one left out.

    Columns: ``abc``, ``products``, ``products_share``, ``line_sales_minor``, ``share``.
    """
    groups = sold.groupby("abc")
    table = groups["line_sales_minor"].sum().reset_index()
    table.insert(1, "products", groups.size().to_numpy(dtype="int64"))
    table.insert(2, "products_share", table["products"] / max(len(sold), 1))
    return table.assign(share=_share(table["line_sales_minor"]))


def earned(sold: Sold) -> pd.DataFrame:
    """Return sums of the lines of sales by product, indexed by the keys of all products with a line of any day."""
    size = len(sold.keys)
    cost = sold.lines["cost_minor"].to_numpy(dtype="float64", na_value=np.nan)
    net, known = sold.lines["net_minor"].to_numpy(dtype="float64"), ~np.isnan(cost)
    goods = np.bincount(sold.product, weights=sold.lines["gift"], minlength=size) == 0
    costed = (np.bincount(sold.product, weights=known, minlength=size) > 0) & goods
    sales, worth = (sold.total(part) * goods for part in (net * known, np.where(known, cost, 0.0)))
    last = np.full(size, np.iinfo("int64").min)
    day = sold.lines["day"].to_numpy().astype("datetime64[ns]", copy=False).view("int64")
    np.maximum.at(last, sold.product[sold.sells], day[sold.sells])  # the least int64 reads as NaT
    return pd.DataFrame(
        {
            "units": np.bincount(sold.product, weights=sold.quantity, minlength=size),
            "line_sales_minor": sold.line_sales,
            "margin_minor": pd.arrays.IntegerArray(sales - worth, ~costed),
            "margin_sales_minor": sales,
            "unknown_margin_minor": sold.total(net) * goods - sales,
            "last_sold": last.view("datetime64[ns]"),
        },
        index=sold.keys,
    )


def named(table: pd.DataFrame, books: Books) -> pd.DataFrame:
    """Return a table of products with ``product_name`` and ``product_category`` as plain texts."""
    known = books.products.drop_duplicates("product_id")
    known = known.set_index(known["product_id"].astype(object))
    name = table["product_id"].map(known["product_name"].astype(object))
    name = name.where(name.notna(), table["product_id"]).astype(object)
    return table.assign(product_name=name, product_category=_plain(table["product_id"], known["product_category"]))


def category_of(keys: pd.Index, books: Books) -> npt.NDArray[Any]:
    """Return the category of each product, of those without one ``No category``."""
    known = books.products.drop_duplicates("product_id").set_index("product_id")["product_category"]
    return _plain(pd.Series(keys, dtype=object), known).fillna(NO_CATEGORY).to_numpy(dtype=object)


def _plain(keys: pd.Series, texts: pd.Series) -> pd.Series:
    found = keys.map(texts.astype(object))
    return pd.Series([text if isinstance(text, str) else None for text in found], index=keys.index, dtype=object)


def change(now: npt.NDArray[Any], was: npt.NDArray[Any]) -> Floats:
    """Return how far amounts are from those before as a share of them, NaN where those are not above zero."""
    return np.asarray(np.where(was > 0, now / np.where(was > 0, was, 1) - 1, np.nan))


def _with_shares(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of line sales and margins with their shares: of all, and of the sales whose cost is known."""
    sales = table["margin_sales_minor"].to_numpy(dtype="float64")
    margin = table["margin_minor"].to_numpy(dtype="float64", na_value=np.nan)
    return table.assign(
        share=_share(table["line_sales_minor"]), margin_share=margin / np.where(sales > 0, sales, np.nan)
    )


def category_shares(products: pd.DataFrame) -> pd.DataFrame:
    """Return line sales by category from ``sales_products``, largest first.

    Columns: ``product_category`` (missing for products without one), ``products``, ``units``, ``line_sales_minor`` and
    ``share`` of all line sales, before discounts and tax. Shares are NaN if the total is not above zero.
    """
    table = (
        products.groupby("product_category", dropna=False, sort=True)
        .agg(
            products=("product_id", "size"),
            units=("units", "sum"),
            line_sales_minor=("line_sales_minor", "sum"),
        )
        .reset_index()
    )
    table = table.sort_values("line_sales_minor", ascending=False, kind="stable", ignore_index=True)
    return table.assign(share=_share(table["line_sales_minor"]))


def top_products(products: pd.DataFrame, count: int = 20) -> pd.DataFrame:
    """Return the ``count`` best sellers of ``sales_products`` with their ``share`` of all line sales."""
    table = products.assign(share=_share(products["line_sales_minor"]))
    order = ["line_sales_minor", "product_id"]
    return table.sort_values(order, ascending=[False, True], ignore_index=True).head(count)


def _share(amounts: pd.Series) -> pd.Series:
    whole = float(amounts.sum())
    return amounts.astype("float64") / (whole if whole > 0 else np.nan)


def _by(top: pd.Series, bottom: pd.Series) -> pd.Series:
    return top.astype("float64") / bottom.astype("float64").replace(0.0, np.nan)
