"""Rows fit to load to transactions and their lines."""

from __future__ import annotations

import pandas as pd

from shoplib.config.models import Shop
from shoplib.ingest import signs
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
    typed, good = intake.typed, intake.verdict.good
    cells = typed.cells[good]
    rows = pd.DataFrame(index=cells.index)
    for name in TEXTS:
        rows[name] = cells[name].mask(cells[name] == "", None) if typed.has(name) else None
    for name in MONEY:
        read = typed.numbers[name].minor(shop.currency)[good] if name in typed.numbers else pd.NA
        rows[f"{name}_minor"] = pd.Series(read, index=rows.index, dtype="Int64")
    if intake.mapping.rows != "transaction" and typed.money is not None:
        rows["line_total_minor"] = typed.money.minor(shop.currency)[good]
    for name in ("num_items", "line_number"):
        read = typed.numbers[name].real()[good] if name in typed.numbers else pd.NA
        rows[name] = pd.Series(read, index=rows.index, dtype="Float64").astype("Int64")
    rows["num_items"] = rows["num_items"].abs()
    rows["quantity"] = _quantity(typed, good)
    for name, otherwise in WORDS.items():
        rows[name] = typed.words[name][good] if name in typed.words else otherwise
    rows["card_last_four"] = rows["card_last_four"].astype("string").str[-4:].astype(object)
    rows["made_id"] = not typed.has("transaction_id")
    if not typed.has("transaction_id"):
        hashes = pd.util.hash_pandas_object(intake.rows.loc[good, sorted(intake.rows.columns)], index=False)
        rows["transaction_id"] = hashes.map("{:016x}".format).astype(object)
    rows["key_text"] = ""
    for column in intake.mapping.key:
        rows["key_text"] += intake.rows.loc[good, column] + "\x1f"
    rows["key_length"] = rows["key_text"].str.len()
    rows["batch"], rows["place"] = intake.number, rows.index
    rows["source_name"], rows["import_id"] = intake.source_name, intake.import_ids[good]
    rows["source_row"] = intake.source_row[good]
    rows["mapping_name"] = intake.mapping.name
    rows["currency"] = shop.currency
    return rows


def _quantity(typed: Typed, good: pd.Series) -> pd.Series:
    """Return how many of its product each fit row is about, below zero where it came back; 1 where nothing is said."""
    one = pd.Series(1.0, index=good.index)
    quantity = typed.numbers["quantity"].real().astype("float64").fillna(1.0) if "quantity" in typed.numbers else one
    if typed.money is not None and signs.has_minus(typed.money):
        price = typed.numbers["unit_price"].real() if "unit_price" in typed.numbers else one
        quantity = signs.signed_quantity(quantity, price, typed.money.real())
    return quantity[good]


def with_times(rows: pd.DataFrame, intake: Intake, places: pd.DataFrame, shop: Shop, otherwise: str) -> pd.DataFrame:
    """Return rows with ``location_id``, ``timestamp`` (UTC), ``business_date`` and ``local_hour``.

    Rows that name no place belong to ``otherwise``; ``clocks.at_places`` says how places tell the time.
    """
    moments = intake.typed.moments
    if moments is None:
        raise ValueError(f"{intake.source_name} has no timestamp, although its mapping must give one")
    rows = rows.assign(location_id=rows["location_id"].fillna(otherwise))
    return rows.join(at_places(moments, rows["location_id"], places, shop))


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
    return rows.assign(
        discount_total_minor=discount,
        tax_total_minor=tax,
        tip_amount_minor=rows["tip_amount_minor"].fillna(0),
        subtotal_minor=rows["subtotal_minor"].fillna(total + discount - tax),
    )


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
    the file, so that a file sorted otherwise gives the same lines.
    """
    order = [name for name in LINE_ORDER if name in items]
    items = items.sort_values(order, kind="stable", ignore_index=True)
    highest = items.groupby("transaction_id", sort=False)["line_number"].transform("max").fillna(0)
    unnumbered = items["line_number"].isna()
    place = items[unnumbered].groupby("transaction_id", sort=False).cumcount() + 1
    return items.assign(line_number=items["line_number"].fillna(highest + place))
