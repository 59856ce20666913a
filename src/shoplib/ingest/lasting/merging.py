"""Judged rows into the tables of the lasting store: what is new is added, and what follows from it computed again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.ingest import sales, signs
from shoplib.ingest.accounts import total
from shoplib.ingest.declared import TABLES
from shoplib.ingest.lasting import catalogue
from shoplib.ingest.lasting.catalogue import Tally
from shoplib.ingest.lasting.identity import MASTER_TABLES
from shoplib.ingest.lasting.judging import Judged
from shoplib.ingest.lasting.known import STAGED, Known, rows_of, stage
from shoplib.ingest.lasting.writing import append, update, upsert
from shoplib.store.bulk import Bulk

HEADER = ("employee_id", "customer_id", "device_id", "transaction_number")


def add(bulk: Bulk, known: Known, judged: Judged, tally: Tally) -> tuple[int, int | None]:
    """Add the fit rows of a judged part and return how many rows, and of sales how many minor units, were added.

    ``tally`` notes what the rows name and which products they touch; ``catalogue`` settles names and prices from it
    when the file is done.
    """
    rows, kind = judged.rows, judged.intake.mapping.rows
    if rows.empty:
        return 0, None if judged.intake.typed.money is None else 0
    rows = rows.assign(
        import_id=judged.intake.import_ids[rows.index], source_row=judged.intake.source_row[rows.index]
    )  # fmt: skip
    worth = None
    if kind == "transaction":
        worth = _whole(bulk, known, rows, tally)
    elif kind == "line":
        worth = _lines(bulk, known, rows, judged.heads, tally)
    elif kind == "item":
        worth = _items(bulk, known, rows, tally)
    elif kind in MASTER_TABLES:
        catalogue.replace(bulk, known, kind, rows, tally)
    else:
        _records(bulk, known, kind, rows, tally)
    order = np.argsort(judged.identities["key_a"].to_numpy(), kind="stable")
    same = judged.identities.assign(import_id=rows["import_id"], source_row=rows["source_row"]).iloc[order]
    append(bulk, "row_identities", same)
    return len(rows), worth


def _whole(bulk: Bulk, known: Known, rows: pd.DataFrame, tally: Tally) -> int:
    rows = _refunds(sales.number_occurrences(rows))
    catalogue.ensure_named(bulk, known, rows)
    tally.people_and_places(rows)
    lines = None
    if "item" not in known.has:
        lines = sales.number_lines(sales.lines_of_rows(rows))
    tally.add(bulk, "transactions", rows.assign(num_items=rows["num_items"].fillna(1)))
    if lines is not None:
        _append_items(bulk, lines, tally)
    return total(rows["total_amount_minor"])


def _refunds(transactions: pd.DataFrame) -> pd.DataFrame:
    """Return transactions with those marked as refunds that only their minus tells."""
    status = transactions["transaction_status"].mask(signs.below_zero(transactions), "refunded")
    return transactions.assign(transaction_status=status)


def _append_items(bulk: Bulk, lines: pd.DataFrame, tally: Tally) -> None:
    catalogue.ensure(bulk, "products", lines["product_id"])
    tally.goods(lines)
    tally.add(bulk, "transaction_items", lines)


def _lines(bulk: Bulk, known: Known, rows: pd.DataFrame, heads: pd.DataFrame, tally: Tally) -> int:
    """Add lines with their sales; those of sales that are there already are added to them."""
    catalogue.ensure_named(bulk, known, rows)
    tally.people_and_places(rows)
    more = rows["transaction_id"].isin(heads.index)
    if not more.all():
        new = rows[~more] if more.any() else rows
        tally.add(bulk, "transactions", _refunds(sales.transactions_of_lines(new)))
        _append_items(bulk, _numbered(new), tally)
    if more.any():
        _append_items(bulk, _numbered_after(bulk, rows[more]), tally)
        _recount(bulk, rows[more], heads)
    return total(rows["line_total_minor"])


def _numbered(lines: pd.DataFrame) -> pd.DataFrame:
    """Return lines as ``sales.number_lines`` does; they come in its order."""
    if lines["line_number"].notna().any():
        return sales.number_lines(lines)
    places = lines.groupby("transaction_id", sort=False).cumcount() + 1
    return lines.assign(line_number=places.astype("Int64"))


def _numbered_after(bulk: Bulk, lines: pd.DataFrame) -> pd.DataFrame:
    """Return lines that have no number of their own with the next ones after those their sales have in the store."""
    stage(bulk, pd.DataFrame({"value": lines["transaction_id"].unique()}))
    last = bulk.fetch(
        f"SELECT t.transaction_id, max(t.line_number) AS highest FROM {STAGED} s "
        "JOIN transaction_items t ON t.transaction_id = s.value GROUP BY t.transaction_id"
    ).to_pandas().set_index("transaction_id")["highest"].astype("int64")  # fmt: skip
    unnumbered = lines["line_number"].isna()
    whole = sales.number_lines(lines)
    after = whole["transaction_id"].map(last).fillna(0).astype("int64")
    return whole.assign(line_number=whole["line_number"] + after) if unnumbered.all() else whole


def _recount(bulk: Bulk, lines: pd.DataFrame, heads: pd.DataFrame) -> None:
    """Write totals of sales that got more lines; what an earlier line says of the whole sale stands for it."""
    added = sales.transactions_of_lines(lines.sort_values(sales.LINE_ORDER, kind="stable")).set_index("transaction_id")
    stored = rows_of(bulk, "transactions", "transaction_id", added.index).set_index("transaction_id")
    stored = stored.reindex(added.index)
    amount = stored["total_amount_minor"] + added["total_amount_minor"]
    told = stored["transaction_status"].mask(
        stored["transaction_status"].eq("refunded") & stored["total_amount_minor"].lt(0)
        & added["transaction_status"].eq("completed"), "completed",
    )  # fmt: skip
    fresh = pd.DataFrame(
        {
            "num_items": stored["num_items"] + added["num_items"], "subtotal_minor": amount,
            "total_amount_minor": amount, "transaction_status": told,
        }
    )  # fmt: skip
    fresh = _refunds(fresh)
    earlier = added["timestamp"] < stored["timestamp"]
    for name in HEADER:
        first, other = added[name].where(earlier, stored[name]), stored[name].where(earlier, added[name])
        fresh[name] = first.fillna(other).astype(object)
    for name in ("timestamp", "local_hour", "payment_method", "import_id", "source_row"):
        fresh[name] = stored[name].mask(earlier, added[name])
    update(bulk, "transactions", ["transaction_id"], fresh.reset_index())


def _items(bulk: Bulk, known: Known, rows: pd.DataFrame, tally: Tally) -> int:
    """Add lines to transactions that came whole, and count the lines of those that do not say how many they have."""
    if rows["line_number"].isna().any():
        rows = sales.number_lines(rows) if "transaction_items" in known.empty else _numbered_after(bulk, rows)
    _append_items(bulk, rows, tally)
    tally.touched(rows["transaction_id"])
    return total(rows["line_total_minor"])


def _records(bulk: Bulk, known: Known, kind: str, rows: pd.DataFrame, tally: Tally) -> None:
    name = TABLES[kind]
    catalogue.ensure_named(bulk, known, rows)
    if "product_id" in rows:
        catalogue.ensure(bulk, "products", rows["product_id"])
    if kind == "customer":
        upsert(bulk, name, "customer_id", rows)
        return
    if kind == "price":
        tally.products.update(rows["product_id"])
    tally.add(bulk, name, rows)
