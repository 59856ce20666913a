"""Customers by how recently, how often and for how much they buy (RFM; Hughes 1994)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.contracts import convert

QUINTILES = 5
NEW_DAYS, NEW_PART = 30, 4
"""A customer is new if first seen in the last quarter of the data, and in its last thirty days at most."""
AWAY_DAYS, AWAY_INTERVALS = 14, 3
"""A customer is away after more than so many days and more than so many of the usual intervals between purchases."""
OWN_RHYTHM = 3
"""Days with a purchase from which a customer's own interval is used; below, the median of all."""
SEGMENTS = {
    "champions": "buy often and for much, and still come",
    "new": "first bought lately",
    "loyal": "buy often, and still come",
    "at risk": "bought often or for much, and have been away over two weeks and over three times as long as usual",
    "lost": "bought seldom and for little, and have been away as long",
    "occasional": "all others who still come, now and then",
}
"""What each segment means, in the order in which a customer is tried for it."""


def customer_segments(transactions: pd.DataFrame) -> pd.DataFrame:
    """Return ``customer_segments``: one row a customer with a completed transaction, in order of key.

    Sales without a customer's key are left out. Days are counted back from the last business day of all
    transactions. Each score is the fifth of the customers it falls into, 5 the best (quintiles; Hughes 1994); equal
    values share the middle of their ranks and so always have equal scores, whatever the order of rows, and a single
    customer scores 3. The segment's name follows frequency, money, and whether the customer is :func:`away`: a
    low score of recency alone means little where everybody bought this week. Without such customers the table has
    no rows.
    """
    known = _completed(transactions)
    if known.empty:
        return convert.empty("customer_segments")
    days = known["business_date"]
    last = pd.Timestamp(transactions["business_date"].max())
    table = known.groupby("customer_id", sort=True).agg(
        transactions=("business_date", "size"),
        first_day=("business_date", "min"),
        last_day=("business_date", "max"),
        buying_days=("business_date", "nunique"),
        gross_sales_minor=("total_amount_minor", "sum"),
    ).reset_index()  # fmt: skip
    table["recency_days"] = (last - table["last_day"]).dt.days.astype("int64")
    table["recency_score"] = quintile(-table["recency_days"])
    table["frequency_score"] = quintile(table["transactions"])
    table["money_score"] = quintile(table["gross_sales_minor"])
    reach = (last - pd.Timestamp(days.min())).days + 1
    is_new = (last - table["first_day"]).dt.days < min(NEW_DAYS, reach // NEW_PART)
    table["segment"] = _named(table, is_new)
    return table[list(convert.empty("customer_segments").columns)]


def quintile(values: pd.Series) -> pd.Series:
    """Return 1 to 5: the fifth of all values each one falls into, 5 for the largest; equal values score alike.

    >>> quintile(pd.Series([10, 20, 30, 40, 50])).tolist(), quintile(pd.Series([7, 7, 7])).tolist()
    ([1, 2, 3, 4, 5], [3, 3, 3])
    """
    place = (values.rank(method="average") - 0.5) / max(len(values), 1)
    return (place * QUINTILES // 1 + 1).clip(1, QUINTILES).astype("int64")


def away(table: pd.DataFrame) -> pd.Series:
    """Return whether the last purchase is long ago against a customer's own rhythm.

    ``table`` has first_day, last_day, buying_days and recency_days. Long is over ``AWAY_DAYS`` and over
    ``AWAY_INTERVALS`` mean intervals between days with a purchase; with fewer than three such days the interval is the
    median of all customers who have one, and where nobody has one, only ``AWAY_DAYS`` count.
    """
    gaps = (table["buying_days"] - 1).where(table["buying_days"] > 1)
    interval = (table["last_day"] - table["first_day"]).dt.days / gaps
    median = interval.median() if interval.notna().any() else 0.0
    usual = interval.where(table["buying_days"] >= OWN_RHYTHM, median)
    return table["recency_days"] > (AWAY_INTERVALS * usual).clip(lower=AWAY_DAYS)


def by_segment(segments: pd.DataFrame) -> pd.DataFrame:
    """Return one line a segment that has customers, most takings first.

    Columns segment, customers, transactions, gross_sales_minor, customers_share and sales_share of all known
    customers (NaN if they took nothing), median_recency_days.
    """
    table = segments.groupby("segment", sort=True).agg(
        customers=("customer_id", "size"),
        transactions=("transactions", "sum"),
        gross_sales_minor=("gross_sales_minor", "sum"),
        median_recency_days=("recency_days", "median"),
    ).reset_index()  # fmt: skip
    total = float(table["gross_sales_minor"].sum())
    table["customers_share"] = table["customers"] / max(int(table["customers"].sum()), 1)
    table["sales_share"] = table["gross_sales_minor"] / (total if total > 0 else np.nan)
    return table.sort_values(["gross_sales_minor", "segment"], ascending=[False, True], ignore_index=True)


def _completed(transactions: pd.DataFrame) -> pd.DataFrame:
    kept = (transactions["transaction_status"] == "completed") & transactions["customer_id"].notna()
    known = transactions.loc[kept, ["customer_id", "business_date", "total_amount_minor"]]
    return known.assign(business_date=pd.to_datetime(known["business_date"]).astype("datetime64[ns]"))


def _named(table: pd.DataFrame, is_new: pd.Series) -> np.ndarray:
    often, much, gone = table["frequency_score"], table["money_score"], away(table)
    rules = [
        ~gone & (often >= 4) & (much >= 4),
        is_new,
        ~gone & (often >= 4),
        gone & ((often >= 3) | (much >= 4)),
        gone,
    ]
    names = list(SEGMENTS)
    return np.select([rule.to_numpy() for rule in rules], names[:-1], default=names[-1]).astype(object)
