"""What is bought together: pairs of products in completed transactions (Agrawal, Imieliński and Swami 1993)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse, special

from shoplib.contracts import convert

MOST_PRODUCTS = 60
"""Different products of a basket; a larger one is a delivery or a mistake, and is left out with all it holds."""
FALSE_SHARE = 0.05
"""Share of the pairs told as found together that may be chance (false discovery rate)."""


@dataclass(frozen=True)
class Baskets:
    """Completed transactions as baskets: which of ``products`` each of them holds, each product once."""

    products: tuple[str, ...]
    holds: sparse.csr_matrix
    """Baskets with a product × products, in whole numbers 0 and 1."""
    count: int
    """Completed transactions, those without a line included, those left out for their size not."""
    too_large: int

    @property
    def several(self) -> int:
        """Baskets with two products or more."""
        return int((np.diff(self.holds.indptr) > 1).sum())


def baskets(transactions: pd.DataFrame, items: pd.DataFrame) -> Baskets:
    """Return the baskets of completed transactions; lines that sold nothing (quantity of 0 or less) do not count.

    Products are in order of key, so the order of rows does not matter.
    """
    done = pa.array(transactions.loc[transactions["transaction_status"] == "completed", "transaction_id"], pa.string())
    at = np.asarray(pc.index_in(pa.array(items["transaction_id"], pa.string()), value_set=done).fill_null(-1))
    kept = (at >= 0) & (items["quantity"].to_numpy(dtype="float64") > 0)
    sold = items.loc[kept, "product_id"].astype("category")
    sold = sold.cat.reorder_categories(sorted(sold.cat.categories))
    ones = np.ones(int(kept.sum()), dtype=np.int64)
    holds = sparse.csr_matrix((ones, (at[kept], sold.cat.codes)), shape=(len(done), len(sold.cat.categories)))
    holds.sum_duplicates()
    holds.data[:] = 1
    sizes = np.diff(holds.indptr)
    large = sizes > MOST_PRODUCTS
    return Baskets(tuple(sold.cat.categories), holds[(sizes > 0) & ~large], len(done) - int(large.sum()),
                   int(large.sum()))  # fmt: skip


def basket_pairs(found: Baskets, min_baskets: int) -> pd.DataFrame:
    """Return ``basket_pairs``: pairs in ``min_baskets`` baskets or more, the highest lift first.

    Support is a share of all completed transactions; confidence is given both ways; lift is the support over the
    product of both products' shares, 1 where they have nothing to do with each other. Equal lifts are ordered by
    baskets, then by key. Baskets of over ``MOST_PRODUCTS`` products count nowhere. No pair gives no rows.
    """
    alone = np.asarray(found.holds.sum(axis=0)).ravel()
    often = np.flatnonzero(alone >= min_baskets)  # a pair is in no more baskets than each of its products
    small = found.holds[:, often]
    both = sparse.triu(small.T @ small, k=1).tocoo()
    kept = both.data >= min_baskets
    a, b, together = often[both.row[kept]], often[both.col[kept]], both.data[kept].astype("float64")
    if not len(together):
        return convert.empty("basket_pairs")
    names = np.array(found.products, dtype=object)
    table = pd.DataFrame(
        {
            "product_a": names[a],
            "product_b": names[b],
            "baskets": together.astype("int64"),
            "support": together / found.count,
            "confidence_a_b": together / alone[a],
            "confidence_b_a": together / alone[b],
            "lift": together * found.count / (alone[a] * alone[b].astype("float64")),
        }
    )
    order = ["lift", "baskets", "product_a", "product_b"]
    return table.sort_values(order, ascending=[False, False, True, True], ignore_index=True)


def beyond_chance(pairs: pd.DataFrame, products: int) -> pd.DataFrame:
    """Return the pairs of ``basket_pairs`` found together more often than chance explains, in their order.

    By chance a pair is in ``baskets`` / ``lift`` baskets, give or take a Poisson spread. Of the pairs returned one
    in twenty at most is expected to be chance all the same (Benjamini and Hochberg 1995), counted over all pairs
    that ``products`` products can form, not only over those that were common enough to be listed.
    """
    if pairs.empty:
        return pairs
    expected = (pairs["baskets"] / pairs["lift"]).to_numpy()
    chance = special.gammainc(pairs["baskets"].to_numpy(dtype="float64"), expected)  # P(Poisson ≥ baskets)
    tried = max(products * (products - 1) // 2, len(pairs))
    order = np.argsort(chance, kind="stable")
    passed = np.flatnonzero(chance[order] <= FALSE_SHARE * np.arange(1, len(pairs) + 1) / tried)
    kept = order[: passed[-1] + 1] if len(passed) else order[:0]
    return pairs.iloc[np.sort(kept)].reset_index(drop=True)


def named(pairs: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Return pairs with ``name_a`` and ``name_b``; a product that is not listed keeps its key as its name."""
    names = products.set_index("product_id")["product_name"]
    return pairs.assign(**{
        f"name_{side}": pairs[f"product_{side}"].map(names).fillna(pairs[f"product_{side}"]) for side in ("a", "b")
    })  # fmt: skip
