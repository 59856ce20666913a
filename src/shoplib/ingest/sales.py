"""Rows fit to load to transactions and their lines."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf

import numpy as np
import pandas as pd

from shoplib.config.models import Shop
from shoplib.ingest import signs
from shoplib.ingest.amounts import Numbers
from shoplib.ingest.clocks import at_places
from shoplib.ingest.intake import Intake
from shoplib.ingest.mapping import ATTRIBUTES, EXTRA, Typed
from shoplib.ingest.repeats import CONFLICT
from shoplib.ingest.validation import Verdict

TEXTS = (
    "transaction_id", "transaction_number", "location_id", "location_name", "location_type", "city", "device_id",
    "employee_id", "employee_name", "employee_role", "customer_id", "product_id", "product_name",
    "product_category", "refund_of", "card_last_four", "authorization_code", ATTRIBUTES, EXTRA,
)  # fmt: skip
WORDS = {"payment_method": "unknown", "payment_status": "unknown", "transaction_status": "completed"}
MONEY = ("subtotal", "discount_total", "tax_total", "tip_amount", "total_amount", "unit_price", "line_total")
SAME_SALE = ("location_id", "business_date", "payment_status", "transaction_status")
LINE_ORDER = [
    "transaction_id", "timestamp", "key_length", "key_text", "product_id", "quantity", "unit_price_minor",
    "line_total_minor", "source_name", "batch", "place",
]  # fmt: skip
ITEM_COLUMNS = [
    *LINE_ORDER,
    "line_number",
    "product_name",
    "product_category",
    ATTRIBUTES,
    "import_id",
    "source_row",
    EXTRA,
]
TRANSACTION_COLUMNS = [
    "transaction_id", "transaction_number", "timestamp", "business_date", "local_hour", "location_id", "device_id",
    "employee_id", "customer_id", "num_items", "currency", "subtotal_minor", "discount_total_minor",
    "tax_total_minor", "tip_amount_minor", "total_amount_minor", "payment_method", "payment_status",
    "transaction_status", "refund_of", "card_last_four", "authorization_code", "import_id", "source_row",
    EXTRA,
]  # fmt: skip


def loaded_rows(intake: Intake, shop: Shop) -> pd.DataFrame:
    """Return the fit rows of some files of transactions, lines or items in typed columns.

    Texts are missing where empty, money is ``*_minor`` (``Int64``), ``quantity`` is ``Float64`` (1 where the
    file has none; below zero for goods that came back, see ``signs.signed_quantity``). Lines and items carry
    ``line_total_minor``, rounded once from the exact product where the file gives only quantity and price. Rows without
    an id get one made of their content. ``batch`` and ``place`` say which row of which intake it was.
    """
    typed, good = intake.typed, intake.verdict.good.to_numpy()
    index = intake.rows.index[good]
    columns = {name: _texts(typed.cells[name], good) if typed.has(name) else _all(None, index) for name in TEXTS}
    for name in MONEY:
        columns[f"{name}_minor"] = _minor(typed.numbers.get(name), shop, good, index)
    if intake.mapping.rows != "transaction" and typed.money is not None:
        columns["line_total_minor"] = _minor(typed.money, shop, good, index)
    for name in ("num_items", "line_number"):
        columns[name] = _whole(typed.numbers.get(name), good, index)
    columns["num_items"] = columns["num_items"].abs()
    columns["quantity"] = _quantity(typed, good)
    for name, otherwise in WORDS.items():
        columns[name] = typed.words[name][good] if name in typed.words else _all(otherwise, index)
    if typed.has("card_last_four"):
        columns["card_last_four"] = columns["card_last_four"].astype("string").str[-4:].astype(object)
    columns["made_id"] = pd.Series(not typed.has("transaction_id"), index=index)
    if not typed.has("transaction_id"):
        hashes = pd.util.hash_pandas_object(intake.rows.loc[good, sorted(intake.rows.columns)], index=False)
        columns["transaction_id"] = hashes.map("{:016x}".format).astype(object)
    columns["key_text"] = _keys(intake, good)
    columns["key_length"] = columns["key_text"].str.len()
    columns["batch"] = pd.Series(intake.number, index=index)
    columns["place"] = pd.Series(index, index=index)
    columns["source_name"] = _all(intake.source_name, index)
    columns["import_id"] = pd.Series(intake.import_ids[good], index=index, dtype=object)
    columns["source_row"] = pd.Series(intake.source_row[good], index=index)
    columns["mapping_name"] = _all(intake.mapping.name, index)
    columns["currency"] = _all(shop.currency, index)
    return pd.DataFrame(columns, index=index, copy=False)


def _all(value: str | None, index: pd.Index) -> pd.Series:
    return pd.Series(value, index=index, dtype=object)


def _texts(cells: pd.Series, good: np.ndarray) -> pd.Series:
    texts = cells[good]
    return texts.mask(texts == "", None)


def _minor(numbers: Numbers | None, shop: Shop, good: np.ndarray, index: pd.Index) -> pd.Series:
    return pd.Series(pd.NA, index=index, dtype="Int64") if numbers is None else numbers.minor(shop.currency)[good]


def _whole(numbers: Numbers | None, good: np.ndarray, index: pd.Index) -> pd.Series:
    return pd.Series(pd.NA, index=index, dtype="Int64") if numbers is None else numbers.real()[good].astype("Int64")


def _keys(intake: Intake, good: np.ndarray) -> pd.Series:
    """Return what tells lines of one sale apart where no number does: the key of the mapping; else nothing."""
    keys = _all("", intake.rows.index[good])
    if intake.mapping.rows != "transaction" and not intake.typed.has("line_number"):
        for column in intake.mapping.key:
            keys += intake.rows.loc[good, column] + "\x1f"
    return keys


def _quantity(typed: Typed, good: np.ndarray) -> pd.Series:
    """Return how many of its product each fit row is about, below zero where it came back; 1 where nothing is said."""
    one = pd.Series(1.0, index=typed.cells.index)
    quantity = typed.numbers["quantity"].floats().fillna(1.0) if "quantity" in typed.numbers else one
    if typed.money is not None and signs.has_minus(typed.money):
        price = typed.numbers["unit_price"].floats() if "unit_price" in typed.numbers else one
        quantity = signs.signed_quantity(quantity, price, typed.money.floats())
    return quantity[good]


def with_times(rows: pd.DataFrame, intake: Intake, places: pd.DataFrame, shop: Shop, otherwise: str) -> pd.DataFrame:
    """Return rows with ``location_id``, ``timestamp`` (UTC), ``business_date`` and ``local_hour``.

    Rows that name no place belong to ``otherwise``; ``clocks.at_places`` says how places tell the time.
    """
    moments = intake.typed.moments
    if moments is None:
        raise ValueError(f"{intake.source_name} has no timestamp, although its mapping must give one")
    location = rows["location_id"].fillna(otherwise)
    return with_columns(rows, {"location_id": location, **at_places(moments, location, places, shop)})


def with_columns(rows: pd.DataFrame, columns: MappingOf[str, pd.Series]) -> pd.DataFrame:
    """Return rows with some columns new or replaced; the others are not copied."""
    whole = {str(name): column for name, column in rows.items()}
    return pd.DataFrame({**whole, **columns}, index=rows.index, copy=False)


def no_rows() -> pd.DataFrame:
    """Return loaded rows of no file: the columns and types without a row."""
    texts = (*TEXTS, *WORDS, "key_text", "source_name", "mapping_name", "import_id", "currency")
    types = {
        **dict.fromkeys(texts, "object"),
        **{f"{name}_minor": "Int64" for name in MONEY},
        **dict.fromkeys(("num_items", "line_number", "local_hour"), "Int64"),
        **dict.fromkeys(("key_length", "source_row", "batch", "place"), "int64"),
        "quantity": "float64",
        "made_id": "bool",
        "timestamp": "datetime64[ns, UTC]",
        "business_date": "datetime64[ns]",
    }
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def number_occurrences(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose made-up ids are unique: equal content is told apart by how often it was seen."""
    if not rows["made_id"].any():
        return rows
    times = rows.groupby("transaction_id").cumcount().where(rows["made_id"], 0)
    repeated = rows["transaction_id"] + "-" + (times + 1).astype(str)
    return rows.assign(transaction_id=rows["transaction_id"].where(times == 0, repeated))


def refuse_foreign_lines(lines: pd.DataFrame, taken: pd.Series, verdicts: dict[int, Verdict]) -> pd.DataFrame:
    """Return the lines that agree with their transaction; the others are held as conflicts.

    Lines of one transaction share place, business day and statuses with its first line in the order of time.
    ``taken`` are the ids of transactions that came whole from another file.
    """
    lines = lines.sort_values(LINE_ORDER, kind="stable", ignore_index=True)
    first = lines.groupby("transaction_id", sort=False)[[*SAME_SALE, "mapping_name"]].transform("first")
    agrees = (lines[[*SAME_SALE, "mapping_name"]] == first).all(axis=1)
    whole = lines["transaction_id"].isin(taken)
    _refuse(
        lines[whole], verdicts, "transaction_id",
        "another file has this transaction as a whole; map its lines as rows: item",
    )  # fmt: skip
    _refuse(
        lines[~agrees & ~whole], verdicts, "transaction_id",
        "another sale has this id at another place, on another day or with another status; "
        "give transaction_id all columns that tell sales apart",
    )  # fmt: skip
    return lines[agrees & ~whole].reset_index(drop=True)


def _refuse(rows: pd.DataFrame, verdicts: dict[int, Verdict], column: str, reason: str) -> None:
    for number, group in rows.groupby("batch", sort=False):
        verdict = verdicts[int(str(number))]
        found = group.set_index("place")[column].reindex(verdict.index).fillna("")
        mask = pd.Series(verdict.index.isin(group["place"]), index=verdict.index)
        verdict.refuse(mask, CONFLICT, column, found, reason)


def transactions_of_rows(rows: pd.DataFrame, has_tax: bool, has_subtotal: bool) -> pd.DataFrame:
    """Return one transaction a row with all amounts filled in.

    A missing discount, tax or tip is 0; a missing subtotal is total + discount − tax. A file with subtotals
    but no tax column has its tax in the difference. A discount has the sign of its total, however it is written.
    """
    total = rows["total_amount_minor"]
    discount = signs.signed_discount(rows["discount_total_minor"].fillna(0), total)
    tax = rows["tax_total_minor"].fillna(0)
    if has_subtotal and not has_tax:
        tax = signs.tax_between(rows["subtotal_minor"], discount, total)
    amounts = {
        "discount_total_minor": discount,
        "tax_total_minor": tax,
        "tip_amount_minor": rows["tip_amount_minor"].fillna(0),
        "subtotal_minor": rows["subtotal_minor"].fillna(total + discount - tax),
    }
    return with_columns(rows, amounts)


def transactions_of_lines(lines: pd.DataFrame) -> pd.DataFrame:
    """Return one transaction for each id among sorted lines; its total is the sum of them, ``extra`` stays theirs."""
    groups = lines.groupby("transaction_id", sort=False)
    firsts = lines.drop_duplicates("transaction_id").set_index("transaction_id")
    names = [c for c in TRANSACTION_COLUMNS if c in firsts.columns]
    firsts = firsts[names].assign(**{EXTRA: None})
    for name in ("employee_id", "customer_id", "device_id", "transaction_number"):
        firsts[name] = groups[name].first()
    total = groups["line_total_minor"].sum()
    return firsts.assign(
        num_items=groups.size(), subtotal_minor=total, total_amount_minor=total, discount_total_minor=0,
        tax_total_minor=0, tip_amount_minor=0,
    ).reset_index()  # fmt: skip


def lines_of_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the one line of each transaction row that names a product; it is worth the subtotal.

    Where the file gives no price of one, it is subtotal ÷ quantity, if that is a whole number of minor units and none
    below zero.
    """
    lines = rows[rows["product_id"].notna()]
    total, count = lines["subtotal_minor"], lines["quantity"].where(lines["quantity"] != 0)
    price = (total / count).round().astype("Int64")
    exact = ((price * count == total) & (price >= 0)).fillna(False)
    return lines.assign(line_total_minor=total, unit_price_minor=lines["unit_price_minor"].fillna(price.where(exact)))


def number_lines(items: pd.DataFrame) -> pd.DataFrame:
    """Return items with a ``line_number`` each: the file's own, or the next free ones of the transaction.

    Without a number of their own lines follow one another by time, key and content, never by their place in
    the file, so that a file sorted otherwise gives the same lines. Where all have one, they come as they are.
    """
    if items["line_number"].notna().all():
        return items
    order = [name for name in LINE_ORDER if name in items]
    items = items.sort_values(order, kind="stable", ignore_index=True)
    highest = items.groupby("transaction_id", sort=False)["line_number"].transform("max").fillna(0)
    unnumbered = items["line_number"].isna()
    place = items[unnumbered].groupby("transaction_id", sort=False).cumcount() + 1
    return items.assign(line_number=items["line_number"].fillna(highest + place))
