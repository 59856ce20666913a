"""Rows of one file judged against what the lasting store has: new, known already, contradicting, or too early."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from shoplib.base import money
from shoplib.ingest import declared, masters, records, sales
from shoplib.ingest.accounts import row_money, total
from shoplib.ingest.declared import TABLES
from shoplib.ingest.intake import Intake
from shoplib.ingest.lasting import identity
from shoplib.ingest.lasting.identity import MASTERS
from shoplib.ingest.lasting.known import STAGED, Known, file_names, find, rows_of, stage, there
from shoplib.ingest.mapping import source_columns
from shoplib.ingest.repeats import CONFLICT, NATURAL_KEYS, mark_repeats
from shoplib.ingest.validation import SKIPPED, WITHDRAWN
from shoplib.store.bulk import Bulk

MENDS = "shoplib row"
WAITING = ("unknown_transaction", records.UNKNOWN)
"""Rules of rows that are sound but came before what they belong to; they are no dirt of their file."""
NO_SALE = "no file has a transaction with this id"
ANOTHER_SALE = (
    "another sale has this id at another place, on another day or with another status; "
    "give transaction_id all columns that tell sales apart"
)
WHOLE = "another file has this transaction as a whole; map its lines as rows: item"
AMOUNTS = {
    "transaction": ("transactions", "total_amount_minor"),
    "line": ("transaction_items", "line_total_minor"),
    "item": ("transaction_items", "line_total_minor"),
}
HEAD = ["transaction_id", *sales.SAME_SALE, "total_amount_minor", "timestamp", "import_id"]


@dataclass(frozen=True)
class Judged:
    """Some rows of a file with everything that is held against them.

    ``rows`` are those to be loaded, in typed columns under the index of ``intake.rows``; ``identities`` are theirs;
    ``heads`` the stored transactions their lines are added to, by id; ``first`` the import each repeated row was
    first loaded with.
    """

    intake: Intake
    rows: pd.DataFrame
    identities: pd.DataFrame
    heads: pd.DataFrame
    first: pd.Series


def judge(bulk: Bulk, known: Known, intake: Intake, joining: pd.Series, closed: pd.Series) -> Judged:
    """Return the rows of one file judged.

    ``joining`` are those that may be added to a sale loaded before, ``closed`` those that mend a row which came again
    before: they may say the same, and nothing new.
    """
    keyed = identity.is_keyed(intake)
    if not keyed:
        mark_repeats([intake])
    rows = candidates(intake, known)
    same = identity.of_rows(intake, rows)
    first = _against_store(bulk, known, intake, rows, same)
    if keyed:
        mark_repeats([intake])
    _against_each_other(intake, same)
    intake.verdict.refuse(
        closed, CONFLICT, MENDS, "", "the row it mends came again before, in another file; that one stands"
    )
    heads = pd.DataFrame(columns=HEAD).set_index("transaction_id")
    kind = intake.mapping.rows
    if kind == "line":
        rows, heads = _lines(bulk, known, intake, rows, joining | keyed)
    elif kind == "item":
        _items(bulk, known, intake, rows, joining | keyed)
    elif kind == "transaction" and (not intake.typed.has("transaction_id") or "line" in known.has):
        _transactions_of_other_files(bulk, known, intake, rows)
    elif kind in TABLES:
        _references(bulk, intake)
    rows = rows[intake.verdict.good[rows.index]]
    own = intake.import_ids[0] if len(intake.rows) else ""
    first = first.reindex(intake.rows.index[intake.verdict.duplicate]).fillna(own)
    return Judged(intake, rows, same.loc[rows.index], heads, first)


def candidates(intake: Intake, known: Known) -> pd.DataFrame:
    """Return the rows that broke no rule so far in typed columns, under the index of the file's rows."""
    shop, kind = known.shop, intake.mapping.rows
    index = intake.rows.index[intake.verdict.good]
    if kind in MASTERS:
        return _masters(intake, known).set_axis(index)
    if kind in TABLES:
        return records.fit_rows(intake, known.places, shop, known.main)
    rows = sales.loaded_rows(intake, shop)
    if kind == "item":
        return rows
    rows = sales.with_times(rows, intake, known.places, shop, known.main)
    if kind == "line":
        return rows
    numbers = intake.typed.numbers
    return sales.transactions_of_rows(rows, "tax_total" in numbers, "subtotal" in numbers)


def _masters(intake: Intake, known: Known) -> pd.DataFrame:
    if intake.mapping.rows == "location":
        return masters.places_in_files([intake], known.shop).reset_index()
    if intake.mapping.rows == "employee":
        return masters.employees_in_files([intake]).reset_index()
    return masters.products_in_files([intake], known.shop).reset_index()


def _against_store(bulk: Bulk, known: Known, intake: Intake, rows: pd.DataFrame, same: pd.DataFrame) -> pd.Series:
    """Hold against rows what was loaded before, and return the first import of each row that says the same again."""
    before = find(bulk, same if AMOUNTS.get(intake.mapping.rows, ("",))[0] not in known.empty else same.iloc[:0])
    agrees = before["content"] == same["content"].loc[before.index]
    intake.verdict.repeat(_mask(intake, before.index[agrees]))
    contradicting = before[~agrees]
    if len(contradicting):
        index = contradicting.index
        reasons = _contradictions(bulk, intake, rows.loc[index], contradicting)
        column, found = _key(intake, index)
        intake.verdict.refuse(_mask(intake, index), CONFLICT, column, found, reasons)
    return before.loc[agrees, "import_id"].astype(object)


def _key(intake: Intake, index: pd.Index) -> tuple[str, pd.Series]:
    """Return the columns that name a row, and what stands there in some rows."""
    kind, typed, mapping = intake.mapping.rows, intake.typed, intake.mapping
    fields = [part.field for part in declared.parts(kind) if part.key] or list(NATURAL_KEYS.get(kind, ()))
    fields = [name for name in fields if typed.has(name)]
    if fields and (kind != "item" or len(fields) == len(NATURAL_KEYS[kind])):
        cells, names = typed.cells.loc[index, fields], source_columns(mapping, fields)
    else:
        cells, names = intake.rows.loc[index, list(mapping.key)], ", ".join(mapping.key)
    return names, cells.agg(" ".join, axis=1).reindex(intake.rows.index, fill_value="")


def _contradictions(bulk: Bulk, intake: Intake, rows: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    """Return why each row that contradicts a loaded one stays out: the file of that one, and both amounts."""
    files = before["import_id"].map(file_names(bulk, set(before["import_id"])))
    kind, currency = intake.mapping.rows, intake_currency(rows)
    reasons = files + " was loaded first and says otherwise; the row loaded first is kept"
    if kind not in AMOUNTS:
        return reasons.reindex(intake.rows.index, fill_value="")
    table, column = AMOUNTS[kind]
    stage(bulk, before[["import_id", "source_row"]].assign(place=before.index, sale=rows["transaction_id"]))
    loaded = bulk.fetch(
        f'SELECT s.place, t."{column}" AS amount FROM {STAGED} s JOIN "{table}" t '
        "ON t.transaction_id = s.sale AND t.import_id = s.import_id AND t.source_row = s.source_row"
    ).to_pandas()
    there_, here = loaded.set_index("place")["amount"], rows[column]
    for row in before.index.intersection(there_.index):
        was, now = (money.show(int(amounts[row]), currency) for amounts in (there_, here))
        says = f"with {was}, this row says {now}" if was != now else f"with {was} too, but says otherwise"
        reasons[row] = f"{files[row]} was loaded first {says}; the row loaded first is kept"
    return reasons.reindex(intake.rows.index, fill_value="")


def intake_currency(rows: pd.DataFrame) -> str:
    """Return the currency of some rows of sales."""
    return str(rows["currency"].iloc[0]) if len(rows) and "currency" in rows else ""


def _against_each_other(intake: Intake, same: pd.DataFrame) -> None:
    """Mark rows of one file that have one identity: what is alike is a repeat, what differs a conflict."""
    good = same[intake.verdict.good[same.index]]
    again = good.duplicated(["key_a", "key_b"])
    if not again.any():
        return
    first = good.groupby(["key_a", "key_b"], sort=False)["content"].transform("first")
    intake.verdict.repeat(_mask(intake, good.index[again & (good["content"] == first)]))
    rest = good.index[again & (good["content"] != first)]
    column, found = _key(intake, rest) if len(rest) else ("", pd.Series(dtype=object))
    intake.verdict.refuse(
        _mask(intake, rest), CONFLICT, column, found,
        "an earlier row has the same key and other content; the first one is kept",
    )  # fmt: skip


def _lines(
    bulk: Bulk, known: Known, intake: Intake, rows: pd.DataFrame, joining: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the lines that agree with their sale, and the stored sales that get more of them."""
    lines = sales.number_occurrences(rows[intake.verdict.good[rows.index]])
    asked = [] if "transactions" in known.empty else lines["transaction_id"].unique().tolist()
    heads = rows_of(bulk, "transactions", "transaction_id", asked)[HEAD]
    heads = heads.set_index("transaction_id")
    stored = lines[lines["transaction_id"].isin(heads.index)]
    whole = find(bulk, identity.keys("transaction", [stored["transaction_id"]]))
    closed = stored.index.difference(whole.index)
    closed = closed[~joining[closed].to_numpy()]
    _refuse_closed(bulk, intake, stored.loc[closed], heads["import_id"])
    open_ = stored.index.difference(whole.index)
    of_store = heads.loc[stored.loc[open_, "transaction_id"]].set_axis(open_)
    agrees = pd.Series(True, index=open_)
    for name in sales.SAME_SALE:
        agrees &= stored.loc[open_, name].to_numpy() == of_store[name].to_numpy()
    turned = of_store["transaction_status"].eq("refunded") & of_store["total_amount_minor"].lt(0)
    others = [name for name in sales.SAME_SALE if name != "transaction_status"]
    alike = (stored.loc[open_, others].to_numpy() == of_store[others].to_numpy()).all(axis=1)
    agrees |= turned & alike & stored.loc[open_, "transaction_status"].eq("completed")
    agrees &= of_store["import_id"].map(_mappings(bulk, of_store["import_id"])).eq(intake.mapping.name)
    column = source_columns(intake.mapping, ["transaction_id"])
    names = rows["transaction_id"].reindex(intake.rows.index, fill_value="")
    intake.verdict.refuse(_mask(intake, open_[~agrees]), CONFLICT, column, names, ANOTHER_SALE)
    left = lines[intake.verdict.good[lines.index]]
    taken = stored.loc[whole.index, "transaction_id"]
    left = sales.refuse_foreign_lines(left, taken, {intake.number: intake.verdict}).set_index("place", drop=False)
    return left.rename_axis(None), heads


def _mappings(bulk: Bulk, import_ids: pd.Series) -> dict[str, str]:
    jobs = rows_of(bulk, "import_jobs", "import_id", import_ids.unique())
    return dict(zip(jobs["import_id"], jobs["mapping_name"], strict=True))


def _refuse_closed(bulk: Bulk, intake: Intake, rows: pd.DataFrame, imports: pd.Series) -> None:
    """Refuse lines of sales whose lines came in another file: nothing tells whether they are more or others."""
    if rows.empty:
        return
    of_sale = rows["transaction_id"].map(imports)
    files = of_sale.map(file_names(bulk, set(of_sale)))
    reasons = "its sale was loaded from " + files + " with other lines; the lines loaded first are kept"
    intake.verdict.refuse(
        _mask(intake, rows.index), CONFLICT, source_columns(intake.mapping, ["transaction_id"]),
        rows["transaction_id"].reindex(intake.rows.index, fill_value=""),
        reasons.reindex(intake.rows.index, fill_value=""),
    )  # fmt: skip


def _items(bulk: Bulk, known: Known, intake: Intake, rows: pd.DataFrame, joining: pd.Series) -> None:
    """Hold against lines that their sale is not there, or was loaded with other lines from another file."""
    column = source_columns(intake.mapping, ["transaction_id"])
    ids = rows["transaction_id"]
    names = ids.reindex(intake.rows.index, fill_value="")
    orphan = ids.index[~ids.isin(there(bulk, "transactions", "transaction_id", ids.unique()))]
    intake.verdict.refuse(_mask(intake, orphan), WAITING[0], column, names, NO_SALE)
    good = rows[intake.verdict.good[rows.index]]
    shut = good[~joining[good.index]]
    if len(shut) and "transaction_items" not in known.empty:
        stage(bulk, pd.DataFrame({"value": shut["transaction_id"].unique()}))
        own = intake.import_ids[0]
        held = bulk.fetch(
            f"SELECT t.transaction_id, min(t.import_id) AS import_id FROM {STAGED} s JOIN transaction_items t "
            "ON t.transaction_id = s.value WHERE t.import_id <> ? GROUP BY t.transaction_id", [own]
        ).to_pandas().set_index("transaction_id")["import_id"]  # fmt: skip
        _refuse_closed(bulk, intake, shut[shut["transaction_id"].isin(held.index)], held)
    if intake.typed.has("line_number") and not known.all_numbered and "transaction_items" not in known.empty:
        _taken_numbers(bulk, intake, rows[intake.verdict.good[rows.index]])


def _taken_numbers(bulk: Bulk, intake: Intake, rows: pd.DataFrame) -> None:
    """Refuse lines whose number another line of their sale got when it was loaded without one."""
    if rows.empty:
        return
    stage(bulk, rows[["transaction_id", "line_number"]].assign(place=rows.index))
    taken = bulk.fetch(
        f"SELECT s.place FROM {STAGED} s JOIN transaction_items t "
        "ON t.transaction_id = s.transaction_id AND t.line_number = s.line_number"
    )["place"].to_numpy()
    column, found = _key(intake, rows.index) if len(taken) else ("", "")
    intake.verdict.refuse(
        _mask(intake, pd.Index(taken)), CONFLICT, column, found,
        "another line of this sale was loaded first under this number; it is kept",
    )  # fmt: skip


def _transactions_of_other_files(bulk: Bulk, known: Known, intake: Intake, rows: pd.DataFrame) -> None:
    """Refuse whole transactions whose id stands in the store already, from their lines."""
    if "transactions" in known.empty:
        return
    good = rows.loc[intake.verdict.good[rows.index], "transaction_id"]
    stored = rows_of(bulk, "transactions", "transaction_id", good.unique()).set_index("transaction_id")["import_id"]
    taken = good[good.isin(stored.index)]
    if taken.empty:
        return
    files = taken.map(stored).map(file_names(bulk, set(stored)))
    reasons = "its lines were loaded first from " + files + "; they are kept"
    intake.verdict.refuse(
        _mask(intake, taken.index), CONFLICT, source_columns(intake.mapping, ["transaction_id"]) or "content",
        good.reindex(intake.rows.index, fill_value=""), reasons.reindex(intake.rows.index, fill_value=""),
    )  # fmt: skip


def _references(bulk: Bulk, intake: Intake) -> None:
    """Hold against records that the supplier or order they name is not there yet."""
    found = {}
    for part in declared.parts(intake.mapping.rows):
        if part.refers and part.refers not in records.COMPLETED and intake.typed.has(part.field):
            cells = intake.typed.cells[part.field].unique()
            values = sorted(there(bulk, part.refers, part.field, cells))
            found[part.refers] = pd.DataFrame({part.field: pd.Series(values, dtype=object)})
    records.refuse_unknown(intake, found)


def repeats(judged: Judged, currency: str) -> pd.DataFrame:
    """Return how many rows, and what worth, of each earlier import came again."""
    worth, of_sales = row_money(judged.intake, currency), judged.intake.typed.money is not None
    found = [
        (str(name), len(part), total(worth[part.index]) if of_sales else None)
        for name, part in judged.first.groupby(judged.first)
    ]
    return pd.DataFrame(found, columns=["first_import_id", "rows", "money_minor"])


def bad(judged: Judged) -> int:
    """Return how many rows of a part are held to be dirt: those skipped and those that came too early are none."""
    rule = judged.intake.verdict.rule
    return int((~rule.isin(("", SKIPPED, WITHDRAWN, *WAITING))).sum()) + sum(map(len, judged.intake.misshapen))


def _mask(intake: Intake, index: pd.Index) -> pd.Series:
    return pd.Series(intake.rows.index.isin(index), index=intake.rows.index)
