"""Files to facts: everything is read, judged and accounted for before anything is returned."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.contracts import convert
from shoplib.errors import MappingError, SourceError
from shoplib.ingest import accounts, masters, sales
from shoplib.ingest.mapping import apply, source_columns
from shoplib.ingest.readers import read_file
from shoplib.ingest.repeats import Intake, mark_repeats
from shoplib.ingest.validation import judge

MAIN_LOCATION = "main"


@dataclass(frozen=True)
class Facts:
    """The fact tables as declared, and in words what had to be added to the files.

    Transactions are ordered by time and id, lines by transaction and number, masters by id, imports and
    rejected rows by source in the scenario's order.
    """

    organizations: pd.DataFrame
    locations: pd.DataFrame
    employees: pd.DataFrame
    products: pd.DataFrame
    import_jobs: pd.DataFrame
    transactions: pd.DataFrame
    transaction_items: pd.DataFrame
    rejected_rows: pd.DataFrame
    notes: tuple[str, ...]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by their declared names, parents before children."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "notes"}


def take_in(shop: Shop, ingest: Ingest, mappings: MappingOf[str, Mapping], files: MappingOf[str, Path]) -> Facts:
    """Return the facts of all files, each row loaded, set aside with its reason, or counted as a duplicate.

    ``mappings`` are found by the name a source gives, ``files`` by the source's name. The order of files and
    of rows makes no difference to transactions, lines and masters, except which of two contradicting rows
    stays. Product columns of a transaction file make a line each unless lines come in a file of their own.
    Raises ``SourceError`` for a file that cannot be read or of which more than ``max_set_aside_share`` would
    be set aside, ``MappingError`` for a mapping that does not fit.
    """
    intakes = [
        _read(source.name, _found(files, source.name), mappings[source.mapping], shop) for source in ingest.sources
    ]
    mark_repeats(intakes)
    places = masters.places_in_files([i for i in intakes if i.mapping.rows == "location"], shop)
    main = str(places.index[0]) if len(places) == 1 else MAIN_LOCATION
    whole_rows, line_rows = _sales_rows(intakes, places, shop, main)
    transactions = _stacked([whole_rows, sales.transactions_of_lines(line_rows)], sales.TRANSACTION_COLUMNS)
    items = _items(intakes, whole_rows, line_rows, transactions, shop)
    for intake in intakes:
        accounts.refuse_dirty(intake, shop.currency, ingest.max_set_aside_share)
    lines = transactions["transaction_id"].map(items["transaction_id"].value_counts()).astype("Int64").fillna(1)
    transactions["num_items"] = transactions["num_items"].fillna(lines)
    rows = _stacked([whole_rows, line_rows])
    whole = masters.complete(intakes, places, rows, items, shop, main)
    jobs = [accounts.job(intake, shop.currency) for intake in intakes]
    accounts.require_conservation(jobs, _in_tables(intakes, transactions, items))
    rejected = [accounts.rejected(intake, shop.currency) for intake in intakes]
    return Facts(
        organizations=_declared("organizations", _organization(shop)),
        locations=_declared("locations", whole.locations),
        employees=_declared("employees", whole.employees),
        products=_declared("products", whole.products),
        import_jobs=_declared("import_jobs", pd.DataFrame(jobs)),
        transactions=_declared("transactions", transactions, ["timestamp", "transaction_id"]),
        transaction_items=_declared("transaction_items", items, ["transaction_id", "line_number"]),
        rejected_rows=_declared("rejected_rows", _stacked(rejected)),
        notes=whole.notes,
    )


def _found(files: MappingOf[str, Path], name: str) -> Path:
    if name not in files:
        raise SourceError(
            f'No file was given for source "{name}"', found=", ".join(sorted(files)) or "no files",
            next_step="give each source of ingest.sources its file",
        )  # fmt: skip
    return files[name]


def _read(name: str, path: Path, mapping: Mapping, shop: Shop) -> Intake:
    raw = read_file(path, mapping.file)
    typed = apply(raw, mapping, shop.currency)
    if mapping.rows == "item" and typed.money is None:
        raise MappingError(
            f"Mapping {mapping.name} gives its lines no amount", where=str(path),
            found=", ".join(raw.rows.columns), wanted="line_total, or unit_price",
            next_step="map one of them under fields",
        )  # fmt: skip
    verdict = judge(raw.rows, typed, mapping, shop.currency)
    return Intake(name, path, raw, mapping, typed, verdict, accounts.import_id(raw.sha256, mapping, name))


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
    verdicts = {intake.import_id: intake.verdict for intake in intakes}
    line_rows = sales.number_occurrences(_stacked(lines))
    return whole_rows, sales.refuse_foreign_lines(line_rows, whole_rows["transaction_id"], verdicts)


def _items(
    intakes: Sequence[Intake], whole: pd.DataFrame, lines: pd.DataFrame, transactions: pd.DataFrame, shop: Shop
) -> pd.DataFrame:
    """Return all loaded lines, numbered; lines of files of their own must belong to a loaded transaction."""
    of_files = [intake for intake in intakes if intake.mapping.rows == "item"]
    times = transactions.set_index("transaction_id")["timestamp"]
    named = {
        cell
        for intake in intakes
        if intake.mapping.rows in ("transaction", "line") and intake.typed.has("transaction_id")
        for cell in intake.typed.cells["transaction_id"].unique()
    }
    parts = [lines]
    for intake in of_files:
        ids = intake.typed.cells["transaction_id"]
        orphan = ~ids.isin(times.index)
        reasons = ids.isin(named).map(
            {True: "its transaction was set aside", False: "no file has a transaction with this id"}
        )
        intake.verdict.refuse(
            orphan, "unknown_transaction", source_columns(intake.mapping, ["transaction_id"]), ids, reasons
        )
        rows = sales.loaded_rows(intake, shop)
        parts.append(rows.assign(timestamp=rows["transaction_id"].map(times)))
    if not of_files:
        parts.append(sales.lines_of_rows(whole))
    return sales.number_lines(_stacked(parts))


def _stacked(frames: Sequence[pd.DataFrame], columns: Sequence[str] = ()) -> pd.DataFrame:
    """Return frames end to end, the empty ones left out so that they cannot change a type."""
    filled = [frame for frame in frames if len(frame)] or [frames[0]]
    whole = pd.concat(filled, ignore_index=True)
    return whole[list(columns)] if columns else whole


def _in_tables(
    intakes: Sequence[Intake], transactions: pd.DataFrame, items: pd.DataFrame
) -> dict[str, tuple[int, int]]:
    """Return how many rows and minor units of each file of sales stand in the finished tables."""
    found = {}
    for intake in intakes:
        if intake.typed.money is None:
            continue
        of_rows = intake.mapping.rows == "transaction"
        table, column = (transactions, "total_amount_minor") if of_rows else (items, "line_total_minor")
        mine = table[table["import_id"] == intake.import_id]
        found[intake.import_id] = (len(mine), accounts.total(mine[column]))
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
    if order:
        frame = frame.sort_values(list(order), kind="stable")
    schema = convert.arrow_schema(name)
    frame = frame.reindex(columns=schema.names).reset_index(drop=True)
    return convert.to_pandas(convert.to_arrow(name, frame))
