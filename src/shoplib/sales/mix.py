"""What makes up the takings: products, categories and places."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.sales.books import Books
from shoplib.sales.tables import receipts_with

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NO_CATEGORY = "No category"
SUMS = ["units", "line_sales_minor", "margin_minor", "margin_sales_minor", "unknown_margin_minor"]
PRODUCTS = [
    "product_id", "product_name", "product_category", "transactions", "units", "line_sales_minor", "share",
    "margin_minor", "margin_share", "unknown_margin_minor", "last_sold", "margin_sales_minor", "cumulative_share",
    "abc", "change_share",
]  # fmt: skip
CATEGORIES = [
    "product_category", "products", "units", "line_sales_minor", "share", "margin_minor", "margin_share",
    "unknown_margin_minor", "margin_sales_minor", "change_share",
]  # fmt: skip


def products(shown: Books, recent: Books, before: Books) -> pd.DataFrame:
    """Return what sold and what it earned, largest line sales first: one row a product with a completed sale.

    Columns: :data:`PRODUCTS`. ``margin_sales_minor`` are the line sales after discount whose cost is known; without any
    the margin is NA. Gift cards have neither margin nor unknown margin. ``cumulative_share`` and ``abc``: see
    :func:`classes`. ``change_share``: line sales of ``recent`` on those of ``before``, NaN where those are not above
    zero. A product that is not in the list of products keeps its key as its name and has no category.
    """
    sold = receipts_with(shown.sold_lines, "product_id").to_numpy(dtype="int64")
    table = earned(shown).assign(transactions=sold, change_share=change(line_sales(recent), line_sales(before)))
    table = named(table[sold > 0].rename_axis("product_id").reset_index(), shown)
    table = table.sort_values(["line_sales_minor", "product_id"], ascending=[False, True], ignore_index=True)
    table = classes(_with_shares(table))
    return table[PRODUCTS]


def categories(sold: pd.DataFrame, recent: Books, before: Books) -> pd.DataFrame:
    """Return what sold by category from :func:`products`, largest line sales first; columns: :data:`CATEGORIES`.

    Products without a category stand together as one. Margins are those of the products with a known cost.
    """
    groups = sold.assign(product_category=sold["product_category"].fillna(NO_CATEGORY)).groupby("product_category")
    table = groups[SUMS].sum(min_count=1).reset_index()
    table.insert(1, "products", groups.size().to_numpy(dtype="int64"))
    keys = pd.Index(recent.lines["product_id"].cat.categories.astype(object))
    of = category_of(keys, recent)
    now, was = (pd.Series(line_sales(books)).groupby(of).sum() for books in (recent, before))
    rows = table["product_category"]
    table["change_share"] = change(*(side.reindex(rows, fill_value=0).to_numpy() for side in (now, was)))
    table = table.sort_values(
        ["line_sales_minor", "product_category"], ascending=[False, True], kind="stable", ignore_index=True
    )
    return _with_shares(table)[CATEGORIES]


def classes(table: pd.DataFrame) -> pd.DataFrame:
    """Return products, largest line sales first, with ``cumulative_share`` and ``abc``.

    The first that make up 80 % of line sales are A, up to 95 % B, the others C; the product that crosses a bound still
    belongs to the higher class. Line sales below zero count as nothing, so that shares never pass one.
    """
    amounts = table["line_sales_minor"].to_numpy(dtype="int64").clip(min=0)
    so_far, total = amounts.cumsum(), int(amounts.sum())
    before = so_far - amounts
    grade = np.where(5 * before < 4 * total, "A", np.where(20 * before < 19 * total, "B", "C"))
    return table.assign(
        cumulative_share=so_far / (total or np.nan), abc=pd.Series(grade if total else None, table.index, dtype=object)
    )


def concentration(sold: pd.DataFrame) -> pd.DataFrame:
    """Return how line sales are spread over products: one row a class of :func:`classes`, classes without one left out.

    Columns: ``abc``, ``products``, ``products_share``, ``line_sales_minor``, ``share``.
    """
    groups = sold.groupby("abc")
    table = groups["line_sales_minor"].sum().reset_index()
    table.insert(1, "products", groups.size().to_numpy(dtype="int64"))
    table.insert(2, "products_share", table["products"] / max(len(sold), 1))
    return table.assign(share=_share(table["line_sales_minor"]))


def earned(books: Books) -> pd.DataFrame:
    """Return sums of the lines of sales by product, indexed by the keys of all products with a line of any day."""
    lines = books.sold_lines
    code, keys = codes(lines["product_id"]), lines["product_id"].cat.categories.astype(object)
    cost = lines["cost_minor"].to_numpy(dtype="float64", na_value=np.nan)
    net, goods = lines["net_minor"].to_numpy(), ~lines["gift"].to_numpy()
    costed = goods & ~np.isnan(cost)
    sales, worth = (total(code, part, len(keys)) for part in (np.where(costed, net, 0), np.where(costed, cost, 0)))
    unknown = total(code, np.where(goods & ~costed, net, 0), len(keys))
    costless = np.bincount(code, weights=costed, minlength=len(keys)) == 0
    return pd.DataFrame(
        {
            "units": np.bincount(code, weights=lines["quantity"], minlength=len(keys)),
            "line_sales_minor": line_sales(books),
            "margin_minor": pd.arrays.IntegerArray(sales - worth, costless),
            "margin_sales_minor": sales,
            "unknown_margin_minor": unknown,
            "last_sold": last_days(code, lines["day"], len(keys)),
        },
        index=pd.Index(keys, dtype=object),
    )


def line_sales(books: Books) -> Ints:
    """Return the line totals of completed sales by product, in the order of the products' categories."""
    lines = books.sold_lines
    return total(codes(lines["product_id"]), lines["line_total_minor"], len(lines["product_id"].cat.categories))


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
    found = keys.map(texts.astype(object)).astype(object)
    return found.where(found.notna(), None)


def codes(column: pd.Series) -> Ints:
    """Return the codes of a column of categories as whole numbers of full width."""
    found: Ints = column.cat.codes.to_numpy(dtype="int64")
    return found


def total(code: Ints, amounts: npt.ArrayLike, size: int) -> Ints:
    """Return exact sums of whole amounts by code."""
    return np.bincount(code, weights=np.asarray(amounts, dtype="float64"), minlength=size).astype("int64")


def last_days(code: Ints, day: pd.Series, size: int) -> npt.NDArray[np.datetime64]:
    """Return the last day of each code, NaT where it has none."""
    found = np.full(size, np.iinfo("int64").min)
    np.maximum.at(found, code, day.to_numpy().astype("datetime64[ns]").astype("int64"))
    return found.astype("datetime64[ns]")


def change(now: Ints, was: Ints) -> Floats:
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


def location_comparison(locations: pd.DataFrame) -> pd.DataFrame:
    """Return ``sales_locations``, largest takings first, with what makes places comparable.

    Added: ``share`` of all takings, ``gross_sales_per_day_minor`` by trading day, ``average_transaction_minor`` and
    ``refund_share`` among completed and refunded transactions; NaN where there is nothing to divide by.
    """
    table = locations.sort_values(["gross_sales_minor", "location_id"], ascending=[False, True], ignore_index=True)
    takings = table["gross_sales_minor"]
    return table.assign(
        share=_share(takings),
        gross_sales_per_day_minor=_by(takings, table["trading_days"]),
        average_transaction_minor=_by(takings, table["transactions"]),
        refund_share=_by(table["refunds"], table["refunds"] + table["transactions"]),
    )


def _share(amounts: pd.Series) -> pd.Series:
    whole = float(amounts.sum())
    return amounts.astype("float64") / (whole if whole > 0 else np.nan)


def _by(top: pd.Series, bottom: pd.Series) -> pd.Series:
    return top.astype("float64") / bottom.astype("float64").replace(0.0, np.nan)
