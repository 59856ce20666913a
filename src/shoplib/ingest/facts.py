"""Files to facts: everything is read, judged and accounted for before anything is returned."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.contracts import convert
from shoplib.ingest import accounts, faults, masters, sales, signs
from shoplib.ingest.intake import Arrived, Intake, Refused, arrive
from shoplib.ingest.mapping import source_columns
from shoplib.ingest.records import Records, customers, settle
from shoplib.ingest.repeats import CONFLICT, equal_lines, mark_repeats
from shoplib.ingest.validation import Verdict

MAIN_LOCATION = "main"
Dirty = tuple[Intake, int, Verdict]  # a file by the intake it belongs to and its number there, and what it broke


@dataclass(frozen=True)
class Facts:
    """The fact tables as declared, in words what had to be added to the files, and which refunds only a minus tells.

    ``below_zero`` has a row a source with such refunds: ``source_name``, ``transactions``, ``money_minor`` (their
    totals, below zero), ``currency``.
    Transactions, movements and visits are ordered by time and id, all other tables by their key, imports,
    repeats and rejected rows by source in the scenario's order, then by file.
    """

    organizations: pd.DataFrame
    locations: pd.DataFrame
    employees: pd.DataFrame
    products: pd.DataFrame
    product_prices: pd.DataFrame
    promotions: pd.DataFrame
    customers: pd.DataFrame
    visits: pd.DataFrame
    import_jobs: pd.DataFrame
    import_repeats: pd.DataFrame
    transactions: pd.DataFrame
    transaction_items: pd.DataFrame
    suppliers: pd.DataFrame
    supplier_products: pd.DataFrame
    purchase_orders: pd.DataFrame
    purchase_order_lines: pd.DataFrame
    stock_movements: pd.DataFrame
    stock_counts: pd.DataFrame
    rejected_rows: pd.DataFrame
    below_zero: pd.DataFrame
    notes: tuple[str, ...]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by their declared names, parents before children."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("below_zero", "notes")}


@dataclass(frozen=True)
class Settled:
    """All files together, every row judged."""

    intakes: list[Intake]
    main: str
    places: pd.DataFrame
    sales: pd.DataFrame
    transactions: pd.DataFrame
    below_zero: pd.DataFrame
    items: pd.DataFrame
    records: Records


def take_in(
    shop: Shop, ingest: Ingest, mappings: MappingOf[str, Mapping], files: MappingOf[str, Sequence[Path]]
) -> Facts:
    """Return the facts of all files, each row loaded, set aside with its reason, or counted as a duplicate.

    ``mappings`` are found by the name a source gives, ``files`` by the source's name, several in order of name. The
    order of files and of rows makes no difference to the tables, except which of two contradicting rows stays.
    Product columns of a transaction file make a line each unless lines come in a file of their own.
    A completed transaction whose total is below zero is a refund, and keeps its sign; a line below zero in another one
    stays a line of it.
    Raises ``SourceError`` for a file that cannot be read or of which more than ``max_set_aside_share`` would
    be set aside, unless its source says ``on_bad_file: refuse``: then nothing of it is loaded, the others are not
    touched by it, and its line in ``import_jobs`` tells the fault. Raises ``MappingError`` for a mapping that does
    not fit.
    """
    arrived = arrive(shop, ingest, mappings, files)
    settled, refused = _without_bad_files(arrived, shop, ingest.max_set_aside_share)
    intakes, records = settled.intakes, settled.records
    whole = masters.complete(intakes, settled.places, settled.sales, settled.items, records, shop, settled.main)
    jobs = [line for intake in intakes for line in accounts.jobs(intake, shop.currency)]
    accounts.require_conservation(jobs, _in_tables(settled))
    jobs += [accounts.refused_job(one) for one in (*arrived.refused, *refused)]
    place = {import_id: number for number, import_id in enumerate(arrived.order)}
    jobs.sort(key=lambda line: place[str(line["import_id"])])
    rejected = _stacked([accounts.rejected(intake, shop.currency) for intake in intakes] or [pd.DataFrame()])
    if len(rejected):
        rejected = rejected.iloc[rejected["import_id"].map(place).argsort(kind="stable")]
    repeats = accounts.repeats(intakes, shop.currency)
    if len(repeats):
        repeats = repeats.sort_values(["import_id", "first_import_id"], key=lambda ids: ids.map(place), kind="stable")
    named = {*settled.transactions["customer_id"].dropna(), *records.tables["visits"]["customer_id"].dropna()}
    people = {"customers": customers(records.tables["customers"], named)}
    return Facts(
        organizations=_declared("organizations", _organization(shop)),
        locations=_declared("locations", whole.locations),
        employees=_declared("employees", whole.employees),
        products=_declared("products", whole.products),
        import_jobs=_declared("import_jobs", pd.DataFrame(jobs)),
        transactions=_declared("transactions", settled.transactions, ["timestamp", "transaction_id"]),
        transaction_items=_declared("transaction_items", settled.items, ["transaction_id", "line_number"]),
        rejected_rows=_declared("rejected_rows", rejected),
        import_repeats=_declared("import_repeats", repeats),
        below_zero=settled.below_zero,
        notes=(*arrived.notes, *whole.notes, *equal_lines(intakes), *_unknown_words(intakes)),
        **{name: _declared(name, frame) for name, frame in {**records.tables, **people}.items()},
    )


def _without_bad_files(arrived: Arrived, shop: Shop, max_share: float) -> tuple[Settled, list[Refused]]:
    """Return all good files settled, and the too dirty ones of sources that refuse such.

    First leave the files that are too dirty by themselves, then, each time all is judged again, those that are too
    dirty beside the others. Rows contradict earlier rows only, so of the files with contradictions the first leaves
    alone: what comes after it may be sound without it. Raises ``SourceError`` for the first one where the source
    says stop.
    """
    intakes, refused, currency = arrived.intakes, [], shop.currency
    leaving = [
        (intake, number, intake.judged)
        for intake in intakes
        if intake.on_bad_file == "refuse"
        for number in accounts.too_dirty(intake, intake.judged, max_share)
    ]
    while True:
        intakes = [
            intake.afresh([number for other, number, _ in leaving if other.number == intake.number])
            for intake in intakes
        ]
        fine = {intake.source_name for intake in intakes if intake.kept()}
        for intake, number, verdict in leaving:
            worst = str(accounts.broken(intake, number, verdict).index[0])
            differs = faults.DIFFERS.get(worst, "") if intake.source_name in fine else ""
            fault = faults.one_line(accounts.dirt(intake, number, verdict, currency, max_share), differs)
            refused.append(Refused(intake.files[number], fault))
        settled = _settled(intakes, shop)
        dirty = [
            (one, number, one.verdict) for one in intakes for number in accounts.too_dirty(one, one.verdict, max_share)
        ]
        leaving = _next_to_leave(dirty, arrived.order)
        if not leaving:
            break
    if dirty:
        raise accounts.dirt(*dirty[0], currency, max_share)
    return settled, refused


def _next_to_leave(dirty: list[Dirty], order: list[str]) -> list[Dirty]:
    """Return the first file that contradicts others, else every one that may leave."""
    may_leave = [one for one in dirty if one[0].on_bad_file == "refuse"]
    contradicting = [
        (intake, number, verdict)
        for intake, number, verdict in may_leave
        if (verdict.rule.iloc[intake.rows_of(number)] == CONFLICT).any()
    ]
    contradicting.sort(key=lambda one: order.index(one[0].files[one[1]].import_id))
    return contradicting[:1] or may_leave


def _settled(intakes: list[Intake], shop: Shop) -> Settled:
    """Return the rows of all files in their tables, and hold against rows what they break across files."""
    mark_repeats(intakes)
    places = masters.places_in_files([i for i in intakes if i.mapping.rows == "location"], shop)
    main = str(places.index[0]) if len(places) == 1 else MAIN_LOCATION
    whole_rows, line_rows = _sales_rows(intakes, places, shop, main)
    transactions = _stacked([whole_rows, sales.transactions_of_lines(line_rows)], sales.TRANSACTION_COLUMNS)
    refunds = signs.below_zero(transactions)
    transactions["transaction_status"] = transactions["transaction_status"].mask(refunds, "refunded")
    items = _items(intakes, whole_rows, line_rows, transactions, shop)
    lines = transactions["transaction_id"].map(items["transaction_id"].value_counts()).astype("Int64").fillna(1)
    transactions["num_items"] = transactions["num_items"].fillna(lines)
    records = settle(intakes, places, shop, main)
    told = _by_source(intakes, transactions[refunds], shop.currency)
    return Settled(intakes, main, places, _stacked([whole_rows, line_rows]), transactions, told, items, records)


def _by_source(intakes: Sequence[Intake], refunds: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return how many refunds came from each source that has any, and what they are worth, in the sources' order."""
    source = {file.import_id: file.source_name for intake in intakes for file in intake.files}
    groups = refunds["total_amount_minor"].groupby(refunds["import_id"].map(source))
    found = {name: (len(amounts), accounts.total(amounts)) for name, amounts in groups}
    rows = [(name, *found[name], currency) for name in dict.fromkeys(source.values()) if name in found]
    return pd.DataFrame(rows, columns=["source_name", "transactions", "money_minor", "currency"])


def _sales_rows(
    intakes: Sequence[Intake], places: pd.DataFrame, shop: Shop, main: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the loaded rows of transaction files, their amounts complete, and the loaded rows of line files."""
    whole, lines = [sales.no_rows()], [sales.no_rows()]
    for intake in intakes:
        if intake.mapping.rows not in ("transaction", "line"):
            continue
        timed = sales.with_times(sales.loaded_rows(intake, shop), intake, places, shop, main)
        if intake.mapping.rows == "line":
            lines.append(timed)
        else:
            numbers = intake.typed.numbers
            whole.append(sales.transactions_of_rows(timed, "tax_total" in numbers, "subtotal" in numbers))
    whole_rows = sales.number_occurrences(_stacked(whole))
    verdicts = {intake.number: intake.verdict for intake in intakes}
    line_rows = sales.number_occurrences(_stacked(lines))
    return whole_rows, sales.refuse_foreign_lines(line_rows, whole_rows["transaction_id"], verdicts)


def _items(
    intakes: Sequence[Intake], whole: pd.DataFrame, lines: pd.DataFrame, transactions: pd.DataFrame, shop: Shop
) -> pd.DataFrame:
    """Return all loaded lines, numbered; lines of files of their own must belong to a loaded transaction."""
    of_files = [intake for intake in intakes if intake.mapping.rows == "item"]
    sold, times = pd.Index(transactions["transaction_id"]), transactions["timestamp"].array
    parts = [lines]
    for intake in of_files:
        at = sold.get_indexer(intake.typed.cells["transaction_id"])
        _refuse_orphans(intake, intakes, at < 0)
        rows = sales.loaded_rows(intake, shop)
        rows["timestamp"] = times.take(at[rows["place"]])
        parts.append(rows)
    if not of_files:
        parts.append(sales.lines_of_rows(whole))
    return sales.number_lines(_stacked(parts, sales.ITEM_COLUMNS))


def _refuse_orphans(intake: Intake, intakes: Sequence[Intake], orphan: np.ndarray) -> None:
    """Hold against lines that their transaction was not loaded; the reason says whether it ever came."""
    if not orphan.any():
        return
    named = {
        cell
        for other in intakes
        if other.mapping.rows in ("transaction", "line") and other.typed.has("transaction_id")
        for cell in other.typed.cells["transaction_id"].unique()
    }
    ids = intake.typed.cells["transaction_id"]
    reasons = ids.isin(named).map(
        {True: "its transaction was set aside", False: "no file has a transaction with this id"}
    )
    intake.verdict.refuse(
        pd.Series(orphan, index=ids.index), "unknown_transaction", source_columns(intake.mapping, ["transaction_id"]),
        ids, reasons,
    )  # fmt: skip


def _unknown_words(intakes: Sequence[Intake]) -> list[str]:
    """Return a note for each source with ways to pay that no word explains: they count as ``other``."""
    found: dict[str, pd.Series] = {}
    for intake in intakes:
        if "payment_method" in intake.typed.words:
            cells = intake.typed.cells["payment_method"][intake.typed.words["payment_method"] == "other"]
            odd = cells[intake.verdict.good & (cells.str.strip().str.casefold() != "other")].value_counts()
            found[intake.source_name] = found.get(intake.source_name, pd.Series(dtype="int64")).add(odd, fill_value=0)
    return [
        f"ways to pay of {name} that no word explains count as other: {words.listed(sorted(many.index), 6)} "
        f"({words.plural(int(many.sum()), 'row')}); explain them under fields.payment_method.words"
        for name, many in found.items()
        if len(many)
    ]


def _stacked(frames: Sequence[pd.DataFrame], columns: Sequence[str] = ()) -> pd.DataFrame:
    """Return frames end to end, the empty ones left out so that they cannot change a type."""
    filled = [frame for frame in frames if len(frame)] or [frames[0]]
    chosen = [frame[list(columns)] if columns else frame for frame in filled]
    if len(chosen) > 1:
        return pd.concat(chosen, ignore_index=True)
    whole = chosen[0].copy(deep=False)
    whole.index = pd.RangeIndex(len(whole))
    return whole


def _in_tables(settled: Settled) -> dict[str, tuple[int, int | None]]:
    """Return how many rows and minor units of each file of sales or records stand in the finished tables."""
    found: dict[str, tuple[int, int | None]] = {name: (rows, None) for name, rows in settled.records.loaded.items()}
    for table, column, kinds in (
        (settled.transactions, "total_amount_minor", ("transaction",)),
        (settled.items, "line_total_minor", ("line", "item")),
    ):
        sums = accounts.totals(table[column], [table["import_id"]])
        ids = [i.files[n].import_id for i in settled.intakes if i.mapping.rows in kinds for n in i.kept()]
        found.update({import_id: sums.get((import_id,), (0, 0)) for import_id in ids})
    return found


def _organization(shop: Shop) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "organization_id": [masters.organization_id(shop)],
            "organization_name": [shop.name],
            "currency": [shop.currency],
        }
    )


def _declared(name: str, frame: pd.DataFrame, order: Sequence[str] = ()) -> pd.DataFrame:
    """Return a frame with the columns and types of a declared table, sorted."""
    schema = convert.arrow_schema(name)
    table = convert.to_arrow(name, frame.reindex(columns=schema.names))
    if order:
        table = table.sort_by([(column, "ascending") for column in order])
    return convert.to_pandas(table)
